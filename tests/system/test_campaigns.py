"""A flood comes in over the API, becomes campaigns, an officer finds a wrong merge and undoes it, and a pinned measure comes up
for review: on the demo's own processes, with the keyboard alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.gangs import BANK_GANG, JOB_GANG, campaign_of, flood, tell
from tests.system.rehearsal import rehearse, wait_for
from tests.system.rooms import Rooms
from tests.system.test_by_keys import TYPED, page_of, press, told

SOON = 15_000  # milliseconds


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    home = tmp_path_factory.mktemp("campaigns") / "home"
    with rehearse(home, "--quiet-day", "--partners", "silent") as rehearsal:
        yield Rooms(rehearsal)


def walk_to(page: Page, code: str) -> None:
    """Down the rows until that one has the focus; then open it."""
    row = page.locator(f"[data-row='{code}']")
    expect(row).to_have_count(1)
    for _ in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
        if row.locator("a:focus").count():
            break
    press(page, "Enter", f"/ban/chien-dich/{code}/")


def test_a_wrong_merge_is_found_and_undone_and_its_measure_is_reviewed(desk: Rooms, chromium: Browser) -> None:
    bank = flood(desk.rehearsal, BANK_GANG, 8, lost=3)
    job = flood(desk.rehearsal, JOB_GANG, 6, lost=1)
    ours, other = campaign_of(desk.rehearsal, bank[-1]), campaign_of(desk.rehearsal, job[-1])
    assert {campaign_of(desk.rehearsal, code) for code in bank} == {ours}
    assert {campaign_of(desk.rehearsal, code) for code in job} == {other}
    assert ours != other

    first = page_of(desk, chromium, "first", "/ban/")
    expect(first.locator("td .of-campaign").first).to_be_visible(timeout=SOON)
    press(first, "-", "/ban/chien-dich/$")
    walk_to(first, ours)
    expect(first.locator("#values .value-list")).to_contain_text("0912")
    merge_wrongly(first, other)
    propose(first)

    second = page_of(desk, chromium, "second", "/ban/chien-dich/")
    walk_to(second, ours)
    expect(second.locator(".strip dd").first).to_have_text("14")
    texts_show_two_templates(second)
    press(second, "b", f"/ban/chien-dich/{ours}/")
    second.keyboard.press("z")
    second.keyboard.type("Hai mánh khác nhau: khoá tài khoản và tuyển cộng tác viên.")
    second.keyboard.press("Control+Enter")
    told(second, "Đã hoàn tác.")
    expect(second.locator(".strip dd").first).to_have_text("8")
    assert {campaign_of(desk.rehearsal, code) for code in job} == {other}
    review(second)
    looks = "SELECT count(*) FROM ledger_entry WHERE verb = 'reports.look'"
    assert desk.rehearsal.rows(looks)[0][0] >= 12
    for page in (first, second):
        page.context.close()


def merge_wrongly(page: Page, other: str) -> None:
    page.keyboard.press("a")
    expect(page.locator("#id_other")).to_be_focused()
    page.keyboard.type(other)
    page.keyboard.press("Tab")
    page.keyboard.type(TYPED)
    page.keyboard.press("Control+Enter")
    told(page, "Đã gộp.")
    expect(page.locator(".strip dd").first).to_have_text("14")


def propose(page: Page) -> None:
    """The first measure that is offered, with what speaks for and against it."""
    expect(page.locator("#candidate-1 summary")).to_be_visible(timeout=SOON)
    page.keyboard.press("m")
    sheet = page.locator("#candidate-1 .sheet")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("Nói cho lệnh này")
    sheet.get_by_label("Lý do").focus()
    page.keyboard.press("Control+Enter")
    told(page, "Đã đề nghị.")
    expect(page.locator("#measures li")).to_have_count(1)


def texts_show_two_templates(page: Page) -> None:
    """Words only for a purpose; then what two gangs say stands apart, and what varies is marked."""
    assert "duyệt đơn" not in page.content()
    page.keyboard.press("t")
    page.wait_for_url(re.compile("/loi-van/$"))
    expect(page.locator(".template")).to_have_count(2)
    expect(page.locator(".template").filter(has_text="duyệt đơn")).to_have_count(1)
    expect(page.locator(".template .slot", has_text="số tiền").first).to_be_visible()


def review(page: Page) -> None:
    """The line in the queue leads to the measure, which a person lets stand with a reason."""
    press(page, "1", "/ban/$")
    line = page.locator("tr[id^=line-review-]")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("Cần xem lại")
    line.locator("a").first.focus()
    press(page, "v", "/ban/lenh/.*#review$")
    expect(page.locator("#review")).to_contain_text("đã bị hoàn tác")
    expect(page.locator("#rests-on")).to_contain_text("hoàn tác lúc")
    page.keyboard.press("s")
    page.keyboard.type("Tài khoản này do nạn nhân của đúng mánh ấy nêu.")
    page.keyboard.press("Control+Enter")
    told(page, "Đã ghi: lệnh vẫn đứng.")
    expect(page.locator("#review")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.locator("tr[id^=line-review-]")).to_have_count(0)


def test_a_sitting_sorts_by_one_key_each_and_takes_back(desk: Rooms, chromium: Browser) -> None:
    """Two campaigns that one victim's report ties are offered; joined, taken back, put off, kept apart: a key each."""
    bridge = f"{BANK_GANG.message(3)} Sau đó họ lại nhắn: {JOB_GANG.message(2)}"
    tell(desk.rehearsal, bridge)
    page = page_of(desk, chromium, "first", "/ban/chien-dich/sap-xep/")
    wait_for(lambda: offered(page, desk), "a suggestion is there", within=60)
    judged = "SELECT count(*) FROM campaigns_judgement WHERE officer_id IS NOT NULL"
    before = desk.rehearsal.rows(judged)[0][0]
    page.keyboard.press("g")
    told(page, "Đã")
    page.keyboard.press("z")
    told(page, "Đã hoàn tác bước trước.")
    wait_for(lambda: offered(page, desk), "it is offered again")
    page.keyboard.press("l")
    expect(page.locator(".head .figures")).to_contain_text("để sau 1")
    page.keyboard.press("v")
    expect(page.locator(".head .figures")).to_contain_text("để sau 0")
    page.keyboard.press("x")
    told(page, "Đã ghi")
    assert desk.rehearsal.rows(judged)[0][0] == before + 3
    page.context.close()


def offered(page: Page, desk: Rooms) -> bool:
    page.goto(f"{desk.rehearsal.address}/ban/chien-dich/sap-xep/")
    expect(page.locator("html[data-hears=keys]")).to_have_count(1)
    return page.locator("[data-key=g]").count() > 0


def test_a_citizen_is_asked_whether_it_is_a_message_that_is_known(desk: Rooms, chromium: Browser) -> None:
    """By name and advice alone, and without script."""
    code = campaign_of(desk.rehearsal, flood(desk.rehearsal, JOB_GANG, 3)[-1])
    words = {
        "name": "Việc nhẹ nộp cọc",
        "advice": "Nơi tuyển thật không đòi cọc.",
        "name_en": "Job",
        "advice_en": "No deposit.",
    }
    desk.officer("first").submit(f"/ban/chien-dich/{code}/ten/", **words)
    context = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    for sent in ("no", "yes"):
        page.goto(desk.rehearsal.address)
        page.locator("#id_text").fill(JOB_GANG.message(17))
        page.locator(f"button[value={sent}]").click()
        expect(page.locator("#known")).to_contain_text("Nơi tuyển thật không đòi cọc.")
        assert code not in page.content()
    page.goto(desk.rehearsal.address)
    page.locator("#id_text").fill("Chiều nay trời đẹp, bà con ra đồng gặt lúa cho kịp.")
    page.locator("button[value=no]").click()
    expect(page.locator("#known")).to_have_count(0)
    context.close()


def test_one_report_is_cut_out_with_one_key(desk: Rooms, chromium: Browser) -> None:
    code = flood(desk.rehearsal, BANK_GANG, 2)[-1]
    ours = campaign_of(desk.rehearsal, code)
    page = page_of(desk, chromium, "first", f"/ban/bao-cao/{code}/")
    expect(page.locator("#campaign")).to_contain_text("Vì sao ở đây")
    page.keyboard.press("s")
    page.keyboard.type(TYPED)
    page.keyboard.press("Control+Enter")
    told(page, "Đã tách báo cáo này ra.")
    assert campaign_of(desk.rehearsal, code) != ours
    expect(page.locator("#campaign")).to_contain_text("Chưa báo cáo nào khác")
    done = desk.rehearsal.rows("SELECT verb FROM ledger_entry WHERE verb LIKE 'campaigns.%' ORDER BY id DESC LIMIT 1")
    assert done == [("campaigns.cut",)]
    page.context.close()
