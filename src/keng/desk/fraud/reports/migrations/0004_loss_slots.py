"""When money was sent, in tens of minutes and in days: the queue reads the largest losses of each."""

from django.db import migrations, models

SLOT = models.IntegerField(db_default=0, help_text="`sent_at` in ten minutes since 1970: what the queue is read by")
DAY = models.IntegerField(db_default=0, help_text="`sent_at` in days since 1970")

LANE = models.SmallIntegerField(
    choices=[(0, "thường"), (1, "đọc sau")], default=0, db_default=0, help_text="the report's"
)


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_fill_indicator_digest")]

    operations = [
        migrations.AddField("loss", "sent_slot", SLOT),
        migrations.AddField("loss", "sent_day", DAY),
        migrations.AddField("loss", "lane", LANE),
        migrations.AddIndex("loss", models.Index(fields=["lane", "sent_slot", "-amount"], name="loss_slot")),
        migrations.AddIndex("loss", models.Index(fields=["lane", "sent_day", "-amount"], name="loss_day")),
    ]
