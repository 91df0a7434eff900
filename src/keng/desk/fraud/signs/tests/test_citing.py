"""A measure that rests on a finding: of a live sign alone, by who looked at the account, kept with what it said, and reviewed."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.conftest import BASIS, MULE
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.actions import Document, Proposal
from keng.desk.fraud.measures.kinds import Kind, Target
from keng.desk.fraud.measures.models import Measure, Review
from keng.desk.fraud.signs import actions, pruning, queries
from keng.desk.fraud.signs.models import Citation, Evidence, Switch
from keng.desk.fraud.signs.tests.test_signs import OTHER, VERSION, keep, make_live
from keng.desk.ground.ledger import queries as ledger

PRESERVE = "fraud.preserve.l116-2025"


@pytest.fixture
def found(cast):
    """The finding on the mule's account, which the first officer looked at, and a report that names it."""
    report = cast.report().report
    make_live(cast)
    keep(cast, "b" * 64)
    known = actions.look(cast.first, MULE, "xét đề nghị lệnh", now=cast.clock.at)
    return report, known.evidence[0].ident


def preserve(report, account: str = MULE, **changes) -> Proposal:
    told = {"basis": PRESERVE, "reason": "dấu hiệu S3", "scope": ("transactions",), **changes}
    return Proposal(report.pk, Kind.PRESERVE_DATA, Target("account", account), **told)


def propose(cast, found, officer=None) -> Measure:
    report, ident = found
    return actions.propose_measure(officer or cast.first, ident, preserve(report), now=cast.clock.at)


def refused(error, act) -> str:
    with pytest.raises(error) as told:
        act()
    return told.value.code


def test_a_measure_keeps_the_finding_and_the_ledger_names_it(cast, found):
    measure = propose(cast, found)

    assert (measure.state, measure.suggested_by) == ("proposed", f"sign S3 {VERSION['S3']}")
    cited = queries.citation_of(measure)
    assert (cited.sign, cited.version, cited.vi, cited.behind_total) == (
        "S3", VERSION["S3"], "Nhận từ 41 tài khoản (S3).", 80,
    )  # fmt: skip
    assert (cited.source, cited.run_sha256, cited.found_at) == ("970436", "b" * 64, cast.clock.at)
    entry = next(one for one in ledger.entries_on(measure.subject) if one.verb == "signs.cite")
    assert entry.facts == {
        "sign": "S3", "version": VERSION["S3"], "source": "970436", "run": "b" * 64, "day": "2026-11-20",
    }  # fmt: skip
    assert entry.actor == cast.first.actor
    assert entry.about == f"report:{measure.report_id}"


def test_nothing_goes_out_before_a_second_officer_and_the_bank_is_asked_then(cast, found):
    measure = propose(cast, found)
    assert not measure.requests.exists()
    assert refused(RefusedError, lambda: measures.approve(cast.first, measure.pk, now=cast.clock.at))
    measures.approve(cast.second, measure.pk, now=cast.clock.at)
    assert [one.partner_id for one in measure.requests.all()] == ["970436"]
    assert "sign S3" in measure.notices.get().vi


def test_a_hold_may_rest_on_a_finding_and_a_restriction_of_the_account_may_not(cast, found):
    report, ident = found
    hold = Proposal.hold(report.pk, MULE, 4_800_000, BASIS, "dấu hiệu S3")
    assert actions.propose_measure(cast.first, ident, hold, now=cast.clock.at).kind == "hold_funds"
    whole = Proposal(
        report.pk, Kind.RESTRICT_ACCOUNT, Target("account", MULE), "fraud.restrict.l116-2025", "dấu hiệu S3",
        document=Document("12/QĐ", cast.clock.at.date(), "PA05"),
    )  # fmt: skip
    act = lambda: actions.propose_measure(cast.first, ident, whole, now=cast.clock.at)  # noqa: E731
    assert refused(RefusedError, act) == "not_by_engine"
    assert Measure.objects.count() == Citation.objects.count() == 1


def test_who_did_not_look_for_a_purpose_or_long_ago_finds_nothing(cast, found):
    assert refused(InputError, lambda: propose(cast, found, cast.second)) == "no_finding"
    assert refused(InputError, lambda: actions.open_finding(cast.second, found[1], now=cast.clock.at)) == "no_finding"
    cast.clock.pass_by(hours=12.1)
    assert refused(InputError, lambda: propose(cast, found)) == "no_finding"
    assert not Measure.objects.exists()


def test_only_an_officer_may(cast, found):
    for who in (cast.auditor, cast.operator):
        assert refused(RefusedError, lambda who=who: propose(cast, found, who)) == "not_allowed"
        assert refused(RefusedError, lambda who=who: actions.open_finding(who, found[1], now=cast.clock.at)) == (
            "not_allowed"
        )


def test_a_finding_is_for_its_own_account_and_for_a_report_that_names_it(cast, found):
    report, ident = found
    wrong = [
        preserve(report, OTHER),
        Proposal(report.pk, Kind.BLOCK_NUMBER, Target("phone", "+84912345678"), "x", "vì"),
    ]
    for one in wrong:
        act = lambda one=one: actions.propose_measure(cast.first, ident, one, now=cast.clock.at)  # noqa: E731
        assert refused(InputError, act) == "other_account"
    actions.look(cast.first, OTHER, "xét đề nghị lệnh", now=cast.clock.at)
    other = Evidence.objects.get(subject=OTHER).pk
    act = lambda: actions.propose_measure(cast.first, other, preserve(report, OTHER), now=cast.clock.at)  # noqa: E731
    assert refused(InputError, act) == "other_object"
    assert not Citation.objects.exists()


@pytest.mark.parametrize("way", ["withdrawn", "changed", "newer"])
def test_a_finding_that_stands_no_more_leads_to_nothing(cast, found, way):
    """A sign back in the shadow never leads to a measure, nor does what a newer run replaced."""
    if way == "withdrawn":
        actions.withdraw(cast.first, Switch.objects.get().pk, "chạm nhầm", now=cast.clock.at)
    elif way == "changed":
        Switch.objects.update(version="2025-10-30-another00000")
    else:
        cast.clock.pass_by(hours=1)
        keep(cast, "c" * 64)
    assert refused(InputError, lambda: propose(cast, found)) == "no_finding"


def test_a_shadow_run_keeps_nothing_that_could_be_cited(cast):
    cast.report()
    keep(cast)
    assert actions.look(cast.first, MULE, "xét", now=cast.clock.at).evidence == ()
    assert not Evidence.objects.exists()


def test_a_measure_comes_up_for_review_when_its_sign_is_withdrawn(cast, found):
    measure = propose(cast, found)
    measures.approve(cast.second, measure.pk, now=cast.clock.at)
    bystander = cast.hold()
    actions.withdraw(cast.first, Switch.objects.get().pk, "chạm nhầm", now=cast.clock.at)

    review = Review.objects.get()
    assert (review.measure_id, review.cause, review.state) == (measure.pk, "sign:S3", "open")
    assert bystander.pk != measure.pk
    assert "measures.open_review" in [one.verb for one in ledger.entries_on(measure.subject)]


def test_two_withdrawals_of_two_versions_do_not_touch_each_others_measures(cast, found):
    measure = propose(cast, found)
    Citation.objects.update(version="2025-10-30-another00000")
    actions.withdraw(cast.first, Switch.objects.get().pk, "chạm nhầm", now=cast.clock.at)
    assert not Review.objects.filter(measure=measure).exists()


def test_evidence_goes_and_the_measure_still_says_what_it_rested_on(cast, found):
    measure = propose(cast, found)
    pruning.old_runs(cast.clock.at).delete()
    assert not Evidence.objects.exists()
    assert queries.citation_of(measure).vi == "Nhận từ 41 tài khoản (S3)."


def test_a_withdrawal_meanwhile_waits_and_finds_the_measure(meanwhile, cast):
    report = cast.report().report
    switch = make_live(cast)
    keep(cast, "b" * 64)
    ident = actions.look(cast.first, MULE, "xét", now=cast.clock.at).evidence[0].ident

    measure, withdrawn = meanwhile(
        lambda: actions.propose_measure(cast.first, ident, preserve(report), now=cast.clock.at),
        lambda: actions.withdraw(cast.second, switch.pk, "chạm nhầm", now=cast.clock.at),
    )

    assert withdrawn.state == "withdrawn"
    assert Review.objects.get().measure_id == measure.pk


def test_a_measure_that_waited_for_the_withdrawal_is_refused(meanwhile, cast):
    report = cast.report().report
    switch = make_live(cast)
    keep(cast, "b" * 64)
    ident = actions.look(cast.first, MULE, "xét", now=cast.clock.at).evidence[0].ident

    _switch, other = meanwhile(
        lambda: actions.withdraw(cast.second, switch.pk, "chạm nhầm", now=cast.clock.at),
        lambda: actions.propose_measure(cast.first, ident, preserve(report), now=cast.clock.at),
    )

    assert isinstance(other, (InputError, ConflictError))
    assert other.code == "no_finding"
    assert not Measure.objects.exists()
