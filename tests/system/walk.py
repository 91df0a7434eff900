"""A reviewer's walk along one measure: who presses what on the demo, and what its partners' own books say."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from keng.site.rehearsal.country import OFFICERS, PARTNERS, ROBOT_PORTS_FROM
from tests.system.behind import read_sqlite
from tests.system.story import PHONE, WIDE, Story
from tests.system.test_signin import invite, with_device
from tests.system.turning import turn

NUMBER = "+84550000019"
"""Made up, of a prefix that none of the demo's carriers was given: which of them serves it, only its books tell."""
SERVES = "carrier:vinaphone"
CARRIERS = tuple(one for one in PARTNERS if one.kind == "carrier")
OTHERS = tuple(one for one in CARRIERS if one.code != SERVES)
BASIS = "fraud.number.nd163-2024"
SCAM_TEXT = (
    "EVN thông báo: nhà bác còn nợ tiền điện 1.260.000đ, trong 2 giờ nữa sẽ cắt điện. Bác chuyển ngay vào STK 0000480000019 "
    "Vietcombank rồi gọi 0550 000 019 để được giữ điện."
)
REASON = "Tin nhắn giả điện lực ghi số này để nạn nhân gọi lại; khớp với nguyên văn."
APPEAL = "Số này tôi dùng bán hoa mười năm nay. Tôi không gửi tin nào; chắc kẻ lừa ghi bừa số của tôi."
GRANTED = "VinaPhone xác nhận: không có tin nào đi từ số của bạn. Xin lỗi bạn."
THIRD, THIRD_NAME = "truc-tinh", "Trực ban tỉnh"
CENTRE = OFFICERS[0].unit_name


@dataclass
class Walk(Story):
    """The story's people with another text; `take` can take one part of a page."""

    code: str = ""
    report_url: str = ""

    @property
    def measure_url(self) -> str:
        return f"{self.rehearsal.address}/ban/lenh/{self.code}/"

    @property
    def appeal_url(self) -> str:
        return f"{self.rehearsal.address}/khieu-nai/{self.code}/"

    def take(self, page: Page, name: str, part: Locator | None = None) -> None:
        if self.pictures and part:
            part.screenshot(path=self.pictures / f"walk-{name}.png")
        else:
            super().take(page, f"walk-{name}")

    def report(self, script: bool = True) -> Page:
        """The person who was deceived pastes the message and reports the transfer; ends on the tracking page."""
        page = self.open(PHONE, self.rehearsal.address, script)
        page.get_by_role("textbox").fill(SCAM_TEXT)
        self.click(page, "Tiền đã chuyển đi - báo ngay")
        expect(page.get_by_label("Số tiền", exact=True)).to_have_value("1.260.000")
        self.click(page, "Gửi")
        self.click(page, "Xem việc đến đâu", "link")
        expect(page.get_by_text("Đã nhận, đang chờ cán bộ trực")).to_be_visible()
        return page

    def propose(self, officer: Page) -> None:
        """The officer opens the first report of the queue and proposes to block the number that it names."""
        turn(officer.locator("[data-row] a").first)
        self.report_url = officer.url
        form = officer.locator("#propose-block_number")
        form.locator("summary").first.click()
        form.get_by_label("Đối tượng").select_option(f"phone|{NUMBER}")
        form.get_by_label("Căn cứ").select_option(BASIS)
        form.get_by_label("Lý do").fill(REASON)
        form.get_by_role("button", name="Đề nghị").click()
        expect(officer.locator("#notice")).to_have_text("Đã đề nghị. Chưa gửi gì trước khi người thứ hai duyệt.")
        ident = officer.locator("[id^='measure-BP-']").get_attribute("id")
        self.code = (ident or "").removeprefix("measure-")

    def approve_without_a_button(self, officer: Page) -> None:
        """Send what the button of approval would send, from a page that does not show it."""
        officer.evaluate(
            """(address) => {
              const form = document.createElement('form')
              form.method = 'post'
              form.action = address
              const token = document.querySelector('[name=csrfmiddlewaretoken]').cloneNode()
              const back = Object.assign(document.createElement('input'), {name: 'back', value: 'measure'})
              form.append(token, back)
              document.body.append(form)
              form.submit()
            }""",
            f"/ban/lenh/{self.code}/xac-nhan/",
        )

    def appoint_a_third(self) -> None:
        """The operator gives an officer of a province a role at the centre, so that somebody who took no part can decide."""
        operator = self.open(WIDE, self.rehearsal.link_for("van-hanh"))
        turn(operator.get_by_role("main").get_by_role("button"))
        operator.goto(f"{self.rehearsal.address}/ban/don-vi/")
        operator.get_by_role("link", name=CENTRE).first.click()
        operator.get_by_text("Giao vai trò", exact=True).click()
        operator.get_by_label("Tên nội bộ").fill(THIRD)
        operator.get_by_label("Vai trò").select_option("officer")
        operator.get_by_role("button", name="Giao", exact=True).click()
        expect(operator.locator("#notice")).to_have_text("Đã giao vai trò.")

    def enter_third(self) -> Page:
        """The third officer is invited by command, makes a first key, and opens the measure."""
        context = self.browser.new_context(viewport=WIDE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")  # type: ignore[arg-type]
        page, _device, _ident = with_device(context)
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.goto(invite(self.rehearsal, THIRD))
        page.locator("#id_key_name").fill("máy tính trực")
        page.get_by_role("button", name="Tạo khoá và vào").click()
        expect(page.get_by_role("banner").get_by_text(THIRD_NAME)).to_be_visible()
        page.goto(f"http://localhost:{self.rehearsal.port}/ban/lenh/{self.code}/")
        return page

    def row_of(self, page: Page, partner: str) -> Locator:
        """The line of a partner's request on a page of the measure."""
        return page.locator("#part-measure tbody tr").filter(has_text=partner)

    def core(self, code: str, path: str, order: dict[str, str] | None = None) -> tuple[int, Any]:
        """What a partner's own side says or does: status, JSON."""
        port = self.rehearsal.port + ROBOT_PORTS_FROM + [one.code for one in PARTNERS].index(code)
        body = json.dumps(order).encode() if order else None
        request = urllib.request.Request(f"http://127.0.0.1:{port}/core/{path}", data=body)
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)

    def deeds(self, code: str) -> list[tuple[str, int, int]]:
        """What a carrier did about the number by its own books: action, whether whole, whether released."""
        rows = self._books(code, f"SELECT action, whole, released FROM deed WHERE name = '{NUMBER}'")
        return [(row["action"], row["whole"], row["released"]) for row in rows]

    def seen(self, code: str) -> int:
        """How many messages a partner took."""
        return int(self._books(code, "SELECT count(*) AS times FROM seen_message")[0]["times"])

    def _books(self, code: str, query: str) -> list[dict[str, Any]]:
        partner = next(one for one in PARTNERS if one.code == code)
        return read_sqlite(self.rehearsal.home / "robots" / f"{partner.file_name}.sqlite", query)
