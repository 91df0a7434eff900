"""The newest reports of a campaign, and of some units in it, are read from an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_days_of_units_by_day")]

    operations = [
        migrations.AddIndex(
            "placement", models.Index(fields=["part", "-received_at", "-report"], name="placement_latest")
        ),
        migrations.AddIndex(
            "placement", models.Index(fields=["part", "unit", "-received_at", "report"], name="placement_of_unit")
        ),
        migrations.RemoveIndex("placement", "placement_newest"),
        migrations.RemoveIndex("placement", "placement_unit"),
    ]
