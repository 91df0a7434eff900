"""An officer opens a case: the look is an entry in the ledger, and its holder sees who looked, when and what for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from keng.base.errors import Said
from keng.desk.fraud.followup.closing import record_case as _record
from keng.desk.fraud.followup.models import Case
from keng.desk.fraud.followup.queries import get_case
from keng.desk.fraud.reports.queries import Look
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

PURPOSES = {
    "decide": Said("Xem để quyết định về hồ sơ này", "To decide on this case"),
    "audit": Said("Kiểm tra công việc", "To audit the work"),
}
GONE = Said("Cán bộ", "An officer")


@transaction.atomic
def look(officer: Officer, case_id: UUID, *, now: datetime) -> Case:
    """Open a case for an officer: to decide, or for whoever decides nothing, to audit. Raises InputError `no_case`."""
    case = get_case(officer, case_id)
    purpose = "decide" if rights.is_allowed(officer, "followup.decide") else "audit"
    _record("followup.look", officer.actor, case, now, purpose=purpose)
    return case


def looks_of(case: Case) -> list[Look]:
    """Who looked at the case, from the ledger: a post and a unit, never a name."""
    entries = ledger.entries_about(case.subject, verb="followup.look")
    officers = people.officers_of(entry.actor for entry in entries)
    return [_look(entry, officers.get(entry.actor)) for entry in entries]


def _look(entry: ledger.LedgerEntry, officer: Officer | None) -> Look:
    purpose = PURPOSES[str(entry.facts["purpose"])]
    who = str(officer.get_role_display()) if officer else GONE.vi
    return Look(entry.at_utc, entry.actor, who, officer.unit_name if officer else "", purpose)
