"""Sending: connections are kept and checked, a stranger's reply holds nobody, nothing goes where it may not."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from keng.conftest import NOW
from keng.desk.ground.jobs.states import Reason
from keng.doors.partner import sending, wire
from keng.doors.partner.sending import Sender, resolve

SECRET = "whsec_" + "QUJD" * 8
TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """Answers each whole request by the next of `replies` (the last one for ever); None closes without a word."""

    def __init__(self, *replies: bytes | None, tls: ssl.SSLContext | None = None, drip: float = 0) -> None:
        self.replies, self.tls, self.drip = list(replies), tls, drip
        self.connections, self.requests = 0, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self.listening.accept()
                self.connections += 1
                link = self.tls.wrap_socket(link, server_side=True) if self.tls else link
            except OSError:
                if self.over.is_set():
                    return
                continue
            threading.Thread(target=self._answer, args=(link,), daemon=True).start()

    def _answer(self, link: socket.socket) -> None:
        with link:
            data = b""
            while part := _received(link):
                data += part
                if b"\r\n\r\n" not in data or not data.endswith(b"}"):
                    continue
                self.requests.append(data)
                data = b""
                reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
                if reply is None or not self._say(link, reply):
                    return

    def _say(self, link: socket.socket, reply: bytes) -> bool:
        try:
            for piece in [reply[at : at + 1] for at in range(len(reply))] if self.drip else [reply]:
                link.sendall(piece)
                if self.over.wait(self.drip):
                    return False
        except OSError:
            return False
        return True

    def close(self) -> None:
        self.over.set()
        self.listening.close()


def _received(link: socket.socket) -> bytes:
    try:
        return link.recv(65536)
    except OSError:
        return b""


@pytest.fixture
def receive():
    receivers = []

    def make(*replies: bytes | None, **more) -> Receiver:
        receivers.append(Receiver(*replies, **more))
        return receivers[-1]

    yield make
    for one in receivers:
        one.close()


@pytest.fixture
def sender():
    made = Sender(loopback_only=True)
    yield made
    made.close_idle(longer_than=0)


def send(sender: Sender, port: int, *, host: str = "127.0.0.1", scheme: str = "http", path: str = "/keng"):
    return sender.send(f"{scheme}://{host}:{port}{path}", SECRET, "id-1", b'{"a":1}', now=NOW)


def test_one_connection_serves_many_messages(receive, sender):
    receiver = receive(TAKEN)

    assert [send(sender, receiver.port) for _ in range(5)] == [None] * 5

    assert (receiver.connections, len(receiver.requests)) == (1, 5)
    head = receiver.requests[0].partition(b"\r\n\r\n")[0].decode()
    assert head.startswith("POST /keng HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{receiver.port}" in head
    assert "webhook-id: id-1" in head


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 smuggled\r\n\r\n",
    ],
)
def test_a_connection_that_does_not_end_clearly_is_not_used_again(receive, sender, reply):
    receiver = receive(reply)

    assert [send(sender, receiver.port) for _ in range(2)] == [None, None]

    assert receiver.connections == 2


def test_a_body_is_read_and_the_connection_kept(receive, sender):
    receiver = receive(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok")

    assert [send(sender, receiver.port) for _ in range(2)] == [None, None]

    assert receiver.connections == 1


def test_a_stale_connection_costs_no_try(receive, sender):
    receiver = receive(TAKEN, None, TAKEN)

    assert [send(sender, receiver.port) for _ in range(2)] == [None, None]

    assert receiver.connections == 2


def test_a_new_connection_that_says_nothing_is_a_failed_try(receive, sender):
    receiver = receive(None)

    assert send(sender, receiver.port).reason == Reason.UNREACHABLE

    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("status", "permanent"), [("500 Oops", False), ("410 Gone", True), ("302 Found\r\nLocation: /x", False)]
)
def test_what_is_not_taken_is_told_and_a_redirect_is_not_followed(receive, sender, status, permanent):
    receiver = receive(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    failed = send(sender, receiver.port)

    assert (failed.why, failed.permanent, failed.reason) == (f"HTTP {status[:3]}", permanent, Reason.NOT_TAKEN)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("reply", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200" + b"x" * 70_000, b"HTTP/1.1 99 x\r\n\r\n"])
def test_what_is_not_http_is_a_failed_try(receive, sender, reply):
    assert send(sender, receive(reply).port).reason == Reason.UNREACHABLE


def test_a_reply_that_drips_ends_at_the_deadline(receive, sender, monkeypatch):
    monkeypatch.setattr(wire, "EXCHANGE_SECONDS", 0.3)
    receiver = receive(b"HTTP/1.1 200 OK\r\n" + b"x-slow: y\r\n" * 100, drip=0.05)
    began = time.monotonic()

    assert send(sender, receiver.port).why == "TimeoutError"

    assert time.monotonic() - began < 3


def test_an_exchange_under_way_can_be_broken_off(receive, sender):
    receiver = receive(b"HTTP/1.1 200 OK\r\n" * 100, drip=0.05)
    failures = []
    hand = threading.Thread(target=lambda: failures.append(send(sender, receiver.port)))
    hand.start()
    while not receiver.requests:
        hand.join(0.01)

    sender.abort()

    hand.join(5)
    assert failures[0].reason == Reason.UNREACHABLE
    assert receiver.connections == 1


def test_idle_connections_are_closed(receive, sender):
    receiver = receive(TAKEN)
    send(sender, receiver.port)

    sender.close_idle(longer_than=0)
    send(sender, receiver.port)

    assert receiver.connections == 2


def test_a_connection_is_not_kept_for_ever(receive, sender, monkeypatch):
    receiver = receive(TAKEN)
    send(sender, receiver.port)
    monkeypatch.setattr(sending, "LONGEST_KEPT_SECONDS", 0.0)

    send(sender, receiver.port)

    assert receiver.connections == 2


@pytest.mark.parametrize(("host", "loopback_only"), [("8.8.8.8", True), ("10.0.0.1", False), ("127.0.0.1", False)])
def test_nothing_goes_where_it_may_not(host, loopback_only):
    failed = send(Sender(loopback_only=loopback_only), 9, host=host)

    assert (failed.permanent, failed.reason) == (True, Reason.BAD_ADDRESS)


@pytest.mark.parametrize("address", ["", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999/", "http://[::1/"])
def test_an_address_that_cannot_be_read_is_a_failed_try(sender, address):
    assert sender.send(address, SECRET, "id-1", b"{}", now=NOW).reason == Reason.BAD_ADDRESS


def test_a_name_is_resolved_once_for_a_connection(receive, sender, monkeypatch):
    receiver = receive(TAKEN)
    asked = []
    monkeypatch.setattr(sending, "resolve", lambda *where, **more: asked.append(where) or resolve(*where, **more))

    for _ in range(3):
        send(sender, receiver.port, host="localhost")

    assert asked == [("localhost", receiver.port)]


def certificate(folder: Path, name: str) -> Path:
    """A certificate for `name`, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("name", "taken"), [("localhost", True), ("elsewhere.example", False)])
def test_the_certificate_must_have_the_partners_name(receive, sender, monkeypatch, tmp_path, name, taken):
    path = certificate(tmp_path, name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    monkeypatch.setattr(wire, "tls_context", lambda: ssl.create_default_context(cafile=str(path)))
    receiver = receive(TAKEN, tls=server)

    failures = [send(sender, receiver.port, host="localhost", scheme="https") for _ in range(2)]

    assert [failure is None for failure in failures] == [taken, taken]
    assert receiver.connections == (1 if taken else 2)


def test_a_certificate_that_nobody_vouches_for_is_refused(receive, sender, tmp_path):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate(tmp_path, "localhost"))

    failed = send(sender, receive(TAKEN, tls=server).port, host="localhost", scheme="https")

    assert failed.why == "SSLCertVerificationError"
