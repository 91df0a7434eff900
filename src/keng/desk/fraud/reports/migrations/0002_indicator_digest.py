"""Indicators are looked up by a digest: an index over values of 2,000 letters is more than PostgreSQL takes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_reports")]

    operations = [
        migrations.AddField(
            model_name="indicator",
            name="digest",
            field=models.BinaryField(
                db_default=b"", help_text="of kind and value: what it is looked up by", max_length=16
            ),
        ),
        migrations.RemoveIndex(model_name="indicator", name="indicator_value"),
        migrations.AddIndex(
            model_name="indicator", index=models.Index(fields=["digest", "id"], name="indicator_digest")
        ),
    ]
