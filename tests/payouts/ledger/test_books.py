"""The books can't be wrong in ways PostgreSQL can see."""

import pytest
from django.db import IntegrityError, transaction

from payouts.ledger.actions import Booking, open_accounts, post, take_numbers
from payouts.ledger.models import (
    Account,
    AccountKind,
    Entry,
    Move,
    NumberSeries,
    Posting,
    SourceType,
)
from payouts.ledger.queries import balance_cents, payable_cents, trial_balance_cents
from payouts.ledger.rules import EARNINGS, MOVES, Kind, Source, number
from tests.factories import DAY, MORNING, make_shop
from tests.payouts.helpers import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    shop = make_shop()
    open_accounts()
    post(source=Source.FEE, bookings=[Booking("a", shop.pk, DAY, 500)], at=MORNING)
    return shop


def test_a_fee_is_owed_to_the_shop(shop):
    assert payable_cents(shop.pk) == 500
    assert balance_cents(Kind.FEE_EXPENSE) == -500
    assert trial_balance_cents() == 0


def test_money_approved_sent_and_released_moves_along_the_chart(shop):
    for source, cents in [
        (Source.TRANSFER_APPROVED, 300),
        (Source.TRANSFER_SENT, 200),
        (Source.TRANSFER_RELEASED, 100),
    ]:
        post(source=source, bookings=[Booking("t", shop.pk, DAY, cents)], at=MORNING)
    assert payable_cents(shop.pk) == 300
    assert balance_cents(Kind.PAYOUT_CLEARING) == 0
    assert balance_cents(Kind.BANK) == 200
    assert trial_balance_cents() == 0


def test_the_same_fact_is_booked_once(shop):
    with pytest.raises(IntegrityError, match="ledger_entry_once_per_source"), transaction.atomic():
        post(source=Source.FEE, bookings=[Booking("a", shop.pk, DAY, 500)], at=MORNING)
    assert payable_cents(shop.pk) == 500


def test_the_words_of_the_rules_and_of_the_tables_are_the_same():
    assert set(AccountKind.values) == set(Kind)
    assert set(SourceType.values) == set(Source) == set(MOVES)
    assert {
        (move.source, move.debit, move.credit, move.is_earning) for move in Move.objects.all()
    } == {(source, debit, credit, source in EARNINGS) for source, (debit, credit) in MOVES.items()}


@pytest.mark.parametrize("source", list(Source))
def test_postgresql_holds_the_same_moves(shop, source):
    other = Source.FEE if source != Source.FEE else Source.TRANSFER_SENT
    post(source=source, bookings=[Booking("m", shop.pk, DAY, 1)], at=MORNING)
    right = Posting.objects.latest("pk")
    with refused_by("follows the move") as cursor:
        cursor.execute(
            "WITH e AS (INSERT INTO ledger_entry (source_type, source_key, shop_id, booked_on,"
            " memo, posted_at) VALUES (%s, 'wrong', %s, %s, '', now()) RETURNING id) "
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents) "
            "SELECT id, 1, %s, %s, 1 FROM e",
            [other, shop.pk, DAY, right.debit_id, right.credit_id],
        )


@pytest.mark.parametrize("column", ["entry_id", "debit_id", "credit_id"])
def test_no_posting_names_what_does_not_exist(shop, column):
    right = Posting.objects.get()
    named = {"entry_id": right.entry_id, "debit_id": right.debit_id, "credit_id": right.credit_id}
    with refused_by("follows the move") as cursor:
        cursor.execute(
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)"
            " VALUES (%(entry_id)s, 2, %(debit_id)s, %(credit_id)s, 1)",
            named | {column: 999_999},
        )


def test_no_account_goes_away_or_changes_hands(shop):
    with refused_by("ledger_account is append-only") as cursor:
        cursor.execute("DELETE FROM ledger_account WHERE shop_id = %s", [shop.pk])
    with refused_by("ledger_account is append-only") as cursor:
        cursor.execute("UPDATE ledger_account SET kind = 'shop_held' WHERE shop_id = %s", [shop.pk])


def test_an_entry_is_reversed_once(shop):
    booking = Booking("back", shop.pk, DAY, 500, reverses_id=Entry.objects.get().pk)
    post(source=Source.FEE_REVERSED, bookings=[booking], at=MORNING)
    again = Booking("again", shop.pk, DAY, 500, reverses_id=booking.reverses_id)
    with pytest.raises(IntegrityError, match="ledger_entry_reversed_once"), transaction.atomic():
        post(source=Source.FEE_REVERSED, bookings=[again], at=MORNING)


def test_no_posting_touches_another_shops_money(shop):
    make_shop("Zed's Laundry")
    open_accounts()
    with refused_by("for its own shop") as cursor:
        cursor.execute(
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents) "
            "SELECT e.id, 2, x.id, p.id, 5 FROM ledger_entry e, ledger_account x, ledger_account p "
            "WHERE x.kind = 'fee_expense' AND p.kind = 'shop_payable' AND p.shop_id <> e.shop_id"
        )


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("append-only", "UPDATE ledger_posting SET amount_cents = 1"),
        ("append-only", "DELETE FROM ledger_posting"),
        ("append-only", "UPDATE ledger_entry SET booked_on = now()"),
        ("append-only", "DELETE FROM ledger_entry"),
        ("append-only", "TRUNCATE ledger_posting"),
        ("append-only", "TRUNCATE ledger_entry CASCADE"),
        (
            "ledger_posting_is_positive",
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)"
            " SELECT entry_id, 2, debit_id, credit_id, -5 FROM ledger_posting",
        ),
        (
            "ledger_posting_moves_money",
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)"
            " SELECT entry_id, 2, debit_id, debit_id, 5 FROM ledger_posting",
        ),
        (
            'null value in column "credit_id"',
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, amount_cents)"
            " SELECT entry_id, 2, debit_id, 5 FROM ledger_posting",
        ),
        (
            "ledger_posting_seq_once",
            "INSERT INTO ledger_posting (entry_id, seq, debit_id, credit_id, amount_cents)"
            " SELECT entry_id, seq, debit_id, credit_id, 5 FROM ledger_posting",
        ),
        (
            "ledger_entry_source_is_known",
            "INSERT INTO ledger_entry (source_type, source_key, shop_id, booked_on, memo,"
            " posted_at) SELECT 'gift', '1', shop_id, booked_on, '', posted_at FROM ledger_entry",
        ),
        (
            "ledger_account_once",
            "INSERT INTO ledger_account (kind, currency) VALUES ('bank', 'USD')",
        ),
        (
            "ledger_account_of_its_kind_iff",
            "INSERT INTO ledger_account (kind, currency) VALUES ('shop_payable', 'USD')",
        ),
        (
            "ledger_is_in_dollars",
            "INSERT INTO ledger_account (kind, currency) VALUES ('bank', 'EUR')",
        ),
    ],
)
def test_the_laws_of_the_books_hold_in_sql(shop, law, statement):
    with refused_by(law) as cursor:
        cursor.execute(statement)
    assert payable_cents(shop.pk) == 500
    assert Entry.objects.count() == 1


def test_every_shop_gets_one_payable_account():
    make_shop()
    make_shop("Zed's Laundry")
    assert open_accounts() == 2
    assert open_accounts() == 0
    assert Account.objects.filter(kind="shop_payable").count() == 2


def test_numbers_have_no_gaps():
    assert take_numbers(name="HD-2026") == 1
    with pytest.raises(RuntimeError), transaction.atomic():
        assert take_numbers(name="HD-2026", count=5) == 2
        raise RuntimeError
    assert take_numbers(name="HD-2026", count=2) == 2
    assert NumberSeries.objects.get().last == 3
    assert number("HD", 2026, 3, 6) == "HD-2026-000003"
