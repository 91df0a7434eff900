"""What officers may be asked about campaigns that read alike. The release before knows nothing of it and loses nothing."""

import django.db.models.deletion
from django.db import migrations, models


def part() -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="campaigns.part")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_newest_with_reports")]

    operations = [
        migrations.CreateModel(
            "Leaning",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("one", part()),
                ("other", part()),
                ("place", models.IntegerField(unique=True, help_text="from 0: which is worth deciding first")),
                ("belief", models.FloatField(help_text="how likely the engine thinks it, 0..1")),
                ("time", models.FloatField(help_text="nats that lie in when their reports came; below 0 against it")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="leaning_of_two")
                ]
            },
        ),
    ]
