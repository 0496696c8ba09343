"""The names of this room's own jobs."""

from enum import StrEnum


class Jobs(StrEnum):
    SWEEP = "subscriptions.sweep"
    SEND = "subscriptions.send"
    PING = "subscriptions.ping"
    FORGET = "subscriptions.forget"
