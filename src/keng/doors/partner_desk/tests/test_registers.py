"""The clerk's way: a register by form or by parts, one's own results, one question."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from keng.desk.fraud.registers.models import Asked, Register
from keng.desk.fraud.registers.tests.conftest import as_csv, person, record
from keng.desk.fraud.registers.tests.made import SECRET_NAME, made_register
from keng.desk.ground.partners import queries as partners
from keng.doors.partner_desk.tests.conftest import with_clerk
from keng.doors.partner_desk.urls import app_name, urlpatterns

CONTENT = as_csv([record(number) for number in range(30)])
PURPOSE = "sim.cleanse.nd163-2024.d18"
HOME = "/doi-tac/so-dang-ky/"


@pytest.fixture
def clerk(cast, settings, tmp_path):
    settings.KENG_HOME = tmp_path
    return with_clerk(cast, "carrier:mang1", "Mạng 1", "carrier")


@pytest.fixture
def other(cast):
    return with_clerk(cast, "carrier:mang2", "Mạng 2", "carrier")


def test_a_small_file_goes_in_by_the_plain_form(clerk, enter):
    file = SimpleUploadedFile("sim.csv", CONTENT)
    reply = enter(clerk).post(HOME, {"partner": "carrier:mang1", "purpose": PURPOSE, "file": file})

    register = Register.objects.get()
    assert reply.headers["Location"] == f"{HOME}{register.code}/"
    assert (register.state, register.received, register.handed_in_by) == ("checking", len(CONTENT), clerk.actor)
    assert register.code in enter(clerk).get(HOME).content.decode()


def test_a_large_file_goes_in_by_parts_and_goes_on_after_a_break(clerk, enter):
    client = enter(clerk)
    told = client.post(
        f"{HOME}mo/", {"partner": "carrier:mang1", "purpose": PURPOSE, "name": "s.csv", "size": len(CONTENT)}
    ).json()
    for offset in range(0, len(CONTENT), 1500):
        standing = client.get(f"{told['url']}da-nhan/").json()
        assert standing["received"] == offset
        some = CONTENT[offset : offset + 1500]
        url = f"{told['part_url']}?offset={offset}&sha256={hashlib.sha256(some).hexdigest()}"
        assert client.post(url, some, content_type="application/octet-stream").status_code == 200
    done = client.post(told["finish_url"], {"sha256": hashlib.sha256(CONTENT).hexdigest()})

    assert done.json()["state"] == "checking"
    bad = client.post(f"{HOME}mo/", {"partner": "carrier:mang1", "purpose": "x", "name": "s.csv", "size": 5})
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "no_purpose")


@pytest.mark.parametrize("path", ["", "moi/", "da-nhan/", "ho-so/", "tep.csv", "tep.xlsx"])
def test_ones_own_register_and_nobody_elses(cast, clerk, other, enter, path):
    register = made_register(cast, partners.find_partner("carrier:mang1"))
    url = f"{HOME}{register.code}/{path}"

    mine = enter(clerk).get(url)
    assert mine.status_code == 200 and SECRET_NAME.encode() not in mine.content
    assert enter(other).get(url).status_code == 404
    assert enter(cast.first).get(url).status_code == 403
    assert register.code not in enter(other).get(HOME).content.decode()


OWN = [one.name for one in urlpatterns if one.name.startswith(("register", "question"))]


@pytest.mark.parametrize("name", OWN)
def test_who_is_no_clerk_gets_nothing_from_any_of_these_addresses(cast, clerk, enter, name):
    """And changes nothing, by either method."""
    register = made_register(cast, partners.find_partner("carrier:mang1"))
    plain = ("registers", "register_begin", "question")
    more = {"form": "csv"} if name == "register_export" else {}
    url = reverse(f"{app_name}:{name}", kwargs={} if name in plain else {"code": register.code, **more})
    before = Register.objects.values().get()

    for officer in (None, cast.first, cast.auditor, cast.operator):
        for method in ("get", "post"):
            reply = getattr(enter(officer), method)(url)
            assert reply.status_code in (403, 405), (officer, method)
            assert SECRET_NAME.encode() not in reply.content

    assert Register.objects.values().get() == before


def test_another_clerk_adds_nothing(cast, clerk, other, enter):
    told = (
        enter(clerk)
        .post(f"{HOME}mo/", {"partner": "carrier:mang1", "purpose": PURPOSE, "name": "s.csv", "size": 50})
        .json()
    )

    for path in ("phan/?offset=0&sha256=" + "0" * 64, "xong/", "bo/"):
        assert (
            enter(other).post(f"{told['url']}{path}", b"x", content_type="application/octet-stream").status_code == 404
        )
    refused = enter(other).post(
        f"{HOME}mo/", {"partner": "carrier:mang1", "purpose": PURPOSE, "name": "s.csv", "size": 50}
    )
    assert refused.status_code == 403
    assert enter(clerk).post(f"{told['url']}bo/").status_code == 302
    assert Register.objects.get().state == "abandoned"


def test_faults_are_told_by_row_in_both_languages(cast, clerk, enter):
    register = made_register(cast, partners.find_partner("carrier:mang1"))
    Register.objects.update(state="bad", faults=[[7, "record_id", "id_repeated"]], fault_count=1)

    page = enter(clerk).get(f"{HOME}{register.code}/").content.decode()

    assert "record_id này đã có ở dòng trước." in page and "This record_id stood in an earlier row." in page


def test_one_question_is_answered_on_the_page(clerk, enter, settings, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([person(11)]), tmp_path / "p.parquet")
    settings.KENG_POPULATION = str(tmp_path / "p.parquet")
    own = person(11)
    body = {
        "purpose": "sim.open.tt08-2026",
        "holder_id": own["citizen_id"],
        "full_name": own["full_name"],
        "date_of_birth": "11/11/1911",
    }

    page = enter(clerk).post("/doi-tac/hoi/", body).content.decode()

    assert "cần sửa ngày sinh" in page
    assert own["date_of_birth"] not in page
    assert Asked.objects.get().by == clerk.actor
    assert enter(clerk).post("/doi-tac/hoi/", {**body, "holder_id": ""}).status_code == 422
