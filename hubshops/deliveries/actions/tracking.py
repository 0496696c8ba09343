"""What the acts of one call meet: packages under lock, as all acts before left them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hubshops.deliveries import queries, rules
from hubshops.deliveries.models import Delivery
from hubshops.deliveries.queries import LockedPackage
from hubshops.deliveries.rules import Act, ActKind, Doing, Met, Standing
from hubshops.packages.actions import Written
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import BEFORE_THE_DROP, EventKind, State
from hubshops.shops.models import Shop


@dataclass(frozen=True, slots=True)
class EventRef:
    """An event: by its key, or, while it is not written yet, by its place in the call's moves."""

    event_id: int | None = None
    place: int | None = None

    def key(self, written: Written) -> int | None:
        """The event's key, once the moves are written."""
        return self.event_id if self.place is None else written.key(self.place)


NO_EVENT = EventRef()


@dataclass(slots=True)
class NewDelivery:
    """A delivery that a call makes, before it is written; one may be taken back in the same
    call."""

    package_id: int
    outcome: str
    delivered_at: dt.datetime
    event: EventRef
    voided_by: EventRef = NO_EVENT


@dataclass(slots=True)
class Track:
    """One package under lock, and how the acts judged so far leave it.

    `latest` is the event that an amendment would correct, `counted_at` the moment of the act behind
    it. `delivery` stands, made by `delivered` in `delivery_event`; `tried` is the latest try in
    vain, in `try_event`. `told` is who told of it, oldest first. `is_away`: it left the shop's list
    at `left_at`, before anybody counted it in.
    """

    package: LockedPackage
    standing: Standing
    latest: EventRef = NO_EVENT
    counted_at: dt.datetime | None = None
    delivery: Delivery | NewDelivery | None = None
    delivered: Doing | None = None
    delivery_event: EventRef = NO_EVENT
    tried: Doing | None = None
    try_event: EventRef = NO_EVENT
    told: list[tuple[Doing, EventRef, bool]] = field(default_factory=list)
    is_away: bool = False
    left_at: dt.datetime | None = None

    @property
    def met(self) -> Met:
        """What an act meets here."""
        return Met(self.delivered, self.tried if self.standing.attempts else None)

    def own_beside(self, mine: Doing) -> EventRef | None:
        """The second delivery or late try that this person told last with this phone, when it is
        the last thing she told: what she corrects then is that, and not another's delivery."""
        own = (one for one in reversed(self.told) if not rules.is_anothers(mine, one[0]))
        _doing, event, is_beside = next(own, (None, NO_EVENT, False))
        return event if is_beside else None

    def note(self, kind: str, doing: Doing, event: EventRef, *, is_correction: bool) -> None:
        """Follow an event that shapes the package: whether an amendment would correct it now."""
        if kind in rules.ACTS:
            self.counted_at = doing.at
        if kind == EventKind.ATTEMPTED:
            self.tried, self.try_event = doing, event
        if kind in rules.ACTS or is_correction:
            self.latest = event
            self.told.append((doing, event, False))


def tracks_of(
    shop: Shop, packages: Iterable[LockedPackage], acts: Sequence[Act]
) -> dict[str, Track]:
    """Each package as it stands, with what the acts may meet: its delivery, its tries, and its
    history where an act amends it or it left the shop's list. At most three queries."""
    tracks = {
        package.tracking_id: Track(
            package,
            Standing(State(package.state), package.attempts),
            is_away=package.shop_id != shop.pk or package.state == State.CANCELLED,
        )
        for package in packages
    }
    amended = {act.tracking_id for act in acts if act.act == ActKind.AMEND}
    remembered = [one for key, one in tracks.items() if key in amended or one.is_away]
    if remembered:
        remember(shop, remembered)
    meet_deliveries(tracks.values())
    delivered = {act.tracking_id for act in acts if act.act == ActKind.DELIVER}
    meet_tries([one for key, one in tracks.items() if key in delivered and one.package.attempts])
    return tracks


def meet_deliveries(tracks: Iterable[Track]) -> None:
    """Read who delivered those that are delivered."""
    delivered = {one.package.pk: one for one in tracks if one.standing.state == State.DELIVERED}
    found = queries.standing_deliveries(delivered) if delivered else {}
    for package_id, delivery in found.items():
        track, event = delivered[package_id], delivery.event
        track.delivery, track.delivery_event = delivery, EventRef(delivery.event_id)
        track.delivered = Doing(event.by_id, event.device_id, delivery.delivered_at)


def meet_tries(tracks: list[Track]) -> None:
    """Read who tried in vain before those who deliver."""
    found = queries.latest_tries([one.package.pk for one in tracks]) if tracks else {}
    for track in tracks:
        if event := found.get(track.package.pk):
            track.tried, track.try_event = doing_of(event), EventRef(event.pk)


def remember(shop: Shop, tracks: list[Track]) -> None:
    """Read the histories of these packages: what their latest act was, and when those that are away
    left the shop's list."""
    by_package = {track.package.pk: track for track in tracks}
    pasts = {track.package.pk: Standing(State.ANNOUNCED) for track in tracks}
    beside: set[int] = set()
    for event in queries.histories(by_package):
        track = by_package[event.package_id]
        note_leaving(shop, track, event)
        doing, place = doing_of(event), EventRef(event.pk)
        if rules.is_beside(event, beside):
            track.told.append((doing, place, True))
            continue
        pasts[event.package_id] = rules.after_event(pasts[event.package_id], event)
        is_correction = event.kind == EventKind.AMENDED and bool(event.outcome or event.reason)
        track.note(event.kind, doing, place, is_correction=is_correction)
    for track in tracks:
        now, past = track.standing, pasts[track.package.pk]
        track.standing = Standing(now.state, now.attempts, past.latest)


OFF_EVERY_LIST = {State.ANNOUNCED, State.CANCELLED}
ON_A_LIST = BEFORE_THE_DROP - OFF_EVERY_LIST


def note_leaving(shop: Shop, track: Track, event: PackageEvent) -> None:
    """Follow whether a package is on the shop's list, and since when it is not."""
    if event.shop_id == shop.pk and event.to_state in ON_A_LIST:
        track.left_at = None
    elif track.left_at is None and (event.shop_id != shop.pk or event.to_state in OFF_EVERY_LIST):
        track.left_at = event.received_at


def doing_of(event: PackageEvent) -> Doing:
    """Who did what an event tells."""
    return Doing(event.by_id, event.device_id, event.counted_at)
