"""The reviewed sample's figures, computed by hand."""

from __future__ import annotations

import pytest

from keng.desk.fraud.registers.beside.sampling import places
from keng.desk.fraud.registers.estimating import Reviewed, at_least, rate, wilson, worse_slices


@pytest.mark.parametrize(
    ("wrong", "reviewed", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (3, 200, 0.0051, 0.0431),
    ],
)
def test_wilsons_interval(wrong, reviewed, low, high):
    """Against the table in Brown, Cai, DasGupta (2001) and statsmodels' proportion_confint(method="wilson")."""
    assert wilson(wrong, reviewed) == pytest.approx((low, high), abs=1e-4)


def test_a_sample_by_verdict_weighs_each_record_for_those_it_stands_for():
    """One of ten wrong where 900 stand behind it, none of ten where 100 do: 0.1 x 0.9."""
    reviewed = [Reviewed("a", n > 0, {}) for n in range(10)] + [Reviewed("b", True, {})] * 10
    found = rate(reviewed, {"a": 900, "b": 100})

    assert found.share == pytest.approx(0.09)
    effective = 1000**2 / (10 * 90**2 + 10 * 10**2)
    assert (found.low, found.high) == pytest.approx(wilson(0.09 * effective, effective))
    assert (found.reviewed, found.wrong) == (20, 1)


def test_equal_weights_are_wilson_itself():
    found = rate([Reviewed("a", n > 2, {}) for n in range(200)], {"a": 5})

    assert (found.low, found.high) == pytest.approx(wilson(3, 200))


def test_a_group_above_twice_the_mean_is_found_and_chance_is_not():
    others = [Reviewed("a", True, {"sex": "F"})] * 180
    six_of_ten = others + [Reviewed("a", n >= 6, {"sex": "M"}) for n in range(10)]
    one_of_ten = others + [Reviewed("a", n >= 1, {"sex": "M"}) for n in range(10)]

    assert [(one.group, one.value, one.wrong, one.reviewed) for one in worse_slices(six_of_ten, 2)] == [
        ("sex", "M", 6, 10)
    ]
    assert at_least(1, 10, 1 / 190) > 0.05
    assert [one.value for one in worse_slices(one_of_ten, 2)] == []
    assert worse_slices(others, 2) == []


def test_most_of_a_sample_goes_to_verdicts_with_consequences():
    drawn = places({"verified": 9000, "mismatch": 600, "not_found": 398, "minor": 2, "not_covered": 10}, 200)

    assert drawn["minor"] == 2
    assert drawn["verified"] + drawn["not_covered"] in (20, 21)
    assert 180 <= drawn["mismatch"] + drawn["not_found"] + drawn["minor"] <= 187
    assert places({"verified": 50}, 200) == {"verified": 50}
