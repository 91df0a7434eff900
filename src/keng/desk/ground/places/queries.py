"""Reading villages for others."""

from __future__ import annotations

from django.db.models import Count

from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.places.models import Village
from keng.vietnam.order import order_key


def villages_of(officer: Officer, commune: Organisation) -> tuple[list[Village], list[Village]]:
    """Those that stand and those that ended, of the commune and of what it was made of, each in Vietnamese order. One query."""
    rights.require_to_read(officer, "villages.list", on=commune)
    rows = Village.objects.filter(commune__heir_path=commune.path).select_related("commune", "added_by", "ended_by")
    ordered = sorted(rows, key=lambda row: (order_key(row.name), row.valid_from, row.pk))
    return [row for row in ordered if row.valid_to is None], [row for row in ordered if row.valid_to is not None]


def count_below(organisation: Organisation) -> dict[str, int]:
    """How many villages stand in it and all below, by kind. One query."""
    rows = Village.objects.filter(commune__heir_path__startswith=organisation.path, valid_to=None)
    return dict(rows.values_list("kind").annotate(count=Count("pk")))
