"""Jobs of what providers tell us."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to news from providers in the background."""

    APPLY = "webhooks.apply"
    SWEEP = "webhooks.sweep"
    CATCH_UP = "webhooks.catch_up"
