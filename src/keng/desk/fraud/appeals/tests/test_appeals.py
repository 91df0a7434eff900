"""Appeals: anybody with the order's code may lodge one; a third person decides; granting it frees the money."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.appeals import actions, queries
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.models import Measure
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.people.actions import enrol

TEXT = "Tôi bán xe máy cho người chuyển tiền, có giấy mua bán."


@pytest.fixture
def third(cast):
    return enrol("ba", "Ba", "Trung tâm", "officer", now=cast.clock.at)


@pytest.fixture
def appeal(cast):
    measure = cast.hold()
    receipt = actions.lodge(measure.code, TEXT, cast.keys, now=cast.clock.at)
    return receipt, Appeal.objects.get()


def test_it_is_kept_sealed_and_read_by_its_receipt(cast, appeal, entries, stored_bytes):
    receipt, row = appeal

    assert queries.track(receipt, cast.keys).text == TEXT
    assert entries(row.subject) == ["appeals.lodge"]
    assert TEXT.encode() not in stored_bytes()
    assert TEXT.encode().hex().encode() not in stored_bytes().lower()


def test_granting_it_lifts_the_hold_and_tells_the_bank(cast, appeal, third):
    _, row = appeal

    decided = actions.decide(
        third, row.pk, grant=True, reason="đã xem giấy mua bán", wrong="no_fraud", now=cast.clock.at
    )

    assert decided.state == "granted"
    assert Measure.objects.get().state == "lifted"
    assert b'"measure.released"' in bytes(Outgoing.objects.order_by("-version").first().body)


def test_rejecting_it_leaves_the_hold(cast, appeal, third):
    receipt, row = appeal

    actions.decide(third, row.pk, grant=False, reason="giấy không khớp", now=cast.clock.at)

    assert Measure.objects.get().state == "unconfirmed"
    assert queries.track(receipt, cast.keys).decided_reason == "giấy không khớp"


def test_nobody_decides_on_an_order_of_their_own(cast, appeal):
    _, row = appeal

    with pytest.raises(RefusedError) as refusal:
        actions.decide(cast.first, row.pk, grant=False, reason="không", now=cast.clock.at)

    assert refusal.value.code == "took_part"
    assert Appeal.objects.get().state == "open"


def test_an_auditor_does_not_decide(cast, appeal):
    with pytest.raises(RefusedError):
        actions.decide(cast.auditor, appeal[1].pk, grant=True, reason="x", wrong="no_fraud", now=cast.clock.at)


def test_it_is_decided_once_and_with_a_reason(cast, appeal, third):
    _, row = appeal
    with pytest.raises(InputError):
        actions.decide(third, row.pk, grant=True, reason=" ", wrong="no_fraud", now=cast.clock.at)
    actions.decide(third, row.pk, grant=True, reason="đúng", wrong="no_fraud", now=cast.clock.at)

    with pytest.raises(ConflictError):
        actions.decide(third, row.pk, grant=False, reason="sai", now=cast.clock.at)


def test_an_order_takes_three_open_appeals_and_no_more(cast, appeal):
    code = appeal[1].measure.code
    for _ in range(2):
        actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)

    with pytest.raises(ConflictError) as refusal:
        actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)

    assert refusal.value.code == "too_many"


def test_an_order_that_never_went_out_or_does_not_exist_takes_none(cast):
    for code in ("BP-0000000", "", "x" * 300):
        with pytest.raises(InputError):
            actions.lodge(code, TEXT, cast.keys, now=cast.clock.at)


def test_the_holders_page_tells_the_order_and_nothing_of_the_reporter(cast, client):
    report = cast.report()
    measure = cast.hold(report)

    page = client.get(f"/khieu-nai/{measure.code}/").content.decode()

    assert "4.800.000 đ" in page
    assert "Vietcombank" in page
    for secret in (report.receipt, report.report.code, "1234567890", "vietcombank-xacthuc"):
        assert secret not in page


def test_the_holder_appeals_by_the_page_and_reads_the_answer_there(cast, client, third):
    measure = cast.hold()

    reply = client.post(f"/khieu-nai/{measure.code}/", {"text": TEXT})
    actions.decide(third, Appeal.objects.get().pk, grant=True, reason="đã rõ", wrong="no_fraud", now=cast.clock.at)

    assert reply.status_code == 302
    assert "đã rõ" in client.get(reply.headers["Location"]).content.decode()


def reject(cast, officer, appeal):
    return actions.decide(officer, appeal.pk, grant=False, reason="giấy không khớp", now=cast.clock.at)


@pytest.fixture
def fourth(cast):
    return enrol("bon", "Bốn", "Trung tâm", "officer", now=cast.clock.at)


def test_a_rejected_appeal_is_brought_once_more_to_another_decider(cast, appeal, third, fourth, entries):
    receipt, first = appeal
    reject(cast, third, first)

    again = actions.lodge_again(receipt, TEXT, cast.keys, now=cast.clock.at)

    second = Appeal.objects.get(again_of=first)
    assert entries(second.subject) == ["appeals.lodge_again"]
    with pytest.raises(RefusedError) as refusal:
        reject(cast, third, second)
    assert refusal.value.code == "took_part"
    reject(cast, fourth, second)
    for spent in (receipt, again):
        with pytest.raises(ConflictError):
            actions.lodge_again(spent, TEXT, cast.keys, now=cast.clock.at)


@pytest.mark.parametrize("grant", [None, True])
def test_only_a_rejected_appeal_is_brought_again(cast, appeal, third, grant):
    receipt, row = appeal
    if grant:
        actions.decide(third, row.pk, grant=True, reason="đúng", wrong="other", now=cast.clock.at)

    with pytest.raises(ConflictError) as refusal:
        actions.lodge_again(receipt, TEXT, cast.keys, now=cast.clock.at)

    assert refusal.value.code == "only_once_more"


def test_it_has_the_clock_of_the_rule(cast, appeal):
    assert (appeal[1].decide_by - appeal[1].lodged_at).total_seconds() == 72 * 3600


def test_granting_needs_the_class_of_what_was_wrong_and_counts_it(cast, appeal, third):
    _, row = appeal
    with pytest.raises(InputError) as refusal:
        actions.decide(third, row.pk, grant=True, reason="đúng", now=cast.clock.at)
    assert refusal.value.code == "bad_class"
    assert Measure.objects.get().state == "unconfirmed"

    actions.decide(third, row.pk, grant=True, reason="đúng", wrong="wrong_person", now=cast.clock.at)

    assert Measure.objects.get().wrong == "wrong_person"


def test_an_appeal_granted_after_the_end_counts_too(cast, appeal, third):
    cast.clock.pass_by(days=2)

    actions.decide(third, appeal[1].pk, grant=True, reason="đúng", wrong="no_fraud", now=cast.clock.at)

    assert Measure.objects.get().wrong == "no_fraud"


def test_who_took_part_in_a_renewal_does_not_decide(cast, third, fourth):
    measure = cast.hold()
    measures.approve(cast.second, measure.pk, now=cast.clock.at)
    renewal = measures.propose_renewal(third, measure.pk, "lý do mới", now=cast.clock.at)
    measures.approve_renewal(fourth, renewal.pk, now=cast.clock.at)
    actions.lodge(measure.code, TEXT, cast.keys, now=cast.clock.at)
    fifth = enrol("nam", "Năm", "Trung tâm", "officer", now=cast.clock.at)

    for officer in (cast.first, cast.second, third, fourth):
        with pytest.raises(RefusedError) as refusal:
            reject(cast, officer, Appeal.objects.get())
        assert refusal.value.code == "took_part"
    assert reject(cast, fifth, Appeal.objects.get()).state == "rejected"


def test_a_citizens_sign_in_is_kept_as_level_and_transaction_only(cast):
    measure = cast.hold()
    vouched = actions.SignIn("https://dinh-danh.example", "2", "GD-77")

    actions.lodge(measure.code, TEXT, cast.keys, sign_in=vouched, now=cast.clock.at)

    row = Appeal.objects.get()
    assert (row.proof, row.proof_issuer, row.proof_level, row.proof_reference) == (
        "sign_in", "https://dinh-danh.example", "2", "GD-77",
    )  # fmt: skip


def test_a_partner_that_was_asked_confirms_the_writer_under_its_number(cast, appeal, entries):
    row = actions.confirm_holder(cast.second, appeal[1].pk, "970436", "VCB-99", now=cast.clock.at)

    assert (row.proof, row.proof_issuer, row.proof_reference, row.proof_noted_by) == (
        "partner", "970436", "VCB-99", cast.second,
    )  # fmt: skip
    assert entries(row.subject) == ["appeals.lodge", "appeals.confirm_holder"]
    with pytest.raises(ConflictError):
        actions.confirm_holder(cast.second, row.pk, "970436", "VCB-100", now=cast.clock.at)


@pytest.mark.parametrize(
    ("partner", "reference", "code"), [("970418", "X-1", "not_asked"), ("970436", " ", "no_reference")]
)
def test_a_confirmation_is_of_a_partner_that_was_asked_and_has_a_number(cast, appeal, partner, reference, code):
    with pytest.raises(InputError) as refusal:
        actions.confirm_holder(cast.second, appeal[1].pk, partner, reference, now=cast.clock.at)

    assert refusal.value.code == code
    assert Appeal.objects.get().proof == "none"


def test_the_page_shows_the_notice_as_sent_and_only_for_its_own_code(cast, client):
    first, second = cast.hold(), cast.hold(officer=cast.second)

    page = client.get(f"/khieu-nai/{first.code}/").content.decode()

    assert "Căn cứ áp dụng vì" in page or "áp dụng vì" in page
    assert first.code in page
    assert second.code not in page


def test_the_writer_brings_it_again_by_the_page(cast, client, appeal, third):
    receipt, row = appeal
    reject(cast, third, row)
    page = f"/khieu-nai/tra-loi/{receipt}/"
    assert "lan-nua" in client.get(page).content.decode()

    reply = client.post(f"{page}lan-nua/", {"text": TEXT})

    assert reply.status_code == 302
    assert Appeal.objects.filter(again_of=row).exists()
    assert "lan-nua" not in client.get(page).content.decode()
