from django.db import migrations

# The same table as payouts.ledger.rules.MOVES; a test compares the two.
MOVES = """
            ('fee', 'fee_expense', 'shop_payable'),
            ('fee_reversed', 'shop_payable', 'fee_expense'),
            ('transfer_approved', 'shop_payable', 'payout_clearing'),
            ('transfer_sent', 'payout_clearing', 'bank'),
            ('transfer_released', 'payout_clearing', 'shop_payable')"""
REVERSED = """,
            ('transfer_reversed', 'bank', 'shop_payable')"""


def follows(moves: str) -> str:
    return f"""
CREATE OR REPLACE FUNCTION ledger_posting_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN ledger_entry e ON e.id = fresh.entry_id
        JOIN ledger_account d ON d.id = fresh.debit_id
        JOIN ledger_account c ON c.id = fresh.credit_id
        WHERE (e.source_type, d.kind, c.kind) NOT IN ({moves}
        ) OR e.shop_id <> coalesce(d.shop_id, e.shop_id) OR e.shop_id <> coalesce(c.shop_id, e.shop_id)
    ) THEN
        RAISE EXCEPTION 'a posting follows the move of its source, for its own shop'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_follows_its_source';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_transfer_reversed")]

    operations = [migrations.RunSQL(follows(MOVES + REVERSED), follows(MOVES))]
