"""The partner API: signed, fresh, once; another bank's request does not exist."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest

from keng.base.webhooks import sign
from keng.desk.fraud.measures.models import Answer, Request
from keng.desk.ground.partners.models import Inbound
from keng.doors.partner import filing


@pytest.fixture
def asked(cast):
    cast.hold()
    return Request.objects.get()


def headers_for(cast, partner, body, message_id="m1", at=None, secret=None):
    secret = secret or cast.keys.partner_secrets(partner.pk, cast.clock.at)[0]
    return {**sign(secret, message_id, at or cast.clock.at, body), "keng-partner": partner.pk}


def answer(client, cast, request, body, partner=None, **how):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = how.pop("headers", None) or headers_for(cast, partner or cast.bank, data, **how)
    address = f"/api/v1/requests/{request.pk}/answer"
    return client.post(address, data, content_type="application/json", headers=headers)


EXECUTED = {"status": "executed", "held_amount": 4_800_000, "reference": "NH-7"}


def test_a_signed_answer_is_taken(client, cast, asked):
    reply = answer(client, cast, asked, EXECUTED)

    assert reply.status_code == 200
    assert reply.json() == {"request_id": str(asked.pk), "state": "executed", "held_amount": 4_800_000}


def test_the_same_message_again_is_refused(client, cast, asked):
    answer(client, cast, asked, EXECUTED)
    again = answer(client, cast, asked, EXECUTED)

    assert (again.status_code, again.json()["error"]["code"]) == (409, "webhook_id_seen")
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"secret": "whsec_" + "A" * 44}, "bad_signature"),
        ({"minutes": -6}, "stale_timestamp"),
        ({"minutes": 6}, "stale_timestamp"),
    ],
)
def test_a_call_that_is_not_signed_now_by_the_partner_stores_nothing(client, cast, asked, how, code):
    at = cast.clock.at + timedelta(minutes=how.pop("minutes", 0))
    reply = answer(client, cast, asked, EXECUTED, at=at, **how)

    assert (reply.status_code, reply.json()["error"]["code"]) == (401, code)
    assert not Answer.objects.exists()
    assert not Inbound.objects.exists()


@pytest.mark.parametrize("partner", ["", "999999", "970436'--", "ư"])
def test_an_unknown_partner_is_refused(client, cast, asked, partner):
    headers = {**headers_for(cast, cast.bank, b"{}"), "keng-partner": partner}

    reply = answer(client, cast, asked, b"{}", headers=headers)

    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "unknown_partner")


def test_the_signature_comes_before_everything_else(client, cast, asked):
    reply = client.post(f"/api/v1/requests/{asked.pk}/answer", b"{", content_type="application/json")

    assert reply.status_code == 401


def test_another_banks_request_looks_like_none(client, cast, asked):
    other = answer(client, cast, asked, EXECUTED, partner=cast.other_bank)
    asked.pk = "00000000-0000-4000-8000-000000000000"
    nothing = answer(client, cast, asked, EXECUTED, message_id="m2")

    assert other.status_code == nothing.status_code == 404
    assert other.json() == nothing.json()
    assert Request.objects.get().state == "asked"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"\xff", 400, "bad_json"),
        (b"{}", 422, "bad_field"),
        (b'{"status": "executed", "held_amount": "4800000"}', 422, "bad_field"),
        (b'{"status": "executed", "held_amount": 99999999999999999999}', 422, "bad_field"),
        (b'{"status": "executed", "held_amount": 1}', 422, "bad_answer"),
        (b'{"status": "refused"}', 422, "bad_answer"),
        (b'{"status": "maybe"}', 422, "bad_answer"),
        (b'{"status": "received", "request_id": "00000000-0000-4000-8000-000000000000"}', 422, "bad_answer"),
    ],
)
def test_hostile_answers_change_nothing(client, cast, asked, body, status, code):
    reply = answer(client, cast, asked, body)

    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert Request.objects.get().state == "asked"


def test_a_bank_lists_its_own_open_requests(client, cast, asked):
    def listed(partner, query="", message_id="l1"):
        reply = client.get(f"/api/v1/requests{query}", headers=headers_for(cast, partner, b"", message_id))
        assert reply.status_code == 200
        return reply.json()["items"]

    [item] = listed(cast.bank)
    assert item["request_id"] == str(asked.pk)
    assert listed(cast.other_bank) == []
    assert listed(cast.bank, f"?after={asked.pk}", "l2") == []
    answer(client, cast, asked, EXECUTED)
    assert listed(cast.bank, "", "l3") == []
    assert len(listed(cast.bank, "?state=all", "l4")) == 1


# --- lists


def fetch(client, cast, address, partner=None, message_id="l1"):
    return client.get(address, headers=headers_for(cast, partner or cast.bank, b"", message_id))


def hold_many(cast, count):
    """As many requests to the bank at one and the same moment."""
    for number in range(count):
        account = f"970436:77{number:08d}"
        loss = {**cast.body()["loss"], "to_account": account}
        cast.hold(cast.report(loss=loss, text=f"lần {number}"), account=account)


def test_pages_of_requests_asked_at_one_moment_come_to_an_end(client, cast):
    hold_many(cast, 5)
    seen, after = [], ""
    for page in range(4):
        found = fetch(client, cast, f"/api/v1/requests?limit=2{after}", message_id=f"p{page}").json()["items"]
        seen += [one["request_id"] for one in found]
        after = f"&after={seen[-1]}"

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sheet_is_that_of_the_web_desk_for_this_partner_alone(client, cast, asked, language):
    reply = fetch(client, cast, f"/api/v1/requests.csv?language={language}")
    others = fetch(client, cast, f"/api/v1/requests.csv?language={language}", partner=cast.other_bank)

    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert reply.content == filing.sheet_of([asked], "csv", language)
    assert str(asked.pk) in reply.content.decode("utf-8-sig")
    assert others.content == filing.sheet_of([], "csv", language)


def test_the_sheet_has_what_the_list_has(client, cast, asked):
    hold_many(cast, 3)
    listed = fetch(client, cast, "/api/v1/requests").json()["items"]
    sheet = fetch(client, cast, "/api/v1/requests.csv", message_id="l2").content.decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(sheet)))[1:]
    assert [row[0] for row in rows] == [one["request_id"] for one in listed]


@pytest.mark.parametrize(("how", "status"), [("unsigned", 401), ("again", 409)])
def test_the_sheet_is_for_who_signs_and_once(client, cast, asked, how, status):
    if how == "again":
        fetch(client, cast, "/api/v1/requests.csv")
        assert fetch(client, cast, "/api/v1/requests.csv").status_code == status
    else:
        assert client.get("/api/v1/requests.csv").status_code == status
