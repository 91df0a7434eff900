"""The pages of organisations: what each kind of reader sees and may do, in both languages, with a whole country in the tree."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from keng.desk.ground.duty.models import Shift
from keng.desk.ground.organisations import queries, tree
from keng.desk.ground.people.models import Appointment
from keng.desk.ground.places.models import Village
from keng.doors.officers.urls import app_name

MOST_QUERIES = 26
READ = ("organisations", "organisation", "roster", "gaps", "propose_changes", "proposal", "villages")
WRITE = ("appoint", "end_appointment", "attest", "withdraw", "plan_shift", "cancel_shift", "approve_proposal",
         "decline_proposal", "add_villages", "end_village")  # fmt: skip
# For keeper, approver (of the commune) and the bank's clerk.
EXPECTED = {
    **dict.fromkeys(("organisation", "roster", "gaps", "proposal", "villages"), (200, 200, 403)),
    "organisations": (403, 403, 403),
    "propose_changes": (200, 403, 403),
    **dict.fromkeys(WRITE, (403, 403, 403)),
    "plan_shift": (422, 403, 403),
    "cancel_shift": (302, 403, 403),
    "approve_proposal": (403, 302, 403),
    "decline_proposal": (403, 302, 403),
    "add_villages": (422, 403, 403),
    "end_village": (302, 403, 403),
}
WHO = ("keeper", "approver", "clerk")


def address(name, desk):
    return reverse(f"{app_name}:{name}", kwargs=desk.ground.addresses.get(name))


def ask(client, name, desk, **data):
    return (client.get if name in READ else client.post)(address(name, desk), data)


def page_of(reply):
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.fixture
def desk(lasting_desk):
    return lasting_desk


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("name", (*READ, *WRITE))
def test_who_keeps_data_and_who_is_a_partner_get_what_they_may(desk, enter, name, who):
    reply = ask(enter(getattr(desk.ground, who)), name, desk, reason="có căn cứ")

    assert reply.status_code == EXPECTED[name][WHO.index(who)]
    if reply.status_code == 403 and who == "clerk":
        assert "Công an xã Một" not in reply.content.decode()


@pytest.mark.parametrize("name", [name for name in (*READ, *WRITE) if name != "organisations"])
def test_what_is_not_there_is_refused_to_a_partner_as_what_is_not_theirs(desk, enter, name):
    """The reply tells a bank's clerk nothing of which units, shifts, proposals and villages there are."""
    client, there = enter(desk.ground.clerk), address(name, desk)
    nowhere = {"code": "khong-co", "ident": uuid4() if "proposal" in name else 10**9}
    elsewhere = reverse(f"{app_name}:{name}", kwargs={key: nowhere[key] for key in desk.ground.addresses[name]})
    method = client.get if name in READ else client.post

    replies = [method(url, {"reason": "x"}) for url in (there, elsewhere)]
    assert {reply.status_code for reply in replies} == {403}
    pages = [reply.content.decode().replace(there, "").replace(elsewhere, "") for reply in replies]
    assert pages[0].split("<main")[1] == pages[1].split("<main")[1]


def test_a_partner_sees_their_own_organisation_and_nobodys_roster(desk, enter):
    client = enter(desk.ground.clerk)

    assert "Ngân hàng Một" in page_of(client.get("/ban/don-vi/ngan-hang/"))
    assert client.get("/ban/don-vi/ngan-hang/truc/").status_code == 403
    assert client.get("/ban/", follow=True).redirect_chain[-1][0] == "/doi-tac/"


@pytest.mark.parametrize(("language", "words"), [("vi", "Công an xã Một"), ("en", "Unit xa")])
@pytest.mark.parametrize("name", [name for name in READ if name != "propose_changes"])
def test_the_pages_name_the_unit_in_the_readers_language(desk, enter, name, language, words):
    page = page_of(enter(desk.cast.second).get(f"{address(name, desk)}?lang={language}&q=xa"))

    assert words in page


@pytest.mark.parametrize(
    "query",
    [
        "?tuan=",
        "?tuan=x",
        "?tuan=0001-01-01",
        "?tuan=9999-12-31",
        "?tuan=2026-02-30",
        "?ky-nang=x",
        "?q=" + "a" * 3000,
    ],
)
@pytest.mark.parametrize("name", ["roster", "gaps", "organisations"])
def test_any_week_and_any_search_can_be_asked_for(desk, enter, name, query):
    assert enter(desk.cast.second).get(address(name, desk) + query).status_code == 200


@pytest.mark.parametrize("bad", ["0", "99999999999999999999999999", "x", "-1"])
@pytest.mark.parametrize("name", ["end_appointment", "cancel_shift", "end_village", "withdraw"])
def test_a_number_that_is_none_crashes_nothing(desk, enter, name, bad):
    ident = desk.ground.addresses[name]["ident"]
    url = address(name, desk).replace(f"/{ident}/", f"/{bad}/")

    assert enter(desk.cast.operator).post(url, {"reason": "x"}).status_code in (403, 404)


# --- doing things


def test_a_shift_is_planned_by_keyboard_and_the_form_is_ready_for_the_next_day(desk, enter):
    body = {
        "officer": desk.ground.on_duty.pk,
        "kind": "backup",
        "day": "2026-11-24",
        "begins": "22:00",
        "ends": "06:00",
    }

    page = page_of(enter(desk.ground.keeper).post(address("plan_shift", desk), body, follow=True))

    made = Shift.objects.latest("pk")
    assert (made.ends_at - made.starts_at, made.kind) == (timedelta(hours=8), "backup")
    assert "hôm sau" in page
    assert 'value="2026-11-25"' in page
    assert 'value="22:00"' in page


def test_a_shift_that_cannot_be_is_told_and_what_was_typed_stays(desk, enter):
    body = {"officer": desk.ground.on_duty.pk, "kind": "primary", "day": "không", "begins": "22:00", "ends": "06:00"}

    reply = enter(desk.ground.keeper).post(address("plan_shift", desk), body)
    assert (reply.status_code, 'value="không"' in reply.content.decode()) == (422, True)

    page = page_of(
        enter(desk.ground.keeper).post(address("plan_shift", desk), {**body, "day": "2020-01-06"}, follow=True)
    )
    assert "Ca trực này đã qua." in page
    assert 'value="2020-01-06"' in page


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Dòng 2: trùng với dòng 1."), ("en", "Line 2: the same as line 1.")]
)
def test_wrong_lines_are_named_and_the_paste_is_kept(desk, enter, language, words):
    body = {"lines": "Thôn Hai\nthôn hai", "since": "2026-11-01"}

    reply = enter(desk.ground.keeper).post(f"{address('add_villages', desk)}?lang={language}", body)

    page = reply.content.decode()
    assert (reply.status_code, Village.objects.count()) == (422, 1)
    assert words in page
    assert "Thôn Hai\nthôn hai" in page


def test_a_list_of_villages_is_pasted_and_one_is_ended(desk, enter):
    client = enter(desk.ground.keeper)
    page = page_of(
        client.post(address("add_villages", desk), {"lines": "Thôn 10\nThôn 2", "since": "2026-11-01"}, follow=True)
    )
    assert page.index("Thôn 2<") < page.index("Thôn 10<")

    page = page_of(client.post(address("end_village", desk), {"reason": "đã nhập"}, follow=True))
    assert Village.objects.get(pk=desk.ground.village.pk).end_reason == "đã nhập"
    assert "đã nhập" in page


def test_a_proposal_goes_from_the_keeper_to_the_approver_and_into_force(desk, enter):
    keeper, approver = enter(desk.ground.keeper), enter(desk.ground.approver)
    page = page_of(keeper.get(address("propose_changes", desk)))
    assert 'name="base" value="1"' in page
    body = {
        "base": 1,
        "name": "Công an xã Một",
        "name_en": "Unit xa",
        "hours": "24/7",
        "contacts": "",
        "equipment": "Xe | 1",
        "why": "xe mới",
    }
    reply = keeper.post(address("propose_changes", desk), body)
    assert "Người duyệt phải là người khác." not in page_of(keeper.get(reply.url))  # a keeper may not approve at all

    page = page_of(approver.get(reply.url))
    assert ("Xe | 1" in page, "duyet/" in page) == (True, True)
    approver.post(f"{reply.url}duyet/")

    assert [one.name for one in queries.facts_of(desk.ground.commune).equipment] == ["Xe"]
    page = page_of(approver.get(address("proposal", desk)))
    assert "nên không duyệt được nữa" in page  # the other proposal met it
    assert "duyet/" not in page


def test_a_form_opened_before_a_change_is_told_so_and_keeps_what_was_typed(desk, enter):
    enter(desk.ground.approver).post(address("approve_proposal", desk))
    body = {
        "base": 1,
        "name": "A",
        "name_en": "A",
        "hours": "24/7",
        "contacts": "fax | 069 222 | 24/7",
        "equipment": "",
        "why": "x",
    }

    reply = enter(desk.ground.keeper).post(address("propose_changes", desk), body)

    assert reply.status_code == 422
    assert "Hãy mở lại và viết đề nghị mới." in reply.content.decode()
    assert "fax | 069 222 | 24/7" in reply.content.decode()


@pytest.mark.parametrize(
    ("name", "words"), [("kiem", "Đã giao vai trò."), ("khong-ai", "Không có ai mang tên nội bộ này.")]
)
def test_a_role_is_given_by_internal_name(desk, enter, name, words):
    body = {"appoint-username": name, "appoint-role": "keeper"}
    reply = enter(desk.cast.operator).post(address("appoint", desk), body, follow=True)

    assert words in reply.content.decode()
    assert Appointment.objects.filter(role="keeper", officer__username="kiem").exists() is (name == "kiem")


def test_a_skill_is_attested_on_the_page(desk, enter):
    body = {"attest-officer": desk.ground.on_duty.pk, "attest-skill": "lao", "attest-since": "2026-11-01"}

    assert "Tiếng Lào" in page_of(enter(desk.cast.operator).post(address("attest", desk), body, follow=True))


# --- a whole country


@pytest.fixture
def country(desk):
    centre = desk.cast.first.appointments.get().organisation
    tree.load(centre, desk.cast.clock.at.date(), now=desk.cast.clock.at, communes=True)
    return centre


@pytest.mark.parametrize(
    "page", ["", "?q=cong+an+xa", "{centre}/", "{centre}/truc/", "{centre}/trong/", "{widest}/", "{widest}/trong/"]
)
def test_a_page_stays_light_with_every_unit_of_the_country(desk, enter, country, page):
    units = {
        one: len(queries.children(one, desk.cast.clock.at.date()))
        for one in queries.children(country, desk.cast.clock.at.date())
    }
    widest = max(units, key=units.get)
    url = "/ban/don-vi/" + page.format(centre=country.code, widest=widest.code)
    client = enter(desk.cast.second)

    with CaptureQueriesContext(connection) as asked:
        reply = client.get(url)

    assert reply.status_code == 200
    assert len(asked) <= MOST_QUERIES
    assert len(reply.content) < 150_000
