"""Files out and in: good rows are taken, bad ones told, the same file changes nothing, a hostile one harms nothing."""

from __future__ import annotations

import csv
import io
import time
import zipfile
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from keng.base.confined import running
from keng.base.errors import InputError, UnavailableError
from keng.desk.fraud.measures.answers import Told, take
from keng.desk.fraud.measures.models import Answer, FilledSheet, RequestState
from keng.desk.ground.partners.models import Partner
from keng.doors.partner import filing
from keng.doors.partner.sheets import COLUMNS
from keng.doors.partner.sheets.confined import read as confined_read

HEAD = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<sheetData><row><c t="inlineStr"><is><t>'
)
TAIL = b"</t></is></c></row></sheetData></worksheet>"
CODES = [column.code for column in COLUMNS]


def csv_with(content: bytes, **answer: str) -> bytes:
    """The downloaded CSV with an answer in every row."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    for row in rows[1:]:
        for code, value in answer.items():
            row[CODES.index(code)] = value
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def xlsx_with(content: bytes, **answer: object) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for code, value in answer.items():
        book.worksheets[0].cell(row=2, column=CODES.index(code) + 1, value=value)
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


def download(client: Any, form: str) -> bytes:
    return bytes(client.get(f"/doi-tac/tep/970436.{form}").content)


def send(client: Any, content: bytes, partner: str = "970436", name: str = "trả lời.csv") -> Any:
    return client.post("/doi-tac/tep/", {"partner": partner, "file": SimpleUploadedFile(name, content)}, follow=True)


@pytest.mark.parametrize(("form", "fill"), [("csv", csv_with), ("xlsx", xlsx_with)])
def test_a_sheet_goes_out_comes_back_and_is_taken_once(counter, enter, form, fill):
    client = enter(counter.clerk)
    content = fill(download(client, form), status="đã làm đủ", held_amount="4.800.000", reference="VCB-9")

    first = send(client, content)
    again = send(client, content)

    row = counter.request
    assert (row.state, row.held_amount, row.reference) == (RequestState.EXECUTED, 4_800_000, "VCB-9")
    assert sorted(sheet.rows[0]["outcome"] for sheet in FilledSheet.objects.all()) == ["same", "taken"]
    assert "Tệp này đã gửi trước đây. Không có gì thay đổi." in again.content.decode()
    assert "Tệp này đã gửi trước đây" not in first.content.decode()
    assert Answer.objects.count() == 1


def test_a_bad_row_is_told_with_row_and_column_and_does_not_hold_up_the_good_one(counter, enter):
    counter.cast.hold(counter.cast.report(), officer=counter.cast.second)
    client = enter(counter.clerk)
    rows = list(csv.reader(io.StringIO(download(client, "csv").decode("utf-8-sig"))))
    rows[1][CODES.index("status")], rows[1][CODES.index("held_amount")] = "đã làm đủ", "1"
    rows[2][CODES.index("status")], rows[2][CODES.index("held_amount")] = "đã làm đủ", "4800000"
    rows.append(["x", "1"] + [""] * 8 + ["đã làm đủ"])
    text = io.StringIO()
    csv.writer(text).writerows(rows)

    page = send(client, text.getvalue().encode()).content.decode()

    told = {one["row"]: (one["outcome"], one["column"]) for one in FilledSheet.objects.get().rows}
    assert told == {2: ("bad", "held_amount"), 3: ("taken", ""), 4: ("bad", "request_id")}
    assert "Số tiền không khớp" in page and "The amount does not fit" in page
    result = client.get(f"/doi-tac/tep/ket-qua/{FilledSheet.objects.get().pk}/csv/").content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(result)))) == 4
    assert "Số tiền giữ được / Amount held" in result


def test_a_row_that_was_wrong_is_told_as_wrong_again(counter, enter):
    client = enter(counter.clerk)
    content = csv_with(download(client, "csv"), status="đã làm đủ", held_amount="1")

    for _time in range(2):
        send(client, content)

    assert [sheet.rows[0]["outcome"] for sheet in FilledSheet.objects.all()] == ["bad", "bad"]
    assert counter.request.answered_at is None


def test_anothers_request_in_a_file_is_no_request(counter, enter):
    content = csv_with(download(enter(counter.clerk), "csv"), status="đã làm đủ", held_amount="4800000")

    send(enter(counter.other_clerk), content, partner="970418")

    row = FilledSheet.objects.get().rows[0]
    assert (row["outcome"], row["measure"], row["vi"]) == ("bad", "", "Không có yêu cầu nào mang mã này.")
    assert counter.request.answered_at is None


def test_a_row_tells_nothing_of_whether_anothers_request_is_there(counter, enter):
    """Also one that was answered, or is over."""
    idents = [str(counter.request.pk), str(uuid4())]
    answered = Told("executed", 4_800_000, None, None, None)
    for before in (
        lambda: None,
        lambda: take(counter.request.partner, "m-1", counter.request.pk, answered, now=counter.cast.clock.at),
        lambda: counter.cast.clock.pass_by(days=30),
    ):
        before()
        for told in ("executed", "refused", "received", "part"):
            rows = [
                ["Mã yêu cầu", "Phiên bản", "Kết quả", "Số tiền giữ được"],
                *([one, "1", told, "7"] for one in idents),
            ]
            text = io.StringIO()
            csv.writer(text).writerows(rows)
            bank = Partner.objects.get(pk="970418")
            first, second = filing.take(bank, text.getvalue().encode(), now=counter.cast.clock.at)
            assert replace(first, row=0) == replace(second, row=0)
            assert (first.outcome, first.measure) == ("bad", "")


def test_a_file_takes_as_many_queries_with_a_hundred_rows_as_with_a_few(counter, django_assert_max_num_queries):
    rows = [
        ["Mã yêu cầu", "Kết quả"],
        *([str(uuid4()), "đã nhận"] for _n in range(99)),
        [str(counter.request.pk), "đã nhận"],
    ]
    text = io.StringIO()
    csv.writer(text).writerows(rows)

    with django_assert_max_num_queries(20):
        outcomes = filing.take(counter.request.partner, text.getvalue().encode(), now=counter.cast.clock.at)

    assert [one.outcome for one in outcomes] == ["bad"] * 99 + ["taken"]
    assert Answer.objects.count() == 100


def test_rows_of_one_file_about_one_request_are_taken_in_their_order(counter, entries):
    ident = str(counter.request.pk)
    rows = [["Mã yêu cầu", "Kết quả", "Số tiền giữ được"], [ident, "đã nhận", ""], [ident, "đã làm đủ", "4800000"],
            [ident, "đã làm đủ", "4800000"], [ident, "part", "1000"]]  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows(rows)

    outcomes = filing.take(counter.request.partner, text.getvalue().encode(), now=counter.cast.clock.at)

    assert [one.outcome for one in outcomes] == ["taken", "taken", "same", "bad"]
    row = counter.request
    assert (row.state, row.held_amount, row.answered_version) == (RequestState.EXECUTED, 4_800_000, 1)
    assert [one.outcome for one in Answer.objects.order_by("pk")] == ["counted", "counted", "already_answered"]
    assert entries(row.subject).count("measures.answer") == 3


def test_a_file_for_anothers_partner_is_refused(counter, enter):
    content = csv_with(download(enter(counter.clerk), "csv"), status="đã làm đủ", held_amount="4800000")

    assert send(enter(counter.other_clerk), content).status_code == 403
    assert not Answer.objects.exists()


def bomb() -> bytes:
    """A workbook whose sheet is half a gigabyte of spaces in one cell."""
    content = io.BytesIO()
    empty = io.BytesIO(filing.sheet_of([], "xlsx", "vi"))
    with (
        zipfile.ZipFile(empty) as source,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for item in source.infolist():
            if item.filename != "xl/worksheets/sheet1.xml":
                target.writestr(item, source.read(item))
        with target.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(HEAD)
            for _block in range(512):
                sheet.write(b" " * 2**20)
            sheet.write(TAIL)
    return content.getvalue()


def with_sheet(xml: bytes) -> bytes:
    content = io.BytesIO()
    empty = io.BytesIO(filing.sheet_of([], "xlsx", "vi"))
    with zipfile.ZipFile(empty) as source, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            target.writestr(item, xml if item.filename == "xl/worksheets/sheet1.xml" else source.read(item))
    return content.getvalue()


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 100) for n in range(5)
) + b"]>"  # fmt: skip
LAUGHS = ENTITIES + HEAD + b"&f;" + TAIL
FILE_ENTITY = LAUGHS.replace(ENTITIES, b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>')


@pytest.mark.parametrize("make", [bomb, lambda: with_sheet(LAUGHS), lambda: with_sheet(FILE_ENTITY),
                                  lambda: b"PK\x03\x04" + b"x" * 1000, lambda: with_sheet(b"<worksheet")])  # fmt: skip
def test_a_workbook_that_is_a_weapon_is_refused_in_words_and_soon(make, db):
    content, began = make(), time.monotonic()

    with pytest.raises(InputError) as refused:
        filing.read_sheet(content)

    assert refused.value.code == "bad_xlsx"
    assert refused.value.said.vi and refused.value.said.en
    assert time.monotonic() - began < running.Limits().wall_seconds + 5


def test_a_hostile_file_is_told_on_the_page_and_takes_nothing(counter, enter):
    reply = send(enter(counter.clerk), b"PK\x03\x04 nothing", name="a.xlsx")

    assert 'class="notice urgent"' in reply.content.decode()
    assert not FilledSheet.objects.exists() and not Answer.objects.exists()


def test_a_huge_cell_is_told_as_too_long(counter, enter):
    client = enter(counter.clerk)

    send(client, xlsx_with(download(client, "xlsx"), status="đã nhận", note="x" * 30_000))

    assert [(one["outcome"], one["column"]) for one in FilledSheet.objects.get().rows] == [("bad", "note")]


def test_a_formula_is_read_as_its_text_and_never_computed(counter, enter):
    client = enter(counter.clerk)

    send(client, xlsx_with(download(client, "xlsx"), status="đã làm đủ", held_amount="=4800000+0"))

    assert [(one["outcome"], one["column"]) for one in FilledSheet.objects.get().rows] == [("bad", "held_amount")]


@pytest.mark.parametrize("content", [b"\x80\x81", b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_that_is_no_sheet_is_told(counter, enter, content):
    reply = send(enter(counter.clerk), content)

    assert 'class="notice urgent"' in reply.content.decode()
    assert not FilledSheet.objects.exists()


def test_where_the_walls_do_not_stand_no_workbook_is_read(counter, enter, monkeypatch):
    client = enter(counter.clerk)
    content = xlsx_with(download(client, "xlsx"), status="đã nhận")

    def refuse(*_words: Any, **_more: Any) -> Any:
        raise UnavailableError("not_confined", running.NOT_CONFINED)

    monkeypatch.setattr(filing, "run", refuse)
    reply = send(client, content)

    assert "vách ngăn" in reply.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "output", [b"", b"[]x", b"[[1]]", b'[["1", {}]]', b'[[1, {"status": 5}]]', b'[[1, {"evil": "x"}]]', b"{}x"]
)
def test_a_confined_process_that_was_taken_over_is_not_believed(monkeypatch, output):
    monkeypatch.setattr(filing, "run", lambda *_words: running.Read({}, output))

    with pytest.raises(InputError):
        filing.read_sheet(b"PK\x03\x04")


def test_the_job_sends_out_only_what_an_answer_needs(counter):
    content = filing.sheet_of([counter.request], "xlsx", "vi")

    facts, output = confined_read(content)

    assert facts == {"rows": 1}
    assert b"0071000123456" not in output and str(counter.request.pk).encode() in output
