"""What may happen to a package. Pure: plain values in, plain values out."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a package is in its life. Derived from its events, never set by hand."""

    ANNOUNCED = "ANNOUNCED"
    ASSIGNED = "ASSIGNED"
    MANIFESTED = "MANIFESTED"
    AT_SHOP = "AT_SHOP"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    DELIVERED = "DELIVERED"
    ATTEMPTED = "ATTEMPTED"
    RETURN_PENDING = "RETURN_PENDING"
    RETURNED_TO_STATION = "RETURNED_TO_STATION"
    MISSING = "MISSING"
    SHORT = "SHORT"
    REJECTED_AT_DROP = "REJECTED_AT_DROP"
    CANCELLED = "CANCELLED"

    @classmethod
    def values(cls) -> list[str]:
        """Every state, for a constraint."""
        return [state.value for state in cls]


class EventKind(StrEnum):
    """What can happen to a package."""

    ANNOUNCED = "announced"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    MANIFESTED = "manifested"
    RECEIVED = "received"
    LOADED = "loaded"
    DELIVERED = "delivered"
    DELIVERED_AGAIN = "delivered_again"
    ATTEMPTED = "attempted"
    ATTEMPTED_TOO = "attempted_too"
    RETURNED = "returned"
    AMENDED = "amended"
    SHORT = "short"
    REJECTED = "rejected"

    @classmethod
    def values(cls) -> list[str]:
        """Every kind, for a constraint."""
        return [kind.value for kind in cls]


BEFORE_THE_DROP = frozenset({State.ANNOUNCED, State.ASSIGNED, State.MANIFESTED})
IN_CUSTODY = frozenset(
    {State.AT_SHOP, State.OUT_FOR_DELIVERY, State.ATTEMPTED, State.RETURN_PENDING}
)
FINISHED = frozenset({State.DELIVERED, State.RETURNED_TO_STATION, State.CANCELLED})
NOT_TAKEN = frozenset({State.SHORT, State.REJECTED_AT_DROP})  # the shop never held it

# kind of event -> states it may start from. What it ends in is `state_after`.
MAY_START_FROM: dict[EventKind, frozenset[State]] = {
    EventKind.ASSIGNED: BEFORE_THE_DROP,  # to another shop, too, while the van has it
    EventKind.UNASSIGNED: frozenset({State.ASSIGNED, State.MANIFESTED}),
    EventKind.MANIFESTED: frozenset({State.ASSIGNED}),
    EventKind.WITHDRAWN: BEFORE_THE_DROP | NOT_TAKEN,
    EventKind.RECEIVED: frozenset({State.ASSIGNED, State.MANIFESTED, State.MISSING}) | NOT_TAKEN,
    EventKind.SHORT: frozenset({State.ASSIGNED, State.MANIFESTED}),
    EventKind.REJECTED: frozenset({State.ASSIGNED, State.MANIFESTED, State.SHORT}),
    EventKind.LOADED: frozenset({State.AT_SHOP, State.ATTEMPTED}),
    EventKind.DELIVERED: IN_CUSTODY,
    EventKind.ATTEMPTED: IN_CUSTODY - {State.RETURN_PENDING},
    EventKind.RETURNED: IN_CUSTODY,
}

ENDS_IN: dict[EventKind, State] = {
    EventKind.ANNOUNCED: State.ANNOUNCED,
    EventKind.ASSIGNED: State.ASSIGNED,
    EventKind.UNASSIGNED: State.ANNOUNCED,
    EventKind.MANIFESTED: State.MANIFESTED,
    EventKind.WITHDRAWN: State.CANCELLED,
    EventKind.RECEIVED: State.AT_SHOP,
    EventKind.LOADED: State.OUT_FOR_DELIVERY,
    EventKind.DELIVERED: State.DELIVERED,
    EventKind.RETURNED: State.RETURNED_TO_STATION,
    EventKind.SHORT: State.SHORT,
    EventKind.REJECTED: State.REJECTED_AT_DROP,
}


def may_happen(kind: EventKind, state: State) -> bool:
    """Whether an event of this kind may happen to a package in this state."""
    return state in MAY_START_FROM[kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing that happens to one package: an event to be, and what the package is after it.

    `shop_id` is the shop that answers for the package afterwards (None: no shop). `happened_at` is
    the clock of whoever saw it, `counted_at` the moment that counts for day and fee (None: the
    same). `attempts` is the package's number of attempts afterwards (None: as before). `act_id` is
    the id a phone gave its act: the same act twice is one event. What it amends is an event that
    exists (`amends_id`) or an earlier move of the same call, by its place (`amends_place`).
    `device_id` and `device_sequence` say which phone wrote it and as its how-manieth act;
    `proof_id` is the act under whose id its photo is kept, when packages of a door share one.
    """

    package_id: int
    kind: EventKind
    to_state: State
    happened_at: dt.datetime
    shop_id: int | None = None
    counted_at: dt.datetime | None = None
    act_id: uuid.UUID | None = None
    by_id: int | None = None
    reason: str = ""
    outcome: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    note: str = ""
    amends_id: int | None = None
    amends_place: int | None = None
    attempts: int | None = None
    device_id: uuid.UUID | None = None
    device_sequence: int | None = None
    proof_id: uuid.UUID | None = None


FARTHEST_DAY = dt.timedelta(days=366)


def is_plausible_day(day: dt.date, *, today: dt.date) -> bool:
    """Whether a feed may be for this day: anything a year away is a slip of the keyboard."""
    return abs(day - today) <= FARTHEST_DAY


# What other programs call a column of ours: only names that can't mean anything else.
FOREIGN_NAMES: dict[str, tuple[str, ...]] = {
    "tracking_id": ("tracking number", "tracking no", "tracking", "barcode", "tracking code"),
    "recipient_name": ("name", "recipient", "customer name", "ship to name", "full name"),
    "address1": ("street", "address", "address line 1", "street address", "address 1"),
    "address2": ("address line 2", "address 2", "apt", "unit", "suite"),
    "city": ("town",),
    "state": ("state code", "province"),
    "postal_code": ("zip", "zip code", "zipcode", "postcode", "postal"),
    "latitude": ("lat",),
    "longitude": ("lng", "lon", "long"),
    "phone": ("phone number", "telephone", "mobile", "tel"),
    "instructions": ("delivery instructions", "notes", "note", "delivery notes"),
    "weight_g": ("weight (g)", "weight g", "grams", "weight in grams"),
    "length_mm": ("length (mm)", "length mm", "length in mm"),
    "width_mm": ("width (mm)", "width mm", "width in mm"),
    "height_mm": ("height (mm)", "height mm", "height in mm"),
    "deliver_from": ("deliver after", "not before", "window start"),
    "deliver_until": ("deliver by", "deliver before", "not after", "window end"),
    "withdrawn": ("cancelled", "canceled"),
}


def guess_mapping(header: Iterable[str]) -> dict[str, str]:
    """Which column of ours each foreign name of a header most likely is, for a person to confirm.

    A column that is there by its own name, or that two foreign names could be, is not guessed.
    """
    tidy = {
        name: " ".join(name.lower().replace("_", " ").replace("-", " ").split()) for name in header
    }
    there = set(tidy.values())
    guesses = {}
    for ours, foreign in FOREIGN_NAMES.items():
        found = [name for name, words in tidy.items() if words in foreign]
        if len(found) == 1 and ours.replace("_", " ") not in there:
            guesses[found[0]] = ours
    return guesses
