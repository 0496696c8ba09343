from django.db import migrations

from kernel.models import append_only

# The same table as payouts.ledger.rules.MOVES; a test compares the two.
FOLLOWS = """
CREATE FUNCTION ledger_posting_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN ledger_entry e ON e.id = fresh.entry_id
        JOIN ledger_account d ON d.id = fresh.debit_id
        JOIN ledger_account c ON c.id = fresh.credit_id
        WHERE (e.source_type, d.kind, c.kind) NOT IN (
            ('fee', 'fee_expense', 'shop_payable'),
            ('fee_reversed', 'shop_payable', 'fee_expense'),
            ('transfer_approved', 'shop_payable', 'payout_clearing'),
            ('transfer_sent', 'payout_clearing', 'bank'),
            ('transfer_released', 'payout_clearing', 'shop_payable')
        ) OR e.shop_id <> coalesce(d.shop_id, e.shop_id) OR e.shop_id <> coalesce(c.shop_id, e.shop_id)
    ) THEN
        RAISE EXCEPTION 'a posting follows the move of its source, for its own shop'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_follows_its_source';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_posting_follows AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_posting_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        append_only("ledger_entry"),
        append_only("ledger_posting"),
        migrations.RunSQL(
            FOLLOWS,
            """
            DROP TRIGGER ledger_posting_follows ON ledger_posting;
            DROP FUNCTION ledger_posting_follows();
            """,
        ),
    ]
