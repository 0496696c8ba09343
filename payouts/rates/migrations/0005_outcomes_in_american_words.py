from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rates", "0004_laws_of_changes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="changeline",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("handed_to_resident", "Handed to the resident"),
                    ("front_door", "Front door"),
                    ("mail_room", "Mail room"),
                    ("receptionist", "Receptionist"),
                    ("neighbour", "Neighbor"),
                    ("safe_place", "Safe place"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="rate",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("handed_to_resident", "Handed to the resident"),
                    ("front_door", "Front door"),
                    ("mail_room", "Mail room"),
                    ("receptionist", "Receptionist"),
                    ("neighbour", "Neighbor"),
                    ("safe_place", "Safe place"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
    ]
