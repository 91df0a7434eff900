"""Every page in every state, in both languages, on a phone and a wide screen, in light and in dark: for everybody, and light.

Pictures of all of it: KENG_LOOK=folder make test. Those that docs/pages.md shows: make pictures.
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
from tests.system.turning import turn

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
    const told = ["serious", "critical"]
    const others = axe._audit.rules.filter((rule) => rule.impact && !told.includes(rule.impact)).map((rule) => rule.id)
    const rules = Object.fromEntries(others.map((id) => [id, {enabled: false}]))
    return (await axe.run(document, {resultTypes: ["violations"], rules, preload: false})).violations
        .filter((found) => told.includes(found.impact))
        .map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(" | ")}`)
}"""
"""What axe finds that is serious or critical. A rule's own impact is that of all it finds: those of less are not run, which is half
of the time; and of what would be loaded ahead, sounds and other sites' styles, a page of ours has none.
"""
WIDER_THAN_THE_WINDOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SIZES = {"wide": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SMALL_PHONE = {"width": 360, "height": 740}
HOME_SIZE = {"citizen": "phone", "officer": "wide"}  # in English each room is looked at in the size that it is made for
LANGUAGES = {"vi": "light", "en": "dark"}  # each language in one of the two lights
OVER_AT_DOUBLE_TEXT = """() => {
    document.documentElement.style.fontSize = "200%";
    const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    document.documentElement.style.fontSize = "";
    return over;
}"""
# Links inside a sentence may be as high as its line (WCAG 2.5.8); a box to tick is as large as its label.
SMALL_TARGETS = """() => [...document.querySelectorAll("body > :not(aside) :is(a, button, input, select, textarea, summary)")]
    .filter((node) => node.getClientRects().length && !node.closest(".unseen") && node.type !== "hidden")
    .map((node) => node.closest("label") || node)
    .filter((node) => !(node.matches("a") && node.parentElement.matches("p, li") && !node.classList.contains("button")
                        && node.parentElement.textContent.trim() !== node.textContent.trim()))
    .filter((node) => !node.closest(".errors"))
    .filter((node) => node.getBoundingClientRect().height < 43.5)
    .map((node) => node.outerHTML.slice(0, 120))"""
SHIFT = """() => new Promise((done) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 50);
})"""
MOST_SHIFT = 0.1  # cumulative layout shift that counts as good (web.dev/cls)
MOST_BYTES = {"citizen": 100_000, "officer": 400_000}
ONE_TIME_CODE = "Ma OTP cua quy khach la 482913. Vao http://vcb-xacminh.top/dang-nhap hoac goi 0912345678 de huy."
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
PICTURED = {
    f"citizen-{name}"
    for name in (
        "home-vi-phone", "money-vi-phone", "money-faults-vi-phone", "no-money-one-time-code-vi-phone", "receipt-vi-phone",
        "track-received-vi-phone", "track-held-vi-phone", "track-gone-vi-phone", "track-erased-vi-phone", "erase-vi-phone",
        "wait-vi-phone", "guide-vi-phone", "home-en-wide", "track-held-en-wide",
    )
}  # fmt: skip
"""Shown in docs/pages.md."""
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

    def policy_of_last_page(self) -> str:
        return str(
            [one for one in self.requests if one.is_navigation_request()][-1]
            .response()
            .headers["content-security-policy"]
        )

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
            self.photograph(f"{name}-{size}")
            assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0, size
            assert page.evaluate(RUN_AXE) == [], size
        assert self.faults == []

    def photograph(self, name: str) -> None:
        """The whole page as one tall window, so that what stays at hand stands at its end."""
        folders = [Path(LOOK)] if LOOK else []
        folders += [PICTURES] if os.environ.get("KENG_PICTURES") and name in PICTURED else []
        if not folders:
            return
        page, size = self.page, self.page.viewport_size
        height = page.evaluate("() => document.documentElement.scrollHeight")
        page.set_viewport_size({**size, "height": height})  # type: ignore[typeddict-item]
        page.evaluate("() => scrollTo(0, 0)")  # a page with faults has gone to them
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png", full_page=True)
        page.set_viewport_size(size)  # type: ignore[arg-type]

    def check_for_a_citizen(self) -> None:
        """On a small phone: text of double size fits, everything that is pressed is large enough, nothing jumps."""
        page = self.page
        directives = [one.split() for one in self.policy_of_last_page().split(";")]
        assert ["default-src", "'none'"] in directives
        assert {source for one in directives for source in one[1:]} <= {"'none'", "'self'", "data:"}
        page.set_viewport_size(SMALL_PHONE)  # type: ignore[arg-type]
        assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate(SHIFT) < MOST_SHIFT
        assert page.evaluate(OVER_AT_DOUBLE_TEXT) <= 0


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
        turn(visit.page.locator(f"button[value={sent}]"))

    return go


def too_long(visit: Visit, _desk: Desk) -> None:
    visit.go("/")
    visit.page.locator("#id_text").evaluate("(box) => box.removeAttribute('maxlength')")
    visit.page.locator("#id_text").fill("a" * 20_001)
    turn(visit.page.locator("button[value=no]"))


def press(path_of: Go, form: str) -> Go:
    """A page, after pressing the button of a form on it without filling anything in."""

    def go(visit: Visit, desk: Desk) -> None:
        path_of(visit, desk)
        with visit.page.expect_navigation():
            visit.page.locator(f"form[action$='{form}'] button").first.evaluate("(button) => button.click()")

    return go


def erased(visit: Visit, desk: Desk) -> None:
    if "erased" not in desk.reports:
        desk.erase()
    receipt("erased")(visit, desk)


def crowded(visit: Visit, desk: Desk) -> None:
    """Somebody whose network has sent so much that work is asked, in a browser that never finishes it."""
    path = f"/khieu-nai/{desk.reports['held'].measure}/"
    desk.use_up("203.0.113.9", path)
    visit.page.add_init_script("Worker = class { postMessage() {} terminate() {} }")
    visit.page.set_extra_http_headers({"X-Forwarded-For": "203.0.113.9"})
    visit.go(path)
    visit.page.locator("#id_text").fill("Đây là tiền tôi bán xe máy.")
    with visit.page.expect_navigation():
        visit.page.locator("form[data-gate] button").evaluate(
            "(button) => HTMLFormElement.prototype.submit.call(button.form)"
        )


def money_with_faults(visit: Visit, desk: Desk) -> None:
    pasted(SCAM_TEXT, "yes")(visit, desk)
    visit.page.locator("#id_amount").fill("nhiều lắm")
    visit.page.locator("#id_to_account").fill("<b>không có</b>")
    visit.page.locator("#id_time").fill("23:59")
    turn(visit.page.locator("button[data-submit]"))


def stale_form(visit: Visit, _desk: Desk) -> None:
    visit.go("/")
    visit.page.locator("#id_text").fill("Tôi vừa chuyển tiền cho người lạ. " * 10)
    visit.context.clear_cookies(name="csrftoken")
    turn(visit.page.locator("button[value=yes]"))


def wrong_code(visit: Visit, _desk: Desk) -> None:
    visit.go("/theo-doi/?code=KENG-0000-0000-0000")


def appeal_with_fault(visit: Visit, desk: Desk) -> None:
    visit.go(f"/khieu-nai/{desk.reports['held'].measure}/")
    turn(visit.page.locator("main form button"))


def hold_with_fault(visit: Visit, desk: Desk) -> None:
    report("waiting")(visit, desk)
    visit.page.locator("#id_amount").fill("rất nhiều tiền")
    turn(visit.page.locator("button[value=urgent]"))


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
    "home-too-long": too_long,
    "money": pasted(SCAM_TEXT, "yes"),
    "money-nothing-pasted": pasted("", "yes"),
    "money-faults": money_with_faults,
    "no-money": pasted(f"{SCAM_TEXT} Xem https://{'xac-minh-' * 12}vcb.example", "no"),
    "no-money-nothing-found": pasted("Có người gọi xưng công an.", "no"),
    "no-money-one-time-code": pasted(f"{ONE_TIME_CODE} Zalo https://zalo.me/0987654321", "no"),
    "no-money-garbage": pasted("\u202e💥" * 80 + "x" * 300, "no"),
    "receipt": receipt("waiting", "bien-nhan/"),
    "track-received": receipt("waiting"),
    "track-asked": receipt("asked"),
    "track-working": receipt("working"),
    "track-held": receipt("held"),
    "track-part-with-words": receipt("part"),
    "track-gone": receipt("gone"),
    "track-declined": receipt("declined"),
    "track-closed": receipt("closed"),
    "track-letter-fault": press(receipt("waiting"), "/viet/"),
    "track-picture-fault": press(receipt("waiting"), "/anh/"),
    "track-erased": erased,
    "erase": receipt("waiting", "xoa/"),
    "erase-fault": press(receipt("waiting", "xoa/"), "/xoa/"),
    "wait": crowded,
    "guide": at("/dien-tap/"),
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
    "campaigns-empty": ("first", at("/ban/chien-dich/")),
    "sitting-empty": ("first", at("/ban/chien-dich/sap-xep/")),
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
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_desk_is_for_everybody(bare: Desk, windows: Windows, name: str, language: str) -> None:
    """Before anybody reports, and before the auditor comes in by the link."""
    who, go = EMPTY[name]
    look_at(bare, windows(who, language), f"officer-{name}", "officer", go, language)


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_specimen_is_for_everybody(bare: Desk, windows: Windows, language: str, light: str) -> None:
    """Every component wide and on a phone, in both languages and in both lights."""
    visit = Visit(windows(None, language), bare.rehearsal.address)
    visit.page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
    visit.go("/mau/")
    assert visit.page.locator("html").get_attribute("lang") == language
    visit.check(f"specimen-{language}-{light}", "officer", tuple(SIZES))
    visit.page.close()


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
        visit.check(f"{name}-{language}", room, sizes_of(room, language))
        if room == "citizen":
            visit.check_for_a_citizen()
    finally:
        visit.page.close()


def sizes_of(room: str, language: str) -> tuple[str, ...]:
    """Officers: all in Vietnamese, theirs in English. Citizens: the phone in Vietnamese, the wide screen in English."""
    if room == "citizen":
        return ("phone",) if language == "vi" else ("wide",)
    return tuple(SIZES) if language == "vi" else (HOME_SIZE[room],)


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


@pytest.mark.parametrize("sent", ["yes", "no"])
def test_a_report_without_script_takes_two_presses_on_a_small_phone(desk: Desk, chromium: Browser, sent: str) -> None:
    """Paste, press, press: sent. One more opens the way that it goes, another asks for what is new."""
    context = chromium.new_context(viewport=SMALL_PHONE, java_script_enabled=False, locale="vi-VN", is_mobile=True)
    page = context.new_page()
    page.goto(desk.rehearsal.address)
    page.locator("#id_text").fill(SCAM_TEXT)
    page.locator(f"button[value={sent}]").click()
    page.locator("button[data-submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kẻng đã nhận báo cáo của bạn")
    receipt = page.locator(".receipt").inner_text()

    page.get_by_role("link", name="Xem việc đến đâu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã nhận")
    expect(page.get_by_text("Cập nhật lúc")).to_be_visible()
    page.get_by_role("link", name="Tải lại để xem tin mới").click()
    page.get_by_label("Viết thêm cho cán bộ").fill("Kẻ lừa vừa gọi lại.")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.locator("#letters")).to_contain_text("Kẻ lừa vừa gọi lại.")

    page.goto(f"{desk.rehearsal.address}/theo-doi/")
    page.get_by_label("Mã biên nhận").fill(receipt.lower().replace("-", " "))
    page.get_by_role("button", name="Xem").click()
    expect(page).to_have_url(f"{desk.rehearsal.address}/theo-doi/{receipt}/")
    context.close()


def test_the_story_on_screen_begins_as_the_readmes(desk: Desk, windows: Windows) -> None:
    visit = Visit(windows(None, "vi"), desk.rehearsal.address)
    visit.go("/")
    visit.page.get_by_role("link", name="Thử từng bước").click()
    expect(visit.page.locator("blockquote")).to_have_text(SCAM_TEXT)
    visit.page.get_by_role("button", name="Báo ngay, thay người mẹ").click()
    expect(visit.page.locator("#id_amount")).to_have_value("4.800.000")
    visit.page.close()


def test_an_error_leads_to_its_field_and_what_was_typed_is_there(desk: Desk, windows: Windows) -> None:
    visit = Visit(windows(None, "vi"), desk.rehearsal.address)
    money_with_faults(visit, desk)

    expect(visit.page.locator("#errors")).to_be_focused()
    visit.page.locator("#errors a", has_text="Số tiền").first.click()

    expect(visit.page.locator("#id_amount")).to_be_focused()
    expect(visit.page.locator("#id_amount")).to_have_value("nhiều lắm")
    expect(visit.page.locator("#id_text")).to_have_value(SCAM_TEXT)
    visit.page.close()


def test_the_send_button_never_covers_the_field_in_focus(desk: Desk, chromium: Browser) -> None:
    """WCAG 2.4.11, on the page whose button stays at hand while one scrolls."""
    context = desk.window(chromium, None, viewport=SMALL_PHONE)
    visit = Visit(context, desk.rehearsal.address)
    pasted(SCAM_TEXT, "yes")(visit, desk)
    visit.page.locator("#id_to_account").focus()
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        covered = visit.page.evaluate(
            """() => {
                const field = document.activeElement.getBoundingClientRect(), bar = document.querySelector(".at-hand");
                return !bar.contains(document.activeElement) && field.bottom > bar.getBoundingClientRect().top + 1
                    && field.top < bar.getBoundingClientRect().bottom;
            }"""
        )
        assert not covered, visit.page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")
    context.close()
