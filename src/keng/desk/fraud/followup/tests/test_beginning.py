"""A register takes effect, once, whole or not at all; and is taken back."""

from __future__ import annotations

import uuid

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.followup import actions, codes
from keng.desk.fraud.followup.models import Batch, Case
from keng.desk.fraud.followup.tests.conftest import finding
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.organisations.actions import NewOrganisation, add


def test_a_batch_makes_a_case_of_each_finding_from_which_something_follows(play):
    batch = play.begin(
        finding("r1"), finding("r2", verdict="verified", reasons=(), fields=()), finding("r3", verdict="minor")
    )

    assert (batch.cases_made, batch.without_case) == (2, 1)
    assert {case.record: case.rule for case in batch.cases.all()} == {"r1": "sim.bad_data", "r3": "sim.bad_data"}
    assert batch.begun_at == play.cast.clock.at and batch.partner == play.carrier


def test_one_entry_of_the_ledger_tells_of_the_batch(play, entries):
    batch = play.begin(*(finding(f"r{number}") for number in range(30)))

    assert entries(batch.subject) == ["followup.begin"]
    assert ledger.entries_on(batch.subject)[0].facts == (
        {"cases": 30, "findings": 30, "kind": "sim", "partner": "carrier:a"}
    )


def test_begun_again_it_changes_nothing(play):
    batch = play.begin(finding("r1"))
    again = actions.begin(
        play.cast.second, batch.pk, play.submitter, "sim", [finding("r1"), finding("r2")], play.cast.clock.at
    )

    assert again == 1
    assert batch.cases.count() == 1


def test_stopped_half_way_nothing_counts_and_it_goes_on_where_it_stood(play, monkeypatch):
    monkeypatch.setattr("keng.desk.fraud.followup.beginning.AT_ONCE", 2)
    ident, told = uuid.uuid4(), [finding(f"r{number}") for number in range(5)]

    def breaks():
        yield from told[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.begin(play.cast.second, ident, play.submitter, "sim", breaks(), play.cast.clock.at)
    assert Batch.objects.get(pk=ident).begun_at is None
    assert not Case.objects.filter(next_at__isnull=False).exists()

    assert actions.begin(play.cast.second, ident, play.submitter, "sim", told, play.cast.clock.at) == 5
    assert Case.objects.filter(batch=ident, next_at=play.cast.clock.at).count() == 5


def test_a_record_with_an_open_case_keeps_it_with_its_clock(play):
    first = play.begin(finding("r1"))
    second = play.begin(finding("r1"), finding("r2"))

    assert [case.record for case in first.cases.all()] == ["r1"]
    assert [case.record for case in second.cases.all()] == ["r2"]


def test_the_same_batch_of_somebody_else_is_refused(play):
    batch = play.begin()

    with pytest.raises(ConflictError, match="other_batch"):
        actions.begin(play.cast.first, batch.pk, play.submitter, "sim", [], play.cast.clock.at)


def test_who_cannot_be_asked_cannot_be_followed_up(play):
    lonely = add(NewOrganisation("carrier-b", "carrier", "Nhà mạng B"), now=play.cast.clock.at)

    with pytest.raises(InputError, match="no_partner"):
        actions.begin(play.cast.second, uuid.uuid4(), lonely, "sim", [finding()], play.cast.clock.at)


def test_outside_the_demo_an_unconfirmed_rule_carries_nothing(play, settings):
    settings.KENG_DEMO = False

    with pytest.raises(RefusedError, match="unconfirmed_rule"):
        actions.begin(play.cast.second, uuid.uuid4(), play.submitter, "sim", [finding()], play.cast.clock.at)


@pytest.mark.parametrize("changes", [{"record": ""}, {"subject": "x" * 65}, {"verdict": ""}, {"record": "a\0b"}])
def test_a_finding_that_cannot_be_stored_stops_the_batch(play, changes):
    ident = uuid.uuid4()
    with pytest.raises(InputError, match="bad_finding"):
        actions.begin(play.cast.second, ident, play.submitter, "sim", [finding(**changes)], play.cast.clock.at)
    assert Batch.objects.get(pk=ident).begun_at is None


def test_the_code_is_told_by_the_batches_key_alone_and_stored_nowhere(play, stored_bytes):
    batch = play.begin(finding("r1"))
    code = codes.code_of(codes.open_key(batch, play.cast.keys), "r1")

    assert len(code.replace("-", "")) == 16
    assert code.encode() not in stored_bytes()


def test_taken_back_it_stays_to_be_read(play, entries):
    batch = play.begin(finding("r1"))
    back = actions.roll_back(play.cast.first, batch.pk, "mẫu xem lại sai quá mức", play.cast.clock.at)

    assert back.rolled_back_by == play.cast.first and back.cases.count() == 1
    assert entries(batch.subject) == ["followup.begin", "followup.roll_back"]
    with pytest.raises(ConflictError, match="rolled_back"):
        actions.roll_back(play.cast.first, batch.pk, "lần nữa", play.cast.clock.at)


def test_an_auditor_begins_nothing(play):
    with pytest.raises(RefusedError, match="not_allowed"):
        play.begin(officer=play.cast.auditor)
