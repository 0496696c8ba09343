"""Jobs of packages and their feeds."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens here in the background."""

    LOOK = "packages.look"
    LOAD = "packages.load"
    FORGET = "packages.forget_uploads"
