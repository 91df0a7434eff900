"""What a visitor of the platform sees: the page, or status 451 with who asked for it and on what ground (RFC 7725)."""

from __future__ import annotations

from html import escape

from keng.nation.robot.books.deeds import Deed
from keng.nation.robot.clock import write_utc
from keng.nation.robot.kinds.platform.pages import Page
from keng.nation.robot.kinds.trade import Shown
from keng.nation.robot.wire.messages import Grounds

HTML = "text/html; charset=utf-8"
SAFE = {"content-security-policy": "default-src 'none'", "x-content-type-options": "nosniff"}


def show_page(page: Page) -> Shown:
    return Shown(200, HTML, _document(page.title, [page.text]), SAFE)


def show_taken_down(deed: Deed, reference: str, grounds: Grounds, blocked_by: str) -> Shown:
    """`blocked_by` is the address of who carries it out: the platform itself."""
    lines = [
        f"Trang này đang được gỡ theo yêu cầu {grounds.measure}. / This page is down as asked in {grounds.measure}.",
        f"Số của chúng tôi / our number: {reference}",
        f"Căn cứ / basis: {grounds.basis_vi} / {grounds.basis_en} ({grounds.source})",
        f"Đến / until: {write_utc(deed.until)}",
        f"Khiếu nại / appeal: {grounds.appeal_url}",
    ]
    headers = {**SAFE, "link": f'<{blocked_by}>; rel="blocked-by"', "cache-control": "no-store"}
    return Shown(451, HTML, _document("451", lines), headers)


def _document(title: str, lines: list[str]) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>{escape(title)}</title>{paragraphs}</html>\n'
