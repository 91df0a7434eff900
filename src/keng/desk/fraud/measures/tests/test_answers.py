"""What partners answer: counted once, kept always."""

from __future__ import annotations

import uuid

import pytest

from keng.base.errors import KengError
from keng.desk.fraud.measures import actions, answers, queries
from keng.desk.fraud.measures.models import Answer, Request


@pytest.fixture
def request_row(cast):
    cast.hold()
    return Request.objects.get()


def told(status, held=None, reason=None, note=None):
    return answers.Told(status, held, reason, note, "NH-1")


def take(cast, request, answer, message_id="m1", bank=None):
    return answers.take(bank or cast.bank, message_id, request.pk, answer, now=cast.clock.at)


def test_a_full_hold_is_counted(cast, request_row, entries):
    take(cast, request_row, told("executed", 4_800_000))

    request = Request.objects.get()
    assert (request.state, request.held_amount) == ("executed", 4_800_000)
    assert entries(request.subject) == ["measures.answer"]


def test_a_control_character_loses_no_answer(cast, request_row):
    take(cast, request_row, told("executed", 4_800_000, note="xong\x00 rồi"))

    assert Request.objects.get().note == "xong rồi"


def test_received_is_no_final_answer(cast, request_row):
    take(cast, request_row, told("received"), "m1")
    take(cast, request_row, told("part", 1_000_000), "m2")

    assert Request.objects.get().held_amount == 1_000_000


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (told("executed", 4_799_999), "held_amount"),
        (told("executed", None), "held_amount"),
        (told("part", 4_800_000), "held_amount"),
        (told("part", 0), "held_amount"),
        (told("refused"), "reason"),
        (told("refused", reason="mood"), "reason"),
        (told("refused", reason="other"), "reason"),
        (told("yes"), "status"),
        (told("released"), "status"),
    ],
)
def test_an_impossible_answer_is_refused_and_kept(cast, request_row, answer, field):
    with pytest.raises(KengError) as refusal:
        take(cast, request_row, answer)

    assert (refusal.value.code, refusal.value.field) == ("bad_answer", field)
    assert Request.objects.get().state == "asked"
    assert Answer.objects.get().outcome == "bad_answer"


def test_a_message_is_taken_once(cast, request_row):
    take(cast, request_row, told("executed", 4_800_000), "m1")

    with pytest.raises(KengError) as refusal:
        take(cast, request_row, told("executed", 4_800_000), "m1")

    assert refusal.value.code == "webhook_id_seen"
    assert Answer.objects.count() == 1


def test_a_second_final_answer_is_kept_beside_the_first(cast, request_row):
    take(cast, request_row, told("part", 1_000_000), "m1")

    with pytest.raises(KengError) as refusal:
        take(cast, request_row, told("executed", 4_800_000), "m2")

    assert refusal.value.code == "already_answered"
    assert Request.objects.get().held_amount == 1_000_000
    assert sorted(Answer.objects.values_list("outcome", flat=True)) == ["already_answered", "counted"]


def test_a_newer_version_is_answered_anew(cast, request_row):
    """The hold fell at the bank before the confirmation came; it took up again what was still there."""
    take(cast, request_row, told("executed", 4_800_000), "m1")
    actions.approve(cast.second, request_row.measure.pk, now=cast.clock.at)

    again = answers.Told("part", 1_000_000, None, None, "NH-2", version=2)
    take(cast, request_row, again, "m2")

    request = Request.objects.get()
    assert (request.state, request.held_amount, request.answered_version) == ("part", 1_000_000, 2)


@pytest.mark.parametrize("version", [None, 0, 1, 3])
def test_an_older_or_unknown_version_does_not_answer_anew(cast, request_row, version):
    take(cast, request_row, told("executed", 4_800_000), "m1")
    actions.approve(cast.second, request_row.measure.pk, now=cast.clock.at)

    with pytest.raises(KengError) as refusal:
        take(cast, request_row, answers.Told("part", 1_000_000, None, None, None, version=version), "m2")

    assert refusal.value.code == "already_answered"
    assert Request.objects.get().held_amount == 4_800_000


def test_another_banks_request_does_not_exist_for_it(cast, request_row):
    with pytest.raises(KengError) as other:
        take(cast, request_row, told("executed", 4_800_000), bank=cast.other_bank)
    with pytest.raises(KengError) as nothing:
        answers.take(cast.bank, "m2", uuid.uuid4(), told("executed", 4_800_000), now=cast.clock.at)

    assert other.value.said == nothing.value.said
    assert Request.objects.get().state == "asked"
    assert Answer.objects.filter(request=None, outcome="no_such_request").count() == 2


def test_a_bank_releases_only_what_is_over(cast, request_row):
    take(cast, request_row, told("executed", 4_800_000), "m1")
    cast.clock.pass_by(hours=24)
    actions.end_what_is_over(now=cast.clock.at)

    take(cast, request_row, told("released"), "m2")

    assert Request.objects.get().state == "released"


def test_an_answer_that_comes_before_the_delivery_is_noted_is_not_undone(cast, request_row):
    take(cast, request_row, told("executed", 4_800_000))

    answers.note_delivered(request_row.pk, now=cast.clock.at)

    assert Request.objects.get().state == "executed"


def test_money_is_told_by_the_clock(cast, request_row):
    take(cast, request_row, told("executed", 4_800_000))
    measures = queries.of_report(request_row.measure.report_id)

    assert queries.money_of(4_800_000, measures, cast.clock.at).held == 4_800_000
    assert queries.money_of(4_800_000, measures, cast.clock.pass_by(hours=24)).held == 0
