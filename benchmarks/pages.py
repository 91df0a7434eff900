"""How soon a page answers keys in Chromium on a processor four times slower, and what comes over the line for it."""

from __future__ import annotations

import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figures import Section, Table
from benchmarks.measuring import percentile
from benchmarks.writing import fresh
from tests.conftest import SWITCHES, chromium_path
from tests.system.desk import Desk
from tests.system.rehearsal import rehearse
from tests.system.rooms import Rooms

TIMES = 40
SLOWER = 4  # times
LINES = 60  # of the queue
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LINE_3G = {"latency": 300, "downloadThroughput": 1_600_000 // 8, "uploadThroughput": 768_000 // 8, "offline": False}
"""Milliseconds there and back, bytes a second: "3G" of WebPageTest (docs.webpagetest.org, connectivity profiles)."""
HEARS_KEYS = "html[data-hears]"
MARKED = "() => performance.getEntriesByName('keng:keys')[0].startTime"
PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN"
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventStart"
ANSWERED = "() => performance.getEntriesByType('navigation')[0].responseStart"


def measure() -> Section:
    """The queue until it hears keys, first with an empty cache and then as on every later time; bytes of first screens."""
    with rehearse(fresh("pages") / "home", "--quiet-day", "--banks", "at_once") as rehearsal, sync_playwright() as tool:
        desk = Rooms(rehearsal)
        for number in range(LINES):
            desk.report("one", minutes=1 + number, amount=1_000_000 + 1000 * number)
        code = desk.hold("held").code
        browser = tool.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        times = [
            (f"the queue, {LINES} lines, nothing kept", *interactive(desk, browser, "/ban/", keep=False)),
            (f"the queue, {LINES} lines, again", *interactive(desk, browser, "/ban/", keep=True)),
            ("a report with a measure, again", *interactive(desk, browser, f"/ban/bao-cao/{code}/", keep=True)),
        ]
        screens = {
            "officer: the queue": ("first", "/ban/", WIDE),
            "officer: a report with a measure": ("first", f"/ban/bao-cao/{code}/", WIDE),
            "partner: what is asked": ("clerk", "/doi-tac/", WIDE),
            "citizen: the first screen": (None, "/", PHONE),
        }
        receipt = desk.reports["held"].receipt
        lines = [
            ("the first screen", *over_3g(desk, browser, "/")),
            ("a report's own page", *over_3g(desk, browser, f"/theo-doi/{receipt}/")),
        ]
        sizes = [(name, *weigh(desk, browser, *screen)) for name, screen in screens.items()]
        browser.close()
    heads = (
        f"each {TIMES} times, {SLOWER}x slower",
        "answered ms",
        "painted ms",
        "hears keys p50 ms",
        "p95 ms",
        "longest ms",
    )
    line_heads = (
        f"citizens on a phone, 3G, {SLOWER}x slower, nothing kept, each {TIMES} times",
        "painted p50 ms",
        "p95 ms",
        "whole p50 ms",
        "p95 ms",
    )
    bytes_heads = ("first screen, nothing kept", "requests", "bytes over the line")
    return Section(
        "pages",
        [Table(heads, times), Table(line_heads, lines), Table(bytes_heads, sizes)],
        ["python -m benchmarks.run pages"],
    )


def interactive(desk: Desk, browser: Browser, path: str, *, keep: bool) -> list[int]:
    """Milliseconds from asking for a page until its first byte and its first paint (medians), and until it hears keys."""
    with desk.window(browser, "first", viewport=WIDE) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.send("Network.setCacheDisabled", {"cacheDisabled": not keep})
        seen = [_open(page, desk.rehearsal.address + path) for _ in range(TIMES + 1)][1:]
    answered, painted, keys = (sorted(column) for column in zip(*seen, strict=True))
    figures = (
        statistics.median(answered),
        statistics.median(painted),
        statistics.median(keys),
        percentile(keys, 0.95),
        keys[-1],
    )
    return [round(figure) for figure in figures]


def over_3g(desk: Desk, browser: Browser, path: str) -> list[int]:
    """Milliseconds from asking for a page until its first paint and until all of it is there, each p50 and p95."""
    with desk.window(browser, None, viewport=PHONE) as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.send("Network.emulateNetworkConditions", LINE_3G)
        seen = []
        for _ in range(TIMES):
            page.goto(desk.rehearsal.address + path)
            page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
            seen.append((page.evaluate(PAINTED), page.evaluate(LOADED)))
    columns = zip(*seen, strict=True)
    return [
        round(figure) for column in columns for figure in (statistics.median(column), percentile(sorted(column), 0.95))
    ]


def _open(page: Page, address: str) -> tuple[float, float, float]:
    page.goto(address)
    page.wait_for_selector(HEARS_KEYS, state="attached")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
    answered, painted, keys = (page.evaluate(script) for script in (ANSWERED, PAINTED, MARKED))
    return answered, painted, keys


def weigh(desk: Desk, browser: Browser, who: str | None, path: str, size: dict[str, int]) -> tuple[int, int]:
    """How many requests a page makes with nothing kept, and all their bytes, headers included."""
    with desk.window(browser, who, viewport=size) as context:
        page = context.new_page()
        context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        done: list[Any] = []
        page.on("requestfinished", lambda one: done.append(one))  # noqa: PLW0108 - a built-in method takes no mark of Playwright
        page.goto(desk.rehearsal.address + path)
        page.evaluate("() => document.fonts.ready.then(() => 0)")
        page.wait_for_load_state("networkidle")
        sizes = [request.sizes() for request in done]
    return len(sizes), sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
