"""The gate: open in ordinary times, asks for work beyond a budget, never shuts."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.base.times import iso
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate import work
from keng.desk.ground.gate.models import Count, Spent
from keng.desk.ground.gate.sources import day_key
from keng.desk.ground.gate.work import Purpose
from keng.desk.ground.keys import KeyStore
from keng.desk.ground.keys import Purpose as KeyPurpose
from keng.desk.ground.keys.queries import store
from keng.desk.ground.keys.register import KeyState
from keng.vietnam import rules

HOME, NEXT_DOOR, FAR = "203.0.113.5", "203.0.113.6", "198.51.100.9"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing(fresh, clock):
    return clock


def come(clock, address=HOME, purpose=Purpose.REPORT, token="", slow=False, waiting=0):
    visit = gate.Visit(purpose, ip_address(address), token, waiting, may_be_slow=slow, may_wait=True)
    return gate.admit(visit, store(), now=clock.at)


def budget(clock, name):
    return rules.limit(f"gate.{name}", clock.at.date()).value


def use_up(clock, address=HOME, purpose=Purpose.REPORT):
    for _ in range(budget(clock, f"{purpose}.source")):
        assert isinstance(come(clock, address, purpose), gate.Admitted)


def test_in_ordinary_times_nobody_is_asked_and_nothing_is_written(clock):
    with CaptureQueriesContext(connection) as queries:
        assert come(clock) == gate.Admitted(come(clock).source)

    assert queries.captured_queries == []


def test_beyond_its_budget_a_source_is_asked_for_work_and_others_are_not(clock):
    use_up(clock)

    asked = come(clock)

    assert isinstance(asked, gate.Asked) and asked.bits == budget(clock, "first_bits")
    assert isinstance(come(clock, NEXT_DOOR), gate.Admitted)
    assert isinstance(come(clock, purpose=Purpose.MESSAGE), gate.Admitted)


def test_the_work_done_lets_one_in_once(clock):
    use_up(clock)
    token = work.solve(come(clock).challenge)

    assert isinstance(come(clock, token=token), gate.Admitted)
    again = come(clock, token=token)

    assert again.why.code == "proof_replayed"


def test_a_used_proof_is_known_to_the_other_processes(clock, fresh):
    use_up(clock)
    token = work.solve(come(clock).challenge)
    come(clock, token=token)
    fresh()
    while isinstance(come(clock), gate.Admitted):
        pass

    assert come(clock, token=token).why.code == "proof_replayed"


def test_a_proof_of_one_source_serves_no_other(clock):
    use_up(clock)
    use_up(clock, FAR)
    token = work.solve(come(clock).challenge)

    assert come(clock, FAR, token=token).why.code == "proof_forged"


def test_the_work_grows_with_the_pressure_up_to_what_a_phone_can_do(clock):
    use_up(clock)
    asked = [come(clock).bits for _ in range(60 * budget(clock, "report.source"))]

    assert asked == sorted(asked)
    assert (asked[0], asked[-1]) == (budget(clock, "first_bits"), budget(clock, "most_bits"))


def test_a_refusal_writes_nothing(clock):
    use_up(clock)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(50):
            come(clock, token="x.1")

    assert queries.captured_queries == []


def test_a_source_costs_a_write_for_a_tenth_of_its_budget_at_most(clock):
    with CaptureQueriesContext(connection) as queries:
        use_up(clock)

    assert sum("UPDATE" in one["sql"] for one in queries.captured_queries) <= 10


def test_a_neighbouring_process_knows_what_was_written_down(clock, fresh):
    use_up(clock)
    fresh()
    let_in = 0
    while isinstance(come(clock), gate.Admitted):
        let_in += 1

    assert let_in <= budget(clock, "report.source") / 10


def test_a_form_without_a_script_is_taken_and_read_later_and_at_last_waits(clock):
    use_up(clock)
    for _ in range(budget(clock, "slow.source")):
        assert come(clock, slow=True).later

    asked = come(clock, slow=True)

    assert isinstance(asked, gate.Asked) and asked.ticket


def test_who_waited_is_let_in_once(clock):
    use_up(clock)
    asked = come(clock)
    assert come(clock, token=asked.ticket).why.code == "too_early"

    clock.pass_by(seconds=asked.wait_seconds)

    assert come(clock, token=asked.ticket).later
    assert come(clock, token=asked.ticket).why.code == "proof_replayed"


def test_waiting_in_many_windows_gains_nothing(clock):
    use_up(clock)
    step = budget(clock, "wait_seconds")

    waits = [come(clock).wait_seconds for _ in range(5)]

    assert [later - sooner for sooner, later in pairwise(waits)] == [step] * 4


def test_those_who_wait_use_up_a_bounded_part_of_the_lane_and_are_asked_to_wait_on(clock):
    use_up(clock)
    most = 2 * budget(clock, "slow.source")
    tickets = [come(clock).ticket for _ in range(most + 5)]
    clock.pass_by(minutes=3)

    verdicts = [come(clock, token=ticket) for ticket in tickets]

    assert sum(isinstance(one, gate.Admitted) for one in verdicts) == most
    assert verdicts[-1].why is None and verdicts[-1].ticket


def test_a_village_behind_one_address_goes_on_reporting(clock):
    use_up(clock)
    for _ in range(40):
        token = work.solve(come(clock).challenge)
        verdict = come(clock, token=token)
        assert isinstance(verdict, gate.Admitted) and not verdict.later


def test_an_hour_later_it_is_forgotten(clock):
    use_up(clock)
    clock.pass_by(minutes=21)

    assert isinstance(come(clock), gate.Admitted)


def test_a_net_of_many_addresses_has_a_budget_of_its_own(clock):
    for number in range(budget(clock, "report.net")):
        come(clock, f"192.0.2.{number % 250}")

    assert isinstance(come(clock, "192.0.2.251"), gate.Asked)
    assert isinstance(come(clock, FAR), gate.Admitted)


def test_a_process_that_cannot_keep_up_asks_everybody(clock):
    assert isinstance(come(clock, waiting=budget(clock, "waiting") - 1), gate.Admitted)
    assert isinstance(come(clock, waiting=budget(clock, "waiting")), gate.Asked)


def test_a_look_up_that_finds_costs_nothing_and_guessing_does(clock):
    for _ in range(500):
        assert isinstance(come(clock, purpose=Purpose.LOOKUP), gate.Admitted)
    for _ in range(budget(clock, "lookup.source")):
        gate.note_miss(Purpose.LOOKUP, ip_address(HOME), store(), now=clock.at)

    assert isinstance(come(clock, purpose=Purpose.LOOKUP), gate.Asked)


def test_memory_is_bounded(fresh, clock):
    counts = fresh()
    counts.most_kept = 100
    for number in range(1000):
        come(clock, f"2001:db8:{number:x}::1")

    assert len(counts.tallies) == 100


def test_without_the_database_the_gate_counts_alone_and_stays_open(clock, monkeypatch):
    from django.db import OperationalError

    def away(*_arguments):
        raise OperationalError("away")

    monkeypatch.setattr("keng.desk.ground.gate.budgets.share", away)

    use_up(clock)
    assert isinstance(come(clock), gate.Asked)


def test_tomorrow_nobody_can_tell_who_it_was(clock):
    keys = store()
    today, source = day_key(keys, clock.at), come(clock).source
    clock.pass_by(days=2)
    gate.forget(keys, now=clock.at)

    assert come(clock).source != source
    live = set(keys.live_ids(KeyPurpose.GATE))
    days = {key.owner for key in keys.all() if key.id in live}
    assert clock.at.date().isoformat() in days and min(days) >= (clock.at - timedelta(days=1)).date().isoformat()
    assert today.secret.hex() not in "".join(path.read_text() for path in keys.folder.glob("gate-*.key"))


def test_the_register_does_not_grow_with_the_days(clock, tmp_path):
    keys = KeyStore(tmp_path, demo=True)
    lasting = keys.secret(KeyPurpose.REPORTS, clock.at)[0]
    rows = []
    for _day in range(70):
        day_key(keys, clock.at)
        gate.forget(keys, now=clock.at)
        rows.append(len(keys.all()))
        clock.pass_by(days=1)

    assert max(rows) == rows[40] == rows[-1] <= 35
    assert keys.key(lasting).state == KeyState.CURRENT
    destroyed = [key for key in keys.all() if key.state is KeyState.DESTROYED]
    assert min(key.destroyed_at for key in destroyed) >= iso(clock.at - timedelta(days=31))


def test_counts_and_used_proofs_are_swept_away(clock):
    use_up(clock)
    come(clock, token=work.solve(come(clock).challenge))
    assert Count.objects.exists() and Spent.objects.exists()
    gate.forget(store(), now=clock.at)
    assert Count.objects.exists() and Spent.objects.exists()

    gate.forget(store(), now=clock.at + timedelta(minutes=41))

    assert not Count.objects.exists() and not Spent.objects.exists()


def test_just_after_midnight_yesterdays_challenge_still_serves(clock):
    clock.at = clock.at.replace(hour=23, minute=58)
    use_up(clock)
    token = work.solve(come(clock).challenge)
    clock.pass_by(minutes=4)
    use_up(clock)

    assert isinstance(come(clock, token=token), gate.Admitted)


def test_what_is_counted_fits_into_the_table_of_counts():
    """On SQLite a longer purpose would pass unseen."""
    most = Count._meta.get_field("purpose").max_length
    assert max(map(len, [*Purpose, gate.SLOW, gate.SMS_REPORT, gate.SMS_QUESTION])) <= most
