"""SIMO-shaped lists: round trips, a clerk's hand, row-exact faults in both languages, and what is kept of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.base.errors import InputError
from keng.conftest import MULE
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.signs.models import Suspected
from keng.doors.partner.sheets.reading import csv_cells, xlsx_cells
from keng.doors.partner.simo import FORMS, Fault, Record, as_csv, as_json, as_xlsx, exchanging, find_form, records_of
from keng.doors.partner.simo.reading import MOST_ROWS, rows_of_cells, rows_of_json

P = FORMS["002"]
SIGNS = st.characters(exclude_categories=["C", "Z"])


def values_of(form):
    """Records that the form may hold, as they come back: text trimmed, nothing as None."""
    fields = {}
    for field in form.fields:
        if field.kind == "text":
            some = st.text(SIGNS, min_size=1, max_size=min(field.most, 12)).filter(lambda text: text[0] != "'")
        elif field.codes:
            some = st.sampled_from(field.codes)
        else:
            some = st.integers(0, 9999)
        fields[field.code] = some if field.needed else st.none() | some
    return st.fixed_dictionaries(fields)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_what_is_written_is_read_back_as_it_was(form):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(values_of(form), max_size=5))
    def check(records):
        wanted = [Record(number, record) for number, record in enumerate(records, 2)]
        assert list(records_of(form, rows_of_cells(form, csv_cells(as_csv(form, records))))) == wanted
        cells = xlsx_cells(as_xlsx(form, records), MOST_ROWS)
        assert list(records_of(form, rows_of_cells(form, cells))) == wanted
        wanted = [Record(number, record) for number, record in enumerate(records, 1)]
        assert list(records_of(form, rows_of_json(form, as_json(form, records)))) == wanted

    check()


def read(text: str, form=P):
    return list(records_of(form, rows_of_cells(form, csv_cells(text.encode()))))


def test_a_clerks_headings_in_any_order_and_language_are_found():
    [record] = read("Danh sách\n\nNghi ngờ;số tài khoản;Lạ\n3.0;'0071 000;x\n;;\n")
    assert (record.row, record.values["SoTaiKhoan"], record.values["NghiNgo"], record.values["Cif"]) == (
        4,
        "'0071 000",
        3,
        None,
    )


@pytest.mark.parametrize(
    ("row", "field", "vi", "en"),
    [
        (",1,,", "SoTaiKhoan", "không được để trống", "must not be empty"),
        ("0071,,,", "NghiNgo", "không được để trống", "must not be empty"),
        ("0071,-1,,", "NghiNgo", "số nguyên", "whole number"),
        ("0071,1,9,", "TrangThaiHoatDongTaiKhoan", "một trong 1, 2, 3, 4, 5", "one of"),
        (f"{'7' * 37},1,,", "SoTaiKhoan", "dài quá 36", "over 36"),
        (f"0071,1,,{'a' * 501}", "GhiChu", "dài quá 500", "over 500"),
    ],
)
def test_each_fault_is_told_with_its_row_and_field_in_both_languages(row, field, vi, en):
    found = read(f"SoTaiKhoan,NghiNgo,TrangThaiHoatDongTaiKhoan,GhiChu\n0072,1,1,ok\n{row}\n0073,2,,\n")
    assert [type(one) for one in found] == [Record, Fault, Record]
    assert (found[1].row, found[1].field) == (3, field)
    assert vi in found[1].said.vi
    assert en in found[1].said.en


def test_two_faults_of_a_row_are_both_told():
    assert [(one.row, one.field) for one in read("SoTaiKhoan,NghiNgo\n,x\n")] == [(2, "SoTaiKhoan"), (2, "NghiNgo")]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"Cif,TenKhachHang\n1,A\n", "no_header"), (b"SoTaiKhoan,NghiNgo,SoTaiKhoan\n", "column_twice"), (b"\xc3\x28", "bad_encoding"),
     (b"[1]", "not_json"), (b'[{"SoTaiKhoan"', "not_json"), (b"", "no_header"), (b"SoTaiKhoan,NghiNgo\n\"a\n", "bad_csv")],
)  # fmt: skip
def test_what_is_no_list_is_refused_whole(cast, content, code):
    with pytest.raises(InputError) as refused:
        exchanging.take(cast.bank, P, content, actor="system:operator", now=cast.clock.at)
    assert refused.value.code == code
    assert not Suspected.objects.exists()


def test_values_of_other_types_in_json_are_faults():
    rows = [{"SoTaiKhoan": True, "NghiNgo": [1]}, {"SoTaiKhoan": 71, "NghiNgo": 1.5}]
    found = list(records_of(P, rows_of_json(P, json.dumps(rows).encode())))
    assert [(one.row, one.field) for one in found] == [(1, "SoTaiKhoan"), (1, "NghiNgo"), (2, "NghiNgo")]


def test_an_unknown_form_is_refused():
    with pytest.raises(InputError):
        find_form("001")


def test_a_list_becomes_suspicions_of_its_bank_without_a_name(cast, stored_bytes):
    content = (
        "Cif,SoTaiKhoan,TenKhachHang,TrangThaiHoatDongTaiKhoan,NghiNgo,GhiChu\n"
        "KH-7700123,0071 000 123 456,Nguyễn Thị Bắp,1,2,gọi 0912345678\n"
        "C2,0071-000-123-456,X,1,2,\nC3,số lạ,Y,1,2,\nC4,0072,Z,3,4,\n"
    )
    taken = exchanging.take(cast.bank, P, content.encode(), actor="system:operator", now=cast.clock.at)

    assert taken.accounts == 2
    assert [(one.row, one.field) for one in taken.faults] == [(3, "SoTaiKhoan"), (4, "SoTaiKhoan")]
    assert "dòng 2" in taken.faults[0].said.vi
    assert list(Suspected.objects.order_by("account").values_list("account", "source", "reason", "status")) == [
        (MULE, "970436", 2, 1), ("970436:0072", "970436", 4, 3),
    ]  # fmt: skip
    kept = stored_bytes()
    assert all(word.encode() not in kept for word in ("Bắp", "0912345678", "KH-7700123"))


def test_a_workbook_is_read_behind_walls(cast):
    content = as_xlsx(P, [{"SoTaiKhoan": "0071000123456", "NghiNgo": 1}])
    assert exchanging.take(cast.bank, P, content, actor="system:operator", now=cast.clock.at).accounts == 1


def test_accounts_under_measures_go_out_and_those_of_others_do_not(cast):
    held = cast.hold()
    measures.approve(cast.second, held.pk, now=cast.clock.at)
    given_out = exchanging.give(cast.bank, P, "json", actor="system:x", now=cast.clock.at)
    assert json.loads(given_out) == [{"SoTaiKhoan": "0071000123456", "TrangThaiHoatDongTaiKhoan": 1, "NghiNgo": 0}]
    assert json.loads(exchanging.give(cast.other_bank, P, "json", actor="system:x", now=cast.clock.at)) == []
    back = exchanging.take(
        cast.bank,
        P,
        exchanging.give(cast.bank, P, "csv", actor="system:x", now=cast.clock.at),
        actor="system:x",
        now=cast.clock.at,
    )
    assert back.accounts == 1
    assert json.loads(exchanging.give(cast.bank, P, "json", actor="system:x", now=cast.clock.pass_by(days=4000))) == []
