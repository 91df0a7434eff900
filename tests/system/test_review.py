"""A province's chief reads the month on both maps, opens a figure onto its rows, takes it along as a file; pages for everybody.

Pictures for the docs: KENG_PICTURES=1. Pictures of every page in every light: KENG_LOOK=folder.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from keng.nation.day.story import MULE_ACCOUNT
from tests.system.desk import Desk
from tests.system.rehearsal import rehearse
from tests.system.test_pages import AXE, LANGUAGES, RUN_AXE, SIZES, Visit
from tests.system.turning import turn
from tests.system.visitor import Visitor

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
MONEY = 2_500_000
MOST_MILLISECONDS = 60_000  # a map of a country, on a machine that does other things too
OWN, OLD_MAP = "24", "&moc=2025-06-30"
# Bắc Ninh since 2025-07-01 was Bắc Giang (24) and Bắc Ninh (27). Communes of both, and some who tell the province alone.
TOLD = ["09169", "09169", "09169", "09187", "07210", "07210", "07210", "24", "24", "24"]
ELSEWHERE = ["01", "00004", "48"]


@dataclass
class Read:
    """What a page shows: the chosen figure by province, and its sum."""

    by_place: dict[str, int]
    whole: int


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The demo before anybody reports."""
    with rehearse(tmp_path_factory.mktemp("review") / "home", "--quiet-day", "--banks", "silent") as rehearsal:
        yield Desk(rehearsal)


@pytest.fixture(scope="module")
def desk(empty: Desk) -> Desk:
    """Reports of this minute in the chief's province and in others; one of them held in part."""
    for place in [*TOLD, *ELSEWHERE]:
        report(empty, place)
    empty.answer(empty.hold("part"), status="part", held_amount=1_300_000)
    return empty


def report(desk: Desk, place: str) -> None:
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    loss = {"sent": True, "amount": MONEY, "to_account": MULE_ACCOUNT, "from_account": "970418:1234567890", "at": at}
    body = {"channel": "api", "text": f"Bị lừa ở {place}", "loss": loss, "place": place}
    reply = Visitor(desk.rehearsal.address).post_json("/api/v1/reports", json.dumps(body).encode())
    assert reply.status == 201, reply.text


@pytest.fixture(scope="module")
def chief(desk: Desk, chromium: Browser) -> Iterator[BrowserContext]:
    """A window of the officer of Bắc Ninh's police."""
    desk.officers["chief"] = Visitor(desk.rehearsal.address).enter(desk.rehearsal.link_for("truc-tinh"))
    context = desk.window(chromium, "chief", viewport=SIZES["wide"])
    context.add_init_script(AXE)
    yield context
    context.close()


def read(page: Page) -> Read:
    rows = page.locator("#province-table tr[data-place]")
    values = {
        row.get_attribute("data-place") or "": number(row.locator(".value").inner_text()) for row in rows.all()
    }  # fmt: skip
    return Read(values, number(page.locator("#province-sum").inner_text()))


def number(shown: str) -> int:
    return int(shown.split("\n")[0].replace(".", "").removesuffix(" đ").replace("–", "0"))


def test_a_province_chief_reads_the_month_on_both_maps(desk: Desk, chief: BrowserContext) -> None:
    page = chief.new_page()
    page.goto(f"{desk.rehearsal.address}/ban/")
    turn(page.get_by_role("link", name="Tổng kết"))
    assert page.evaluate(RUN_AXE) == []
    today = read(page)
    assert today.by_place == {OWN: len(TOLD)} and today.whole == len(TOLD)
    expect(page.get_by_text("Báo cáo không phải là vụ phạm tội").first).to_be_visible()
    expect(page.locator("svg a[data-province]")).to_have_count(1)  # the others are not theirs

    page.keyboard.press("m")
    expect(page.get_by_role("strong").filter(has_text="63 tỉnh, thành phố")).to_be_visible()
    old = read(page)
    assert set(old.by_place) == {"24", "27"} and sum(old.by_place.values()) == old.whole == today.whole
    expect(page.locator("#estimate")).to_be_visible()
    assert page.evaluate(RUN_AXE) == []
    map_link = page.locator("svg a[data-province='27']")
    assert map_link.get_attribute("aria-label") == f"Tỉnh Bắc Ninh: {old.by_place['27']}"

    map_link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Tỉnh Bắc Ninh", level=1)).to_be_visible()
    assert page.evaluate(RUN_AXE) == []
    turn(page.locator("tr[data-figure=reports] .value a"))
    certain = page.locator("#count").inner_text()
    assert int(certain) == page.locator("tbody tr[data-row]").count() == 4
    assert page.evaluate(RUN_AXE) == []
    page.close()


def test_the_file_says_what_the_page_says(desk: Desk, chief: BrowserContext) -> None:
    page = chief.new_page()
    for era in ("", OLD_MAP):
        for figure in ("reports", "lost"):
            page.goto(f"{desk.rehearsal.address}/ban/tong-ket/?so={figure}{era}")
            shown = read(page)
            with page.expect_download() as download:
                page.get_by_role("link", name="Tải CSV").click()
            rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
            ours = {row["province_code"]: int(row["value"]) for row in rows if row["figure"] == figure}
            assert ours.pop("") == shown.whole
            assert ours == shown.by_place
            assert {row["definition_version"] for row in rows if row["figure"] == figure} == {"1"}
    page.close()


def test_a_figure_opens_onto_its_rows_and_they_add_up(desk: Desk, chromium: Browser) -> None:
    context = desk.window(chromium, "first", viewport=SIZES["wide"])
    page = context.new_page()
    for figure in ("reports", "lost", "sent", "held", "answered"):
        page.goto(f"{desk.rehearsal.address}/ban/tong-ket/?so={figure}")
        shown = page.locator(f"tr[data-figure={figure}] .value").inner_text()
        turn(page.locator(f"tr[data-figure={figure}] .value a"))
        value = page.locator("#value")
        assert (value if value.count() else page.locator("#count")).inner_text() == shown
        assert page.locator("tbody tr[data-row]").count() == number(page.locator("#count").inner_text())
    context.close()


def test_paper_has_the_figures_the_map_and_what_they_mean(desk: Desk, chief: BrowserContext) -> None:
    page = chief.new_page()
    page.goto(f"{desk.rehearsal.address}/ban/tong-ket/")
    page.emulate_media(media="print")
    for there in (".country-map svg", "#d-held", "#province-sum", ".against"):
        expect(page.locator(there).first).to_be_visible()
    for gone in ("header.bar", ".review-form", ".button"):
        expect(page.locator(gone).first).to_be_hidden()
    page.close()


PAGES = {
    "month": "/ban/tong-ket/?so=reports",
    "year-63": f"/ban/tong-ket/?ky=year&so=lost{OLD_MAP}",
    "span": "/ban/tong-ket/?ky=span&tu=2026-01-01&den=2026-12-31&so=uncovered",
    "province": f"/ban/tong-ket/tinh/{OWN}/?so=reports",
    "rows-reports": f"/ban/tong-ket/dong/?so=reports&noi={OWN}",
    "rows-requests": "/ban/tong-ket/dong/?so=answered",
    "rows-measures": "/ban/tong-ket/dong/?so=sent",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["month", "province", "rows-reports"])
def test_an_empty_review_is_for_everybody(empty: Desk, chromium: Browser, name: str, language: str) -> None:
    look(empty, chromium, f"review-empty-{name}", f"{PAGES[name]}&ky=year&ngay=2024-01-01", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_review_is_for_everybody(desk: Desk, chromium: Browser, name: str, language: str) -> None:
    look(desk, chromium, f"review-{name}", PAGES[name], language)


def look(desk: Desk, chromium: Browser, name: str, path: str, language: str) -> None:
    context = desk.window(chromium, "first", viewport=SIZES["wide"], color_scheme=LANGUAGES[language])
    context.add_init_script(AXE)
    context.add_cookies([{"name": "lang", "value": language, "url": desk.rehearsal.address}])
    visit = Visit(context, desk.rehearsal.address)
    visit.page.set_default_timeout(MOST_MILLISECONDS)
    visit.go(path)
    assert visit.page.locator("html").get_attribute("lang") == language
    visit.check(f"{name}-{language}", "officer", tuple(SIZES))
    context.close()


@pytest.mark.skipif(not os.environ.get("KENG_PICTURES"), reason="takes the pictures of the docs on request")
@pytest.mark.parametrize(("name", "era"), [("review-34", ""), ("review-63", OLD_MAP)])
def test_pictures_of_the_docs(desk: Desk, chief: BrowserContext, name: str, era: str) -> None:
    page = chief.new_page()
    page.goto(f"{desk.rehearsal.address}/ban/tong-ket/?so=reports{era}")
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    page.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)
    page.close()
