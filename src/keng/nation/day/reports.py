"""What citizens send to Kẻng: over the public API, or as an SMS to 156 in its grammar `S|V|LD (number) (text)`."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

import urllib3

from keng.base.errors import InputError, Said, UnavailableError
from keng.nation.day.banks import Transfer
from keng.nation.day.happenings import Loss, Plain

TIMEOUT = urllib3.Timeout(connect=2, read=10)
SHORT_CODE = "156"
LONGEST_SMS = 459
"""Characters of three joined messages."""
SMS_SHARE = 0.7
"""Of plain reports about a number, those that arrive as SMS to 156. Assumed."""
CALL_SHARE = 0.3
"""Of nuisances that arrive as SMS, those about a call (`V`, not `S`). Assumed."""
PHONE = re.compile(r"(?:\+?84|0)([1-9][0-9]{8})")
LATER_STATUSES = frozenset({408, 425, 429})


class ReportDoor:
    """Kẻng's public API."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/api/v1/reports"
        self._pool = urllib3.PoolManager(timeout=TIMEOUT, retries=False)

    def send(self, body: dict[str, Any], key: str) -> None:
        """Send a report once, however often it is tried. UnavailableError: try again; InputError: it is not wanted."""
        headers = {"content-type": "application/json", "idempotency-key": key}
        content = json.dumps(body, ensure_ascii=False).encode()
        try:
            status = self._pool.request("POST", self._url, body=content, headers=headers).status
        except urllib3.exceptions.HTTPError as fault:
            raise UnavailableError("keng_down", Said("Kẻng chưa trả lời", "Kẻng does not answer")) from fault
        if status >= 500 or status in LATER_STATUSES:
            raise UnavailableError("keng_busy", Said("Kẻng đang bận", f"Kẻng answers {status}"))
        if status >= 400 and status != 409:
            raise InputError("report_refused", Said("Kẻng không nhận tin báo", f"Kẻng refuses report {key}: {status}"))


def loss_report(loss: Loss, transfer: Transfer, at: str) -> dict[str, Any]:
    """A victim's report: what was written, and which transfer it was."""
    sent = {name: value for name, value in transfer.to_json().items() if name != "transfer_id"}
    return _with_sender({"channel": "api", "text": loss.text, "at": at, "loss": {"sent": True, **sent}}, loss.sender)


def plain_report(plain: Plain, dice: Random, at: str) -> dict[str, Any]:
    """A report without a loss, over the API or, if a number is reported, as an SMS."""
    number = PHONE.fullmatch(plain.sender or "")
    if number is None or dice.random() >= SMS_SHARE:
        return _with_sender({"channel": "api", "text": plain.text, "at": at}, plain.sender)
    words = f"{_sms_word(plain, dice)} 0{number[1]} {' '.join(plain.text.split())}"
    writer = f"+8499{dice.randrange(10**7):07d}"
    return {"channel": "sms", "from": writer, "to": SHORT_CODE, "text": words[:LONGEST_SMS], "at": at}


def _sms_word(plain: Plain, dice: Random) -> str:
    if not plain.spam:
        return "LD"
    return "V" if dice.random() < CALL_SHARE else "S"


def _with_sender(body: dict[str, Any], sender: str | None) -> dict[str, Any]:
    return body if sender is None else body | {"sender": sender}
