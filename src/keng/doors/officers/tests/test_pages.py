"""What the officers' pages say and offer, in both languages."""

from __future__ import annotations

import pytest

from keng.desk.fraud.measures.models import Measure
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.models import Outgoing
from keng.doors.officers.tests.test_access import BODY, address


def page_of(reply):
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize(("language", "title"), [("vi", "Hàng chờ"), ("en", "Queue")])
def test_the_queue_opens_in_the_readers_language(desk, enter, language, title):
    page = page_of(enter(desk.cast.first).get(f"/ban/?lang={language}"))

    assert f"<h1>{title}</h1>" in page
    assert f'<html lang="{language}"' in page
    assert desk.waiting.report.code in page


@pytest.mark.parametrize(("language", "channel"), [("vi", "Trang web"), ("en", "Web page")])
def test_the_channel_is_told_in_words(cast, enter, language, channel):
    cast.report(channel="web")

    assert f'<span class="second">{channel}</span>' in page_of(enter(cast.first).get(f"/ban/?lang={language}"))


def test_an_operator_who_opens_the_desk_comes_to_the_dead_letters(desk, enter):
    reply = enter(desk.cast.operator).get("/ban/", follow=True)

    assert reply.redirect_chain == [("/ban/thu-chet/", 302)]


def test_an_officer_may_close_an_open_report_and_nobody_closes_a_closed_one(desk, enter):
    client, page = enter(desk.cast.second), address("report", desk)
    assert 'id="close"' in page_of(client.get(page))

    client.post(address("close", desk), {"reason": "Người báo đã rút lại."})

    assert 'id="close"' not in page_of(client.get(page))


@pytest.mark.parametrize("control", ['id="close"', 'id="id_say_text"', 'id="hold"', 'data-key="c"', 'data-key="u"'])
def test_an_auditor_sees_the_report_and_none_of_its_controls(desk, enter, control):
    url = address("hold", desk).removesuffix("giu/")
    of_officer = page_of(enter(desk.cast.second).get(address("report", desk))) + page_of(
        enter(desk.cast.second).get(url)
    )
    of_auditor = page_of(enter(desk.cast.auditor).get(address("report", desk))) + page_of(
        enter(desk.cast.auditor).get(url)
    )

    assert control in of_officer
    assert control not in of_auditor


def test_who_proposed_a_hold_cannot_confirm_it_and_another_can(desk, enter):
    own = page_of(enter(desk.cast.first).get(address("report", desk)))
    others = page_of(enter(desk.cast.second).get(address("report", desk)))

    assert 'data-key="c"' not in own
    assert "Người thứ hai phải là người khác." in own
    assert 'data-key="c"' in others


def test_a_report_leads_to_its_neighbours_in_the_queue(cast, enter):
    amounts = (9_000_000, 5_000_000, 2_000_000)
    reports = [cast.report(loss={**cast.body()["loss"], "amount": amount}).report for amount in amounts]
    client = enter(cast.first)

    first, middle, last = (page_of(client.get(f"/ban/bao-cao/{report.code}/")) for report in reports)

    assert f'href="/ban/bao-cao/{reports[0].code}/" data-key="p"' in middle
    assert f'href="/ban/bao-cao/{reports[2].code}/" data-key="n"' in middle
    assert 'data-key="p"' not in first
    assert 'data-key="n"' not in last


def test_a_report_that_has_left_the_queue_leads_to_the_first_one_in_it(cast, enter):
    waiting, closed = cast.report().report, cast.report().report
    client = enter(cast.first)
    client.post(f"/ban/bao-cao/{closed.code}/dong/", {"reason": "trùng"})

    assert f'href="/ban/bao-cao/{waiting.code}/" data-key="n"' in page_of(client.get(f"/ban/bao-cao/{closed.code}/"))


@pytest.mark.parametrize(
    ("way", "state", "said"),
    [
        ("urgent", "unconfirmed", "Đã gửi yêu cầu giữ tiền."),
        ("propose", "proposed", "Chưa gửi gì trước khi người thứ hai duyệt."),
    ],
)
def test_what_was_done_is_said_as_it_is(desk, enter, way, state, said):
    reply = enter(desk.cast.second).post(address("hold", desk), {**BODY, "way": way}, follow=True)

    assert Measure.objects.get(report=desk.waiting.report).state == state
    assert said in page_of(reply)
    assert 'id="notice" tabindex="-1"' in page_of(reply)


@pytest.mark.parametrize(("amount", "status"), [("4.800.000", 302), ("rất nhiều", 422)])
def test_a_hold_needs_an_amount_that_can_be_read(desk, enter, amount, status):
    reply = enter(desk.cast.second).post(address("hold", desk), {**BODY, "amount": amount})

    assert reply.status_code == status
    if status == 422:
        assert f'value="{amount}"' in reply.content.decode()  # what was typed stays
        assert f'href="/ban/bao-cao/{desk.waiting.report.code}/?lang=en"' in reply.content.decode()


def test_a_dead_letter_tells_when_it_was_last_tried(desk, enter):
    Outgoing.objects.update(next_try_at=desk.cast.clock.pass_by(hours=3))
    page = page_of(enter(desk.cast.operator).get("/ban/thu-chet/"))

    assert page.count("21/11/2026 14:30") >= 2  # written and tried; the clock of the next try has no say
    assert "21/11/2026 17:30" not in page
    assert "Vietcombank" in page
    assert "Gửi lại" in page


def test_the_time_of_the_last_try_is_that_of_the_claim(cast):
    cast.hold()
    cast.clock.pass_by(seconds=90)

    claimed = jobs.claim(cast.clock.at)
    jobs.mark_failed(claimed[0], "HTTP 500", permanent=True, now=cast.clock.pass_by(seconds=20))

    row = Outgoing.objects.get()
    assert (row.last_try_at - row.created_at).total_seconds() == 90


def test_a_letter_that_is_still_tried_stands_below_and_needs_nothing(cast, enter):
    cast.hold()
    jobs.mark_failed(jobs.claim(cast.clock.at)[0], "ConnectionRefusedError", permanent=False, now=cast.clock.at)

    page = page_of(enter(cast.operator).get("/ban/thu-chet/"))

    assert "Đang tự thử lại" in page
    assert "Không kết nối được" in page
    assert 'data-key="s"' not in page


@pytest.mark.parametrize(("role", "there"), [("operator", True), ("auditor", False), ("second", False)])
def test_only_an_operator_is_offered_to_send_again(desk, enter, role, there):
    assert ('data-key="s"' in page_of(enter(getattr(desk.cast, role)).get("/ban/thu-chet/"))) is there


@pytest.mark.parametrize(("language", "words"), [("vi", "Giữ tiền khẩn cấp"), ("en", "Urgent hold sent")])
def test_the_ledger_is_told_in_words(desk, enter, language, words):
    page = page_of(enter(desk.cast.auditor).get(f"/ban/so/?lang={language}"))

    assert f'title="measures.hold_urgently">{words}</a>' in page


@pytest.mark.parametrize("before", ["", "x", "-1", "٣", "9" * 30, "1e3"])
def test_the_ledger_page_takes_any_place_to_begin(desk, enter, before):
    assert enter(desk.cast.auditor).get("/ban/so/", {"before": before}).status_code == 200


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_link_that_was_used_says_so_and_signs_nobody_in(desk, enter, language):
    url = f"{address('enter', desk)}?lang={language}"
    assert enter().post(url).status_code == 302

    late = enter()
    reply = late.post(url)

    assert reply.status_code == 403
    assert ("đã dùng rồi" if language == "vi" else "it was used") in reply.content.decode()
    assert late.get("/ban/").status_code == 403


@pytest.mark.parametrize(("address_of_the_other_end", "status"), [("127.0.0.1", 200), ("10.0.0.7", 404)])
def test_one_comes_in_from_this_machine_only(desk, enter, address_of_the_other_end, status):
    reply = enter().get(address("enter", desk), REMOTE_ADDR=address_of_the_other_end)

    assert reply.status_code == status


def test_leaving_ends_the_session(desk, enter):
    client = enter(desk.cast.first)
    client.post("/ban/ra/")

    assert client.get("/ban/").status_code == 403
