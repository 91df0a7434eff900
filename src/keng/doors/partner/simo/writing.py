"""Writing a SIMO-shaped list. In CSV and XLSX every cell is text, so that a spreadsheet neither computes nor rounds it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping

from openpyxl import Workbook
from openpyxl.styles import Font

from keng.doors.partner.sheets.writing import FORMULA_SIGNS
from keng.doors.partner.simo.forms import Form

Values = Mapping[str, str | int | None]


def as_csv(form: Form, records: Iterable[Values]) -> bytes:
    """UTF-8 with a BOM; the headings are the fields' codes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([field.code for field in form.fields])
    writer.writerows([_guarded(cell) for cell in _cells(form, record)] for record in records)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(form: Form, records: Iterable[Values]) -> bytes:
    """A workbook of one sheet, named after the form."""
    book = Workbook()
    sheet = book.active
    sheet.title = f"SIMO {form.code}"
    sheet.append([field.code for field in form.fields])
    for record in records:
        sheet.append(_cells(form, record))
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format, cell.data_type = "@", "s"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def as_json(form: Form, records: Iterable[Values]) -> bytes:
    """The JSON array of the API's body; what is not told is left out."""
    rows = [
        {field.code: value for field in form.fields if (value := record.get(field.code)) is not None}
        for record in records
    ]
    return json.dumps(rows, ensure_ascii=False).encode() + b"\n"


def _cells(form: Form, record: Values) -> list[str]:
    return ["" if (value := record.get(field.code)) is None else str(value) for field in form.fields]


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell
