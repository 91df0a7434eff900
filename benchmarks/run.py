"""`make bench`: measure, keep the figures of each section, write docs/benchmarks.md.

`python -m benchmarks.run reading outbox` measures these sections only and leaves the others' figures as they were.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import attack, reading, thread, writing
from benchmarks.figures import Section
from benchmarks.measuring import ROOT, WORK, machine

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


def main(names: list[str]) -> int:
    unknown = set(names) - SECTIONS.keys()
    if unknown:
        print(f"no such section: {', '.join(sorted(unknown))}; there are: {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    WORK.mkdir(parents=True, exist_ok=True)
    RESULTS.mkdir(exist_ok=True)
    for name in names or SECTIONS:
        around = machine()
        section = SECTIONS[name]()
        body = section.markdown()
        result = {"at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "machine": around, "markdown": body}
        text = json.dumps(result, ensure_ascii=False, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{name}\n{body}\n", flush=True)
    PAGE.write_text(page_text(), encoding="utf-8")
    return 0


def page_text() -> str:
    """The page: the hand-written text around it with the kept figures in their places."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name in SECTIONS:
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
