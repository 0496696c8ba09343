"""Jobs of the post room."""

from enum import StrEnum


class Jobs(StrEnum):
    """What the post room does later."""

    SEND = "notifications.send"
    FORGET = "notifications.forget"
    SEND_TEXT = "notifications.send_text"
    FORGET_TEXTS = "notifications.forget_texts"
