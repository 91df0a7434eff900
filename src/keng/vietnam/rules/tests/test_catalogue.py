"""What is in force, what was, and which rules governed an act."""

from __future__ import annotations

import ast
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from keng.vietnam import rules
from keng.vietnam.rules.catalogue import TABLES, catalogue, codes_of_acts

SOURCE = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 22)


def asked_for() -> set[str]:
    """The codes that code asks `rules.limit` or `rules.due` for; a code with a place in it as `{kind}…`."""
    calls = [
        node
        for folder in ("desk", "doors")
        for path in SOURCE.glob(f"{folder}/**/*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("limit", "due") and node.args
    ]
    return {code for call in calls if (code := _code(call.args[0]))}


def _code(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{kind}" for part in argument.values]
        return "".join(str(part) for part in parts)
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def test_each_limit_that_code_asks_for_governs_some_act():
    assert {"urgent_hold.confirm_within", "measure.review_within"} <= asked_for()
    assert asked_for() <= set(codes_of_acts())


def test_each_code_of_an_act_stands_in_a_table():
    codes = {rule.row.code for rule in catalogue()}
    for code in codes_of_acts():
        assert "{kind}" in code or code in codes, code


def test_an_act_is_governed_by_the_rows_of_its_day_and_by_its_basis():
    facts = {"basis": "fraud.hold.nd52-2024.d11"}
    found = {rule.row.code for rule in rules.governing("measures.hold_urgently", facts, TODAY)}

    assert {"fraud.hold.nd52-2024.d11", "urgent_hold.confirm_within"} <= found
    assert rules.governing("measures.hold_urgently", facts, date(2024, 6, 30)) == []
    assert "fraud.hold.nd52-2024.d11" not in {r.row.code for r in rules.governing("measures.hold_urgently", {}, TODAY)}


@pytest.mark.parametrize(
    ("verb", "facts", "codes"),
    [
        ("erasure.ask", {}, {"erasure.answer_within", "working_week.state", "term.working_days"}),
        ("retention.prune", {"kind": "measures.Measure"}, {"measures.Measure"}),
        ("measures.open_review", {"kind": "block_number"}, {"measure.review_within"}),
        ("jurisdiction.offer", {}, {"jurisdiction.accept_within"}),
    ],
)
def test_what_is_pruned_reviewed_or_counted_in_working_days_is_governed_by_its_rows(verb, facts, codes):
    assert {rule.row.code for rule in rules.governing(verb, facts, TODAY)} == codes


def test_every_row_of_every_table_is_in_the_catalogue():
    tables = {path.stem: rules_of(path) for path in SOURCE.glob("vietnam/rules/*.toml") if path.stem != "acts"}
    listed = {rule.row.code for rule in catalogue()}

    assert "assurance" in tables
    assert {name: codes - listed for name, codes in tables.items() if codes - listed} == {}


def rules_of(path: Path) -> set[str]:
    """The codes in a table's file."""
    found = tomllib.loads(path.read_text(encoding="utf-8")).values()
    rows = [row for part in found for row in (part if isinstance(part, list) else [part])]
    return {row["code"] for row in rows if "code" in row}


def test_a_rule_is_asked_for_on_the_day_that_it_is_in_vietnam():
    """A day begins there seven hours before it does in UTC. What a key a day is made for counts in UTC, by its own word."""
    by_utc = [
        f"{path.relative_to(SOURCE)}:{number}"
        for folder in ("desk", "doors", "site")
        for path in SOURCE.glob(f"{folder}/**/*.py")
        if "tests" not in path.parts and path.parts[-2:] != ("gate", "sources.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"(now|_at|now\(\))\.date\(\)", line)
    ]
    assert by_utc == []


def test_every_row_says_its_source_and_every_table_has_a_name():
    for rule in catalogue():
        assert rule.row.source and rule.row.said.vi and rule.row.said.en
        assert TABLES[rule.table].en


def test_a_code_has_a_history():
    assert [rule.row.code for rule in rules.history("urgent_hold.confirm_within")] == ["urgent_hold.confirm_within"]
    assert rules.history("no.such.code") == []


def test_a_term_in_working_days_ends_by_the_calendar(monkeypatch: pytest.MonkeyPatch):
    from dataclasses import replace

    row = replace(rules.limit("urgent_hold.confirm_within", TODAY), value=2, unit="working_days")

    assert row.after(datetime(2026, 2, 13, 5, tzinfo=UTC)) == datetime(2026, 2, 24, 17, tzinfo=UTC)
    assert replace(row, unit="hours").after(datetime(2026, 2, 13, 5, tzinfo=UTC)) == datetime(
        2026, 2, 13, 7, tzinfo=UTC
    )
    with pytest.raises(ValueError, match="counted in"):
        _ = row.time
