"""What PostgreSQL refuses about adjustments, disputes and holds."""

import pytest

from payouts.accruals.actions import accrue_waiting
from payouts.adjustments.actions import open_dispute, place_hold
from payouts.adjustments.models import Adjustment
from payouts.adjustments.queries import adjustment_gaps
from payouts.ledger.actions import Booking, post
from payouts.ledger.rules import Source
from tests.factories import DAY, make_member, make_shop
from tests.payouts.adjustments.helpers import propose
from tests.payouts.helpers import LATER, earn, make_olga, refused_by

pytestmark = pytest.mark.django_db

BOOK = (
    "UPDATE adjustment SET status = 'booked', decided_at = {at}, decided_by_id = {by},"
    " entry_id = (SELECT min(id) FROM ledger_entry) WHERE status = 'proposed'"
)


@pytest.fixture
def shop():
    shop = make_shop()
    earn(shop, 2, cents=250)
    accrue_waiting(at=LATER)
    return shop


@pytest.mark.parametrize(
    ("law", "cents", "statement"),
    [
        ("by_two_people", -500, BOOK.format(at="answer_until", by="proposed_by_id")),
        ("by_two_people", 9_000, BOOK.format(at="proposed_at", by="proposed_by_id")),
        ("by_silence_for_the_shop", -500, BOOK.format(at="answer_until", by="NULL")),
        ("by_silence_for_the_shop", 9_000, BOOK.format(at="proposed_at", by="NULL")),
        (
            "heard_before_it_is_booked",
            -500,
            BOOK.format(
                at="proposed_at", by="(SELECT max(id) FROM person WHERE id <> proposed_by_id)"
            ),
        ),
        (
            "booked_iff_it_has_an_entry",
            9_000,
            "UPDATE adjustment SET entry_id = (SELECT min(id) FROM ledger_entry)",
        ),
        ("decided_iff", 9_000, "UPDATE adjustment SET status = 'declined'"),
        ("adjustment_stays", 9_000, "UPDATE adjustment SET amount_cents = 1"),
        ("adjustment_stays", 9_000, "DELETE FROM adjustment"),
        ("adjustment_stays", 500, "UPDATE adjustment SET decision = 'other'"),
    ],
)
def test_the_laws_of_adjustments_hold_in_sql(shop, law, cents, statement):
    make_member(shop, "Rosa")
    made = propose(shop, cents, make_olga(), at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)
    made.refresh_from_db()
    assert made.amount_cents == cents


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("hold_stays", "UPDATE hold SET amount_cents = 1"),
        ("hold_stays", "DELETE FROM hold"),
        (
            "hold_is_of_thirty_days",
            "INSERT INTO hold (shop_id, amount_cents, words, placed_at, placed_by_id, until,"
            " taken_cents) SELECT shop_id, 1, 'x', placed_at, placed_by_id,"
            " placed_at + interval '31 days', 0 FROM hold",
        ),
        ("hold_takes_no_more", "UPDATE hold SET ended_at = until, taken_cents = 301"),
        ("dispute_stays", "UPDATE dispute SET claimed_cents = 1"),
        ("dispute_stays", "DELETE FROM dispute"),
        (
            "declined_by_a_named_person",
            "UPDATE dispute SET status = 'declined', decided_at = due_at, answer = 'no'",
        ),
        (
            "dispute_is_about_one_thing",
            "INSERT INTO dispute (shop_id, claimed_cents, words, opened_at, due_at, status, answer)"
            " SELECT shop_id, 1, 'x', opened_at, due_at, 'open', '' FROM dispute",
        ),
    ],
)
def test_the_laws_of_holds_and_disputes_hold_in_sql(shop, law, statement):
    rosa, olga = make_member(shop, "Rosa"), make_olga()
    hold = place_hold(shop=shop, cents=300, words="A phone.", by=olga, at=LATER)
    propose(shop, -100, olga, at=LATER, hold=hold)
    about = shop.deliveries.first()
    open_dispute(shop=shop, about=about, cents=75, words="Large.", by=rosa, at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)


def test_the_check_finds_entries_and_holds_that_nothing_explains(shop):
    bookings = [Booking("nobody", shop.pk, DAY, 100)]
    post(source=Source.ADJUSTED, bookings=bookings, at=LATER)
    post(source=Source.HELD, bookings=bookings, at=LATER)
    assert [row["code"] for row in adjustment_gaps()] == ["wrong_entry", "wrong_held"]
    assert not Adjustment.objects.exists()
