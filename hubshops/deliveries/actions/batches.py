"""The acts of one call, and what is to be written about them."""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from hubshops.deliveries import rules
from hubshops.deliveries.actions.answering import Words
from hubshops.deliveries.actions.tracking import EventRef, NewDelivery, Track
from hubshops.deliveries.models import ConflictKind, Delivery, Proof, StrayAct
from hubshops.deliveries.queries import KnownAct, LockedPackage
from hubshops.deliveries.rules import NO_PHONE, Act, Doing, Phone
from hubshops.packages.rules import Move
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User


@dataclass(frozen=True, slots=True)
class Call:
    """Who sends acts of which shop, when and with which phone. `is_replay`: they are told
    afterwards."""

    shop: Shop
    by: User
    at: dt.datetime
    phone: Phone = NO_PHONE
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Two events that can't both be the whole truth, while they may not be written yet."""

    kind: ConflictKind
    package_id: int
    stands: EventRef
    contradicts: EventRef


@dataclass(slots=True)
class Batch:
    """The acts of one call: what they meet, and what is to be written."""

    call: Call
    words: Words
    skew: dt.timedelta
    members: frozenset[int]
    book: rules.Rulebook
    tracks: dict[str, Track]
    known: dict[uuid.UUID, KnownAct]
    moves: list[Move] = field(default_factory=list)
    new: list[NewDelivery] = field(default_factory=list)
    changed: dict[int, Delivery] = field(default_factory=dict)
    voided: list[tuple[Delivery, EventRef]] = field(default_factory=list)
    starts: dict[dt.date, dt.datetime] = field(default_factory=dict)

    def start_of(self, day: dt.date) -> dt.datetime:
        """The first moment of a service day at the shop, worked out once a call."""
        if day not in self.starts:
            self.starts[day] = clock.day_start(day, self.call.shop.station.zone)
        return self.starts[day]

    clashes: list[Clash] = field(default_factory=list)
    strays: list[StrayAct] = field(default_factory=list)
    codes: list[Proof] = field(default_factory=list)


def doing(batch: Batch, act: Act, package: LockedPackage) -> Doing:
    """Who did it with which phone, and the moment that counts. An act that is told afterwards was
    heard when it happened, if our clock is not there yet."""
    moments = moments_of(batch, act, package)
    if batch.call.is_replay:
        moments["received_at"] = max(batch.call.at, act.happened_at)
    at = rules.moment_that_counts(**moments)
    return Doing(act.by_id or batch.call.by.pk, batch.call.phone.key, at)


def moments_of(batch: Batch, act: Act, package: LockedPackage) -> dict[str, dt.datetime]:
    """The clocks by which an act's time is judged."""
    return {
        "happened_at": rules.by_our_clock(act.happened_at, batch.skew, received_at=batch.call.at),
        "received_at": batch.call.at,
        "service_day_starts_at": batch.start_of(package.service_day),
    }
