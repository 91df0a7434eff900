"""Lists of suspected accounts at both desks: taken, told row by row, given away; by whom; and files that are none."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keng.conftest import MULE
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.signs.models import Suspected
from keng.desk.ground.ledger import queries as ledger
from keng.doors import simo_lists
from keng.doors.partner.simo import FORMS, as_json, as_xlsx
from keng.doors.partner_desk.tests.conftest import with_clerk

OFFICERS, CLERKS = "/ban/dau-hieu/danh-sach/", "/doi-tac/danh-sach/"
GOOD = b"SoTaiKhoan,NghiNgo,TenKhachHang\n0071000123456,2,An\n"
BAD = b"SoTaiKhoan,NghiNgo\n0071000123456,2\n,1\n0072,x\n0071000123456,3\n"


@pytest.fixture
def clerk(cast):
    return with_clerk(cast, "970436", "Vietcombank")


def enter(who) -> Client:
    client = Client()
    client.force_login(who)
    return client


def send(client, home, content=GOOD, bank="970436", form="002", name="ds.csv", language="vi"):
    sent = {"bank": bank, "form": form, "file": SimpleUploadedFile(name, content)}
    return client.post(f"{home}?lang={language}", sent)


def give(client, home, bank="970436", form="002", shape="csv"):
    return client.post(f"{home}tep/", {"bank": bank, "form": form, "shape": shape})


@pytest.mark.parametrize("desk", ["officer", "clerk"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_good_rows_are_taken_and_each_bad_one_is_told_in_both_languages(cast, clerk, desk, language):
    who, home = (cast.first, OFFICERS) if desk == "officer" else (clerk, CLERKS)
    reply = send(enter(who), home, BAD, language=language)

    assert reply.status_code == 200
    result = reply.context["result"]
    assert (result["accounts"], result["bad"]) == (1, 3)
    assert [(one["row"], one["field"]) for one in result["faults"]] == [
        (3, "SoTaiKhoan"), (4, "NghiNgo"), (5, "SoTaiKhoan"),
    ]  # fmt: skip
    page = reply.content.decode()
    for words in ("NghiNgo phải là số nguyên", "NghiNgo must be a whole number", "dòng 2", "row 2"):
        assert words in page
    assert ("Hand a list in" if language == "en" else "Gửi danh sách vào") in page
    assert list(Suspected.objects.values_list("account", "source", "reason")) == [(MULE, "970436", 2)]
    entry = next(one for one in ledger.newest_entries() if one.verb == "signs.take_suspects")
    assert (entry.actor, entry.subject) == (who.actor, "partner:970436")


@pytest.mark.parametrize(
    ("content", "name"),
    [(as_xlsx(FORMS["019"], [{"SoTaiKhoan": "0071000123456", "NghiNgo": 1}]), "ds.xlsx"),
     (as_json(FORMS["019"], [{"SoTaiKhoan": "0071000123456", "NghiNgo": 1}]), "ds.json")],
)  # fmt: skip
def test_a_workbook_and_the_apis_array_are_taken_too(clerk, content, name):
    assert send(enter(clerk), CLERKS, content, form="019", name=name).context["result"]["accounts"] == 1
    assert Suspected.objects.get().account == MULE


def test_nothing_of_a_row_but_account_and_codes_is_kept(clerk, stored_bytes):
    send(enter(clerk), CLERKS, b"SoTaiKhoan,NghiNgo,TenKhachHang,GhiChu\n0071000123456,2,Bong Thi Hoa,zzz-note\n")
    assert Suspected.objects.count() == 1
    assert b"Bong Thi Hoa" not in stored_bytes()
    assert b"zzz-note" not in stored_bytes()


def zipped(size: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"a" * size)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff" * 100, b"Cif\n1\n", b"[1]", b'[{"a":', b"PK\x03\x04" + b"\x00" * 50, zipped(30_000_000),
     b"SoTaiKhoan,NghiNgo\n" + b"1,1\n" * 20_001, b"[" * 100_000],
    ids=["empty", "bytes", "no heading", "no records", "cut", "no archive", "bomb", "too many", "deep"],
)  # fmt: skip
def test_what_is_no_list_is_refused_whole_with_the_form_still_there(clerk, content):
    reply = send(enter(clerk), CLERKS, content)
    assert reply.status_code == 422
    assert reply.context["notice"]["tone"] == "urgent"
    assert reply.context["result"] is None
    assert 'id="take-file"' in reply.content.decode()
    assert not Suspected.objects.exists()


def test_a_name_of_a_file_and_a_heading_with_markup_are_words(clerk):
    reply = send(enter(clerk), CLERKS, b"SoTaiKhoan,NghiNgo,<script>\n<b>1</b>,<i>,x\n", name="<script>alert(1)<.csv")
    page = reply.content.decode()
    assert reply.context["result"]["accounts"] == 0
    assert "<script>alert" not in page
    assert "<b>1" not in page


def test_many_faults_are_shown_up_to_a_number(clerk, monkeypatch):
    monkeypatch.setattr(simo_lists, "SHOWN_FAULTS", 2)
    reply = send(enter(clerk), CLERKS, b"SoTaiKhoan,NghiNgo\n" + b",1\n" * 5)
    assert (len(reply.context["result"]["faults"]), reply.context["result"]["hidden"]) == (2, 3)
    assert "Và 3 lỗi nữa." in reply.content.decode()


@pytest.mark.parametrize("desk", ["officer", "clerk"])
@pytest.mark.parametrize("shape", ["csv", "xlsx", "json"])
def test_a_banks_list_goes_out_and_the_ledger_says_by_whom(cast, clerk, desk, shape):
    held = cast.hold()
    measures.approve(cast.second, held.pk, now=cast.clock.at)
    who, home = (cast.first, OFFICERS) if desk == "officer" else (clerk, CLERKS)
    reply = give(enter(who), home, shape=shape)

    assert reply.status_code == 200
    assert reply.headers["Content-Disposition"].endswith(f'.{shape}"')
    if shape == "csv":
        [row] = csv.DictReader(io.StringIO(reply.content.decode("utf-8-sig")))
        assert row["SoTaiKhoan"] == "0071000123456"
    if shape == "json":
        assert [one["SoTaiKhoan"] for one in json.loads(reply.content)] == ["0071000123456"]
    entry = next(one for one in ledger.newest_entries() if one.verb == "signs.give_list")
    assert (entry.actor, entry.subject) == (who.actor, "partner:970436")
    assert (entry.facts["accounts"], entry.facts["form"], entry.facts["shape"]) == (1, "002", shape)
    if shape == "json":
        assert json.loads(give(enter(cast.first), OFFICERS, bank="970418", shape="json").content) == []


def test_a_clerk_reaches_no_other_banks_list(cast, clerk):
    with_clerk(cast, "970418", "BIDV")
    client = enter(clerk)
    assert "970418" not in client.get(CLERKS).content.decode()
    for reply in (send(client, CLERKS, bank="970418"), give(client, CLERKS, bank="970418")):
        assert reply.status_code == 403
    assert client.get(CLERKS).context["banks"] == [("970436", "Vietcombank")]
    for reply in (client.get(OFFICERS), send(client, OFFICERS), give(client, OFFICERS), enter(cast.first).get(CLERKS)):
        assert reply.status_code == 403
    assert not Suspected.objects.exists()


def test_a_clerk_of_no_bank_is_told_so(cast):
    client = enter(with_clerk(cast, "carrier:mang1", "Mạng 1", "carrier"))
    page = client.get(CLERKS).content.decode()
    assert "chỉ dành cho ngân hàng" in page
    assert 'id="take-file"' not in page
    assert send(client, CLERKS, bank="carrier:mang1").status_code == 403


def test_only_who_leads_hands_in_for_every_bank(cast):
    from keng.desk.ground.organisations import actions as organisations
    from keng.desk.ground.organisations.actions import NewOrganisation
    from keng.desk.ground.people import actions as people

    centre = cast.first.appointments.get().organisation
    province = organisations.add(NewOrganisation("tinh", "province", "Công an tỉnh", parent=centre), now=cast.clock.at)
    who = people.enrol("ba", "Ba", "", "officer", organisation=province, now=cast.clock.at)
    for other in (who, cast.auditor, cast.operator):
        client = enter(other)
        assert client.get(OFFICERS).status_code == 403
        assert send(client, OFFICERS).status_code == 403
        assert give(client, OFFICERS).status_code == 403
    assert OFFICERS not in enter(who).get("/ban/dau-hieu/").content.decode()
    assert OFFICERS in enter(cast.first).get("/ban/dau-hieu/").content.decode()
    assert not Suspected.objects.exists()


def test_a_bank_a_form_or_a_shape_that_is_none_is_refused(cast):
    client = enter(cast.first)
    assert send(client, OFFICERS, bank="999999").status_code == 403
    assert send(client, OFFICERS, form="001").status_code == 422
    assert client.post(OFFICERS, {"bank": "970436", "form": "002"}).status_code == 422
    for more in ({"form": "x"}, {"shape": "pdf"}):
        assert give(client, OFFICERS, **more).status_code == 422
    assert not [one for one in ledger.newest_entries() if one.verb.startswith("signs.")]
