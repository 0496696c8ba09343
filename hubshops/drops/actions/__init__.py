"""What is written at the drop: hand-overs, both signatures, remarks."""

from hubshops.drops.actions.opening import (
    NoSuchDropDay,
    NoSuchHandover,
    TooManyVans,
    open_day,
    open_handover,
)
from hubshops.drops.actions.remarking import SENTENCES, add_remarks
from hubshops.drops.actions.signing import (
    BothSigned,
    CountIdUsed,
    DriverPageIsOver,
    Signed,
    resolve_handover,
    sign_as_giver,
    sign_as_taker,
    try_code,
)

__all__ = [
    "SENTENCES",
    "BothSigned",
    "CountIdUsed",
    "DriverPageIsOver",
    "NoSuchDropDay",
    "NoSuchHandover",
    "Signed",
    "TooManyVans",
    "add_remarks",
    "open_day",
    "open_handover",
    "resolve_handover",
    "sign_as_giver",
    "sign_as_taker",
    "try_code",
]
