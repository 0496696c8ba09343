"""What was delivered is priced and booked, once."""

import datetime as dt
import io
import json

import pytest
from django.core.management import call_command

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import PackageEvent
from payouts.accruals.actions import accrue_waiting
from payouts.accruals.models import Accrual, SweepMark
from payouts.accruals.queries import waiting, wrong_accruals, wrong_entries
from payouts.ledger.models import Entry, Posting
from payouts.ledger.queries import payable_cents, trial_balance_cents
from payouts.rates.actions import agree_rate
from tests.factories import DAY, MORNING, make_delivery, make_package, make_shop
from tests.payouts.helpers import agree, refused_by, void

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(hours=8)


@pytest.fixture
def shop():
    shop = make_shop()
    agree(shop, 175)
    return shop


def test_deliveries_of_a_shop_day_become_one_entry(shop):
    for _ in range(3):
        make_delivery(shop=shop)
    assert accrue_waiting(at=LATER) == (3, 525)
    entry = Entry.objects.get()
    assert (entry.source_type, entry.shop, entry.booked_on) == ("fee", shop, DAY)
    posting = Posting.objects.get()
    assert (posting.amount_cents, posting.debit.kind) == (525, "fee_expense")
    assert (posting.credit.kind, posting.credit.shop) == ("shop_payable", shop)
    assert {a.amount_cents for a in Accrual.objects.all()} == {175}
    assert payable_cents(shop.pk) == 525


def test_a_second_sweep_finds_nothing(shop):
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    assert accrue_waiting(at=LATER) == (0, 0)
    assert accrue_waiting(at=LATER, is_full=True) == (0, 0)
    assert Entry.objects.count() == 1


def test_a_later_delivery_of_the_same_day_is_an_entry_of_its_own(shop):
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    make_delivery(shop=shop)
    assert accrue_waiting(at=LATER) == (1, 175)
    assert Entry.objects.count() == 2


def test_the_shops_own_card_goes_before_its_stations(shop):
    agree_rate(station=shop.station, amount_cents=150, first_day=DAY, at=MORNING)
    other = make_shop("Zed's Laundry")
    make_delivery(shop=shop)
    make_delivery(shop=other)
    accrue_waiting(at=LATER)
    fees = dict(Accrual.objects.values_list("shop__name", "amount_cents"))
    assert fees == {"Rosa's Bodega": 175, "Zed's Laundry": 150}


def test_a_fee_is_the_one_in_force_on_the_day_of_delivery(shop):
    tomorrow = DAY + dt.timedelta(days=1)
    agree_rate(shop=shop, amount_cents=200, first_day=tomorrow, at=MORNING)
    make_delivery(shop=shop)
    make_delivery(shop=shop, at=MORNING + dt.timedelta(days=1))
    assert accrue_waiting(at=LATER + dt.timedelta(days=2)) == (2, 375)
    assert set(Accrual.objects.values_list("delivered_on", "amount_cents")) == {
        (DAY, 175),
        (tomorrow, 200),
    }


def test_without_a_rate_a_delivery_waits_and_is_reported():
    shop = make_shop()
    make_delivery(shop=shop)
    assert accrue_waiting(at=LATER) == (0, 0)
    assert not Accrual.objects.exists() and not Entry.objects.exists()
    assert [(row["shop"], row["packages"], row["has_rate"]) for row in waiting()] == [
        (shop.slug, 1, False)
    ]
    agree(shop, 175)
    assert waiting()[0]["has_rate"] is True
    assert accrue_waiting(at=LATER) == (1, 175)
    assert waiting() == []


def test_the_mark_never_passes_a_delivery_without_a_rate(shop):
    waits = make_delivery(shop=make_shop("Zed's Laundry"))
    make_delivery(shop=shop)
    for hours in range(0, 10, 2):
        accrue_waiting(at=LATER + dt.timedelta(hours=hours))
    assert SweepMark.objects.get().settled_id == waits.pk - 1
    agree(waits.shop, 120)
    assert accrue_waiting(at=LATER + dt.timedelta(hours=12)) == (1, 120)


def test_the_mark_settles_an_hour_after_a_sweep(shop):
    first = make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    make_delivery(shop=shop)
    accrue_waiting(at=LATER + dt.timedelta(minutes=59))
    assert SweepMark.objects.get().settled_id == 0
    accrue_waiting(at=LATER + dt.timedelta(minutes=61))
    assert SweepMark.objects.get().settled_id == first.pk


def test_a_free_delivery_is_written_down_and_moves_nothing(shop):
    free = make_shop("Zed's Laundry")
    agree(free, 0)
    make_delivery(shop=free)
    assert accrue_waiting(at=LATER) == (1, 0)
    assert Accrual.objects.get().amount_cents == 0
    assert not Posting.objects.exists()
    assert wrong_entries() == []


def test_a_voided_delivery_gives_its_fee_back_on_the_day_it_was_voided(shop):
    delivery = make_delivery(shop=shop)
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    void(delivery, at=MORNING + dt.timedelta(days=2))
    assert accrue_waiting(at=LATER + dt.timedelta(days=2)) == (1, -175)
    assert accrue_waiting(at=LATER + dt.timedelta(days=2)) == (0, 0)
    back = Entry.objects.get(source_type="fee_reversed")
    assert back.booked_on == DAY + dt.timedelta(days=2)
    assert payable_cents(shop.pk) == 175
    assert trial_balance_cents() == 0
    assert wrong_accruals() == wrong_entries() == []


def test_a_delivery_voided_before_its_fee_was_booked_earns_nothing(shop):
    void(make_delivery(shop=shop), at=LATER)
    assert accrue_waiting(at=LATER) == (0, 0)
    assert not Accrual.objects.exists()
    assert waiting() == []


def test_a_fee_of_a_free_delivery_is_taken_back_as_nothing(shop):
    free = make_shop("Zed's Laundry")
    agree(free, 0)
    delivery = make_delivery(shop=free)
    accrue_waiting(at=LATER)
    void(delivery, at=LATER)
    assert accrue_waiting(at=LATER) == (1, 0)
    assert Accrual.objects.filter(kind="reversal").get().amount_cents == 0


def test_many_chunks_book_what_one_would(shop, monkeypatch):
    for _ in range(5):
        make_delivery(shop=shop)
    monkeypatch.setattr("payouts.accruals.actions.sweeping.CHUNK", 2)
    assert accrue_waiting(at=LATER) == (5, 875)
    assert payable_cents(shop.pk) == 875
    assert wrong_entries() == []


def test_a_limit_stops_after_its_chunk_and_the_next_sweep_goes_on(shop, monkeypatch):
    for _ in range(5):
        make_delivery(shop=shop)
    monkeypatch.setattr("payouts.accruals.actions.sweeping.CHUNK", 2)
    counted = [accrue_waiting(at=LATER, limit=2)[0] for _ in range(4)]
    assert sum(counted) == 5
    assert counted[-1] == 0


def test_the_command_tells_how_many_and_how_much(shop):
    make_delivery(shop=shop)
    answers = []
    for _ in range(2):
        out = io.StringIO()
        call_command("accrue", "--json", stdout=out)
        answers.append(json.loads(out.getvalue()))
    assert answers == [{"accrued": 1, "cents": 175}, {"accrued": 0, "cents": 0}]


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("append-only", "UPDATE accrual SET amount_cents = 1"),
        ("append-only", "DELETE FROM accrual"),
        ("append-only", "TRUNCATE accrual CASCADE"),
        (
            "accrual_once",
            "INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id) SELECT delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id FROM accrual",
        ),
        (
            "accrual_sign_follows_kind",
            "INSERT INTO accrual (delivery_id, kind, shop_id, delivered_on, rate_id, amount_cents,"
            " entry_id) SELECT delivery_id, 'reversal', shop_id, delivered_on, rate_id, 5,"
            " entry_id FROM accrual",
        ),
        ("accrual_mark_is_one_row", "INSERT INTO accrual_mark VALUES (2, 0, 0, now())"),
    ],
)
def test_the_laws_of_fees_hold_in_sql(shop, law, statement):
    make_delivery(shop=shop)
    accrue_waiting(at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)
    assert Accrual.objects.get().amount_cents == 175


def test_packages_that_were_not_delivered_earn_nothing(shop):
    make_package(shop=shop, state="RETURN_PENDING")
    assert accrue_waiting(at=LATER) == (0, 0)
    assert Delivery.objects.count() == 0
    assert PackageEvent.objects.exists()
