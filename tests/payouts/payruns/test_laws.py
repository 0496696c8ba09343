"""What a pay run may never do, tried in SQL."""

import pytest

from payouts.payruns.actions import draft_run, send_run
from payouts.payruns.models import PayRun, Transfer
from tests.factories import DAY, make_shop
from tests.payouts.helpers import LATER, approve, earn, make_olga, make_pavel, refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    earn(make_shop())
    return draft_run(through=DAY, by=make_olga(), at=LATER)


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        (
            "pay_run_four_eyes",
            "UPDATE pay_run SET approved_by_id = drafted_by_id, approved_at = now()",
        ),
        ("pay_run_approved_as_frozen", "UPDATE pay_run SET status = 'approved'"),
        ("may not go from drafted to sending", "UPDATE pay_run SET status = 'sending'"),
        ("may not go from drafted to done", "UPDATE pay_run SET status = 'done', done_at = now()"),
        ("may not go from pending to sent", "UPDATE transfer SET status = 'sent'"),
        ("nothing leaves before its run", "UPDATE transfer SET status = 'ready'"),
        ("pay_run is frozen", "UPDATE pay_run SET cents = cents + 1"),
        ("pay_run is frozen", "UPDATE pay_run SET snapshot = repeat('0', 64)"),
        ("pay_run is frozen", "UPDATE pay_run SET through = through + 1"),
        ("pay_run is frozen", "UPDATE pay_run SET zone = 'America/Denver'"),
        ("transfer is frozen", "UPDATE transfer SET amount_cents = 1"),
        ("transfer is frozen", "UPDATE transfer SET payee_reference = 'zed'"),
        ("transfer is frozen", "UPDATE transfer SET key = 'other'"),
        ("transfer_item is frozen", "UPDATE transfer_item SET amount_cents = 1"),
        ("append-only", "DELETE FROM transfer_item"),
        ("append-only", "DELETE FROM transfer"),
        ("append-only", "DELETE FROM pay_run"),
        (
            "the run is frozen",
            "INSERT INTO held_shop (run_id, shop_id, cents, reason)"
            " SELECT id, (SELECT min(id) FROM shop), 5, 'below_minimum' FROM pay_run",
        ),
        (
            "entry_paid_at_most_once",
            "INSERT INTO transfer_item (transfer_id, entry_id, amount_cents)"
            " SELECT transfer_id, entry_id, amount_cents FROM transfer_item",
        ),
        (
            "transfer_once_a_run_and_shop",
            "INSERT INTO transfer (run_id, shop_id, amount_cents, gateway, payee_reference, key,"
            " status, attempts, provider_reference, error) SELECT run_id, shop_id, 5, gateway,"
            " payee_reference, 'x', 'pending', 0, '', '' FROM transfer",
        ),
        (
            "pay_run_status_is_known",
            "INSERT INTO pay_run (through, status, shops, cents, snapshot, drafted_at,"
            " drafted_by_id, approved_snapshot) SELECT through, 'paid', 0, 0, '', drafted_at,"
            " drafted_by_id, '' FROM pay_run",
        ),
    ],
)
def test_the_laws_of_pay_runs_hold_in_sql(run, law, statement):
    with refused_by(law) as cursor:
        cursor.execute(statement)
    run.refresh_from_db()
    assert (run.status, run.cents, Transfer.objects.get().amount_cents) == ("drafted", 350, 350)


def test_a_transfer_never_pays_what_another_shop_earned(run):
    with refused_by("what its own shop earned") as cursor:
        cursor.execute(
            "WITH zed AS (INSERT INTO shop SELECT (s).* FROM (SELECT jsonb_populate_record(s, "
            "jsonb_build_object('id', 999, 'slug', 'zed')) AS s FROM shop s) x RETURNING id), "
            "r AS (INSERT INTO pay_run (through, status, shops, cents, snapshot, drafted_at,"
            " drafted_by_id, approved_snapshot) SELECT through, 'drafted', 0, 0, '', drafted_at,"
            " drafted_by_id, '' FROM pay_run RETURNING id), "
            "t AS (INSERT INTO transfer (run_id, shop_id, amount_cents, gateway, payee_reference,"
            " key, status, attempts, provider_reference, error) SELECT r.id, zed.id, 5,"
            " 'bank_file', 'z', 'z', 'pending', 0, '', '' FROM r, zed RETURNING id) "
            "INSERT INTO transfer_item (transfer_id, entry_id, amount_cents, released_at) "
            "SELECT t.id, e.id, 350, now() FROM t, ledger_entry e"
        )


def test_an_approved_run_keeps_its_approver_and_what_left_keeps_its_reference(run):
    approve(run, by=make_pavel(), at=LATER)
    with refused_by("pay_run is frozen") as cursor:
        cursor.execute("UPDATE pay_run SET approved_at = approved_at + interval '1 day'")
    send_run(run_id=run.pk, at=LATER)
    with refused_by("transfer_sent_iff_the_provider_has_it") as cursor:
        cursor.execute("UPDATE transfer SET provider_reference = ''")
    with refused_by("may not go from sent to ready") as cursor:
        cursor.execute("UPDATE transfer SET status = 'ready'")
    with refused_by("a transfer is not finished") as cursor:
        cursor.execute("UPDATE pay_run SET status = 'done', done_at = now()")
    assert PayRun.objects.get().status == "confirming"


@pytest.mark.parametrize(
    ("law", "statement"),
    [
        ("append-only", "UPDATE payment_line SET amount_cents = 1"),
        ("append-only", "DELETE FROM payment_line"),
        ("append-only", "DELETE FROM payment_file"),
        ("payment_file is frozen", "UPDATE payment_file SET closed_at = NULL"),
        (
            "payment_file_confirmed_iff_the_bank_answered",
            "UPDATE payment_file SET bank_reference = 'x'",
        ),
        (
            "the payment file is closed",
            "INSERT INTO payment_line (file_id, position, key, payee_reference, payee_name,"
            " amount_cents, memo) SELECT file_id, 9, 'other', 'zed', 'Zed', 5, ''"
            " FROM payment_line",
        ),
        (
            "payment_line_key",
            "INSERT INTO payment_line (file_id, position, key, payee_reference, payee_name,"
            " amount_cents, memo) SELECT file_id, 9, key, 'zed', 'Zed', 5, '' FROM payment_line",
        ),
    ],
)
def test_the_laws_of_payment_files_hold_in_sql(run, law, statement):
    approve(run, by=make_pavel(), at=LATER)
    send_run(run_id=run.pk, at=LATER)
    with refused_by(law) as cursor:
        cursor.execute(statement)
