"""Holds that went out before `sent_at` was kept: it is the moment of their first request."""

from django.db import migrations
from django.db.models import Min, OuterRef, Subquery


def fill(apps, schema_editor):
    measure, request = apps.get_model("measures", "Measure"), apps.get_model("measures", "Request")
    first = request.objects.filter(measure=OuterRef("pk")).order_by().values("measure").annotate(at=Min("asked_at"))
    measure.objects.filter(sent_at=None).update(sent_at=Subquery(first.values("at")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("measures", "0003_all_kinds"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
