"""What the shipped model reaches is what the repository says: a change of model, lists or reading shows what it moved."""

from __future__ import annotations

import json

import pytest

from training import results
from training.grammar import templates


@pytest.fixture(scope="module")
def measured():
    return results.measure()


def test_the_kept_figures_are_those_of_this_program(measured):
    assert measured == json.loads(results.KEPT.read_text("utf-8")), (
        "run `python -m training.results` and read what moved"
    )


def test_what_stands_beside_a_verdict_is_of_the_same_run(measured):
    assert json.loads(results.SHIPPED.read_text("utf-8")) == results.beside_verdicts(measured)


@pytest.mark.parametrize("name", ["judged", "held out"])
def test_without_the_named_stretches_nine_scams_of_ten_are_none(measured, name):
    assert measured[name]["all"]["falls when blanked"] >= 0.9
    assert measured[name]["all"]["whole message named"] <= 0.05


def test_each_trick_has_templates_to_learn_from_and_to_hold_out():
    scams = [template for template in templates() if template.folder == "scam"]
    learnt = {template.section for template in scams if not template.is_held_out}
    assert {template.section for template in scams} == learnt
    assert len({template.section for template in scams if template.is_held_out}) > 30
