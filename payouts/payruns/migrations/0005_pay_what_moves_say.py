from django.db import migrations

# What a transfer may claim is told by the table of moves, so that a new kind of earning is one row.
FITS = """
CREATE OR REPLACE FUNCTION transfer_item_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN transfer t ON t.id = fresh.transfer_id
        JOIN pay_run r ON r.id = t.run_id WHERE r.snapshot <> ''
    ) THEN
        RAISE EXCEPTION 'the run is frozen'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'nothing_joins_a_frozen_run';
    END IF;
    IF EXISTS (
        SELECT FROM fresh JOIN transfer t ON t.id = fresh.transfer_id
        JOIN ledger_entry e ON e.id = fresh.entry_id
        LEFT JOIN ledger_move m ON m.source = e.source_type AND m.is_earning
        WHERE e.shop_id <> t.shop_id OR m.source IS NULL
    ) THEN
        RAISE EXCEPTION 'a transfer pays what its own shop earned'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_item_of_its_own_shop';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0004_hash_a_whole_run"),
        ("ledger", "0005_moves_are_a_table"),
    ]

    operations = [migrations.RunSQL(FITS, migrations.RunSQL.noop)]
