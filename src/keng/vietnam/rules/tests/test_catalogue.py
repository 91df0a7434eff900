"""What is in force, what was, and which rules governed an act."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from keng.vietnam import rules
from keng.vietnam.rules.catalogue import TABLES, catalogue, codes_of_acts

SOURCE = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 22)


def asked_for() -> set[str]:
    """The codes that code asks `rules.limit` for; a code with a place in it as `{kind}…`."""
    calls = [
        node
        for folder in ("desk", "doors")
        for path in SOURCE.glob(f"{folder}/**/*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "limit" and node.args
    ]
    return {code for call in calls if (code := _code(call.args[0]))}


def _code(argument: ast.expr) -> str | None:
    if isinstance(argument, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{kind}" for part in argument.values]
        return "".join(str(part) for part in parts)
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def test_each_limit_that_code_asks_for_governs_some_act():
    assert "urgent_hold.confirm_within" in asked_for()
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
