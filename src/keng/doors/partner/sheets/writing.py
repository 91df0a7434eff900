"""Writing a sheet. Every cell is text, so that a spreadsheet neither computes nor rounds it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from keng.base.errors import Said
from keng.base.times import in_utc, shown
from keng.doors.partner.sheets.columns import COLUMNS, STATUSES

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be computed
TITLE = Said("Yêu cầu", "Requests")
HELP_TITLE = Said("Cách điền", "How to fill it in")
HELP = (
    Said("Chỉ điền năm cột tô màu; các cột khác để nguyên.", "Fill in the five coloured columns only."),
    Said("Kết quả: một trong {words}.", "Result: one of {words}."),
    Said("Lý do từ chối: một trong {words}.", "Reason of refusal: one of {words}."),
    Said(
        "Giữ tiền: ghi số tiền giữ được. Làm được một phần việc khác: ghi rõ ở Ghi chú.",
        "Holding money: write the amount held. Another action done in part: say in Note what was done.",
    ),
    Said("Dòng để trống Kết quả được bỏ qua.", "Rows without a result are passed over."),
)
WIDTHS = {"request_id": 38, "object": 32, "basis": 40, "notice": 60, "status": 20, "reason": 28, "note": 30}
DEFAULT_WIDTH = 18  # characters
MOST_ROWS = 5000


def as_csv(requests: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """The requests (`data` of docs/partner-api.md) as UTF-8 with a BOM, which spreadsheets read as such."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.said.in_language(language) for column in COLUMNS])
    writer.writerows([_guarded(cell) for cell in _cells(request, language)] for request in requests)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(requests: Iterable[Mapping[str, Any]], reasons: Mapping[str, Said], language: str) -> bytes:
    """The requests as a workbook: the sheet with choices for result and reason, and a page that says how to fill it in."""
    book = Workbook()
    sheet = book.active
    sheet.title = TITLE.in_language(language)
    sheet.append([column.said.in_language(language) for column in COLUMNS])
    for request in requests:
        sheet.append(_cells(request, language))
    _dress(sheet, reasons, language)
    _write_help(book.create_sheet(HELP_TITLE.in_language(language)), reasons, language)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cells(request: Mapping[str, Any], language: str) -> list[str]:
    """One request in the order of the columns; the answer's are empty."""
    basis, notice, amount = request["basis"], request["notice"], request["amount"]
    values = {
        **{name: str(request[name]) for name in ("request_id", "version", "measure", "action")},
        "object": f"{request['object']['kind']} {request['object']['value']}",
        "amount": "" if amount is None else str(amount),
        "until": _moment(request["until"]),
        "answer_by": _moment(request["answer_by"]),
        "basis": basis["text"][language],
        "notice": notice[language] if notice else "",
    }
    return [values.get(column.code, "") for column in COLUMNS]


def _moment(written: str | None) -> str:
    return shown(in_utc(datetime.fromisoformat(written))) if written else ""


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def _dress(sheet: Worksheet, reasons: Mapping[str, Said], language: str) -> None:
    sheet.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS, start=1):
        head = sheet.cell(row=1, column=number)
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = WIDTHS.get(column.code, DEFAULT_WIDTH)
        if column.is_answer:
            head.fill = PatternFill("solid", fgColor="FFF1C9")
        if column.code in ("status", "reason"):
            words = STATUSES if column.code == "status" else reasons
            _offer(sheet, head.column_letter, [said.in_language(language) for said in words.values()])
    for row in sheet.iter_rows():
        for cell in row:
            cell.number_format = "@"
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _offer(sheet: Worksheet, letter: str, words: list[str]) -> None:
    """A list to choose from in a column. A list over 255 letters is more than the format takes: then it is only explained."""
    listed = ",".join(words)
    if len(listed) <= 255 and not any("," in word or '"' in word for word in words):
        choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        sheet.add_data_validation(choice)
        choice.add(f"{letter}2:{letter}{MOST_ROWS + 1}")


def _write_help(sheet: Worksheet, reasons: Mapping[str, Said], language: str) -> None:
    sheet.column_dimensions["A"].width = 100
    for said, words in zip(HELP, (None, STATUSES, reasons, None, None), strict=True):
        listed = "; ".join(one.in_language(language) for one in words.values()) if words else ""
        sheet.append([said.in_language(language).format(words=listed)])
