"""`make bench`: measure, keep the figures of each section, write docs/benchmarks.md.

`python -m benchmarks.run reading outbox` measures these sections only and leaves the others' figures as they were.
`--database postgresql` measures the sections that write on a PostgreSQL server of their own, durable as in earnest;
`--commit-delay 5000` (microseconds) lets it gather commits; `intake` is then kept as `intake-postgresql-gathered`.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import (
    attack,
    classifying,
    cleansing,
    crowded,
    intake,
    linking,
    pages,
    questions,
    reading,
    signs,
    sitting,
    thread,
    writing,
)
from benchmarks.figures import Section
from benchmarks.measuring import ROOT, WORK, machine
from keng.site.rehearsal.cluster import Cluster, running_cluster

NewDatabase = Callable[[], str]
PAGE = ROOT / "docs" / "benchmarks.md"
TEMPLATE = Path(__file__).parent / "page.md"
RESULTS = Path(__file__).parent / "results"
SECTIONS: dict[str, Callable[[], Section]] = {
    "start": thread.measure_start,
    "reading": reading.measure,
    "ledger": writing.measure_ledger,
    "outbox": writing.measure_outbox,
    "thread": thread.measure,
    "attack": attack.measure,
}
ON_REQUEST: dict[str, Callable[[], Section]] = {  # take long, or need a quiet machine
    "classify": classifying.measure,
    "cleanse": cleansing.measure,
    "cleanse-large": cleansing.measure_large,
    "cleanse-huge": cleansing.measure_huge,
    "cleanse-spark": cleansing.measure_spark,
    "crowded": crowded.measure,
    "link": linking.measure,
    "link-million": linking.measure_million,
    "link-hub": linking.measure_hub,
    "intake": intake.measure_soak,
    "pages": pages.measure,
    "questions": questions.measure,
    "signs": signs.measure,
    "sitting": sitting.measure,
}


# The same on PostgreSQL: each takes what makes a new, empty database and returns its address.
ON_POSTGRESQL: dict[str, Callable[[NewDatabase], Section]] = {
    "ledger-postgresql": lambda new: writing.measure_ledger_on(new()),
    "outbox-postgresql": lambda new: writing.measure_outbox_on(new()),
    "thread-postgresql": lambda new: thread.measure(new()),
}
ON_POSTGRESQL_ON_REQUEST: dict[str, Callable[[NewDatabase], Section]] = {
    "crowded-postgresql": lambda new: crowded.measure(new()),
    "intake-postgresql": lambda new: intake.measure_on(new(), "intake-postgresql"),
    "intake-postgresql-gathered": lambda new: intake.measure_on(new(), "intake-postgresql-gathered"),
}
LONG_ON_THE_PAGE = (
    *("classify", "link", "link-million", "link-hub", "sitting", "intake", "intake-postgresql"),
    *("intake-postgresql-gathered", "crowded-postgresql", "pages", "questions"),
    *("cleanse", "cleanse-large", "cleanse-huge", "cleanse-spark", "signs"),
)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--commit-delay", default="0", help="microseconds")
    parser.add_argument("sections", nargs="*", help=f"some of: {', '.join(SECTIONS)}")
    options = parser.parse_args(words)
    if options.database == "sqlite":
        return measure(options.sections or [*SECTIONS], {**SECTIONS, **ON_REQUEST})
    with running_cluster(commit_delay=options.commit_delay) as cluster:
        new = partial(_make_database, cluster)
        there = {name: partial(section, new) for name, section in {**ON_POSTGRESQL, **ON_POSTGRESQL_ON_REQUEST}.items()}
        gathered = "-gathered" if options.commit_delay != "0" else ""
        names = [f"{name}-postgresql{gathered if name == 'intake' else ''}" for name in options.sections]
        return measure(names or [*ON_POSTGRESQL], there)


def measure(names: list[str], there: Mapping[str, Callable[[], Section]]) -> int:
    """Measure these sections, or all; keep their figures and write the page."""
    unknown = set(names) - there.keys()
    if unknown:
        print(f"no such section: {', '.join(sorted(unknown))}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    RESULTS.mkdir(exist_ok=True)
    for name in names or there:
        around = machine()
        body = there[name]().markdown()
        result = {"at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "machine": around, "markdown": body}
        text = json.dumps(result, ensure_ascii=False, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{name}\n{body}\n", flush=True)
    PAGE.write_text(page_text(), encoding="utf-8")
    return 0


def _make_database(cluster: Cluster) -> str:
    return cluster.create(f"bench_{uuid.uuid4().hex}")


def page_text() -> str:
    """The page: the hand-written text around it with the kept figures in their places."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in (*SECTIONS, *ON_POSTGRESQL, *LONG_ON_THE_PAGE):
        path = RESULTS / f"{name}.json"
        result = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        text = text.replace(f"{{{{{name}}}}}", _shown(result))
    return text


def _shown(result: dict[str, Any] | None) -> str:
    if result is None:
        return "Not measured yet."
    around = result["machine"]
    spins = " / ".join(map(str, around["spin_seconds"]))
    told = (
        f"{result['at']}; {around['processor']}, {around['cores']} cores, {around['memory_gib']} GiB, {around['system']}, "
        f"Python {around['python']}, Django {around['django']}; load {around['load']}, the fixed loop took {spins} s."
    )
    return f"{result['markdown']}\n\n*{told}*"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
