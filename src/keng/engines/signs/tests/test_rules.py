"""The table of rules: every row complete, dated, sourced; what reads personal columns says so."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest

from keng.engines.signs.reading import SHAPES
from keng.engines.signs.rules import Rule, every_rule, rules_on
from keng.engines.signs.telling import tell

PERSONAL = ("date_of_birth", "sex", "gender", "ethnic", "province_code", "address", "occupation", "full_name")
FIGURES = {
    "S1": {"verdict": "conflict"}, "S2": {"lists": 2}, "S3": {"senders": 41, "credits": 44, "received": 1_200_500_000,
    "hours": 2, "minutes": 9, "out_percent": 97}, "S4": {"credits": 5, "senders": 2, "received": 9}, "S5": {"lists": 1},
    "S6H": {"quiet_days": 90, "credits": 6, "received": 7}, "S6T": {"night": 9, "debits": 10, "percent": 90, "until_hour": 5},
    "S6G": {"received": 9, "times": 8, "peers": 40}, "S7": {"holders": 6, "accounts": 9},
    "J1": {"sims": 200, "day": "2026-09-01", "usual": 12}, "J2": {"chain": 7, "day": "2026-09-01"},
}  # fmt: skip


def test_the_seven_published_signs_and_the_signs_of_junk_sims_are_there():
    assert {rule.code[:2] for rule in every_rule()} == {*(f"S{n}" for n in range(1, 8)), "J1", "J2"}


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.code)
def test_a_rule_that_reads_age_place_or_job_says_so(rule: Rule):
    statement = re.sub(r"--.*", "", rule.statement)
    assert {column for column in PERSONAL if column in statement} == set(rule.personal)
    assert all(any(column.name == name for column in SHAPES["accounts"].columns) for name in rule.personal)


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.code)
def test_a_figure_that_the_source_does_not_give_is_ours_and_unconfirmed(rule: Rule):
    assert rule.source
    assert all(one.set_by in ("published", "project") for one in rule.parameters)
    assert all(one.set_by == "published" or not one.is_confirmed for one in rule.parameters)
    assert all(f"${one.name}" in rule.statement or f"{{{one.name.replace('hours', 'us')}}}" in rule.statement
               for one in rule.parameters)  # fmt: skip


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.code)
def test_its_sentence_is_filled_in_both_languages(rule: Rule):
    said = tell(rule, FIGURES[rule.code])
    assert "{" not in said.vi + said.en
    wanted = {name for _, name, _, _ in Formatter().parse(rule.says.vi) if name}
    assert wanted == {name for _, name, _, _ in Formatter().parse(rule.says.en) if name}
    assert wanted <= set(FIGURES[rule.code])


def test_the_reason_is_spoken_from_the_figures():
    rule = next(rule for rule in every_rule() if rule.code == "S3")
    assert tell(rule, FIGURES["S3"]).vi == (
        "Nhận từ 41 tài khoản trong 2 giờ (1.200.500.000 đồng), mỗi lần chuyển đi trong 9 phút; 97 % đã rời tài khoản."
    )


def test_no_rule_is_in_force_before_its_day():
    assert rules_on(date(2025, 10, 29)) == []
    assert {rule.code for rule in rules_on(date(2025, 10, 30))} == {r.code for r in every_rule() if r.code[0] == "S"}


def test_the_version_changes_with_figures_and_statement():
    from dataclasses import replace

    rule = next(rule for rule in every_rule() if rule.code == "S4")
    other = replace(rule, parameters=(replace(rule.parameters[0], value=4),))
    assert len({rule.version, other.version, replace(rule, statement=rule.statement + " ").version}) == 3
