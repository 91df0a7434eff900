"""What a caller must not get through the partner's door, or out of the core door."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from keng.nation.robot.tests.fake_keng import SECRET, call, core, send, signed_headers
from keng.nation.robot.tests.parties import CASES, name_case

OTHER_SECRET = "whsec_b3RoZXIgc2VjcmV0IG9mIGEgYmFuaw=="


def _message(data: dict) -> str:
    return json.dumps({"type": "measure.requested", "timestamp": "2026-11-21T07:30:00Z", "data": data})


@pytest.fixture
def bank(start_bank):
    return start_bank()


def test_it_takes_nothing_that_is_not_signed_now(keng, bank, ask):
    body = _message(ask(bank.open_account("0071", 9_000), 1_000))
    old = datetime.now(UTC) - timedelta(seconds=301)
    refused = {
        "no_headers": call("POST", f"{bank.url}/", body),
        "other_secret": call("POST", f"{bank.url}/", body, signed_headers(body, "a", secret=OTHER_SECRET)),
        "other_body": call("POST", f"{bank.url}/", body + " ", signed_headers(body, "a")),
        "too_old": call("POST", f"{bank.url}/", body, signed_headers(body, "a", old)),
        "too_new": call(
            "POST", f"{bank.url}/", body, signed_headers(body, "a", datetime.now(UTC) + timedelta(hours=1))
        ),
    }
    assert {name: status for name, (status, _) in refused.items()} == dict.fromkeys(refused, 401)
    assert refused["too_old"][1]["error"]["code"] == "stale_timestamp"
    assert core(bank.url, "deeds")[1] == {"items": []}
    assert call("POST", f"{bank.url}/", body, signed_headers(body, "a"))[0] == 200


@pytest.mark.parametrize("case", CASES, ids=name_case)
def test_every_kind_takes_what_is_signed_once_and_answers_what_it_cannot_read(keng, start_partner, ask, case):
    partner = start_partner(case.kind)
    path, value = case.opening
    core(partner.url, path, value)
    data = ask(case.target.value, case.amount, kind=case.target.kind, action=case.action)
    body = _message(data)
    assert call("POST", f"{partner.url}/", body, signed_headers(body, "a", secret=OTHER_SECRET))[0] == 401
    assert core(partner.url, "deeds")[1] == {"items": []}
    replies = [call("POST", f"{partner.url}/", body, signed_headers(body, "b"))[1]["taken"] for _ in range(2)]
    assert replies == ["acted", "duplicate"]
    assert send(partner.url, "measure.released", data | {"version": 1})[1]["taken"] == "old"
    assert len(core(partner.url, "deeds")[1]["items"]) == 1
    unknown = ask("Trái Đất", kind="planet", action="move_away", amount=7, scope={"vi": "x"}, basis=None, measure=None)
    assert send(partner.url, "measure.requested", unknown)[0] == 200
    keng.wait(lambda: keng.statuses(unknown["request_id"]) == ["refused"])
    said = next(got.body for got in keng.answers if got.request_id == unknown["request_id"])
    assert (said["reason"], "move_away" in said["note"]) == ("other", True)


def test_half_a_letter_is_no_text(bank, ask):
    data = ask("\ud800", kind="planet", action="move_away")
    assert send(bank.url, "measure.requested", data) == (
        400, {"error": {"code": "bad_json", "vi": "Không đọc được JSON", "en": "The body is not JSON", "field": None}},
    )  # fmt: skip
    assert call("GET", f"{bank.url}/healthz")[0] == 200


def test_money_is_no_part_of_other_measures(bank, ask):
    status, reply = send(bank.url, "measure.requested", ask("970436:1", 5, action="restrict_account"))
    assert (status, reply["error"]["field"]) == (422, "amount")


def test_a_replayed_message_is_a_duplicate_and_holds_once(keng, bank, ask):
    account = bank.open_account("0071", 9_000)
    body = _message(ask(account, 1_000))
    headers = signed_headers(body, "one-id")
    replies = [call("POST", f"{bank.url}/", body, headers) for _ in range(3)]
    assert [(status, reply["duplicate"]) for status, reply in replies] == [(200, False), (200, True), (200, True)]
    assert core(bank.url, f"accounts/{account}")[1]["held"] == 1_000


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ("", 400),
        ("[" * 100_000, 400),
        ('{"type": "measure.requested"}', 422),
        ('{"type": "measure.surprise", "data": {}}', 422),
        ('{"type": ["measure.requested"], "data": {}}', 422),
    ],
)
def test_it_refuses_a_broken_body_though_it_is_signed(bank, body, status):
    assert call("POST", f"{bank.url}/", body, signed_headers(body, "a"))[0] == status
    assert call("GET", f"{bank.url}/healthz")[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -1},
        {"amount": True},
        {"amount": 1.5},
        {"amount": "1000"},
        {"amount": 2**63},
        {"version": 0},
        {"version": None},
        {"object": None},
        {"object": {"kind": "account"}},
        {"object": {"kind": "account", "value": "970436"}},
        {"object": {"kind": "account", "value": "970436:'; DROP TABLE deed; --"}},
        {"object": {"kind": "account", "value": ["970436:1"]}},
        {"object": {"kind": "Account; --", "value": "970436:1"}},
        {"action": "hold_funds\n"},
        {"request_id": "../../admin"},
        {"until": "tomorrow"},
        {"until": "2026-11-22T07:30:00"},
        {"until": 1},
    ],
)
def test_it_names_the_field_that_cannot_be_used(bank, ask, change):
    status, reply = send(bank.url, "measure.requested", ask("970436:1", 1_000) | change)
    assert (status, reply["error"]["field"]) == (422, next(iter(change)))


def test_a_request_cannot_move_to_another_account(bank, ask):
    data = ask(bank.open_account("0071", 9_000), 1_000)
    send(bank.url, "measure.requested", data)
    other = {"kind": "account", "value": bank.open_account("0072", 9_000)}
    status, reply = send(bank.url, "measure.confirmed", data | {"version": 2, "object": other})
    assert (status, reply["error"]["code"]) == (422, "object_changed")


def test_fifty_megabytes_are_refused_with_a_reply(bank):
    connection = http.client.HTTPConnection(bank.url.removeprefix("http://"), timeout=20)
    connection.request("POST", "/", b"x" * 50_000_000)  # fails if the bank hangs up before it was all sent
    reply = connection.getresponse()
    assert (reply.status, json.loads(reply.read())["error"]["code"]) == (413, "too_large")
    connection.close()
    assert call("GET", f"{bank.url}/healthz")[0] == 200


def test_a_page_in_a_browser_cannot_move_money(bank):
    account = json.dumps({"account": "970436:0071", "opening": 1})
    assert call("POST", f"{bank.url}/core/accounts", account, {"origin": "http://evil.example"})[0] == 403
    assert core(bank.url, "accounts/970436:0071")[0] == 404


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        ("accounts", {"account": "970407:1", "opening": 5}, 422),
        ("accounts", {"account": "970436:1", "opening": -5}, 422),
        ("accounts", {"account": "970436:1"}, 422),
        ("nothing", {}, 404),
        ("transfers", {"transfer_id": "t"}, 422),
    ],
)
def test_the_core_door_refuses_what_it_cannot_do(bank, path, value, status):
    assert core(bank.url, path, value)[0] == status


def test_a_transfer_id_names_one_transfer(bank):
    account = bank.open_account("0071", 9_000)
    order = {
        "transfer_id": "t1",
        "from_account": "970407:1",
        "to_account": account,
        "amount": 5,
        "at": "2026-11-21T00:00:00Z",
    }
    assert core(bank.url, "transfers", order)[1] == {
        "transfer_id": "t1",
        "debited": False,
        "credited": True,
        "duplicate": False,
    }
    assert core(bank.url, "transfers", order | {"amount": 6})[1]["error"] == "transfer_id_reused"
    assert (
        core(bank.url, "transfers", order | {"transfer_id": "t2", "to_account": "970407:2"})[1]["error"]
        == "not_our_account"
    )
    assert core(bank.url, "transfers", order | {"transfer_id": "t2", "to_account": "970436:none"})[0] == 404
    assert core(bank.url, f"accounts/{account}")[1]["balance"] == 9_005


@pytest.mark.parametrize(
    ("kind", "code"), [("carrier", "970436"), ("bank", "carrier:viettel"), ("registry", "registry:../x")]
)
def test_a_code_of_another_kind_ends_with_status_2(tmp_path, kind, code):
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    words = [sys.executable, "-m", "keng.cli", "robot", "--kind", kind, "--code", code, "--name", "x", "--port", "0"]
    words += [
        "--keng",
        "http://127.0.0.1:9",
        "--secret-file",
        str(tmp_path / "secret"),
        "--state",
        str(tmp_path / "s.sqlite"),
    ]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert (ended.returncode, ended.stdout, "bad_code" in ended.stderr) == (2, "", True)


def test_a_second_robot_on_the_same_port_ends_with_status_2(bank, tmp_path):
    words = [*bank.process.args, "--port", bank.url.rpartition(":")[2], "--state", str(tmp_path / "other.sqlite")]
    second = subprocess.run(words, capture_output=True, text=True, timeout=20)
    assert (second.returncode, second.stdout) == (2, "")
    assert "Address already in use" in second.stderr
