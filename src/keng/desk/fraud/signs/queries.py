"""Reading runs, live rules, evidence and banks' suspicions for others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from keng.base import indicators
from keng.base.errors import InputError, Said
from keng.desk.fraud.measures.models import OPEN_STATES, Measure
from keng.desk.fraud.signs.models import Citation, Count, Evidence, Run, Suspected, Switch, SwitchState
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer
from keng.engines.signs import Rule, rules_on

RUNS = 20
MOST_PURPOSE = 300
LOOK_HOLDS = timedelta(hours=12)  # a shift: how long a look serves for opening what it showed
LOOKS = 200  # entries about one account that are looked through
SUGGESTED_BY = "sign "  # what `suggested_by` of a measure begins with that rests on a finding

NO_PURPOSE = Said("Hãy ghi mục đích, nhiều nhất 300 chữ.", "State a purpose, 300 letters at most.")
NO_ACCOUNT = Said("Hãy ghi đúng một tài khoản, dạng MÃ_NGÂN_HÀNG:SỐ.", "Give one exact account, as BANK_CODE:NUMBER.")


@dataclass(frozen=True, slots=True)
class Row:
    """A rule on the page. `count`: its newest run in this version, None if it never ran; `switch`: the open or live one."""

    rule: Rule
    count: Count | None
    switch: Switch | None

    @property
    def is_live(self) -> bool:
        return self.switch is not None and self.switch.state == SwitchState.LIVE

    @property
    def only_named(self) -> int | None:
        """Accounts that it would touch and no report names."""
        return self.count.held - self.count.named if self.count else None


@dataclass(frozen=True, slots=True)
class Told:
    """What a live sign says of an account, and since which run. `ident`: by which the finding is asked for again."""

    ident: int
    sign: str
    version: str
    said: Said
    behind_total: int
    at: datetime
    day: date
    source: str
    run_sha256: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a bank says of an account, by its codes."""

    source: str
    reason: int
    status: int | None
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding with all that is known of its account, the rule that found it, and what that rule came to in its newest run."""

    told: Told
    known: Known
    rule: Rule
    count: Count | None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one account beside reports."""

    account: str
    evidence: tuple[Told, ...]
    suspicions: tuple[Suspicion, ...]


def table(officer: Officer, day: date) -> list[Row]:
    """Every rule in force, with what its newest run came to. Two queries."""
    rights.require_to_read(officer, "signs.list")
    switches = {
        (one.sign, one.version): one
        for one in Switch.objects.exclude(state=SwitchState.WITHDRAWN).select_related("proposed_by", "approved_by")
    }
    counts: dict[tuple[str, str], Count] = {}
    for count in Count.objects.filter(ran=True).select_related("run").order_by("run__made_at", "pk"):
        counts[count.sign, count.version] = count
    return [
        Row(rule, counts.get((rule.code, rule.version)), switches.get((rule.code, rule.version)))
        for rule in rules_on(day)
    ]


def runs(officer: Officer) -> list[Run]:
    """The newest runs. One query."""
    rights.require_to_read(officer, "signs.list")
    return list(Run.objects.order_by("-made_at", "-pk")[:RUNS])


def last_count(sign: str, version: str) -> Count | None:
    """The newest count of that version of the rule, of a run in which it ran."""
    rows = Count.objects.filter(sign=sign, version=version, ran=True).select_related("run")
    return rows.order_by("-run__made_at", "-pk").first()


def live_versions() -> dict[str, str]:
    """The version of each rule that is live."""
    return dict(Switch.objects.filter(state=SwitchState.LIVE).values_list("sign", "version"))


def known_of(account: str, day: date) -> Known:
    """What rules that are live and in force say of an account by each source's newest run, and what banks say. Three queries."""
    live = live_versions()
    in_force = {rule.code for rule in rules_on(day) if live.get(rule.code) == rule.version}
    found: dict[tuple[str, str], Told] = {}
    rows = Evidence.objects.filter(subject=account, sign__in=in_force).select_related("run").order_by("run__made_at")
    for row in rows:
        if live[row.sign] == row.version:
            found[row.sign, row.run.source] = Told(
                row.pk, row.sign, row.version, Said(row.vi, row.en), row.behind_total, row.run.made_at, row.run.day,
                row.run.source, row.run.sha256,
            )  # fmt: skip
    suspicions = tuple(
        Suspicion(row.source, row.reason, row.status, row.first_at, row.last_at)
        for row in Suspected.objects.filter(account=account).order_by("-last_at", "source")
    )
    return Known(account, tuple(found[key] for key in sorted(found)), suspicions)


def find_finding(ident: int, day: date) -> Finding | None:
    """The finding, if its rule is live and in force and no newer run of its source took its place. Five queries."""
    account = Evidence.objects.filter(pk=ident).values_list("subject", flat=True).first()
    if account is None:
        return None
    known = known_of(account, day)
    told = next((one for one in known.evidence if one.ident == ident), None)
    if told is None:
        return None
    rule = next(one for one in rules_on(day) if one.code == told.sign)
    return Finding(told, known, rule, last_count(told.sign, told.version))


def has_looked(officer: Officer, account: str, *, now: datetime) -> bool:
    """Whether the officer looked at this account for a purpose within the last hours: it stands in the ledger. One query."""
    seen = ledger.entries_on(subject_of(account), limit=LOOKS)
    since = now - LOOK_HOLDS
    return any(one.verb == "signs.look" and one.actor == officer.actor and one.at_utc >= since for one in seen)


def is_live(sign: str, version: str, day: date) -> bool:
    """Whether this version of the sign is live and in force. One query."""
    in_force = {(rule.code, rule.version) for rule in rules_on(day)}
    return (sign, version) in in_force and live_versions().get(sign) == version


def citation_of(measure: Measure) -> Citation | None:
    """The finding on which the measure was proposed; None for most, which costs no query."""
    if not measure.suggested_by.startswith(SUGGESTED_BY):
        return None
    return Citation.objects.filter(measure=measure).first()


def resting_on(sign: str, version: str) -> list[UUID]:
    """The open measures that were proposed on what this version of the sign found."""
    rows = Citation.objects.filter(sign=sign, version=version, measure__state__in=OPEN_STATES)
    return list(rows.values_list("measure_id", flat=True))


def suspected_accounts() -> Iterator[str]:
    """Every account that some bank suspects: the list for sign S4."""
    rows = Suspected.objects.order_by("account").values_list("account", flat=True).distinct()
    return rows.iterator(chunk_size=2000)


def purpose_of(written: str) -> str:
    """A purpose as it is kept. Raises InputError `no_purpose`."""
    purpose = written.strip()
    if not purpose or len(purpose) > MOST_PURPOSE or "\0" in purpose:
        raise InputError("no_purpose", NO_PURPOSE, field="purpose")
    return purpose


def account_of(written: str) -> str:
    """One account in its canonical form. Raises InputError `no_account`."""
    bank, _, number = written.strip().partition(":")
    canonical = indicators.account(bank, number) if number else None
    if canonical is None or bank == indicators.UNKNOWN_BIN:
        raise InputError("no_account", NO_ACCOUNT, field="account")
    return canonical


def subject_of(account: str) -> str:
    """How the ledger names an account that somebody looked at: by a hash, since it is a person's."""
    return f"account:{hashlib.sha256(account.encode()).hexdigest()[:32]}"
