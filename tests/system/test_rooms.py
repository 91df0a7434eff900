"""Every page of officers and partners in every state: wide and phone, light and dark, in both languages; for everybody, and light.

Pictures of all of it: KENG_LOOK=folder. Those of docs/pages.md: KENG_PICTURES=1.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.system.desk import POSTS
from tests.system.rehearsal import rehearse
from tests.system.rooms import CLERK_BANK, MULE_AT_CLERK, Rooms
from tests.system.test_pages import AXE, LOOK, MOST_BYTES, RUN_AXE, SIZES, WIDER_THAN_THE_WINDOW, Visit
from tests.system.test_story import PICTURES
from tests.system.turning import turn

Go = Callable[[Visit, Rooms], None]
CATALOGUE = Path(__file__).resolve().parents[2] / "src/keng/locale/en/LC_MESSAGES/django.mo"
OWN_WORDS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement.closest("[lang]")
    if (around === document.documentElement) found.push(walker.currentNode.data.trim())
  }
  return found
}"""
"""Every piece of text that stands on the page as a whole; not what is marked as being in another language."""
LIGHTS = (("wide", "light"), ("phone", "dark"))


def other_words() -> dict[str, set[str]]:
    """By language, the sentences of the catalogue that belong to the other one alone."""
    with CATALOGUE.open("rb") as file:
        pairs = [(vi, en) for vi, en in GNUTranslations(file)._catalog.items() if isinstance(vi, str) and vi != en]
    vietnamese = {vi for vi, _en in pairs} - set(POSTS.values())  # two posts of the demo are called as their roles are
    english = {en for _vi, en in pairs}
    marked = {vi for vi in vietnamese - english if not vi.isascii()}
    return {
        "en": marked,
        "vi": {en for en in english - vietnamese if " " in en},
    }  # one English word may be data, or a key


OTHER_WORDS = other_words()
PICTURED = {
    "officer-queue-second-vi-wide": "officer-queue",
    "officer-queue-second-vi-phone": "officer-queue-phone",
    "officer-queue-keys-vi-wide": "officer-keys",
    "officer-queue-stale-vi-wide": "officer-stale",
    "officer-report-every-kind-vi-wide": "officer-report",
    "officer-measure-waits-vi-wide": "officer-measure",
    "officer-campaign-vi-wide": "officer-campaign",
    "officer-campaign-texts-vi-wide": "officer-campaign-texts",
    "officer-sitting-vi-wide": "officer-sitting",
    "officer-partners-vi-wide": "officer-partners",
    "officer-ledger-entry-vi-wide": "officer-ledger-entry",
    "officer-gaps-vi-wide": "officer-gaps",
    "partner-desk-vi-wide": "partner-desk",
    "partner-request-open-vi-wide": "partner-request",
    "partner-request-open-vi-phone": "partner-request-phone",
    "partner-history-vi-wide": "partner-history",
}
"""What docs/pages.md shows, by what is seen; taken with KENG_PICTURES=1."""

LANGUAGES = {"vi": LIGHTS, "en": LIGHTS[:1]}


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    with rehearse(tmp_path_factory.mktemp("rooms") / "home", "--quiet-day", "--partners", "silent") as rehearsal:
        made = Rooms(rehearsal)
        made.furnish()
        yield made


@pytest.fixture(scope="module")
def windows(rooms: Rooms, chromium: Browser) -> Iterator[Callable[[str | None], BrowserContext]]:
    """A window for each officer (None: for nobody), with axe on every page of it."""
    opened: dict[str | None, BrowserContext] = {}

    def window(who: str | None) -> BrowserContext:
        if who not in opened:
            opened[who] = rooms.window(chromium, who, viewport=SIZES["wide"], color_scheme="light")
            opened[who].add_init_script(AXE)
        return opened[who]

    yield window
    for context in opened.values():
        context.close()


def at(path: str) -> Go:
    return lambda visit, _rooms: visit.go(path)


def report(state: str, end: str = "") -> Go:
    return lambda visit, rooms: visit.go(f"/ban/bao-cao/{rooms.reports[state].code}/{end}")


def measure(state: str) -> Go:
    return lambda visit, rooms: visit.go(f"/ban/lenh/{rooms.reports[state].measure}/")


def proposed(kind: str) -> Go:
    return lambda visit, rooms: visit.go(f"/ban/lenh/{rooms.proposed[kind]}/")


def to(name: str, end: str = "") -> Go:
    return lambda visit, rooms: visit.go(rooms.paths[name] + end)


def opened(go: Go, *keys: str) -> Go:
    """A page with what these keys open."""

    def then(visit: Visit, rooms: Rooms) -> None:
        go(visit, rooms)
        for key in keys:
            visit.page.keyboard.press(key)

    return then


def places_aside(visit: Visit, _rooms: Rooms) -> None:
    """The queue with the places that stand aside."""
    visit.go("/ban/")
    visit.page.get_by_role("button", name=re.compile("^(Thêm|More)")).click()
    expect(visit.page.locator("#aside")).to_be_visible()


def every_form(visit: Visit, rooms: Rooms) -> None:
    report("front")(visit, rooms)
    for summary in visit.page.locator("details.confirm > summary").all():
        summary.click()


def every_step(name: str) -> Go:
    """A page with all that opens in place."""

    def go(visit: Visit, rooms: Rooms) -> None:
        to(name)(visit, rooms)
        for summary in visit.page.locator("main details > summary").all():
            summary.click()

    return go


def pressed(go: Go, key: str) -> Go:
    """The page that a key leads to by a form. It is not opened again in another language: the form is sent in each."""

    def then(visit: Visit, rooms: Rooms) -> None:
        go(visit, rooms)
        turn(visit.page.locator(f"[data-key={key}]"))

    return then


def first_link(path: str, selector: str) -> Go:
    def go(visit: Visit, _rooms: Rooms) -> None:
        visit.go(path)
        visit.page.goto(visit.page.locator(selector).first.evaluate("(link) => link.href"))

    return go


def finding(visit: Visit, _rooms: Rooms) -> None:
    """What a live sign found of an account, which is looked at for a purpose first."""
    visit.go("/ban/dau-hieu/")
    visit.page.locator("#account").fill(MULE_AT_CLERK)
    visit.page.locator("#purpose").fill("Xét đề nghị một lệnh cho báo cáo đang mở")
    turn(visit.page.locator("#look form button"))
    visit.page.goto(visit.page.locator("#look a[data-key=e]").evaluate("(link) => link.href"))


def list_with_faults(path: str) -> Go:
    def go(visit: Visit, _rooms: Rooms) -> None:
        visit.go(path)
        rows = "SoTaiKhoan,NghiNgo,GhiChu\n4802205000027,2,\n,1,\n0072,nhiều,\n4802205000027,3," + "a" * 600
        visit.page.locator("#take-bank").select_option(CLERK_BANK)
        visit.page.locator("#take-file").set_input_files(
            {"name": "danh-sach-nghi-ngo.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        )
        turn(visit.page.locator("#take form button"))

    return go


def filled_file(visit: Visit, _rooms: Rooms) -> None:
    """The file of open requests comes back with faults in it."""
    visit.go("/doi-tac/tep/")
    with visit.page.expect_download() as download:
        visit.page.get_by_role("link", name=re.compile("CSV")).first.click()
    head, *rows = csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")))
    answers = ["executed,,,AGR/9,", "part,rất nhiều,,,", "từ chối,,,,", "xong rồi,,,,"]
    text = io.StringIO()
    csv.writer(text).writerows([head, *(row[:-5] + answers[n % 4].split(",") for n, row in enumerate(rows))])
    visit.page.locator("input[type=file]").first.set_input_files(
        {"name": "tra-loi.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    visit.page.locator("main form button").first.click()
    visit.page.wait_for_url(re.compile("ket-qua"))


def stale(path: str, part: str) -> Go:
    """The server has not answered for the part that stays fresh for a while, and the page says so."""

    def go(visit: Visit, rooms: Rooms) -> None:
        visit.page.route(part, lambda route: route.fulfill(status=503))
        visit.page.clock.install()
        at(path)(visit, rooms)
        visit.page.clock.run_for(12_000)
        expect(visit.page.locator("[data-live-note]")).to_have_class(re.compile("is-stale"))

    return go


OFFICERS: dict[str, tuple[str | None, Go]] = {
    "queue": ("first", at("/ban/")),
    "queue-second": ("second", at("/ban/")),
    "queue-province": ("province", at("/ban/")),
    "queue-places": ("first", places_aside),
    "queue-keys": ("first", opened(at("/ban/"), "?")),
    "report-every-kind": ("second", report("front")),
    "report-every-form": ("first", every_form),
    "report-appeal": ("second", report("part")),
    "report-question": ("first", report("clerk-asked")),
    "owner": ("first", report("offered", "don-vi/")),
    "own-data": ("first", report("erasing", "du-lieu/")),
    "own-data-auditor": ("auditor", report("part", "du-lieu/")),
    "board": ("first", at("/ban/lenh/")),
    "board-empty": ("first", at("/ban/lenh/?state=wrong&kind=block_sender")),
    "wrong": ("first", at("/ban/lenh/sai/")),
    "measure-held": ("first", measure("held")),
    "measure-part": ("second", measure("part")),
    "measure-waits": ("second", proposed("restrict_account")),
    "measure-sent": ("first", proposed("block_number")),
    "measure-preserve": ("second", opened(proposed("preserve_data"), "x")),
    "measure-declined": ("first", measure("declined")),
    "campaigns": ("first", at("/ban/chien-dich/")),
    "campaigns-watched-none": ("second", at("/ban/chien-dich/?xep=watched")),
    "campaigns-not-found": ("first", at("/ban/chien-dich/?q=khong%20co%20ten%20nay")),
    "campaign": ("first", to("campaign")),
    "campaign-auditor": ("auditor", to("campaign")),
    "campaign-forms": ("first", every_step("campaign")),
    "campaign-rows": ("first", to("campaign", "bao-cao/")),
    "campaign-rows-value": ("first", opened(to("campaign", "bao-cao/?loai=phone&gia_tri=%2B84912345111"), "v")),
    "campaign-rows-none": ("first", to("campaign", "bao-cao/?tu=2001-01-01&den=2001-01-01")),
    "campaign-texts": ("first", pressed(to("campaign"), "t")),
    "campaign-not-mine": ("province", to("campaign")),
    "sitting": ("first", at("/ban/chien-dich/sap-xep/")),
    "sitting-texts": ("first", pressed(at("/ban/chien-dich/sap-xep/"), "t")),
    "machine": ("first", at("/ban/may-doc/")),
    "machine-operator": ("operator", at("/ban/may-doc/")),
    "signs": ("first", at("/ban/dau-hieu/")),
    "sign-finding": ("first", finding),
    "sign-finding-form": ("first", opened(finding, "m")),
    "sign-lists": ("first", at("/ban/dau-hieu/danh-sach/")),
    "sign-lists-faults": ("first", list_with_faults("/ban/dau-hieu/danh-sach/")),
    "followups-none": ("first", at("/ban/theo-doi/")),
    "registers-none": ("first", at("/ban/so-dang-ky/")),
    "measure-to-review": ("second", opened(proposed("of-campaign"), "s")),
    "partners": ("first", at("/ban/doi-tac/")),
    "partner": ("first", at("/ban/doi-tac/970405/")),
    "partner-none": ("first", at("/ban/doi-tac/970407/?figure=refused")),
    "dead-letters": ("operator", at("/ban/thu-chet/")),
    "dead-letter-drop": ("operator", opened(at("/ban/thu-chet/"), "j", "d")),
    "search": ("first", at("/ban/tim/")),
    "search-found": ("first", at("/ban/tim/?q=0000%204800%200001%209")),
    "search-nothing": ("first", at("/ban/tim/?q=chi%20Hoa%20o%20xom%20tren")),
    "incoming": ("province", at("/ban/cho-nhan/")),
    "incoming-empty": ("first", at("/ban/cho-nhan/")),
    "erasures": ("first", at("/ban/yeu-cau-xoa/")),
    "ledger": ("auditor", at("/ban/so/")),
    "ledger-entry": ("auditor", first_link("/ban/so/", "main .rows tbody tr:nth-child(30) a[href^='/ban/so/']")),
    "rules": ("first", at("/ban/quy-dinh/")),
    "rules-before": ("first", at("/ban/quy-dinh/?ngay=2001-01-01")),
    "rule": ("first", first_link("/ban/quy-dinh/", "main .rule-table a")),
    "units": ("first", at("/ban/don-vi/")),
    "units-found": ("first", at("/ban/don-vi/?q=lao%20cai")),
    "units-not-found": ("first", at("/ban/don-vi/?q=zzz")),
    "centre": ("operator", to("centre")),
    "centre-officer": ("first", to("centre")),
    "commune": ("commune", to("commune")),
    "roster": ("operator", to("centre", "truc/")),
    "gaps": ("operator", to("centre", "trong/")),
    "gaps-commune": ("commune", to("commune", "trong/")),
    "villages": ("commune", to("commune", "thon/")),
    "facts": ("first", to("centre", "sua/")),
    "proposal": ("second", to("proposal")),
    "mine": ("first", at("/ban/toi/")),
    "prove": ("first", at("/vao/lai/")),
    "enter": (None, at("/vao/")),
    "link-spent": (
        None,
        lambda visit, rooms: visit.go("/vao/" + rooms.rehearsal.links["Trực ban 1"].split("/vao/")[1]),
    ),
    "not-signed-in": (None, at("/ban/lenh/")),
    "no-invitation": (None, at("/vao/moi/0000-0000-0000-0000/")),
    "refused": ("operator", report("waiting")),
    "no-page": ("first", at("/ban/khong-co/")),
}
PARTNERS: dict[str, tuple[str | None, Go]] = {
    "desk": ("clerk", at("/doi-tac/")),
    "desk-keys": ("clerk", opened(at("/doi-tac/"), "?")),
    "request-open": ("clerk", to("clerk-open")),
    "request-part": ("clerk", opened(to("clerk-open"), "p")),
    "request-not-possible": ("clerk", opened(to("clerk-open"), "x")),
    "request-asked": ("clerk", to("clerk-asked")),
    "request-replied": ("clerk", opened(to("clerk-replied"), "q")),
    "request-received": ("clerk", to("clerk-received")),
    "request-done": ("clerk", to("clerk-part")),
    "request-refused": ("clerk", to("clerk-refused")),
    "history": ("clerk", at("/doi-tac/da-tra-loi/")),
    "files": ("clerk", at("/doi-tac/tep/")),
    "lists": ("clerk", at("/doi-tac/danh-sach/")),
    "lists-faults": ("clerk", list_with_faults("/doi-tac/danh-sach/")),
    "file-faults": ("clerk", filled_file),
    "not-mine": ("clerk", at("/doi-tac/yeu-cau/00000000-0000-0000-0000-000000000000/")),
    "mine": ("clerk", at("/ban/toi/")),
}
STALE: dict[str, tuple[str | None, Go]] = {
    "queue-stale": ("first", stale("/ban/", "**/ban/hang/")),
    "board-stale": ("first", stale("/ban/lenh/", "**/ban/lenh/hang/*")),
    "followups-stale": ("first", stale("/ban/theo-doi/", "**/ban/theo-doi/hang/*")),
    "incoming-stale": ("first", stale("/ban/cho-nhan/", "**/ban/cho-nhan/hang/")),
}


@pytest.mark.parametrize("name", OFFICERS)
def test_an_officers_page_is_for_everybody(
    rooms: Rooms, windows: Callable[[str | None], BrowserContext], name: str
) -> None:
    who, go = OFFICERS[name]
    look_at(rooms, windows(who), f"officer-{name}", go)


@pytest.mark.parametrize("name", PARTNERS)
def test_a_partners_page_is_for_everybody(
    rooms: Rooms, windows: Callable[[str | None], BrowserContext], name: str
) -> None:
    who, go = PARTNERS[name]
    look_at(rooms, windows(who), f"partner-{name}", go)


@pytest.mark.parametrize("name", STALE)
def test_what_is_stale_is_shown_as_stale(
    rooms: Rooms, windows: Callable[[str | None], BrowserContext], name: str
) -> None:
    who, go = STALE[name]
    look_at(rooms, windows(who), f"officer-{name}", go)


def test_a_clerk_who_reads_a_request_sees_it_lifted(
    rooms: Rooms, windows: Callable[[str | None], BrowserContext]
) -> None:
    """First a colleague's step comes, and what the clerk has typed stays; then the desk lifts the measure."""
    kept = rooms.hold_at_clerks_bank(7_700_000)
    path = rooms.request_path(kept)
    window = windows("clerk")
    window.add_cookies([{"name": "lang", "value": "vi", "url": rooms.rehearsal.address}])
    page = window.new_page()
    page.goto(rooms.rehearsal.address + path)
    expect(page.locator("#state")).to_contain_text("Chờ trả lời")
    page.locator("#id_reference").fill("AGR/2026/77")
    page.locator("#part summary").click()
    page.locator("#id_held").fill("1.000.000")

    rooms.officer("clerk").submit(f"{path}tra-loi/", key="colleague", version="1", status="received")
    expect(page.locator("#state")).to_contain_text("Đang làm", timeout=15_000)
    expect(page.locator("#id_reference")).to_have_value("AGR/2026/77")
    expect(page.locator("#id_held")).to_have_value("1.000.000")

    rooms.officer("first").submit(f"/ban/lenh/{kept.measure}/thoi-giu/", reason="tiền là của chủ", back="measure")
    expect(page.locator("#over")).to_contain_text("Hãy thôi thực hiện", timeout=15_000)
    expect(page.locator("#answer")).to_have_count(0)
    page.close()


def look_at(rooms: Rooms, window: BrowserContext, name: str, go: Go) -> None:
    """In Vietnamese wide in light and on a phone in dark, then wide in English; each with axe."""
    for language, views in LANGUAGES.items():
        window.add_cookies([{"name": "lang", "value": language, "url": rooms.rehearsal.address}])
        visit = Visit(window, rooms.rehearsal.address)
        try:
            visit.page.set_viewport_size(SIZES["wide"])
            go(visit, rooms)
            assert visit.page.locator("html").get_attribute("lang") == language
            settle(visit)
            for size, light in views:
                see(visit.page, f"{name}-{language}-{size}", size, light)
                assert visit.page.evaluate(RUN_AXE) == [], (name, language, size)
            assert OTHER_WORDS[language] & set(visit.page.evaluate(OWN_WORDS)) == set()
            assert visit.faults == []
        finally:
            visit.page.close()


def settle(visit: Visit) -> None:
    """The whole page is there, with nothing from outside, and light."""
    visit.page.wait_for_load_state("load")
    visit.page.evaluate("() => document.fonts.ready.then(() => 0)")
    assert visit.bytes_of_last_page() < MOST_BYTES["officer"]
    assert visit.outside() == []


def see(page: Page, name: str, size: str, light: str) -> None:
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
    if os.environ.get("KENG_PICTURES") and name in PICTURED:
        page.screenshot(path=PICTURES / f"{PICTURED[name]}.png")
    if LOOK:
        Path(LOOK).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=True)
    assert page.evaluate(WIDER_THAN_THE_WINDOW) <= 0, name
