"""One bound session with an SMS centre over SMPP 3.4: what comes is handed on, what goes out is watched until it is answered.

smpplib speaks the protocol; here stands what it leaves open: when a silent centre is given up, how many messages may be
under way, how fast they may go, and that half a PDU is no idle moment. A session is used by one thread.
"""

from __future__ import annotations

import logging
import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smpplib import consts
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as Lost
from smpplib.exceptions import PDUError, UnknownCommandError
from smpplib.smpp import make_pdu

from keng.doors.sms import pdus

ENQUIRE_EVERY_SECONDS = 30.0
ANSWER_WITHIN_SECONDS = 10.0
WINDOW = 10  # segments under way
MOST_AT_ONCE = 20  # PDUs that are read before something is sent: a flood of questions holds up no answer
LARGEST_PDU = 70_000  # bytes: a message_payload of 64 KiB and its header
INTERNATIONAL, UNKNOWN, ISDN = 1, 0, 1
# command_status, SMPP 3.4, section 5.1.3
THROTTLED = frozenset({0x58, 0x14})  # too fast; queue full
FOR_GOOD = frozenset(
    {0x01, 0x0A, 0x0B, 0x43, 0x50, 0x51}
)  # length, source, destination, esm_class, TON and NPI: never will be
TEMPORARY = 0x64  # ESME_RX_T_APPN: deliver it again later

Broken = (Lost, PDUError, UnknownCommandError, OSError, struct.error, ValueError, KeyError, TypeError)
"""What a session can end by: the line, or bytes that are no SMPP."""

logger = logging.getLogger(__name__)


class CentreLostError(Exception):
    """The session is over: the line broke, the centre fell silent, said goodbye, or what it sent is no SMPP."""


@dataclass(frozen=True, slots=True)
class Account:
    """How Kẻng binds to a centre."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """How a centre answered a segment: its name for it, or the status by which it was refused (None: no answer came)."""

    message_id: str = ""
    status: int | None = 0

    @property
    def is_taken(self) -> bool:
        return self.status == 0

    @property
    def is_throttled(self) -> bool:
        return self.status in THROTTLED

    @property
    def is_for_good(self) -> bool:
        return self.status in FOR_GOOD


class Centre:
    """A session. `take` is given what comes and returns whether it is safely kept; only then the centre is told so."""

    def __init__(self, account: Account, take: Callable[[pdus.Coming | pdus.Receipt], bool]) -> None:
        self.take = take
        self.under_way: dict[int, tuple[float, Callable[[Sent], None]]] = {}
        self.asked_at: float | None = None
        self.heard_at = time.monotonic()
        self.client = _Client(account.host, account.port, timeout=ANSWER_WITHIN_SECONDS, allow_unknown_opt_params=True)
        self.client.set_message_received_handler(self._come)
        self.client.set_message_sent_handler(lambda pdu: self._answered(pdu, 0))
        self.client.set_error_pdu_handler(self._refused)

    def bind(self, account: Account) -> None:
        """Connect and bind as a transceiver. Raises CentreLostError."""
        try:
            self.client.connect()
            self.client.bind_transceiver(system_id=account.user, password=account.password, interface_version=0x34)
        except Broken as error:
            self.close()
            raise CentreLostError(f"no bind: {type(error).__name__} {error}") from error
        self.heard_at = time.monotonic()

    @property
    def room(self) -> int:
        """How many more segments may be under way."""
        return max(WINDOW - len(self.under_way), 0)

    def submit(self, source: str, to: str, data: bytes, esm_class: int, then: Callable[[Sent], None]) -> None:
        """Send a segment of basic letters; `then` hears how it was answered. Raises CentreLostError."""
        try:
            pdu = self.client.send_message(
                source_addr_ton=UNKNOWN,
                source_addr_npi=ISDN,
                source_addr=source,
                dest_addr_ton=INTERNATIONAL,
                dest_addr_npi=ISDN,
                destination_addr=to.removeprefix("+"),
                short_message=data,
                data_coding=0,
                esm_class=esm_class,
                registered_delivery=True,
            )
        except Broken as error:
            raise CentreLostError(f"could not send: {type(error).__name__}") from error
        self.under_way[pdu.sequence] = time.monotonic(), then

    def attend(self, seconds: float) -> bool:
        """Act on what comes within so many seconds, and ask a silent centre whether it is there. True if anything came.

        Raises CentreLostError.
        """
        try:
            came = self._read(seconds)
            self._keep_alive(time.monotonic())
        except Broken as error:
            raise CentreLostError(f"{type(error).__name__} {error}") from error
        return came

    def close(self) -> None:
        """Say goodbye if that can be done at once, and let the line go. What was under way is answered as lost."""
        client = self.client
        if client._socket is not None:
            try:
                if client.state not in (consts.SMPP_CLIENT_STATE_OPEN, consts.SMPP_CLIENT_STATE_CLOSED):
                    client.send_pdu(make_pdu("unbind", client=client))
            except Broken:
                pass
            client.state = consts.SMPP_CLIENT_STATE_OPEN  # what `disconnect` expects of a session that is over
            client.disconnect()
        lost, self.under_way = self.under_way, {}
        for _since, then in lost.values():
            then(Sent(status=None))

    def _read(self, seconds: float) -> bool:
        came = False
        for _ in range(MOST_AT_ONCE):
            if not select.select([self.client._socket], [], [], 0 if came else seconds)[0]:
                break
            self.client.read_once(auto_send_enquire_link=False)
            self.heard_at, self.asked_at, came = time.monotonic(), None, True
            if self.client.said_goodbye:
                raise CentreLostError("the centre unbound")
        return came

    def _keep_alive(self, now: float) -> None:
        if self.asked_at is not None and now - self.asked_at > ANSWER_WITHIN_SECONDS:
            raise CentreLostError("the centre is silent")
        if self.asked_at is None and now - self.heard_at > ENQUIRE_EVERY_SECONDS:
            self.client.send_pdu(make_pdu("enquire_link", client=self.client))
            self.asked_at = now
        for sequence, (since, then) in list(self.under_way.items()):
            if now - since > ANSWER_WITHIN_SECONDS:
                del self.under_way[sequence]
                then(Sent(status=None))

    def _come(self, pdu: Any) -> int:
        """What the centre is told about something that it delivered."""
        if pdu.command != "deliver_sm":
            return consts.SMPP_ESME_ROK
        return consts.SMPP_ESME_ROK if self.take(pdus.read(pdu)) else TEMPORARY

    def _refused(self, pdu: Any) -> None:
        """An answer with an error: of a segment it is that segment's; of anything else the session goes on."""
        if pdu.command in ("submit_sm_resp", "generic_nack"):
            self._answered(pdu, int(pdu.status))

    def _answered(self, pdu: Any, status: int) -> None:
        _since, then = self.under_way.pop(pdu.sequence, (0.0, None))
        if then is not None:
            name = pdu.message_id if status == 0 else b""
            then(Sent((name or b"").decode("latin-1") if isinstance(name, bytes) else str(name or ""), status))


class _Client(Client):  # type: ignore[misc] # the library tells no types
    """smpplib's client, which reads no more than a PDU can be, and answers a goodbye and remembers it."""

    said_goodbye = False

    def _recv_exact(self, exact_size: int) -> bytes:
        if not 0 <= exact_size <= LARGEST_PDU:
            raise Lost(f"a PDU of {exact_size} bytes")
        return bytes(super()._recv_exact(exact_size))

    def read_pdu(self) -> Any:
        pdu = super().read_pdu()
        if pdu.command == "unbind":
            self.said_goodbye = True
            answer = make_pdu("unbind_resp", client=self)
            answer.sequence = pdu.sequence
            self.send_pdu(answer)
        return pdu
