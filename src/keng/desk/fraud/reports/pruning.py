"""What of a report is deleted with its key: what was found in it, its pictures, and an original that no other report shares."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from keng.desk.fraud.reports.models import Report, SharedOriginal


def delete_finds(report: Report) -> dict[str, int]:
    """Delete what was read from the text, and the pictures with what was drawn from them. How many of each."""
    found = {"indicators": report.indicators, "pictures": report.pictures}
    return {name: rows.all().delete()[0] for name, rows in found.items()}


def lock_away_unshared(shared_id: int | None) -> None:
    """If no report shares this original any more, nobody can open it from now on; the row goes with `unshared`."""
    if shared_id is not None and not Report.objects.filter(shared=shared_id).exists():
        SharedOriginal.objects.filter(pk=shared_id).update(digest=None, sealed_key=None, sealed_by="")


def unshared(before: datetime) -> QuerySet[SharedOriginal]:
    """Originals made before that moment that no report shares and that no new one can come to share."""
    sharing = Report.objects.filter(shared=OuterRef("pk"))
    return SharedOriginal.objects.filter(~Exists(sharing), digest=None, made_at__lte=before)
