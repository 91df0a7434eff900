"""Before a register takes effect: a reviewed sample, a bound, no group that fares worse, two officers; and the way back."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.followup.models import Case
from keng.desk.fraud.registers import actions, reviewing
from keng.desk.fraud.registers.models import Effect, Judgement, Register, Sample, Step

WHY = "Mẫu đã xem đủ."


@pytest.fixture
def lenient(monkeypatch):
    """A rule that a small register can meet: the sample of 92 records cannot show three in a hundred."""
    from dataclasses import replace

    from keng.vietnam import rules

    real = rules.limit
    monkeypatch.setattr(
        rules,
        "limit",
        lambda code, day: replace(real(code, day), value=250) if code == "registers.most_wrong" else real(code, day),
    )


def code_of(error) -> str:
    return error.value.code


def test_a_reviewed_register_takes_effect_by_two_officers_and_is_taken_back(
    counter, cleansed, review, lenient, entries
):
    now, first, second = counter.cast.clock.at, counter.cast.first, counter.cast.second
    review(cleansed)
    actions.propose(first, cleansed.code, WHY, now=now)
    with pytest.raises(RefusedError) as refused:
        actions.approve(first, cleansed.code, now=now)
    actions.approve(second, cleansed.code, now=now)
    assert Register.objects.get().effect == Effect.BEGINNING

    counter.work()

    assert code_of(refused) == "same_officer"
    assert Register.objects.get().effect == Effect.IN_EFFECT
    cases = Case.objects.filter(batch_id=cleansed.pk)
    assert cases.count() == 32  # all but the sixty verified ones
    actions.roll_back(first, cleansed.code, "Bộ lọc ngày sinh sai.", now=now)
    assert Register.objects.get().effect == Effect.ROLLED_BACK
    assert [step.kind for step in Step.objects.order_by("pk")] == ["proposed", "approved", "rolled_back"]
    told = [verb for verb in entries(cleansed.subject) if "effect" in verb or "back" in verb]
    assert told == [
        "registers.propose_effect",
        "registers.approve_effect",
        "registers.take_effect",
        "registers.roll_back",
    ]
    with pytest.raises(ConflictError):
        actions.propose(first, cleansed.code, WHY, now=now)


def test_nothing_is_proposed_before_every_sampled_record_was_reviewed(counter, cleansed, review, lenient):
    review(cleansed)
    actions.judge(counter.cast.first, cleansed.code, 3, None, now=counter.cast.clock.at)

    with pytest.raises(RefusedError) as refused:
        actions.propose(counter.cast.first, cleansed.code, WHY, now=counter.cast.clock.at)

    assert code_of(refused) == "not_reviewed"
    assert Register.objects.get().effect == Effect.NONE


def test_a_sample_too_small_for_the_rule_refuses_with_the_interval(counter, cleansed, review):
    review(cleansed)

    with pytest.raises(RefusedError) as refused:
        actions.propose(counter.cast.first, cleansed.code, WHY, now=counter.cast.clock.at)

    assert code_of(refused) == "too_wrong"
    assert "30" in refused.value.said.vi


def test_a_group_that_fares_worse_is_named(counter, cleansed, review, lenient):
    of_group = [one.number for one in reviewing.samples_of(cleansed) if one.verdict == "not_found"][:6]
    assert len(of_group) == 6
    Sample.objects.filter(number__in=of_group).update(province="48", name_group="rare")
    Sample.objects.exclude(number__in=of_group).filter(name_group="rare").update(name_group="common")
    review(cleansed, wrong=tuple(of_group))

    with pytest.raises(RefusedError) as refused:
        actions.propose(counter.cast.first, cleansed.code, WHY, now=counter.cast.clock.at)

    assert code_of(refused) == "slice_too_wrong"
    assert "họ ít gặp" in refused.value.said.vi
    assert Step.objects.count() == 0


def test_a_word_counts_until_the_next_and_none_after_the_proposal(counter, cleansed, review, lenient):
    now = counter.cast.clock.at
    review(cleansed, wrong=(1,))
    assert reviewing.review_of(cleansed, now=now).wrong == 1
    actions.judge(counter.cast.second, cleansed.code, 1, True, now=now)
    assert reviewing.review_of(cleansed, now=now).wrong == 0
    actions.propose(counter.cast.first, cleansed.code, WHY, now=now)

    with pytest.raises(ConflictError):
        actions.judge(counter.cast.second, cleansed.code, 1, False, now=now)

    assert Judgement.objects.filter(sample__number=1).count() == 2
    actions.decline(counter.cast.second, cleansed.code, "Xem lại tỉnh 48.", now=now)
    actions.judge(counter.cast.second, cleansed.code, 1, False, now=now)
    assert reviewing.review_of(cleansed, now=now).wrong == 1


def test_outside_the_demo_an_unconfirmed_purpose_carries_nothing(counter, cleansed, review, lenient, settings):
    settings.KENG_DEMO = False
    review(cleansed)

    with pytest.raises(RefusedError) as refused:
        actions.propose(counter.cast.first, cleansed.code, WHY, now=counter.cast.clock.at)

    assert code_of(refused) == "unconfirmed_purpose"


def test_a_look_shows_both_sides_and_stands_in_the_ledger_about_the_person(counter, cleansed, entries):
    from keng.desk.fraud.registers.tests.conftest import person
    from keng.desk.fraud.registers.tests.test_asking import told

    now = counter.cast.clock.at
    number = next(one.number for one in reviewing.samples_of(cleansed) if one.verdict == "mismatch")

    opened = actions.look(counter.cast.first, cleansed.code, number, counter.cast.keys, now=now)

    assert opened.told["date_of_birth"] == "1931-01-01"
    assert [one.citizen_id for one in opened.people] == [opened.accepted]
    looks = told(counter, opened.accepted)
    assert [(one.verb, one.who) for one in looks] == [("registers.look", "")]
    assert told(counter, person(5)["citizen_id"]) == []


def test_no_value_of_anybody_stands_open_in_the_database(counter, cleansed, stored_bytes):
    from keng.desk.fraud.registers.tests.conftest import person

    everything = stored_bytes()
    for number in (0, 7, 65, 399):
        own = person(number)
        assert own["citizen_id"].encode() not in everything
        assert own["full_name"].encode() not in everything


def test_an_auditor_and_a_clerk_can_decide_nothing(counter, cleansed, review, lenient):
    review(cleansed)
    for officer in (counter.cast.auditor, counter.cast.operator, counter.clerk):
        with pytest.raises(RefusedError):
            actions.propose(officer, cleansed.code, WHY, now=counter.cast.clock.at)
        with pytest.raises(RefusedError):
            actions.look(officer, cleansed.code, 1, counter.cast.keys, now=counter.cast.clock.at)
    with pytest.raises(InputError):
        actions.propose(counter.cast.first, "HS-0000000", WHY, now=counter.cast.clock.at)


def test_what_was_found_is_told_in_order_from_pages_that_are_read_whole(
    cleansed, monkeypatch, django_assert_num_queries
):
    from keng.desk.fraud.registers import following
    from keng.desk.fraud.registers.models import Record

    rows = Record.objects.filter(register=cleansed, run=cleansed.run).exclude(subject="").order_by("number")
    expected = list(rows.values_list("record", "verdict"))
    for size in (len(expected), 10):
        monkeypatch.setattr(following, "ROWS", size)
        with django_assert_num_queries(1 - (-len(expected) // size) + 1):
            found = [(one.record, one.verdict) for one in following.findings(cleansed)]
        assert found == expected
