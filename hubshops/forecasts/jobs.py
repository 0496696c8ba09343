"""Jobs of the forecasts."""

from enum import StrEnum


class Jobs(StrEnum):
    """What happens to forecasts in the background."""

    SWEEP = "forecasts.sweep"
    MAKE = "forecasts.make"
