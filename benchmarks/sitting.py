"""From flood to order: 5,000 mixed reports come over the API, and one officer sorts them in one sitting.

The officer is a program that knows what the reports were made from, and presses what an attentive person would press: at each
suggestion together or apart. So the decisions and the pages' times are measured, not a person's judgement. A decision runs
from sending the form until the next suggestion is there.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path

from benchmarks.figures import Cell, Section, Table
from benchmarks.linking import pairwise
from benchmarks.measuring import percentile
from benchmarks.scams.make import write
from benchmarks.writing import fresh
from tests.system.rehearsal import Rehearsal, rehearse, wait_for
from tests.system.visitor import Visitor

REPORTS = int(os.environ.get("KENG_BENCH_REPORTS", "5000"))
SEED, MUTATION = 977, 0.2
SENDERS = 4
QUIET_SECONDS = 30  # between two times that the engine decides everything anew lie less
MOST = 2000  # decisions
MARKS = (50, 100, 200)  # decisions after which is looked at how the reports stand
SITTING = "/ban/chien-dich/sap-xep/"
FORM = re.compile(r'<form method="post" action="(/ban/chien-dich/[^"]+)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
PLACED = (
    "SELECT report.code, report.id, head.code FROM campaigns_placement placement JOIN reports_report report ON report.id = "
    "placement.report_id JOIN campaigns_part part ON part.id = placement.part_id JOIN campaigns_part head ON head.id = part.head_id"
)
Campaigns = dict[str, str]  # the campaign of each report, by the report's code


def measure(database: str = "") -> Section:
    home = fresh("sitting")
    with rehearse(home / "home", "--quiet-day", "--banks", "at_once", database=database) as rehearsal:
        began = time.monotonic()
        truth = tell_all(rehearsal, home)
        told = time.monotonic() - began
        wait_for(lambda: len(placed(rehearsal)) >= len(truth), "every report is placed", within=1800)
        linked = time.monotonic() - began
        wait_until_quiet(rehearsal)
        before = campaigns(rehearsal)
        officer = Visitor(rehearsal.address).enter(rehearsal.links["Trực ban 1"])
        decided, taken, orders = sit(officer, rehearsal, truth)
        orders |= {f"after all {len(taken)} decisions": campaigns(rehearsal)}
    flood: list[Cell] = [f"{len(truth):,} reports", f"{told:.0f}", f"{linked:.0f}", len(set(before.values()))]
    order: list[Cell] = [sum(decided.values()), ", ".join(f"{what} {n}" for what, n in sorted(decided.items()))]
    times = [round(1000 * percentile(taken, share)) for share in (0.5, 0.95, 1)] if taken else []
    shares = [
        [name, *(f"{value:.4f}" for value in pairwise(of, truth))] for name, of in {"engine": before, **orders}.items()
    ]
    tables = [
        Table(("the flood", "told after s", "placed after s", "campaigns, single reports counted"), [flood]),
        Table(("decisions", "which", "p50 ms", "p95 ms", "longest ms"), [[*order, *times]]),
        Table(("", "pairs P", "pairs R", "pairs F1"), shares),
    ]
    return Section("sitting", tables, ["python -m benchmarks.run sitting"])


def tell_all(rehearsal: Rehearsal, folder: Path) -> Campaigns:
    """Send the reports; what they were made from, by the codes that they were given."""
    reports, truth = folder / "reports.jsonl", folder / "truth.jsonl"
    write(reports, truth, REPORTS, SEED, MUTATION)
    texts = [json.loads(line)["text"] for line in reports.read_text("utf-8").splitlines()]
    made_from = [json.loads(line)["campaign"] for line in truth.read_text("utf-8").splitlines()]

    def tell(text: str) -> str:
        body = json.dumps({"channel": "api", "text": text}, ensure_ascii=False).encode()
        reply = Visitor(rehearsal.address).post_json("/api/v1/reports", body)
        assert reply.status == 201, reply.text
        return str(reply.json()["code"])

    with ThreadPoolExecutor(SENDERS) as pool:
        return dict(zip(pool.map(tell, texts), made_from, strict=True))


def wait_until_quiet(rehearsal: Rehearsal) -> None:
    """Until what the engine would ask was noted, and not again for some time."""
    noted, since = None, time.monotonic()
    while noted is None or time.monotonic() - since < QUIET_SECONDS:
        (now,) = rehearsal.rows("SELECT max(id) FROM campaigns_leaning")[0]
        if now != noted:
            noted, since = now, time.monotonic()
        time.sleep(1)


def sit(
    officer: Visitor, rehearsal: Rehearsal, truth: Campaigns
) -> tuple[Counter[str], list[float], dict[str, Campaigns]]:
    """Decide what is offered until nothing is. What was decided, seconds of each, and how the reports stood on the way."""
    decided: Counter[str] = Counter()
    taken: list[float] = []
    orders = {}
    page = officer.get(SITTING).text
    while len(taken) < MOST and (forms := list(offered(page))):
        path, fields = pressed(forms, rehearsal, truth)
        began = time.perf_counter()
        reply = officer.submit(path, **fields)
        taken.append(time.perf_counter() - began)
        assert reply.status == 200, (path, reply.status)
        decided[path.rstrip("/").rpartition("/")[2]] += 1
        page = reply.text
        if len(taken) in MARKS:
            orders[f"after {len(taken)} decisions"] = campaigns(rehearsal)
    return decided, taken, orders


def offered(page: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The two forms that decide a suggestion: together or apart."""
    for path, inside in FORM.findall(page):
        if not path.startswith(SITTING):
            yield (
                path,
                [(name, unescape(value)) for name, value in FIELD.findall(inside) if name != "csrfmiddlewaretoken"],
            )


def pressed(
    forms: list[tuple[str, list[tuple[str, str]]]], rehearsal: Rehearsal, truth: Campaigns
) -> tuple[str, dict[str, str | list[str]]]:
    """The form that the truth asks for."""
    (act, fields), (leave, other) = forms
    rows = placed(rehearsal)
    made_from = {ident: truth[code] for code, ident, _head in rows if code in truth}
    members = defaultdict(list)
    for code, ident, head in rows:
        if code in truth:
            members[head].append(ident)
    head = act.split("/")[3]
    if act.endswith("/gop/"):
        right = most_of(members[head], made_from) == most_of(members[dict(fields)["other"]], made_from)
    else:
        out = {value.replace("-", "") for name, value in fields if name == "report"}
        inside = [one for one in members[head] if one.replace("-", "") not in out]
        some = [one for one in members[head] if one.replace("-", "") in out]
        right = bool(some) and most_of(some, made_from) != most_of(inside, made_from)
    path, chosen = (act, fields) if right else (leave, other)
    lists: dict[str, list[str]] = defaultdict(list)
    for name, value in chosen:
        lists[name].append(value)
    return path, {name: values if len(values) > 1 else values[0] for name, values in lists.items()}


def most_of(idents: list[str], made_from: dict[str, str]) -> str:
    """The campaign that most of these reports were made from."""
    return Counter(made_from[one] for one in idents).most_common(1)[0][0] if idents else ""


def placed(rehearsal: Rehearsal) -> list[tuple[str, str, str]]:
    """Code, id and campaign of each report that is placed."""
    return [(str(code), str(ident).replace("-", ""), str(head)) for code, ident, head in rehearsal.rows(PLACED)]


def campaigns(rehearsal: Rehearsal) -> Campaigns:
    return {code: head for code, _ident, head in placed(rehearsal)}
