"""Withheld looks: decided by another, for a time, hidden from the person alone, and shown again by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.errors import InputError, RefusedError
from keng.base.signing import PublicKey
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import queries as report_queries
from keng.desk.ground.keys import Purpose
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.ledger.actions import sequence_once
from keng.desk.ground.ledger.export import export_proofs
from keng.desk.ground.ledger.proofs import verify_proofs
from keng.desk.ground.ledger.verdicts import Holds
from keng.desk.ground.looks import actions
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people import queries as people
from keng.desk.ground.people.actions import enrol

DAY = timedelta(days=1)


@pytest.fixture
def looked(cast):
    """A report at which an officer looked."""
    received = cast.report()
    reports.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at)
    return received


def inspector(cast, unit="Thanh tra"):
    """An auditor of a unit: by default of another than those who looked."""
    name = f"kiem-{unit}"
    return people.find_officer(name) or enrol(name, "Kiểm", unit, "auditor", now=cast.clock.at)


def withhold(cast, received, officer=None, looker=None, **changes):
    asked = {"days": 90, "since": cast.clock.at, "reason": "đang điều tra", **changes}
    return actions.withhold(
        officer or inspector(cast),
        received.report.subject,
        looker or cast.first,
        asked.pop("reason"),
        now=cast.clock.at,
        **asked,
    )


def seen(cast, received):
    return len(report_queries.track(received.receipt, cast.keys, now=cast.clock.at).looks)


def proven(cast, received):
    """The verbs that the person's own proofs tell."""
    sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at)
    found = ledger.proofs_about(received.report.subject, cast.clock.at)
    return [one.entry.verb for one in found]


def test_a_withheld_look_is_hidden_from_the_person_and_shown_when_the_time_is_over(cast, looked):
    assert (seen(cast, looked), proven(cast, looked)) == (1, ["reports.receive", "reports.look"])
    until = withhold(cast, looked).until

    assert (seen(cast, looked), proven(cast, looked)) == (0, ["reports.receive"])
    cast.clock.at = until - timedelta(seconds=1)
    assert seen(cast, looked) == 0
    cast.clock.at = until  # nobody acts
    assert (seen(cast, looked), proven(cast, looked)) == (1, ["reports.receive", "reports.look", "looks.withhold"])


def test_the_entry_of_the_look_is_there_from_the_start_and_officers_see_it(cast, looked):
    withhold(cast, looked)

    verbs = [one.verb for one in ledger.entries_about(looked.report.subject)]
    assert verbs == ["looks.withhold", "reports.look", "reports.receive"]
    assert len(report_queries.looks_of(looked.report)) == 1


def test_looks_to_come_are_covered_and_those_of_others_and_of_before_are_not(cast, looked):
    cast.clock.pass_by(hours=1)
    withhold(cast, looked)
    cast.clock.pass_by(hours=1)
    reports.look(cast.first, looked.report.pk, "triage", cast.keys, now=cast.clock.at)
    assert seen(cast, looked) == 1  # the first, from before

    reports.look(cast.second, looked.report.pk, "triage", cast.keys, now=cast.clock.at)
    assert seen(cast, looked) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"days": 91}, "too_long"), ({"days": 0}, "too_long"), ({"reason": " "}, "no_reason"), ({"days": 90}, None)],
)
def test_at_most_ninety_days_and_never_without_a_reason(cast, looked, changes, code):
    if code is None:
        assert withhold(cast, looked, **changes).until == cast.clock.at + 90 * DAY
        return
    with pytest.raises(InputError, match=code):
        withhold(cast, looked, **changes)
    assert seen(cast, looked) == 1


def test_who_looked_decides_nothing_about_the_look(cast, looked):
    reports.look(cast.auditor, looked.report.pk, "audit", cast.keys, now=cast.clock.at)

    with pytest.raises(RefusedError, match="own_look"):
        withhold(cast, looked, officer=cast.auditor, looker=cast.auditor)
    with pytest.raises(RefusedError, match="not_allowed"):
        withhold(cast, looked, officer=cast.second)


def test_an_auditor_of_the_same_unit_decides_nothing_and_one_of_a_unit_above_does(cast, looked):
    """They differ by the unit alone. A unit in which the looker worked when they looked is not another."""
    centre = looked.report.owner
    above = add(NewOrganisation("bo", "ministry", "Bộ", "Ministry"), now=cast.clock.at)
    Organisation.objects.filter(pk=centre.pk).update(path="/bo/trung-tam/", heir_path="/bo/trung-tam/", parent=above)
    centre.refresh_from_db()
    for unit, name in ((centre, "cung"), (above, "tren")):
        enrol(name, name, "", "auditor", organisation=unit, now=cast.clock.at)

    with pytest.raises(RefusedError, match="own_look"):
        withhold(cast, looked, officer=people.find_officer("cung"), on=centre)
    assert withhold(cast, looked, officer=people.find_officer("tren"), on=centre).reason == "đang điều tra"

    cast.first.appointments.update(valid_to=cast.clock.at + timedelta(minutes=1))
    with pytest.raises(RefusedError, match="own_look"):
        withhold(cast, looked, officer=people.find_officer("cung"), on=centre)


def test_a_right_that_does_not_reach_the_report_decides_nothing(cast, looked):
    with pytest.raises(RefusedError, match="not_allowed"):
        withhold(cast, looked, on=looked.report.owner)


def test_a_renewal_is_another_decision_and_hides_the_first_one_too(cast, looked):
    first = withhold(cast, looked)
    look_at = cast.clock.at
    cast.clock.at = first.until - DAY
    second = withhold(cast, looked, since=look_at)

    cast.clock.at = first.until
    assert (seen(cast, looked), proven(cast, looked)) == (0, ["reports.receive"])
    cast.clock.at = second.until
    assert proven(cast, looked) == ["reports.receive", "reports.look", "looks.withhold", "looks.withhold"]


def test_what_is_left_out_leaves_a_file_that_verifies(cast, looked, tmp_path):
    withhold(cast, looked)
    cast.hold(looked)
    proven(cast, looked)
    path = tmp_path / "mine.jsonl"
    export_proofs(looked.report.subject, path, cast.clock.at)
    [key] = [one for one in cast.keys.all() if one.purpose == Purpose.LEDGER and one.state == "current"]

    verdict = verify_proofs(path, [PublicKey.load(cast.keys.folder / f"{key.filename}.pub")])

    assert isinstance(verdict, Holds)
    assert "reports.look" not in path.read_text() and "looks.withhold" not in path.read_text()
    assert verdict.entries == 2


def test_a_look_at_one_report_withheld_shows_at_another(cast, looked):
    other = cast.report()
    reports.look(cast.first, other.report.pk, "triage", cast.keys, now=cast.clock.at)
    withhold(cast, looked)

    assert (seen(cast, looked), seen(cast, other)) == (0, 1)
