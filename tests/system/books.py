"""What must be true of Kẻng's books and the banks' books whatever was killed. Each check returns the list of what is wrong."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from keng.base import sealing
from keng.desk.ground.keys import KeyStore
from keng.nation.robot.modes import Mode, behaviour_for
from tests.system.behind import Row, one_moment, read_sqlite
from tests.system.crowd import BANKS, Crowd

UNANSWERED = ("asked", "delivered", "received")
SEED_OF_ROBOTS = 1  # of `keng demo`


class Books:
    """Everything that Kẻng and the two banks of the crowd have written down; Kẻng's as it stood at one moment."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.home = home
        with one_moment(home, database) as look:
            self.ledger = look("SELECT * FROM ledger_entry ORDER BY id")
            self.reports = {row["id"]: row for row in look("SELECT * FROM reports_report")}
            self.report_keys = look("SELECT * FROM reports_reportkey")
            self.placed = {row["report_id"] for row in look("SELECT report_id FROM campaigns_placement")}
            self.measures = {row["id"]: row for row in look("SELECT * FROM measures_measure")}
            self.requests = look("SELECT * FROM measures_request")
            self.answers = look("SELECT * FROM measures_answer")
            self.outgoing = look("SELECT * FROM jobs_outgoing")
            self.partners = look("SELECT code FROM partners_partner")
            self.officers = look("SELECT id FROM people_officer")
            self.entries = look("SELECT officer_id FROM people_entrylink WHERE used_at IS NOT NULL")
            self.visits = look("SELECT id, way, ended_at FROM signin_visit")
        self.deeds, self.changes, self.asked, self.told, self.seen = (
            {bank: self._bank(bank, f"SELECT * FROM {table}") for bank in BANKS}
            for table in ("deed", "deed_change", "request", "answer", "seen_message")
        )

    def _bank(self, bank: str, query: str) -> list[Row]:
        return read_sqlite(self.home / "robots" / f"{bank}.sqlite", query)

    def is_settled(self) -> bool:
        """Nothing is on its way any more, except to and from banks that are down or silent by design."""
        waiting = [row for row in self.outgoing if row["state"] == "waiting" and not is_down(id_in(row["subject"]))]
        open_requests = [row for row in self.requests if row["state"] in UNANSWERED and not is_mute(row["id"])]
        unsent = [row for rows in self.told.values() for row in rows if row["outcome"] is None]
        unplaced = [row for row in self.ledger if row["place"] is None]
        unlinked = self.reports.keys() - self.placed
        return not (waiting or open_requests or unsent or unplaced or unlinked)


def dashed(identifier: str) -> str:
    return str(uuid.UUID(identifier))


def id_in(subject: str) -> str:
    return subject.partition(":")[2]


def is_down(request_id: str) -> bool:
    return behaviour_for(Mode.MIXED, SEED_OF_ROBOTS, dashed(request_id)) is Mode.DOWN


def is_mute(request_id: str) -> bool:
    return behaviour_for(Mode.MIXED, SEED_OF_ROBOTS, dashed(request_id)) in (Mode.DOWN, Mode.SILENT)


def wrong_reports(books: Books, crowd: Crowd) -> Iterator[str]:
    """Every acknowledged report is there once, readable as it was sent; no report is there that nobody sent."""
    by_key = Counter(row["retry_hash"] for row in books.reports.values())
    by_code = {row["code"]: row for row in books.reports.values()}
    keys = KeyStore(books.home / "keys", demo=True)
    sealed = {row["report_id"]: row for row in books.report_keys}
    sent = {hashlib.sha256(case.key.encode()).digest() for case in crowd.cases}
    if not set(by_key) <= sent:
        yield "a report that nobody sent"
    for case in crowd.cases:
        told = crowd.acknowledged.get(case.number)
        if by_key[hashlib.sha256(case.key.encode()).digest()] != (told is not None):
            yield f"case {case.number} is there {by_key[hashlib.sha256(case.key.encode()).digest()]} times"
            continue
        report = by_code[told["code"]] if told else {}
        label = f"report:{dashed(report['id'])}"
        wrapped = sealed[report["id"]]
        key = sealing.unseal(keys.secret_by_id(wrapped["sealed_by"]), f"{label}:key", wrapped["sealed"])
        if sealing.unseal(key, f"{label}:original", report["original"]) != case.body:
            yield f"{report['code']}: the original is not what was sent"
        if not report["original_sha256"].hex() == told["sha256"] == hashlib.sha256(case.body).hexdigest():
            yield f"{report['code']}: the hash is not that of the original"


def wrong_holds(books: Books, crowd: Crowd) -> Iterator[str]:
    """One measure a case that asked for one, one request a measure that was sent; the banks hold just what Kẻng says."""
    cases = {case.account: case for case in crowd.cases}
    done = Counter(row["object_value"] for row in books.measures.values())
    asked = Counter(row["measure_id"] for row in books.requests)
    for case in crowd.cases:
        if done[case.account] != (case.way != "report only"):
            yield f"case {case.number} ({case.way}) has {done[case.account]} measures"
    for ident, measure in books.measures.items():
        if asked[ident] != (cases[measure["object_value"]].way != "decline proposal"):
            yield f"{measure['code']} has {asked[ident]} requests"
    held = {row["request_id"]: row for rows in books.deeds.values() for row in rows}
    if len(held) != sum(map(len, books.deeds.values())):
        yield "a request is held twice"
    if not set(held) <= {dashed(row["id"]) for row in books.requests}:
        yield "a hold that Kẻng knows nothing of"
    for request in books.requests:
        yield from _wrong_request(request, held.get(dashed(request["id"])), books.measures[request["measure_id"]])


def _wrong_request(request: Row, hold: Row | None, measure: Row) -> Iterator[str]:
    name = f"{measure['code']} ({request['state']} {request['held_amount']})"
    says = (request["held_amount"], measure["object_value"], as_millis(request["until"]))
    if request["state"] in UNANSWERED and not is_mute(request["id"]):
        yield f"{name}: no final answer"
    if request["state"] not in ("executed", "part"):
        if hold and not hold["released"]:
            yield f"{name}: and the bank holds {hold}"
    elif not hold or hold["released"] or (hold["amount"], hold["name"], hold["until_ms"]) != says:
        yield f"{name}: Kẻng says {says}, the bank {hold}"


def wrong_histories(books: Books) -> Iterator[str]:
    """A bank's history begins each deed once, ends it at most once, and comes to what the deed says now."""
    for bank, deeds in books.deeds.items():
        of_deed: dict[int, list[Row]] = {}
        for change in books.changes[bank]:
            of_deed.setdefault(change["deed"], []).append(change)
        for deed in deeds:
            history = of_deed.pop(deed["number"], [])
            what = [change["what"] for change in history]
            if what[:1] != ["begun"] or what.count("begun") != 1 or ("released" in what[:-1]):
                yield f"{bank}: deed {deed['number']} went {what}"
            elif (what[-1] == "released") != deed["released"]:
                yield f"{bank}: deed {deed['number']} went {what} and says released {deed['released']}"
            elif (history[-1]["amount"], history[-1]["until_ms"]) != (deed["amount"], deed["until_ms"]):
                yield f"{bank}: deed {deed['number']} is {deed}, its history ends with {history[-1]}"
        yield from (f"{bank}: a history of deed {number}, which is not there" for number in of_deed)


def as_millis(stored: str | datetime) -> int:
    """Milliseconds since 1970 of the second that a stored time lies in: what the wire carries. SQLite keeps UTC as text."""
    moment = datetime.fromisoformat(stored).replace(tzinfo=UTC) if isinstance(stored, str) else stored
    return int(moment.timestamp()) * 1000


def wrong_messages(books: Books) -> Iterator[str]:
    """What was sent was taken under its id; what a bank answered was taken once; nothing is stuck or dead."""
    keys = Counter(row["key"] for row in books.outgoing)
    yield from (f"posted twice: {key}" for key, times in keys.items() if times > 1)
    for row in books.outgoing:
        ids = {seen["message_id"] for seen in books.seen[row["recipient"]]}
        if row["state"] not in ("sent", "waiting") and not was_given_up(row):
            yield f"{row['key']} is {row['state']}: {row['last_error']}"
        if row["state"] == "sent" and dashed(row["id"]) not in ids:
            yield f"{row['key']} counts as sent and is not in the bank's books"
        if row["state"] == "waiting" and not is_down(id_in(row["subject"])):
            yield f"{row['key']} is stuck: {row['last_error']}"
    known = {dashed(row["id"]) for row in books.outgoing}
    for bank in BANKS:
        yield from (f"unknown id {row['message_id']}" for row in books.seen[bank] if row["message_id"] not in known)
        taken = Counter(row["message_id"] for row in books.answers if row["partner_id"] == bank)
        answered = {row["message_id"] for row in books.told[bank]}
        yield from (f"{bank}: answer {one} is there {taken[one]} times" for one in answered if taken[one] != 1)
        yield from (f"{bank}: answer {one} was never given" for one in taken if one not in answered)


def was_given_up(row: Row) -> bool:
    """True for a letter that lies with the operators after its last try, to a bank that is down for this request for ever: a run
    of an hour is longer than all tries of its letters.
    """
    return bool(row["state"] == "dead" and row["last_error"] == "HTTP 503" and is_down(id_in(row["subject"])))


NOT_ONE_BY_ONE = ("reports.look", "people.make_entry_link", "campaigns.place")


def entries_of(books: Books) -> Counter[tuple[str, str]]:
    """How often each verb stands on each subject; looks and links apart, which no table tells, and what tells of many at once."""
    return Counter(_named(row) for row in books.ledger if row["verb"] not in NOT_ONE_BY_ONE)


def wrong_ledger(books: Books, set_up: Counter[tuple[str, str]]) -> Iterator[str]:
    """Every action has its entry exactly once, and no entry stands without its action; `set_up` stood before all of them."""
    found, due = entries_of(books), Counter(_due(books))
    yield from (f"missing {times}: {entry}" for entry, times in (due - found).items())
    yield from (f"too many {times}: {entry}" for entry, times in (found - (due | set_up)).items())
    linked = sum(json.loads(row["data"])["reports"] for row in books.ledger if row["verb"] == "campaigns.place")
    if linked != len(books.placed):
        yield f"{len(books.placed)} reports stand in campaigns, and the ledger tells of {linked}"
    placed = sorted(row["place"] for row in books.ledger if row["place"] is not None)
    if placed != list(range(len(books.ledger))):
        yield f"{len(placed)} of {len(books.ledger)} entries have places, and these are not 0, 1, 2 …"


def _named(entry: Row) -> tuple[str, str]:
    data = json.loads(entry["data"])
    return entry["verb"], data["id"] if entry["verb"].startswith("outbox.") else entry["subject"]


def _due(books: Books) -> Iterator[tuple[str, str]]:
    """Verb and subject of each entry that the tables say there must be."""
    for ident in books.reports:
        yield "reports.receive", f"report:{dashed(ident)}"
    for ident, row in books.measures.items():
        subject = f"measure:{dashed(ident)}"
        yield "measures.hold_urgently" if row["urgent"] else "measures.propose", subject
        if row["decided_at"]:
            yield "measures.decline" if row["state"] == "declined" else "measures.approve", subject
        if row["state"] == "lifted":
            yield "measures.lift", subject
    for row in books.requests:
        if row["reminded_at"]:
            yield "measures.remind", f"measure:{dashed(row['measure_id'])}"
    for row in books.answers:
        yield "measures.answer", f"request:{dashed(row['request_id'])}"
    for row in books.outgoing:
        if row["state"] in ("sent", "dead"):
            yield f"outbox.{row['state']}", dashed(row["id"])
    for row in books.partners:
        yield "partners.enrol", f"partner:{row['code']}"
    for row in books.officers:
        yield "people.enrol", f"officer:{row['id']}"
    for row in books.entries:
        yield "people.enter", f"officer:{row['officer_id']}"
    for row in books.visits:
        if row["way"] != "link":
            yield "signin.enter", f"visit:{dashed(row['id'])}"
        if row["ended_at"]:
            yield "signin.end_session", f"visit:{dashed(row['id'])}"
