"""The file way, for the web desk and the API alike: a sheet of what is open, and a filled sheet taken row by row.

A CSV is read here; a workbook, which is an archive of XML, only in the confined process: where its walls do not stand, nothing
is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from keng.base.confined import Limits, Read, run
from keng.base.errors import InputError, Said
from keng.desk.fraud.measures import answers, clerks, outgoing, queries
from keng.desk.fraud.measures.models import Request
from keng.desk.ground.partners.models import Partner
from keng.doors.partner import sheets
from keng.doors.partner.sheets import reading
from keng.doors.partner.sheets.columns import COLUMNS
from keng.doors.partner.sheets.writing import MOST_ROWS

JOB = "keng.doors.partner.sheets.confined:read"
LIMITS = Limits(output_bytes=16 * 2**20)
ARCHIVE = b"PK\x03\x04"
CSV, XLSX = "text/csv; charset=utf-8", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WHY = {
    "bad_xlsx": reading.BAD_XLSX,
    "no_header": reading.NO_HEADER,
    "too_many_rows": reading.TOO_MANY.filled(most=MOST_ROWS),
    "column_twice": Said("Có một cột đứng hai lần.", "A column stands twice."),
}
TOO_HEAVY = Said(
    "Tệp này quá nặng để đọc, hoặc không phải tệp bảng tính thường. Chưa nhận dòng nào. Hãy lưu lại dạng CSV UTF-8.",
    "This file is too heavy to read, or no ordinary workbook. No row was taken. Save it as CSV UTF-8.",
)
SAID_OF = {column.code: column.said for column in COLUMNS}


def open_requests(partner: Partner, *, now: datetime) -> list[Request]:
    """The open requests of a partner, oldest first: what its sheet holds."""
    return queries.requests_of(partner, state="open", after=None, limit=MOST_ROWS, now=now)


def sheet_of(requests: Sequence[Request], form: str, language: str) -> bytes:
    """The requests as `csv` or `xlsx`."""
    data = [outgoing.describe(request) for request in requests]
    return sheets.as_xlsx(data, answers.REFUSALS, language) if form == "xlsx" else sheets.as_csv(data, language)


def take(partner: Partner, content: bytes, *, now: datetime, actor: str = "") -> list[clerks.RowOutcome]:
    """Take every row of a filled sheet; what became of each, in the order of the file.

    Raises InputError if it is no sheet of ours; UnavailableError `not_confined`. Then nothing was taken.
    """
    read = list(sheets.answers_of(read_sheet(content), answers.REFUSALS))
    lines = [_filled(one) for one in read if isinstance(one, sheets.Line)]
    faults = [_told(one) for one in read if isinstance(one, sheets.Fault)]
    taken = clerks.take_rows(partner, lines, now=now, actor=actor)
    return sorted([*taken, *faults], key=lambda one: one.row)


def read_sheet(content: bytes) -> sheets.Sheet:
    """The rows of a CSV or XLSX file. Raises InputError, UnavailableError `not_confined`."""
    if not content.startswith(ARCHIVE):
        return sheets.read_csv(content)
    found = run(JOB, content, LIMITS)
    if not isinstance(found, Read):
        raise InputError("bad_xlsx", WHY.get(found.why, TOO_HEAVY))
    return sheets.Sheet(_believed(found.output))


def _believed(output: bytes) -> tuple[tuple[int, Mapping[str, str]], ...]:
    """What the confined process said, if it has the shape that it must have: it may have been taken over."""
    try:
        rows = json.loads(output)
        believed = tuple((number, cells) for number, cells in rows)
    except (ValueError, TypeError) as error:
        raise InputError("bad_xlsx", TOO_HEAVY) from error
    if len(believed) > MOST_ROWS or not all(_is_row(*row) for row in believed):
        raise InputError("bad_xlsx", TOO_HEAVY)
    return believed


def _is_row(number: object, cells: object) -> bool:
    return (
        type(number) is int
        and 0 < number < 2**31
        and isinstance(cells, dict)
        and all(isinstance(cell, str) for cell in cells.values())
        and set(cells) <= set(SAID_OF)
    )


def _filled(line: sheets.Line) -> clerks.FilledRow:
    told = answers.Told(line.status, line.held_amount, line.reason, line.note, line.reference, line.version)
    return clerks.FilledRow(line.row, line.request_id, told)


def _told(fault: sheets.Fault) -> clerks.RowOutcome:
    return clerks.RowOutcome(fault.row, "bad", "", fault.column or "", fault.said.vi, fault.said.en)
