"""Looks at a report as pages list them: an officer who opens it again and again for one purpose is one line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language

from keng.desk.fraud.reports.queries import Look

ONE_LINE_WITHIN = timedelta(minutes=15)


def shown_looks(looks: Iterable[Look]) -> list[dict[str, Any]]:
    """`{at, until, times, who, why}`, newest first; a line takes in the looks of one officer for one purpose within 15 minutes.

    The ledger keeps every look; this shortens the list only. `until` is None where there was one look.
    """
    language = get_language() or "vi"
    lines: list[dict[str, Any]] = []
    open_line: dict[tuple[str, str], dict[str, Any]] = {}
    for look in sorted(looks, key=lambda look: look.at):
        line = open_line.get((look.actor, look.purpose.vi))
        if line and look.at - line["at"] < ONE_LINE_WITHIN:
            line["until"], line["times"] = look.at, line["times"] + 1
            continue
        who = ", ".join(part for part in (look.who, look.unit) if part)
        line = {"at": look.at, "until": None, "times": 1, "who": who, "why": look.purpose.in_language(language)}
        open_line[look.actor, look.purpose.vi] = line
        lines.append(line)
    return lines[::-1]
