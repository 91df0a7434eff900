"""The follow-up through every door: the holder's page, the officers' pages, the partner's API and desk."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from keng.base.webhooks import sign
from keng.desk.fraud.followup import actions
from keng.desk.fraud.followup.models import WordKind
from keng.desk.fraud.followup.standing import State
from keng.desk.fraud.followup.tests.conftest import NUMBER, finding, play  # noqa: F401
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.people.models import Appointment, Officer
from keng.doors.partner_desk.urls import app_name, urlpatterns

PSEUDONYM = "pseudonym-of-a-person"


@pytest.fixture
def case(play):  # noqa: F811
    found = play.case(person=PSEUDONYM)
    play.days(1)
    return found


def come_in(officer):
    client = Client()
    client.force_login(officer)
    return client


def page_of(play, case):  # noqa: F811
    return f"/sua/{play.code(case)}/"


# --- the holder


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("vi", ["Số điện thoại có đuôi 678", "Họ tên trong hồ sơ khác với căn cước", "Nếu chưa sửa, từ", "111-115"]),
        ("en", ["The phone number ending in 678", "The name in the record is not that of your card", "111-115"]),
    ],
)
def test_the_page_says_what_is_wrong_what_to_bring_and_by_when(play, case, client, language, words):  # noqa: F811
    page = client.get(f"{page_of(play, case)}?lang={language}", follow=True).content.decode()

    assert [one for one in words if one not in page] == []
    assert NUMBER not in page and "0912345678" not in page and PSEUDONYM not in page and "0.999" not in page


@pytest.mark.parametrize("way", ["corrected", "not_mine", "person"])
def test_one_press_says_it(play, case, client, way):  # noqa: F811
    reply = client.post(f"{page_of(play, case)}noi/", {"way": way})

    assert reply.status_code == 302
    assert case.words.get().kind == WordKind(way)
    again = client.post(f"{page_of(play, case)}noi/", {"way": way})
    assert again.status_code == 409
    assert client.get(page_of(play, case)).status_code == 200


def test_an_appeal_is_written_on_the_page_and_answered_there(play, case, client):  # noqa: F811
    empty = client.post(f"{page_of(play, case)}khieu-nai/", {"text": ""})
    assert empty.status_code == 422 and "Bạn chưa viết gì" in empty.content.decode()

    client.post(f"{page_of(play, case)}khieu-nai/", {"text": "Tôi đã đổi tên năm 2020."})
    assert play.state(case) is State.STOPPED
    assert "Thời hạn đang dừng" in client.get(page_of(play, case)).content.decode()
    actions.answer_appeal(
        play.cast.first, case.words.get().pk, grant=False, reason="chưa thấy giấy đổi tên", now=play.cast.clock.at
    )
    assert "chưa thấy giấy đổi tên" in client.get(page_of(play, case)).content.decode()


def test_who_opened_the_case_stands_on_the_holders_page_and_in_the_ledger(play, case, client, entries):  # noqa: F811
    assert "Chưa có ai" in client.get(page_of(play, case)).content.decode()
    come_in(play.cast.first).get(f"/ban/theo-doi/{case.pk}/")
    come_in(play.cast.auditor).get(f"/ban/theo-doi/{case.pk}/")

    page = client.get(page_of(play, case)).content.decode()
    assert "Xem để quyết định về hồ sơ này" in page and "Kiểm tra công việc" in page
    assert "Mot" not in page
    assert entries(case.subject) == ["followup.look", "followup.look"]


def test_a_case_that_is_over_says_so_and_offers_nothing(play, case, client):  # noqa: F811
    actions.correct(play.carrier, "c1", ["r1"], now=play.cast.clock.at)
    page = client.get(page_of(play, case)).content.decode()

    assert "Thông tin đã đúng" in page
    assert "Tôi đã sửa xong" not in page


def test_the_code_is_found_where_all_codes_are_asked_for(play, case, client):  # noqa: F811
    assert client.get("/theo-doi/", {"code": play.code(case).lower()}).headers["Location"] == page_of(play, case)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_wrong_code_opens_nothing(play, case, client, method):  # noqa: F811
    assert getattr(client, method)("/sua/7K3M-2QXW-90AB-CDEF/").status_code in (404, 405)
    assert client.post("/sua/7K3M-2QXW-90AB-CDEF/noi/", {"way": "corrected"}).status_code == 404


# --- officers


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_officers_pages_show_the_case_its_clock_and_what_waits(play, client, language):  # noqa: F811
    batch = play.begin(finding("r1"), finding("r2", verdict="ambiguous", probability=0.5), finding("r3"))
    play.days(1)
    cases = {one.record: one for one in batch.cases.all()}
    actions.appeal(play.code(cases["r3"]), "Không đúng", play.cast.keys, now=play.cast.clock.at)
    desk = come_in(play.cast.first)

    for address in ("/ban/theo-doi/", f"/ban/theo-doi/dot/{batch.pk}/", f"/ban/theo-doi/{cases['r1'].pk}/", "/ban/"):
        reply = desk.get(f"{address}?lang={language}", follow=True)
        assert reply.status_code == 200, address
        assert "Không đúng" not in reply.content.decode()
        assert play.code(cases["r1"]) not in reply.content.decode()
    assert "Không đúng" in desk.get(f"/ban/theo-doi/{cases['r3'].pk}/").content.decode()


@pytest.mark.parametrize("state", [*State, "", "nothing"])
def test_each_state_can_be_listed(play, case, state):  # noqa: F811
    assert come_in(play.cast.auditor).get("/ban/theo-doi/", {"state": str(state)}).status_code == 200


def test_a_number_is_found_whole_and_never_by_a_part(play, case):  # noqa: F811
    desk = come_in(play.cast.first)

    assert "0912" in desk.get("/ban/theo-doi/", {"number": "0912345678"}).content.decode()
    assert str(case.pk) not in desk.get("/ban/theo-doi/", {"number": "09123456"}).content.decode()


def test_the_keys_of_a_case_decide_call_exempt_and_answer(play):  # noqa: F811
    batch = play.begin(*(finding(f"r{n}", verdict="ambiguous", probability=0.5) for n in range(5)))
    play.days(1)
    cases = list(batch.cases.order_by("record"))
    desk = come_in(play.cast.first)

    def post(case, where, **fields):
        return desk.post(f"/ban/theo-doi/{case.pk}/{where}/", {"reason": "đã xem giấy tờ", **fields}).status_code

    assert post(cases[0], "quyet-dinh", way="go_on") == post(cases[1], "quyet-dinh", way="let_go") == 302
    assert post(cases[2], "mien", ground="machine") == post(cases[3], "goi", outcome="reached") == 302
    word = actions.appeal(play.code(cases[4]), "Không đúng", play.cast.keys, now=play.cast.clock.at)
    assert post(cases[4], f"khieu-nai/{word.pk}", way="grant") == 302
    found = [play.state(one) for one in cases]
    assert found == [State.WINDOW, State.LET_GO, State.EXEMPT, State.PERSON, State.GRANTED]
    assert cases[3].calls.count() == 1


def test_a_whole_batch_is_decided_and_taken_back(play):  # noqa: F811
    batch = play.begin(*(finding(f"r{n}", verdict="conflict", probability=None) for n in range(3)))
    play.days(1)
    desk = come_in(play.cast.first)
    told = {"verdict": "conflict", "way": "go_on", "reason": "số của người khác"}

    assert desk.post(f"/ban/theo-doi/dot/{batch.pk}/quyet-dinh/", told).status_code == 302
    assert {play.state(one) for one in batch.cases.all()} == {State.WINDOW}
    assert desk.post(f"/ban/theo-doi/dot/{batch.pk}/rut-lai/", {"reason": "nhầm tệp"}).status_code == 302
    assert {play.state(one) for one in batch.cases.all()} == {State.TAKEN_BACK}


def test_who_may_not_gets_nothing(play, case):  # noqa: F811
    addresses = [f"/ban/theo-doi/{case.pk}/quyet-dinh/", f"/ban/theo-doi/dot/{case.batch_id}/rut-lai/"]

    for role, status in (("auditor", 302), ("operator", 403)):
        desk = come_in(getattr(play.cast, role))
        assert desk.get("/ban/theo-doi/").status_code == (200 if role == "auditor" else 403)
        for address in addresses:
            assert desk.post(address, {"way": "let_go", "reason": "x y z"}).status_code in (403, status)
    assert Client().get("/ban/theo-doi/").status_code == 403
    assert play.state(case) is State.WINDOW


def test_a_unit_that_did_not_begin_it_sees_nothing_of_it(play, case, clock):  # noqa: F811
    centre = add(NewOrganisation("centre-b", "department", "Trung tâm B"), now=clock.at)
    unit = add(NewOrganisation("province-b", "province", "Công an tỉnh B", parent=centre), now=clock.at)
    stranger = Officer.objects.create(username="la", display_name="Lạ", unit_name=unit.name, role="officer")
    Appointment.objects.create(
        officer=stranger, organisation=unit, role="officer", made_by="system:setup", valid_from=clock.at
    )
    desk = come_in(stranger)

    assert str(case.pk) not in desk.get("/ban/theo-doi/").content.decode()
    for address in (f"/ban/theo-doi/{case.pk}/", f"/ban/theo-doi/dot/{case.batch_id}/"):
        assert desk.get(address).status_code == 404
    assert desk.post(f"/ban/theo-doi/{case.pk}/goi/", {"outcome": "reached"}).status_code == 404
    assert not case.calls.exists()


# --- the partner


def call(play, client, method, path, body=None, message="m1", partner=None):  # noqa: F811
    partner = partner or play.carrier
    data = json.dumps(body).encode() if body is not None else b""
    secret = play.cast.keys.partner_secrets(partner.pk, play.cast.clock.at)[0]
    headers = {**sign(secret, message, play.cast.clock.at, data), "keng-partner": partner.pk}
    if method == "get":
        return client.get(f"/api/v1/{path}", headers=headers)
    return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)


def test_a_partner_fetches_its_orders_and_answers(play, case, client):  # noqa: F811
    found = call(play, client, "get", "orders", message="m1").json()["items"]
    assert [one["action"] for one in found] == ["notice", "notice"]
    assert found[0]["object"] == {"kind": "phone", "value": NUMBER} and found[0]["notice"]["vi"]

    reply = call(play, client, "post", f"orders/{found[0]['order_id']}/answer", {"status": "executed"}, "m2")
    assert reply.json() == {"order_id": found[0]["order_id"], "state": "executed"}
    assert len(call(play, client, "get", "orders", message="m3").json()["items"]) == 1


@pytest.mark.parametrize("size", [1, 2])
def test_orders_come_page_by_page_though_some_are_answered_between(play, client, size):  # noqa: F811
    """What gives back or asks on top, then by the clock; none twice, none left out."""
    play.begin(*(finding(f"r{number}", subject=f"+8491234567{number}") for number in range(3)))
    play.days(2)
    asking = play.begin(finding("r9", subject="+84912345679")).cases.get()
    play.days(1)
    actions.say_corrected(play.code(asking), now=play.cast.clock.at)
    play.work()
    whole = call(play, client, "get", "orders", message="whole").json()["items"]
    assert whole[0]["action"] == "check" and len(whole) > 5

    seen = []
    while page := call(
        play, client, "get", f"orders?limit={size}{f'&after={seen[-1]}' if seen else ''}", message=f"page-{len(seen)}"
    ).json()["items"]:
        seen += [one["order_id"] for one in page]
        if page[-1]["action"] == "notice":
            call(play, client, "post", f"orders/{seen[-1]}/answer", {"status": "executed"}, f"answer-{len(seen)}")
    assert seen == [one["order_id"] for one in whole]


def test_a_partner_tells_of_corrections_and_devices(play, case, client):  # noqa: F811
    reply = call(play, client, "post", "records/corrected", {"records": ["r1", "r2"]})
    assert reply.json()["items"] == {"r1": "corrected", "r2": "no_record"}
    assert play.state(case) is State.CORRECTED

    reply = call(play, client, "post", "devices/changed", {"number": "+84987654321"}, "m2")
    assert reply.status_code == 200
    assert call(play, client, "post", "devices/changed", {"number": "x"}, "m3").status_code == 422


def test_another_partner_has_nothing_of_it(play, case, client):  # noqa: F811
    (order, _second) = play.orders(case)

    assert call(play, client, "get", "orders", partner=play.cast.bank).json()["items"] == []
    reply = call(play, client, "post", f"orders/{order.pk}/answer", {"status": "executed"}, "m2", play.cast.bank)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "no_such_order")
    assert client.get("/api/v1/orders").status_code == 401


@pytest.fixture
def clerk(play, clock):  # noqa: F811
    who = Officer.objects.create(username="nv", display_name="Nhân viên", unit_name="A", role="partner")
    Appointment.objects.create(
        officer=who, organisation=play.submitter, role="partner", made_by="system:setup", valid_from=clock.at
    )
    return who


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_clerk_sees_the_orders_and_answers_at_the_desk(play, case, clerk, language):  # noqa: F811
    desk = come_in(clerk)
    page = desk.get(f"/doi-tac/theo-doi/?lang={language}", follow=True)
    assert page.status_code == 200 and "r1" in page.content.decode()

    first, second = play.orders(case)
    desk.post(f"/doi-tac/theo-doi/{first.pk}/tra-loi/", {"status": "executed", "key": "k1"})
    desk.post("/doi-tac/theo-doi/xong/", {"order": [str(second.pk)], "key": "k2"})
    assert {order.state for order in play.orders(case)} == {"executed"}
    desk.post("/doi-tac/theo-doi/da-sua/", {"records": "r1\n\n", "key": "k3"})
    assert play.state(case) is State.CORRECTED


AT_THE_DESK = [one.name for one in urlpatterns if one.name.startswith(("followup", "answer_followup"))]


@pytest.mark.parametrize("name", AT_THE_DESK)
def test_who_is_no_clerk_gets_nothing_from_any_of_these_addresses(play, case, name):  # noqa: F811
    """And changes nothing, by either method."""
    order = play.orders(case)[0]
    url = reverse(f"{app_name}:{name}", kwargs={"ident": order.pk} if name == "answer_followup" else {})

    for officer in (None, play.cast.first, play.cast.auditor, play.cast.operator):
        desk = come_in(officer) if officer else Client()
        for method in ("get", "post"):
            reply = getattr(desk, method)(url, {"status": "executed", "key": "k", "records": "r1"})
            assert reply.status_code in (403, 405), (officer, method)
            assert "r1" not in reply.content.decode()

    assert {one.state for one in play.orders(case)} == {order.state}
    assert play.state(case) is State.WINDOW


def test_a_clerk_of_another_partner_answers_nothing_here(play, case, clock):  # noqa: F811
    bank = play.bank()
    who = Officer.objects.create(username="nh", display_name="Ngân hàng", unit_name="B", role="partner")
    Appointment.objects.create(
        officer=who, organisation=bank, role="partner", made_by="system:setup", valid_from=clock.at
    )
    desk = come_in(who)

    assert "r1" not in desk.get("/doi-tac/theo-doi/").content.decode()
    order = play.orders(case)[0]
    assert desk.post(f"/doi-tac/theo-doi/{order.pk}/tra-loi/", {"status": "executed", "key": "k"}).status_code == 404
    desk.post("/doi-tac/theo-doi/da-sua/", {"records": "r1", "key": "k2"})
    assert play.state(case) is State.WINDOW
