"""Pauses after failures: by name, by network, growing, forgotten in time, and none that a stranger can lock an officer out with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import RefusedError
from keng.desk.ground.signin import throttle
from keng.desk.ground.signin.models import Pause
from keng.desk.ground.signin.tests.conftest import HERE
from keng.desk.ground.signin.tests.device import Device
from keng.desk.ground.signin.throttle import Scope, by_name, by_source, network_of, pause_after, take_try


def fail(hai, **changes):
    with pytest.raises(RefusedError) as refused:
        hai.by_codes(digits="000000", **changes)
    return refused.value


def test_the_fourth_try_at_a_name_has_to_wait_wherever_it_comes_from(hai):
    for n in range(3):
        assert fail(hai, address=f"192.0.2.{n}").code == "not_entered"

    waits = fail(hai, address="192.0.2.9")

    assert waits.code == "too_many_tries"
    assert "3 seconds" in waits.said.en
    with pytest.raises(RefusedError):
        hai.by_codes()  # even with everything right
    hai.cast.clock.pass_by(seconds=3)
    assert hai.by_codes().officer == hai.officer


def test_a_name_that_nobody_bears_waits_alike(hai):
    said = [[fail(hai, name=name).said for _ in range(4)] for name in (hai.officer.username, "khong-ai")]

    assert said[0] == said[1]


def test_a_passkey_works_while_strangers_guess_at_the_name_even_beside_its_owner(hai):
    for n in range(60):
        fail(hai, address=HERE, name=hai.officer.username if n < 10 else f"ten-{n}")
    assert fail(hai).code == "too_many_tries"

    assert hai.by_passkey().officer == hai.officer


def test_one_network_has_to_wait_whatever_names_it_tries(hai):
    codes = [fail(hai, name=f"ten-{n}").code for n in range(31)]

    assert codes == ["not_entered"] * 30 + ["too_many_tries"]
    assert fail(hai, name="ten-moi", address="203.0.113.1").code == "not_entered"


def test_passkeys_that_fail_pause_their_network(hai):
    def code_of(address: str) -> str:
        with pytest.raises(RefusedError) as refused:
            hai.by_passkey(Device(), address)
        return refused.value.code

    assert [code_of(HERE) for _ in range(31)] == ["not_entered"] * 30 + ["too_many_tries"]
    assert code_of("203.0.113.1") == "not_entered"


def test_pauses_grow_to_the_longest_and_stop_growing(cast):
    pauses = [pause_after(n, Scope.CODE_NAME, now=cast.clock.at) for n in (1, 2, 3, 4, 5, 12, 10_000)]

    seconds = [0, 0, 2, 4, 8, 900, 900]
    assert pauses == [timedelta(seconds=one) for one in seconds]


def test_failures_are_forgotten_a_day_after_the_last(hai):
    for _ in range(4):
        fail(hai)
    hai.cast.clock.pass_by(hours=24, seconds=10)

    assert [fail(hai).code for _ in range(4)] == ["not_entered"] * 3 + ["too_many_tries"]


def test_a_good_entry_starts_the_name_anew_and_hides_no_guesses_from_the_same_network(hai):
    for _ in range(2):
        fail(hai)
    hai.by_codes()

    by_scope = {Scope.CODE_NAME: by_name("hai", hai.cast.keys, now=hai.now).who}
    by_scope[Scope.CODE_SOURCE] = by_source(Scope.CODE_SOURCE, HERE, hai.cast.keys, now=hai.now).who
    failures = {scope: Pause.objects.get(who=who).failures for scope, who in by_scope.items()}
    assert failures == {Scope.CODE_NAME: 0, Scope.CODE_SOURCE: 2}


def test_a_try_counts_before_it_is_checked_so_that_many_at_once_gain_nothing(cast):
    counted = [by_name("hai", cast.keys, now=cast.clock.at)]
    for _ in range(3):
        take_try(counted, now=cast.clock.at)  # three that are still being checked

    with pytest.raises(RefusedError):
        take_try(counted, now=cast.clock.at)
    assert Pause.objects.get().failures == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("", "rubbish", True),
    ],
)
def test_a_network_is_an_address_or_a_slash_64(one, other, same):
    assert (network_of(one) == network_of(other)) is same


def test_no_name_and_no_address_is_kept(hai):
    fail(hai)

    rows = b"".join(bytes(row.who) for row in Pause.objects.all())
    assert hai.officer.username.encode() not in rows
    assert HERE.encode() not in rows
    assert {len(bytes(row.who)) for row in Pause.objects.all()} == {32}
    assert throttle.network_of(HERE) == HERE
