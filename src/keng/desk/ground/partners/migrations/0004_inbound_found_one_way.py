"""A message that was taken is found by its partner and id: the constraint's index is enough."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_organisation_and_no_address")]

    operations = [
        migrations.AlterField(
            "inbound",
            "partner",
            models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="partners.partner"),
        ),
    ]
