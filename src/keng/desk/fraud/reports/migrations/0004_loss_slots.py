"""When money was sent, in tens of minutes and in days: the queue reads the largest losses of each."""

from django.db import migrations, models

SLOT = models.IntegerField(default=0, help_text="`sent_at` in ten minutes since 1970: what the queue is read by")
DAY = models.IntegerField(default=0, help_text="`sent_at` in days since 1970")


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_fill_indicator_digest")]

    operations = [
        migrations.AddField("loss", "sent_slot", SLOT, preserve_default=False),
        migrations.AddField("loss", "sent_day", DAY, preserve_default=False),
        migrations.AddIndex("loss", models.Index(fields=["sent_slot", "-amount"], name="loss_slot")),
        migrations.AddIndex("loss", models.Index(fields=["sent_day", "-amount"], name="loss_day")),
    ]
