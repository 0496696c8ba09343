"""The names of this room's own jobs."""

from enum import StrEnum


class Jobs(StrEnum):
    FORGET = "idempotency.forget"
