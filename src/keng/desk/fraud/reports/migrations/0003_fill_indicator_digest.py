"""Give each indicator its digest, in batches; an interrupted run goes on where it stopped."""

import hashlib

from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    indicators = apps.get_model("reports", "Indicator").objects.using(schema_editor.connection.alias)
    while rows := list(indicators.filter(digest=b"").only("pk", "kind", "value")[:BATCH]):
        for row in rows:
            row.digest = hashlib.sha256(f"{row.kind}:{row.value}".encode()).digest()[:16]
        indicators.bulk_update(rows, ["digest"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reports", "0002_indicator_digest")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
