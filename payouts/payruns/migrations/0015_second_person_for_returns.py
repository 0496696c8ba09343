import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from kernel.models import never_deleted

STAYS = """
CREATE FUNCTION return_file_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL OR OLD.thrown_away_at IS NOT NULL
        OR (NEW.digest, NEW.sealed_content, NEW.asked_at, NEW.asked_by_id)
        IS DISTINCT FROM (OLD.digest, OLD.sealed_content, OLD.asked_at, OLD.asked_by_id)
    THEN
        RAISE EXCEPTION 'a file of returns stays as it was uploaded and decided'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'return_file_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER return_file_stays BEFORE UPDATE ON return_file
    FOR EACH ROW EXECUTE FUNCTION return_file_stays();
"""

# Returns that were booked before this law stay as they are.
CONFIRMED = """
CREATE FUNCTION return_booked_after_a_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM return_file WHERE id = NEW.return_file_id AND confirmed_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a return is booked once another person confirmed its file'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'return_booked_after_a_second_person';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER return_booked_after_a_second_person BEFORE INSERT ON transfer_reversal FOR EACH ROW
    WHEN (NEW.key LIKE 'return:%' OR NEW.return_file_id IS NOT NULL)
    EXECUTE FUNCTION return_booked_after_a_second_person();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payruns", "0014_books_checked_before_approval"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReturnFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(help_text="SHA-256 over the file", max_length=64)),
                ("sealed_content", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("thrown_away_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thrown_away_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "return_file",
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="transferreversal",
            name="return_file",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversals",
                to="payruns.returnfile",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("thrown_away_at", None)),
                fields=("digest",),
                name="return_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                    models.Q(
                        ("asked_by__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("confirmed_by__isnull", False),
                        models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="return_file_confirmed_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="returnfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("thrown_away_at", None), ("thrown_away_by", None)),
                    models.Q(
                        ("confirmed_at", None),
                        ("thrown_away_at__isnull", False),
                        ("thrown_away_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="return_file_confirmed_or_thrown_away",
            ),
        ),
        migrations.RunSQL(
            STAYS,
            "DROP TRIGGER return_file_stays ON return_file; DROP FUNCTION return_file_stays();",
        ),
        migrations.RunSQL(
            CONFIRMED,
            "DROP TRIGGER return_booked_after_a_second_person ON transfer_reversal;"
            " DROP FUNCTION return_booked_after_a_second_person();",
        ),
        never_deleted("return_file"),
    ]
