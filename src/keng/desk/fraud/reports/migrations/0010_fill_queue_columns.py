"""Fill the queue's columns of open reports, in batches; an interrupted run does again what it did, to the same effect."""

from datetime import timedelta

from django.db import migrations

BATCH = 1000
SLOT_SECONDS, DAY_SECONDS = 600, 86_400
HORIZON = timedelta(hours=72)
FIELDS = ["to_hold", "sent_slot", "sent_day", "to_read_from"]


def fill(apps, schema_editor):
    reports = apps.get_model("reports", "Report").objects.using(schema_editor.connection.alias)
    open_ones = reports.filter(closed_at=None).select_related("loss").only("pk", "received_at", "loss").order_by("pk")
    rows = list(open_ones[:BATCH])
    while rows:
        for row in rows:
            _queue(row, getattr(row, "loss", None))
        reports.bulk_update(rows, FIELDS)
        rows = list(open_ones.filter(pk__gt=rows[-1].pk)[:BATCH])


def _queue(row, loss):
    row.to_read_from = max(row.received_at, loss.sent_at + HORIZON) if loss else row.received_at
    if loss:
        seconds = int(loss.sent_at.timestamp())
        row.to_hold, row.sent_slot, row.sent_day = loss.amount, seconds // SLOT_SECONDS, seconds // DAY_SECONDS


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reports", "0009_queue_columns")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
