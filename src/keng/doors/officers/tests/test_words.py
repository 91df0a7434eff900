"""Every verb that any action records has its words, in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from keng.desk.fraud.measures.models import MeasureState
from keng.desk.ground.ledger import queries as ledger
from keng.doors.officers.words import VERBS, said_of, shown_entries

DESK = Path(__file__).resolve().parents[3] / "desk"
MODULES = sorted(path for path in DESK.glob("**/*.py") if "tests" not in path.parts and path.parent.name != "ledger")
BUILT = {"measures.{after}": {f"measures.{state}" for state in (MeasureState.LAPSED, MeasureState.ENDED)}}


def verbs_recorded(path: Path) -> Iterator[str]:
    """What is given as `verb` to `ledger.record` or `ledger.Happening`, or first to a module's own `_record` or `_happening`;
    an f-string as it is written."""
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in ("_record", "_happening") and call.args and len(call.args) > 2:
            yield from spelled(call.args[0])
        if name in ("record", "Happening"):
            by_name = [keyword.value for keyword in call.keywords if keyword.arg == "verb"]
            yield from spelled(by_name[0] if by_name else call.args[1])


def spelled(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(verb)) if "." in verb:
            yield verb
        case ast.JoinedStr():
            yield ast.unparse(node)[2:-1]
        case ast.IfExp(body=body, orelse=orelse):
            yield from spelled(body)
            yield from spelled(orelse)


def recorded() -> set[str]:
    found = {verb for path in MODULES for verb in verbs_recorded(path)}
    return found - set(BUILT) | {verb for built in found & set(BUILT) for verb in BUILT[built]}


def test_the_verbs_are_found() -> None:
    """Or the tests below would pass on nothing."""
    assert {"reports.look", "measures.approve", "outbox.dead", "people.enter", "measures.lapsed"} <= recorded()


def test_every_recorded_verb_has_words_and_no_words_are_left_over() -> None:
    assert recorded() == set(VERBS)


def test_no_two_verbs_read_alike() -> None:
    assert len({said.vi for said in VERBS.values()}) == len({said.en for said in VERBS.values()}) == len(VERBS)


def test_a_verb_that_nobody_described_is_shown_as_it_stands() -> None:
    assert said_of("people.sing") == "people.sing"


@pytest.mark.parametrize(
    ("language", "verb", "about"), [("vi", "Giữ tiền khẩn cấp", "Lệnh"), ("en", "Urgent hold sent", "Measure")]
)
def test_an_entry_is_told_in_the_readers_language(cast, language, verb, about):
    measure = cast.hold()

    with translation.override(language):
        line = shown_entries(cast.second, ledger.entries_on(measure.subject))[0]

    assert (line["verb"], line["about"], line["actor"]) == (verb, f"{about} {measure.code}", "Mot")
    assert line["code"] == "measures.hold_urgently"


def test_an_entry_leads_to_its_report_for_those_who_may_open_it_and_for_nobody_else(cast):
    report = cast.report().report
    entries = ledger.entries_on(report.subject)

    assert shown_entries(cast.auditor, entries)[0]["about_url"] == f"/ban/bao-cao/{report.code}/"
    assert shown_entries(cast.operator, entries)[0]["about_url"] == ""


def test_nothing_stays_an_internal_name(cast):
    cast.hold()

    lines = shown_entries(cast.first, ledger.newest_entries(limit=1000))

    assert {line["actor"] for line in lines} == {"Mot", "Người báo", "Lệnh cài đặt"}
    assert [line for line in lines if ":" in line["about"]] == []


def test_thirty_entries_take_as_many_queries_as_one(cast, django_assert_max_num_queries):
    for _ in range(30):
        cast.hold()
    with django_assert_max_num_queries(6):
        assert len(shown_entries(cast.first, ledger.newest_entries(limit=30))) == 30
