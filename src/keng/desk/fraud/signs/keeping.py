"""Keeping a run of `keng signs`: counts of every rule, the evidence of those that are live, and nothing else of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, Said
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.reports import sightings
from keng.desk.fraud.signs import queries
from keng.desk.fraud.signs.models import Count, Evidence, Run
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners import queries as partners
from keng.engines.signs import every_rule

AT_ONCE = 400  # accounts that are looked up together
ACCOUNT = "account"

NO_SOURCE = Said("Không có đối tác mang mã {source}.", "No partner has the code {source}.")
OTHER_RULE = Said(
    "Kết quả này do phiên bản khác của dấu hiệu {sign} làm ra; hãy chạy lại.",
    "Another version of sign {sign} made this result; run it again.",
)
KEPT_ALREADY = Said("Lần chạy này đã được lưu rồi.", "This run was kept already.")


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a run's result."""

    kind: str
    subject: str
    sign: str
    version: str
    vi: str
    en: str
    behind_total: int


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run told of one rule."""

    sign: str
    version: str
    ran: bool
    held: int
    assessment: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a run told of itself."""

    source: str
    day: date
    sha256: str
    accounts: int
    transfers: int
    signs: Sequence[Ran]


@transaction.atomic
def keep_run(told: Told, rows: Iterable[Found], *, actor: str, now: datetime) -> Run:
    """Keep a run. Rows are counted against reports and measures as these stand now; those of live rules are kept as evidence.

    Raises InputError `no_source`, `other_rule`, ConflictError `kept_already`. Who may is for the caller: a command of the operator.
    """
    if partners.find_partner(told.source) is None:
        raise InputError("no_source", NO_SOURCE.filled(source=told.source), field="source")
    _check_versions(told.signs)
    try:
        with transaction.atomic():
            run = Run.objects.create(
                source=told.source, day=told.day, sha256=told.sha256, accounts=told.accounts, transfers=told.transfers,
                made_at=now, made_by=actor,
            )  # fmt: skip
    except IntegrityError as error:
        raise ConflictError("kept_already", KEPT_ALREADY) from error
    live = queries.live_versions()
    named, wronged = _keep_rows(run, rows, live)
    Count.objects.bulk_create(
        Count(
            run=run, sign=one.sign, version=one.version, ran=one.ran, was_live=live.get(one.sign) == one.version,
            held=one.held, named=named[one.sign], wronged=wronged[one.sign], assessment=one.assessment,
        )
        for one in told.signs
    )  # fmt: skip
    data: dict[str, object] = {"source": told.source, "sha256": told.sha256, "accounts": told.accounts}
    ledger.record(actor=actor, verb="signs.keep_run", subject=f"signs-run:{run.pk}", data=data, at=now)
    return run


def _keep_rows(run: Run, rows: Iterable[Found], live: dict[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    """Count which accounts are named by reports and were wronged by measures; keep what live rules found."""
    named: dict[str, int] = defaultdict(int)
    wronged: dict[str, int] = defaultdict(int)
    coming = _of_accounts(rows)
    while some := list(islice(coming, AT_ONCE)):
        accounts = list({one.subject for one in some})
        known = set(sightings.find_named(ACCOUNT, accounts))
        wrong = measures.found_wrong(ACCOUNT, accounts)
        for one in some:
            named[one.sign] += one.subject in known
            wronged[one.sign] += one.subject in wrong
        Evidence.objects.bulk_create(
            Evidence(
                run=run, sign=one.sign, version=one.version, subject=one.subject, vi=one.vi, en=one.en,
                behind_total=one.behind_total,
            )
            for one in some
            if live.get(one.sign) == one.version
        )  # fmt: skip
    return named, wronged


def _of_accounts(rows: Iterable[Found]) -> Iterator[Found]:
    return (one for one in rows if one.kind == ACCOUNT)


def _check_versions(signs: Sequence[Ran]) -> None:
    known = {(rule.code, rule.version) for rule in every_rule()}
    for one in signs:
        if (one.sign, one.version) not in known:
            raise InputError("other_rule", OTHER_RULE.filled(sign=one.sign), field="signs")
