"""Reports by machine: taken once, hostile input told in both languages."""

from __future__ import annotations

import json

import pytest

from keng.desk.fraud.reports.models import Report


def post(client, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/api/v1/reports", data, content_type="application/json", headers=headers)


def error_of(reply):
    """The one shape of every error."""
    body = reply.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "vi", "en", "field"}
    assert body["error"]["vi"] and body["error"]["en"]
    return body["error"]


def test_a_report_is_taken_and_tracked(client, cast):
    reply = post(client, cast.body())

    assert reply.status_code == 201
    receipt = reply.json()["receipt"]
    tracked = client.get(f"/api/v1/reports/{receipt}").json()
    assert tracked["lost"] == 4_800_000
    assert [step["state"] for step in tracked["steps"]] == ["done", "now"]


def test_an_sms_by_the_grammar_is_taken(client, cast):
    reply = post(
        client, {"channel": "sms", "from": "+84987654321", "to": "156", "text": "LD 0912345678 gia danh cong an"}
    )

    assert reply.status_code == 201


def test_the_same_key_gives_the_same_receipt(client, cast):
    first = post(client, cast.body(), **{"Idempotency-Key": "0123456789abcdef"})
    again = post(client, cast.body(), **{"Idempotency-Key": "0123456789abcdef"})
    other = post(client, cast.body(text="khác"), **{"Idempotency-Key": "0123456789abcdef"})

    assert first.json()["receipt"] == again.json()["receipt"]
    assert other.status_code == 409
    assert error_of(other)["code"] == "retry_other_body"
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad_json"),
        (b"", 422, "bad_field"),
        (b"\xff\xfe{\x00}", 400, "bad_json"),
        ('{"text": "x\xe9"}'.encode("latin-1"), 400, "bad_json"),
        (b"[" * 100_000, 400, "bad_json"),
        (b"[]", 422, "bad_field"),
        (b"null", 422, "bad_field"),
        (b"{}", 422, "bad_field"),
        (b'{"text": 5}', 422, "bad_field"),
        (b'{"text": ""}', 422, "bad_field"),
        (b'{"text": "   "}', 422, "no_text"),
        (rb'{"text": "\ud800"}', 422, "broken_text"),
        (b'{"text": "x", "channel": "fax"}', 422, "bad_field"),
        (b'{"text": "x", "loss": {"amount": 1.5}}', 422, "bad_field"),
        (b'{"text": "x", "loss": {"amount": "5"}}', 422, "bad_field"),
        (b'{"text": "x", "loss": {"amount": NaN}}', 422, "bad_field"),
        (b'{"text": "x", "loss": {"amount": -1}}', 422, "bad_field"),
        (b'{"text": "x", "loss": {}}', 422, "bad_amount"),
        (b'{"text": "x", "loss": {"amount": 5, "at": "2027-01-01T00:00:00Z"}}', 422, "impossible_time"),
        (b'{"text": "x", "loss": {"amount": 5, "at": "yesterday"}}', 422, "bad_time"),
        (b'{"text": "x", "loss": {"amount": 5, "at": "9999-12-31T23:59:59-23:59"}}', 422, "bad_time"),
        (b'{"text": "x", "loss": {"amount": 5, "to_account": "DROP TABLE"}}', 422, "bad_account"),
    ],
)
def test_hostile_bodies_are_told_clearly_and_store_nothing(client, cast, body, status, code):
    reply = post(client, body)

    assert (reply.status_code, error_of(reply)["code"]) == (status, code)
    assert not Report.objects.exists()


def test_fifty_megabytes_are_refused_by_their_length(client, cast):
    reply = client.generic(
        "POST", "/api/v1/reports", b"x", content_type="application/json", CONTENT_LENGTH=str(50 * 1024**2)
    )

    assert reply.status_code == 413
    assert error_of(reply)["code"] == "too_large"


@pytest.mark.parametrize("receipt", ["0000-0000-0000-0000", "x", "%00", "a" * 60, "ư"])
def test_a_wrong_receipt_is_not_found(client, cast, receipt):
    reply = client.get(f"/api/v1/reports/{receipt}")

    assert reply.status_code == 404
    assert error_of(reply)["code"] == "no_receipt"


def test_an_address_that_leads_nowhere_has_the_same_shape(client, db):
    assert error_of(client.get("/api/v1/nothing"))["code"] == "not_found"


def test_the_document_names_the_operations_that_others_rely_on(client, db):
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    ids = {operation["operationId"] for path in paths.values() for operation in path.values()}
    assert {"report_create", "report_track", "requests_list", "request_answer"} <= ids
