"""Short ways for the tests of money."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.backends.utils import CursorWrapper

from hubshops.assignment.models import Answer, Assignment, OverflowOffer
from hubshops.deliveries.models import Delivery
from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.models import Shop
from kernel.accounts.models import User
from payouts.payruns.actions import approve_run, draft_run, note_books_checked, send_run
from payouts.payruns.models import PayRun
from payouts.providers.actions import connect_shop, hold_payouts, refresh_account
from payouts.providers.models import PayoutAccount
from payouts.rates.actions import agree_rate, draft_change, publish_change
from payouts.rates.models import Rate, RateCard, RateChange, RateKind
from payouts.rates.rules import Line
from tests.factories import DAY, MORNING, make_delivery, make_member, make_staff
from tests.local_stripe.client import Remote

LATER = MORNING + dt.timedelta(hours=8)
WEEK_BEFORE = MORNING - dt.timedelta(days=7)


def agree(shop: Shop, cents: int) -> Rate:
    """A fee of this shop's own, from the beginning."""
    return agree_rate(shop=shop, amount_cents=cents, first_day=DAY, at=MORNING)[0]


def promise(cents: int, *, first_day: dt.date = DAY, at: dt.datetime = WEEK_BEFORE, **card) -> Rate:
    """An extra for each package beyond the cap, agreed a week before."""
    return agree_rate(
        kind=RateKind.OVER_CAP, amount_cents=cents, first_day=first_day, at=at, **card
    )[0]


def beyond_cap(delivery: Delivery, *, day: dt.date = DAY) -> Delivery:
    """The delivered package had a slot beyond the cap, to which the shop said yes."""
    offer = OverflowOffer.objects.filter(shop=delivery.shop, service_day=day).first()
    offer = offer or OverflowOffer.objects.create(
        shop=delivery.shop,
        service_day=day,
        extra=9,
        offered_at=WEEK_BEFORE,
        answer=Answer.YES,
        answered_at=WEEK_BEFORE,
        answered_by=make_member(delivery.shop, "Rosa"),
    )
    slot = 2 + 1 + Assignment.objects.filter(offer=offer).count()
    Assignment.objects.create(
        package=delivery.package,
        shop=delivery.shop,
        service_day=day,
        slot=slot,
        cap=2,
        distance_m=10,
        made_at=WEEK_BEFORE,
        offer=offer,
    )
    return delivery


def void(delivery: Delivery, *, at: dt.datetime, reason: str = "KEYING_ERROR") -> Delivery:
    """The shop amends a delivery: the package is back on its shelf."""
    package = delivery.package
    delivery.voided_by = PackageEvent.objects.create(
        package=package,
        shop=delivery.shop,
        kind=EventKind.AMENDED,
        from_state=State.DELIVERED,
        to_state=State.AT_SHOP,
        happened_at=at,
        received_at=at,
        counted_at=at,
        reason=reason,
        amends=delivery.event,
    )
    delivery.save(update_fields=["voided_by"])
    package.state = State.AT_SHOP
    package.save(update_fields=["state"])
    return delivery


@contextmanager
def refused_by(law: str) -> Iterator[CursorWrapper]:
    """PostgreSQL refuses what happens inside, by the law of this name."""
    with (
        pytest.raises(DatabaseError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield cursor


def make_olga() -> User:
    """Olga drafts, and could approve what somebody else drafted."""
    return make_staff("Olga", "finance_drafter", "finance_approver")


def make_pavel() -> User:
    """Pavel approves."""
    return make_staff("Pavel", "finance_approver")


def earn(shop: Shop, packages: int = 2, *, cents: int = 175, at: dt.datetime = MORNING) -> None:
    """A shop delivers packages at an agreed fee; nothing is booked yet."""
    if not hasattr(shop, "rate_card"):
        agree(shop, cents)
    for _ in range(packages):
        make_delivery(shop=shop, at=at)


def connect(stripe: Remote, shop: Shop, *, at: dt.datetime = MORNING) -> PayoutAccount:
    """A shop that has been through Stripe's pages and can be paid there."""
    account = connect_shop(shop=shop, by=None, at=at)
    stripe.onboard(account=account.provider_reference)
    return refresh_account(reference=account.provider_reference, at=at)


def approve(run: PayRun, *, by: User, at: dt.datetime = LATER, **words) -> PayRun:
    """The books were checked since the run was drafted, and a person approves it."""
    note_books_checked(run_ids=[run.pk], findings=0, at=at)
    return approve_run(run_id=run.pk, by=by, at=at, **words)


def on_hold(shop: Shop, *, by: User, at: dt.datetime = LATER, reason: str = "Asked", days: int = 7):
    """A shop's payouts are held for a week."""
    review_on = at.date() + dt.timedelta(days=days)
    return hold_payouts(shop=shop, reason=reason, review_on=review_on, by=by, at=at)


def pay(by: User, approver: User, *, through: dt.date = DAY, at: dt.datetime = LATER) -> PayRun:
    """Draft, approve and send one run."""
    run = draft_run(through=through, by=by, at=at)
    approve(run, by=approver, at=at)
    return send_run(run_id=run.pk, at=at)


def write_card(*lines: Line, shop: Shop | None = None, station=None) -> list[Rate]:
    """A card as it was agreed when its shop or station began: every line from the beginning, peaks
    on their days."""
    card, _made = RateCard.objects.get_or_create(shop=shop, station=station)
    return [
        Rate.objects.create(
            card=card,
            kind=one.kind,
            outcome=one.outcome,
            size=one.size,
            day_kind=one.day_kind,
            beyond=one.beyond,
            amount_cents=one.amount_cents,
            valid=DateRange(one.first_on, one.end_on),
            agreed_at=WEEK_BEFORE,
        )
        for one in lines
    ]


def plain(cents: int, **asks) -> Line:
    """A fee for delivered packages, of some sort when it asks for one."""
    return Line("delivery", cents, **asks)


def tier(beyond: int, cents: int) -> Line:
    """An extra for each package of a week after the first `beyond`."""
    return Line("tier", cents, beyond=beyond)


def change_card(*lines: Line, by: User, at: dt.datetime, days: int = 20, **card) -> RateChange:
    """A new card, drafted and published by one person, for so many days from `at`."""
    owner = card.get("shop") or card["station"]
    change = draft_change(
        lines=lines,
        effective_on=at.astimezone(ZoneInfo(owner.zone)).date() + dt.timedelta(days=days),
        reason="The van comes twice a day now.",
        by=by,
        at=at,
        **card,
    )
    return publish_change(change_id=change.pk, by=by, at=at)
