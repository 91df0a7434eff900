"""Twenty decisions of an officer and ten answers of a bank's clerk, with the keyboard alone, on the demo's own processes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.bank import VIETCOMBANK, bank_by_hand, held_at, open_account, stop_bank, unsupervised
from tests.system.desk import POSTS
from tests.system.rehearsal import rehearse, wait_for
from tests.system.rooms import Rooms
from tests.system.test_pages import SIZES
from tests.system.visitor import Visitor

HELD, PROPOSED, CLOSED = 12, 3, 5
TYPED = "h h c c x 1 2 ? j k: không phím nào chạy khi đang viết"
"""A reason that presses every key while it is typed."""
REPORT = "/ban/bao-cao/"
SOON = 15_000  # milliseconds


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """Vietcombank answers at once by its own books; every other partner's robot is silent, so its clerk must answer."""
    home = tmp_path_factory.mktemp("keys") / "home"
    with ExitStack() as stack:
        rehearsal = stack.enter_context(rehearse(home, "--quiet-day", "--partners", "silent"))
        stack.enter_context(unsupervised(rehearsal))
        stack.enter_context(bank_by_hand(rehearsal, stop_bank(rehearsal), "at_once"))
        yield Rooms(rehearsal)


def page_of(desk: Rooms, chromium: Browser, who: str, path: str) -> Page:
    page = desk.window(chromium, who, viewport=SIZES["wide"]).new_page()
    page.goto(desk.rehearsal.address + path)
    expect(page.locator("html[data-hears=keys]")).to_have_count(1)
    return page


def lose(desk: Rooms, number: int) -> str:
    """A report of a loss into an account of its own, which has the money; returns the account."""
    account, amount = f"{VIETCOMBANK}:77{number:08}", 40_000_000 - 100_000 * number
    open_account(desk.rehearsal, account, amount)
    at = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
    loss = {"sent": True, "amount": amount, "to_account": account, "at": at}
    told = {"channel": "api", "text": f"Chuyển vào STK 77{number:08} Vietcombank rồi bị chặn số.", "loss": loss}
    reply = Visitor(desk.rehearsal.address).post_json("/api/v1/reports", json.dumps(told).encode())
    assert reply.status == 201, reply.text
    return account


def told(page: Page, words: str) -> None:
    """What the last action did stands on the page and has the focus, so that keys work from there."""
    expect(page.locator("#notice")).to_contain_text(words, timeout=SOON)
    expect(page.locator("#notice")).to_be_focused()


def press(page: Page, key: str, then: str) -> None:
    """A key that leads to another page, which then hears keys itself."""
    page.keyboard.press(key)
    page.wait_for_url(re.compile(then))
    expect(page.locator("html[data-hears=keys]")).to_have_count(1)


def twice(page: Page, key: str) -> None:
    """The first press chooses the control, the second presses it."""
    page.keyboard.press(key)
    expect(page.locator(f"[data-key={key}]:focus")).to_have_count(1)
    page.keyboard.press(key)


def hold(page: Page, number: int) -> None:
    """By turns from the line of the queue, and from the report that `n` leads to."""
    if number % 2:
        onward(page)
        page.keyboard.press("h")
    else:
        press(page, "1", "/ban/$")
        press(page, "h", REPORT)
    expect(page.locator("button[data-key=h]")).to_be_focused()
    page.keyboard.press("h")
    told(page, "Đã gửi yêu cầu giữ tiền.")


def onward(page: Page) -> None:
    """To the report that is next by the queue."""
    before = page.url
    page.keyboard.press("n")
    expect(page).not_to_have_url(before)
    expect(page.locator("html[data-hears=keys]")).to_have_count(1)


def propose(page: Page) -> None:
    onward(page)
    twice(page, "g")
    told(page, "Đã đề nghị giữ tiền.")


def close(page: Page) -> None:
    """The last line but what is in other hands: `d` on it opens the report with the field for the reason."""
    press(page, "1", "/ban/$")
    page.keyboard.press("j")
    press(page, "d", REPORT)
    expect(page.locator("#close textarea")).to_be_focused()
    page.keyboard.type(TYPED)
    page.keyboard.press("Control+Enter")
    told(page, "Đã đóng báo cáo.")


def confirm(page: Page, number: int) -> None:
    if number:
        onward(page)
        page.keyboard.press("c")
    else:
        press(page, "c", REPORT)
    expect(page.locator("button[data-key=c]:focus")).to_have_count(1)
    page.keyboard.press("c")
    told(page, "Đã xác nhận.")


def deeds_of(desk: Rooms, who: str) -> Counter[str]:
    """What an officer did by the ledger: entries by verb. Reading and signing in are no decisions."""
    sql = "SELECT verb FROM ledger_entry entry JOIN people_officer officer ON entry.actor = 'officer:' || officer.id "
    rows = desk.rehearsal.rows(f"{sql} WHERE officer.display_name = '{POSTS[who]}'")
    return Counter(verb for (verb,) in rows if verb not in ("reports.look", "people.enter", "people.make_entry_link"))


def test_an_officer_takes_twenty_decisions_and_a_second_one_confirms_them(desk: Rooms, chromium: Browser) -> None:
    accounts = [lose(desk, number) for number in range(HELD + PROPOSED + CLOSED)]
    first = page_of(desk, chromium, "first", "/ban/")
    expect(first.locator("[data-row]")).to_have_count(len(accounts))
    for number in range(HELD):
        hold(first, number)
    for _ in range(PROPOSED):
        propose(first)
    for _ in range(CLOSED):
        close(first)
    assert deeds_of(desk, "first") == {
        "measures.hold_urgently": HELD, "measures.propose": PROPOSED, "reports.close": CLOSED,
    }  # fmt: skip

    second = page_of(desk, chromium, "second", "/ban/")
    expect(second.locator("[data-row]")).to_have_count(HELD + PROPOSED)
    for number in range(HELD + PROPOSED - 1):
        confirm(second, number)
    onward(second)
    second.keyboard.press("x")
    second.keyboard.type(TYPED)
    second.keyboard.press("Control+Enter")
    told(second, "Đã ghi: không đồng ý.")
    assert deeds_of(desk, "second") == {"measures.approve": HELD + PROPOSED - 1, "measures.decline": 1}
    second.keyboard.press("1")
    expect(second.get_by_text("Không có báo cáo nào đang chờ")).to_be_visible()

    reasons = desk.rehearsal.rows("SELECT closed_reason FROM reports_report WHERE closed_at IS NOT NULL")
    assert reasons == [(TYPED,)] * CLOSED
    standing = HELD + PROPOSED - 1
    wait_for(
        lambda: sum(held_at(desk.rehearsal, one) > 0 for one in accounts) == standing, "the bank holds what stands"
    )
    in_books = {held_at(desk.rehearsal, one) for one in accounts} - {0}
    asked = "SELECT amount FROM measures_measure WHERE state = 'active'"
    wait_for(lambda: {amount for (amount,) in desk.rehearsal.rows(asked)} == in_books, "what is asked is what is held")
    unplaced = "SELECT count(*) FROM ledger_entry WHERE place IS NULL"
    wait_for(lambda: desk.rehearsal.rows(unplaced) == [(0,)], "every entry has its place")
    for page in (first, second):
        page.context.close()


def test_a_key_held_down_sends_nothing_and_a_link_decides_nothing(desk: Rooms, chromium: Browser) -> None:
    lose(desk, 90)
    page = page_of(desk, chromium, "first", "/ban/")
    expect(page.locator("html[data-hears=keys]")).to_have_count(1)
    press(page, "h", REPORT)
    expect(page.locator("button[data-key=h]")).to_be_focused()
    expect(page.locator("#part-measures .measure")).to_have_count(0)
    for _ in range(3):  # what a keyboard says while a key is held down
        page.evaluate(
            "() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'h', repeat: true, bubbles: true}))"
        )
    expect(page.locator("#part-measures .measure")).to_have_count(0)
    assert re.fullmatch(r".*/ban/bao-cao/TB-[0-9A-Z]+/", page.url)  # the address is one that can be sent on
    page.keyboard.press("r")
    expect(page.locator("#id_say_text")).to_be_focused()
    page.keyboard.type("hh")
    expect(page.locator("#id_say_text")).to_have_value("hh")
    page.keyboard.press("Escape")
    expect(page.locator("#id_say_text")).not_to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Giữ khẩn cấp")
    expect(page.get_by_role("dialog")).to_contain_text("Quy định")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Quy định")).to_be_hidden()  # behind a button, and its key works all the same
    press(page, "9", "/ban/quy-dinh/$")
    expect(page.get_by_role("link", name="Quy định")).to_be_visible()
    page.context.close()


def test_one_key_corrects_the_machine_and_one_takes_it_back(desk: Rooms, chromium: Browser) -> None:
    lose(desk, 91)
    page = page_of(desk, chromium, "first", "/ban/")
    press(page, "h", REPORT)
    expect(page.locator("#verdict")).to_contain_text("Không lệnh nào bắt đầu từ đây.")
    expect(page.locator("#corrected")).to_have_count(0)
    page.keyboard.press("q")
    told(page, "Đã ghi nhận xét về máy.")
    expect(page.locator("#corrected")).to_contain_text("Cán bộ sửa thành: Quảng cáo")
    sql = "SELECT said, undone_at IS NULL FROM corrections_correction"
    assert [(said, bool(stands)) for said, stands in desk.rehearsal.rows(sql)] == [("spam", True)]
    page.keyboard.press("o")
    told(page, "Đã bỏ nhận xét về máy.")
    expect(page.locator("#corrected")).to_have_count(0)
    page.context.close()


def test_a_clerk_answers_ten_requests_and_their_own_figures_are_right(desk: Rooms, chromium: Browser) -> None:
    for number in range(10):
        desk.hold_at_clerks_bank(2_000_000 + 10_000 * number)
    clerk = page_of(desk, chromium, "clerk", "/doi-tac/")
    expect(clerk.locator("[data-row]")).to_have_count(10)
    ways = ["d", "d", "p", "x", "q", "d", "p", "x", "d", "d"]
    for number, key in enumerate(ways):
        press(clerk, key, "/doi-tac/yeu-cau/")
        answer(clerk, key)
        told(clerk, "Đã ghi câu trả lời.")
        expect(clerk.locator("[data-row]")).to_have_count(9 - number)
    sql = "SELECT state, held_amount, refusal, count(*) FROM measures_request WHERE partner_id = '970405' GROUP BY 1, 2, 3"
    counted = Counter({(state, refusal): 0 for state, _held, refusal, _n in desk.rehearsal.rows(sql)})
    for state, _held, refusal, count in desk.rehearsal.rows(sql):
        counted[state, refusal] += count
    assert counted == {("executed", ""): 6, ("part", ""): 2, ("refused", "no_money"): 2}
    parts = "SELECT held_amount FROM measures_request WHERE state = 'part'"
    assert desk.rehearsal.rows(parts) == [(1_000_000,), (1_000_000,)]
    assert desk.rehearsal.rows("SELECT text FROM measures_question") == [(TYPED,)]

    clerk.keyboard.press("3")
    own = clerk.locator("main section").first
    for words in ("100 % (10/10)", "Đang mở, quá hạn 0, 0", "2"):
        expect(own).to_contain_text(re.compile(re.escape(words).replace(r"\ ", r"\s*")))
    expect(clerk.locator("[data-row]")).to_have_count(10)
    officer = page_of(desk, chromium, "first", "/ban/doi-tac/")
    line = officer.locator("[data-row='970405']")
    expect(line).to_contain_text("100 %")
    assert [cell.strip() for cell in line.locator("td").all_inner_texts()][4] == "10"
    for page in (clerk, officer):
        page.context.close()


def answer(page: Page, key: str) -> None:
    """One request, from the line of the list on: in full, in part, not possible, or first a question and then in full."""
    match key:
        case "d":
            expect(page.locator("button[data-key=d]")).to_be_focused()
            page.keyboard.press("d")
        case "p":
            expect(page.locator("#id_held")).to_be_focused()
            page.keyboard.type("1.000.000")
            page.keyboard.press("Enter")
        case "x":
            expect(page.locator("#id_reason")).to_be_focused()
            page.keyboard.type("Không còn")
            page.keyboard.press("Control+Enter")
        case "q":
            expect(page.locator("#id_text")).to_be_focused()
            page.keyboard.type(TYPED)
            page.keyboard.press("Control+Enter")
            told(page, "Đã gửi câu hỏi.")
            twice(page, "d")
