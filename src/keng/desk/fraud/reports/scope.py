"""Which reports somebody may see: those that belong to a unit in which they hold the verb, or to one below it."""

from __future__ import annotations

from django.db.models import Q

from keng.desk.fraud.reports.models import Report
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

_KEPT = "_any_report_without_owner"


def within(officer: Officer, verb: str, *, at: str = "") -> Q:
    """The condition for a query; `at` leads from its rows to the report (`report__`).

    A report that no unit owns yet (none stood when it came) is for whoever holds the verb anywhere among the police. It is asked
    for only where there is one: no index serves both halves of that condition.
    """
    mine = rights.within(officer, verb, f"{at}owner")
    if mine and rights.is_allowed(officer, verb) and any_without_owner(officer):
        return mine | Q(**{f"{at}owner": None})
    return mine


def any_without_owner(officer: Officer) -> bool:
    """Whether any report has no owner; looked up once a request."""
    if _KEPT not in officer.__dict__:
        officer.__dict__[_KEPT] = Report.objects.filter(owner=None).exists()
    return bool(officer.__dict__[_KEPT])
