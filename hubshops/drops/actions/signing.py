"""Signing a hand-over from both sides.

A driver and a shop may sign at the same moment: each holds the hand-over's row, sees what the other
said, and the two counts make its status. Nothing here lowers a fee or a score.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from hubshops.drops import queries, rules
from hubshops.drops.actions.opening import NoSuchHandover, locked, open_handover
from hubshops.drops.actions.remarking import keep_remarks
from hubshops.drops.models import Handover, HandoverStatus, SignedHow
from hubshops.drops.rules import Count, Counts, RemarkAnswer
from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.refusals import Refusal


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
    handover = known or handover_to_sign(shop, by, count, at=at)
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


def handover_to_sign(shop: Shop, by: User, count: Count, *, at: dt.datetime) -> Handover:
    """The hand-over a count is for: the one of its number, else the one the day is at. A second
    van that was counted without a signal opens its own, whatever number its phone believed in."""
    known = {one.number: one for one in queries.handovers_of(shop, count.day)}
    found = known.get(count.number)
    if found and not (found.taken_at and is_of_another_van(found, shop, by)):
        return found
    return open_handover(shop=shop, service_day=count.day, at=at, is_next=True)


def is_of_another_van(signed: Handover, shop: Shop, by: User) -> bool:
    """Whether a further count is about what came after a signed hand-over: the same person signs
    again, or more was counted in than anybody signed for."""
    return signed.taken_by_id == by.pk or has_uncounted(shop, signed.service_day)


def has_uncounted(shop: Shop, day: dt.date) -> bool:
    """Whether packages were counted in that nobody signed for."""
    return queries.not_signed_yet(shop, day).packages > 0


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
        return gettext("The six digits were wrong too often, so they are not asked any more.")
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
        return gettext(
            "The driver has not signed on her phone yet, so there are no digits to check."
        )
    if proven_counts(handover, code, [queries.given_counts(handover)]):
        return ""
    handover.save(update_fields=["code_tries"])
    return wrong_code(handover)


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
        return gettext("Signed. You and the driver have the same counts.")
    if handover.status == HandoverStatus.DISPUTED:
        return gettext(
            "Signed. Your count and the driver's differ. Both are kept, and we look at it."
        )
    if handover.status == HandoverStatus.RESOLVED:
        return gettext("This hand-over is settled.")
    return gettext("Signed. The driver has not signed yet.")


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
