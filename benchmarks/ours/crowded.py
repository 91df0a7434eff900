"""Fill an installation with reports: `python -m benchmarks.ours.crowded COUNT`. KENG_HOME and KENG_DATABASE say which.

Each report has its own sealed original, its own key, three indicators, mostly a loss, and its entry in the ledger: the rows
that `receive` makes, many at a time. They came over the last thirty days and belong to the centre, the provinces and the
communes of today's map; one account is named by every twentieth; most that are older than three days are closed. They stand
in campaigns, one of fifty thousand. On some of the losses a hold was confirmed and the bank answered it or not. Prints what to look
for, and a link for an officer of a province.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from benchmarks.ours import gathered
from benchmarks.ours.pouring import pour
from keng.base import clock, identifiers, sealing
from keng.base.identifiers import new_id
from keng.base.times import VIETNAM
from keng.site.commands.django_world import enter

AT_ONCE = 5_000
HUB, HUB_SHARE = "970436:0071000999999", 0.05
BANKS = ("970436", "970418", "970415", "970407", "970422", "970405")
BASIS, REASON = "fraud.hold.nd52-2024.d11", "người báo bị lừa"
DAYS, OPEN_DAYS = 30, 3
LOSS_SHARE, CLOSED_SHARE, HELD_SHARE = 0.7, 0.8, 0.05
CENTRE_SHARE, PROVINCE_SHARE = 0.1, 0.3  # the rest are the communes'
PROVINCE_OFFICER = "truc-ban-tinh"
SEED = 20261122


@dataclass
class Rows:
    """What goes into the tables together, in the order in which they refer to each other."""

    reports: list[Any] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    losses: list[Any] = field(default_factory=list)
    indicators: list[Any] = field(default_factory=list)
    measures: list[Any] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    placements: list[Any] = field(default_factory=list)
    entries: list[Any] = field(default_factory=list)

    def store(self) -> None:
        from django.db import transaction

        about = (self.keys, self.losses, self.indicators, self.measures, self.requests, self.placements)
        tables = (self.reports, *about, self.entries)
        with transaction.atomic():
            for rows in tables:
                pour(rows)


def main(count: int) -> None:
    enter()
    maker = Maker(clock.now())
    for first in range(0, count, AT_ONCE):
        maker.make(range(first, min(first + AT_ONCE, count))).store()
    gathered.sum_up(maker.parts[0])
    gather_statistics()
    wait_for_places()
    print(json.dumps({**maker.told, "receipt": receipt_of(count - 1), "province_link": province_link(maker)}))


class Maker:
    """Makes reports as of one moment, always the same but for their keys and salts."""

    def __init__(self, now: datetime) -> None:
        from keng.desk.ground.keys import Purpose
        from keng.desk.ground.keys.queries import store
        from keng.desk.ground.organisations.queries import find_centre, standing
        from keng.desk.ground.people.models import Officer

        self.now, self.dice = now, random.Random(SEED)
        self.wrapped_by, self.wrapping = store().secret(Purpose.REPORTS, now)
        today = now.astimezone(VIETNAM).date()
        self.centre = find_centre(today)
        units = standing(today).order_by("code")
        self.provinces, self.communes = (list(units.filter(kind=kind)) for kind in ("province", "commune"))
        self.officers = list(Officer.objects.filter(role="officer", is_active=True).order_by("pk")[:2])
        self.told: dict[str, str] = {}
        self.codes: set[str] = set()
        self.parts = gathered.make_parts(now)
        self.told["campaign"] = self.parts[0].code

    def make(self, numbers: range) -> Rows:
        rows = Rows()
        for number in numbers:
            self._one(number, rows)
        return rows

    def _one(self, number: int, rows: Rows) -> None:
        from keng.desk.fraud.reports.models import Indicator, Loss, ReportKey
        from keng.desk.fraud.reports.reading import day_of, slot_of
        from keng.desk.fraud.reports.sealed import label
        from keng.desk.fraud.reports.sightings import digest_of
        from keng.desk.ground.ledger.actions import Happening, entry_of

        dice, at = self.dice, self.now - timedelta(seconds=self.dice.randrange(1, DAYS * 86_400))
        account = HUB if dice.random() < HUB_SHARE else f"{BANKS[1]}:{number:013d}"
        text = f"Chuyển {dice.randrange(1, 90)} triệu vào {account}, lần {number}"
        body = json.dumps({"channel": "api", "text": text}, ensure_ascii=False).encode()
        loss = None
        if dice.random() < LOSS_SHARE:
            sent = at - timedelta(minutes=dice.randrange(240))
            amount = dice.randrange(100_000, 900_000_000)
            loss = Loss(amount=amount, to_account=account, sent_at=sent, sent_slot=slot_of(sent), sent_day=day_of(sent))
        report, key = self._report(number, at, body, loss), sealing.new_key()
        report.original = sealing.seal(key, label(report, "original"), body)
        rows.reports.append(report)
        sealed = sealing.seal(self.wrapping, label(report, "key"), key)
        rows.keys.append(ReportKey(report=report, sealed_by=self.wrapped_by, sealed=sealed))
        for kind, value in (
            ("account", account),
            ("phone", f"+849{number % 10**8:08d}"),
            ("domain", f"lua{number % gathered.GROUPS}.example"),
        ):
            rows.indicators.append(Indicator(report=report, kind=kind, value=value, digest=digest_of(kind, value)))
        domain = rows.indicators[-1].value
        if account == HUB:
            part, why = self.parts[0], ("account", HUB)
        else:
            part, why = self.parts[1 + number % gathered.GROUPS], ("domain", domain)
        rows.placements.append(gathered.placed(report, part, loss.amount if loss else None, why))
        received = Happening("reporter", "reports.receive", report.subject, {}, at, report.subject)
        rows.entries.append(entry_of(received))
        self._tell(report, account)
        if loss is not None:
            loss.report = report
            rows.losses.append(loss)
            if dice.random() < HELD_SHARE:
                self._hold(report, loss, rows)

    def _report(self, number: int, at: datetime, body: bytes, loss: Any) -> Any:
        from keng.desk.fraud.reports import queueing
        from keng.desk.fraud.reports.models import Report

        old = at < self.now - timedelta(days=OPEN_DAYS)
        closed = old and self.dice.random() < CLOSED_SHARE
        return Report(
            id=new_id(),
            code=self._code("TB"),
            receipt_hash=identifiers.receipt_hash(receipt_of(number)),
            channel="api",
            received_at=at,
            original_sha256=hashlib.sha256(body).digest(),
            engine="bench",
            owner=self._owner(),
            closed_at=at + timedelta(days=1) if closed else None,
            **queueing.columns(loss, at),
        )

    def _code(self, prefix: str) -> str:
        """A code that none of the others has: of a million short codes some fifteen meet."""
        code = identifiers.new_code(prefix)
        while code in self.codes:
            code = identifiers.new_code(prefix)
        self.codes.add(code)
        return code

    def _owner(self) -> Any:
        drawn = self.dice.random()
        if drawn < CENTRE_SHARE or not self.communes:
            return self.centre
        return self.dice.choice(self.provinces if drawn < CENTRE_SHARE + PROVINCE_SHARE else self.communes)

    def _hold(self, report: Any, loss: Any, rows: Rows) -> None:
        """A confirmed hold of three days that the bank carried out, refused, or did not answer."""
        from keng.desk.fraud.measures.models import Measure, Request
        from keng.desk.ground.ledger.actions import Happening, entry_of

        begun, state = report.received_at + timedelta(minutes=5), self.dice.choice(("executed", "refused", "delivered"))
        ends = begun + timedelta(days=3)
        over = ends <= self.now
        measure = Measure(
            code=self._code("BP"),
            kind="hold_funds",
            report=report,
            owner_id=report.owner_id,
            object_kind="account",
            object_value=loss.to_account,
            amount=loss.amount,
            basis=BASIS,
            reason=REASON,
            urgent=False,
            state="ended" if over else "active",
            proposed_by=self.officers[0],
            proposed_at=begun,
            decided_by=self.officers[1],
            decided_at=begun,
            sent_at=begun,
            ends_at=ends,
            closed_at=ends if over else None,
        )
        report.to_hold = None
        answered = None if state == "delivered" else begun + timedelta(minutes=self.dice.randrange(1, 90))
        rows.measures.append(measure)
        rows.requests.append(
            Request(
                measure=measure,
                owner_id=report.owner_id,
                partner_id=loss.to_account.partition(":")[0],
                state=state,
                asked_at=begun,
                answer_by=begun + timedelta(minutes=30),
                until=ends,
                delivered_at=begun,
                reminded_at=begun,
                answered_at=answered,
                answered_version=1 if answered else 0,
                held_amount=loss.amount if state == "executed" else 0,
                refusal="no_money" if state == "refused" else "",
            )
        )
        for verb, by in (("measures.propose", 0), ("measures.approve", 1)):
            decided = Happening(self.officers[by].actor, verb, measure.subject, {}, begun, report.subject)
            rows.entries.append(entry_of(decided))

    def _tell(self, report: Any, account: str) -> None:
        """What the benchmark is to look for: the last of each."""
        if report.owner_id == self.provinces[0].pk:
            self.told["province_report"] = report.code
        if account == HUB:
            self.told |= {"hub": HUB, "code": report.code}
        else:
            self.told["rare"] = account


def receipt_of(number: int) -> str:
    """The receipt of a report: known, so that its page can be asked for. No real one is made so."""
    return identifiers.receipt_from(b"bench", str(number).encode(), b"")


def province_link(maker: Maker) -> str:
    """The path of a one-use link for an officer of one province."""
    from keng.desk.ground.people.actions import enrol, make_entry_link

    unit = maker.provinces[0]
    officer = enrol(PROVINCE_OFFICER, "Trực ban tỉnh", unit.name, "officer", now=maker.now, organisation=unit)
    return f"/vao/{make_entry_link(officer, now=maker.now)}/"


def gather_statistics() -> None:
    """What the database would do by itself within minutes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def wait_for_places() -> None:
    """Until the sequencer of the installation gave the newest entry its place."""
    from keng.desk.ground.ledger.queries import newest_entries

    while newest_entries(limit=1)[0].place is None:
        time.sleep(0.5)


if __name__ == "__main__":
    main(int(sys.argv[1]))
