"""From a pasted message to "đang giữ 4.800.000 đ" on the victim's page, with every kind of bank."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.story import Story
from tests.system.turning import turn

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MOST_CLICKS = 12


@pytest.fixture
def staged(tmp_path: Path, chromium: Browser, new_database: Callable[[], str]):
    @contextmanager
    def stage(*words: str) -> Iterator[Story]:
        with rehearse(tmp_path / "home", "--quiet-day", *words, database=new_database()) as rehearsal:
            wait_for(lambda: story_money_is_there(rehearsal), "the mule has the money")
            yield Story(rehearsal, chromium, PICTURES if os.environ.get("KENG_PICTURES") else None)

    return stage


def story_money_is_there(rehearsal: Rehearsal) -> bool:
    import json
    import urllib.error
    import urllib.request

    address = f"http://127.0.0.1:{rehearsal.port + 101}/core/accounts/970436:0000480000019"
    try:
        with urllib.request.urlopen(address, timeout=5) as reply:
            return json.load(reply)["balance"] >= 4_800_000
    except urllib.error.URLError:
        return False


def test_a_pasted_message_becomes_held_money(staged):
    with staged("--banks", "at_once") as story:
        victim = story.report()
        officer = story.hold()
        expect(victim.get_by_role("status")).to_contain_text("Đang giữ 4.800.000 đ", timeout=15_000)
        story.take(victim, "7-dang-giu")
        assert story.clicks <= MOST_CLICKS

        expect(officer.get_by_text("Giữ đủ")).to_be_visible(timeout=15_000)
        story.take(officer, "8-da-giu")
        second = story.enter("Trực ban 2")
        second.locator("[data-row] a").first.click()
        story.take(second, "9-nguoi-thu-hai")
        second.get_by_role("button", name="Xác nhận").first.click()
        expect(victim.get_by_text("Người thứ hai đã xác nhận lệnh giữ")).to_be_visible(timeout=15_000)

        victim.get_by_label("Viết thêm cho cán bộ").fill("Kẻ lừa vừa gọi lại cho tôi.")
        turn(victim.get_by_role("button", name="Gửi", exact=True))
        officer.reload()
        expect(officer.get_by_text("Kẻ lừa vừa gọi lại cho tôi.")).to_be_visible()
        officer.get_by_label("Viết cho người báo").fill("Bác đừng nghe máy nữa nhé.")
        officer.get_by_role("button", name="Gửi", exact=True).first.click()
        expect(victim.get_by_text("Bác đừng nghe máy nữa nhé.")).to_be_visible(timeout=15_000)
        expect(victim.get_by_text("Xem để quyết định giữ tiền").first).to_be_visible()
        story.take(victim, "10-hai-chieu")
        assert story.faults == []
        assert held_in_books(story) == [(4_800_000,)]


def test_it_works_without_script(staged):
    with staged("--banks", "at_once") as story:
        victim = story.report(script=False)
        story.hold()
        wait_for(lambda: victim.reload() and "Đang giữ" in victim.get_by_role("status").inner_text(), "held", 15)
        expect(victim.get_by_role("status")).to_contain_text("4.800.000 đ")


def test_a_slow_bank_is_followed_until_it_answers(staged):
    with staged("--banks", "late", "--bank-delay", "4") as story:
        victim = story.report()
        story.hold()
        expect(victim.get_by_text("Vietcombank đã nhận và đang xử lý", exact=True)).to_be_visible(timeout=15_000)
        expect(victim.get_by_role("status")).to_contain_text("Đã hỏi ngân hàng, đang chờ trả lời")
        expect(victim.get_by_role("status")).to_contain_text("Đang giữ 4.800.000 đ", timeout=20_000)


def test_a_bank_that_holds_a_part_says_how_much(staged):
    with staged("--banks", "part") as story:
        victim = story.report()
        story.hold()
        expect(victim.get_by_role("status")).to_contain_text("Đang giữ được một phần 2.880.000 đ", timeout=15_000)
        expect(victim.get_by_text("Vietcombank chỉ còn giữ được 2.880.000 đ")).to_be_visible()


def test_a_bank_that_refuses_gives_its_reason(staged):
    with staged("--banks", "refuse") as story:
        victim = story.report()
        story.hold()
        expect(victim.get_by_text("Vietcombank không giữ được tiền: Cần thêm văn bản")).to_be_visible(timeout=15_000)
        expect(victim.get_by_role("status")).to_contain_text("Ngân hàng không giữ được tiền")


def test_a_silent_bank_is_overdue_and_reminded(staged):
    with staged("--banks", "silent") as story:
        victim = story.report()
        officer = story.hold()
        expect(victim.get_by_text("Yêu cầu đã tới Vietcombank")).to_be_visible(timeout=15_000)
        story.rehearsal.move_clock(minutes=16)
        expect(victim.get_by_text("Vietcombank chưa trả lời dù đã quá hạn.", exact=False)).to_be_visible(timeout=15_000)
        expect(officer.get_by_text("Quá hạn trả lời").first).to_be_visible(timeout=15_000)
        reminders = "SELECT count(*) FROM jobs_outgoing WHERE key LIKE '%reminder' AND state = 'sent'"
        wait_for(lambda: story.rehearsal.rows(reminders) == [(1,)], "one reminder sent")


def test_a_bank_that_answers_twice_counts_once(staged):
    with staged("--banks", "twice") as story:
        victim = story.report()
        story.hold()
        expect(victim.get_by_role("status")).to_contain_text("Đang giữ 4.800.000 đ", timeout=15_000)
        answers = "SELECT outcome, count(*) FROM measures_answer GROUP BY outcome ORDER BY outcome"
        wait_for(
            lambda: story.rehearsal.rows(answers) == [("already_answered", 1), ("counted", 1)],
            "both answers kept, one counted",
        )
        assert held_in_books(story) == [(4_800_000,)]


def held_in_books(story: Story) -> list[tuple[int]]:
    """What the requests say is held, from the database behind the pages."""
    return story.rehearsal.rows("SELECT sum(held_amount) FROM measures_request")
