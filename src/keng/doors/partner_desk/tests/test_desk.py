"""The clerk's pages: who gets what, three ways to answer, a second click, questions, one's own figures."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from keng.desk.fraud.measures import clerks
from keng.desk.fraud.measures.actions import lift
from keng.desk.fraud.measures.models import Answer, Question, RequestState
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.ledger import queries as ledger
from keng.doors.partner_desk.urls import app_name, urlpatterns

ROLES = ("nobody", "officer", "operator", "clerk", "other_clerk")
ON_OWN = {"request", "request_live", "answer", "ask", "download", "result", "result_file"}
GETS = {"home", "rows", "history", "files", "request", "request_live", "download", "result", "result_file", "lists"}
NAMES = sorted(ON_OWN | GETS)
ELSEWHERE = ("register", "question", "followup", "answer_followup", "give_list")  # what begins so has tests of its own
SECRETS = ("1234567890", "0912345678", "vietcombank-xacthuc", "Vietcombank thong bao")


def actor_of(role: str, counter: Any) -> Any:
    return {
        "nobody": None,
        "officer": counter.cast.first,
        "operator": counter.cast.operator,
        "clerk": counter.clerk,
        "other_clerk": counter.other_clerk,
    }[role]


def address(name: str, counter: Any) -> str:
    if name in ("request", "request_live", "answer", "ask"):
        return reverse(f"{app_name}:{name}", kwargs={"ident": counter.request.pk})
    if name == "download":
        return reverse(f"{app_name}:{name}", kwargs={"code": "970436", "form": "csv"})
    if name in ("result", "result_file"):
        bank = counter.request.partner
        sheet = clerks.keep_sheet(counter.clerk, bank, "a.csv", b"x", [], now=counter.cast.clock.at)
        return reverse(f"{app_name}:{name}", kwargs={"ident": sheet.pk})
    return reverse(f"{app_name}:{name}")


def test_every_address_is_tried() -> None:
    assert {one.name for one in urlpatterns if not one.name.startswith(ELSEWHERE)} == set(NAMES)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", NAMES)
def test_each_role_gets_what_is_theirs(counter, enter, name, role):
    url, client = address(name, counter), enter(actor_of(role, counter))
    before = len(ledger.newest_entries(limit=1000))

    reply = client.get(url) if name in GETS else client.post(url, {"key": "1", "status": "executed", "text": "Ai?"})

    may = role == "clerk" or (role == "other_clerk" and name not in ON_OWN)
    assert reply.status_code == ((200 if name in GETS else 302) if may else 403)
    page = reply.content.decode()
    assert "no-store" in reply.headers["Cache-Control"]
    assert [secret for secret in (*SECRETS, counter.report.receipt) if secret in page] == []
    if not may:
        assert len(ledger.newest_entries(limit=1000)) == before
    if role != "clerk":
        assert "0071000123456" not in page and counter.held.code not in page


def test_a_request_that_is_not_there_is_refused_like_anothers(counter, enter):
    url = "/doi-tac/yeu-cau/00000000-0000-0000-0000-000000000000/"
    client = enter(counter.other_clerk)

    missing, anothers = client.get(url), client.get(counter.url)

    assert missing.status_code == anothers.status_code == 403
    assert strip(missing.content) == strip(anothers.content)


def strip(page: bytes) -> str:
    without = re.sub(r'value="[^"]*"|/doi-tac/yeu-cau/[^"]*|data-now="[^"]*"', "", page.decode())
    return re.sub(r"\s+", " ", without)


def test_a_partner_without_an_address_is_sent_nothing_and_finds_it_on_its_desk(counter, enter):
    assert Outgoing.objects.count() == 0
    assert counter.request.state == RequestState.ASKED

    page = enter(counter.clerk).get(counter.url).content.decode()

    assert "4.800.000" in page and "0071" in page and counter.held.code in page
    assert counter.request.state == RequestState.DELIVERED


def test_the_soonest_deadline_stands_first(counter, enter):
    early = counter.held
    counter.cast.clock.pass_by(minutes=2)
    late = counter.cast.hold(counter.cast.report(), officer=counter.cast.second)

    page = enter(counter.clerk).get("/doi-tac/").content.decode()

    assert 0 < page.index(early.code) < page.index(late.code)


def test_a_request_that_is_lifted_while_a_clerk_looks_says_so_and_takes_no_answer(counter, enter):
    client = enter(counter.clerk)
    page = client.get(counter.url).content.decode()
    live = html.unescape(re.search('data-live="([^"]+)"', page)[1])
    keys = set(re.findall(r'name="key" value="([^"]+)"', page))
    before = client.get(live).content.decode()
    assert ('id="answer"' in before, 'id="over"' in before) == (True, False)
    assert set(re.findall(r'name="key" value="([^"]+)"', before)) == keys

    lift(counter.cast.second, counter.held.pk, "tiền là của chủ", now=counter.cast.clock.at)

    after = client.get(live).content.decode()
    assert ('id="answer"' in after, 'id="over"' in after) == (False, True)
    assert '<template data-for="state">' in after


def test_done_in_full_is_one_press_and_a_second_one_changes_nothing(counter, enter, entries):
    client = enter(counter.clerk)
    key = re.search(r'name="key" value="([^"]+)"', client.get(counter.url).content.decode())[1]
    form = {"key": key, "status": "executed", "version": "1", "reference": "VCB-7"}

    for _click in range(2):
        assert client.post(f"{counter.url}tra-loi/", form).url == "/doi-tac/"

    row = counter.request
    assert (row.state, row.held_amount, row.reference) == (RequestState.EXECUTED, 4_800_000, "VCB-7")
    assert Answer.objects.count() == 1
    assert entries(row.subject).count("measures.answer") == 1
    assert ledger.entries_on(row.subject)[0].actor == counter.clerk.actor


@pytest.mark.parametrize(
    ("form", "state", "held"),
    [
        ({"status": "part", "held_amount": "1.200.000"}, RequestState.PART, 1_200_000),
        ({"status": "part", "held_amount": "1tr2"}, RequestState.PART, 1_200_000),
        ({"status": "refused", "reason": "no_money"}, RequestState.REFUSED, 0),
        ({"status": "refused", "reason": "other", "note": "hệ thống bảo trì"}, RequestState.REFUSED, 0),
        ({"status": "received"}, RequestState.RECEIVED, 0),
    ],
)
def test_every_other_answer(counter, enter, form, state, held):
    enter(counter.clerk).post(f"{counter.url}tra-loi/", {"key": "k", "version": "1", **form})

    assert (counter.request.state, counter.request.held_amount) == (state, held)


@pytest.mark.parametrize(
    "form",
    [
        {"status": "part", "held_amount": "4.800.000"},
        {"status": "part", "held_amount": "nhiều"},
        {"status": "refused"},
        {"status": "refused", "reason": "other"},
        {"status": "refused", "reason": "no_such_number"},
        {"status": "released"},
        {"status": "xong"},
        {},
    ],
)
def test_an_answer_that_does_not_fit_is_told_and_nothing_changes(counter, enter, form):
    client = enter(counter.clerk)
    before = counter.request.state

    reply = client.post(f"{counter.url}tra-loi/", {"key": "k", **form}, follow=True)

    assert reply.redirect_chain[-1][0] == counter.url
    assert 'class="notice urgent"' in reply.content.decode()
    assert "held_amount" not in re.search(r'class="notice.*?</p>', reply.content.decode(), re.S)[0]
    assert counter.request.answered_at is None and counter.request.state in (before, RequestState.DELIVERED)


def test_a_clerk_whose_role_has_ended_answers_no_more(counter, enter):
    client = enter(counter.clerk)
    appointment = counter.clerk.appointments.get()
    appointment.valid_to = counter.cast.clock.at
    appointment.save()

    assert client.post(f"{counter.url}tra-loi/", {"key": "k", "status": "executed"}).status_code == 403
    assert counter.request.state == RequestState.ASKED


def test_a_question_is_asked_once_seen_by_officers_and_answered_once(counter, enter, entries):
    clerk, officer = enter(counter.clerk), enter(counter.cast.first)
    for _click in range(2):
        clerk.post(f"{counter.url}hoi/", {"key": "q1", "text": "Chủ tài khoản đã đóng?"})
    question = Question.objects.get()

    assert "Chủ tài khoản đã đóng?" in officer.get(f"/ban/lenh/{counter.held.code}/").content.decode()
    assert "Chủ tài khoản đã đóng?" in officer.get("/ban/doi-tac/").content.decode()
    for text in ("Chưa đóng.", "Đã đóng rồi."):
        officer.post(f"/ban/cau-hoi/{question.pk}/", {"reply": text})

    question.refresh_from_db()
    assert question.reply == "Chưa đóng."
    assert "Chưa đóng." in clerk.get(counter.url).content.decode()
    verbs = entries(counter.request.subject)
    assert (verbs.count("measures.question"), verbs.count("measures.reply")) == (1, 1)


@pytest.mark.parametrize("role", ["auditor", "operator", "clerk", "other_clerk"])
def test_only_officers_reply(counter, enter, role):
    clerks.ask_desk(counter.clerk, counter.request.pk, "q", "Ai?", now=counter.cast.clock.at)
    who = counter.cast.auditor if role == "auditor" else actor_of(role, counter)

    assert enter(who).post(f"/ban/cau-hoi/{Question.objects.get().pk}/", {"reply": "Tôi"}).status_code == 403
    assert Question.objects.get().reply == ""


def test_a_clerk_gets_nowhere_at_the_officers_desk_and_begins_at_their_own(counter, enter):
    client = enter(counter.clerk)

    assert client.get("/ban/").url == "/doi-tac/"
    for url in (f"/ban/lenh/{counter.held.code}/", f"/ban/bao-cao/{counter.report.report.code}/", "/ban/doi-tac/"):
        assert client.get(url).status_code == 403


def test_history_and_figures_are_ones_own(counter, enter):
    counter.cast.clock.pass_by(minutes=6)
    enter(counter.clerk).post(f"{counter.url}tra-loi/", {"key": "k", "status": "refused", "reason": "no_money"})

    own, others = (
        enter(who).get("/doi-tac/da-tra-loi/").content.decode() for who in (counter.clerk, counter.other_clerk)
    )

    assert counter.held.code in own and "6 phút" in own and "100 %" in own and "Không còn tiền" in own
    assert counter.held.code not in others and "100 %" not in others


def test_what_is_over_is_taken_down_and_said_so(counter, enter):
    client = enter(counter.clerk)
    counter.cast.clock.at = counter.request.until + timedelta(seconds=1)
    client = enter(counter.clerk)

    client.post(f"{counter.url}tra-loi/", {"key": "k", "status": "released"})

    assert counter.request.state == RequestState.RELEASED


@pytest.mark.parametrize(("language", "words"), [("vi", "Yêu cầu đang mở"), ("en", '<html lang="en"')])
def test_the_desk_speaks_both_languages(counter, enter, language, words):
    assert words in enter(counter.clerk).get(f"/doi-tac/?lang={language}").content.decode()


@pytest.mark.parametrize("many", [1, 12])
def test_the_list_takes_as_many_queries_however_long_it_is(counter, enter, django_assert_max_num_queries, many):
    for _ in range(many):
        counter.cast.hold(counter.cast.report(), officer=counter.cast.second)
    client = enter(counter.clerk)
    client.get("/doi-tac/")

    with django_assert_max_num_queries(16):
        assert client.get("/doi-tac/").content.decode().count("data-row") == many + 1
