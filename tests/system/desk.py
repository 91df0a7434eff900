"""A desk with every kind of report on it, made over HTTP: the reporter's API, the officers' forms, the bank's signed answers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from keng.base import webhooks
from keng.nation.day.story import BANK, MULE_ACCOUNT, SCAM_TEXT
from tests.system.rehearsal import Rehearsal, read_rows
from tests.system.visitor import Visitor, measure_on

LONG_REASON = "Người báo gửi kèm tin nhắn, biên lai và ảnh chụp màn hình; số tài khoản khớp với tin. " * 4
LONG_LINE = "Dạ thưa cán bộ, con tôi bảo rằng người ta gọi lại đòi chuyển thêm. " * 6 + "x" * 180
BASIS = "fraud.hold.nd52-2024.d11"
POSTS = {"first": "Trực ban 1", "second": "Trực ban 2", "auditor": "Kiểm tra viên", "operator": "Người vận hành"}


@dataclass
class Kept:
    """A report on the desk."""

    receipt: str
    code: str
    measure: str = ""


@dataclass
class Desk:
    """The demo with its officers, and its reports by the state that they are in."""

    rehearsal: Rehearsal
    officers: dict[str, Visitor] = field(default_factory=dict)
    reports: dict[str, Kept] = field(default_factory=dict)
    appeals: dict[str, str] = field(default_factory=dict)

    def officer(self, who: str) -> Visitor:
        """An officer, who comes in by their one-use link when first asked for."""
        if who not in self.officers:
            self.officers[who] = Visitor(self.rehearsal.address).enter(self.rehearsal.links[POSTS[who]])
        return self.officers[who]

    def window(self, browser: Browser, who: str | None, **options: Any) -> BrowserContext:
        """A browser of their own for an officer, or for a citizen."""
        context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options)
        jar = self.officer(who).jar if who else ()
        cookies = [{"name": one.name, "value": one.value or "", "url": self.rehearsal.address} for one in jar]
        context.add_cookies(cookies)  # type: ignore[arg-type]
        return context

    def report(self, state: str, text: str = SCAM_TEXT, *, minutes: int = 6, amount: int = 4_800_000) -> Kept:
        """A new report with a loss, kept under `state`."""
        at = (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()
        loss = {
            "sent": True,
            "amount": amount,
            "to_account": MULE_ACCOUNT,
            "from_account": "970418:1234567890",
            "at": at,
        }
        body = json.dumps({"channel": "api", "text": text, "loss": loss}).encode()
        reply = Visitor(self.rehearsal.address).post_json("/api/v1/reports", body)
        assert reply.status == 201, reply.text
        newest = "SELECT code FROM reports_report ORDER BY received_at DESC LIMIT 1"
        self.reports[state] = Kept(reply.json()["receipt"], read_rows(self.rehearsal.home, newest)[0][0])
        return self.reports[state]

    def hold(self, state: str, reason: str = "tin nhắn nêu đúng tài khoản") -> Kept:
        """An urgent hold by the first officer for a new report."""
        kept = self.report(state)
        page = self.officer("first").submit(
            f"/ban/bao-cao/{kept.code}/giu/",
            account=MULE_ACCOUNT,
            amount="4.800.000",
            basis=BASIS,
            reason=reason,
            way="urgent",
        )
        kept.measure = measure_on(page.text) or ""
        assert kept.measure, page.text
        return kept

    def answer(self, kept: Kept, **told: Any) -> None:
        """The bank answers the request of a report's measure."""
        sql = "SELECT request.id FROM measures_request request JOIN measures_measure measure ON measure.id = measure_id"
        ident = uuid.UUID(read_rows(self.rehearsal.home, f"{sql} WHERE code = '{kept.measure}'")[0][0])
        body = json.dumps(
            {"held_amount": None, "reference": "VCB/2026/000123", "reason": None, "note": None, **told}
        ).encode()
        secret = (self.rehearsal.home / "robots" / f"{BANK}.secret").read_text("ascii")
        headers = webhooks.sign(secret, str(uuid.uuid4()), datetime.now(UTC), body)
        reply = Visitor(self.rehearsal.address).post_json(
            f"/api/v1/requests/{ident}/answer", body, **{name.replace("-", "_"): value for name, value in headers.items()},
            keng_partner=BANK,
        )  # fmt: skip
        assert reply.status == 200, reply.text

    def fill(self) -> None:
        """Reports in every state; officers' looks and words; an appeal that waits and one decided; a dead letter."""
        second = self.officer("second")
        self.answer(self.hold("held"), status="executed", held_amount=4_800_000)
        second.submit(f"/ban/lenh/{self.reports['held'].measure}/xac-nhan/")
        self.answer(
            self.hold("part", LONG_REASON), status="part", held_amount=1_300_000, note="Phần còn lại đã rút. " * 8
        )
        self.answer(self.hold("gone"), status="refused", reason="no_money")
        self.answer(self.hold("working"), status="received")
        self.hold("declined")
        second.submit(f"/ban/lenh/{self.reports['declined'].measure}/khong/", reason="Người báo nhầm tài khoản.")
        self.hold("asked")
        self.report("closed")
        second.submit(f"/ban/bao-cao/{self.reports['closed'].code}/dong/", reason="Trùng với báo cáo trước của bạn.")
        self.report("waiting", f"{SCAM_TEXT} Gọi 0912345678, vào https://{'xac-minh-' * 12}vcb.example/{'a' * 90}")
        for minutes, amount in ((2, 990_000), (30, 62_000_000), (700, 1_250_000_000)):
            self.report("other", minutes=minutes, amount=amount)
        self._talk()
        self._appeal()

    def erase(self) -> None:
        """A report whose reporter asked that it be erased, and an officer granted it."""
        kept = self.report("erased")
        citizen = Visitor(self.rehearsal.address)
        citizen.get(f"/theo-doi/{kept.receipt}/xoa/")
        citizen.submit(f"/theo-doi/{kept.receipt}/xoa/", sure="on")
        ident = read_rows(self.rehearsal.home, "SELECT id FROM erasure_erasure ORDER BY asked_at DESC LIMIT 1")[0][0]
        reply = self.officer("second").submit(
            f"/ban/yeu-cau-xoa/{uuid.UUID(ident)}/", way="grant", reason="Không còn tiền nào đang giữ."
        )
        assert "Đã ghi câu trả lời." in reply.text, reply.text

    def use_up(self, source: str, path: str) -> None:
        """Posts from one address until work is asked of it."""
        for _ in range(30):
            request = urllib.request.Request(self.rehearsal.address + path, b"", {"X-Forwarded-For": source})
            try:
                urllib.request.urlopen(request, timeout=15).close()
            except urllib.error.HTTPError as refused:
                refused.close()
                if refused.code == 429:
                    return
        raise AssertionError(f"nothing is asked of {source}")

    def dead_letters(self) -> None:
        """Two messages are given up."""
        import sqlite3

        given_up = "UPDATE jobs_outgoing SET state = 'dead', tries = 12, last_error = 'HTTP 503 Service Unavailable'"
        with sqlite3.connect(self.rehearsal.home / "keng.sqlite", timeout=20) as connection:
            connection.execute(f"{given_up} WHERE id IN (SELECT id FROM jobs_outgoing ORDER BY created_at LIMIT 2)")
        connection.close()

    def _talk(self) -> None:
        part = self.reports["part"]
        citizen = Visitor(self.rehearsal.address)
        citizen.get(f"/theo-doi/{part.receipt}/")
        citizen.submit(f"/theo-doi/{part.receipt}/viet/", text=LONG_LINE)
        self.officer("second").submit(f"/ban/bao-cao/{part.code}/viet/", text="Bác đừng nghe máy nữa nhé.")

    def _appeal(self) -> None:
        holder = Visitor(self.rehearsal.address)
        for state, report in (("open", "part"), ("decided", "asked")):
            path = f"/khieu-nai/{self.reports[report].measure}/"
            holder.get(path)
            self.appeals[state] = holder.submit(
                path, text="Đây là tiền tôi bán xe máy cho chị Hoa, có giấy viết tay."
            ).url
        ident = read_rows(self.rehearsal.home, "SELECT id FROM appeals_appeal ORDER BY lodged_at DESC LIMIT 1")[0][0]
        self.officer("second").submit(
            f"/ban/khieu-nai/{uuid.UUID(ident)}/", way="reject", reason="Giấy không khớp số tiền."
        )
