"""Whose a message is. Messages from before belong to no unit, so they stay with who leads."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0003_lanes_tasks_and_batches"),
        ("organisations", "0001_organisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoing",
            name="about",
            field=models.UUIDField(help_text="the report whose owner it follows", null=True),
        ),
        migrations.AddField(
            model_name="outgoing",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                help_text="none: who leads",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("about__isnull", False)), fields=["about"], name="outgoing_about"
            ),
        ),
    ]
