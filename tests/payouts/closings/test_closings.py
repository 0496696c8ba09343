"""A shop that leaves is closed once nothing is left, with a final statement."""

import datetime as dt
import io

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from pypdf import PdfReader

from hubshops.cases.actions import resolve_case
from hubshops.cases.models import Case, CaseKind
from hubshops.packages.models import Package
from hubshops.packages.rules import State
from hubshops.shops.actions import ask_to_leave, turn_shops
from hubshops.shops.models import Leaving, Shop, ShopStatus
from kernel.notifications.models import Mail
from payouts.accruals.actions import accrue_waiting, top_up_weeks
from payouts.closings.actions import close_shops
from payouts.closings.models import Closing
from payouts.closings.queries import left_of
from payouts.ledger.actions import Booking, open_accounts, post
from payouts.ledger.rules import Source
from payouts.payruns.models import Transfer
from payouts.rates.rules import Line
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop, make_staff
from tests.payouts.helpers import LATER, earn, make_olga, make_pavel, pay, plain, write_card

pytestmark = pytest.mark.django_db
NEXT_DAY = LATER + dt.timedelta(days=1)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(client, shop):
    user = make_member(shop, "Rosa")
    client.force_login(user)
    return user


def pdf_text(content):
    return PdfReader(io.BytesIO(content)).pages[0].extract_text()


def leave(shop, rosa):
    """The shop had its last packages."""
    ask_to_leave(shop=shop, last_day=DAY, at=LATER, by=rosa)
    turn_shops(at=NEXT_DAY)
    Mail.objects.all().delete()
    shop.refresh_from_db()
    assert shop.status == ShopStatus.OFFBOARDING


def status(shop):
    shop.refresh_from_db()
    return shop.status


def test_a_shop_with_nothing_left_is_closed_and_told(client, shop, rosa):
    leave(shop, rosa)
    assert (close_shops(at=NEXT_DAY), close_shops(at=NEXT_DAY)) == (1, 0)
    assert status(shop) == ShopStatus.CLOSED
    assert Leaving.objects.get().closed_at
    assert "Everything is paid. Nothing is left open." in Mail.objects.get().body
    assert "Closed on" in client.get("/shop/statements/final/").content.decode()
    paper = client.get("/shop/statements/final.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    words = pdf_text(paper.content)
    assert "Final statement" in words
    assert "Everything is paid. Nothing is left open." in words
    assert "Your shop is closed" in client.get("/shop/pause/").content.decode()


def test_what_is_in_its_hands_keeps_it_open(client, shop, rosa):
    [package] = make_packages(1, shop=shop, state=State.AT_SHOP)
    leave(shop, rosa)
    assert close_shops(at=NEXT_DAY) == 0
    assert "1 package is with you" in client.get("/shop/statements/final/").content.decode()
    Package.objects.filter(pk=package.pk).update(state=State.RETURNED_TO_STATION)
    assert close_shops(at=NEXT_DAY) == 1


def test_its_last_fees_are_paid_first(client, shop, rosa):
    earn(shop, packages=2, cents=175)
    leave(shop, rosa)
    assert left_of(shop, at=NEXT_DAY).unpriced == 2
    accrue_waiting(at=NEXT_DAY)
    assert close_shops(at=NEXT_DAY) == 0
    assert (
        "$3.50 comes with the next payment"
        in client.get("/shop/statements/final/").content.decode()
    )
    pay(make_olga(), make_pavel(), at=NEXT_DAY)
    assert (left_of(shop, at=NEXT_DAY).payments, left_of(shop, at=NEXT_DAY).open_cents) == (1, 0)
    assert close_shops(at=NEXT_DAY) == 0
    Transfer.objects.update(status="settled", settled_at=NEXT_DAY)
    assert close_shops(at=NEXT_DAY) == 1
    closing = Closing.objects.get()
    assert (closing.packages, closing.earned_cents, closing.paid_cents) == (2, 350, 350)


def test_a_case_that_stands_is_settled_first(client, shop, rosa):
    case = Case.objects.create(
        shop=shop,
        kind=CaseKind.UNSENT,
        cause="unsent:1",
        service_day=DAY,
        opened_at=LATER,
        due_at=NEXT_DAY + dt.timedelta(days=5),
    )
    leave(shop, rosa)
    assert close_shops(at=NEXT_DAY) == 0
    assert "A case is still open." in client.get("/shop/statements/final/").content.decode()
    kim = make_staff("Kim", "dispatcher")
    resolve_case(case_id=case.pk, by=kim, words="It was sent.", at=NEXT_DAY)
    assert close_shops(at=NEXT_DAY) == 1


def test_the_guaranteed_minimum_of_its_last_week_is_paid_first(client, shop, rosa):
    Shop.objects.update(weekdays="5", opened_at=MORNING - dt.timedelta(days=4))
    write_card(plain(150), Line("minimum", 1000), station=shop.station)
    leave(shop, rosa)
    assert close_shops(at=NEXT_DAY) == 0, "the week still runs"
    with time_machine.travel(NEXT_DAY, tick=False):
        page = client.get("/shop/statements/final/").content.decode()
    assert "Your guaranteed minimum is being counted." in page
    wednesday = LATER + dt.timedelta(days=5)
    assert close_shops(at=wednesday) == 0, "the week is over and not topped up"
    assert top_up_weeks(at=wednesday) == (1, 1000)
    left = left_of(shop, at=wednesday)
    assert (left.top_ups, left.open_cents) == (0, 1000)


def test_what_it_was_paid_too_much_is_carried_and_told_in_words(client, shop, rosa):
    open_accounts()
    post(
        source=Source.FEE_REVERSED,
        bookings=[Booking(key="x", shop_id=shop.pk, booked_on=DAY, cents=1240)],
        at=LATER,
    )
    leave(shop, rosa)
    assert close_shops(at=NEXT_DAY) == 1
    assert Closing.objects.get().balance_cents == -1240
    words = Mail.objects.get().body
    assert "You were paid $12.40 more than you earned" in words
    assert "We don't take it from your bank." in words
    assert "$12.40" in client.get("/shop/statements/final/").content.decode()


def test_a_shop_that_stays_has_no_final_statement(client, shop, rosa):
    for page in ("final/", "final.pdf"):
        assert client.get(f"/shop/statements/{page}").status_code == 404
    assert close_shops(at=NEXT_DAY) == 0
    assert status(shop) == ShopStatus.LIVE


def test_a_final_statement_adds_up_and_stays(shop, rosa):
    leave(shop, rosa)
    close_shops(at=NEXT_DAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        Closing.objects.update(packages=9)
    insert = (
        "INSERT INTO closing (shop_id, leaving_id, closed_on, closed_at, packages, earned_cents,"
        " paid_cents, balance_cents, deductions_cents) SELECT shop_id, leaving_id, closed_on,"
        " closed_at, packages, {}, 0, {}, 0 FROM closing"
    )
    for law, cents in (("closing_adds_up", (5, -5)), ("closing_owes_the_shop_nothing", (5, 5))):
        with (
            pytest.raises(IntegrityError, match=law),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(insert.format(*cents))
