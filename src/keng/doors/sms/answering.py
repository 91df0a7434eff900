"""What becomes of a message at our number: a report if it follows the grammar, else a question; either gets one reply.

A message is heard, its report is made and its reply is in the outbox in one transaction, before the centre is told that we have it.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.db import transaction

from keng.base.errors import InputError
from keng.base.text import without_invisible
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.submission import MAX_TEXT
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate.sources import day_key
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.sms import actions as sms
from keng.doors.sms import gsm, replies
from keng.doors.sms.pdus import Coming
from keng.vietnam.sms156 import SmsReport, read_sms

SUBSCRIBER = re.compile(
    r"\+?\d{8,15}"
)  # a telephone: no short code, no name, so no two machines answer each other for ever
COUNTRY = "84"

logger = logging.getLogger(__name__)


class Became(Enum):
    """What became of a message. `BUSY`: nothing was kept; the centre is asked to deliver it again later."""

    PART = auto()
    AGAIN = auto()
    NO_TEXT = auto()
    REPORT = auto()
    ANSWERED = auto()
    UNANSWERED = auto()
    BUSY = auto()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an answer is made: the centre that carries it, our numbers, and the address at which a receipt is followed."""

    centre: str
    numbers: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class _Message:
    """A whole message: from whom (E.164, or as the centre names it), to which of our numbers, its words."""

    sender: str
    number: str
    text: str

    @property
    def can_be_answered(self) -> bool:
        return SUBSCRIBER.fullmatch(self.sender) is not None


@transaction.atomic
def take(coming: Coming, desk: Desk, keys: KeyStore, *, now: datetime) -> Became:
    """Take a message or a part of one. Nothing of it is kept beyond its report, a mark of the day, and the sealed reply."""
    number = coming.number if coming.number in desk.numbers else desk.numbers[0]
    sender = e164(coming.sender)
    data: bytes | None = coming.data
    if coming.part and coming.part.count > 1:
        data = sms.put_together(sender, number, coming.part, coming.data, keys, now=now)
    if data is None:
        return Became.PART
    text = gsm.decode(data, coming.coding)
    text = (text or "").replace("\0", "").strip()[:MAX_TEXT]
    if not text:
        return Became.NO_TEXT
    return _answer(_Message(sender, number, text), desk, keys, now)


def e164(address: str) -> str:
    """A sender's address as E.164 where it is a telephone number; a name or a short code as it came."""
    digits = address.removeprefix("+")
    if not re.fullmatch(r"\d{8,15}", digits):
        return address
    return f"+{COUNTRY}{digits[1:]}" if digits.startswith("0") and not digits.startswith("00") else f"+{digits}"


def _answer(message: _Message, desk: Desk, keys: KeyStore, now: datetime) -> Became:
    found = read_sms(without_invisible(message.text))
    purpose = gate.SMS_REPORT if found else gate.SMS_QUESTION
    if not sms.is_new(message.sender, message.number, message.text, keys, now=now):
        return Became.AGAIN
    admitted = gate.admit_number(purpose, message.sender, keys, now=now)
    if admitted is None:
        if found:
            transaction.set_rollback(True)  # not heard: the centre keeps it for later
            return Became.BUSY
        return Became.UNANSWERED
    words = _report(message, found, admitted, desk, keys, now) if found else _question(message)
    if not words or not message.can_be_answered or admitted.later:
        return Became.REPORT if found else Became.UNANSWERED
    sms.post(sms.Reply(message.number, message.sender, words), desk.centre, keys, now=now)
    return Became.REPORT if found else Became.ANSWERED


def _report(
    message: _Message, found: SmsReport, admitted: gate.Admitted, desk: Desk, keys: KeyStore, now: datetime
) -> str:
    """Make the report, and the words that confirm it; empty where it cannot be taken."""
    body = {"channel": "sms", "text": message.text, "from": message.sender[:40]}
    origin = Origin(day_key(keys, now), admitted.source, admitted.later)
    try:
        original = json.dumps(body, ensure_ascii=False).encode()
        received = reports.receive(original, keys, retry_key=None, now=now, origin=origin)
    except InputError as error:
        logger.warning("a report by SMS was not taken: %s", error.code)
        return ""
    return replies.confirmation(received.report.code, received.receipt, desk.address, found.text)


def _question(message: _Message) -> str:
    return replies.answer(replies.read_question(message.text), message.number)
