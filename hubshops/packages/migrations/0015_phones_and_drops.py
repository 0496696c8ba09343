from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("packages", "0014_transaction_of_an_event"),
        ("shops", "0003_busy_hours_are_whole"),
        ("stations", "0003_plans_at"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="package",
            name="package_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="packageevent",
            name="package_event_state_is_known",
        ),
        migrations.RemoveConstraint(
            model_name="packageevent",
            name="package_event_kind_is_known",
        ),
        migrations.AddField(
            model_name="packageevent",
            name="device_id",
            field=models.UUIDField(help_text="the phone that wrote it", null=True),
        ),
        migrations.AddField(
            model_name="packageevent",
            name="device_sequence",
            field=models.BigIntegerField(help_text="its how-manieth act", null=True),
        ),
        migrations.AddField(
            model_name="packageevent",
            name="proof_id",
            field=models.UUIDField(help_text="the act whose photo it shares", null=True),
        ),
        migrations.AddConstraint(
            model_name="package",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "ANNOUNCED",
                            "ASSIGNED",
                            "MANIFESTED",
                            "AT_SHOP",
                            "OUT_FOR_DELIVERY",
                            "DELIVERED",
                            "ATTEMPTED",
                            "RETURN_PENDING",
                            "RETURNED_TO_STATION",
                            "MISSING",
                            "SHORT",
                            "REJECTED_AT_DROP",
                            "CANCELLED",
                        ],
                    )
                ),
                name="package_state_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="packageevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "announced",
                            "changed",
                            "withdrawn",
                            "assigned",
                            "unassigned",
                            "manifested",
                            "received",
                            "loaded",
                            "delivered",
                            "delivered_again",
                            "attempted",
                            "attempted_too",
                            "returned",
                            "amended",
                            "short",
                            "rejected",
                        ],
                    )
                ),
                name="package_event_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="packageevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "to_state__in",
                        [
                            "ANNOUNCED",
                            "ASSIGNED",
                            "MANIFESTED",
                            "AT_SHOP",
                            "OUT_FOR_DELIVERY",
                            "DELIVERED",
                            "ATTEMPTED",
                            "RETURN_PENDING",
                            "RETURNED_TO_STATION",
                            "MISSING",
                            "SHORT",
                            "REJECTED_AT_DROP",
                            "CANCELLED",
                        ],
                    )
                ),
                name="package_event_state_is_known",
            ),
        ),
    ]
