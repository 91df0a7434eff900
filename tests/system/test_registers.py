"""A clerk hands a register of SIMs in, the hand that works on it is killed, and the clerk sees what came of it; an officer reviews
a sample by keyboard, a second one lets it take effect, notices go out; one holder corrects, one appeals, one is restricted and
restored; and it is taken back: on the demo's own processes, with the clock set on. `make soak` does it with many more (KENG_SIMS).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page, expect

from keng.base.webhooks import sign
from tests.system.desk import POSTS
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.rooms import Rooms
from tests.system.test_by_keys import page_of, told
from tests.system.test_pages import AXE, SIZES
from tests.system.test_rooms import at, look_at
from tests.system.turning import turn
from tests.system.visitor import Visitor

POSTS.setdefault("carrier", "Nhà mạng")
CARRIER = "carrier:viettel"
USERS = {"first": "truc-ban-1", "second": "truc-ban-2", "carrier": "nha-mang"}
PHONE = {"width": 360, "height": 740}
SIMS, MANY_SIMS = 2000, int(os.environ.get("KENG_SIMS", "100000"))
BY_KEYS = 12
"""Sampled records that the officer reviews in the browser; the others by the same forms without one."""
PATIENCE = 60_000 + MANY_SIMS  # milliseconds


def rehearsed(home: Path, sims: int) -> AbstractContextManager[Rehearsal]:
    """A demo whose country has about so many SIMs; made first, since a large one takes longer than a demo may to be ready."""
    home.mkdir()
    words = ["nation", "make", str(home / "nation"), "--people", str(sims * 5 // 6), "--seed", "7"]
    subprocess.run([sys.executable, "-m", "keng.cli", *words], check=True, stdout=subprocess.DEVNULL)
    return rehearse(home, "--quiet-day", "--partners", "silent")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    with rehearsed(tmp_path_factory.mktemp("registers") / "home", SIMS) as rehearsal:
        yield Rooms(rehearsal)


def sims_of(desk: Rooms) -> Path:
    return desk.rehearsal.home / "nation" / "sims.parquet"


def hand_in(page: Page, file: Path) -> str:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=re.compile("Nộp")).click()
    page.wait_for_url(re.compile(r"/doi-tac/so-dang-ky/HS-\w+/$"), timeout=PATIENCE)
    return page.url.rstrip("/").rpartition("/")[2]


def test_a_register_goes_in_is_reviewed_takes_effect_and_is_taken_back(desk: Rooms, chromium: Browser) -> None:
    walk(desk, chromium)


@pytest.mark.soak
def test_a_large_register_goes_the_same_way(tmp_path: Path, chromium: Browser) -> None:
    with rehearsed(tmp_path / "home", MANY_SIMS) as rehearsal:
        walk(Rooms(rehearsal), chromium, with_holders=True)


def walk(desk: Rooms, chromium: Browser, *, with_holders: bool = False) -> None:
    clerk = page_of(desk, chromium, "carrier", "/doi-tac/so-dang-ky/")
    code = hand_in(clerk, sims_of(desk))
    wait_for(lambda: is_under_way(desk, code) and desk.rehearsal.kill("hand"), "a hand at work is killed")
    wait_for(lambda: state_of(desk, code) == "cleansed", "the register is cleansed", within=PATIENCE / 1000)
    records = pq.read_metadata(sims_of(desk)).num_rows
    assert desk.rehearsal.rows("SELECT count(*), count(DISTINCT record) FROM registers_record")[0] == (records, records)
    clerk.reload()
    expect(clerk.locator("#verdicts h2 .figures")).to_have_text(f"{records:,}".replace(",", "."))
    expect(clerk.locator("#verdicts")).to_contain_text("Đúng người, có chỗ khác")
    expect(clerk.locator("#effect")).to_have_count(0)
    clerk.locator("#provinces tbody a").first.click()
    clerk.wait_for_url(re.compile(r"\?tinh="))
    with clerk.expect_download(timeout=PATIENCE) as download:
        clerk.keyboard.press("c")
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == records + 1 and lines[0] == "record_id,verdict,reasons,fields to correct"

    cases = take_effect(desk, chromium, code)
    assert cases > records // 20
    if with_holders:
        live_on(desk, chromium)
        come_back(desk, "second")
    second = page_of(desk, chromium, "second", f"/ban/so-dang-ky/{code}/")
    second.keyboard.press("r")
    expect(second.locator("textarea:focus, input:focus")).to_have_count(1)
    second.keyboard.type("Nguồn ngày sinh của nơi nộp bị lệch.")
    second.keyboard.press("Control+Enter")
    told(second, "Đã rút lại cả bộ.")
    assert effect_of(desk, code) == "rolled_back"
    for page in (clerk, second):
        page.context.close()


def take_effect(desk: Rooms, chromium: Browser, code: str) -> int:
    """The sample is reviewed, one officer proposes, another approves; how many cases stand."""
    first = page_of(desk, chromium, "first", "/ban/so-dang-ky/")
    for _ in range(20):
        first.keyboard.press("j")
        if first.evaluate(f"document.activeElement.href?.includes('/{code}/') ?? false"):
            break
    first.keyboard.press("Enter")
    first.wait_for_url(re.compile(f"/{code}/$"))
    review(desk, first, code)
    first.keyboard.press("h")
    expect(first.locator("textarea:focus, input:focus")).to_have_count(1)
    first.keyboard.type("Mẫu đã xem đủ, không nhóm nào lệch.")
    first.keyboard.press("Control+Enter")
    told(first, "Đã đề nghị.")

    second = page_of(desk, chromium, "second", f"/ban/so-dang-ky/{code}/")
    expect(second.locator("#review")).to_contain_text("trong mức")
    second.keyboard.press("d")
    second.keyboard.press("d")
    told(second, "Đã duyệt.")
    wait_for(lambda: effect_of(desk, code) == "in_effect", "the register is in effect", within=PATIENCE / 1000)
    for page in (first, second):
        page.context.close()
    return int(desk.rehearsal.rows("SELECT count(*) FROM followup_case")[0][0])


def review(desk: Rooms, page: Page, code: str) -> None:
    """Every record of the sample is found right: some in the browser, the rest over HTTP."""
    page.keyboard.press("m")
    for _ in range(BY_KEYS):
        page.wait_for_url(re.compile(r"/mau/\d+/$"))
        expect(page.locator("html[data-hears=keys]")).to_have_count(1)
        here = page.url
        page.keyboard.press("d")
        page.wait_for_url(lambda url, here=here: url != here)
    officer, base = desk.officer("first"), f"/ban/so-dang-ky/{code}/"
    reply = officer.get(f"{base}mau/")
    while "/mau/" in reply.url:  # each answer is the next record, or the register when there is none left
        reply = officer.submit(f"{urllib.parse.urlsplit(reply.url).path}noi/", noi="dung")
    page.goto(desk.rehearsal.address + base)
    looks = desk.rehearsal.rows("SELECT count(*) FROM ledger_entry WHERE verb = 'registers.look'")[0][0]
    assert looks >= desk.rehearsal.rows("SELECT count(*) FROM registers_sample")[0][0] > 100


def is_under_way(desk: Rooms, code: str) -> bool:
    return bool(desk.rehearsal.rows(f"SELECT stage FROM registers_register WHERE code = '{code}'")[0][0])


def state_of(desk: Rooms, code: str) -> str:
    return str(desk.rehearsal.rows(f"SELECT state FROM registers_register WHERE code = '{code}'")[0][0])


def effect_of(desk: Rooms, code: str) -> str:
    return str(desk.rehearsal.rows(f"SELECT effect FROM registers_register WHERE code = '{code}'")[0][0])


PAGES = {
    "registers": ("first", "/ban/so-dang-ky/"),
    "register": ("second", "/ban/so-dang-ky/{code}/"),
    "register-sample": ("first", "/ban/so-dang-ky/{code}/mau/2/"),
    "register-rows": ("auditor", "/ban/so-dang-ky/{code}/ho-so/?ket_luan=mismatch"),
    "own-registers": ("carrier", "/doi-tac/so-dang-ky/"),
    "own-register": ("carrier", "/doi-tac/so-dang-ky/{code}/"),
    "own-register-of-no-use": ("carrier", "/doi-tac/so-dang-ky/{bad}/"),
    "question": ("carrier", "/doi-tac/hoi/"),
}


@pytest.fixture(scope="module")
def codes(desk: Rooms, chromium: Browser) -> dict[str, str]:
    """The register that went all the way, and one of no use."""
    clerk = page_of(desk, chromium, "carrier", "/doi-tac/so-dang-ky/")
    file = desk.rehearsal.home / "sai.csv"
    file.write_text("record_id,holder_id,full_name,date_of_birth,subscriber\n,2,b,2001,3\n1,5,c,2002,6\n1,5,c,2002,6\n")
    bad = hand_in(clerk, file)
    wait_for(lambda: state_of(desk, bad) == "bad", "the file is told to be of no use", within=60)
    clerk.goto(f"{desk.rehearsal.address}/doi-tac/so-dang-ky/")
    cleansed = desk.rehearsal.rows("SELECT code FROM registers_register WHERE state = 'cleansed'")
    code = cleansed[0][0] if cleansed else hand_in(clerk, sims_of(desk))
    wait_for(lambda: state_of(desk, code) == "cleansed", "the register is cleansed", within=PATIENCE / 1000)
    clerk.context.close()
    return {"code": code, "bad": bad}


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_for_everybody(desk: Rooms, chromium: Browser, codes: dict[str, str], name: str) -> None:
    who, path = PAGES[name]
    window = desk.window(chromium, who, viewport=SIZES["wide"], color_scheme="light")
    window.add_init_script(AXE)
    look_at(desk, window, name, at(path.format(**codes)))
    window.close()


def test_a_clerk_asks_one_question_and_hears_no_value(desk: Rooms, chromium: Browser) -> None:
    own = next(
        one
        for one in pq.read_table(desk.rehearsal.home / "nation" / "population.parquet").to_pylist()
        if one["status"] == "living" and len(one["date_of_birth"]) == 10
    )
    page = page_of(desk, chromium, "carrier", "/doi-tac/hoi/")
    for name, value in (
        ("holder_id", own["citizen_id"]),
        ("full_name", own["full_name"]),
        ("date_of_birth", "1911-11-11"),
    ):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name=re.compile("^Hỏi")).click()
    expect(page.locator("#answer")).to_contain_text("cần sửa ngày sinh")
    assert own["date_of_birth"] not in page.content()
    page.context.close()


def test_holders_are_told_one_corrects_one_appeals_one_is_restricted_and_restored(
    desk: Rooms, chromium: Browser
) -> None:
    """The last of this file: the clock is set on, and everybody's session ends."""
    clerk = page_of(desk, chromium, "carrier", "/doi-tac/so-dang-ky/")
    code = hand_in(clerk, sims_of(desk))
    wait_for(lambda: state_of(desk, code) == "cleansed", "the register is cleansed", within=PATIENCE / 1000)
    clerk.context.close()
    take_effect(desk, chromium, code)
    live_on(desk, chromium)


def live_on(desk: Rooms, chromium: Browser) -> None:
    """What three holders do with their notices over sixteen days, the carrier's clerk, and an officer."""
    begun = "begun_at IS NOT NULL AND begun_by_id IS NOT NULL AND rolled_back_at IS NULL"
    batch = f"SELECT 1 FROM followup_batch WHERE {begun} LIMIT 1"
    wait_for(lambda: bool(desk.rehearsal.rows(batch)), "all its cases are there", within=PATIENCE / 1000)
    wait_for(lambda: not is_due(desk), "everybody was sent a notice", within=PATIENCE / 1000)
    corrects, appeals, waits = plain_orders(desk)[:3]
    holders = {one["case"]: holder(desk, chromium, one) for one in (corrects, appeals, waits)}
    for one in (corrects, appeals, waits):
        assert answer(desk, one)["state"] == "executed"

    page = holders[corrects["case"]]
    page.get_by_role("button", name="Tôi đã sửa xong").click()
    expect(page.get_by_text("Thời hạn đang dừng")).to_be_visible()
    page = holders[appeals["case"]]
    page.get_by_label("Vì sao điều này không đúng?").fill("Tôi đã đổi tên, giấy đổi tên ở phường.")
    page.get_by_role("button", name="Gửi khiếu nại").click()
    expect(page.get_by_text("đang chờ trả lời")).to_be_visible()

    for day in range(1, 5):
        desk.rehearsal.move_clock(days=day, minutes=10)
        wait_for(lambda: not is_due(desk), f"the notices of day {day + 1} went out", within=PATIENCE / 1000)
        assert of_case(desk, waits, "notices") == day + 1
    desk.rehearsal.move_clock(days=15, hours=1)
    wait_for(lambda: of_case(desk, waits, "ordered") == "restrict_out", "one is restricted", within=PATIENCE / 1000)
    for one in (corrects, appeals):
        assert of_case(desk, one, "ordered") == "", "the clock of who said something stands still"
    assert newest_order(desk, waits)["action"] == "restrict_out"
    answer(desk, newest_order(desk, waits))
    page = holders[waits["case"]]
    page.reload()
    expect(page.get_by_text("Bây giờ: không gọi đi và nhắn đi được.")).to_be_visible()

    come_back(desk, "first", "carrier")
    clerk = page_of(desk, chromium, "carrier", "/doi-tac/theo-doi/")
    check = clerk.locator("section.card", has_text="Xem đã sửa chưa").first
    turn(check.get_by_role("button", name="Đã làm").first)
    clerk.get_by_label("Mã hồ sơ của đơn vị").fill(waits["record"])
    turn(clerk.get_by_role("button", name="Ghi là đã sửa"))
    for one in (corrects, waits):
        holders[one["case"]].reload()
        expect(holders[one["case"]].get_by_text("Thông tin đã đúng")).to_be_visible()
    wait_for(lambda: newest_order(desk, waits)["action"] == "restore", "it is to be restored", within=PATIENCE / 1000)
    restore = next(one for one in ask_carrier(desk, "orders?limit=20")["items"] if one["case"] == waits["case"])
    assert restore["action"] == "restore", "what gives back stands on top"
    assert answer(desk, restore)["state"] == newest_order(desk, waits)["state"] == "executed"
    page.reload()
    expect(page.get_by_text("Mọi hạn chế đã được gỡ.").first).to_be_visible()

    officer = page_of(desk, chromium, "first", "/ban/theo-doi/")
    officer.locator("#waiting a[data-opens]", has_text="Khiếu nại").first.click()
    expect(officer.get_by_text("Tôi đã đổi tên, giấy đổi tên ở phường.")).to_be_visible()
    officer.get_by_label("Lý do quyết định").fill("giấy đổi tên đúng")
    turn(officer.get_by_role("button", name="Chấp nhận, mở lại"))
    holders[appeals["case"]].reload()
    expect(holders[appeals["case"]].get_by_text("Khiếu nại của bạn được chấp nhận")).to_be_visible()
    for page in (*holders.values(), clerk, officer):
        page.context.close()


def come_back(desk: Rooms, *who: str) -> None:
    """By new links: sessions end when the clock is set on."""
    for one in who:
        desk.officers[one] = Visitor(desk.rehearsal.address).enter(desk.rehearsal.link_for(USERS[one]))


def holder(desk: Rooms, chromium: Browser, order: dict[str, Any]) -> Page:
    """The page that the notice names, on a phone without script."""
    context = chromium.new_context(viewport=PHONE, locale="vi-VN", java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    address = order["page"]
    assert address.startswith(f"{desk.rehearsal.address}/sua/") and address in order["notice"]["vi"]
    page.goto(address)
    return page


def plain_orders(desk: Rooms) -> list[dict[str, Any]]:
    """Three notices of those that count, or more. Those of a register that was taken back before stand in the same list."""
    found: list[dict[str, Any]] = []
    after = ""
    while len(found) < 3:
        page = ask_carrier(desk, f"orders?limit=200{after}")["items"]
        assert page, "the list ends before three are found"
        found += [one for one in page if is_plain(desk, one)]
        after = f"&after={page[-1]['order_id']}"
    return found


def is_plain(desk: Rooms, order: dict[str, Any]) -> bool:
    """Whether it is a notice from which restrictions follow by the clock alone, and soonest."""
    taken_back = "(SELECT rolled_back_at FROM followup_batch batch WHERE batch.id = batch_id)"
    is_open = of_case(desk, order, taken_back) is None and not of_case(desk, order, "needs_person")
    return order["action"] == "notice" and order["rule"]["code"] == "sim.bad_data" and is_open


def is_due(desk: Rooms) -> bool:
    """Whether a worker has something to send by the clock as it stands."""
    now = f"{moment(desk):%Y-%m-%d %H:%M:%S.%f}"
    return bool(desk.rehearsal.rows(f"SELECT 1 FROM followup_case WHERE next_at <= '{now}' LIMIT 1"))


def moment(desk: Rooms) -> datetime:
    """Now, by the demo's clock."""
    return datetime.now(UTC) + timedelta(seconds=float(desk.rehearsal.clock_file.read_text("ascii")))


def of_case(desk: Rooms, order: dict[str, Any], column: str) -> Any:
    ident = uuid.UUID(order["case"]).hex
    return desk.rehearsal.rows(f"SELECT {column} FROM followup_case WHERE id = '{ident}'")[0][0]


def newest_order(desk: Rooms, order: dict[str, Any]) -> dict[str, Any]:
    """What the carrier was last asked about the same case."""
    ident = uuid.UUID(order["case"]).hex
    query = f"SELECT id, action, state FROM followup_order WHERE case_id = '{ident}' ORDER BY number DESC LIMIT 1"
    found, action, state = desk.rehearsal.rows(query)[0]
    return {"order_id": str(uuid.UUID(found)), "action": action, "state": state}


def answer(desk: Rooms, order: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"status": "executed", "reference": "VT-1"}).encode()
    return ask_carrier(desk, f"orders/{order['order_id']}/answer", body)


def ask_carrier(desk: Rooms, path: str, body: bytes | None = None) -> dict[str, Any]:
    """What Kẻng answers to the carrier, which signs each call."""
    rehearsal = desk.rehearsal
    secret = (rehearsal.home / "robots" / f"{CARRIER.replace(':', '-')}.secret").read_text("ascii")
    signed = sign(secret, str(uuid.uuid4()), moment(desk), body or b"")
    headers = {**signed, "keng-partner": CARRIER, "content-type": "application/json"}
    request = urllib.request.Request(f"{rehearsal.address}/api/v1/{path}", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        told: dict[str, Any] = json.loads(reply.read())
    return told
