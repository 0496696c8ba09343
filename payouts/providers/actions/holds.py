"""Holding a shop's payouts: one person may, for a reason the shop reads and until a day on which
somebody looks again."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubshops.shops.models import Shop
from kernel import clock
from kernel.accounts.models import User
from kernel.audit import actions as audit
from kernel.refusals import Refusal
from payouts.providers import access, queries
from payouts.providers.actions.accounts import open_payout_accounts
from payouts.providers.actions.letters import ring_finance, tell_of_hold, tell_that_payouts_go_on
from payouts.providers.models import PayoutAccount

MOST_HOLD_DAYS = 30


class MayNotHold(Refusal):
    code = "may_not_hold"
    message = _("Only people of finance may hold payouts, or let them go on.")


class SayWhyHeld(Refusal):
    code = "say_why_held"
    message = _("Write a sentence for the shop: why its payouts are held.")


class ReviewOutOfRange(Refusal):
    code = "review_out_of_range"
    message = _("Choose a day from tomorrow to {last} on which somebody looks at it again.")


@transaction.atomic
def hold_payouts(
    *, shop: Shop, reason: str, review_on: dt.date, by: User | None, at: dt.datetime
) -> PayoutAccount:
    """Hold a shop's payouts, from the next draft on; what was drafted already is cancelled with its
    run. The owners read why, and by when somebody looks at it again. Held again, it gets the new
    reason and day. Audited. Refuses other people, no reason, and a day that is not within the next
    thirty."""
    if not access.may_hold(by):
        raise MayNotHold
    if not reason.strip():
        raise SayWhyHeld
    today = clock.local_day(at, shop.zone)
    if not today < review_on <= today + dt.timedelta(days=MOST_HOLD_DAYS):
        raise ReviewOutOfRange(last=today + dt.timedelta(days=MOST_HOLD_DAYS))
    account = locked_account(shop)
    account.hold_reason, account.review_on = reason.strip()[:200], review_on
    account.held_at, account.held_by, account.rung_at = at, by, None
    save_hold(account)
    audit.record(
        at=at,
        by=by,
        action="hold_payouts",
        subject=account,
        reason=account.hold_reason,
        review_on=str(review_on),
    )
    tell_of_hold(account, at=at)
    return account


@transaction.atomic
def let_payouts_go_on(*, shop: Shop, by: User | None, at: dt.datetime) -> PayoutAccount:
    """End a hold: the next run pays the shop again, and its owners read so. A second call changes
    nothing. Audited. Refuses other people."""
    if not access.may_hold(by):
        raise MayNotHold
    account = locked_account(shop)
    if not account.hold_reason:
        return account
    reason, account.hold_reason, account.review_on = account.hold_reason, "", None
    account.held_at = account.held_by = account.rung_at = None
    save_hold(account)
    audit.record(at=at, by=by, action="let_payouts_go_on", subject=account, reason=reason)
    tell_that_payouts_go_on(account, at=at)
    return account


@transaction.atomic
def ring_about_holds(*, at: dt.datetime) -> int:
    """Write to the people of finance about holds whose day to look again has come, once each; how
    many. Safe twice and side by side."""
    due = queries.holds_to_review(at=at)
    fresh = PayoutAccount.objects.filter(pk__in=[one.pk for one in due], rung_at=None)
    rung = list(fresh.order_by("pk").select_for_update(of=("self",)).select_related("shop"))
    PayoutAccount.objects.filter(pk__in=[one.pk for one in rung]).update(rung_at=at)
    if rung:
        ring_finance(rung, at=at)
    return len(rung)


def locked_account(shop: Shop) -> PayoutAccount:
    """How a shop is paid, under lock."""
    open_payout_accounts()
    return PayoutAccount.objects.select_for_update().get(shop=shop)


def save_hold(account: PayoutAccount) -> None:
    """Write what a hold says."""
    account.save(update_fields=["hold_reason", "review_on", "held_at", "held_by", "rung_at"])
