"""Reports on their way in: made ready one by one, kept together.

Those that wait at the same moment share one transaction, so a crowd shares its statements and its wait for the disk. Nobody
is answered before that transaction is on disk, and each report has its own ledger entry in it. If one cannot be kept, none
of that transaction is; then each is kept alone. Why: docs/decisions/0020-those-who-wait-share-a-transaction.md.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from keng import __version__
from keng.base import identifiers, sealing
from keng.base.times import VIETNAM
from keng.base.together import Together
from keng.desk.fraud.reports import queueing, repeats
from keng.desk.fraud.reports.models import Indicator, Lane, Loss, Report, ReportKey
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.reading import Found, day_of, slot_of
from keng.desk.fraud.reports.routing import route
from keng.desk.fraud.reports.sealed import label
from keng.desk.fraud.reports.sightings import digest_of
from keng.desk.fraud.reports.submission import LossTold, Submission
from keng.desk.fraud.verdicts.judging import Judged, as_row
from keng.desk.fraud.verdicts.models import Verdict
from keng.desk.ground.keys import KeyStore, Purpose
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.plainly import adding, rows_with, run_all

TRIES = 3  # of a report alone: its short code may be taken, or its retry may have overtaken it


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent: the bytes, what they say, what was found in them, and what the machine calls them."""

    original: bytes
    digest: bytes
    submission: Submission
    found: list[Found]
    origin: Origin | None
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A report with its rows, checked, read and sealed, but for whose it is. `repeated`: its bytes, with this `mark`, flood in."""

    report: Report
    key: ReportKey
    indicators: list[Indicator]
    loss: Loss | None
    verdict: Verdict | None
    entry: ledger.Happening
    day: date
    mark: bytes | None
    repeated: _Repeated | None


@dataclass(frozen=True, slots=True)
class _Repeated:
    mark: bytes
    original: bytes
    key: bytes
    keys: KeyStore


@dataclass(frozen=True, slots=True)
class Kept:
    """The report as it stands; not new if its idempotency key had brought it before."""

    report: Report
    is_new: bool


def make_ready(sent: Sent, receipt: str, retry_hash: bytes | None, keys: KeyStore, now: datetime) -> Coming:
    """The rows of a report. Nothing is asked of the database."""
    report = _report(sent, receipt, retry_hash, now)
    key = sealing.new_key()
    report.original = sealing.seal(key, label(report, "original"), sent.original)
    sealed_by, wrapping = keys.secret(Purpose.REPORTS, now)
    mark = sent.origin.body(sent.original) if sent.origin else None
    return Coming(
        report=report,
        key=ReportKey(
            report_id=report.pk, sealed_by=sealed_by, sealed=sealing.seal(wrapping, label(report, "key"), key)
        ),
        indicators=[_indicator(report, one) for one in sent.found],
        loss=_loss(report, key, sent.submission.loss) if sent.submission.loss else None,
        verdict=as_row(report.pk, sent.judged) if sent.judged else None,
        entry=_entry(report, key, sent, now),
        day=now.astimezone(VIETNAM).date(),
        mark=mark,
        repeated=_Repeated(mark, sent.original, key, keys) if mark and repeats.is_flood(mark, now) else None,
    )


def keep(coming: Coming) -> Kept:
    """Keep a report with those that wait at the same moment; alone if it comes in a flood or inside a transaction of the caller."""
    alone = coming.repeated or connection.in_atomic_block
    kept = _keep_alone(coming) if alone else _gathered().ask(coming)
    if coming.mark and kept.is_new:
        repeats.count(coming.mark, coming.report.received_at)
    return kept


@cache
def _gathered() -> Together[Coming, Kept]:
    """Those of this process that wait."""
    return Together(_keep_together)


def _keep_together(some: list[Coming]) -> list[Kept | BaseException]:
    if len(some) > 1:
        try:
            with transaction.atomic():
                return [*_keep(some)]
        except IntegrityError:
            pass
    return [_outcome(one) for one in some]


def _outcome(coming: Coming) -> Kept | BaseException:
    try:
        return _keep_alone(coming)
    except Exception as error:  # noqa: BLE001 - its own sender meets it; the others have nothing to do with it
        return error


def _keep_alone(coming: Coming) -> Kept:
    for _ in range(TRIES - 1):
        try:
            with transaction.atomic():
                return _keep([coming])[0]
        except IntegrityError:
            coming.report.code = identifiers.new_code("TB")
    with transaction.atomic():
        return _keep([coming])[0]


def _keep(some: Sequence[Coming]) -> list[Kept]:
    """Write these reports, but for those whose idempotency key was used before. One statement a table, all in one query."""
    before = _received_before(some)
    new = [one for one in some if one.report.retry_hash not in before]
    new.sort(key=lambda one: one.report.retry_hash or b"")  # the order of locks: two crowds never wait for each other
    _find_owners(new)
    copies = {one.report.pk for one in new if one.repeated and not _share(one, one.repeated)}
    tables: list[list[Model]] = [
        [one.report for one in new],
        [one.key for one in new],
        [row for one in new if one.report.pk not in copies for row in one.indicators],
        [one.loss for one in new if one.loss],
        [one.verdict for one in new if one.verdict and one.report.pk not in copies],
    ]
    written = [statement for rows in tables for statement in adding(rows)]
    run_all([*written, *ledger.recording([one.entry for one in new])])
    return [Kept(before.get(one.report.retry_hash, one.report), one.report.retry_hash not in before) for one in some]


def _received_before(some: Sequence[Coming]) -> dict[bytes | None, Report]:
    hashes = [one.report.retry_hash for one in some if one.report.retry_hash]
    if len(hashes) == 1:
        found = rows_with(Report, "retry_hash", hashes[0])
    else:
        found = list(Report.objects.filter(retry_hash__in=hashes)) if hashes else []
    return {bytes(row.retry_hash or b""): row for row in found}


def _find_owners(some: Sequence[Coming]) -> None:
    routes = {place: route(*place) for place in {(one.report.place_code, one.day) for one in some}}
    for one in some:
        routed = routes[one.report.place_code, one.day]
        one.report.owner, one.report.route = routed.owner, routed.rule


def _share(coming: Coming, repeated: _Repeated) -> bool:
    """Keep the bytes once for all who send them; True if this report is the first to do so."""
    report = coming.report
    shared = repeats.share(repeated.mark, repeated.original, repeated.keys, report.received_at)
    report.shared = shared.row
    report.original = sealing.seal(repeated.key, label(report, "original"), shared.key)
    report.lane = report.lane if shared.is_new else Lane.LATER
    if coming.loss:
        coming.loss.lane = report.lane
    return shared.is_new


def _report(sent: Sent, receipt: str, retry_hash: bytes | None, now: datetime) -> Report:
    submission, origin = sent.submission, sent.origin
    return Report(
        code=identifiers.new_code("TB"),
        receipt_hash=identifiers.receipt_hash(receipt),
        retry_hash=retry_hash,
        channel=submission.channel,
        received_at=now,
        written_at=submission.written_at,
        original_sha256=sent.digest,
        engine=__version__,
        source=origin.source if origin else None,
        wave=origin.wave(submission.text) if origin else None,
        lane=Lane.LATER if origin and origin.later else Lane.NORMAL,
        place_code=submission.place_code,
        **queueing.columns(submission.loss, now),
    )


def _indicator(report: Report, one: Found) -> Indicator:
    digest = digest_of(one.kind, one.value)
    return Indicator(
        report_id=report.pk, kind=one.kind, value=one.value, digest=digest, start=one.start, end=one.end, p=one.p
    )


def _loss(report: Report, key: bytes, told: LossTold) -> Loss:
    own = sealing.seal(key, label(report, "from_account"), told.from_account.encode()) if told.from_account else None
    return Loss(
        report_id=report.pk,
        amount=told.amount,
        to_account=told.to_account,
        from_account=own,
        sent_at=told.sent_at,
        sent_slot=slot_of(told.sent_at),
        sent_day=day_of(told.sent_at),
        lane=report.lane,
    )


def _entry(report: Report, key: bytes, sent: Sent, now: datetime) -> ledger.Happening:
    """The proof in it says nothing once the report's key is destroyed."""
    proof = hmac.new(key, sent.original, hashlib.sha256).hexdigest()
    submission = sent.submission
    data = {"channel": str(submission.channel), "loss": bool(submission.loss), "hmac": proof}
    return ledger.Happening("reporter", "reports.receive", report.subject, data, now, about=report.subject)
