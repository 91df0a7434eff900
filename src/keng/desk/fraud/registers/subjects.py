"""What a record is about: the phone number of a SIM, or the account, in the one form in which Kẻng writes it."""

from __future__ import annotations

from keng.base import indicators
from keng.desk.fraud.registers.models import RegisterKind
from keng.vietnam.phones import Line, parse_phone

FEWEST_DIGITS = 8  # a shorter record_id is a running number rather than an account


def subject_of(kind: str, partner: str, record: str, subject: str | None, subscriber: str | None = None) -> str:
    """Of the optional column `subject`, else of a record_id that reads as one, of a SIM else of `subscriber`; empty if none does.

    `partner`: whose record it is; a bank's code is the BIN of its accounts.
    """
    if kind == RegisterKind.SIM:
        written = (text for text in (record, subscriber) if text and text.strip().startswith(("0", "+")))
        return next((found for text in (subject, *written) if text and (found := _phone(text))), "")
    if subject:
        return _account(partner, subject)
    return _account(partner, record) if sum(sign.isdigit() for sign in record) >= FEWEST_DIGITS else ""


def _phone(text: str) -> str:
    found = parse_phone(text)
    return found.value if found is not None and found.line in (Line.MOBILE, Line.FIXED) else ""


def _account(partner: str, text: str) -> str:
    """A number with another bank's BIN before it is none of this bank's accounts."""
    bank, colon, number = text.rpartition(":")
    if colon and bank.strip() != partner:
        return ""
    return indicators.account(partner, number) or ""
