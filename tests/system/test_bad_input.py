"""What the running server says to those who send rubbish: an error in words, nothing stored, and the next caller is served."""

from __future__ import annotations

import json
import re
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.hostile import MEGABYTE, chunked, error_in, head, long_body, say
from tests.system.rehearsal import Rehearsal, read_rows, rehearse
from tests.system.visitor import Reply, Visitor

FORM = "application/x-www-form-urlencoded"
SLOW_CALLERS = 40
MOST_GROWTH_KIB = 20 * 1024


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearse(tmp_path_factory.mktemp("bad") / "home", "--quiet-day", "--banks", "silent") as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_is_stored_and_the_next_is_served(rehearsal: Rehearsal) -> Iterator[None]:
    """After each test: no report, no loss, no entry about one; pages and the API work."""
    before = stored(rehearsal)
    server = set(rehearsal.children()["serve"])
    yield
    assert stored(rehearsal) == before
    assert set(rehearsal.children()["serve"]) == server, "the server had to be started again"
    assert Visitor(rehearsal.address).get("/healthz").json() == {"ok": True}


def stored(rehearsal: Rehearsal) -> list[tuple[int, ...]]:
    counts = "(SELECT count(*) FROM {})"
    tables = (
        "reports_report",
        "reports_loss",
        "reports_indicator",
        "reports_message",
        "ledger_entry",
        "measures_answer",
    )
    return read_rows(rehearsal.home, f"SELECT {', '.join(map(counts.format, tables))}")


def memory(rehearsal: Rehearsal) -> int:
    """KiB that the server's processes took at most since they began."""
    statuses = (Path(f"/proc/{pid}/status").read_text("ascii") for pid in rehearsal.children()["serve"])
    return sum(int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) for status in statuses)


@pytest.mark.parametrize("path", ["/api/v1/reports", "/api/v1/requests/00000000-0000-4000-8000-000000000000/answer"])
@pytest.mark.parametrize(("size_line", "status", "code"), [
    (f"Content-Length: {50 * MEGABYTE}", 413, "too_large"), ("Transfer-Encoding: chunked", 411, "needs_length"),
])  # fmt: skip
def test_fifty_megabytes_are_refused_and_not_kept_in_memory(rehearsal, path, size_line, status, code):
    before = memory(rehearsal)
    blocks = long_body(50 * MEGABYTE)
    told = say(rehearsal.port, head(path, size_line), blocks if status == 413 else chunked(blocks))

    assert (told[0], error_in(told[1])["code"]) == (status, code)
    assert memory(rehearsal) - before < MOST_GROWTH_KIB


def test_fifty_megabytes_in_a_form_are_refused_in_both_languages(rehearsal):
    first = head("/bao/gui/", f"Content-Length: {50 * MEGABYTE}", kind=FORM)
    status, page = say(rehearsal.port, first, long_body(50 * MEGABYTE))

    assert status == 413
    assert "quá lớn" in page
    assert "too large" in page


def test_callers_who_send_half_and_wait_hold_up_nobody_and_are_told(rehearsal):
    first = head("/api/v1/reports", "Content-Length: 1000")
    slow = [socket.create_connection(("127.0.0.1", rehearsal.port), timeout=30) for _ in range(SLOW_CALLERS)]
    for connection in slow:
        connection.sendall(first + b'{"text":')
    for _ in range(20):
        assert Visitor(rehearsal.address).get("/").status == 200
    reply = slow[0].recv(65536)
    for connection in slow:
        connection.close()

    assert reply.startswith(b"HTTP/1.1 408 ")
    assert error_in(reply.partition(b"\r\n\r\n")[2].decode())["code"] == "too_slow"


@pytest.mark.parametrize("path", ["/api/v1/reports", "/bao/gui/"])
def test_a_body_that_was_cut_off_is_not_taken_for_a_whole_one(rehearsal, path):
    citizen = Visitor(rehearsal.address)
    form = money_form(citizen)
    whole = json.dumps({"text": "x"}) if path.startswith("/api") else urllib.parse.urlencode({**form, "text": "Bị lừa"})
    kind = "application/json" if path.startswith("/api") else FORM
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in citizen.jar)
    first = head(path, f"Content-Length: {len(whole) + 300}", f"Cookie: {cookies}", kind=kind)
    status, _ = say(rehearsal.port, first, [whole.encode()], hang_up=True)

    assert status in (0, 400), "the caller is gone: it is told if it still listens"


def money_form(citizen: Visitor) -> dict[str, str]:
    """The fields of the second screen as a browser would send them."""
    citizen.get("/")
    token = next((cookie.value for cookie in citizen.jar if cookie.name == "csrftoken"), "")
    page = citizen.submit("/bao/", text="Bị lừa", sent="yes").text
    nonce = re.search(r'name="nonce" value="([^"]+)"', page)
    assert nonce, page
    token = next(cookie.value for cookie in citizen.jar if cookie.name == "csrftoken") or token
    return {"csrfmiddlewaretoken": token or "", "sent": "no", "nonce": nonce[1]}


def send_form(citizen: Visitor, path: str, body: bytes, kind: str = FORM, language: str = "vi") -> Reply:
    request = urllib.request.Request(
        f"{citizen.address}{path}?lang={language}", data=body, headers={"content-type": kind}
    )
    return citizen._call(request)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("text", "kind"), [
    ("Bị lừa".encode("utf-16"), FORM),
    (urllib.parse.quote_from_bytes("Bị lừa".encode("utf-16")).encode(), FORM),
    ("Mất tiền ở Đà Nẵng".encode("cp1258", "replace"), FORM),
    (b"Ch\xe0o b\xe1c", FORM),
    (urllib.parse.quote_from_bytes(b"Ch\xe0o b\xe1c").encode(), FORM),
    (b"Ch\xe0o b\xe1c", f"{FORM}; charset=iso-8859-1"),
    (b"Bi lua", f"{FORM}; charset=utf-16"),
])  # fmt: skip
def test_a_form_in_another_encoding_is_refused_in_the_readers_language(rehearsal, text, kind, language):
    citizen = Visitor(rehearsal.address)
    fields = urllib.parse.urlencode(money_form(citizen)).encode()
    for path in ("/bao/gui/", "/bao/"):
        told = send_form(citizen, path, fields + b"&text=" + text, kind, language)

        assert told.status in (400, 422), told.text
        words = {"vi": "không phải chữ mã UTF-8", "en": "not text in UTF-8"}
        assert words[language] in told.text


@pytest.mark.parametrize(("changes", "field"), [
    ({"amount": "-5"}, "amount"), ({"amount": "0"}, "amount"), ({"amount": "9" * 15}, "amount"),
    ({"amount": "nhiều lắm"}, "amount"), ({"amount": "1e9"}, "amount"),
    ({"day": "2031-01-01"}, "time"), ({"day": "2026-02-30"}, "day"), ({"day": "0001-01-01"}, None),
    ({"time": "25:61"}, "time"), ({"to_account": "'; DROP TABLE--"}, "to_account"), ({"to_bank": "000000"}, "to_bank"),
    ({"nonce": "x"}, "nonce"), ({"sent": "maybe"}, "sent"), ({"text": "a\0b"}, "text"),
])  # fmt: skip
def test_impossible_dates_and_amounts_are_told_beside_their_field(rehearsal, changes, field):
    citizen = Visitor(rehearsal.address)
    good = {"text": "Bị lừa", "sent": "yes", "to_account": "0071000123456", "to_bank": "970436", "amount": "4.800.000"}
    form = {**money_form(citizen), **good, "day": "2026-11-20", "time": "08:00", **changes}
    for language in ("vi", "en"):
        told = send_form(citizen, "/bao/gui/", urllib.parse.urlencode(form).encode(), language=language)

        assert told.status == 422, told.text
        assert f'lang="{language}"' in told.text
        if field in ("amount", "day", "time", "to_account"):
            assert re.search(rf'name="{field}"[^>]* aria-invalid="true"', told.text), told.text
        if not {"amount", "sent"} & set(changes):
            assert "4.800.000" in told.text, "what was typed is still there"


@pytest.mark.parametrize(("body", "status", "code"), [
    (b"{", 400, "bad_json"), ('{"text": "x"}'.encode("utf-16"), 400, "bad_json"),
    ('{"text": "\xe9"}'.encode("latin-1"), 400, "bad_json"),
    (b"[" * 200_000, 400, "bad_json"), (b'{"text": "x", "loss": {"amount": 1e3}}', 422, "bad_field"),
    (b'{"text": "x", "loss": {"amount": 10000000000001}}', 422, "bad_field"),
    (b'{"text": "x", "loss": {"amount": 5, "at": "2026-02-30T00:00"}}', 422, "bad_time"),
    (b'{"text": "x", "loss": {"amount": 5, "at": "2099-01-01T00:00Z"}}', 422, "impossible_time"),
    (b'{"text": "x", "loss": {"amount": 5, "at": "1999-01-01T00:00Z"}}', 422, "impossible_time"),
])  # fmt: skip
def test_a_report_that_cannot_be_read_is_told_by_the_api(rehearsal, body, status, code):
    told = Visitor(rehearsal.address).post_json("/api/v1/reports", body)

    assert (told.status, error_in(told.text)["code"]) == (status, code)
