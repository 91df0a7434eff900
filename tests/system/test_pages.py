"""Every page in every state, in both languages, on a phone and a wide screen, in light and in dark: for everybody, and light.

Pictures of all of it: KENG_LOOK=folder make test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from keng.nation.day.story import SCAM_TEXT
from tests.system.desk import Desk
from tests.system.rehearsal import rehearse

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" | ")}`)"""
WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
HOME_SIZE = {"citizen": "phone", "officer": "wide"}  # in English each room is looked at in the size that it is made for
LANGUAGES = {"vi": "light", "en": "dark"}  # each language in one of the two lights
MOST_BYTES = {"citizen": 100_000, "officer": 400_000}
LOOK = os.environ.get("KENG_LOOK")
Windows = Callable[[str | None, str], BrowserContext]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The demo with nothing reported yet, and a bank for which the test answers."""
    with rehearse(tmp_path_factory.mktemp("pages") / "home", "--quiet-day", "--banks", "silent") as rehearsal:
        yield Desk(rehearsal)


@pytest.fixture(scope="module")
def desk(bare: Desk) -> Desk:
    bare.fill()
    bare.dead_letters()
    return bare


@pytest.fixture(scope="module")
def windows(bare: Desk, chromium: Browser) -> Iterator[Windows]:
    """A window for each officer (None: for citizens) in each language, with axe on every page of it."""
    opened: dict[tuple[str | None, str], BrowserContext] = {}

    def window(who: str | None, language: str) -> BrowserContext:
        if (who, language) not in opened:
            context = bare.window(chromium, who, viewport=SIZES["wide"], color_scheme=LANGUAGES[language])
            context.add_init_script(AXE)
            opened[who, language] = context
        cookie = {"name": "lang", "value": language, "url": bare.rehearsal.address}
        opened[who, language].add_cookies([cookie])  # type: ignore[list-item]
        return opened[who, language]

    yield window
    for context in opened.values():
        context.close()


class Visit:
    """One page opened as if for the first time: nothing of it is in a cache."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.page: Page = context.new_page()
        context.new_cdp_session(self.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.page.set_default_timeout(10_000)
        self.faults: list[str] = []
        self.requests: list[Any] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("requestfinished", self._hear)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def bytes_of_last_page(self) -> int:
        """What came over the line for the page that stands now, headers and all."""
        last = max(n for n, request in enumerate(self.requests) if request.is_navigation_request())
        sizes = [request.sizes() for request in self.requests[last:]]
        return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)

    def outside(self) -> list[str]:
        own = urlsplit(self.address).netloc
        return [one.url for one in self.requests if urlsplit(one.url).netloc != own and not one.url.startswith("data:")]

    def _hear(self, request: Any) -> None:
        self.requests.append(request)

    def _note(self, message: Any) -> None:
        told = message.type == "error" and not message.text.startswith("Failed to load resource: the server responded")
        if told:  # the page itself may answer 404 or 422; whatever else it loads is looked at below
            self.faults.append(message.text)

    def check(self, name: str, room: str, sizes: tuple[str, ...]) -> None:
        page = self.page
        page.wait_for_load_state("load")
        page.evaluate("() => document.fonts.ready.then(() => 0)")
        assert self.bytes_of_last_page() < MOST_BYTES[room]
        assert self.outside() == []
        broken = [one.url for one in self.requests if not one.is_navigation_request() and one.response().status >= 400]
        assert broken == []
        for size in sizes:
            page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            if LOOK:
                Path(LOOK).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=f"{LOOK}/{name}-{size}.png", full_page=True)
            assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0, size
            assert page.evaluate(RUN_AXE) == [], size
        assert self.faults == []


Go = Callable[[Visit, Desk], None]


def at(path: str) -> Go:
    return lambda visit, _desk: visit.go(path)


def receipt(state: str, end: str = "") -> Go:
    """A page of the reporter whose report is in this state."""
    return lambda visit, desk: visit.go(f"/theo-doi/{desk.reports[state].receipt}/{end}")


def report(state: str) -> Go:
    """The officers' page of the report in this state."""
    return lambda visit, desk: visit.go(f"/ban/bao-cao/{desk.reports[state].code}/")


def pasted(text: str, sent: str) -> Go:
    """The second screen, after pasting."""

    def go(visit: Visit, _desk: Desk) -> None:
        visit.go("/")
        visit.page.locator("#id_text").fill(text)
        visit.page.locator(f"button[value={sent}]").click()

    return go


def money_with_faults(visit: Visit, desk: Desk) -> None:
    pasted(SCAM_TEXT, "yes")(visit, desk)
    visit.page.locator("#id_amount").fill("nhiều lắm")
    visit.page.locator("#id_to_account").fill("<b>không có</b>")
    visit.page.locator("#id_time").fill("23:59")
    visit.page.locator("button[data-submit]").click()


def stale_form(visit: Visit, _desk: Desk) -> None:
    visit.go("/")
    visit.page.locator("#id_text").fill("Tôi vừa chuyển tiền cho người lạ. " * 10)
    visit.context.clear_cookies(name="csrftoken")
    visit.page.locator("button[value=yes]").click()


def wrong_code(visit: Visit, _desk: Desk) -> None:
    visit.go("/theo-doi/?code=KENG-0000-0000-0000")


def appeal_with_fault(visit: Visit, desk: Desk) -> None:
    visit.go(f"/khieu-nai/{desk.reports['held'].measure}/")
    with visit.page.expect_navigation():  # the gate's script asks first whether there is work to do
        visit.page.locator("main form button").click()


def hold_with_fault(visit: Visit, desk: Desk) -> None:
    report("waiting")(visit, desk)
    visit.page.locator("#id_amount").fill("rất nhiều tiền")
    visit.page.locator("button[value=urgent]").click()


def asks_for_a_reason(visit: Visit, desk: Desk) -> None:
    report("asked")(visit, desk)
    for summary in visit.page.locator("details.confirm > summary").all():
        summary.click()


def lists_the_keys(visit: Visit, _desk: Desk) -> None:
    visit.go("/ban/")
    visit.page.keyboard.press("?")


CITIZEN: dict[str, Go] = {
    "home": at("/"),
    "home-empty": pasted("", "no"),
    "money": pasted(SCAM_TEXT, "yes"),
    "money-nothing-pasted": pasted("", "yes"),
    "money-faults": money_with_faults,
    "no-money": pasted(f"{SCAM_TEXT} Xem https://{'xac-minh-' * 12}vcb.example", "no"),
    "no-money-nothing-found": pasted("Có người gọi xưng công an.", "no"),
    "receipt": receipt("waiting", "bien-nhan/"),
    "track-received": receipt("waiting"),
    "track-asked": receipt("asked"),
    "track-working": receipt("working"),
    "track-held": receipt("held"),
    "track-part-with-words": receipt("part"),
    "track-gone": receipt("gone"),
    "track-declined": receipt("declined"),
    "track-closed": receipt("closed"),
    "ask": at("/theo-doi/"),
    "ask-wrong": wrong_code,
    "no-receipt": at("/theo-doi/KENG-0000-0000-0000/"),
    "no-page": at("/khong-co/"),
    "wrong-method": at("/bao/gui/"),
    "stale-form": stale_form,
    "my-page": at("/cua-toi/"),
    "my-page-no-provider": at("/cua-toi/vao/"),
    "appeal": lambda visit, desk: visit.go(f"/khieu-nai/{desk.reports['held'].measure}/"),
    "appeal-fault": appeal_with_fault,
    "appeal-waits": lambda visit, desk: visit.go(urlsplit(desk.appeals["open"]).path),
    "appeal-decided": lambda visit, desk: visit.go(urlsplit(desk.appeals["decided"]).path),
}
EMPTY: dict[str, tuple[str | None, Go]] = {
    "queue-empty": ("first", at("/ban/")),
    "dead-letters-empty": ("operator", at("/ban/thu-chet/")),
    "link": (None, lambda visit, desk: visit.go(urlsplit(desk.rehearsal.links["Kiểm tra viên"]).path)),
}
OFFICERS: dict[str, tuple[str | None, Go]] = {
    "queue": ("first", at("/ban/")),
    "keys": ("first", lists_the_keys),
    "report-waiting": ("first", report("waiting")),
    "report-hold-fault": ("first", hold_with_fault),
    "report-own-hold": ("first", report("asked")),
    "report-to-confirm": ("second", asks_for_a_reason),
    "report-held": ("second", report("held")),
    "report-part-with-words": ("second", report("part")),
    "report-gone": ("second", report("gone")),
    "report-declined": ("first", report("declined")),
    "report-closed": ("first", report("closed")),
    "report-of-auditor": ("auditor", report("part")),
    "dead-letters": ("operator", at("/ban/thu-chet/")),
    "dead-letters-of-officer": ("first", at("/ban/thu-chet/")),
    "ledger": ("auditor", at("/ban/so/")),
    "refused": ("operator", report("waiting")),
    "no-report": ("first", at("/ban/bao-cao/TB-0000000/")),
    "not-signed-in": (None, at("/ban/")),
    "link-spent": (None, lambda visit, desk: visit.go(urlsplit(desk.rehearsal.links["Trực ban 1"]).path)),
    "enter": (None, at("/vao/")),
    "mine": ("first", at("/ban/toi/")),
    "prove": ("first", at("/vao/lai/")),
    "no-invitation": (None, at("/vao/moi/0000-0000-0000-0000/")),
    "specimen": (None, at("/mau/")),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_desk_is_for_everybody(bare: Desk, windows: Windows, name: str, language: str) -> None:
    """Before anybody reports, and before the auditor comes in by the link."""
    who, go = EMPTY[name]
    look_at(bare, windows(who, language), f"officer-{name}", "officer", go, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CITIZEN)
def test_a_citizens_page_is_for_everybody_and_light(desk: Desk, windows: Windows, name: str, language: str) -> None:
    look_at(desk, windows(None, language), f"citizen-{name}", "citizen", CITIZEN[name], language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OFFICERS)
def test_an_officers_page_is_for_everybody(desk: Desk, windows: Windows, name: str, language: str) -> None:
    who, go = OFFICERS[name]
    look_at(desk, windows(who, language), f"officer-{name}", "officer", go, language)


def look_at(desk: Desk, window: BrowserContext, name: str, room: str, go: Go, language: str) -> None:
    visit = Visit(window, desk.rehearsal.address)
    try:
        go(visit, desk)
        assert visit.page.locator("html").get_attribute("lang") == language
        visit.check(f"{name}-{language}", room, tuple(SIZES) if language == "vi" else (HOME_SIZE[room],))
    finally:
        visit.page.close()


def test_a_hold_is_sent_and_confirmed_with_keys_alone(desk: Desk, chromium: Browser) -> None:
    """j Enter h h; then another officer: j Enter c c."""
    kept = desk.report("by-keys", minutes=1, amount=95_000_000)
    first = desk.window(chromium, "first", viewport=SIZES["wide"]).new_page()
    first.goto(desk.rehearsal.address + "/ban/")
    walk_to(first, kept.code)
    first.keyboard.press("h")
    expect(first.locator("[data-key=h]")).to_be_focused()
    expect(first.locator("#part-measures .measure")).to_have_count(0)  # one press sends nothing
    first.keyboard.press("h")
    expect(first.get_by_text("Đã gửi yêu cầu giữ tiền.")).to_be_visible()
    expect(first.locator("#notice")).to_be_focused()

    second = desk.window(chromium, "second", viewport=SIZES["wide"]).new_page()
    second.goto(desk.rehearsal.address + "/ban/")
    walk_to(second, kept.code)
    second.keyboard.press("c")
    second.keyboard.press("c")
    expect(second.get_by_text("Đã xác nhận.")).to_be_visible()
    second.keyboard.press("n")  # and on to the next
    expect(second).not_to_have_url(f"{desk.rehearsal.address}/ban/bao-cao/{kept.code}/")
    for page in (first, second):
        page.context.close()


def walk_to(page: Page, code: str) -> None:
    """Down the queue with j until the row of this report has the focus; then open it."""
    row = page.locator(f"[data-row='{code}']")
    expect(row).to_have_count(1)
    for _ in range(page.locator("[data-row]").count()):
        page.keyboard.press("j")
        if row.locator("a:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.partition('/ban/')[0]}/ban/bao-cao/{code}/")


def test_keys_stay_with_the_row_while_the_queue_changes(desk: Desk, chromium: Browser) -> None:
    page = desk.window(chromium, "second", viewport=SIZES["wide"]).new_page()
    page.goto(desk.rehearsal.address + "/ban/")
    for _ in range(2):
        page.keyboard.press("j")
    code = page.evaluate("() => document.activeElement.closest('[data-row]').dataset.row")

    kept = desk.report("came", minutes=0, amount=500_000_000)

    expect(page.locator(f"[data-row='{kept.code}']")).to_have_count(1, timeout=10_000)
    assert page.evaluate("() => document.activeElement.closest('[data-row]').dataset.row") == code
    page.context.close()


@pytest.mark.parametrize(
    "fault",
    [
        "document.body.append(document.createElement('img'))",
        "document.querySelector('main').style.width = '3000px'",
        "console.error('fault')",
        "fetch('http://127.0.0.1:9/').catch(() => 0)",
    ],
)
def test_a_planted_fault_is_found(desk: Desk, windows: Windows, fault: str) -> None:
    visit = Visit(windows(None, "vi"), desk.rehearsal.address)
    visit.go("/")
    visit.page.evaluate(f"async () => {{ await ({fault}) }}")
    with pytest.raises(AssertionError):
        visit.check("planted", "citizen", ("phone",))
    visit.page.close()
