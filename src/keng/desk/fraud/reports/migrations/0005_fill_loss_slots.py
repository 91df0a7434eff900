"""Fill slots and days, in batches; an interrupted run goes on where it stopped."""

from django.db import migrations

BATCH = 1000
SLOT_SECONDS, DAY_SECONDS = 600, 86_400


def fill(apps, schema_editor):
    losses = apps.get_model("reports", "Loss").objects.using(schema_editor.connection.alias)
    while rows := list(losses.filter(sent_day=0).only("pk", "sent_at")[:BATCH]):
        for row in rows:
            seconds = int(row.sent_at.timestamp())
            row.sent_slot, row.sent_day = seconds // SLOT_SECONDS, seconds // DAY_SECONDS
        losses.bulk_update(rows, ["sent_slot", "sent_day"])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reports", "0004_loss_slots")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
