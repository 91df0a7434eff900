"""What is withheld at this moment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects

from keng.desk.ground.ahead import Question
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.looks.models import Withholding
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.desk.ground.plainly import question, rows_with

LOOK = "reports.look"
DECISION = "looks.withhold"


def withheld_entries(about: str, now: datetime) -> frozenset[UUID]:
    """The ledger entries about somebody that this person may not see now: looks, and the decisions that withhold them.

    One query while nothing is withheld, which is nearly always.
    """
    running = [one for one in rows_with(Withholding, "about", about) if one.until > now]
    if not running:
        return frozenset()
    prefetch_related_objects(running, "looker")
    hidden = {
        entry.id
        for entry in ledger.entries_about(about, verb=LOOK)
        if any(entry.actor == one.looker.actor and one.since <= entry.at_utc < one.until for one in running)
    }
    decisions = _linked(about, running)
    return frozenset(
        hidden | {one.id for one in ledger.entries_about(about, verb=DECISION) if one.subject in decisions}
    )


def question_about(about: str) -> Question:
    """What `withheld_entries` asks first."""
    return question(Withholding, "about", about)


def of_report(officer: Officer, about: str, *, on: Organisation | None = None) -> list[Withholding]:
    """Every decision to withhold looks at one report, newest first. `on`: whose report it is."""
    rights.require_to_read(officer, "looks.list", on=on)
    return list(Withholding.objects.filter(about=about).select_related("looker", "decided_by").order_by("-decided_at"))


def _linked(about: str, running: list[Withholding]) -> set[str]:
    """The running decisions, and earlier ones that they renew: to show those would tell of what is withheld still."""
    return {
        row.subject
        for row in Withholding.objects.filter(about=about)
        if any(row.looker_id == one.looker_id and row.since < one.until and one.since < row.until for one in running)
    }
