"""A chat network's bridge asks, signed; it is answered in sentences, once, and nothing of the question is kept."""

from __future__ import annotations

import json
from itertools import count

import pytest

from keng.base.webhooks import sign
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.gate import actions as gate
from keng.vietnam import rules

SCAM = "VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP de mo lai. Xoairiengbiet"
numbers = count()


@pytest.fixture(autouse=True)
def fresh_budgets():
    gate.budgets().tallies.clear()
    yield
    gate.budgets().tallies.clear()


def ask(client, cast, text=SCAM, sender="u-1", message_id=None, secret=None, **more):
    body = json.dumps({"sender": sender, "text": text, **more}).encode()
    secret = secret or cast.keys.partner_secrets(cast.bank.pk, cast.clock.at)[0]
    signed = sign(secret, message_id or f"m{next(numbers)}", cast.clock.at, body)
    headers = {**signed, "keng-partner": cast.bank.pk}
    return client.post("/api/v1/chat/answer", body, content_type="application/json", headers=headers)


@pytest.mark.parametrize(("language", "words"), [("vi", "thủ đoạn"), ("en", "trick")])
def test_a_forwarded_scam_is_named_with_what_to_do(client, cast, language, words):
    reply = ask(client, cast, language=language)

    told = reply.json()
    assert (reply.status_code, told["resembles"]) == (200, "trick")
    assert words in told["reply"] and told["trick"]


@pytest.mark.parametrize(
    ("text", "resembles"),
    [
        ("Toi nay 7h hop phu huynh o lop con, bo me nho den dung gio nhe", "nothing"),
        ("hello", "too_little"),
        ("", "too_little"),
    ],
)
def test_nothing_is_called_genuine_or_safe(client, cast, text, resembles):
    told = ask(client, cast, text).json()

    assert (told["resembles"], told["trick"]) == (resembles, None)
    assert "an toàn" not in told["reply"]
    assert ("chưa phải là tin thật" in told["reply"]) is (resembles == "nothing")


def test_nothing_of_it_is_kept_and_no_report_is_made(client, cast, stored_bytes):
    ask(client, cast, sender="nguoi-rieng-biet")

    assert b"Xoairiengbiet" not in stored_bytes() and b"nguoi-rieng-biet" not in stored_bytes()
    assert not Report.objects.exists()


def test_unsigned_or_twice_it_is_refused(client, cast):
    assert ask(client, cast, secret="whsec_" + "A" * 44).json()["error"]["code"] == "bad_signature"
    assert ask(client, cast, message_id="once").status_code == 200
    again = ask(client, cast, message_id="once")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "webhook_id_seen")


def test_who_asks_too_often_is_not_answered_and_others_are(client, cast):
    most = rules.limit("gate.sms_ask.source", cast.clock.at.date()).value
    told = [ask(client, cast).json()["resembles"] for _ in range(most + 1)]

    assert told == ["trick"] * most + ["unanswered"]
    assert ask(client, cast, sender="u-2").json()["resembles"] == "trick"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", json.dumps({"sender": "", "text": "a"}).encode()])
def test_a_body_that_does_not_fit_is_told(client, cast, body):
    secret = cast.keys.partner_secrets(cast.bank.pk, cast.clock.at)[0]
    headers = {**sign(secret, f"m{next(numbers)}", cast.clock.at, body), "keng-partner": cast.bank.pk}
    reply = client.post("/api/v1/chat/answer", body, content_type="application/json", headers=headers)

    assert reply.status_code in (400, 422)
    assert reply.json()["error"]["code"]
