"""Every officer without an appointment gets the one that the columns `role` and `unit_name` told of, in a centre of that name.

May run again. The columns stay, for the release before this one and for the names on pages. Going back leaves the appointments.
"""

import re
from datetime import UTC, datetime

from django.db import migrations

from keng.base.text import bare

SINCE = datetime(2000, 1, 1, tzinfo=UTC)  # before any record: since when was not written down


def fill(apps, schema_editor):
    officers = apps.get_model("people", "Officer").objects.filter(appointments=None)
    appointments = apps.get_model("people", "Appointment").objects
    for officer in officers:
        appointments.create(
            officer=officer,
            organisation=centre(apps, officer.unit_name),
            role=officer.role,
            valid_from=SINCE,
            made_by="system:migration",
        )


def centre(apps, name):
    code = "-".join(re.findall(r"[a-z0-9]+", bare(name)))[:40].strip("-") or "centre"
    path = f"/{code}/"
    told = {
        "kind": "department",
        "name": name,
        "name_en": name,
        "name_folded": " ".join(f"{bare(name)} {bare(name)}".split()),
        "path": path,
        "heir_path": path,
    }
    return apps.get_model("organisations", "Organisation").objects.get_or_create(code=code, defaults=told)[0]


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0002_appointments"),
        ("organisations", "0001_organisations"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
