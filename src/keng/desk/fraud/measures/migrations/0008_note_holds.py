"""A report on which a hold was asked for waits for no first decision. Safe to repeat."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def note_holds(apps, schema_editor):
    alias = schema_editor.connection.alias
    holds = apps.get_model("measures", "Measure").objects.using(alias).filter(report=OuterRef("pk"), kind="hold_funds")
    reports = apps.get_model("reports", "Report").objects.using(alias)
    reports.filter(Exists(holds), to_hold__isnull=False).update(to_hold=None)


class Migration(migrations.Migration):
    dependencies = [("measures", "0007_newest"), ("reports", "0011_queue_indexes")]

    operations = [migrations.RunPython(note_holds, migrations.RunPython.noop)]
