"""An officer's way in, in a real Chromium with a virtual authenticator: invited, in by a passkey, by codes, paused, ended."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.system.rehearsal import Rehearsal, read_rows, rehearse
from tests.system.test_pages import AXE, LOOK, RUN_AXE, SIZES, WIDER_THAN_THE_WINDOW
from tests.system.turning import turn
from tests.system.visitor import Reply, Visitor

NAME, POST = "truc-ban-1", "Trực ban 1"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearse(tmp_path_factory.mktemp("signin") / "home", "--quiet-day", "--banks", "silent") as running:
        yield running


def localhost(rehearsal: Rehearsal) -> str:
    """The name under which this machine has passkeys: WebAuthn takes no IP address."""
    return f"http://localhost:{rehearsal.port}"


def invite(rehearsal: Rehearsal, name: str, *more: str) -> str:
    """What `keng officers invite` prints."""
    about = {"KENG_HOME": str(rehearsal.home), "KENG_DEMO": "1", "KENG_ADDRESS": rehearsal.address}
    about["KENG_CLOCK_FILE"] = str(rehearsal.clock_file)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    told = subprocess.run(
        [sys.executable, "-m", "keng.cli", "officers", "invite", name, *more],
        env={**plain, **about}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.strip()


@pytest.fixture
def window(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=SIZES["wide"])
    context.add_init_script(AXE)
    context.set_default_timeout(10_000)
    yield context
    context.close()


def with_device(window: BrowserContext) -> tuple[Page, CDPSession, str]:
    """A page whose browser has a device with a fingerprint reader."""
    page = window.new_page()
    session = window.new_cdp_session(page)
    session.send("WebAuthn.enable")
    return page, session, session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]


def look(page: Page, name: str) -> None:
    """The page is for everybody, in each light and size, and says nothing that the policy forbids."""
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    for light in ("light", "dark"):
        page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
        for size, shape in SIZES.items():
            page.set_viewport_size(shape)  # type: ignore[arg-type]
            if LOOK:
                Path(LOOK).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=f"{LOOK}/signin-{name}-{light}-{size}.png", full_page=True)
            assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0, (name, size)
            assert page.evaluate(RUN_AXE) == [], (name, light, size)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(SIZES["wide"])  # type: ignore[arg-type]


def listen(page: Page) -> list[str]:
    """What goes wrong on the page's side from now on."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    return faults


def in_by_codes(page: Page, address: str, digits: str, code: str) -> None:
    page.goto(f"{address}/vao/")
    page.locator("#id_name").fill(NAME)
    page.locator("#id_digits").fill(digits)
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Vào bằng mã").click()


def test_an_officer_comes_in_by_every_way_and_is_held_back_when_guessing(
    rehearsal: Rehearsal, chromium: Browser, window: BrowserContext
) -> None:
    address = localhost(rehearsal)
    page, device, ident = with_device(window)
    faults = listen(page)

    # invited: the first passkey
    link = invite(rehearsal, NAME)
    assert link.startswith(f"{address}/vao/moi/")
    page.goto(link)
    look(page, "invited")
    page.locator("#id_key_name").fill("máy tính trực")
    page.get_by_role("button", name="Tạo khoá và vào").click()
    expect(page).to_have_url(f"{address}/ban/toi/")
    expect(page.get_by_role("heading", name="máy tính trực", exact=True)).to_be_visible()
    [credential] = device.send("WebAuthn.getCredentials", {"authenticatorId": ident})["credentials"]
    assert (credential["isResidentCredential"], credential["rpId"]) == (True, "localhost")
    invited_session = session_cookie(window)

    # out, and in again with the key alone
    turn(page.get_by_role("button", name="Ra", exact=True))
    page.goto(f"{address}/ban/")
    expect(page.get_by_text("Hãy vào làm việc trước")).to_be_visible()
    page.get_by_role("link", name="Vào làm việc").click()
    look(page, "enter")
    page.get_by_role("button", name="Vào bằng khoá").click()
    expect(page).to_have_url(f"{address}/ban/")
    assert session_cookie(window) != invited_session

    # an authenticator and its codes
    page.get_by_role("link", name=POST).click()
    page.get_by_role("button", name="Thêm ứng dụng mã").click()
    look(page, "authenticator")
    assert page.locator("img.qr").evaluate("(picture) => picture.naturalWidth") > 100
    page.locator("summary", has_text="Không quét được").click()
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.locator("#id_digits").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Xong").click()
    page.get_by_role("button", name="Làm mã dùng một lần mới").click()
    look(page, "codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == len(set(codes)) == 10
    page.goto(f"{address}/ban/toi/")
    look(page, "mine")

    # in by codes elsewhere, without script
    plain = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    elsewhere = plain.new_page()
    wait_for_new_digits(secret)
    in_by_codes(elsewhere, address, pyotp.TOTP(secret).now(), codes[0])
    expect(elsewhere).to_have_url(f"{address}/ban/")

    # that session is ended from the first
    page.reload()
    page.get_by_role("button", name="Kết thúc mọi phiên khác").click()
    expect(page.get_by_text("Đã kết thúc các phiên khác.")).to_be_visible()
    elsewhere.reload()
    expect(elsewhere.get_by_text("Hãy vào làm việc trước")).to_be_visible()

    # guessing has to wait; the key still works
    for _ in range(3):
        in_by_codes(elsewhere, address, "000000", codes[1])
        expect(elsewhere.get_by_text("Không vào được: tên, mã 6 số")).to_be_visible()
    in_by_codes(elsewhere, address, pyotp.TOTP(secret).now(), codes[1])
    expect(elsewhere.get_by_text("Có quá nhiều lần vào không được")).to_be_visible()
    turn(page.get_by_role("button", name="Ra", exact=True))
    page.goto(f"{address}/vao/")
    page.get_by_role("button", name="Vào bằng khoá").click()
    expect(page).to_have_url(f"{address}/ban/")
    plain.close()
    assert faults == []
    verbs = {row[0] for row in read_rows(rehearsal.home, "SELECT DISTINCT verb FROM ledger_entry")}
    assert {
        "signin.invite", "signin.add_passkey", "signin.enter", "signin.end_session", "signin.add_authenticator",
        "signin.make_codes", "signin.fail",
    } <= verbs  # fmt: skip


def session_cookie(window: BrowserContext) -> str:
    return next(str(one["value"]) for one in window.cookies() if one["name"] == "sessionid")


def wait_for_new_digits(secret: str) -> None:
    """Until the authenticator shows other digits: those it showed were used."""
    codes, shown = pyotp.TOTP(secret), pyotp.TOTP(secret).now()
    while codes.now() == shown:
        time.sleep(0.2)


def test_what_needs_a_fresh_proof_asks_for_the_key_and_leads_back(rehearsal: Rehearsal, window: BrowserContext) -> None:
    address = localhost(rehearsal)
    page, _device, _ident = with_device(window)
    page.goto(invite(rehearsal, "van-hanh"))
    page.locator("#id_key_name").fill("khoá USB")
    page.get_by_role("button", name="Tạo khoá và vào").click()
    expect(page).to_have_url(f"{address}/ban/toi/")
    rehearsal.move_clock(minutes=11)
    try:
        page.locator("#id_key_name").fill("khoá thứ hai")
        page.get_by_role("button", name="Tạo khoá").click()
        expect(page).to_have_url(f"{address}/vao/lai/?next=%2Fban%2Ftoi%2F")
        look(page, "prove")
        page.get_by_role("button", name="Dùng khoá").click()
        expect(page).to_have_url(f"{address}/ban/toi/")
        expect(page.get_by_text("Lần chứng minh trước đã quá lâu")).to_have_count(0)
    finally:
        rehearsal.move_clock(minutes=0)


def test_a_browser_at_the_bare_address_is_led_to_where_passkeys_work(
    rehearsal: Rehearsal, window: BrowserContext
) -> None:
    page = window.new_page()
    page.goto(f"{rehearsal.address}/vao/")
    page.get_by_role("link", name=f"{localhost(rehearsal)}/vao/").click()
    expect(page.get_by_role("button", name="Vào bằng khoá")).to_be_visible()


def test_who_gives_up_at_the_device_is_told_and_may_try_again(rehearsal: Rehearsal, window: BrowserContext) -> None:
    page, device, ident = with_device(window)
    page.goto(f"{localhost(rehearsal)}/vao/")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": ident, "isUserVerified": False})
    page.get_by_role("button", name="Vào bằng khoá").click()
    expect(page.locator("[data-said]")).to_contain_text("Trình duyệt không đưa được khoá nào", timeout=30_000)
    expect(page.get_by_role("button", name="Vào bằng khoá")).to_be_enabled()


def test_tries_at_once_gain_nothing(rehearsal: Rehearsal) -> None:
    """Twelve with the same right codes: one comes in. Twelve guesses: three are looked at, the others have to wait."""
    secret, codes = enrol_with_authenticator(rehearsal, "truc-ban-2")
    wait_for_new_digits(secret)
    right = {"name": "truc-ban-2", "digits": pyotp.TOTP(secret).now(), "code": codes[0]}

    entered = at_once(rehearsal, right)
    assert sum(reply.url.endswith("/ban/") for reply in entered) == 1, [reply.status for reply in entered]
    came_in = (
        "SELECT count(*) FROM signin_visit AS visit JOIN people_officer AS officer ON officer.id = visit.officer_id"
        " WHERE visit.way = 'codes' AND officer.username = 'truc-ban-2'"
    )
    assert read_rows(rehearsal.home, came_in) == [(1,)]

    guessed = at_once(rehearsal, {"name": "ten-la", "digits": "000000", "code": "x"})
    assert sorted(reply.status for reply in guessed) == [403] * 3 + [429] * 9


def at_once(rehearsal: Rehearsal, typed: dict[str, str], times: int = 12) -> list[Reply]:
    """The same form from many browsers at the same moment."""
    visitors = [Visitor(rehearsal.address) for _ in range(times)]
    for visitor in visitors:
        visitor.get("/vao/")
    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(lambda visitor: visitor.submit("/vao/", **typed), visitors))


def enrol_with_authenticator(rehearsal: Rehearsal, name: str) -> tuple[str, list[str]]:
    """An invited officer who has no script: the secret, and their one-use codes."""
    visitor = Visitor(rehearsal.address)
    path = urlsplit(invite(rehearsal, name)).path
    visitor.get(path)
    shown = visitor.submit(path).text
    found = re.search(r'<code class="code">([A-Z2-7 ]+)</code>', shown)
    assert found, shown
    secret = found[1].replace(" ", "")
    assert visitor.submit(path, digits=pyotp.TOTP(secret).now()).url.endswith("/ban/toi/")
    return secret, re.findall(r'<code class="code">([0-9A-Z-]{19})</code>', visitor.submit("/ban/toi/ma/").text)
