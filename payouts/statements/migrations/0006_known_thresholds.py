from django.db import migrations

# What the law says today; later years are entered by people.
KNOWN = [
    (2020, 60_000, "$600 through tax year 2025"),
    (2026, 200_000, "$2,000 for 2026; from 2027 on it follows prices (P.L. 119-21, section 70433)"),
]


def enter(apps, editor):
    threshold = apps.get_model("statements", "TaxThreshold")
    for first_year, cents, note in KNOWN:
        threshold.objects.get_or_create(
            first_year=first_year, defaults={"cents": cents, "note": note}
        )


class Migration(migrations.Migration):
    dependencies = [("statements", "0005_tax_thresholds")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
