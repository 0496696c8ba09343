from django.db import migrations, models

STAGES = [
    ("frozen", "Frozen: nothing joins any more"),
    ("computed", "Computed"),
    ("checked", "Checked"),
    ("books", "The books were checked"),
    ("approved", "Approved by a second person"),
    ("canary", "The first few are sent"),
    ("sending", "All others are sent"),
    ("confirming", "Everything left; waiting to hear that it arrived"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]

# Runs that were approved before this law stay as they are.
BOOKS_FIRST = """
CREATE FUNCTION pay_run_approved_after_the_books() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM run_stage WHERE run_id = NEW.id AND name = 'books') THEN
        RAISE EXCEPTION 'the books were not checked since run % was drafted', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pay_run_approved_after_the_books';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER pay_run_approved_after_the_books AFTER UPDATE OF status ON pay_run FOR EACH ROW
    WHEN (NEW.status = 'approved' AND OLD.status <> 'approved')
    EXECUTE FUNCTION pay_run_approved_after_the_books();
"""


class Migration(migrations.Migration):
    dependencies = [("payruns", "0013_a_run_stops_by_gateway_only")]

    operations = [
        migrations.RemoveConstraint(model_name="runstage", name="run_stage_is_known"),
        migrations.AlterField(
            model_name="runstage",
            name="name",
            field=models.CharField(choices=STAGES, max_length=12),
        ),
        migrations.AddConstraint(
            model_name="runstage",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__in", [name for name, _words in STAGES])),
                name="run_stage_is_known",
            ),
        ),
        migrations.RunSQL(
            BOOKS_FIRST,
            "DROP TRIGGER pay_run_approved_after_the_books ON pay_run;"
            " DROP FUNCTION pay_run_approved_after_the_books();",
        ),
    ]
