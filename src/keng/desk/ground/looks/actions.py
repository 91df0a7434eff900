"""What can be done about looks: withhold them from the person for a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from keng.base.errors import InputError, RefusedError, Said
from keng.base.times import day_in_vietnam, iso
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.looks.models import Withholding
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.vietnam import rules

MAX_REASON = 500

NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
OWN_LOOK = Said(
    "Người đã xem và đơn vị của người đó không được tự hoãn báo cho người báo. Phải do đơn vị khác quyết định.",
    "Neither whoever looked nor their own unit can withhold the look. Another unit must decide.",
)
TOO_LONG = Said("Mỗi lần hoãn nhiều nhất {days} ngày.", "A look is withheld for at most {days} days at a time.")
NOT_BEFORE = Said("Thời điểm bắt đầu không thể ở tương lai.", "The beginning cannot lie in the future.")


@transaction.atomic
def withhold(
    officer: Officer,
    about: str,
    looker: Officer,
    reason: str,
    *,
    on: Organisation | None = None,
    days: int,
    since: datetime,
    now: datetime,
) -> Withholding:
    """Withhold one officer's looks at one report, from `since` on, for so many days from now. Called again, it renews.

    `on`: whose report it is.

    Raises RefusedError `not_allowed`, `own_look`; InputError `no_reason`, `too_long`, `impossible_time`.
    """
    rights.require(officer, "looks.withhold", on=on)
    check_other_authority(officer, looker, on=on, since=since)
    most = rules.limit("look.withheld_at_most", day_in_vietnam(now))
    if not 0 < days <= most.value:
        raise InputError("too_long", TOO_LONG.filled(days=most.value), field="days")
    if not reason.strip():
        raise InputError("no_reason", NO_REASON, field="reason")
    if since > now:
        raise InputError("impossible_time", NOT_BEFORE, field="since")
    row = Withholding.objects.create(
        about=about,
        looker=looker,
        since=since,
        until=now + timedelta(days=days),
        decided_by=officer,
        decided_at=now,
        reason=reason.strip()[:MAX_REASON],
    )
    data = {"looker": looker.actor, "until": iso(row.until)}
    ledger.record(actor=officer.actor, verb="looks.withhold", subject=row.subject, about=about, data=data, at=now)
    return row


def check_other_authority(officer: Officer, looker: Officer, *, on: Organisation | None, since: datetime) -> None:
    """Return if this officer decides for another authority than the one who looked. Raises RefusedError `own_look`.

    Another authority is another organisation: one whose right reaches the report, and in which the looker held no role since the
    first look that is withheld. One that stands above the looker's own is another.
    """
    deciding = rights.held_in(officer, "looks.withhold", on=on)
    if officer.pk == looker.pk or not deciding - people.organisations_of(looker, since=since):
        raise RefusedError("own_look", OWN_LOOK)
