"""The README's story, step by step, with every click counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from keng.nation.day.story import SCAM_TEXT
from tests.system.rehearsal import Rehearsal

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


@dataclass
class Story:
    """A victim with a phone and officers at wide screens. `clicks` counts every press of all of them."""

    rehearsal: Rehearsal
    browser: Browser
    pictures: Path | None = None
    clicks: int = 0
    faults: list[str] = field(default_factory=list)

    def open(self, size: dict[str, int], address: str, script: bool = True) -> Page:
        context = self.browser.new_context(
            viewport=size, java_script_enabled=script, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
        )
        page = context.new_page()
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        return page

    def click(self, page: Page, name: str, role: str = "button") -> None:
        self.clicks += 1
        page.get_by_role(role, name=name).first.click()

    def take(self, page: Page, name: str) -> None:
        if self.pictures:
            page.screenshot(path=self.pictures / f"{name}.png", full_page=True)

    def report(self, script: bool = True) -> Page:
        """The victim pastes the message and reports the transfer; ends on the tracking page."""
        page = self.open(PHONE, self.rehearsal.address, script)
        page.get_by_role("textbox").fill(SCAM_TEXT)
        self.take(page, "1-dan-tin")
        self.click(page, "Tiền đã chuyển đi - báo ngay")
        expect(page.get_by_label("Số tài khoản đã nhận tiền")).to_have_value("0000480000019")
        expect(page.get_by_label("Số tiền", exact=True)).to_have_value("4.800.000")
        self.take(page, "2-tien-di-dau")
        self.click(page, "Gửi")
        expect(page.get_by_role("heading", level=1)).to_have_text("Kẻng đã nhận báo cáo của bạn")
        self.take(page, "3-bien-nhan")
        self.click(page, "Xem việc đến đâu", "link")
        expect(page.get_by_text("Đã nhận, đang chờ cán bộ trực")).to_be_visible()
        self.take(page, "4-theo-doi")
        return page

    def enter(self, post: str) -> Page:
        """An officer comes in by the one-use link."""
        page = self.open(WIDE, self.rehearsal.links[post])
        self.clicks += 1
        page.get_by_role("main").get_by_role("button").click()
        expect(page.get_by_role("banner").get_by_text(post)).to_be_visible()
        return page

    def hold(self) -> Page:
        """The first officer takes the first line of the queue and sends the urgent hold."""
        page = self.enter("Trực ban 1")
        self.take(page, "5-hang-cho")
        self.clicks += 1
        page.locator("[data-row] a").first.click()
        self.take(page, "6-bao-cao")
        self.click(page, "Giữ khẩn cấp")
        expect(page.get_by_text("Đã gửi yêu cầu giữ tiền.")).to_be_visible()
        return page
