"""Reading citizens' sessions for others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from keng.base.times import day_in_vietnam
from keng.desk.ground.citizens.models import Identity, Stay
from keng.vietnam import rules


def stay_that_goes_on(stay_id: UUID, *, now: datetime) -> Stay | None:
    """The session, if nobody ended it and its time is not over."""
    lasts = rules.limit("citizen.session_ends_after", day_in_vietnam(now)).time
    rows = Stay.objects.filter(pk=stay_id, ended_at=None, began_at__gt=now - lasts)
    return rows.select_related("identity").first()


def kept_by(identity: Identity) -> list[str]:
    """What a citizen attached, as the ledger names it, newest first."""
    return list(identity.kept.order_by("-kept_at").values_list("subject", flat=True))
