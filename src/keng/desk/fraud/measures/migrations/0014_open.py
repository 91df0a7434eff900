"""The newest open measures, of which a large campaign shows its own, however many are over."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("measures", "0013_fill_owner")]

    operations = [
        migrations.AddIndex(
            "measure",
            models.Index(
                fields=["-proposed_at"],
                name="measure_open",
                condition=Q(state__in=["proposed", "unconfirmed", "active"]),
            ),
        ),
    ]
