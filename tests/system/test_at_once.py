"""Two at the same moment, a partner that says it twice, one that speaks of another's request: one counts, all are told."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from keng.base.webhooks import sign
from tests.system.crowd import BASIS
from tests.system.hostile import error_in
from tests.system.rehearsal import Rehearsal, rehearse
from tests.system.visitor import Reply, Visitor, measure_on

ROUNDS = 8
AMOUNT = 4_800_000
BANK, OTHER_BANK = "970436", "970418"
ENROL = """
import sys
from keng.site.commands.django_world import enter
enter()
from keng.base import clock
from keng.desk.ground.people import actions
for name in sys.argv[1:]:
    officer = actions.enrol(name, name, "Trung tâm diễn tập", "officer", now=clock.now())
    print(actions.make_entry_link(officer, now=clock.now()))
"""


@dataclass
class Desk:
    """Two first officers and two second officers, all signed in, and a bank that says nothing of itself."""

    rehearsal: Rehearsal
    firsts: list[Visitor]
    seconds: list[Visitor]

    def report(self) -> str:
        """The page of a new report of a loss."""
        sent_at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
        loss = {"sent": True, "amount": AMOUNT, "to_account": f"{BANK}:0071000555666", "at": sent_at}
        told = self.firsts[0].post_json("/api/v1/reports", json.dumps({"text": "Bị lừa", "loss": loss}).encode())
        page = f"/ban/bao-cao/{told.json()['code']}/"
        for officer in (*self.firsts, *self.seconds):
            assert officer.get(page).status == 200
        return page

    def hold(self, page: str, officer: Visitor) -> Reply:
        form = {"account": f"{BANK}:0071000555666", "amount": str(AMOUNT), "basis": BASIS, "reason": "bị lừa"}
        return officer.submit(f"{page}giu/", **form, way="urgent")

    def request_of(self, page: str) -> str:
        [(found,)] = self.rows(
            "SELECT r.id FROM measures_request r JOIN measures_measure m ON m.id = r.measure_id"
            f" WHERE m.code = '{measure_on(self.firsts[0].get(page).text)}'"
        )
        return str(uuid.UUID(found))

    def rows(self, query: str) -> list[tuple]:
        return self.rehearsal.rows(query)

    def answer(self, request_id: str, told: dict[str, object], **how: object) -> Reply:
        """A bank's signed answer; `how`: bank, message_id, at, secret, body."""
        bank = str(how.get("bank", BANK))
        body = json.dumps(told).encode()
        secret = how.get("secret") or (self.rehearsal.home / "robots" / f"{bank}.secret").read_text("ascii")
        headers = sign(str(secret), str(how.get("message_id", uuid.uuid4())), how.get("at") or datetime.now(UTC), body)
        sent = how.get("body", body)
        return Visitor(self.rehearsal.address).post_json(
            f"/api/v1/requests/{request_id}/answer", sent, **headers, **{"keng-partner": bank}
        )


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]) -> Iterator[Desk]:
    words = ("--quiet-day", "--banks", "silent")
    with rehearse(tmp_path_factory.mktemp("once") / "home", *words, database=new_database()) as running:
        visitors = [Visitor(running.address).enter(link) for link in four_links(running)]
        yield Desk(running, visitors[:2], visitors[2:])


def four_links(running: Rehearsal) -> list[str]:
    """The demo's two officers, and two more by the same actions that enrolled those."""
    words = [sys.executable, "-c", ENROL, "ba", "bon"]
    tokens = subprocess.run(words, env=running.environment(), check=True, capture_output=True, text=True).stdout.split()
    demo = [running.links["Trực ban 1"], running.links["Trực ban 2"]]
    return [*demo, *(f"{running.address}/vao/{token}/" for token in tokens)]


def at_once(*acts: Callable[[], Reply]) -> list[Reply]:
    """Do all of them at the same moment."""
    gate, replies = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        replies[place] = acts[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def test_two_officers_press_hold_at_the_same_moment(desk):
    counts = "SELECT (SELECT count(*) FROM measures_measure), (SELECT count(*) FROM measures_request),"
    counts += " (SELECT count(*) FROM jobs_outgoing WHERE version = 1),"
    counts += " (SELECT count(*) FROM ledger_entry WHERE verb = 'measures.hold_urgently')"
    [before] = desk.rows(counts)
    one, other = desk.firsts
    for _ in range(ROUNDS):
        page = desk.report()
        replies = at_once(lambda page=page: desk.hold(page, one), lambda page=page: desk.hold(page, other))

        done = [("Đã gửi yêu cầu giữ tiền." in reply.text) for reply in replies]
        assert sorted(done) == [False, True], [reply.text for reply in replies]
        assert "Đã có lệnh giữ cho khoản mất và tài khoản này: " in replies[done.index(False)].text
    assert desk.rows(counts) == [tuple(count + ROUNDS for count in before)]


def test_two_second_officers_decide_differently_at_the_same_moment(desk):
    yes, no = desk.seconds
    for _ in range(ROUNDS):
        page = desk.report()
        desk.hold(page, desk.firsts[1])
        measure = measure_on(yes.get(page).text)
        replies = at_once(
            lambda measure=measure: yes.submit(f"/ban/lenh/{measure}/xac-nhan/"),
            lambda measure=measure: no.submit(f"/ban/lenh/{measure}/xac-nhan/"),
        )

        done = [("Đã xác nhận." in reply.text) for reply in replies]
        assert sorted(done) == [False, True]
        assert "Lệnh này đã được quyết định hoặc đã hết hiệu lực." in replies[done.index(False)].text
        verbs = f"SELECT verb FROM ledger_entry WHERE data LIKE '%{measure}%' ORDER BY id"
        assert desk.rows(verbs) == [("measures.hold_urgently",), ("measures.approve",)]


def test_one_confirms_and_one_declines_at_the_same_moment(desk):
    """Twice: a third declined hold would close the urgent path to the officer, as it should."""
    yes, no = desk.seconds
    for _ in range(2):
        page = desk.report()
        desk.hold(page, desk.firsts[0])
        measure = measure_on(yes.get(page).text)
        replies = at_once(
            lambda measure=measure: yes.submit(f"/ban/lenh/{measure}/xac-nhan/"),
            lambda measure=measure: no.submit(f"/ban/lenh/{measure}/khong/", reason="chưa rõ"),
        )

        done = ["Đã xác nhận." in replies[0].text, "Đã ghi: không đồng ý." in replies[1].text]
        assert sorted(done) == [False, True]
        [(state, version)] = desk.rows(
            "SELECT m.state, r.version FROM measures_measure m JOIN measures_request r ON r.measure_id = m.id"
            f" WHERE m.code = '{measure}'"
        )
        assert (state, version) == ("active" if done[0] else "declined", 2)


EXECUTED = {"status": "executed", "held_amount": AMOUNT}


def test_answers_that_are_not_signed_now_by_the_bank_store_nothing(desk):
    page = desk.report()
    desk.hold(page, desk.firsts[1])
    request = desk.request_of(page)
    before = desk.rows("SELECT count(*) FROM measures_answer")
    now = datetime.now(UTC)
    wrong = {
        "bad_signature": [
            {"secret": "whsec_" + "A" * 44},
            {"body": json.dumps({**EXECUTED, "held_amount": 1}).encode()},
        ],
        "stale_timestamp": [{"at": now - timedelta(minutes=6)}, {"at": now + timedelta(minutes=6)}],
    }
    for code, ways in wrong.items():
        for how in ways:
            reply = desk.answer(request, EXECUTED, **how)
            assert (reply.status, error_in(reply.text)["code"]) == (401, code)
    assert desk.rows(f"SELECT held_amount FROM measures_request WHERE id = '{request.replace('-', '')}'") == [(0,)]
    assert desk.rows("SELECT count(*) FROM measures_answer") == before


def test_a_replayed_answer_and_two_at_once_count_once(desk):
    page = desk.report()
    desk.hold(page, desk.firsts[1])
    request = desk.request_of(page)
    same = at_once(*[lambda: desk.answer(request, EXECUTED, message_id="msg-same")] * 4)
    replayed = desk.answer(request, EXECUTED, message_id="msg-same")
    another = desk.answer(request, {"status": "part", "held_amount": 1}, message_id="msg-other")

    assert sorted(reply.status for reply in same) == [200, 409, 409, 409]
    assert (replayed.status, error_in(replayed.text)["code"]) == (409, "webhook_id_seen")
    assert (another.status, error_in(another.text)["code"]) == (409, "already_answered")
    kept = f"SELECT outcome FROM measures_answer WHERE request_id = '{request.replace('-', '')}' ORDER BY id"
    assert desk.rows(kept) == [("counted",), ("already_answered",)], "what the bank said is kept beside what counts"
    held = f"SELECT state, held_amount FROM measures_request WHERE id = '{request.replace('-', '')}'"
    assert desk.rows(held) == [("executed", AMOUNT)]


def test_another_banks_request_looks_like_none(desk):
    page = desk.report()
    desk.hold(page, desk.firsts[1])
    request = desk.request_of(page)
    other = desk.answer(request, EXECUTED, bank=OTHER_BANK)
    nothing = desk.answer(str(uuid.uuid4()), EXECUTED, bank=OTHER_BANK)

    assert (other.status, other.json()) == (404, nothing.json())
    assert error_in(other.text)["code"] == "no_such_request"
    kept = f"SELECT count(*) FROM measures_answer WHERE partner_id = '{OTHER_BANK}' AND outcome = 'no_such_request'"
    assert desk.rows(kept) == [(2,)], "kept for the operator"
    assert desk.rows(f"SELECT held_amount FROM measures_request WHERE id = '{request.replace('-', '')}'") == [(0,)]
