"""Holders of four numbers, an officer and a carrier's clerk in a browser, the clock moved: one has it corrected, one appeals, one
is restricted and restored, one says that the number is not theirs. The holders' browser runs no script.

The pages are served by this process, so that one clock stands for all; what a worker does is done by its own functions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from keng.conftest import Cast, cast, clock, first_cast  # noqa: F401
from keng.desk.fraud.followup.tests.conftest import Play, finding, play  # noqa: F401
from tests.system.test_pages import AXE, RUN_AXE
from tests.system.turning import turn

NUMBERS = {"sua": "+84912345671", "khieu-nai": "+84912345672", "bi-dung": "+84912345673", "khong-phai": "+84912345674"}
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
LARGEST = 2  # times the letters


@dataclass
class Stage:
    """The cases by who they are, and windows for everybody."""

    play: Play
    browser: Browser
    address: str
    batch: Any
    windows: list[BrowserContext]

    def case(self, who: str) -> Any:
        return self.batch.cases.get(record=who)

    def holder(self, who: str, *, language: str = "vi", larger: bool = False) -> Page:
        """The holder's own page on a phone, without script."""
        page = self._window(PHONE, java_script_enabled=larger)
        page.goto(f"{self.address}/sua/{self.play.code(self.case(who))}/?lang={language}")
        if larger:
            page.evaluate(f"document.documentElement.style.fontSize = '{100 * LARGEST}%'")
        return page

    def officer(self, who: Any) -> Page:
        """The desk, come in by a one-use link."""
        from keng.desk.ground.people.actions import make_entry_link

        page = self._window(WIDE)
        page.goto(f"{self.address}/vao/{make_entry_link(who, now=self.play.cast.clock.at)}/")
        page.locator("main form button").first.click()
        page.wait_for_url(re.compile("/(ban|doi-tac)/"))
        return page

    def _window(self, size: dict[str, int], **options: Any) -> Page:
        context = self.browser.new_context(viewport=size, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options)
        context.set_default_timeout(20_000)
        self.windows.append(context)
        return context.new_page()


@pytest.fixture(scope="module", autouse=True)
def database_beside_a_loop() -> Iterator[None]:
    """The browser's own loop runs in this thread, for longer than any test: Django is told that nobody awaits it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def stage(
    transactional_db: None,
    play: Play,  # noqa: F811
    live_server: Any,
    chromium: Browser,
) -> Iterator[Stage]:
    found = [finding(who, subject=number, person=who, sims=2) for who, number in NUMBERS.items()]
    made = Stage(play, chromium, live_server.url, play.begin(*found), [])
    yield made
    for window in made.windows:
        window.close()


@pytest.fixture
def clerk(play: Play) -> Any:  # noqa: F811
    from keng.desk.ground.people.models import Appointment, Officer

    who = Officer.objects.create(username="nv", display_name="Nhân viên", unit_name="A", role="partner")
    Appointment.objects.create(
        officer=who, organisation=play.submitter, role="partner", made_by="system:setup", valid_from=play.cast.clock.at
    )
    return who


def press(page: Page, words: str) -> None:
    turn(page.get_by_role("button", name=words))


def keep(page: Page, name: str, shots: Path | None, *, script: bool = True) -> None:
    """Nothing serious that axe finds, and a picture if they are asked for."""
    looked_at = page if script else shown_with_script(page)
    looked_at.evaluate(AXE)
    assert looked_at.evaluate(RUN_AXE) == [], name
    if not script:
        looked_at.context.close()
    if shots:
        page.screenshot(path=shots / f"{name}.png", full_page=True)


def shown_with_script(page: Page) -> Page:
    """The same document in a window where axe can run: in one without script what axe promises never comes."""
    assert page.context.browser is not None
    document = page.content()
    other = page.context.browser.new_context(viewport=page.viewport_size).new_page()  # type: ignore[arg-type]
    other.route(page.url, lambda route: route.fulfill(body=document, content_type="text/html; charset=utf-8"))
    other.goto(page.url)
    return other


def test_holders_say_what_they_have_to_say_and_the_clock_and_the_carrier_hear_it(
    stage: Stage, clerk: Any, pytestconfig: pytest.Config
) -> None:
    shots = Path(os.environ["KENG_SHOTS"]) if os.environ.get("KENG_SHOTS") else None
    play = stage.play  # noqa: F811
    play.days(2)

    # One has it corrected: the clock stands still until the carrier's clerk has looked.
    one = stage.holder("sua")
    expect(one.locator("h1")).to_have_text("Số điện thoại có đuôi 671")
    expect(one.get_by_text("Xin mang căn cước công dân").first).to_be_visible()
    keep(one, "holder-window", shots, script=False)
    press(one, "Tôi đã sửa xong")
    expect(one.get_by_text("Thời hạn đang dừng")).to_be_visible()
    keep(one, "holder-stopped", shots, script=False)

    # One appeals.
    two = stage.holder("khieu-nai")
    two.get_by_label("Vì sao điều này không đúng?").fill("Tôi đã đổi tên, giấy đổi tên ở phường.")
    press(two, "Gửi khiếu nại")
    expect(two.get_by_text("đang chờ trả lời")).to_be_visible()

    # One says that the number is not theirs.
    four = stage.holder("khong-phai")
    four.locator("#not-mine summary").click()
    press(four, "Đúng, không phải của tôi")
    expect(four.get_by_text("Bạn báo số này không phải của bạn")).to_be_visible()

    play.days(14)
    three = stage.holder("bi-dung")
    expect(three.get_by_text("Bây giờ: không gọi đi và nhắn đi được.")).to_be_visible()
    expect(three.get_by_text("vẫn gọi được 111-115")).to_be_visible()
    keep(three, "holder-restricted", shots, script=False)
    four.reload()
    expect(four.get_by_text("Bây giờ: không gọi đi và nhắn đi được.")).to_be_visible()
    for page in (one, two):
        page.reload()
        expect(page.get_by_text("Bây giờ:")).to_have_count(0)

    # The carrier's clerk: the check, and the restricted holder came to the counter.
    desk = stage.officer(clerk)
    desk.goto(f"{stage.address}/doi-tac/theo-doi/")
    keep(desk, "clerk", shots)
    check = desk.locator("section.card", has_text="Xem đã sửa chưa").first
    turn(check.get_by_role("button", name="Đã làm").first)
    desk.get_by_label("Mã hồ sơ của đơn vị").fill("bi-dung")
    press(desk, "Ghi là đã sửa")
    for page in (one, three):
        page.reload()
        expect(page.get_by_text("Thông tin đã đúng")).to_be_visible()
    expect(three.get_by_text("Mọi hạn chế đã được gỡ.").first).to_be_visible()
    expect(desk.get_by_text("Mở lại số này như trước, ngay.").first).to_be_visible()
    keep(three, "holder-restored", shots, script=False)

    # The appeal: an officer who took no part grants it, by the list that waits.
    first = stage.officer(play.cast.first)
    first.goto(f"{stage.address}/ban/theo-doi/")
    keep(first, "officer-list", shots)
    first.locator("#waiting a[data-opens]", has_text="Khiếu nại").click()
    expect(first.get_by_text("Tôi đã đổi tên, giấy đổi tên ở phường.")).to_be_visible()
    keep(first, "officer-case", shots)
    first.get_by_label("Lý do quyết định").fill("giấy đổi tên đúng")
    press(first, "Chấp nhận, mở lại")
    two.reload()
    expect(two.get_by_text("Khiếu nại của bạn được chấp nhận")).to_be_visible()
    first.goto(f"{stage.address}/ban/theo-doi/dot/{stage.batch.pk}/")
    expect(first.get_by_text("Dừng một chiều").first).to_be_visible()
    keep(first, "officer-batch", shots)
    for name, at in (("list", "/ban/theo-doi/"), ("batch", f"/ban/theo-doi/dot/{stage.batch.pk}/")):
        first.goto(f"{stage.address}{at}?lang=en")
        keep(first, f"officer-{name}-en", shots)
    first.goto(f"{stage.address}/ban/theo-doi/{stage.case('khong-phai').pk}/?lang=en")
    keep(first, "officer-case-en", shots)
    first.set_viewport_size(PHONE)  # type: ignore[arg-type]
    keep(first, "officer-case-phone-en", shots)
    first.goto(f"{stage.address}/ban/theo-doi/?lang=vi")
    keep(first, "officer-list-phone", shots)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_holders_page_fits_a_phone_with_letters_of_double_size(stage: Stage, language: str) -> None:
    stage.play.days(16)
    page = stage.holder("bi-dung", language=language, larger=True)
    width = page.evaluate("document.documentElement.scrollWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main summary')].filter(e => e.offsetHeight && e.offsetHeight < 44).length"
    )
    keep(page, f"holder-large-{language}", Path(os.environ["KENG_SHOTS"]) if os.environ.get("KENG_SHOTS") else None)

    assert width <= PHONE["width"]
    assert small == 0
