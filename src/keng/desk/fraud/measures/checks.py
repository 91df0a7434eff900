"""What must be true before a hold goes out. Each check returns what it established, or refuses with the reason."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from keng.base.errors import InputError, RefusedError
from keng.desk.fraud.measures import refusals
from keng.desk.fraud.measures.models import Measure, MeasureState
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules


def check_basis(code: str, now: datetime) -> rules.Basis:
    """The basis, if it is in force for holds and confirmed (or the demo is on). Raises InputError, RefusedError."""
    basis = rules.find_basis(code, now.date())
    if basis is None or basis.measure != "hold_funds":
        raise InputError("no_basis", refusals.NO_BASIS, field="basis")
    if basis.confirmed_by is None and not settings.KENG_DEMO:
        raise RefusedError("unconfirmed_basis", refusals.UNCONFIRMED_BASIS, field="basis")
    return basis


def check_object(report: reports.LossFacts, account: str, amount: int) -> Partner:
    """The partner that keeps `account`, if the report is open and names it and the amount is within the loss.

    Raises InputError; RefusedError `report_closed`.
    """
    if report.is_closed:
        raise RefusedError("report_closed", refusals.REPORT_CLOSED)
    if account not in report.accounts:
        raise InputError("other_account", refusals.OTHER_ACCOUNT, field="account")
    if not 0 < amount <= report.amount:
        raise InputError("too_much", refusals.TOO_MUCH, field="amount")
    code = account.partition(":")[0]
    if code == "?":
        raise InputError("no_bank", refusals.NO_BANK, field="account")
    partner = partners.find_partner(code)
    if partner is None:
        raise InputError("no_partner", refusals.NO_PARTNER, field="account")
    return partner


def check_reason(reason: str) -> str:
    """The reason without space around it. Raises InputError `no_reason`."""
    if not reason.strip():
        raise InputError("no_reason", refusals.NO_REASON, field="reason")
    return reason.strip()[:500]


def check_urgent_path(officer: Officer, now: datetime) -> None:
    """Return if the one-officer path is open to this officer. Raises RefusedError `path_closed`."""
    day = now.date()
    since = now - rules.limit("urgent_hold.unconfirmed_window", day).time
    fallen = Measure.objects.filter(proposed_by=officer, urgent=True, proposed_at__gte=since)
    declined = fallen.filter(state__in=(MeasureState.DECLINED, MeasureState.LAPSED)).count()
    overdue = fallen.filter(state=MeasureState.UNCONFIRMED, confirm_by__lte=now).count()
    if declined + overdue >= rules.limit("urgent_hold.unconfirmed_times", day).value:
        raise RefusedError("path_closed", refusals.PATH_CLOSED)
