"""Jobs of applications."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to applications later."""

    SCREEN = "applications.screen"
    APOLOGISE = "applications.apologise"
    TELL_WHO_WAITS = "applications.tell_who_waits"
    TIDY = "applications.tidy"
