"""Which reports name a value is read from the index alone: of a value that a million name, the newest few hundred."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0011_queue_indexes")]

    operations = [
        migrations.AddIndex("indicator", models.Index(fields=["digest", "id", "report"], name="indicator_named")),
        migrations.RemoveIndex("indicator", "indicator_digest"),
    ]
