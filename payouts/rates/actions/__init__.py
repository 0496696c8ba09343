"""Agreeing fees, and changing cards."""

from payouts.rates.actions.agreeing import (
    ChangeUnderWay,
    ExtraWasPromised,
    FeeChangesTooEarly,
    FeeOutOfRange,
    FeeWouldFall,
    agree_rate,
)
from payouts.rates.actions.importing import NoStandardFee, ShopsReport, import_shops

__all__ = [
    "ChangeUnderWay",
    "ExtraWasPromised",
    "FeeChangesTooEarly",
    "FeeOutOfRange",
    "FeeWouldFall",
    "NoStandardFee",
    "ShopsReport",
    "agree_rate",
    "import_shops",
]
