"""Jobs of documents."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to papers by the calendar."""

    SWEEP = "documents.sweep"
    FORGET = "documents.forget"
