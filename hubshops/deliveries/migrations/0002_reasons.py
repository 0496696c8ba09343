from django.db import migrations

# code, words, X12 1651, fault class, evidence, next step, at the door
REASONS = [
    ("NOT_HOME", "Nobody home", "AQ", "recipient", "", "retry", True),
    ("REFUSED", "They refused it", "BS", "recipient", "", "return", True),
    ("BAD_ADDRESS", "Wrong address", "A2", "shipper", "photo", "return", True),
    ("CANT_FIND", "I can't find the door", "A5", "unknown", "photo", "retry", True),
    ("NO_ACCESS", "I can't get in", "", "recipient", "photo", "retry", True),
    ("NO_SAFE_PLACE", "No safe place to leave it", "", "recipient", "", "retry", True),
    ("BUSINESS_CLOSED", "Business closed", "B1", "recipient", "photo", "retry", True),
    ("LATER_REQUESTED", "They asked for another day", "AD", "recipient", "", "retry", True),
    ("DAMAGED", "The package is damaged", "", "unknown", "photo", "return", True),
    ("MISSING", "The package is missing", "", "unknown", "", "search", True),
    ("HOLIDAY", "Holiday", "AN", "neutral", "", "retry", False),
    ("WEATHER", "Bad weather", "AO", "neutral", "", "retry", False),
    ("ROAD", "Road closed", "BE", "neutral", "", "retry", False),
    ("OUT_OF_TIME", "No time left today", "BH", "shop", "", "retry", False),
    ("VEHICLE", "Trouble with the car or bike", "AI", "shop", "", "retry", False),
    ("ACCIDENT", "Accident", "AF", "neutral", "", "retry", False),
    ("NO_DRIVER", "Nobody to deliver", "D2", "shop", "", "retry", False),
    ("MISROUTED", "Not meant for this shop", "AA", "carrier", "", "return", False),
    ("KEYING_ERROR", "Entered by mistake", "BF", "shop", "", "retry", False),
]


def add_reasons(apps, schema_editor):
    """The table starts with the codes of the glossary; staff edit it from there."""
    reason = apps.get_model("deliveries", "Reason")
    for position, row in enumerate(REASONS, 1):
        code, label, x12_code, fault_class, evidence, next_step, is_at_the_door = row
        reason.objects.get_or_create(
            code=code,
            defaults={
                "label": label,
                "x12_code": x12_code,
                "fault_class": fault_class,
                "evidence": evidence,
                "next_step": next_step,
                "is_at_the_door": is_at_the_door,
                "position": position,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("deliveries", "0001_initial")]

    operations = [migrations.RunPython(add_reasons, migrations.RunPython.noop)]
