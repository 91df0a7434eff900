"""Reading a SIMO-shaped list: CSV, a workbook's cells, or the JSON array of the API. Each fault is told with its row and field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keng.base.errors import InputError, Said
from keng.doors.partner.sheets.reading import HEADER_WITHIN, MOST_COLUMNS
from keng.doors.partner.sheets.writing import FORMULA_SIGNS
from keng.doors.partner.simo.forms import FORMS, Field, Form

MOST_ROWS = 20_000

NO_FORM = Said("Không có biểu mẫu SIMO {code}.", "There is no SIMO form {code}.")
NO_HEADER = Said("Không thấy dòng tiêu đề có các cột {fields}.", "There is no heading row with the columns {fields}.")
TWICE = Said("Cột {field} có hai lần.", "Column {field} stands twice.")
TOO_MANY = Said("Tệp có hơn 20.000 dòng. Hãy chia ra.", "The file has more than 20,000 rows. Split it.")
NOT_JSON = Said("Đây không phải là một mảng JSON gồm các bản ghi.", "This is no JSON array of records.")
EMPTY = Said("{field} không được để trống.", "{field} must not be empty.")
LONG = Said("{field} dài quá {most} ký tự.", "{field} is over {most} characters long.")
NO_NUMBER = Said("{field} phải là số nguyên không âm.", "{field} must be a whole number, not below zero.")
NO_CODE = Said("{field} phải là một trong {codes}.", "{field} must be one of {codes}.")
CONTROL = Said("{field} có ký tự điều khiển.", "{field} holds a control character.")


@dataclass(frozen=True, slots=True)
class Record:
    """A row as read. `values`: every field of the form; text, or a number where the field is one; None where nothing stands."""

    row: int
    values: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its number in the file (in a JSON array from 1), the field, and words."""

    row: int
    field: str
    said: Said


def find_form(code: str) -> Form:
    """The form of that number. Raises InputError `no_form`."""
    if code not in FORMS:
        raise InputError("no_form", NO_FORM.filled(code=code), field="form")
    return FORMS[code]


def rows_of_cells(form: Form, cells: Sequence[Sequence[str]]) -> list[tuple[int, dict[str, str]]]:
    """The rows below the heading by field, without empty ones. Raises InputError `no_header`, `column_twice`, `too_many_rows`."""
    needed = [field.code for field in form.fields if field.needed]
    for start, row in enumerate(cells[:HEADER_WITHIN]):
        found = [(place, field.code) for place, cell in enumerate(row[:MOST_COLUMNS]) if (field := form.find(cell))]
        codes = [code for _place, code in found]
        if not all(code in codes for code in needed):
            continue
        twice = next((code for code in codes if codes.count(code) > 1), None)
        if twice:
            raise InputError("column_twice", TWICE.filled(field=twice))
        if len(cells) - start - 1 > MOST_ROWS:
            raise InputError("too_many_rows", TOO_MANY)
        below = enumerate(cells[start + 1 :], start + 2)
        return [(number, _by_field(found, one)) for number, one in below if any(cell.strip() for cell in one)]
    raise InputError("no_header", NO_HEADER.filled(fields=", ".join(needed)))


def rows_of_json(form: Form, content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The records of the API's body. Raises InputError `not_json`, `too_many_rows`."""
    try:
        found: Any = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("not_json", NOT_JSON) from error
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("not_json", NOT_JSON)
    if len(found) > MOST_ROWS:
        raise InputError("too_many_rows", TOO_MANY)
    names = [field.code for field in form.fields]
    return [
        (number, {name: _written(one[name]) for name in names if one.get(name) is not None})
        for number, one in enumerate(found, 1)
    ]


def records_of(form: Form, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Iterator[Record | Fault]:
    """Each row read; one with faults gives each of them instead."""
    for number, cells in rows:
        values: dict[str, str | int | None] = {}
        faults = []
        for field in form.fields:
            value = _value(field, cells.get(field.code, "").strip())
            if isinstance(value, Said):
                faults.append(Fault(number, field.code, value))
            else:
                values[field.code] = value
        yield from faults or [Record(number, values)]


def _value(field: Field, written: str) -> str | int | Said | None:
    """What stands in a field, or what is wrong with it."""
    if not written:
        return EMPTY.filled(field=field.code) if field.needed else None
    if field.kind == "text":
        if len(written) > field.most:
            return LONG.filled(field=field.code, most=field.most)
        return CONTROL.filled(field=field.code) if any(ord(sign) < 32 for sign in written) else written
    whole = written.removesuffix(".0")  # as a spreadsheet may write a number
    if not (whole.isascii() and whole.isdigit() and len(whole) <= field.most):
        return NO_NUMBER.filled(field=field.code)
    if field.codes and int(whole) not in field.codes:
        return NO_CODE.filled(field=field.code, codes=", ".join(map(str, field.codes)))
    return int(whole)


def _by_field(found: list[tuple[int, str]], row: Sequence[str]) -> dict[str, str]:
    return {code: _unguarded(row[place].strip()) if place < len(row) else "" for place, code in found}


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS) else cell


def _written(value: object) -> str:
    """A JSON value as a cell; what is neither text nor number becomes what no field takes."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return "\0"
    return str(value)
