"""Pay runs, their payments and stages, and what comes back."""

from payouts.payruns.models.coming_back import (
    GapCode,
    ProviderGap,
    ReturnFile,
    ReversalStatus,
    TransferReversal,
)
from payouts.payruns.models.runs import (
    AFTER_APPROVAL,
    ON_THEIR_WAY,
    HeldReason,
    HeldShop,
    PayRun,
    RunStatus,
    Transfer,
    TransferItem,
    TransferQuerySet,
    TransferStatus,
)
from payouts.payruns.models.stages import (
    RunStage,
    RunStop,
    StageName,
)

__all__ = [
    "AFTER_APPROVAL",
    "GapCode",
    "HeldReason",
    "HeldShop",
    "ON_THEIR_WAY",
    "PayRun",
    "ProviderGap",
    "ReturnFile",
    "ReversalStatus",
    "RunStage",
    "RunStatus",
    "RunStop",
    "StageName",
    "Transfer",
    "TransferItem",
    "TransferQuerySet",
    "TransferReversal",
    "TransferStatus",
]
