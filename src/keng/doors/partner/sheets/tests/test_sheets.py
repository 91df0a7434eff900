"""Sheets out and back: round trips, a clerk's hand, hostile files."""

from __future__ import annotations

import io
import zipfile
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from keng.base.errors import InputError, Said
from keng.doors.partner import sheets
from keng.doors.partner.sheets import Fault, Line

IDENT = "6f6c0e3e-1111-4222-8333-444455556666"
REASONS = {
    "no_money": Said("Không còn tiền trong tài khoản", "No money is left"),
    "other": Said("Lý do khác", "Another"),
}
REQUEST = {
    "request_id": IDENT,
    "version": 2,
    "measure": "BP-7K3M2QX",
    "action": "block_number",
    "object": {"kind": "phone", "value": "+84912345678"},
    "amount": None,
    "until": "2026-12-21T07:30:00Z",
    "answer_by": "2026-11-21T07:45:00Z",
    "basis": {"text": {"vi": "Nghị định, điều 1", "en": "Decree, art. 1"}},
    "notice": {"vi": "Số của bạn…", "en": "Your number…"},
}
MONEY = {**REQUEST, "action": "hold_funds", "amount": 4_800_000, "object": {"kind": "account", "value": "970436:0071"}}


def filled_csv(**answer: str) -> bytes:
    """The sheet as it went out, with a clerk's answer in its first row."""
    head, row = sheets.as_csv([MONEY], "vi").decode("utf-8-sig").splitlines()[:2]
    for column in sheets.ANSWER_COLUMNS:
        row = row.rstrip(",") if column is sheets.ANSWER_COLUMNS[0] else row
        row += f',"{answer.get(column.code, "")}"'
    return f"{head}\r\n{row}\r\n".encode("utf-8-sig")


def filled_xlsx(**answer: object) -> bytes:
    book = load_workbook(io.BytesIO(sheets.as_xlsx([MONEY], REASONS, "vi")))
    for place, column in enumerate(sheets.COLUMNS, start=1):
        if column.code in answer:
            book.worksheets[0].cell(row=2, column=place, value=answer[column.code])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(content: bytes) -> list[Line | Fault]:
    reader = sheets.read_xlsx if content[:2] == b"PK" else sheets.read_csv
    return list(sheets.answers_of(reader(content), REASONS))


@pytest.mark.parametrize("fill", [filled_csv, filled_xlsx])
def test_an_answer_comes_back(fill):
    line = read(fill(status="đã làm đủ", held_amount="4.800.000", reference="VCB-1", note="xong"))

    assert line == [Line(2, UUID(IDENT), "executed", 4_800_000, None, "VCB-1", "xong", 2)]


@pytest.mark.parametrize("fill", [filled_csv, filled_xlsx])
def test_a_row_without_a_result_is_passed_over(fill):
    assert read(fill(note="chưa xem")) == []


@pytest.mark.parametrize(
    ("written", "code"),
    [("đã làm đủ", "executed"), ("DA LAM DU", "executed"), ("executed", "executed"), ("Done in full", "executed"),
     ("Từ chối", "refused"), (" tu  choi ", "refused"), ("làm được một phần", "part")],
)  # fmt: skip
def test_a_result_may_be_written_as_people_write(written, code):
    reason = {"reason": "ly do khac"} if code == "refused" else {}
    assert read(filled_csv(status=written, **reason))[0].status == code


@pytest.mark.parametrize("written", ["4800000", "4.800.000", "4,800,000", "4 800 000", "4.800.000đ", "4800000.0"])
def test_an_amount_may_be_written_as_people_write(written):
    assert read(filled_csv(status="executed", held_amount=written))[0].held_amount == 4_800_000


def test_a_spreadsheet_s_own_number_is_an_amount():
    assert read(filled_xlsx(status="executed", held_amount=4_800_000))[0].held_amount == 4_800_000
    assert read(filled_xlsx(status="executed", held_amount=4_800_000.0))[0].held_amount == 4_800_000


@pytest.mark.parametrize(
    ("answer", "column"),
    [({"status": "xong rồi"}, "status"), ({"status": "executed", "held_amount": "4,8 triệu"}, "held_amount"),
     ({"status": "executed", "held_amount": "-1"}, "held_amount"), ({"status": "executed", "held_amount": "=1+1"}, "held_amount"),
     ({"status": "refused", "reason": "không thích"}, "reason"), ({"status": "executed", "note": "x" * 2001}, "note")],
)  # fmt: skip
def test_what_is_wrong_is_told_with_row_and_column(answer, column):
    faults = read(filled_csv(**answer))

    assert [(fault.row, fault.column) for fault in faults if isinstance(fault, Fault)] == [(2, column)]
    assert faults[0].said.vi and faults[0].said.en


def test_a_bad_row_does_not_lose_the_good_one():
    content = f"Mã yêu cầu,Kết quả,Số tiền giữ được\nx,executed,1\n{IDENT},executed,4800000\n".encode()

    fault, line = read(content)
    assert (fault.row, fault.column) == (2, "request_id")
    assert (line.row, line.held_amount) == (3, 4_800_000)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_files_of_common_spreadsheets_are_read(delimiter, encoding):
    text = f"Kết quả{delimiter}Ghi chú{delimiter}Mã yêu cầu\r\nđã nhận{delimiter}ừ{delimiter}{IDENT}\r\n"

    assert read(text.encode(encoding)) == [Line(2, UUID(IDENT), "received", None, None, None, "ừ", None)]


def test_rows_above_the_heading_are_passed_over_and_counted():
    content = f"Ngân hàng X\n\nrequest_id,status\n{IDENT},executed\n".encode()

    assert read(content)[0].row == 4


def test_a_cell_that_a_spreadsheet_would_compute_is_guarded():
    row = sheets.as_csv([REQUEST], "vi").decode("utf-8-sig").splitlines()[1]
    evil = {**REQUEST, "object": {"kind": "=cmd|' /C calc'!A0", "value": ""}}

    assert "phone +84912345678" in row
    assert ",'=cmd|" in sheets.as_csv([evil], "vi").decode("utf-8-sig")
    cell = load_workbook(io.BytesIO(sheets.as_xlsx([evil], REASONS, "vi"))).worksheets[0]["E2"]
    assert cell.data_type == "s"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "no_header"), (b"a,b\n1,2\n", "no_header"), (b"\xff\xfe\x00", "bad_encoding"), (b"\x80abc", "bad_encoding"),
     (b"request_id,status,status\n", "column_twice"), (b'request_id,status\n"x', "bad_csv"),
     (b"request_id,status\n" + b"x,y\n" * 5001, "too_many_rows"), (b"PK\x03\x04rest", "bad_xlsx")],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(content, code):
    with pytest.raises(InputError) as refused:
        read(content)
    assert refused.value.code == code
    assert refused.value.said.vi and refused.value.said.en


def test_a_workbook_with_a_bomb_beside_the_sheet_is_read_without_it():
    content = io.BytesIO(filled_xlsx(status="executed"))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(10_000_000))

    assert read(content.getvalue())[0].status == "executed"


def test_an_empty_workbook_has_no_heading():
    content = io.BytesIO()
    Workbook().save(content)
    with pytest.raises(InputError) as refused:
        read(content.getvalue())
    assert refused.value.code == "no_header"


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_read(content):
    try:
        read(content)
    except InputError as refused:
        assert refused.said.vi


@given(st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=5))
def test_any_cells_are_refused_or_read(rows):
    lines = ["request_id,status,held_amount,reason,version"]
    lines += [
        ",".join(cell.replace(",", "").replace('"', "").replace("\n", "").replace("\r", "") for cell in row)
        for row in rows
    ]
    try:
        read("\n".join(lines).encode("utf-8", "ignore"))
    except InputError as refused:
        assert refused.said.vi
