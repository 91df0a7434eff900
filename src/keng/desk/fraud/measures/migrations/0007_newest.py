"""The board reads the newest measures, the desk's figures the requests that are not over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("measures", "0006_answer_message")]

    operations = [
        migrations.AddIndex("measure", models.Index(fields=["-proposed_at"], name="measure_newest")),
        migrations.AddIndex("request", models.Index(fields=["state", "until"], name="request_live")),
    ]
