"""Corrections as evaluation data: what the machine said and what it should have said; the words only for a stated purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from keng.base.errors import InputError
from keng.base.times import iso
from keng.desk.fraud.corrections import queries
from keng.desk.fraud.corrections.models import Correction
from keng.desk.fraud.reports.actions import NO_PURPOSE
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.jobs.actions import digest
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.ledger import actions as ledger

ACTOR = "system:operator"
PURPOSE = "evaluate"


def rows(since: datetime | None = None) -> Iterator[dict[str, object]]:
    """A line for each word that stands, oldest first, without anything that a person wrote."""
    for one in queries.evaluation_rows(since):
        yield _row(one)


def rows_with_texts(
    keys: KeyStore, purpose: str, *, now: datetime, since: datetime | None = None
) -> Iterator[dict[str, object]]:
    """The same with `text` and `sender` (null once erased). Each is a look, which its reporter sees.

    Raises InputError `no_purpose` before anything is opened.
    """
    if not purpose.strip():
        raise InputError("no_purpose", NO_PURPOSE, field="purpose")
    for one in queries.evaluation_rows(since):
        yield _row(one) | _opened(one, keys, digest(purpose.strip()), now)


def _row(one: Correction) -> dict[str, object]:
    return {
        "report": one.report.code,
        "channel": one.report.channel,
        "received_at": iso(one.report.received_at),
        "model": one.model,
        "machine": one.machine,
        "said": one.said,
        "right": one.said == one.machine,
        "said_at": iso(one.at),
    }


@transaction.atomic
def _opened(one: Correction, keys: KeyStore, purpose_sha256: str, now: datetime) -> dict[str, object]:
    """The words of one report, with the look in the ledger before they leave."""
    opened = unlock(one.report, keys)
    if opened.key is None:
        return {"text": None, "sender": None}
    subject = one.report.subject
    data: dict[str, object] = {"purpose": PURPOSE, "purpose_sha256": purpose_sha256}
    ledger.record(actor=ACTOR, verb="reports.look", subject=subject, about=subject, data=data, at=now)
    return {"text": opened.text(), "sender": opened.sender() or None}
