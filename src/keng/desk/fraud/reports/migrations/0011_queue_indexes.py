"""The queue's indexes, of open reports alone: for the whole country, and for the units of one officer."""

from django.db import migrations, models

OPEN = models.Q(closed_at=None)
TO_HOLD = OPEN & models.Q(to_hold__isnull=False)
INDEXES = [
    models.Index(fields=["lane", "sent_slot", "-to_hold"], name="report_hold_slot", condition=TO_HOLD),
    models.Index(fields=["lane", "sent_day", "-to_hold", "sent_slot"], name="report_hold_day", condition=TO_HOLD),
    models.Index(fields=["lane", "-to_read_from"], name="report_read", condition=OPEN),
    models.Index(fields=["owner", "lane", "sent_slot", "-to_hold"], name="report_unit_slot", condition=TO_HOLD),
    models.Index(fields=["owner", "lane", "sent_day", "-to_hold", "sent_slot"], name="report_unit_day", condition=TO_HOLD),
    models.Index(fields=["owner", "lane", "-to_read_from"], name="report_unit_read", condition=OPEN),
]


class Migration(migrations.Migration):
    dependencies = [("reports", "0010_fill_queue_columns")]

    operations = [migrations.AddIndex("report", index) for index in INDEXES]
