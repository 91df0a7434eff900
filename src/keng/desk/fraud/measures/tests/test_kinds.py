"""Each kind of measure: its object, its basis, two persons, whom it reaches. Success and refusal differ by one fact."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from keng.base.errors import InputError, KengError, RefusedError
from keng.desk.fraud.measures import actions, board, checks, queries
from keng.desk.fraud.measures.kinds import OBJECTS, Kind, Target
from keng.desk.fraud.measures.models import Measure, Request
from keng.desk.fraud.measures.tests.conftest import (
    ACCOUNT,
    CARRIERS,
    DOMAIN,
    PAGE,
    PHONE,
    PROFILE,
    SENDER,
    TEXT,
    answer,
    messages,
)
from keng.desk.fraud.reports import queries as reports
from keng.vietnam import rules

KEYS = {
    "request_id", "version", "measure", "action", "object", "amount", "currency", "until", "answer_by", "confirmed", "state",
    "basis", "transfer_at", "scope", "notice", "appeal_url", "demo",
}  # fmt: skip
REACHES = {
    Kind.HOLD_FUNDS: ["970436"],
    Kind.RESTRICT_ACCOUNT: ["970436"],
    Kind.BLOCK_NUMBER: CARRIERS,
    Kind.BLOCK_SENDER: CARRIERS,
    Kind.SUSPEND_DOMAIN: ["registry:vnnic"],
    Kind.TAKE_DOWN_PAGE: ["platform:facebook"],
    Kind.PRESERVE_DATA: CARRIERS,
}
KINDS = list(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_goes_out_before_a_second_officer_approves(cast, asking, kind):
    measure = actions.propose(cast.first, asking(kind), now=cast.clock.at)
    assert messages() == []

    actions.approve(cast.second, measure.pk, now=cast.clock.at)

    assert [one["to"] for one in messages(measure)] == REACHES[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_wire_names_the_exact_object_and_every_key(cast, order, kind):
    measure = order(kind)

    message = messages(measure)[0]

    data = message["data"]
    assert message["type"] == "measure.requested"
    assert set(data) == KEYS
    assert data["object"] == {"kind": measure.object_kind, "value": measure.object_value}
    assert (data["action"], data["confirmed"], data["version"]) == (kind.value, True, 1)
    is_hold = kind == Kind.HOLD_FUNDS
    assert (data["amount"], data["currency"], data["transfer_at"] is not None) == (
        (4_800_000, "VND", True) if is_hold else (None, None, False)
    )
    assert (data["scope"] is not None) is (kind == Kind.PRESERVE_DATA)
    ends = cast.clock.at + rules.limit(f"{kind}.ends_after", cast.clock.at.date()).time
    assert data["until"] == f"{ends:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != Kind.HOLD_FUNDS])
def test_only_a_hold_goes_out_on_one_officers_word(cast, asking, kind):
    with pytest.raises(InputError) as refusal:
        actions.hold_urgently(cast.first, asking(kind), now=cast.clock.at)

    assert refusal.value.code == "not_urgent"
    assert messages() == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_proposer_never_approves(cast, asking, kind):
    measure = actions.propose(cast.first, asking(kind), now=cast.clock.at)

    with pytest.raises(RefusedError) as refusal:
        actions.approve(cast.first, measure.pk, now=cast.clock.at)

    assert refusal.value.code == "same_person"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_ends_by_itself_though_no_worker_runs(cast, order, kind):
    measure = order(kind)
    for request in Request.objects.all():
        answer(cast, request, "executed", held_amount=4_800_000 if kind == Kind.HOLD_FUNDS else None)
    whole = board.get_whole(cast.first, measure.code)
    just_before = measure.ends_at - timedelta(seconds=1)

    assert board.carried(whole, just_before).done == len(REACHES[kind])
    assert queries.is_sent(whole, just_before)
    assert board.carried(whole, measure.ends_at).done == 0
    assert not queries.is_sent(whole, measure.ends_at)
    assert board.of_board(cast.first, state="in_force", now=measure.ends_at) == []
    bank = whole.requests.all()[0].partner
    assert queries.requests_of(bank, state="open", after=None, limit=9, now=measure.ends_at) == []


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        (Kind.BLOCK_NUMBER, {"target": Target("phone", "+84987654321")}, "other_object"),
        (Kind.BLOCK_NUMBER, {"target": ACCOUNT}, "wrong_object_kind"),
        (Kind.BLOCK_NUMBER, {"amount": 1000}, "amount_for_hold"),
        (Kind.BLOCK_NUMBER, {"basis": "fraud.sender.nd163-2024"}, "no_basis"),
        (Kind.BLOCK_NUMBER, {"reason": " "}, "no_reason"),
        (Kind.BLOCK_NUMBER, {"scope": ("registration",)}, "no_scope"),
        (Kind.HOLD_FUNDS, {"amount": None}, "amount_for_hold"),
        (Kind.PRESERVE_DATA, {"scope": ()}, "no_scope"),
        (Kind.PRESERVE_DATA, {"scope": ("transactions",)}, "no_scope"),
        (Kind.PRESERVE_DATA, {"scope": ("registration", "everything")}, "no_scope"),
        (Kind.PRESERVE_DATA, {"partners": ("970436",)}, "other_partner"),
        (Kind.RESTRICT_ACCOUNT, {"document": actions.Document()}, "no_document"),
        (Kind.RESTRICT_ACCOUNT, {"document": actions.Document("", date(2026, 11, 20), "Tòa án")}, "no_document"),
        (Kind.RESTRICT_ACCOUNT, {"document": actions.Document("1", None, "Tòa án")}, "no_document"),
        (Kind.RESTRICT_ACCOUNT, {"document": actions.Document("1", date(2026, 11, 20), " ")}, "no_document"),
        (Kind.RESTRICT_ACCOUNT, {"document": actions.Document("1", date(2027, 1, 1), "Tòa án")}, "no_document"),
        (Kind.RESTRICT_ACCOUNT, {"suggested_by": "link 1.0"}, "not_by_engine"),
        (Kind.SUSPEND_DOMAIN, {"document": actions.Document("1")}, "no_document"),
    ],
)
def test_it_refuses_what_does_not_fit(cast, asking, kind, changes, code):
    with pytest.raises(KengError) as refusal:
        actions.propose(cast.first, asking(kind, **changes), now=cast.clock.at)

    assert refusal.value.code == code
    assert not Measure.objects.exists()


@pytest.mark.parametrize("target", [PAGE, PROFILE])
def test_a_page_and_a_profile_are_taken_down_by_their_platform(order, target):
    measure = order(Kind.TAKE_DOWN_PAGE, target=target)

    assert [one["to"] for one in messages(measure)] == ["platform:facebook"]


@pytest.mark.parametrize(
    ("basis", "loss", "code"),
    [
        ("fraud.page.l116-2025", True, None),
        ("fraud.page.l116-2025", False, "no_named_loss"),
        ("identity.page.l116-2025", False, None),
    ],
)
def test_a_take_down_rests_on_impersonation_or_on_a_named_loss(cast, asking, basis, loss, code):
    report = cast.report(text=TEXT, **({} if loss else {"loss": None}))
    asked = asking(Kind.TAKE_DOWN_PAGE, basis=basis, report_id=report.report.pk)

    if code is None:
        assert actions.propose(cast.first, asked, now=cast.clock.at).state == "proposed"
    else:
        with pytest.raises(RefusedError) as refusal:
            actions.propose(cast.first, asked, now=cast.clock.at)
        assert refusal.value.code == code


@pytest.mark.parametrize(("minute", "stands"), [(59, False), (0, True)])
def test_a_basis_stands_from_midnight_in_vietnam(named, minute, stands):
    """Its first day is 2024-07-01, which begins there at 17:00 of the day before in UTC."""
    now = datetime(2024, 6, 30, 17 if stands else 16, minute, tzinfo=UTC)
    facts = reports.named_by(named.report.pk)

    if stands:
        assert checks.check_basis(Kind.HOLD_FUNDS, "fraud.hold.nd52-2024.d11", facts, now).valid_from == date(
            2024, 7, 1
        )
    else:
        with pytest.raises(InputError) as refusal:
            checks.check_basis(Kind.HOLD_FUNDS, "fraud.hold.nd52-2024.d11", facts, now)
        assert refusal.value.code == "no_basis"


def test_no_rule_row_lets_a_page_be_taken_down_on_another_ground():
    grounds = {basis.ground for basis in rules.bases_for("take_down_page", date(2026, 11, 21))}

    assert grounds == {rules.Ground.IDENTITY_ABUSE, rules.Ground.FRAUD}


@pytest.mark.parametrize(
    ("kind", "target", "code"),
    [
        (Kind.BLOCK_NUMBER, Target("phone", "113"), "public_number"),
        (Kind.SUSPEND_DOMAIN, Target("domain", "com.vn"), "whole_suffix"),
        (Kind.SUSPEND_DOMAIN, Target("domain", "vn"), "whole_suffix"),
        (Kind.SUSPEND_DOMAIN, DOMAIN, None),
        (Kind.BLOCK_NUMBER, PHONE, None),
    ],
)
def test_what_belongs_to_everybody_is_not_stopped(cast, named, kind, target, code):
    facts = reports.named_by(named.report.pk)
    facts = type(facts)(
        facts.report_id, facts.code, facts.received_at, facts.engine, False, ((target.kind, target.value),), facts.loss
    )

    if code is None:
        checks.check_target(kind, target, facts)
    else:
        with pytest.raises(RefusedError) as refusal:
            checks.check_target(kind, target, facts)
        assert refusal.value.code == code


def test_a_name_that_nobody_connected_serves_is_refused(cast, asking):
    report = cast.report(text="vao https://vcb-xacthuc.example.com/mo")
    asked = asking(Kind.SUSPEND_DOMAIN, report_id=report.report.pk, target=Target("domain", "vcb-xacthuc.example.com"))

    with pytest.raises(InputError) as refusal:
        actions.propose(cast.first, asked, now=cast.clock.at)

    assert refusal.value.code == "no_partner"


def test_data_is_kept_by_the_chosen_partner_alone(order):
    measure = order(Kind.PRESERVE_DATA, partners=("carrier:viettel",))

    assert [one["to"] for one in messages(measure)] == ["carrier:viettel"]
    assert messages(measure)[0]["data"]["scope"] == {"vi": "thông tin đăng ký", "en": "registration data"}


def test_a_number_is_in_force_with_two_of_the_three_carriers(cast, order):
    measure = order(Kind.BLOCK_NUMBER)
    first, second, third = Request.objects.order_by("partner_id")
    answer(cast, first, "executed")
    answer(cast, second, "part", note="chặn gọi đi, chưa chặn tin nhắn")

    state = board.carried(board.get_whole(cast.first, measure.code), cast.clock.at)
    assert (state.asked, state.done, state.part, state.waiting, state.serving) == (3, 2, 1, 1, 3)

    answer(cast, third, "refused", reason="not_our_number")
    state = board.carried(board.get_whole(cast.first, measure.code), cast.clock.at)
    assert (state.done, state.refused, state.not_theirs, state.serving) == (2, 1, 1, 2)


@pytest.mark.parametrize(
    ("status", "values", "field"),
    [
        ("executed", {"held_amount": 0}, "held_amount"),
        ("part", {}, "note"),
        ("part", {"note": " "}, "note"),
        ("refused", {"reason": "no_money"}, "reason"),
        ("refused", {"reason": "not_our_account"}, "reason"),
        ("refused", {"reason": "other"}, "reason"),
    ],
)
def test_an_answer_that_a_block_cannot_have_is_refused(cast, order, status, values, field):
    order(Kind.BLOCK_NUMBER)

    with pytest.raises(InputError) as refusal:
        answer(cast, Request.objects.first(), status, **values)

    assert (refusal.value.code, refusal.value.field) == ("bad_answer", field)


def test_holds_for_one_loss_never_ask_for_more_than_the_loss(cast, everybody):
    text = "STK 0071000123456 Vietcombank va STK 1234567899 BIDV"
    report = cast.report(text=text)
    other = next(v for k, v in reports.named_by(report.report.pk).objects if k == "account" and v.startswith("970418"))
    cast.hold(report, amount=3_000_000)

    with pytest.raises(InputError) as refusal:
        cast.hold(report, account=other, amount=1_800_001)
    assert refusal.value.code == "too_much"
    assert cast.hold(report, account=other, amount=1_800_000).state == "unconfirmed"


def test_what_the_first_bank_could_not_hold_may_be_held_elsewhere(cast, everybody):
    report = cast.report(text="STK 0071000123456 Vietcombank va STK 1234567899 BIDV")
    other = next(v for k, v in reports.named_by(report.report.pk).objects if k == "account" and v.startswith("970418"))
    cast.hold(report)
    with pytest.raises(InputError):
        cast.hold(report, account=other)

    answer(cast, Request.objects.get(), "refused", reason="no_money")

    assert cast.hold(report, account=other).amount == 4_800_000


IMPOSSIBLE = [
    {"kind": "block_number"},  # on an account
    {"amount": None},
    {"kind": "preserve_data", "amount": None},  # of nothing
    {"kind": "restrict_account", "amount": None},  # without a decision
    {"urgent": True},  # without the moment at which it falls
    {"state": "unconfirmed"},  # and not urgent
    {"state": "active", "decided_by": None},
    {"scope": "registration"},
    {"notice_delay_reason": "vì thế"},  # without a date
    {"wrong": "just_so"},
]


@pytest.mark.parametrize("changes", IMPOSSIBLE, ids=[str(sorted(one.items())) for one in IMPOSSIBLE])
def test_the_database_itself_refuses_what_may_not_be(cast, asking, changes):
    measure = actions.propose(cast.first, asking(Kind.HOLD_FUNDS), now=cast.clock.at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(**changes)


def test_a_restriction_that_an_engine_proposed_cannot_be_stored(cast, asking):
    measure = actions.propose(cast.first, asking(Kind.RESTRICT_ACCOUNT), now=cast.clock.at)

    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(suggested_by="link 1.0")


def test_every_kind_has_its_rules_and_its_objects():
    day = date(2026, 11, 21)
    for kind in Kind:
        assert rules.bases_for(kind.value, day), kind
        assert OBJECTS[kind]
        for figure in ("ends_after", "answer_within", "renewals"):
            assert rules.limit(f"{kind}.{figure}", day).value > 0
    assert SENDER.kind in OBJECTS[Kind.BLOCK_SENDER]
