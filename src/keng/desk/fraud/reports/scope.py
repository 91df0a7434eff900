"""Which reports somebody may see: those that belong to a unit in which they hold the verb, or to one below it."""

from __future__ import annotations

from django.db.models import Q

from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer


def within(officer: Officer, verb: str, *, at: str = "") -> Q:
    """The condition for a query; `at` leads from its rows to the report (`report__`).

    A report that no unit owns yet (none stood when it came) is for whoever holds the verb anywhere among the police.
    """
    mine = rights.within(officer, verb, f"{at}owner")
    return mine | Q(**{f"{at}owner": None}) if mine and rights.is_allowed(officer, verb) else mine
