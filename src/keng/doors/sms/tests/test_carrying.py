"""The door bound to a real centre, a process of another library: what comes, what goes, and what happens when either fails."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from keng.desk.fraud.reports.models import Report
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.jobs.states import State
from keng.desk.ground.sms import actions as sms
from keng.desk.ground.sms.models import Segment
from keng.desk.ground.sms.states import Delivery
from keng.doors.sms import carrying, gsm
from keng.doors.sms import centre as sessions
from keng.doors.sms.answering import Desk
from keng.doors.sms.carrying import Carrier, Pace
from keng.doors.sms.centre import Account
from keng.doors.sms.tests.beside import SOON, Beside, centre_beside

DESK = Desk("main", ("156", "5656"), "http://127.0.0.1:8000/theo-doi/")
SCAM = "VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP de mo lai"
LD = f"LD (0912345678) ({SCAM})"
UDH, THROTTLED, INVALID_TO, SYSTEM, SILENT = 0x40, 0x58, 0x0B, 0x08, -1


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    gate.budgets().tallies.clear()
    yield
    gate.budgets().tallies.clear()


@pytest.fixture(scope="module")
def one_centre() -> Iterator[Beside]:
    with centre_beside() as beside:
        yield beside


@pytest.fixture
def beside(one_centre: Beside) -> Beside:
    """The centre, with nothing told yet and nothing asked of it."""
    one_centre.order(answers=[])
    one_centre.look()
    one_centre.told.clear()
    return one_centre


class Until(Event):
    """Is set once something has come about; `wait` lets no time pass that need not."""

    def __init__(self, come_about) -> None:
        super().__init__()
        self.come_about = come_about
        self.deadline = time.monotonic() + SOON

    def is_set(self) -> bool:
        assert time.monotonic() < self.deadline, "it did not come about"
        return bool(self.come_about())

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(0.01)
        return self.is_set()


def carrier(cast, beside, **more) -> Carrier:
    account = Account("127.0.0.1", getattr(beside, "port", beside), "keng", "secret")
    return Carrier(account, DESK, cast.keys, per_second=more.pop("per_second", 1000.0))


def run(one: Carrier, come_about) -> None:
    """Let the carrier work, in this thread and this test's transaction, until that is so."""
    one.run(Until(come_about))


def words(submitted) -> str:
    """The words of the segments, put together by their numbers as a telephone does: the centre tells them in any order."""
    data = b"".join(bytes.fromhex(one["hex"])[6 if one["esm_class"] & UDH else 0 :] for one in in_order(submitted))
    return gsm.decode(data, submitted[0]["coding"])


def in_order(submitted):
    return sorted(submitted, key=lambda one: one["hex"][10:12] if one["esm_class"] & UDH else "")


def once_bound(beside: Beside, *deliveries) -> None:
    """Have the centre deliver as soon as somebody is bound."""
    bound = len(beside.all("bound")) + 1

    def deliver() -> None:
        beside.hear("bound", bound)
        for data, more in deliveries:
            beside.deliver(data, **more)

    Thread(target=deliver, daemon=True).start()


def post(cast, text="Chao ban", to="+84900000001") -> Outgoing:
    from django.db import transaction

    with transaction.atomic():
        ident = sms.post(sms.Reply("156", to, text), "main", cast.keys, now=cast.clock.at)
    return Outgoing.objects.get(subject=f"sms:{ident}")


def sent(row: Outgoing) -> bool:
    return Outgoing.objects.get(pk=row.pk).state == State.SENT


# --- in, and the answer


def test_a_question_is_answered_in_two_segments_of_basic_letters_to_who_asked(cast, beside):
    once_bound(beside, (SCAM, {}))

    run(carrier(cast, beside), lambda: len(beside.all("submitted")) == 2 and beside.all("delivered"))

    pieces = beside.all("submitted")
    assert "giong thu doan" in words(pieces) and "co the sai" in words(pieces)
    assert {(one["source"], one["to"], one["ton"], one["coding"], one["receipt"]) for one in pieces} == {
        ("156", "84900000001", 1, 0, 1)
    }
    headers = [bytes.fromhex(one["hex"])[:6] for one in in_order(pieces)]
    assert [header[4:] for header in headers] == [b"\x02\x01", b"\x02\x02"] and headers[0][3] == headers[1][3]
    assert beside.all("delivered") == [0]
    assert not Report.objects.exists()


def test_a_report_by_the_grammar_is_kept_before_the_centre_hears_that_it_is(cast, beside):
    once_bound(beside, (LD, {"to": "5656"}))

    run(carrier(cast, beside), lambda: len(beside.all("submitted")) == 2)

    report = Report.objects.get()
    assert report.code in words(beside.all("submitted"))
    assert beside.all("submitted")[0]["source"] == "5656"


def test_long_messages_come_whole_by_header_by_fields_and_as_a_payload(cast, beside):
    text = (
        "LD (0912345678) Chúng nó bảo con tôi cấp cứu, chuyển gấp 80 triệu vào STK 0071000123456 Vietcombank, số {n}. "
        + "Rất gấp. " * 9
    )
    payload, by_header, by_fields = (text.replace("{n}", name).encode("utf-16-be") for name in ("một", "hai", "ba"))
    halves = [(data[:132], data[132:264], data[264:]) for data in (by_header, by_fields)]
    parts = [
        (bytes((5, 0, 3, 77, 3, at)) + piece, {"coding": 8, "esm_class": UDH}) for at, piece in enumerate(halves[0], 1)
    ]
    fields = [
        (piece, {"coding": 8, "tlvs": [[0x020C, "0007"], [0x020E, "03"], [0x020F, f"{at:02x}"]]})
        for at, piece in enumerate(halves[1], 1)
    ]
    whole = (b"", {"coding": 8, "tlvs": [[0x0424, payload.hex()]]})
    once_bound(beside, whole, *parts[::-1], *fields)

    run(carrier(cast, beside), lambda: Report.objects.count() == 3 and len(beside.all("delivered")) == 7)

    told = [json.loads(unlock(report, cast.keys).original())["text"] for report in Report.objects.order_by("pk")]
    assert sorted(told) == sorted(text.replace("{n}", name).strip() for name in ("một", "hai", "ba"))
    assert set(beside.all("delivered")) == {0}


def test_while_the_database_is_away_the_centre_keeps_the_message(cast, beside, monkeypatch):
    from django.db import OperationalError

    real, failures = carrying.answering.take, [OperationalError("away"), ValueError("a fault of ours")]

    def take(*arguments, **more):
        if failures:
            raise failures.pop(0)
        return real(*arguments, **more)

    monkeypatch.setattr(carrying.answering, "take", take)
    monkeypatch.setattr(carrying, "close_old_connections", lambda: None)
    once_bound(beside, (LD, {}), (LD, {}), (LD, {}))

    run(carrier(cast, beside), lambda: len(beside.all("delivered")) == 3)

    assert beside.all("delivered") == [0x64, 0x64, 0]
    assert Report.objects.count() == 1


# --- out


def test_what_the_outbox_holds_goes_once_and_nothing_of_it_is_left(cast, beside):
    row = post(cast)

    run(carrier(cast, beside), lambda: sent(row))

    assert words(beside.all("submitted")) == "Chao ban"
    assert bytes(Outgoing.objects.get().body) == b""
    assert [(one.number, one.message_id, one.delivery) for one in Segment.objects.all()] == [
        (1, beside.all("submitted")[0]["id"], Delivery.TAKEN)
    ]


@pytest.mark.parametrize(("state", "delivery"), [(2, Delivery.DELIVERED), (5, Delivery.FAILED)])
def test_a_receipt_tells_what_became_of_a_segment(cast, beside, state, delivery):
    row, one = post(cast), carrier(cast, beside)

    def step() -> bool:
        if sent(row) and not beside.all("delivered"):
            beside.order(
                receipt={"name": beside.all("submitted")[0]["id"], "source": "84900000001", "to": "156", "state": state}
            )
            beside.hear("delivered", while_waiting=lambda: one_session(one))
        return bool(beside.all("delivered"))

    def one_session(carrier: Carrier) -> None:
        carrier.session.attend(0.01)

    remember_session(one)
    run(one, step)

    assert Segment.objects.get().delivery == delivery


def remember_session(one: Carrier) -> None:
    """So that a test can let the session attend while it waits itself."""
    serve = one._serve

    def remembering(centre, stop):
        one.session = centre
        serve(centre, stop)

    object.__setattr__(one, "_serve", remembering)


def test_a_centre_that_asks_for_patience_gets_it_and_no_try_is_lost(cast, beside, monkeypatch):
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.05)
    beside.order(answers=[THROTTLED, THROTTLED])
    row = post(cast)

    run(carrier(cast, beside), lambda: sent(row))

    assert [one["status"] for one in beside.all("submitted")] == [THROTTLED, THROTTLED, 0]
    assert Outgoing.objects.get().tries == 1


def test_a_number_that_is_none_is_given_up_and_shown_to_a_person(cast, beside):
    beside.order(answers=[INVALID_TO])
    row = post(cast)

    run(carrier(cast, beside), lambda: Outgoing.objects.get(pk=row.pk).state == State.DEAD)

    assert (len(beside.all("submitted")), Outgoing.objects.get().last_error) == (1, "SMPP 0x0000000B")


@pytest.mark.parametrize("status", [SYSTEM, THROTTLED])
def test_of_two_segments_only_the_one_that_was_not_taken_goes_again(cast, beside, monkeypatch, status):
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.05)
    beside.order(answers=[0, status])
    row, one = post(cast, "x" * 200), carrier(cast, beside)

    def step() -> bool:
        if Outgoing.objects.get().reason:
            cast.clock.pass_by(seconds=3)
        return sent(row)

    run(one, step)

    told = beside.all("submitted")
    refused = next(one["hex"] for one in told if one["status"] == status)
    assert [one["status"] for one in told] == [0, status, 0]
    assert told[2]["hex"] == refused != told[0]["hex"]


def test_a_segment_that_nobody_answers_is_tried_again(cast, beside, monkeypatch):
    monkeypatch.setattr(sessions, "ANSWER_WITHIN_SECONDS", 0.2)
    beside.order(answers=[SILENT])
    row, one = post(cast), carrier(cast, beside)

    def step() -> bool:
        if Outgoing.objects.get().reason:
            cast.clock.pass_by(seconds=3)
        return sent(row)

    run(one, step)

    assert [one["status"] for one in beside.all("submitted")] == [SILENT, 0]


def test_no_more_goes_a_second_than_the_centre_takes():
    pace, now = Pace(10.0), 100.0
    pace.at = now

    went = sum(pace.may_send(now + at / 100) for at in range(300))

    assert 30 <= went <= 32


def test_a_reply_whose_key_is_gone_is_a_dead_letter_and_the_rest_goes(cast, beside):
    broken, row = post(cast), post(cast)
    Outgoing.objects.filter(pk=broken.pk).update(body=b"sms-99\0nonsense")

    run(carrier(cast, beside), lambda: sent(row))

    assert Outgoing.objects.get(pk=broken.pk).state == State.DEAD


# --- the line


def test_after_the_centre_says_goodbye_or_dies_one_binds_again(cast, monkeypatch):
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.01)
    with centre_beside() as first:
        one = carrier(cast, first)
        Thread(target=lambda: first.hear("bound") and first.order(unbind=True), daemon=True).start()
        run(one, lambda: len(first.all("bound")) >= 2)
    row = post(cast)
    with centre_beside(one.account.port) as second:
        run(one, lambda: sent(row))
        assert second.all("bound") and words(second.all("submitted")) == "Chao ban"


def test_a_silent_centre_is_asked_whether_it_is_there_and_then_left(cast, monkeypatch):
    """A socket that takes the bind and then says nothing more."""
    monkeypatch.setattr(sessions, "ENQUIRE_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(sessions, "ANSWER_WITHIN_SECONDS", 0.2)
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.01)
    with Pretender(lambda head, _body: bind_resp(head)) as silent:
        run(carrier(cast, silent.port), lambda: silent.binds >= 2)
        assert silent.commands.count(0x15) >= 1  # enquire_link


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x00",
        b"\x00\x00\x00\x10\x77\x77\x77\x77" + bytes(8),
        b"\x00\x00\x00\x20\x00\x00\x00\x05",
    ],
)
def test_bytes_that_are_no_smpp_end_the_session_and_no_more(cast, monkeypatch, bytes_):
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(sessions, "ANSWER_WITHIN_SECONDS", 0.3)
    with Pretender(lambda head, _body: bind_resp(head) + bytes_) as strange:
        run(carrier(cast, strange.port), lambda: strange.binds >= 2)


def test_a_refused_bind_is_tried_again_later_and_the_password_stands_in_no_log(cast, monkeypatch, caplog):
    monkeypatch.setattr(carrying, "FIRST_PAUSE_SECONDS", 0.01)
    with Pretender(lambda head, _body: bind_resp(head, status=0x0E)) as strict:
        run(carrier(cast, strict.port), lambda: strict.binds >= 2)
    assert "secret" not in caplog.text


def bind_resp(head: tuple[int, int, int, int], status: int = 0) -> bytes:
    """An answer to a bind; nothing to anything else."""
    if head[1] != 9:
        return b""
    return (
        struct.pack(">IIII", 21, 0x80000009, status, head[3]) + b"TEST\0"
        if status == 0
        else struct.pack(">IIII", 16, 0x80000009, status, head[3])
    )


class Pretender:
    """A listener that answers each PDU by a function of its own, byte by byte as the test wants it."""

    def __init__(self, answer) -> None:
        self.answer, self.commands = answer, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    @property
    def binds(self) -> int:
        return self.commands.count(9)

    def __enter__(self):
        Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_more) -> None:
        self.listener.close()

    def _serve(self) -> None:
        try:
            while True:
                line, _address = self.listener.accept()
                Thread(target=self._talk, args=(line,), daemon=True).start()
        except OSError:
            return

    def _talk(self, line: socket.socket) -> None:
        with line:
            try:
                while head := line.recv(16, socket.MSG_WAITALL):
                    numbers = struct.unpack(">IIII", head)
                    body = line.recv(numbers[0] - 16, socket.MSG_WAITALL) if numbers[0] > 16 else b""
                    self.commands.append(numbers[1])
                    line.sendall(self.answer(numbers, body))
            except (OSError, struct.error):
                return
