"""Write at each measure and request whose its report is."""

from django.db import migrations
from django.db.models import OuterRef


def fill(apps, schema_editor):
    measures, requests = apps.get_model("measures", "Measure"), apps.get_model("measures", "Request")
    report = apps.get_model("reports", "Report").objects.filter(measures=OuterRef("pk")).values("owner")
    measures.objects.filter(owner=None, report__owner__isnull=False).update(owner=report[:1])
    measure = measures.objects.filter(requests=OuterRef("pk")).values("owner")
    requests.objects.filter(owner=None, measure__owner__isnull=False).update(owner=measure[:1])


class Migration(migrations.Migration):

    dependencies = [("measures", "0012_owner")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
