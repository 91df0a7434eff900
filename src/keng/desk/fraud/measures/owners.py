"""Whose a measure and its requests are: their report's owner, written at each of them, so that a list is read by an index."""

from __future__ import annotations

from django.db.models import OuterRef, Q

from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.reports import scope
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

_KEPT = "_any_measure_without_owner"


def within(officer: Officer, verb: str, *, at: str = "", report: str) -> Q:
    """The condition that a measure or request is of the officer's units. `at` leads from the rows to it, `report` to its report.

    One that has no owner written at it is judged by its report: that has none either, or a release before this one wrote the row.
    """
    mine = rights.within(officer, verb, f"{at}owner")
    if not mine or not _any_without_owner(officer):
        return mine
    return mine | (Q(**{f"{at}owner": None}) & scope.within(officer, verb, at=report))


def follow(report: Report) -> None:
    """The measures of a report belong to its new owner, in the caller's transaction."""
    Measure.objects.filter(report=report).update(owner=report.owner)
    Request.objects.filter(measure__report=report).update(owner=report.owner)


def complete(*, most: int = 1000) -> int:
    """Write the owner at rows that have none though their report has: a release before this one made them. Safe to repeat."""
    measures = Measure.objects.filter(owner=None, report__owner__isnull=False).values_list("pk", flat=True)[:most]
    report = Report.objects.filter(measures=OuterRef("pk")).values("owner")
    done = Measure.objects.filter(pk__in=list(measures), owner=None).update(owner=report[:1])
    requests = Request.objects.filter(owner=None, measure__owner__isnull=False).values_list("pk", flat=True)[:most]
    measure = Measure.objects.filter(requests=OuterRef("pk")).values("owner")
    return done + Request.objects.filter(pk__in=list(requests), owner=None).update(owner=measure[:1])


def _any_without_owner(officer: Officer) -> bool:
    """Looked up once a request: no index serves both halves of that condition."""
    if _KEPT not in officer.__dict__:
        without = Measure.objects.filter(owner=None), Request.objects.filter(owner=None)
        officer.__dict__[_KEPT] = any(rows.exists() for rows in without)
    return bool(officer.__dict__[_KEPT])
