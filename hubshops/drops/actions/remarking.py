"""What a shop says about single packages at the drop."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.drops import queries, rules
from hubshops.drops.actions.opening import NoSuchHandover, locked
from hubshops.drops.models import Handover, HandoverRemark
from hubshops.drops.rules import Remark, RemarkAnswer, RemarkNo, Said
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import Move, State
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User

SENTENCES: Mapping[RemarkNo, object] = {
    RemarkNo.BAD_REMARK: _("We can't read this remark. Say which package it is about, and what."),
    RemarkNo.ID_USED: _("This id belongs to another remark already, so nothing was saved."),
    RemarkNo.NOT_ON_YOUR_LIST: _("This package is not on your list. Say that it is one too many."),
    RemarkNo.COUNTED_IN: _(
        "This package was counted in already. If it is not there, say that it is missing."
    ),
    RemarkNo.IS_ON_YOUR_LIST: _("This package is on your list. Count it in."),
    RemarkNo.IS_OVER: _("This package is done already, so nothing was saved."),
}
ANSWERS: Mapping[Remark, object] = {
    Remark.OVER: _("Kept. Put this package apart; we find out where it belongs."),
    Remark.SHORT: _("Kept: it did not come. It costs you nothing."),
    Remark.DAMAGED: _("Kept: damaged, not taken. It costs you nothing."),
    Remark.OVERSIZE: _("Kept: too big, not taken. It costs you nothing."),
    Remark.OVER_CAP: _("Kept: more than agreed, not taken. It costs you nothing."),
    Remark.DAMAGED_TAKEN: _("Kept: you took it damaged. The damage is not held against you."),
}


@transaction.atomic
def add_remarks(
    *, shop: Shop, by: User, handover_id: int, remarks: Sequence[Said], at: dt.datetime
) -> list[RemarkAnswer]:
    """Keep what a shop says about single packages before it signs; one answer a remark, in order.
    Holds the hand-over, then the packages. Refuses a hand-over that is not the shop's."""
    handover = locked(Handover.objects.filter(shop=shop, pk=handover_id))
    if handover is None:
        raise NoSuchHandover
    return keep_remarks(handover, by=by, remarks=remarks, at=at)


def keep_remarks(
    handover: Handover, *, by: User, remarks: Sequence[Said], at: dt.datetime
) -> list[RemarkAnswer]:
    """Judge the remarks one after the other on their locked packages, and write them together. A
    remark that is refused keeps none of the others."""
    if not remarks:
        return []
    shop = handover.shop
    named = {one.tracking_id for one in remarks}
    packages = queries.locked_packages(shop, named)
    others = queries.strangers(shop, named - set(packages))
    known = dict(queries.known_remarks([one.id for one in remarks]))
    acts = queries.known_acts([one.id for one in remarks]) - set(known)
    new: list[HandoverRemark] = []
    moves: list[Move] = []
    answers = []
    for said in remarks:
        package = packages.get(said.tracking_id)
        if before := known.get(said.id):
            answers.append(answer_again(shop, before, said))
            continue
        if said.id in acts:
            answers.append(refused(said, RemarkNo.ID_USED))
            continue
        verdict = rules.judge_remark(said.kind, State(package.state) if package else None)
        if isinstance(verdict, RemarkNo):
            answers.append(refused(said, verdict))
            continue
        remark = remark_of(handover, said, package or others.get(said.tracking_id), by=by, at=at)
        new.append(remark)
        known[said.id] = remark
        if package and verdict.kind:
            moves.append(move_of(handover, said, package, verdict, by=by, at=at))
            package.state = verdict.to_state
        answers.append(RemarkAnswer(str(said.id), "recorded", str(ANSWERS[said.kind])))
    move_custody(moves=moves, at=at)
    HandoverRemark.objects.bulk_create(new)
    return answers


def remark_of(
    handover: Handover, said: Said, package: Package | None, *, by: User, at: dt.datetime
) -> HandoverRemark:
    """A remark that is not saved yet."""
    return HandoverRemark(
        id=said.id,
        handover=handover,
        kind=said.kind.value,
        tracking_id=said.tracking_id,
        package=package,
        note=said.note,
        happened_at=said.happened_at,
        received_at=at,
        by=by,
    )


def move_of(
    handover: Handover,
    said: Said,
    package: Package,
    verdict: rules.Kept,
    *,
    by: User,
    at: dt.datetime,
) -> Move:
    """What a remark does to its package. The shop stays on it, so that its list shows it."""
    starts = clock.day_start(handover.service_day, handover.shop.zone)
    return Move(
        package_id=package.pk,
        kind=verdict.kind,
        to_state=verdict.to_state,
        shop_id=handover.shop_id,
        happened_at=said.happened_at,
        counted_at=rules.moment_that_counts(said.happened_at, at=at, day_starts_at=starts),
        act_id=said.id,
        by_id=by.pk,
        reason="" if said.kind == Remark.SHORT else said.kind.value,
        note=said.note,
    )


def answer_again(shop: Shop, before: HandoverRemark, said: Said) -> RemarkAnswer:
    """The answer to a remark whose id is known: the same, when it is the same remark."""
    is_same = (before.handover.shop_id, before.kind, before.tracking_id) == (
        shop.pk,
        said.kind.value,
        said.tracking_id,
    )
    if not is_same:
        return refused(said, RemarkNo.ID_USED)
    return RemarkAnswer(str(said.id), "already_recorded", str(ANSWERS[said.kind]))


def refused(said: Said, no: RemarkNo) -> RemarkAnswer:
    """A no, with its sentence."""
    return RemarkAnswer(str(said.id), "refused", str(SENTENCES[no]), str(no))
