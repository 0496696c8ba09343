"""What is kept beside events and deliveries: conflicts, codes, and acts that change nothing."""

from django.db import IntegrityError

from hubshops.deliveries import queries
from hubshops.deliveries.actions.batches import Batch, Clash
from hubshops.deliveries.actions.tracking import EventRef, Track
from hubshops.deliveries.models import Conflict, ConflictKind, Proof, ProofKind, StrayAct
from hubshops.deliveries.queries import STRAY, KnownAct, LockedPackage
from hubshops.deliveries.rules import Act, Against, Cause, Step
from hubshops.packages.actions import Written
from hubshops.packages.rules import EventKind
from kernel.audit.actions import record as audit


class ActsMet(Exception):
    """Another call wrote one of these acts while this one was judging it."""


def keep_apart(batch: Batch, act: Act, track: Track, cause: Cause) -> KnownAct:
    """Keep an act that changes no package, for whoever looks into it."""
    batch.strays.append(
        StrayAct(
            act_id=act.id,
            shop=batch.call.shop,
            package_id=track.package.pk,
            act=act.act,
            outcome=act.outcome[:20],
            reason=act.reason[:20],
            note=act.note,
            cause=cause,
            happened_at=act.happened_at,
            received_at=batch.call.at,
            device_id=batch.call.phone.key,
            by_id=act.by_id or batch.call.by.pk,
        )
    )
    return KnownAct(batch.call.shop.pk, act.tracking_id, STRAY, act.act)


def note_clash(batch: Batch, track: Track, step: Step, here: EventRef) -> None:
    """Keep what a step contradicts. Of a delivery and a try, the delivery stands."""
    package_id = track.package.pk
    if step.against == Against.DELIVERY:
        kind = ConflictKind(step.kind)
        batch.clashes.append(Clash(kind, package_id, track.delivery_event, here))
    elif step.against == Against.TRY:
        kind = ConflictKind.ATTEMPTED_TOO
        batch.clashes.append(Clash(kind, package_id, here, track.try_event))


def note_code(batch: Batch, act: Act, package: LockedPackage, step: Step) -> None:
    """Keep the code that a recipient told, and whether it was right."""
    if not act.code or step.kind not in {EventKind.DELIVERED, EventKind.DELIVERED_AGAIN}:
        return
    batch.codes.append(
        Proof(
            shop=batch.call.shop,
            act_id=act.id,
            kind=ProofKind.CODE,
            said=act.code,
            is_good=act.code in queries.right_codes(package),
            taken_at=act.happened_at,
            received_at=batch.call.at,
            by_id=act.by_id or batch.call.by.pk,
        )
    )


def write_beside(batch: Batch, events: Written) -> None:
    """Write conflicts, codes, acts that are kept apart, and that somebody sent others' acts. An act
    that another call kept apart meanwhile sends all of it back."""
    if batch.clashes:
        Conflict.objects.bulk_create(
            Conflict(
                package_id=clash.package_id,
                shop=batch.call.shop,
                kind=clash.kind,
                stands_id=clash.stands.key(events),
                contradicts_id=clash.contradicts.key(events),
                noticed_at=batch.call.at,
            )
            for clash in batch.clashes
        )
    if batch.codes:
        Proof.objects.bulk_create(batch.codes)
    if batch.strays:
        try:
            StrayAct.objects.bulk_create(batch.strays)
        except IntegrityError as met:
            raise ActsMet from met
    audit_others(batch)


def audit_others(batch: Batch) -> None:
    """Keep who sent what others did."""
    others = sorted({move.by_id for move in batch.moves if move.by_id} - {batch.call.by.pk})
    if others and not batch.call.is_replay:
        count = sum(move.by_id in others for move in batch.moves)
        audit(
            at=batch.call.at,
            by=batch.call.by,
            action="send_acts_of_others",
            subject=batch.call.shop,
            people=others,
            acts=count,
        )
