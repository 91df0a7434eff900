"""The retention table as it stands in docs/keys-and-retention.md, between two marks."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from keng.vietnam.rules.retention import Keeping, Then, keepings

BEGIN, END = "<!-- table begins: made by keng.desk.steering.retention.page -->", "<!-- table ends -->"
WORDS = {
    Then.ERASE: "key destroyed, texts gone, figures stay",
    Then.EMPTY: "words, accounts and bodies emptied, row stays",
    Then.DELETE: "row deleted",
    Then.KEEP: "kept",
}


def table(day: date) -> str:
    """The rows in force on that day, in Markdown."""
    head = [
        "| kind | what | how long | counted from | then | open personal fields |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *map(_line, keepings(day))])


def _line(row: Keeping) -> str:
    long = f"with {row.parent}" if row.parent else "for ever" if row.keep_days is None else f"{row.keep_days} days"
    then = f"with {row.parent}" if row.parent else WORDS[row.then]
    personal = ", ".join(sorted(row.personal)) or "-"
    return f"| `{row.code}` | {row.said.en} | {long} | {row.counted_from or '-'} | {then} | {personal} |"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{table(date.today())}\n{END}{after}", encoding="utf-8")  # noqa: DTZ011
