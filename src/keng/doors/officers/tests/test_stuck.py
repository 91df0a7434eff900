"""The page of what is stuck: narrowed, sent again, dropped with a reason, and how far the batches are."""

from __future__ import annotations

import pytest
from django.db import transaction

from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.models import Outgoing, Task
from keng.desk.ground.jobs.states import Lane, Reason, State, TaskState
from keng.doors.officers.tests.test_pages import page_of

PAGE = "/ban/thu-chet/"


@pytest.fixture
def stuck(desk):
    """Beside the desk's letter to Vietcombank, two to BIDV, for different reasons."""
    with transaction.atomic():
        for number in range(2):
            jobs.post(
                key=f"k{number}", recipient="970418", subject=f"notice:{number}", version=1, body=b"{}",
                now=desk.cast.clock.at,
            )  # fmt: skip
    Outgoing.objects.filter(key="k0").update(state=State.DEAD, last_error="HTTP 410", reason=Reason.NOT_TAKEN)
    Outgoing.objects.filter(key="k1").update(state=State.DEAD, last_error="OSError", reason=Reason.UNREACHABLE)
    return desk


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("to=970418", ["notice:0", "notice:1"], ["Yêu cầu của lệnh", 'id="t"']),
        ("reason=unreachable", ["notice:1"], ["notice:0"]),
        ("to=970418&reason=not_taken", ["notice:0"], ["notice:1"]),
        ("kind=outbox.resend", ["Việc không làm được"], ["notice:0", "notice:1"]),
        ("to=970407", ["Không có gì khớp bộ lọc"], ["notice:0"]),
        ("to=x&reason=x&kind=" + "y" * 300, ["Không có gì khớp bộ lọc"], ["notice:0"]),
    ],
)
def test_the_lists_are_narrowed(stuck, enter, query, there, gone):
    page = page_of(enter(stuck.cast.operator).get(f"{PAGE}?{query}"))

    assert [words for words in there if words not in page] == []
    assert [words for words in gone if words in page] == []


def test_all_letters_of_the_chosen_partner_go_again_by_one_press(stuck, enter):
    client = enter(stuck.cast.operator)
    assert "Gửi lại cả 2 thư của BIDV" in page_of(client.get(f"{PAGE}?to=970418"))

    page = page_of(client.post(f"{PAGE}gui-lai-het/", {"to": "970418"}, follow=True))

    assert "Đang gửi lại tất cả" in page
    assert tasks.do(tasks.claim(stuck.cast.clock.at), stuck.cast.clock.now)
    assert Outgoing.objects.filter(recipient="970418", state=State.WAITING).count() == 2
    assert Outgoing.objects.get(pk=stuck.letter.pk).state == State.DEAD
    rows = page_of(client.get(f"{PAGE}dot/"))
    assert "1 trên 3 đã xong" in rows
    assert "còn 2" in rows


def test_a_partner_with_nothing_dead_says_so(stuck, enter):
    page = page_of(enter(stuck.cast.operator).post(f"{PAGE}gui-lai-het/", {"to": "970407"}, follow=True))

    assert "Đối tác này không có thư kẹt nào." in page


@pytest.mark.parametrize(("reason", "state"), [("đã gọi điện", State.DROPPED), (" ", State.DEAD)])
def test_a_letter_is_dropped_only_with_a_reason(stuck, enter, reason, state):
    enter(stuck.cast.operator).post(f"{PAGE}{stuck.letter.pk}/bo/", {"reason": reason})

    assert Outgoing.objects.get(pk=stuck.letter.pk).state == state


def test_only_what_failed_in_a_batch_is_done_again(stuck, enter):
    client = enter(stuck.cast.operator)
    assert "Chỉ làm lại phần hỏng" in page_of(client.get(f"{PAGE}dot/"))

    client.post(f"/ban/dot/{stuck.batch.pk}/lam-lai/")

    assert Task.objects.get().state == TaskState.WAITING
    rows = page_of(client.get(f"{PAGE}dot/"))
    assert "Chỉ làm lại phần hỏng" not in rows
    assert "Dừng" in rows


def test_a_batch_is_stopped(stuck, enter):
    Task.objects.update(state=TaskState.WAITING)

    page = page_of(enter(stuck.cast.operator).post(f"/ban/dot/{stuck.batch.pk}/dung/", follow=True))

    assert Task.objects.get().state == TaskState.DROPPED
    assert "đã dừng" in page


@pytest.mark.parametrize(("role", "there"), [("operator", True), ("auditor", False), ("second", False)])
@pytest.mark.parametrize("control", ["Chỉ làm lại phần hỏng", "Gửi lại cả 2 thư", "/bo/", "/lam-lai/"])
def test_only_an_operator_sees_the_controls(stuck, enter, role, there, control):
    page = page_of(enter(getattr(stuck.cast, role)).get(f"{PAGE}?to=970418")) + page_of(
        enter(getattr(stuck.cast, role)).get(PAGE)
    )

    assert (control in page) is there


def test_a_measures_message_goes_in_the_urgent_lane(cast):
    cast.hold()

    assert Outgoing.objects.get().lane == Lane.URGENT
