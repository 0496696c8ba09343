"""Jobs of applications."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to applications later."""

    SCREEN = "applications.screen"
    APOLOGISE = "applications.apologise"
    TIDY = "applications.tidy"
