"""The notice to the person affected: what it must say, that it names nobody, that it is kept as sent, that a delay ends."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from keng.base.errors import InputError
from keng.desk.fraud.measures import actions, queries
from keng.desk.fraud.measures.kinds import Kind
from keng.desk.fraud.measures.models import Measure, Notice
from keng.desk.fraud.measures.notices import object_said
from keng.desk.fraud.measures.tests.conftest import messages
from keng.desk.ground.ledger import queries as ledger

KINDS = list(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_all_that_a_statement_of_reasons_must(order, kind):
    """Regulation (EU) 2022/2065, article 17(3): what, where, how long, facts, automated means, ground and why, redress."""
    measure = order(kind)

    told = Notice.objects.get()

    for text, words in (
        (
            told.vi,
            (
                "Nơi áp dụng",
                "Thời gian",
                "Sự việc",
                "Máy:",
                "Quyết định",
                "Căn cứ",
                "áp dụng vì",
                "khiếu nại",
                "tòa án",
            ),
        ),
        (
            told.en,
            ("Where:", "Time:", "Facts:", "Automated means", "Decision:", "Legal ground", "because", "appeal", "court"),
        ),
    ):
        assert [word for word in words if word not in text] == []
        assert object_said(measure) in text
        assert measure.code in text
        assert f"/khieu-nai/{measure.code}/" in text
    assert ("4.800.000" in told.vi) is (kind == Kind.HOLD_FUNDS)
    assert ("12/QĐ-TA" in told.vi) is (kind == Kind.RESTRICT_ACCOUNT)


@pytest.mark.parametrize("kind", KINDS)
def test_it_names_nothing_of_the_reporter_nor_the_officers_own_words(order, named, kind):
    order(kind, reason="chị Hoa ở chợ kể lại")

    told = Notice.objects.get()

    for secret in (named.receipt, named.report.code, "1234567890", "chị Hoa", "Chuyen 4.800.000d", "Mot", "Hai"):
        assert secret not in told.vi + told.en


def test_it_is_kept_as_sent_with_its_hash_in_the_ledger(cast, order):
    measure = order(Kind.BLOCK_NUMBER)

    told = Notice.objects.get()

    assert bytes(told.sha256) == hashlib.sha256(f"{told.vi}\n{told.en}".encode()).digest()
    assert all(one["data"]["notice"] == {"vi": told.vi, "en": told.en} for one in messages(measure))
    approved = next(one for one in ledger.entries_on(measure.subject) if one.verb == "measures.approve")
    assert approved.facts["notice"] == bytes(told.sha256).hex()


def test_each_change_has_a_notice_of_its_own(cast):
    measure = cast.hold()
    actions.approve(cast.second, measure.pk, now=cast.clock.at)
    actions.lift(cast.first, measure.pk, "đã rõ", now=cast.clock.at)

    causes = list(Notice.objects.order_by("number").values_list("cause", flat=True))
    first, second, third = Notice.objects.order_by("number")

    assert causes == ["requested", "confirmed", "released"]
    assert "khẩn cấp" in first.vi
    assert "một cán bộ khác duyệt" in second.vi
    assert "đã hết hiệu lực" in third.vi


def test_a_delayed_notice_goes_out_by_itself(cast, order, entries):
    measure = order(Kind.PRESERVE_DATA, delay_reason="đang xác minh đường dây", delay_days=10)
    assert {one["data"]["notice"] for one in messages(measure)} == {None}
    assert not Notice.objects.exists()
    with pytest.raises(InputError):
        queries.find_open_to_appeal(measure.code, now=cast.clock.at)

    cast.clock.pass_by(days=10, seconds=-1)
    assert actions.send_due_notices(now=cast.clock.at) == 0
    cast.clock.pass_by(seconds=1)
    assert actions.send_due_notices(now=cast.clock.at) == 1
    assert actions.send_due_notices(now=cast.clock.at) == 0

    last = messages(measure)[-1]
    assert (last["type"], last["data"]["version"]) == ("measure.confirmed", 2)
    assert last["data"]["notice"]["vi"] == Notice.objects.get().vi
    assert entries(measure.subject)[-1] == "measures.notice"
    assert queries.find_open_to_appeal(measure.code, now=cast.clock.at) == measure


def test_a_measure_that_was_lifted_meanwhile_is_told_all_the_same(cast, order):
    measure = order(Kind.BLOCK_NUMBER, delay_reason="đang xác minh", delay_days=5)
    actions.lift(cast.first, measure.pk, "nhầm", wrong="wrong_object", now=cast.clock.at)
    assert not Notice.objects.exists()

    cast.clock.pass_by(days=5)
    actions.send_due_notices(now=cast.clock.at)

    assert "đã hết hiệu lực" in Notice.objects.get().vi
    assert messages(measure)[-1]["type"] == "measure.released"


@pytest.mark.parametrize(("reason", "days"), [("vì thế", 31), ("vì thế", 0), ("", 5), (" ", 5), ("vì thế", -1)])
def test_a_delay_needs_a_reason_and_an_end_within_the_rule(cast, asking, reason, days):
    with pytest.raises(InputError) as refusal:
        actions.propose(cast.first, asking(Kind.PRESERVE_DATA, delay_reason=reason, delay_days=days), now=cast.clock.at)

    assert refusal.value.code == "bad_delay"
    assert not Measure.objects.exists()


def test_a_delay_of_the_whole_rule_is_taken(cast, asking):
    asked = asking(Kind.PRESERVE_DATA, delay_reason="vì thế", delay_days=30)

    measure = actions.propose(cast.first, asked, now=cast.clock.at)

    assert measure.notice_delayed_to == cast.clock.at + timedelta(days=30)
