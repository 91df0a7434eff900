"""Watching a campaign, and opening its texts for a stated purpose."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from keng.base.errors import InputError
from keng.desk.fraud.campaigns.facts import OpenedText
from keng.desk.fraud.campaigns.models import Watch
from keng.desk.fraud.campaigns.scope import get_head, placements
from keng.desk.fraud.reports import actions as reports
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

MOST_TEXTS = 30


@transaction.atomic
def watch(officer: Officer, code: str, *, now: datetime) -> None:
    """Hear of a campaign. Again: it counts as seen now. InputError `no_campaign`."""
    rights.require(officer, "campaigns.watch")
    head = get_head(officer, "campaigns.watch", code)
    _row, is_new = Watch.objects.update_or_create(
        officer=officer, part=head, defaults={"seen_at": now}, create_defaults={"seen_at": now, "since": now}
    )
    if is_new:
        ledger.record(actor=officer.actor, verb="campaigns.watch", subject=head.subject, data={}, at=now)


@transaction.atomic
def unwatch(officer: Officer, code: str, *, now: datetime) -> None:
    """Hear of it no more. InputError `no_campaign`."""
    rights.require(officer, "campaigns.watch")
    head = get_head(officer, "campaigns.watch", code)
    if Watch.objects.filter(officer=officer, part__head=head).delete()[0]:
        ledger.record(actor=officer.actor, verb="campaigns.unwatch", subject=head.subject, data={}, at=now)


@transaction.atomic
def read_texts(
    officer: Officer, code: str, purpose: str, keys: KeyStore, *, now: datetime, most: int = 12
) -> list[OpenedText]:
    """Open the texts of a campaign's newest reports for a stated purpose, to see the template. Each is a look in the ledger.

    InputError `no_purpose`, `no_campaign`.
    """
    if purpose not in reports.PURPOSES:
        raise InputError("no_purpose", reports.NO_PURPOSE, field="purpose")
    head = get_head(officer, "reports.look", code)
    rows = placements(officer, head).filter(report__erased_at=None).order_by("-received_at", "-pk")
    texts = []
    for pk in list(rows.values_list("pk", flat=True)[: min(most, MOST_TEXTS)]):
        opened = reports.look(officer, pk, purpose, keys, now=now)
        texts.append(OpenedText(pk, opened.report.code, opened.report.received_at, opened.text()))
    return texts
