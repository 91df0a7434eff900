"""Officers' pages of registers: for who leads alone, with looks in the ledger, and nothing of a person where none was opened."""

from __future__ import annotations

import pytest

from keng.desk.fraud.registers.models import Effect, Guessing, Register
from keng.desk.fraud.registers.tests.made import SECRET_NAME, made_guessing, made_register
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.people.actions import enrol

LISTS = ("", "HS-7K3M2QX/", "HS-7K3M2QX/moi/", "HS-7K3M2QX/ho-so/", "HS-7K3M2QX/ho-so/?ket_luan=mismatch&tinh=79&ly_do=dob_differs",
         "HS-7K3M2QX/tep.csv", "HS-7K3M2QX/tep.xlsx", "HS-7K3M2QX/?tinh=79")  # fmt: skip


@pytest.fixture
def register(cast):
    return made_register(cast, cast.bank)


def at(path: str) -> str:
    return f"/ban/so-dang-ky/{path}"


@pytest.mark.parametrize("path", LISTS)
def test_pages_show_sums_and_no_person(cast, register, enter, path, entries):
    reply = enter(cast.first).get(at(path))

    assert reply.status_code == 200
    assert SECRET_NAME.encode() not in reply.content
    assert "registers.look" not in entries()


@pytest.mark.parametrize("path", LISTS)
def test_a_provinces_officer_and_an_operator_see_nothing(cast, register, enter, path):
    unit = add(NewOrganisation("tinh-1", "province", "Công an tỉnh 1"), now=cast.clock.at)
    of_province = enrol("tinh", "Trực ban tỉnh", "", "officer", organisation=unit, now=cast.clock.at)

    for officer in (of_province, cast.operator, None):
        assert enter(officer).get(at(path)).status_code == 403
    assert b"so-dang-ky" not in enter(of_province).get("/ban/").content


def test_rows_are_narrowed(cast, register, enter):
    page = enter(cast.auditor).get(at("HS-7K3M2QX/ho-so/?ket_luan=mismatch&tinh=79")).content.decode()

    assert page.count("<tr data-row") == 3
    assert "Ngày sinh khác" in page and "Không tìm thấy ai" not in page


def test_a_file_holds_codes_and_guards_formulas(cast, register, enter):
    from keng.desk.fraud.registers.models import Record

    Record.objects.filter(number=1).update(record="=1+1")
    told = enter(cast.first).get(at("HS-7K3M2QX/tep.csv")).content.decode("utf-8-sig").splitlines()

    assert told[0] == "record_id,verdict,reasons,fields to correct"
    assert told[1] == "'=1+1,verified,,"
    assert told[7] == "r7,mismatch,dob_differs,date_of_birth"
    assert enter(cast.first).get(at("HS-7K3M2QX/tep.pdf")).status_code == 422


def test_a_sample_is_reviewed_by_one_key_each_and_each_look_is_recorded(cast, register, enter, entries):
    client = enter(cast.first)
    reply = client.get(at("HS-7K3M2QX/mau/"))
    assert reply.headers["Location"] == at("HS-7K3M2QX/mau/1/")
    page = client.get(reply.headers["Location"]).content.decode()
    assert SECRET_NAME in page and 'data-key="d"' in page and 'data-key="s"' in page

    said = client.post(at("HS-7K3M2QX/mau/1/noi/"), {"noi": "dung"})
    assert client.get(said.headers["Location"]).headers["Location"] == at("HS-7K3M2QX/mau/2/")
    client.post(at("HS-7K3M2QX/mau/2/noi/"), {"noi": "sai"})

    assert entries(register.subject) == ["registers.look", "registers.judge", "registers.judge"]
    assert "2/12" in client.get(at("HS-7K3M2QX/")).content.decode()
    assert enter(cast.auditor).get(at("HS-7K3M2QX/mau/1/")).status_code == 403


def test_a_refused_proposal_says_why_on_the_page(cast, register, enter):
    client = enter(cast.first)
    client.post(at("HS-7K3M2QX/de-nghi/"), {"reason": "đủ"})

    assert "Còn 12 hồ sơ mẫu chưa ai xem." in client.get(at("HS-7K3M2QX/")).content.decode()
    assert Register.objects.get().effect == Effect.NONE


def test_guessing_waits_in_the_bar_until_it_is_settled_with_a_reason(cast, enter):
    item = made_guessing(cast, cast.bank)
    client = enter(cast.first)
    assert "Dấu hiệu dò hỏi" in client.get(at("")).content.decode()

    client.post(at(f"do-hoi/{item.pk}/"), {"reason": ""})
    assert Guessing.objects.get().settled_at is None
    client.post(at(f"do-hoi/{item.pk}/"), {"reason": "Nhân viên mới gõ nhầm."})

    assert Guessing.objects.get().settled_at is not None
