"""Reading appeals for others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from keng.base import sealing
from keng.base.errors import InputError
from keng.desk.fraud.appeals.actions import NO_APPEAL, find_by_receipt, label, took_part
from keng.desk.fraud.appeals.models import Appeal, AppealState
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports.scope import within
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

MOST = 200


@dataclass(frozen=True, slots=True)
class ProofFacts:
    """What stands behind the writer's word: none, a sign-in of some level, or a partner's confirmation."""

    kind: str
    issuer: str
    level: str
    reference: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """An appeal with its text open, for whoever may read it. `can_repeat`: rejected, and not brought again yet."""

    id: UUID
    measure: Measure
    lodged_at: datetime
    decide_by: datetime | None
    text: str
    state: str
    proof: ProofFacts
    is_again: bool
    can_repeat: bool
    decided_at: datetime | None
    decided_by: str
    decided_reason: str
    took_part: frozenset[int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An appeal that waits for a decision. `took_part`: the officers who may not decide it."""

    id: UUID
    measure: Measure
    lodged_at: datetime
    decide_by: datetime | None
    took_part: frozenset[int]


def of_report(officer: Officer, report_id: UUID, keys: KeyStore) -> list[AppealFacts]:
    """The appeals against a report's measures, oldest first. The look at the report covers them."""
    rights.require_to_read(officer, "appeals.read")
    return _open_all(Appeal.objects.filter(_mine(officer, "appeals.read"), measure__report_id=report_id), keys)


def states_of(officer: Officer, measure: Measure) -> list[tuple[datetime, str, datetime | None]]:
    """When each appeal against a measure was lodged, how it stands, by when it is due. Opens nothing that is sealed."""
    rights.require_to_read(officer, "appeals.read")
    rows = Appeal.objects.filter(_mine(officer, "appeals.read"), measure=measure).order_by("lodged_at", "pk")
    return list(rows.values_list("lodged_at", "state", "decide_by"))


def waiting(officer: Officer) -> list[Waiting]:
    """Open appeals that the officer may read, the one that is due first on top; at most 200. Opens nothing. Three queries."""
    rights.require_to_read(officer, "appeals.read")
    rows = Appeal.objects.filter(_mine(officer, "appeals.read"), state=AppealState.OPEN)
    rows = rows.select_related("measure__report", "again_of").defer("text", "measure__report__original")
    rows = rows.prefetch_related("measure__renewals").order_by(F("decide_by").asc(nulls_last=True), "lodged_at", "pk")
    return [
        Waiting(one.pk, one.measure, one.lodged_at, one.decide_by, frozenset(took_part(one))) for one in rows[:MOST]
    ]


def track(receipt: str, keys: KeyStore) -> AppealFacts:
    """What the holder of a receipt may see. Raises InputError `no_receipt`."""
    return _open(find_by_receipt(receipt), keys)


def told_to_its_keeper(appeal_id: UUID, keys: KeyStore) -> AppealFacts | None:
    """The same for a citizen who attached the receipt to their identity; None if the appeal is gone."""
    row = Appeal.objects.select_related("measure", "decided_by").filter(pk=appeal_id).first()
    return _open(row, keys) if row else None


def codes_of(officer: Officer, verb: str, appeal_id: UUID) -> tuple[str, str]:
    """The codes of the report and of the measure behind an appeal to which the officer may do `verb`.

    Raises InputError `no_appeal`.
    """
    rights.require_to_read(officer, verb)
    rows = Appeal.objects.filter(_mine(officer, verb), pk=appeal_id)
    found = rows.values_list("measure__report__code", "measure__code").first()
    if found is None:
        raise InputError("no_appeal", NO_APPEAL)
    return found


def seen(officer: Officer, verb: str, subjects: Iterable[str]) -> set[str]:
    """Those of the subjects `appeal:...` to which the officer may do `verb`. One query."""
    ids = {one.removeprefix("appeal:") for one in subjects if one.startswith("appeal:")}
    rows = Appeal.objects.filter(_mine(officer, verb), pk__in=ids).only("pk") if ids else []
    return {row.subject for row in rows}


def _mine(officer: Officer, verb: str) -> Q:
    return within(officer, verb, at="measure__report__")


def _open_all(rows: QuerySet[Appeal], keys: KeyStore) -> list[AppealFacts]:
    rows = rows.select_related("measure", "decided_by", "again_of").prefetch_related("measure__renewals", "again")
    return [_open(row, keys) for row in rows.order_by("lodged_at", "pk")]


def _open(row: Appeal, keys: KeyStore) -> AppealFacts:
    return AppealFacts(
        id=row.pk,
        measure=row.measure,
        lodged_at=row.lodged_at,
        decide_by=row.decide_by,
        text=_text(row, keys),
        state=row.state,
        proof=ProofFacts(row.proof, row.proof_issuer, row.proof_level, row.proof_reference, row.proof_at),
        is_again=row.again_of_id is not None,
        can_repeat=row.state == AppealState.REJECTED and row.again_of_id is None and not hasattr(row, "again"),
        decided_at=row.decided_at,
        decided_by=row.decided_by.unit_name if row.decided_by else "",
        decided_reason=row.decided_reason,
        took_part=frozenset(took_part(row)),
    )


def _text(row: Appeal, keys: KeyStore) -> str:
    """What the holder wrote; empty once its time was over and its key destroyed."""
    if not row.sealed_by:
        return ""
    key = sealing.unseal(keys.secret_by_id(row.sealed_by), label(row, "key"), bytes(row.sealed_key))
    return sealing.unseal(key, label(row, "text"), bytes(row.text)).decode()
