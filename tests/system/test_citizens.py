"""A citizen signs in with a real provider, a process of its own, in Chromium; then the provider goes away."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Browser, Page, expect

from tests.system.desk import Desk
from tests.system.rehearsal import free_ports, read_rows, rehearse
from tests.system.test_pages import AXE, SIZES
from tests.system.test_signin import listen, look
from tests.system.turning import turn

SECRET = "between-the-two"  # plain letters: allauth does not undo the quoting that RFC 6749 (2.3.1) asks for


@contextmanager
def provider(home: Path, port: int, back: str) -> Iterator[subprocess.Popen[str]]:
    """The provider, until the block ends."""
    home.mkdir()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (home / "key.pem").write_bytes(pem)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    words = [sys.executable, "-m", "tests.system.provider", str(port), back, SECRET]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        words, cwd=root, env={**plain, "PROVIDER_HOME": str(home)}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, subprocess.Popen[str]]]:
    home = tmp_path_factory.mktemp("citizens")
    port, other = free_ports(), free_ports()
    (home / "secret").write_text(SECRET, encoding="utf-8")
    names = {
        "KENG_IDP": f"http://127.0.0.1:{other}",
        "KENG_IDP_CLIENT": "keng",
        "KENG_IDP_SECRET_FILE": str(home / "secret"),
    }
    back = f"http://127.0.0.1:{port}/cua-toi/ve/"
    with provider(home / "provider", other, back) as process:
        words = ("--quiet-day", "--banks", "silent")
        with rehearse(home / "home", *words, port=port, more=names) as rehearsal:
            yield Desk(rehearsal), process


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/cua-toi/")
    page.get_by_role("link", name="Đăng nhập").click()
    prove(page)


def prove(page: Page) -> None:
    """What the provider asks."""
    page.locator("[name=login]").fill("cong-dan")
    page.locator("[name=password]").fill("mat-khau-cua-noi-khac")
    page.locator("[type=submit]").first.click()


def test_an_appeal_tells_the_officer_who_vouches_for_its_writer_and_only_while_signed_in(
    both: tuple[Desk, subprocess.Popen[str]], chromium: Browser
) -> None:
    desk, _process = both
    rehearsal = desk.rehearsal
    held = desk.hold("held")
    window = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=SIZES["phone"])
    window.add_init_script(AXE)
    page = window.new_page()
    page.set_default_timeout(10_000)
    faults = listen(page)
    appeal = f"{rehearsal.address}/khieu-nai/{held.measure}/"

    page.goto(appeal)
    look(page, "appeal-before-signing-in")
    page.get_by_role("link", name="Đăng nhập định danh trước khi viết").click()
    prove(page)
    expect(page).to_have_url(appeal)
    expect(page.get_by_text("Bạn đã đăng nhập định danh")).to_be_visible()
    look(page, "appeal-signed-in")
    write_appeal(page, "Tiền bán xe máy, có giấy viết tay.")
    page.goto(f"{rehearsal.address}/cua-toi/")
    turn(page.get_by_role("button", name="Đăng xuất"))
    page.goto(appeal)
    write_appeal(page, "Tôi viết thêm khi đã đăng xuất.")
    window.close()

    shown = desk.officer("second").get(f"/ban/bao-cao/{held.code}/").text
    (transaction,) = {row[0] for row in rehearsal.rows("SELECT transaction_id FROM citizens_stay")}
    issuer = rehearsal.rows("SELECT issuer FROM citizens_identity")[0][0]
    proven = f"Đã đăng nhập định danh: {issuer}, mức 2, giao dịch {transaction}"
    first, second = shown.index("Tiền bán xe máy"), shown.index("Tôi viết thêm")
    assert shown.count(proven) == 1 and shown.index(proven) < first
    assert first < shown.index("Chưa chứng minh là người bị ảnh hưởng") < second
    assert faults == []


def write_appeal(page: Page, text: str) -> None:
    page.locator("#id_text").fill(text)
    page.get_by_role("button", name="Gửi khiếu nại").click()
    expect(page.get_by_role("heading", name="Kẻng đã nhận khiếu nại của bạn")).to_be_visible()


def test_a_citizen_signs_in_keeps_a_report_sees_who_looked_and_signs_out(
    both: tuple[Desk, subprocess.Popen[str]], chromium: Browser
) -> None:
    desk, process = both
    rehearsal, address = desk.rehearsal, desk.rehearsal.address
    kept = desk.report("mine")
    assert desk.officer("first").get(f"/ban/bao-cao/{kept.code}/").status == 200
    window = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=SIZES["phone"])
    window.add_init_script(AXE)
    page = window.new_page()
    page.set_default_timeout(10_000)
    faults = listen(page)

    page.goto(f"{address}/cua-toi/")
    look(page, "citizen-enter")
    sign_in(page, address)
    expect(page).to_have_url(f"{address}/cua-toi/")
    expect(page.get_by_text("mức xác thực 2")).to_be_visible()
    look(page, "citizen-empty")
    page.locator("#id_code").fill(kept.receipt)
    page.get_by_role("button", name="Gắn vào trang của tôi").click()
    expect(page.get_by_role("heading", name=f"Báo cáo {kept.code}")).to_be_visible()
    expect(page.get_by_text("Cán bộ trực, Trung tâm diễn tập: Xem để quyết định giữ tiền")).to_be_visible()
    look(page, "citizen-mine")
    turn(page.get_by_role("button", name="Đăng xuất"))
    page.goto(f"{address}/cua-toi/")
    expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    assert faults == []
    assert read_rows(rehearsal.home, "SELECT DISTINCT level FROM citizens_stay") == [(2,)]
    stored = (rehearsal.home / "keng.sqlite").read_bytes() + (rehearsal.home / "keng.sqlite-wal").read_bytes()
    assert b"cong-dan" not in stored

    process.terminate()  # the provider goes away: signing in fails in words, the rest goes on
    process.wait(10)
    page.get_by_role("link", name="Đăng nhập").click()
    expect(page.get_by_text("Nơi định danh không trả lời được lúc này")).to_be_visible()
    page.goto(f"{address}/theo-doi/{kept.receipt}/")
    expect(page.get_by_text(kept.receipt)).to_be_visible()
    window.close()
