"""Opening a hand-over, and signing it from both sides.

A driver and a shop may sign at the same moment: each holds the hand-over's row, sees what the other
said, and the two counts make its status. Nothing here lowers a fee or a score.
"""

import base64
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hubshops.drops import queries, rules
from hubshops.drops.models import Handover, HandoverRemark, HandoverStatus, SignedHow
from hubshops.drops.rules import Count, Counts, Remark, RemarkAnswer, RemarkNo, Said
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import Move, State
from hubshops.shops.models import Shop
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.refusals import Refusal

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


class NoSuchDropDay(Refusal):
    code = "no_such_drop_day"
    message = _("There is no drop to sign for on {day}. Check the date.")


@transaction.atomic
def open_handover(
    *, shop: Shop, service_day: dt.date, at: dt.datetime, is_next: bool = False
) -> Handover:
    """Open or find the hand-over that a shop's day is at now.

    The latest one, until the shop signed it; then the next van's (`is_next`), or the one of
    packages that were put on the list since. While nobody signed, it knows the list as it is now,
    and a driver's address that ran out is a new one. Refuses a day that can't be. Opening at once
    from two phones is one hand-over.
    """
    if not rules.is_near(service_day, clock.local_day(at, shop.zone)):
        raise NoSuchDropDay(day=service_day)
    known = queries.handovers_of(shop, service_day)
    latest = known[-1] if known else None
    if latest is None or (latest.taken_at and (is_next or has_more(latest, shop))):
        number = latest.number + 1 if latest else 1
        add_handovers([new_handover(shop, service_day, number, known, at)])
        return Handover.objects.get(shop=shop, service_day=service_day, number=number)
    refresh(latest, shop, known[:-1], at=at)
    return latest


def has_more(latest: Handover, shop: Shop) -> bool:
    """Whether the list grew after the shop signed."""
    return queries.comes_again(shop, latest.service_day, latest.taken_at)


def new_handover(
    shop: Shop, day: dt.date, number: int, earlier: Sequence[Handover], at: dt.datetime
) -> Handover:
    """A hand-over that is not saved yet."""
    return Handover(
        shop=shop,
        service_day=day,
        number=number,
        token=new_token(),
        opened_at=at,
        expires_at=at + rules.OPEN_FOR,
        announced=queries.announced_for(shop, day, earlier),
    )


def new_token() -> str:
    """128 random bits in capital letters and digits, so that a QR code of it stays small."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


def add_handovers(handovers: Sequence[Handover]) -> None:
    """Write new hand-overs; one that somebody else opened meanwhile stays as it is."""
    Handover.objects.bulk_create(handovers, ignore_conflicts=True)


def refresh(
    handover: Handover, shop: Shop, earlier: Sequence[Handover], *, at: dt.datetime
) -> None:
    """Bring a hand-over that nobody signed up to date with the list and the clock."""
    if handover.status != HandoverStatus.OPENED:
        return
    announced = queries.announced_for(shop, handover.service_day, earlier)
    is_over = at >= handover.expires_at
    if announced == handover.announced and not is_over:
        return
    handover.announced = announced
    if is_over:
        handover.token, handover.expires_at = new_token(), at + rules.OPEN_FOR
    # Only while nobody signed: who signs meanwhile signed for the list as it was.
    Handover.objects.filter(pk=handover.pk, status=HandoverStatus.OPENED).update(
        announced=handover.announced, token=handover.token, expires_at=handover.expires_at
    )
    handover.refresh_from_db()


@transaction.atomic
def open_day(*, station: Station, service_day: dt.date, at: dt.datetime) -> int:
    """Open the first hand-over of every shop that gets packages from a station on a day, so that
    drivers can be sent their addresses; how many were new."""
    if not rules.is_near(service_day, clock.local_day(at, station.zone)):
        raise NoSuchDropDay(day=service_day)
    found = queries.station_drops(station, service_day)
    new = [
        Handover(
            shop=one.shop,
            service_day=service_day,
            number=1,
            token=new_token(),
            opened_at=at,
            expires_at=at + rules.OPEN_FOR,
            announced=one.packages,
        )
        for one in found.shops
        if one.packages and not one.handovers
    ]
    add_handovers(new)
    return len(new)


class DriverPageIsOver(Refusal):
    code = "driver_page_is_over"
    message = _("This link is over. Ask the shop to show you a new code.")


class BothSigned(Refusal):
    code = "both_signed"
    message = _("The shop has signed, so your count stays as it is. Call us if it is wrong.")


@transaction.atomic
def sign_as_giver(*, token: str, counts: Counts, name: str, at: dt.datetime) -> Handover:
    """The driver's signature on her own phone: how many she hands over, how many she takes back.

    She may correct it until the shop has signed; the same again changes nothing. A count that the
    shop only heard from her gives way to her own. Refuses an address that ran out. Holds the
    hand-over.
    """
    handover = locked(Handover.objects.filter(token=token))
    if handover is None or at >= handover.expires_at:
        raise DriverPageIsOver
    known = queries.given_counts(handover)
    if known == counts and handover.given_how != SignedHow.TOLD:
        return handover
    if handover.taken_at and known and handover.given_how != SignedHow.TOLD:
        raise BothSigned
    keep_given(handover, counts, name=name, how=SignedHow.QR, at=at)
    settle(handover)
    return handover


def locked(handovers: QuerySet[Handover]) -> Handover | None:
    """One hand-over under lock, with its shop."""
    return handovers.select_for_update(of=["self"]).select_related("shop__station").first()


def keep_given(
    handover: Handover, counts: Counts, *, name: str, how: SignedHow, at: dt.datetime
) -> None:
    """Put the driver's side onto the hand-over; `settle` saves it."""
    handover.given_count, handover.returns_taken_count = counts.packages, counts.returns
    handover.given_at, handover.given_how = at, how
    handover.given_by_name = name or handover.given_by_name


def settle(handover: Handover) -> None:
    """Save both sides with the status that they make; what is settled stays settled."""
    status = rules.status_of(queries.given_counts(handover), queries.taken_counts(handover))
    if not handover.resolved_at:
        handover.status = HandoverStatus(status.value)
    handover.save()


@dataclass(frozen=True, slots=True)
class Signed:
    """The answer to a shop's count."""

    handover: Handover
    result: str  # recorded, already_recorded, refused
    message: str
    remarks: list[RemarkAnswer]


class CountIdUsed(Refusal):
    code = "id_used"
    message = _("This id belongs to another count already, so nothing was saved.")


@transaction.atomic
def sign_as_taker(*, shop: Shop, by: User, count: Count, at: dt.datetime) -> Signed:
    """The shop's signature: how many packages it took and how many returns it gave, what it heard
    from the driver, and what it has to say about single packages.

    The same id again gets the same answer. A hand-over that somebody else of the shop signed before
    stays as it is, and the remarks are kept all the same. Both counts are kept whatever they say.
    Refuses only a day that can't be and an id that is another count's. Holds the hand-over, then
    the packages of its remarks.
    """
    known = Handover.objects.filter(taken_id=count.id).first()
    if known is not None and known.shop_id != shop.pk:
        raise CountIdUsed
    handover = known or handover_to_sign(shop, count, at=at)
    handover = locked(Handover.objects.filter(pk=handover.pk))
    is_theirs = handover.taken_at is not None and handover.taken_id != count.id
    is_known = handover.taken_id == count.id
    answers = keep_remarks(handover, by=by, remarks=count.remarks, at=at)
    if is_theirs:
        return Signed(handover, "refused", signed_before(handover), answers)
    code_words = ""
    if not is_known:
        code_words = keep_taken(handover, by, count, at=at)
    words = " ".join(filter(None, [code_words, sentence_of(handover)]))
    return Signed(handover, "already_recorded" if is_known else "recorded", words, answers)


def handover_to_sign(shop: Shop, count: Count, *, at: dt.datetime) -> Handover:
    """The hand-over a count is for: the one of its number, else the one the day is at. A second
    van that was counted without a signal opens its own."""
    known = {one.number: one for one in queries.handovers_of(shop, count.day)}
    if found := known.get(count.number):
        return found
    return open_handover(shop=shop, service_day=count.day, at=at, is_next=True)


def keep_taken(handover: Handover, by: User, count: Count, *, at: dt.datetime) -> str:
    """Write the shop's side, and what it knows of the driver's; a sentence about her code."""
    starts = clock.day_start(handover.service_day, handover.shop.zone)
    moment = rules.moment_that_counts(count.counted_at, at=at, day_starts_at=starts)
    handover.taken_id, handover.taken_by, handover.taken_at = count.id, by, moment
    handover.taken_count, handover.returns_given_count = count.counts.packages, count.counts.returns
    words = keep_heard(handover, count, at=at)
    settle(handover)
    return words


def keep_heard(handover: Handover, count: Count, *, at: dt.datetime) -> str:
    """The driver's side as the shop brings it: proven by her code, or told. Her own signature
    stands over what was told; a right code stands over both."""
    words, is_right = "", False
    if count.code:
        candidates = [count.driver_said.counts if count.driver_said else None]
        candidates.append(queries.given_counts(handover))
        proven = proven_counts(handover, count.code, candidates)
        is_right = proven is not None
        if proven is not None:
            name = count.driver_said.name if count.driver_said else ""
            keep_given(handover, proven, name=name, how=SignedHow.CODE, at=handover.given_at or at)
        else:
            words = wrong_code(handover)
    if not is_right and handover.given_at is None and count.driver_said:
        said = count.driver_said
        keep_given(handover, said.counts, name=said.name, how=SignedHow.TOLD, at=at)
    return words


def proven_counts(
    handover: Handover, code: str, candidates: Sequence[Counts | None]
) -> Counts | None:
    """Which of these counts a code belongs to; a wrong one is a try, and tries end."""
    if handover.code_tries >= rules.MOST_CODE_TRIES:
        return None
    for counts in candidates:
        if counts and rules.is_driver_code(code, settings.SECRET_KEY, handover.token, counts):
            return counts
    handover.code_tries += 1
    return None


def wrong_code(handover: Handover) -> str:
    """What to say about a code that is not hers."""
    left = queries.code_tries_left(handover)
    if not left:
        return _now("The six digits were wrong too often, so they are not asked any more.")
    return ngettext(
        "The six digits are not the driver's. You have %(left)s more try.",
        "The six digits are not the driver's. You have %(left)s more tries.",
        left,
    ) % {"left": left}


@transaction.atomic
def try_code(*, shop: Shop, handover_id: int, code: str) -> str:
    """Look whether a code that was typed on a page is the driver's: empty when it is, else a
    sentence with the tries that are left. A wrong one is counted. Holds the hand-over."""
    handover = locked(Handover.objects.filter(shop=shop, pk=handover_id))
    if handover is None:
        raise NoSuchHandover
    if queries.given_counts(handover) is None:
        return _now("The driver has not signed on her phone yet, so there are no digits to check.")
    if proven_counts(handover, code, [queries.given_counts(handover)]):
        return ""
    handover.save(update_fields=["code_tries"])
    return wrong_code(handover)


class NoSuchHandover(Refusal):
    code = "no_such_handover"
    message = _("There is no such hand-over of this shop.")


def signed_before(handover: Handover) -> str:
    """What the second person of a shop reads who signs the same hand-over."""
    return ngettext(
        "%(person)s signed this hand-over before: %(count)s package. Your remarks were kept.",
        "%(person)s signed this hand-over before: %(count)s packages. Your remarks were kept.",
        handover.taken_count,
    ) % {"person": handover.taken_by, "count": handover.taken_count}


def sentence_of(handover: Handover) -> str:
    """What a hand-over's two counts mean, for the shop."""
    if handover.status == HandoverStatus.AGREED:
        return _now("Signed. You and the driver have the same counts.")
    if handover.status == HandoverStatus.DISPUTED:
        return _now("Signed. Your count and the driver's differ. Both are kept, and we look at it.")
    if handover.status == HandoverStatus.RESOLVED:
        return _now("This hand-over is settled.")
    return _now("Signed. The driver has not signed yet.")


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


@transaction.atomic
def resolve_handover(*, handover_id: int, at: dt.datetime) -> bool:
    """Mark a hand-over as settled, once its case is; False when it was before. Its counts stay as
    both sides said them. Holds the hand-over."""
    handover = locked(Handover.objects.filter(pk=handover_id))
    if handover is None or handover.resolved_at:
        return False
    handover.status, handover.resolved_at = HandoverStatus.RESOLVED, at
    handover.save(update_fields=["status", "resolved_at"])
    return True
