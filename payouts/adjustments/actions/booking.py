"""Writing a decided adjustment into the books."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.money import as_dollars
from kernel.refusals import Refusal
from payouts.adjustments.actions.letters import tell_of_decision
from payouts.adjustments.models import Adjustment, AdjustmentStatus, Hold
from payouts.adjustments.queries import owed_by, standing_holds
from payouts.adjustments.rules import GIVING_UP, TIME_RAN_OUT, Why, shares, source_of
from payouts.ledger.actions import Booking, open_accounts, post
from payouts.ledger.models import Entry
from payouts.ledger.queries import payable_cents
from payouts.ledger.rules import Source


class OwesLessByNow(Refusal):
    code = "owes_less_by_now"
    message = _("The shop owes {owed} by now, so {amount} can't be given up. Propose it again.")


def check_giving_up(adjustment: Adjustment) -> None:
    """Refuse to give up more than is owed now. The books are held."""
    shop, why = adjustment.shop, Why(adjustment.reason)
    if why not in GIVING_UP:
        return
    owed = owed_by(shop) if why == Why.FORGIVEN else -payable_cents(shop.pk)
    if adjustment.size_cents > owed:
        raise OwesLessByNow(owed=as_dollars(max(0, owed)), amount=as_dollars(adjustment.size_cents))


def book(adjustment: Adjustment, *, by: User | None, at: dt.datetime, words: str = "") -> None:
    """Book what was decided: for the shop at once; a deduction as what later payments give back,
    less what was set aside for it. The owners get a letter. In the caller's transaction, which
    holds the books and the adjustment. Refuses to give up more than is owed."""
    open_accounts()
    check_giving_up(adjustment)
    source = source_of(Why(adjustment.reason), adjustment.amount_cents)
    key = f"adjustment:{adjustment.pk}"
    memo = "" if adjustment.words == TIME_RAN_OUT else adjustment.words
    post_one(source, key, adjustment.shop, adjustment.size_cents, memo, by=by, at=at)
    adjustment.entry = Entry.objects.get(source_type=source, source_key=key)
    adjustment.status, adjustment.decision = AdjustmentStatus.BOOKED, words.strip()[:500]
    adjustment.decided_at, adjustment.decided_by = at, by
    adjustment.save()
    if adjustment.is_deduction:
        take_from_holds(adjustment, by=by, at=at)
    tell_of_decision(adjustment, at=at)


def take_from_holds(adjustment: Adjustment, *, by: User | None, at: dt.datetime) -> None:
    """A deduction first takes what was set aside for it; what is left of that is given free. What
    was set aside for something else stays as it is."""
    mine = standing_holds(adjustment.shop).filter(deduction=adjustment)
    holds = list(mine.select_for_update(of=["self"]))
    taken = shares([hold.amount_cents for hold in holds], adjustment.size_cents)
    for hold, cents in zip(holds, taken, strict=True):
        end_hold(hold, by=by, at=at, taken_cents=cents)


def end_hold(hold: Hold, *, by: User | None, at: dt.datetime, taken_cents: int = 0) -> None:
    """End a hold: a part may be taken for a deduction, the rest is the shop's again."""
    hold.ended_at, hold.ended_by, hold.taken_cents = at, by, taken_cents
    hold.save(update_fields=["ended_at", "ended_by", "taken_cents"])
    key, rest = f"hold:{hold.pk}", hold.amount_cents - taken_cents
    if taken_cents:
        post_one(Source.HOLD_TAKEN, key, hold.shop, taken_cents, hold.words, by=by, at=at)
    if rest:
        post_one(Source.HOLD_RELEASED, key, hold.shop, rest, hold.words, by=by, at=at)


def post_one(
    source: Source, key: str, shop: Shop, cents: int, memo: str, *, by: User | None, at: dt.datetime
) -> None:
    """One entry for one shop, on its own day."""
    day = clock.local_day(at, shop.zone)
    post(source=source, bookings=[Booking(key, shop.pk, day, cents, memo[:200])], at=at, by=by)
