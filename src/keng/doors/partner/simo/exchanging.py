"""A bank's list taken as suspicions with the bank as their source, and its accounts under measures given back as a list.

Of a row taken, the account and two codes are kept: no name, no number of papers, no note. Of a row given, what Kẻng knows is filled
in: the account, and a suspicion whose meaning the State Bank has not told; it knows no customer's name or number.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from keng.base import indicators
from keng.base.confined import Limits, Read, run
from keng.base.errors import InputError, Said
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.signs import actions, lists
from keng.desk.ground.partners.models import Partner
from keng.doors.partner.filing import ARCHIVE, TOO_HEAVY
from keng.doors.partner.sheets.reading import BAD_XLSX, csv_cells
from keng.doors.partner.simo import reading, writing
from keng.doors.partner.simo.forms import ACCOUNT, NO_SUSPICION, STATUS, SUSPICION, Form
from keng.doors.partner.simo.reading import Fault, Record

JOB = "keng.doors.partner.simo.confined:read"
LIMITS = Limits(output_bytes=64 * 2**20)
WRITERS = {"csv": writing.as_csv, "xlsx": writing.as_xlsx, "json": writing.as_json}
RESTRICTED, FROZEN, ACTIVE = "restrict_account", 4, 1  # SIMO's codes of states: 4 frozen, 1 active (C36)

NOT_AN_ACCOUNT = Said("SoTaiKhoan không phải là một số tài khoản.", "SoTaiKhoan is no account number.")
REPEATED = Said("Tài khoản này đã có ở dòng {row}.", "This account stands in row {row} already.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file: how many accounts were taken, and what is wrong with the other rows."""

    accounts: int
    faults: tuple[Fault, ...]


def take(partner: Partner, form: Form, content: bytes, *, actor: str, now: datetime) -> Taken:
    """Take every good row. Raises InputError if it is no such list, UnavailableError `not_confined`: then none is taken."""
    suspects: dict[str, actions.Suspect] = {}
    rows: dict[str, int] = {}
    faults: list[Fault] = []
    for one in reading.records_of(form, rows_of(form, content)):
        if isinstance(one, Fault):
            faults.append(one)
            continue
        suspect = _suspect(partner, one)
        if suspect is None:
            faults.append(Fault(one.row, ACCOUNT, NOT_AN_ACCOUNT))
        elif suspect.account in rows:
            faults.append(Fault(one.row, ACCOUNT, REPEATED.filled(row=rows[suspect.account])))
        else:
            suspects[suspect.account], rows[suspect.account] = suspect, one.row
    taken = actions.take_suspects(partner, suspects.values(), actor=actor, now=now)
    return Taken(taken, tuple(faults))


def give(partner: Partner, form: Form, shape: str, *, actor: str, now: datetime) -> bytes:
    """The bank's accounts under a measure in force, as `csv`, `xlsx` or `json`: each once, frozen if it is restricted.

    The ledger says who took it away, and the file's SHA-256.
    """
    states: dict[str, int] = {}
    for account, kind in measures.accounts_under_measures(partner.code, now):
        states[account] = FROZEN if kind == RESTRICTED else states.get(account, ACTIVE)
    records = [
        {ACCOUNT: account.partition(":")[2], STATUS: state, SUSPICION: NO_SUSPICION}
        for account, state in states.items()
    ]
    content = WRITERS[shape](form, records)
    sha256 = hashlib.sha256(content).hexdigest()
    lists.note_given(partner, form=form.code, shape=shape, accounts=len(records), sha256=sha256, actor=actor, now=now)
    return content


def rows_of(form: Form, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows of a file by field: a workbook, a JSON array, or CSV. Raises InputError, UnavailableError `not_confined`."""
    if content.startswith(ARCHIVE):
        return reading.rows_of_cells(form, _workbook(content))
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"[":
        return reading.rows_of_json(form, content)
    return reading.rows_of_cells(form, csv_cells(content))


def _workbook(content: bytes) -> list[list[str]]:
    """The cells that the confined process read, if they have the shape that they must have: it may have been taken over."""
    found = run(JOB, content, LIMITS)
    if not isinstance(found, Read):
        raise InputError("bad_xlsx", BAD_XLSX if found.why == "bad_xlsx" else TOO_HEAVY)
    try:
        cells = json.loads(found.output)
    except ValueError as error:
        raise InputError("bad_xlsx", TOO_HEAVY) from error
    is_table = isinstance(cells, list) and all(isinstance(row, list) for row in cells)
    if not is_table or not all(isinstance(cell, str) for row in cells for cell in row):
        raise InputError("bad_xlsx", TOO_HEAVY)
    return [list(row) for row in cells]


def _suspect(partner: Partner, record: Record) -> actions.Suspect | None:
    """The account of a record at its bank; None if it is no account number."""
    account = indicators.account(partner.code, str(record.values[ACCOUNT]))
    if account is None:
        return None
    status = record.values[STATUS]
    return actions.Suspect(account, int(record.values[SUSPICION] or 0), int(status) if status is not None else None)
