"""What a report is queued by, in the report itself. What the release before this one takes in waits to be read at once."""

from django.db import migrations, models
from django.db.models.functions import Now

TO_HOLD = models.BigIntegerField(
    null=True, help_text="whole đồng of its loss, until a hold is asked for: what the queue is read by"
)
SLOT = models.IntegerField(null=True, help_text="when that money was sent, in ten minutes since 1970")
DAY = models.IntegerField(null=True, help_text="the same in days since 1970")
FROM = models.DateTimeField(
    db_default=Now(), help_text="from then on it waits to be read: at once, or when its loss is too old to be held"
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_owner_and_place")]

    operations = [
        migrations.AddField("report", "to_hold", TO_HOLD),
        migrations.AddField("report", "sent_slot", SLOT),
        migrations.AddField("report", "sent_day", DAY),
        migrations.AddField("report", "to_read_from", FROM),
    ]
