"""Shadow first: counts without accounts; two persons make a rule live; one takes it back; nothing is restricted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.conftest import MULE
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.signs import actions, keeping, queries
from keng.desk.fraud.signs.keeping import Found, Ran, Told
from keng.desk.fraud.signs.models import Count, Evidence, Run, Suspected, Switch
from keng.engines.signs import every_rule

OTHER = "970436:0071000999999"
VERSION = {rule.code: rule.version for rule in every_rule()}


def told(sha: str = "a" * 64, **changes) -> Told:
    signs = [Ran("S3", VERSION["S3"], True, 2, ""), Ran("S6G", VERSION["S6G"], False, 0, "")]
    return replace(Told("970436", date(2026, 11, 20), sha, 100, 900, signs), **changes)


def found(account: str, sign: str = "S3", kind: str = "account") -> Found:
    return Found(kind, account, sign, VERSION.get(sign, ""), f"Nhận từ 41 tài khoản ({sign}).", "From 41 accounts.", 80)


def keep(cast, sha: str = "a" * 64, rows=None) -> Run:
    rows = [found(MULE), found(OTHER)] if rows is None else rows
    return keeping.keep_run(told(sha), rows, actor="system:operator", now=cast.clock.at)


def make_live(cast) -> Switch:
    keep(cast)
    switch = actions.propose_live(cast.first, "S3", "bắt được nhiều, chạm ít", now=cast.clock.at)
    return actions.approve_live(cast.second, switch.pk, now=cast.clock.at)


def test_a_shadow_run_keeps_counts_and_no_account(cast, stored_bytes, entries):
    cast.report()
    keep(cast)

    count = Count.objects.get(sign="S3")
    assert (count.held, count.named, count.wronged, count.was_live, count.ran) == (2, 1, 0, False, True)
    assert not Evidence.objects.exists()
    assert OTHER.encode() not in stored_bytes()
    assert "signs.keep_run" in entries()


def test_the_page_tells_what_it_would_catch_and_whom_it_would_touch(cast):
    cast.report()
    held = cast.hold()
    measures.approve(cast.second, held.pk, now=cast.clock.at)
    measures.lift(cast.second, held.pk, "nhầm người", wrong="wrong_person", now=cast.clock.at)
    keep(cast)

    row = next(row for row in queries.table(cast.auditor, cast.clock.at.date()) if row.rule.code == "S3")
    assert (row.count.held, row.count.named, row.only_named, row.count.wronged, row.is_live) == (2, 1, 1, 1, False)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"source": "999999"}, "no_source"),
        ({"signs": [Ran("S3", "2025-10-30-000000000000", True, 2, "")]}, "other_rule"),
    ],
)
def test_a_run_of_strangers_or_of_other_rules_is_refused(cast, changes, code):
    with pytest.raises(InputError) as refused:
        keeping.keep_run(told(**changes), [], actor="system:operator", now=cast.clock.at)
    assert refused.value.code == code
    assert not Run.objects.exists()


def test_the_same_run_is_kept_once(cast):
    keep(cast)
    with pytest.raises(ConflictError):
        keep(cast)
    assert Run.objects.count() == 1


def test_without_a_shadow_run_of_this_version_nothing_is_proposed(cast):
    with pytest.raises(RefusedError) as refused:
        actions.propose_live(cast.first, "S3", "vì", now=cast.clock.at)
    assert refused.value.code == "no_shadow"
    keep(cast)
    with pytest.raises(RefusedError):  # it was off in that run
        actions.propose_live(cast.first, "S6G", "vì", now=cast.clock.at)
    with pytest.raises(InputError):
        actions.propose_live(cast.first, "S99", "vì", now=cast.clock.at)
    with pytest.raises(InputError):
        actions.propose_live(cast.first, "S3", " ", now=cast.clock.at)
    assert not Switch.objects.exists()


def test_whoever_proposed_does_not_approve(cast):
    keep(cast)
    switch = actions.propose_live(cast.first, "S3", "vì", now=cast.clock.at)
    with pytest.raises(RefusedError) as refused:
        actions.approve_live(cast.first, switch.pk, now=cast.clock.at)
    assert refused.value.code == "second_person"
    assert queries.live_versions() == {}
    with pytest.raises(IntegrityError), transaction.atomic():
        Switch.objects.filter(pk=switch.pk).update(state="live", approved_by=cast.first, approved_at=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.propose_live(cast.second, "S3", "vì", now=cast.clock.at)


def test_approval_needs_a_fresh_proof(cast):
    keep(cast)
    switch = actions.propose_live(cast.first, "S3", "vì", now=cast.clock.at)
    cast.second.proven_at = None
    with pytest.raises(RefusedError) as refused:
        actions.approve_live(cast.second, switch.pk, now=cast.clock.at)
    assert refused.value.code == "proof_needed"


def test_a_province_decides_nothing_for_the_country(cast):
    from keng.desk.ground.organisations import actions as organisations
    from keng.desk.ground.organisations.actions import NewOrganisation
    from keng.desk.ground.people import actions as people

    keep(cast)
    centre = cast.first.appointments.get().organisation
    province = organisations.add(NewOrganisation("tinh", "province", "Công an tỉnh", parent=centre), now=cast.clock.at)
    who = people.enrol("ba", "Ba", "", "officer", organisation=province, now=cast.clock.at)
    with pytest.raises(RefusedError) as refused:
        actions.propose_live(who, "S3", "vì", now=cast.clock.at)
    assert refused.value.code == "not_leading"


def test_a_live_rule_keeps_evidence_and_restricts_nothing(cast, entries, stored_bytes):
    make_live(cast)
    keep(cast, "b" * 64)

    assert set(Evidence.objects.values_list("subject", flat=True)) == {MULE, OTHER}
    assert not Measure.objects.exists()
    known = actions.look(cast.first, "970436:0071 000 999 999", "xét đề nghị lệnh", now=cast.clock.at)
    assert known.account == OTHER
    assert [(one.sign, one.said.vi, one.behind_total) for one in known.evidence] == [
        ("S3", "Nhận từ 41 tài khoản (S3).", 80)
    ]
    assert entries()[-1] == "signs.look"
    assert entries(queries.subject_of(OTHER)) == ["signs.look"]


def test_a_look_needs_a_purpose_and_an_exact_account(cast):
    for account, purpose in ((MULE, " "), ("0071", "vì"), ("?:0071", "vì"), ("", "vì")):
        with pytest.raises(InputError):
            actions.look(cast.first, account, purpose, now=cast.clock.at)
    with pytest.raises(RefusedError):
        actions.look(cast.auditor, MULE, "vì", now=cast.clock.at)


def test_what_is_withdrawn_is_shown_no_more_and_one_person_may_withdraw(cast):
    switch = make_live(cast)
    keep(cast, "b" * 64)
    actions.withdraw(cast.first, switch.pk, "chạm nhầm người bán hàng", now=cast.clock.at)

    assert actions.look(cast.first, MULE, "vì", now=cast.clock.at).evidence == ()
    assert queries.live_versions() == {}
    with pytest.raises(ConflictError):
        actions.withdraw(cast.first, switch.pk, "lần nữa", now=cast.clock.at)
    with pytest.raises(ConflictError):
        actions.approve_live(cast.second, switch.pk, now=cast.clock.at)
    keep(cast, "c" * 64)
    assert Evidence.objects.filter(run__sha256="c" * 64).count() == 0


def test_a_rule_that_changed_is_back_in_the_shadow(cast):
    switch = make_live(cast)
    Switch.objects.filter(pk=switch.pk).update(version="2025-10-30-another00000")
    keep(cast, "b" * 64)
    assert not Evidence.objects.exists()
    row = next(row for row in queries.table(cast.first, cast.clock.at.date()) if row.rule.code == "S3")
    assert not row.is_live


def test_signs_of_sims_are_counted_and_never_kept_as_evidence_of_an_account(cast):
    make_live(cast)
    keep(cast, "b" * 64, [found("S001", "J2", "sim")])
    assert not Evidence.objects.exists()


def test_a_bank_tells_again_and_its_row_is_renewed(cast):
    actions.take_suspects(cast.bank, [actions.Suspect(MULE, 2, 1)], actor="partner:970436", now=cast.clock.at)
    first = cast.clock.at
    later = cast.clock.pass_by(days=3)
    again = [actions.Suspect(MULE, 5, None), actions.Suspect(OTHER, 1, 3)]
    assert actions.take_suspects(cast.bank, again, actor="partner:970436", now=later) == 2

    row = Suspected.objects.get(account=MULE)
    assert (row.source, row.reason, row.status, row.first_at, row.last_at) == ("970436", 5, None, first, later)
    assert list(queries.suspected_accounts()) == [MULE, OTHER]
    known = actions.look(cast.first, MULE, "vì", now=later)
    assert [(one.source, one.reason) for one in known.suspicions] == [("970436", 5)]
    assert not Measure.objects.exists()
