"""What of a verdict goes with its report's text: the places in it. What it was called stays as a figure."""

from __future__ import annotations

from uuid import UUID

from keng.desk.fraud.verdicts.models import Verdict


def forget_places(report_id: UUID) -> int:
    """Nothing where spans stood. How many verdicts the report had: one or none."""
    return Verdict.objects.filter(pk=report_id).update(why=[])
