"""Jobs of the post room."""

from enum import StrEnum


class Jobs(StrEnum):
    """What the post room does later."""

    SEND = "notifications.send"
    FORGET = "notifications.forget"
