"""Keeping campaigns right when a report changes its unit or is erased: part of the action that does it."""

from __future__ import annotations

from uuid import UUID

from keng.desk.fraud.campaigns.models import NO_UNIT, Placement, Sketch
from keng.desk.fraud.campaigns.placing import note_erased
from keng.desk.fraud.campaigns.state import lock
from keng.desk.fraud.campaigns.sums import change_unit, forget_values
from keng.desk.fraud.reports.models import Report


def count_with_owner(report: Report) -> None:
    """The report counts with the unit that owns it now."""
    lock()
    row = Placement.objects.filter(pk=report.pk).first()
    unit = report.owner_id or NO_UNIT
    if row is not None and row.unit != unit:
        change_unit(row, unit)


def forget(report_id: UUID) -> None:
    """Let go what campaigns hold of a report that is about to be erased: what it names, how it was recognised. That it stood there,
    and its figures, stay. In the engine's state its numbers stay until that is next made anew.
    """
    lock()
    Sketch.objects.filter(report=report_id).delete()
    row = Placement.objects.filter(pk=report_id).first()
    if row is None:
        return
    forget_values(row)
    Placement.objects.filter(pk=report_id).update(why_value="", loss_key=None, loss_at=None)
    note_erased()
