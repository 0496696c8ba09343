from django.db import migrations

from kernel.models import append_only

# As payouts.ledger.rules.MOVES; a test compares the two. True: a transfer claims it.
MOVES = [
    ("fee", "fee_expense", "shop_payable", True),
    ("fee_reversed", "shop_payable", "fee_expense", True),
    ("transfer_approved", "shop_payable", "payout_clearing", False),
    ("transfer_sent", "payout_clearing", "bank", False),
    ("transfer_released", "payout_clearing", "shop_payable", False),
    ("transfer_reversed", "bank", "shop_payable", True),
    ("adjusted", "adjustment_expense", "shop_payable", True),
    ("deducted", "shop_receivable", "adjustment_expense", False),
    ("recovered", "shop_payable", "shop_receivable", True),
    ("forgiven", "bad_debt", "shop_receivable", False),
    ("held", "shop_payable", "shop_held", True),
    ("hold_released", "shop_held", "shop_payable", True),
    ("hold_taken", "shop_held", "shop_receivable", False),
    ("written_off", "bad_debt", "shop_payable", True),
]

FOLLOWS = """
CREATE OR REPLACE FUNCTION ledger_posting_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN ledger_entry e ON e.id = fresh.entry_id
        JOIN ledger_account d ON d.id = fresh.debit_id
        JOIN ledger_account c ON c.id = fresh.credit_id
        LEFT JOIN ledger_move m
            ON m.source = e.source_type AND m.debit = d.kind AND m.credit = c.kind
        WHERE m.source IS NULL OR e.shop_id <> coalesce(d.shop_id, e.shop_id)
            OR e.shop_id <> coalesce(c.shop_id, e.shop_id)
    ) THEN
        RAISE EXCEPTION 'a posting follows the move of its source, for its own shop'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_follows_its_source';
    END IF;
    RETURN NULL;
END $$;
"""


def fill(apps, schema_editor):
    """The moves, and the account that more of them need."""
    move, account = apps.get_model("ledger", "Move"), apps.get_model("ledger", "Account")
    move.objects.bulk_create(
        [
            move(source=source, debit=debit, credit=credit, is_earning=is_earning)
            for source, debit, credit, is_earning in MOVES
        ]
    )
    account.objects.bulk_create([account(kind="bad_debt")], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_more_accounts_and_moves")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        append_only("ledger_move"),
        migrations.RunSQL(FOLLOWS, migrations.RunSQL.noop),
    ]
