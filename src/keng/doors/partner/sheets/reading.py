"""Reading a sheet that came back. What is wrong is told with its row and column; what is right is not lost by it.

`read_xlsx` parses an archive from outside: it runs in the confined process (`python -m keng.doors.partner.sheets.confined`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from openpyxl import load_workbook

from keng.base.errors import InputError, Said
from keng.doors.partner.sheets.columns import NEEDED, STATUSES, find_column, find_word
from keng.doors.partner.sheets.writing import FORMULA_SIGNS, MOST_ROWS

MOST_COLUMNS = 100
LONGEST_CELL = 2000  # characters
DELIMITERS = ",;\t"
HEADER_WITHIN = 10  # rows
GROUPED = re.compile(r"\d{1,3}([.,\s]\d{3})+|\d+")
WHOLE_FLOAT = re.compile(r"(\d+)\.0+")

BAD_ENCODING = Said(
    "Tệp không phải UTF-8 hay UTF-16. Hãy lưu lại dạng CSV UTF-8 hoặc XLSX.",
    "The file is neither UTF-8 nor UTF-16. Save it as CSV UTF-8 or XLSX.",
)
BAD_CSV = Said("Không đọc được tệp CSV này.", "This CSV file cannot be read.")
BAD_XLSX = Said("Không đọc được tệp XLSX này.", "This XLSX file cannot be read.")
NO_HEADER = Said(
    "Không thấy dòng tiêu đề có cột Mã yêu cầu và Kết quả.",
    "There is no heading row with the columns Request and Result.",
)
TWICE = Said("Cột {column} có hai lần.", "Column {column} stands twice.")
TOO_MANY = Said("Tệp có hơn {most} dòng. Hãy chia ra.", "The file has more than {most} rows. Split it.")
NO_ID = Said("Mã yêu cầu không đúng dạng.", "This is no request's id.")
NO_STATUS = Said("Kết quả phải là một trong: {words}.", "The result must be one of: {words}.")
NO_AMOUNT = Said("Số tiền phải là số đồng nguyên.", "The amount must be whole đồng.")
NO_REASON = Said("Lý do phải là một trong: {words}.", "The reason must be one of: {words}.")
NO_VERSION = Said("Phiên bản phải là một số.", "The version must be a number.")
LONG_CELL = Said("Ô này dài quá 2.000 ký tự.", "This cell is over 2,000 characters long.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it came: the number in the file of each row, and its cells by column code."""

    rows: tuple[tuple[int, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as a row gives it. `version` None: not told."""

    row: int
    request_id: UUID
    status: str
    held_amount: int | None
    reason: str | None
    reference: str | None
    note: str | None
    version: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its number in the file, the column's code (None: the row as a whole), and words."""

    row: int
    column: str | None
    said: Said


def read_csv(content: bytes) -> Sheet:
    """The rows of a CSV file. Raises InputError `bad_encoding`, `bad_csv`, `no_header`, `column_twice`, `too_many_rows`."""
    return _sheet(csv_cells(content))


def csv_cells(content: bytes) -> list[list[str]]:
    """Every cell of a CSV file, whatever its columns. Raises InputError `bad_encoding`, `bad_csv`."""
    text = _decoded(content)
    head = "".join(text.splitlines(keepends=True)[:HEADER_WITHIN])
    delimiter = max(DELIMITERS, key=head.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError("bad_csv", BAD_CSV) from error


def read_xlsx(content: bytes) -> Sheet:
    """The rows of the first sheet of a workbook; formulas are not computed. Raises InputError as `read_csv`, and `bad_xlsx`."""
    return _sheet(xlsx_cells(content, MOST_ROWS))


def xlsx_cells(content: bytes, most_rows: int) -> list[list[str]]:
    """Every cell of the first sheet of a workbook, up to so many rows and one. In the confined process only. Raises InputError."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=most_rows + HEADER_WITHIN + 1, max_col=MOST_COLUMNS, values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in found]
    except Exception as error:  # whatever a broken archive raises: zipfile, XML and openpyxl have a dozen kinds
        raise InputError("bad_xlsx", BAD_XLSX) from error


def answers_of(sheet: Sheet, reasons: Mapping[str, Said]) -> Iterator[Line | Fault]:
    """Each row that tells a result, read; one with faults gives each of them instead. Without a result it is passed over."""
    for number, cells in sheet.rows:
        if not cells.get("status", ""):
            continue
        reader = _Row(number, cells, reasons)
        line = reader.line()
        yield from [line] if line else reader.faults


class _Row:
    """One row being read."""

    def __init__(self, number: int, cells: Mapping[str, str], reasons: Mapping[str, Said]) -> None:
        self.number = number
        self.cells = cells
        self.reasons = dict(reasons)
        self.faults: list[Fault] = []

    def line(self) -> Line | None:
        """The answer; None if anything about it is wrong."""
        ident = self._ident()
        status = self._word("status", STATUSES, NO_STATUS)
        held = self._number("held_amount", NO_AMOUNT)
        reason = self._word("reason", self.reasons, NO_REASON)
        version = self._number("version", NO_VERSION)
        for column, cell in self.cells.items():
            if len(cell) > LONGEST_CELL:
                self.faults.append(Fault(self.number, column, LONG_CELL))
        if self.faults or ident is None or status is None:
            return None
        reference, note = (self.cells.get(name) or None for name in ("reference", "note"))
        return Line(self.number, ident, status, held, reason, reference, note, version)

    def _ident(self) -> UUID | None:
        try:
            return UUID(self.cells.get("request_id", ""))
        except ValueError:
            self.faults.append(Fault(self.number, "request_id", NO_ID))
            return None

    def _word(self, column: str, words: dict[str, Said], wrong: Said) -> str | None:
        written = self.cells.get(column, "")
        found = find_word(written, words) if written else None
        if written and found is None:
            listed = Said(
                *("; ".join(one.in_language(language) for one in words.values()) for language in ("vi", "en"))
            )
            said = Said(wrong.vi.format(words=listed.vi), wrong.en.format(words=listed.en))
            self.faults.append(Fault(self.number, column, said))
        return found

    def _number(self, column: str, wrong: Said) -> int | None:
        written = self.cells.get(column, "").removesuffix("đ").strip()
        whole = WHOLE_FLOAT.fullmatch(written)
        if whole:
            return int(whole[1])
        if (written and not GROUPED.fullmatch(written)) or len(written) > 20:
            self.faults.append(Fault(self.number, column, wrong))
            return None
        return int(re.sub(r"\D", "", written)) if written else None


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            raise InputError("bad_encoding", BAD_ENCODING) from error
    return text.replace("\0", "")


def _sheet(rows: list[list[str]]) -> Sheet:
    """The rows below the heading, their cells by column."""
    start, columns = _heading(rows)
    below = rows[start + 1 :]
    if len(below) > MOST_ROWS:
        raise InputError("too_many_rows", TOO_MANY.filled(most=MOST_ROWS))
    numbered = enumerate(below, start=start + 2)
    return Sheet(tuple((number, _cells(row, columns)) for number, row in numbered if any(cell.strip() for cell in row)))


def _heading(rows: list[list[str]]) -> tuple[int, dict[int, str]]:
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        found = [(place, code) for place, cell in enumerate(row[:MOST_COLUMNS]) if (code := find_column(cell))]
        codes = [code for _place, code in found]
        if all(code in codes for code in NEEDED):
            if len(set(codes)) < len(codes):
                twice = next(code for code in codes if codes.count(code) > 1)
                raise InputError("column_twice", TWICE.filled(column=twice))
            return number, dict(found)
    raise InputError("no_header", NO_HEADER)


def _cells(row: list[str], columns: dict[int, str]) -> dict[str, str]:
    return {code: _unguarded(row[place].strip()) if place < len(row) else "" for place, code in columns.items()}


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS) else cell
