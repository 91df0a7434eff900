"""The pages with a million reports, asked of the demo's own processes: officers alone and at once, citizens by the clock.

Each report has its own sealed original and its own key, three indicators, its entry in the ledger with its place, and seven in
ten a loss; they came over thirty days and belong to the centre, 34 provinces and their communes; of those older than three days
a fifth is open still. 35,000 losses have a hold. The rows are what `receive` and the measures' actions write, poured in by COPY;
every text can be opened. An officer's time runs from asking until the whole page is there. The citizens come by the clock, each
from another address, and their time runs from the moment when they were to come. Nothing is asked before the worker has caught up
with what was poured in.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from benchmarks.figures import Section, Table
from benchmarks.measuring import OURS, Run, percentile, run
from benchmarks.processes import used_by
from benchmarks.writing import fresh
from tests.system.rehearsal import Rehearsal, rehearse
from tests.system.visitor import Visitor

REPORTS = int(os.environ.get("KENG_BENCH_REPORTS", "1000000"))
TIMES = 40
AT_ONCE = ("Trực ban 1", "Trực ban 2", "Kiểm tra viên")  # and an officer of a province
RATE, SECONDS = 200, 10
DEMO = ("--quiet-day", "--banks", "at_once")
CATCHES_UP_WITHIN = 900.0  # seconds
LOOK_EVERY, LOOKS, IDLE_SHARE = 5.0, 3, 0.3  # seconds, how often in a row, of one core
SHARES = ("p50 ms", "p95 ms", "p99 ms", "longest ms")

CAMPAIGN = "a campaign of a twentieth of all reports"
HUB_PAGE = "search: an account that a twentieth name"
SEEN_BY_ALL = ("the queue", "the queue's rows anew", "the ledger", HUB_PAGE, "the board of measures")

Told = dict[str, str]


def measure(database: str = "") -> Section:
    home = fresh("crowded") / "home"
    with rehearse(home, *DEMO, database=database) as rehearsal:
        words = [OURS / "python", "-m", "benchmarks.ours.crowded", str(REPORTS)]
        filled = run(words, times=1, environment=rehearsal.environment())
        told: Told = filled.json()
        wait_until_idle(rehearsal)
        officers = [Visitor(rehearsal.address).enter(rehearsal.links[name]) for name in AT_ONCE]
        officers.append(Visitor(rehearsal.address).enter(rehearsal.address + told["province_link"]))
        pages = officers_pages(told, told["code"], officers[0])
        tables = [
            alone("the centre", officers[0], pages),
            alone("a province", officers[-1], officers_pages(told, told["province_report"], officers[-1])),
            together(officers, {name: pages[name] for name in SEEN_BY_ALL}),
            citizens(rehearsal, told),
        ]
    name = "crowded-postgresql" if database else "crowded"
    return Section(name, tables, [_command(filled)])


def wait_until_idle(rehearsal: Rehearsal) -> None:
    """Until worker, linker and database have had little to do for a quarter of a minute; AssertionError if they never do."""
    used, quiet, deadline = used_by(rehearsal), 0, time.monotonic() + CATCHES_UP_WITHIN
    while quiet < LOOKS:
        assert time.monotonic() < deadline, "the worker does not catch up"
        time.sleep(LOOK_EVERY)
        before, used = used, used_by(rehearsal)
        busy = sum(used.get(kind, 0.0) - before.get(kind, 0.0) for kind in ("worker", "linker", "PostgreSQL"))
        quiet = quiet + 1 if busy < IDLE_SHARE * LOOK_EVERY else 0


def officers_pages(told: Told, code: str, officer: Visitor) -> dict[str, str]:
    """What an officer opens, `code` being the report that they read."""
    hub = f"/ban/tim/?q={quote(told['hub'])}"
    return {
        "the queue": "/ban/",
        "the queue's rows anew": "/ban/hang/",
        "the ledger": "/ban/so/",
        "the ledger, far back": "/ban/so/?before=1000",
        "search: a rare account": f"/ban/tim/?q={quote(told['rare'])}",
        HUB_PAGE: hub,
        "the same, an older page": hub + _older(officer.get(hub).text),
        "the campaigns": "/ban/chien-dich/",
        CAMPAIGN: f"/ban/chien-dich/{told['campaign']}/",
        "then what joins its reports": f"/ban/chien-dich/{told['campaign']}/noi/",
        "then where they are": f"/ban/chien-dich/{told['campaign']}/o-dau/",
        "then what could be done next": f"/ban/chien-dich/{told['campaign']}/tiep/",
        "one report": f"/ban/bao-cao/{code}/",
        "its live part": f"/ban/bao-cao/{code}/moi/",
        "the board of measures": "/ban/lenh/",
        "the board: what waits": "/ban/lenh/?state=waiting",
        "how partners answer": "/ban/doi-tac/",
        "a partner's late requests": "/ban/doi-tac/970418/?figure=overdue",
    }


def alone(who: str, officer: Visitor, pages: dict[str, str]) -> Table:
    rows = [[name, *_milliseconds(asked(officer, path, TIMES))] for name, path in pages.items()]
    return Table((f"{REPORTS:,} reports, an officer of {who}, each page {TIMES} times", *SHARES), rows)


def together(officers: Sequence[Visitor], pages: dict[str, str]) -> Table:
    """Every officer opens every page, each beginning with another one, all at once."""
    names = list(pages)
    taken: dict[str, list[float]] = {name: [] for name in names}

    def work(place: int) -> None:
        for turn in range(TIMES // len(officers)):
            for step in range(len(names)):
                name = names[(place * 2 + step + turn) % len(names)]
                taken[name] += asked(officers[place], pages[name], 1, warm=False)

    with ThreadPoolExecutor(len(officers)) as pool:
        list(pool.map(work, range(len(officers))))
    rows = [[name, *_milliseconds(taken[name])] for name in names]
    return Table((f"{len(officers)} officers at once, without a pause", *SHARES), rows)


def citizens(rehearsal: Rehearsal, told: Told) -> Table:
    front, ask, own = "/", "/theo-doi/", f"/theo-doi/{told['receipt']}/"
    paths = {
        "the front page": [front],
        "where a receipt is asked for": [ask],
        "both and a report's own page, in turn": [front, ask, own],
        "a report's own page": [own],
    }
    rows = []
    for name, asked_for in paths.items():
        words = [OURS / "python", "-m", "benchmarks.ours.visitors", rehearsal.port, RATE, SECONDS, *asked_for]
        seen = run([str(word) for word in words], times=1).json()
        statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen["statuses"].items()))
        rows.append([name, *_milliseconds(seen["taken"]), statuses])
    return Table((f"citizens, {RATE} a second for {SECONDS} s, until the first byte", *SHARES, "answers"), rows)


def asked(officer: Visitor, path: str, times: int, *, warm: bool = True) -> list[float]:
    """Seconds that each asking took; what comes first is not counted, if `warm`."""
    taken = []
    for _ in range(times + warm):
        began = time.perf_counter()
        reply = officer.get(path)
        taken.append(time.perf_counter() - began)
        assert reply.status == 200, (path, reply.status)
    return taken[warm:]


def _older(page: str) -> str:
    """The part of the address that leads to the page after this one; nothing if it is the last."""
    found = re.search(r"before=(\d+)", page)
    return f"&before={found[1]}" if found else ""


def _command(filled: Run) -> str:
    return f"python -m benchmarks.ours.crowded {REPORTS}  # {filled.seconds:.0f} s"


def _milliseconds(seconds: Iterable[float]) -> list[int]:
    values = list(seconds)
    ordered = (statistics.median(values), percentile(values, 0.95), percentile(values, 0.99), max(values))
    return [round(1000 * value) for value in ordered]
