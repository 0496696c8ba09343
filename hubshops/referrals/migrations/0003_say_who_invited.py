from django.db import migrations

# What was noted before and counts is told to who was invited, too.
FILL = """
UPDATE application SET invited_by_id = referral_link.shop_id
FROM referral JOIN referral_link ON referral_link.id = referral.link_id
WHERE referral.application_id = application.id AND referral.void = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0002_first_amounts"),
        ("applications", "0016_invited_by"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
