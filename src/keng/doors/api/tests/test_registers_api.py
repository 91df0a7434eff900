"""Registers by machine: signed parts, one whole, results of one's own and nobody else's; one question."""

from __future__ import annotations

import hashlib
import json
import uuid

import pytest

from keng.base.webhooks import sign
from keng.desk.fraud.registers.models import Chunk, Register
from keng.desk.fraud.registers.tests.conftest import as_csv, person, record
from keng.desk.fraud.registers.tests.made import made_register
from keng.desk.ground.partners import actions as partners

CONTENT = as_csv([record(number) for number in range(50)])
OPEN = {"kind": "sim", "form": "csv", "purpose": "sim.cleanse.nd163-2024.d18", "size": len(CONTENT), "name": "sim.csv"}


@pytest.fixture
def carrier(cast, settings, tmp_path, population_file):
    settings.KENG_HOME, settings.KENG_POPULATION = tmp_path, str(population_file)
    return partners.enrol("carrier:mang1", "Mạng 1", "", kind="carrier", now=cast.clock.at)


@pytest.fixture(scope="session")
def population_file(tmp_path_factory):
    from keng.desk.fraud.registers.tests import conftest

    return conftest.population_file.__wrapped__(tmp_path_factory)


@pytest.fixture
def call(client, cast, carrier):
    def signed(method, path, body=b"", *, partner=None, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sender = partner or carrier
        secret = cast.keys.partner_secrets(sender.pk, cast.clock.at)[0]
        told = {**sign(secret, str(uuid.uuid4()), cast.clock.at, data), "keng-partner": sender.pk, **headers}
        return getattr(client, method)(
            f"/api/v1/{path}",
            *([data] if method == "post" else []),
            **({"content_type": kind} if method == "post" else {}),
            headers=told,
        )

    return signed


def part_of(call, ident, offset, size=1000, **more):
    some = CONTENT[offset : offset + size]
    path = f"registers/{ident}/parts?offset={offset}&sha256={hashlib.sha256(some).hexdigest()}"
    return call("post", path, some, kind="application/octet-stream", **more)


def test_a_register_goes_in_by_parts_and_goes_on_where_it_stood(call):
    opened = call("post", "registers", OPEN)
    ident = opened.json()["register_id"]
    assert (opened.status_code, opened.json()["received"], opened.json()["state"]) == (201, 0, "receiving")

    assert part_of(call, ident, 0).json()["received"] == 1000
    assert part_of(call, ident, 3000).json()["error"]["code"] == "wrong_offset"
    assert call("get", f"registers/{ident}").json()["received"] == 1000
    for offset in range(1000, len(CONTENT), 1000):
        assert part_of(call, ident, offset).status_code == 200
    early = call("post", f"registers/{ident}/finish", {"sha256": hashlib.sha256(CONTENT).hexdigest()})

    assert (early.status_code, early.json()["state"]) == (200, "checking")
    assert [one["code"] for one in call("get", "registers").json()["items"]] == [Register.objects.get().code]


def test_an_unsigned_or_altered_part_is_not_taken(call, client):
    ident = call("post", "registers", OPEN).json()["register_id"]
    some = CONTENT[:100]
    path = f"registers/{ident}/parts?offset=0&sha256={hashlib.sha256(some).hexdigest()}"

    assert client.post(f"/api/v1/{path}", some, content_type="application/octet-stream").status_code == 401
    assert call("post", path, CONTENT[:99], kind="application/octet-stream").json()["error"]["code"] == "bad_part"
    assert Chunk.objects.count() == 0


def test_another_partners_register_does_not_exist(call, cast, carrier):
    register = made_register(cast, carrier)
    base = f"registers/{register.pk}"

    for method, path, body in (
        ("get", base, b""), ("get", f"{base}/results", b""), ("get", f"{base}/records.csv", b""),
        ("post", f"{base}/finish", {"sha256": "0" * 64}), ("post", f"{base}/abandon", b""),
    ):  # fmt: skip
        reply = call(method, path, body, partner=cast.bank)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "no_register"), path
    assert part_of(call, register.pk, 0, partner=cast.bank).status_code == 404
    assert call("get", "registers", partner=cast.bank).json() == {"items": []}


def test_results_and_records_go_back_as_codes(call, cast, carrier):
    register = made_register(cast, carrier)

    sums = call("get", f"registers/{register.pk}/results").json()["items"]
    told = call("get", f"registers/{register.pk}/records.csv").content.decode("utf-8-sig").splitlines()

    assert {"province_code": "79", "verdict": "mismatch", "reason": "dob_differs", "records": 3} in sums
    assert told[7] == "r7,mismatch,dob_differs,date_of_birth"


def test_a_question_is_answered_without_a_value(call):
    own = person(11)
    body = {
        "purpose": "sim.open.tt08-2026",
        "holder_id": own["citizen_id"],
        "full_name": own["full_name"],
        "date_of_birth": "1911-11-11",
    }

    reply = call("post", "holder-questions", body)

    assert reply.json() == {"answer": "partly", "fields": ["date_of_birth"]}
    assert own["date_of_birth"].encode() not in reply.content
    assert call("post", "holder-questions", {**body, "purpose": "x"}).status_code == 422


def test_a_question_that_comes_again_is_not_answered_again(client, cast, carrier):
    own = person(11)
    told = {name: own[name] for name in ("full_name", "date_of_birth")}
    data = json.dumps({"purpose": "sim.open.tt08-2026", "holder_id": own["citizen_id"], **told}).encode()
    signed = sign(cast.keys.partner_secrets(carrier.pk, cast.clock.at)[0], "one", cast.clock.at, data)

    def put():
        headers = {**signed, "keng-partner": carrier.pk}
        return client.post("/api/v1/holder-questions", data, content_type="application/json", headers=headers)

    assert put().json() == {"answer": "yes", "fields": []}
    again = put()
    assert (again.status_code, again.json()["error"]["code"]) == (409, "webhook_id_seen")


def test_what_an_answer_to_an_order_leaves_out_may_be_null(call):
    told = {"status": "executed", "reason": None, "note": None, "reference": None}
    at = f"orders/{uuid.uuid4()}/answer"

    assert call("post", at, told).json()["error"]["code"] == "no_such_order"
    assert call("post", at, {**told, "status": None}).json()["error"]["code"] == "bad_field"


def test_a_part_over_the_limit_of_the_door_is_refused_before_it_is_read(call):
    ident = call("post", "registers", OPEN).json()["register_id"]
    reply = call("post", f"registers/{ident}/parts?offset=0&sha256={'0' * 64}", b"x", kind="application/octet-stream")
    assert reply.json()["error"]["code"] == "bad_part"
