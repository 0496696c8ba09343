import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

OF_ITS_SHOP = """
CREATE FUNCTION hold_for_a_deduction_of_its_shop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM adjustment a
        WHERE a.id = NEW.deduction_id AND a.shop_id = NEW.shop_id AND a.amount_cents < 0
    ) THEN
        RAISE EXCEPTION 'an amount is set aside for a deduction of its own shop'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'hold_for_a_deduction_of_its_shop';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_for_a_deduction_of_its_shop BEFORE INSERT OR UPDATE OF deduction_id ON hold
    FOR EACH ROW WHEN (NEW.deduction_id IS NOT NULL)
    EXECUTE FUNCTION hold_for_a_deduction_of_its_shop();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0002_settled_stays"),
        ("shops", "0003_busy_hours_are_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="deduction",
            field=models.ForeignKey(
                help_text="the deduction for which it is set aside",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holds",
                to="adjustments.adjustment",
            ),
        ),
        # What was taken before this law stays as it is.
        AddConstraintNotValid(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_cents", 0), ("deduction__isnull", False), _connector="OR"
                ),
                name="hold_taken_for_its_deduction",
            ),
        ),
        migrations.RunSQL(
            OF_ITS_SHOP,
            "DROP TRIGGER hold_for_a_deduction_of_its_shop ON hold;"
            " DROP FUNCTION hold_for_a_deduction_of_its_shop();",
        ),
    ]
