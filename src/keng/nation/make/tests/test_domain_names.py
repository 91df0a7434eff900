"""Names: impostors are told with brand and way, and none of them is official."""

from __future__ import annotations

from random import Random

import pytest

from keng.nation.make.tests.conftest import Written
from keng.nation.make.texts.domain_names import HOWS, brands, imitate

LONG = next(brand for brand in brands() if brand.id == "vietcombank")


def test_names_and_truth_go_together_each_once(town: Written):
    names = (town.folder / "names.txt").read_text(encoding="utf-8").splitlines()
    truth = town.lines("truth/names.jsonl")
    assert [row["domain"] for row in truth] == names
    assert len(set(names)) == len(names)
    assert {row["how"] for row in truth} - {None} >= {"affix", "subdomain"}
    assert any(row["brand"] is None for row in truth)


def test_no_impostor_is_official_or_below_it(town: Written):
    official = [brand.official for brand in brands()]
    for row in town.lines("truth/names.jsonl"):
        assert not any(row["domain"] == name or row["domain"].endswith("." + name) for name in official)


@pytest.mark.parametrize("how", HOWS)
def test_each_way_makes_what_it_says(how: str):
    label = LONG.label
    for seed in range(60):
        name = imitate(Random(seed), LONG, how)
        first = name.domain.split(".")[0]
        assert name.how == how or name.how == "affix"
        holds = {
            "affix": label in first and first != label,
            "subdomain": name.domain.startswith(label) and name.domain.count(".") >= 2,
            "typo": abs(len(first) - len(label)) <= 1 and first != label,
            "homoglyph": first != label,
            "split": first.replace("-", "") == label,
            "tld": first == label,
            "idn": first.startswith("xn--"),
        }
        assert holds[name.how]


def test_links_of_waves_are_among_the_names_and_hold_a_digit(town: Written):
    names = set((town.folder / "names.txt").read_text(encoding="utf-8").splitlines())
    told = {
        i["value"]
        for t in town.lines("truth/reports.jsonl")
        if t["scam"]
        for i in t["indicators"]
        if i["kind"] == "domain"
    }
    assert told <= names
    assert all(any(sign.isdigit() for sign in name) for name in told)
