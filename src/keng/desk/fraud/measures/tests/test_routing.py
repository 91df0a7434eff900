"""Who is asked: everybody who serves the object, the longest name first, nobody for what nobody serves."""

from __future__ import annotations

import pytest

from keng.base.errors import KengError
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.routing import partners_for
from keng.desk.fraud.measures.tests.conftest import CARRIERS
from keng.desk.ground.partners.actions import enrol


def asked(kind, target, chosen=()):
    return [one.pk for one in partners_for(kind, Target(*target), chosen)]


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        (Kind.HOLD_FUNDS, ("account", "970418:123"), ["970418"]),
        (Kind.BLOCK_NUMBER, ("phone", "+84912345678"), CARRIERS),
        (Kind.BLOCK_SENDER, ("sender", "VIETCOMBANK"), CARRIERS),
        (Kind.SUSPEND_DOMAIN, ("domain", "vcb-xacthuc.com.vn"), ["registry:vnnic"]),
        (Kind.TAKE_DOWN_PAGE, ("url", "https://m.facebook.com/vcb"), ["platform:facebook"]),
        (Kind.TAKE_DOWN_PAGE, ("social", "facebook:vcb.hotro"), ["platform:facebook"]),
        (Kind.PRESERVE_DATA, ("domain", "a.vn"), ["registry:vnnic"]),
    ],
)
def test_each_object_goes_to_those_who_serve_it(everybody, kind, target, expected):
    assert asked(kind, target) == expected


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        (Kind.HOLD_FUNDS, ("account", "?:123"), "no_bank"),
        (Kind.HOLD_FUNDS, ("account", "970400:123"), "no_partner"),
        (Kind.SUSPEND_DOMAIN, ("domain", "vcb.com"), "no_partner"),
        (Kind.SUSPEND_DOMAIN, ("domain", "notvn"), "no_partner"),
        (Kind.TAKE_DOWN_PAGE, ("url", "https://facebook.com.evil.example/vcb"), "no_partner"),
        (Kind.TAKE_DOWN_PAGE, ("social", "zalo:vcb"), "no_partner"),
        (Kind.TAKE_DOWN_PAGE, ("url", "https://www.facebook.com/"), "whole_suffix"),
    ],
)
def test_what_nobody_serves_or_everybody_uses_goes_nowhere(everybody, kind, target, code):
    with pytest.raises(KengError) as refusal:
        asked(kind, target)

    assert refusal.value.code == code


def test_the_longest_name_wins(cast, everybody):
    enrol("registry:province", "Tỉnh", "http://127.0.0.1:9/", serves=["dn.vn"], now=cast.clock.at)

    assert asked(Kind.SUSPEND_DOMAIN, ("domain", "lua.dn.vn")) == ["registry:province"]
    assert asked(Kind.SUSPEND_DOMAIN, ("domain", "lua.vn")) == ["registry:vnnic"]


def test_only_data_is_asked_of_chosen_partners(everybody):
    phone = ("phone", "+84912345678")

    assert asked(Kind.PRESERVE_DATA, phone, ("carrier:viettel",)) == ["carrier:viettel"]
    assert asked(Kind.BLOCK_NUMBER, phone, ("carrier:viettel",)) == CARRIERS
