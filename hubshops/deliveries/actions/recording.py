"""Recording what people did at doors.

The acts of one call are judged one after the other in memory, each on the package as the acts
before left it, and written together: the number of statements is the same for one act and for 200.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from hubshops.deliveries import queries, rules
from hubshops.deliveries.actions.answering import Words, receipt, receipt_for_known, refuse
from hubshops.deliveries.actions.batches import Batch, Call, doing, moments_of
from hubshops.deliveries.actions.keeping import (
    ActsMet,
    keep_apart,
    note_clash,
    note_code,
    write_beside,
)
from hubshops.deliveries.actions.phones import note_phone
from hubshops.deliveries.actions.tracking import NO_EVENT, EventRef, NewDelivery, Track, tracks_of
from hubshops.deliveries.models import Delivery
from hubshops.deliveries.queries import KnownAct
from hubshops.deliveries.rules import (
    NO_PHONE,
    Act,
    ActKind,
    Cause,
    Doing,
    No,
    Phone,
    Receipt,
    Refused,
    Result,
    Step,
)
from hubshops.packages.actions import Written, move_custody
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from kernel.rows import as_array, bound_cursor

MOST_TRIES = 3
WITH_REASONS = frozenset({ActKind.ATTEMPT, ActKind.AMEND})


def record_acts(
    *,
    shop: Shop,
    by: User,
    acts: Sequence[Act],
    at: dt.datetime,
    phone: Phone = NO_PHONE,
    is_replay: bool = False,
) -> list[Receipt]:
    """Record what people did with a shop's packages; one receipt per act, in order.

    An act that is known by its id is `already_recorded` and gets the answer it got before. An act
    that makes no sense is `refused` with a sentence and writes nothing; the others are recorded all
    the same. What does not fit together with what another phone told is kept, with a `Conflict`;
    what is told of a package that left the shop's list is kept as a `StrayAct`. Acts are judged in
    the order of their phone's numbers. `by` sends them; an act may name another of the shop's
    people, present or past, as who did it. `is_replay` tells that the acts are told afterwards: the
    clock of who tells them is not held against them. One transaction, some ten statements, whatever
    the number of acts.
    """
    call = Call(shop, by, at, phone, is_replay)
    for _again in range(MOST_TRIES - 1):
        try:
            return record_once(call, acts)
        except ActsMet:
            continue
    return record_once(call, acts)


@transaction.atomic
def record_once(call: Call, acts: Sequence[Act]) -> list[Receipt]:
    """Lock, judge and write; all of it or, when another call wrote the same acts, nothing."""
    receipts: dict[int, Receipt] = {}
    numbers = [act.sequence for act in acts]
    if acts:
        batch = batch_of(call, acts)
        receipts = {place: judge(batch, acts[place]) for place in rules.turns(numbers)}
        write(batch)
    note_phone(call, last_sequence=max((one for one in numbers if one is not None), default=0))
    return [receipts[place] for place in range(len(acts))]


def batch_of(call: Call, acts: Sequence[Act]) -> Batch:
    """The acts with all they meet; their packages are locked."""
    others = {act.by_id for act in acts if act.by_id is not None} - {call.by.pk}
    packages = queries.locked_packages(call.shop, {act.tracking_id for act in acts})
    return Batch(
        call=call,
        words=Words(call.shop),
        skew=rules.skew_of(call.phone.sent_at, call.at),
        members=frozenset() if call.is_replay else queries.people_ever(call.shop, others),
        book=queries.rulebook(with_reasons=any(act.act in WITH_REASONS for act in acts)),
        tracks=tracks_of(call.shop, packages.values(), acts),
        known=queries.known_acts([act.id for act in acts]),
    )


def judge(batch: Batch, act: Act) -> Receipt:
    """One act's receipt; what it does is added to the batch."""
    if not may_be_by(batch, act.by_id):
        return refuse(act, Refused.NOT_A_MEMBER)
    if known := batch.known.get(act.id):
        return receipt_for_known(batch.words, act, known)
    track = batch.tracks.get(act.tracking_id)
    if track is None:
        return refuse(act, Refused.NOT_ON_YOUR_LIST)
    if batch.call.is_replay and rules.is_far_ahead(**moments_of(batch, act, track.package)):
        return refuse(act, Refused.FAR_AHEAD)
    mine = doing(batch, act, track.package)
    verdict = judge_one(batch, act, mine, track)
    if isinstance(verdict, No):
        return refuse(act, verdict.code)
    if isinstance(verdict, Cause):
        known = keep_apart(batch, act, track, verdict)
    else:
        known = take(batch, act, mine, track, verdict)
    batch.known[act.id] = known
    return receipt(batch.words, act, known, Result.RECORDED)


def may_be_by(batch: Batch, by_id: int | None) -> bool:
    """Whether an act may be kept under this person's name. Who replays was asked before."""
    return (
        batch.call.is_replay or by_id is None or by_id == batch.call.by.pk or by_id in batch.members
    )


def judge_one(batch: Batch, act: Act, mine: Doing, track: Track) -> rules.Verdict | Cause:
    """What an act does to its package: gone from the list, met by others, or its own."""
    if track.is_away:
        return rules.judge_away(act, mine.at, track.standing, track.left_at)
    if act.act == ActKind.AMEND and track.own_beside(mine):
        return Step(EventKind.AMENDED, track.standing)
    return rules.judge_met(act, mine, track.standing, batch.book, track.met)


def take(batch: Batch, act: Act, mine: Doing, track: Track, step: Step) -> KnownAct:
    """Add a step to the batch: its event, its delivery, what it contradicts, and the package as it
    stands then."""
    place = len(batch.moves)
    move, here = move_for(batch, act, mine, track, step), EventRef(place=place)
    batch.moves.append(move)
    note_clash(batch, track, step, here)
    note_code(batch, act, track.package, step)
    is_own = act.act == ActKind.AMEND and track.own_beside(mine) is not None
    if step.kind in rules.BESIDE or is_own:
        track.told.append((mine, here, True))
    else:
        note_delivery(batch, act, track, step)
        is_correction = act.act == ActKind.AMEND and bool(act.outcome or act.reason)
        track.note(step.kind, mine, here, is_correction=is_correction)
    track.standing, track.is_away = step.after, False
    first_at = track.delivery.delivered_at if track.delivery else None
    return KnownAct(
        batch.call.shop.pk,
        act.tracking_id,
        step.kind,
        step.after.state,
        first_delivered_at=first_at,
    )


def move_for(batch: Batch, act: Act, mine: Doing, track: Track, step: Step) -> Move:
    """The event of a step, as `packages` writes it. Where a person stood is kept to some metres."""
    is_amendment = act.act == ActKind.AMEND
    amended = amended_by(act, mine, track, step)
    return Move(
        package_id=track.package.pk,
        kind=step.kind,
        to_state=step.after.state,
        shop_id=batch.call.shop.pk,
        happened_at=act.happened_at,
        counted_at=mine.at,
        act_id=act.id,
        by_id=mine.by_id,
        reason=act.reason if is_amendment or act.act == ActKind.ATTEMPT else "",
        outcome=act.outcome if is_amendment or act.act == ActKind.DELIVER else "",
        latitude=rounded(act.latitude),
        longitude=rounded(act.longitude),
        accuracy_m=act.accuracy_m,
        note=act.note,
        amends_id=amended.event_id,
        amends_place=amended.place,
        attempts=step.after.attempts,
        device_id=batch.call.phone.key,
        device_sequence=act.sequence,
        proof_id=act.proof,
    )


def rounded(degrees: float | None) -> float | None:
    """A coordinate to four decimals: some eleven metres."""
    return None if degrees is None else round(degrees, 4)


def amended_by(act: Act, mine: Doing, track: Track, step: Step) -> EventRef:
    """The event that this one points to."""
    if act.act == ActKind.AMEND:
        return track.own_beside(mine) or track.latest
    if step.kind in rules.BESIDE and track.delivery:
        return track.delivery_event
    return NO_EVENT


def note_delivery(batch: Batch, act: Act, track: Track, step: Step) -> None:
    """What the step that was just added means for the package's delivery: made, corrected, taken
    back, or nothing."""
    here = EventRef(place=len(batch.moves) - 1)
    move = batch.moves[-1]
    was, is_now = track.standing.state == State.DELIVERED, step.after.state == State.DELIVERED
    if is_now and not was:
        is_act = step.kind in rules.ACTS or track.counted_at is None
        moment = move.counted_at if is_act else track.counted_at
        track.delivery = NewDelivery(track.package.pk, act.outcome, moment, here)
        track.delivered = Doing(move.by_id, move.device_id, moment)
        track.delivery_event = here
        batch.new.append(track.delivery)
    elif is_now and step.kind == EventKind.AMENDED and act.outcome:
        track.delivery.outcome = act.outcome
        mark_changed(batch, track.delivery)
    elif was and not is_now:
        void(batch, track.delivery, here)
        track.delivery, track.delivered, track.delivery_event = None, None, NO_EVENT


def void(batch: Batch, delivery: Delivery | NewDelivery, by: EventRef) -> None:
    """A delivery is taken back by an event of this call."""
    if isinstance(delivery, NewDelivery):
        delivery.voided_by = by
    else:
        batch.voided.append((delivery, by))
        mark_changed(batch, delivery)


def mark_changed(batch: Batch, delivery: Delivery | NewDelivery) -> None:
    """Remember that a delivery of an earlier call is to be updated."""
    if isinstance(delivery, Delivery):
        batch.changed[delivery.pk] = delivery


def write(batch: Batch) -> None:
    """Write what was judged: events and packages, changed deliveries, new deliveries, and what was
    noticed beside them."""
    told = [move.happened_at for move in batch.moves] if batch.call.is_replay else []
    events = move_custody(moves=batch.moves, at=max([batch.call.at, *told]))
    if len(events) != len(batch.moves):
        raise ActsMet
    for delivery, by in batch.voided:
        delivery.voided_by_id = by.key(events)
    if batch.changed:
        Delivery.objects.bulk_update(batch.changed.values(), ["outcome", "voided_by"])
    if batch.new:
        write_deliveries(batch, events)
    write_beside(batch, events)


WRITE_DELIVERIES = """
INSERT INTO delivery (
    package_id, shop_id, outcome, delivered_at, delivered_on, event_id, voided_by_id
)
SELECT made.package_id, %s::bigint, made.outcome, made.delivered_at,
    (made.delivered_at AT TIME ZONE %s::text)::date, made.event_id, made.voided_by_id
FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::bigint[], %s::bigint[])
    AS made (package_id, outcome, delivered_at, event_id, voided_by_id)
"""


def write_deliveries(batch: Batch, events: Written) -> None:
    """Write the new deliveries; each counts for the day it was made at its station. One
    statement."""
    shop, new = batch.call.shop, batch.new
    columns: list[list[Any]] = [
        [one.package_id for one in new],
        [one.outcome for one in new],
        [one.delivered_at for one in new],
        [one.event.key(events) for one in new],
        [one.voided_by.key(events) for one in new],
    ]
    with bound_cursor() as cursor:
        cursor.execute(
            WRITE_DELIVERIES, [shop.pk, shop.station.zone, *(as_array(one) for one in columns)]
        )
