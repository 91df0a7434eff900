"""A question is found by its submitter's day, by the number or by the person asked about: an index for each, and no two that begin alike."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_inbound_found_one_way"), ("registers", "0001_registers")]

    operations = [
        migrations.AddIndex("asked", models.Index(fields=["person", "at"], name="asked_of_person")),
        migrations.AddIndex("asked", models.Index(fields=["who", "at"], name="asked_of_who")),
        migrations.RemoveIndex("asked", "asked_around_number"),
        migrations.RemoveIndex("asked", "asked_around_who"),
        migrations.AlterField(
            "asked",
            "partner",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
    ]
