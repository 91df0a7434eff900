"""What an account holder wrote goes some time after the decision: its key is destroyed, the text gone, the decision stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from keng.desk.fraud.appeals.models import Appeal, AppealState


def decided(before: datetime) -> QuerySet[Appeal]:
    """Appeals decided before that moment whose text is still there. An open one keeps everything."""
    return Appeal.objects.filter(decided_at__lte=before).exclude(state=AppealState.OPEN).exclude(sealed_by="")


def destroy_texts(rows: QuerySet[Appeal]) -> int:
    return rows.update(sealed_by="", sealed_key=b"", text=b"", decided_reason="")
