"""Recording what people did at doors.

The acts of one call are judged one after the other in memory, each on the package as the acts
before left it, and written together: the number of statements is the same for one act and for 200.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hubshops.deliveries import queries, rules
from hubshops.deliveries.models import Delivery, NextStep
from hubshops.deliveries.queries import KnownAct
from hubshops.deliveries.rules import (
    Act,
    ActKind,
    No,
    Receipt,
    Refused,
    Result,
    Standing,
    Step,
    Told,
)
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.access import has_role
from kernel.accounts.models import Role, User

MOST_TRIES = 3

SENTENCES = {
    Refused.NOT_ON_YOUR_LIST: gettext_lazy(
        "This package is not on your list. Keep it apart and call us."
    ),
    Refused.ID_USED: gettext_lazy("This id belongs to another act already, so nothing was saved."),
    Refused.UNKNOWN_SHOP: gettext_lazy("There is no shop with this short name."),
    Refused.NOT_A_MEMBER: gettext_lazy("This person never worked for this shop."),
    Refused.NOT_RECEIVED: gettext_lazy("Count this package in first."),
    Refused.ALREADY_RECEIVED: gettext_lazy("This package was counted in already."),
    Refused.ALREADY_DELIVERED: gettext_lazy(
        "This package was delivered. Correct that if it is wrong."
    ),
    Refused.ALREADY_RETURNED: gettext_lazy("This package went back to the station."),
    Refused.TAKEN_OFF: gettext_lazy(
        "The station took this package off your list. Give it to the driver."
    ),
    Refused.MISSING: gettext_lazy(
        "This package is marked as missing. Count it in once you find it."
    ),
    Refused.MUST_GO_BACK: gettext_lazy("This package goes back to the station with the next drop."),
    Refused.OUTCOME_NEEDED: gettext_lazy("Say where you left the package."),
    Refused.OUTCOME_UNKNOWN: gettext_lazy("We don't know this place. Choose one from the list."),
    Refused.REASON_NEEDED: gettext_lazy("Say why you could not deliver the package."),
    Refused.REASON_UNKNOWN: gettext_lazy("We don't know this reason. Choose one from the list."),
    Refused.OUTCOME_OR_REASON: gettext_lazy(
        "Say where you left it or why you could not, not both."
    ),
    Refused.NOTHING_TO_CORRECT: gettext_lazy(
        "There is nothing like that to correct on this package."
    ),
    Refused.FAR_AHEAD: gettext_lazy(
        "This time lies months after the package's day. Check the date."
    ),
    Refused.COUNTED_IN: gettext_lazy(
        "You took this package over, so that can't be taken back. If it is not there, say that it"
        " is missing."
    ),
}
ANSWERS = {
    EventKind.RECEIVED: gettext_lazy("Counted in."),
    EventKind.LOADED: gettext_lazy("Taken along."),
    EventKind.DELIVERED: gettext_lazy("Delivered."),
    EventKind.RETURNED: gettext_lazy("Given back to the station."),
    EventKind.AMENDED: gettext_lazy("Corrected."),
}
NEXT_STEPS = {
    State.ATTEMPTED: NextStep.RETRY,
    State.RETURN_PENDING: NextStep.RETURN,
    State.MISSING: NextStep.SEARCH,
}


class ActsMet(Exception):
    """Another call wrote one of these acts while this one was judging it."""


@dataclass(slots=True)
class Track:
    """One package under lock, and how the acts judged so far leave it. `event_id` or `place` (in
    the batch's moves) is the event that an amendment would correct, `counted_at` the moment of the
    act behind it; `delivery_place` is where the batch made the delivery, if it did."""

    package: Package
    standing: Standing
    delivery: Delivery | None = None
    delivery_place: int | None = None
    event_id: int | None = None
    place: int | None = None
    counted_at: dt.datetime | None = None

    def follow(self, kind: str, counted_at: dt.datetime, *, is_correction: bool) -> bool:
        """Note whether this event is now the one that an amendment would correct."""
        if kind in rules.ACTS:
            self.counted_at = counted_at
        return kind in rules.ACTS or is_correction


@dataclass(slots=True)
class Batch:
    """The acts of one call: what they meet, and what is to be written."""

    shop: Shop
    by: User
    at: dt.datetime
    is_replay: bool
    book: rules.Rulebook
    tracks: dict[str, Track]
    known: dict[uuid.UUID, KnownAct]
    moved_away: frozenset[str] = frozenset()
    moves: list[Move] = field(default_factory=list)
    new: list[tuple[Delivery, int]] = field(default_factory=list)
    changed: dict[int, Delivery] = field(default_factory=dict)
    voided: list[tuple[Delivery, int]] = field(default_factory=list)


def record_acts(
    *, shop: Shop, by: User, acts: Sequence[Act], at: dt.datetime, is_replay: bool = False
) -> list[Receipt]:
    """Record what people did with a shop's packages; one receipt per act, in order.

    An act that is known by its id is `already_recorded` and gets the answer it got before. An act
    that makes no sense is `refused` with a sentence and writes nothing; the others are recorded all
    the same. `is_replay` tells that the acts are told afterwards: the clock of who tells them is
    not held against them. One transaction, some ten statements, whatever the number of acts.
    """
    for _again in range(MOST_TRIES - 1):
        try:
            return record_once(shop, by, acts, at, is_replay)
        except ActsMet:
            continue
    return record_once(shop, by, acts, at, is_replay)


@transaction.atomic
def record_once(
    shop: Shop, by: User, acts: Sequence[Act], at: dt.datetime, is_replay: bool
) -> list[Receipt]:
    """Lock, judge and write; all of it or, when another call wrote the same acts, nothing."""
    packages = queries.locked_packages(shop, {act.tracking_id for act in acts})
    batch = Batch(
        shop=shop,
        by=by,
        at=at,
        is_replay=is_replay,
        book=queries.rulebook(),
        tracks=tracks_of(packages.values(), acts),
        known=queries.known_acts([act.id for act in acts]),
        moved_away=queries.moved_away(shop, {act.tracking_id for act in acts} - set(packages)),
    )
    receipts = [judge(batch, act) for act in acts]
    write(batch)
    return receipts


def replay_acts(*, told: Sequence[Told], at: dt.datetime) -> list[Receipt]:
    """Record acts of many shops as told afterwards, as their phones would have sent them; one
    receipt per act, in order.

    The order within a shop is kept. An act of an unknown shop is refused, and one by somebody who
    never worked for it, unless she is staff who help shops (support or dispatch). Some ten
    statements per shop; each shop's acts are a transaction of their own.
    """
    shops = queries.shops_by_slug({one.shop for one in told})
    people = queries.people_by_email({one.by for one in told})
    members = queries.memberships_ever(people.values())
    receipts: dict[int, Receipt] = {}
    by_shop: dict[str, list[int]] = {}
    for place, one in enumerate(told):
        shop, person = shops.get(one.shop), people.get(one.by.lower())
        if shop is None:
            receipts[place] = refuse(one.act, Refused.UNKNOWN_SHOP)
        elif person is None or not may_tell(person, shop, members):
            receipts[place] = refuse(one.act, Refused.NOT_A_MEMBER)
        else:
            by_shop.setdefault(one.shop, []).append(place)
    for slug, places in by_shop.items():
        acts = [replace(told[n].act, by_id=people[told[n].by.lower()].pk) for n in places]
        teller = people[told[places[0]].by.lower()]
        answers = record_acts(shop=shops[slug], by=teller, acts=acts, at=at, is_replay=True)
        receipts |= dict(zip(places, answers, strict=True))
    return [receipts[place] for place in range(len(told))]


def may_tell(person: User, shop: Shop, members: set[tuple[int, int]]) -> bool:
    """Whether acts of this shop may be told in this person's name."""
    return (shop.pk, person.pk) in members or has_role(person, Role.SUPPORT, Role.DISPATCHER)


def tracks_of(packages: Iterable[Package], acts: Sequence[Act]) -> dict[str, Track]:
    """Each package as it stands, with its delivery, and with its history where an act amends it."""
    tracks = {
        package.tracking_id: Track(package, Standing(State(package.state), package.attempts))
        for package in packages
    }
    amended = {act.tracking_id for act in acts if act.act == ActKind.AMEND} & set(tracks)
    if amended:
        remember([tracks[tracking_id] for tracking_id in amended])
    delivered = [t.package.pk for t in tracks.values() if t.standing.state == State.DELIVERED]
    deliveries = queries.standing_deliveries(delivered) if delivered else {}
    for track in tracks.values():
        track.delivery = deliveries.get(track.package.pk)
    return tracks


def remember(tracks: list[Track]) -> None:
    """Read the histories of these packages: what their latest act was."""
    by_package = {track.package.pk: track for track in tracks}
    pasts = {track.package.pk: Standing(State.ANNOUNCED) for track in tracks}
    for event in queries.histories(by_package):
        track = by_package[event.package_id]
        pasts[event.package_id] = rules.after_event(pasts[event.package_id], event)
        is_correction = event.kind == EventKind.AMENDED and bool(event.outcome or event.reason)
        if track.follow(event.kind, event.counted_at, is_correction=is_correction):
            track.event_id = event.pk
    for track in tracks:
        now, past = track.standing, pasts[track.package.pk]
        track.standing = Standing(now.state, now.attempts, past.latest)


def judge(batch: Batch, act: Act) -> Receipt:
    """One act's receipt; what it does is added to the batch."""
    if known := batch.known.get(act.id):
        return receipt_for_known(batch, act, known)
    track = batch.tracks.get(act.tracking_id)
    if track is None:
        is_moved = act.tracking_id in batch.moved_away
        return refuse(act, Refused.TAKEN_OFF if is_moved else Refused.NOT_ON_YOUR_LIST)
    if batch.is_replay and rules.is_far_ahead(**moments_of(batch, act, track.package)):
        return refuse(act, Refused.FAR_AHEAD)
    verdict = rules.judge(act, track.standing, batch.book)
    if isinstance(verdict, No):
        return refuse(act, verdict.code)
    known = take(batch, act, track, verdict)
    return Receipt(str(act.id), Result.RECORDED, reason_of(known), answer(batch.shop, known))


def take(batch: Batch, act: Act, track: Track, step: Step) -> KnownAct:
    """Add a step to the batch: its event, its delivery, and the package as it stands then."""
    place = len(batch.moves)
    move = move_for(batch, act, track, step)
    batch.moves.append(move)
    note_delivery(batch, act, track, step, place)
    is_correction = act.act == ActKind.AMEND and bool(act.outcome or act.reason)
    if track.follow(step.kind, move.counted_at, is_correction=is_correction):
        track.event_id, track.place = None, place
    track.standing = step.after
    first_at = track.delivery.delivered_at if track.delivery else None
    known = KnownAct(
        batch.shop.pk, act.tracking_id, step.kind, step.after.state, first_delivered_at=first_at
    )
    batch.known[act.id] = known
    return known


def move_for(batch: Batch, act: Act, track: Track, step: Step) -> Move:
    """The event of a step, as `packages` writes it."""
    is_amendment = act.act == ActKind.AMEND
    amends_id, amends_place = amended_by(act, track, step)
    return Move(
        package_id=track.package.pk,
        kind=step.kind,
        to_state=step.after.state,
        shop_id=batch.shop.pk,
        happened_at=act.happened_at,
        counted_at=counted_at(batch, act, track.package),
        act_id=act.id,
        by_id=act.by_id or batch.by.pk,
        reason=act.reason if is_amendment or act.act == ActKind.ATTEMPT else "",
        outcome=act.outcome if is_amendment or act.act == ActKind.DELIVER else "",
        latitude=act.latitude,
        longitude=act.longitude,
        accuracy_m=act.accuracy_m,
        note=act.note,
        amends_id=amends_id,
        amends_place=amends_place,
        attempts=step.after.attempts,
    )


def amended_by(act: Act, track: Track, step: Step) -> tuple[int | None, int | None]:
    """The event that this one points to: by its key, or by its place in the batch."""
    if act.act == ActKind.AMEND:
        return track.event_id, track.place
    if step.kind == EventKind.DELIVERED_AGAIN and track.delivery:
        return track.delivery.event_id, track.delivery_place
    return None, None


def counted_at(batch: Batch, act: Act, package: Package) -> dt.datetime:
    """The moment that counts for this act. One that is told afterwards was heard when it happened,
    if our clock is not there yet."""
    moments = moments_of(batch, act, package)
    if batch.is_replay:
        moments["received_at"] = max(batch.at, act.happened_at)
    return rules.moment_that_counts(**moments)


def moments_of(batch: Batch, act: Act, package: Package) -> dict[str, dt.datetime]:
    """The clocks by which an act's time is judged."""
    return {
        "happened_at": act.happened_at,
        "received_at": batch.at,
        "service_day_starts_at": clock.day_start(package.service_day, batch.shop.station.zone),
    }


def note_delivery(batch: Batch, act: Act, track: Track, step: Step, place: int) -> None:
    """What a step means for the package's delivery: made, corrected, taken back, or nothing."""
    was, is_now = track.standing.state == State.DELIVERED, step.after.state == State.DELIVERED
    if is_now and not was:
        moment = batch.moves[place].counted_at if step.kind in rules.ACTS else track.counted_at
        track.delivery = Delivery(
            package_id=track.package.pk,
            shop=batch.shop,
            outcome=act.outcome,
            delivered_at=moment,
            delivered_on=clock.local_day(moment, batch.shop.station.zone),
        )
        track.delivery_place = place
        batch.new.append((track.delivery, place))
    elif is_now and step.kind == EventKind.AMENDED and act.outcome:
        track.delivery.outcome = act.outcome
        mark_changed(batch, track.delivery)
    elif was and not is_now:
        batch.voided.append((track.delivery, place))
        mark_changed(batch, track.delivery)
        track.delivery = None


def mark_changed(batch: Batch, delivery: Delivery) -> None:
    """Remember that a delivery of an earlier call is to be updated."""
    if delivery.pk:
        batch.changed[delivery.pk] = delivery


def write(batch: Batch) -> None:
    """Write what was judged: events and packages, changed deliveries, new deliveries."""
    told = [move.happened_at for move in batch.moves] if batch.is_replay else []
    events = move_custody(moves=batch.moves, at=max([batch.at, *told]))
    if len(events) != len(batch.moves):
        raise ActsMet
    for delivery, place in batch.new:
        delivery.event = events[place]
    for delivery, place in batch.voided:
        delivery.voided_by = events[place]
    if batch.changed:
        Delivery.objects.bulk_update(batch.changed.values(), ["outcome", "voided_by"])
    if batch.new:
        Delivery.objects.bulk_create([delivery for delivery, _place in batch.new])


def receipt_for_known(batch: Batch, act: Act, known: KnownAct) -> Receipt:
    """The answer an act got before, when it is the same act of the same shop."""
    is_ours = known.shop_id == batch.shop.pk and known.tracking_id == act.tracking_id
    if not is_ours or known.kind not in KINDS[act.act]:
        return refuse(act, Refused.ID_USED)
    words = answer(batch.shop, known)
    return Receipt(str(act.id), Result.ALREADY_RECORDED, reason_of(known), words)


KINDS = {
    ActKind.RECEIVE: {EventKind.RECEIVED},
    ActKind.LOAD: {EventKind.LOADED},
    ActKind.DELIVER: {EventKind.DELIVERED, EventKind.DELIVERED_AGAIN},
    ActKind.ATTEMPT: {EventKind.ATTEMPTED},
    ActKind.RETURN: {EventKind.RETURNED},
    ActKind.AMEND: {EventKind.AMENDED},
}


def refuse(act: Act, code: Refused) -> Receipt:
    """A no, with its sentence."""
    return Receipt(str(act.id), Result.REFUSED, str(code), str(SENTENCES[code]))


def reason_of(known: KnownAct) -> str:
    """What a machine should know of a recorded act beyond that it was recorded."""
    return str(known.kind) if known.kind == EventKind.DELIVERED_AGAIN else ""


def answer(shop: Shop, known: KnownAct) -> str:
    """The sentence for an act that was recorded; the same each time it is asked for."""
    if known.kind == EventKind.DELIVERED_AGAIN:
        return delivered_before(shop, known.first_delivered_at)
    if known.kind == EventKind.ATTEMPTED:
        return str(NEXT_STEPS[State(known.to_state)].label)
    return str(ANSWERS[EventKind(known.kind)])


def delivered_before(shop: Shop, first_at: dt.datetime | None) -> str:
    """What somebody reads who delivers a package that was delivered before."""
    if first_at is None:
        return _("This package was delivered before. We keep this second delivery without a fee.")
    local = first_at.astimezone(ZoneInfo(shop.station.zone))
    return _(
        "This package was delivered already, on %(day)s at %(time)s. We keep this second delivery"
        " without a fee."
    ) % {
        "day": formats.date_format(local, "M j"),
        "time": formats.date_format(local, "g:i a").replace(".", ""),
    }
