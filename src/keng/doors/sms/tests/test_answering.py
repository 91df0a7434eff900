"""What becomes of a message at our number, with everything that is kept of it."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from keng.desk.fraud.reports import queries as reports
from keng.desk.fraud.reports.models import Indicator, Report
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.jobs import actions as jobs
from keng.desk.ground.jobs.models import Outgoing
from keng.desk.ground.partners.models import PartnerKind
from keng.desk.ground.sms import actions as sms
from keng.desk.ground.sms.models import Heard, Part
from keng.desk.steering.retention import actions as retention
from keng.doors.sms import answering
from keng.doors.sms.answering import Became, Desk
from keng.doors.sms.pdus import Coming
from keng.vietnam import rules

DESK = Desk("main", ("156", "5656"), "http://127.0.0.1:8000/theo-doi/")
WHO = "84900000001"
SCAM = "VCB: TK cua quy khach bi khoa, xac thuc ngay tai vcb-xacthuc.top, nhap ma OTP de mo lai"
LD = f"LD (0912345678) ({SCAM})"


@pytest.fixture(autouse=True)
def fresh_budgets():
    gate.budgets().tallies.clear()
    yield
    gate.budgets().tallies.clear()


def take(cast, text, who=WHO, to="156", coding=0, part=None):
    data = text if isinstance(text, bytes) else text.encode("ascii" if coding == 0 else "utf-16-be")
    return answering.take(Coming(who, to, data, coding, part), DESK, cast.keys, now=cast.clock.at)


def replies(cast):
    """What is in the outbox for the centre, opened; oldest first."""
    with_lines = jobs.due(cast.clock.at, carrier="sms")
    claimed = [one for line in with_lines for one in jobs.claim_line(line, cast.clock.at, most=100)]
    return [sms.open_reply(one, cast.keys) for one in claimed]


def test_by_the_grammar_it_is_a_report_and_its_receipt_opens_it(cast):
    assert take(cast, LD) is Became.REPORT

    report, [reply] = Report.objects.get(), replies(cast)
    assert (report.channel, reports.stored_verdict(report).called != "true") == ("sms", True)
    assert Indicator.objects.filter(report=report, kind="phone", value="+84912345678").exists()
    assert (reply.source, reply.to) == ("156", "+84900000001")
    assert report.code in reply.text
    receipt = reply.text.split("Ma bien nhan ")[1].split(":")[0]
    assert reports.track(receipt, cast.keys, now=cast.clock.at).report == report
    told = json.loads(unlock(report, cast.keys).original())
    assert told == {"channel": "sms", "text": LD, "from": "+84900000001"}


@pytest.mark.parametrize("text", [SCAM, "hello", "EN is this real? bit.ly/x", "LDX 0912345678 abc"])
def test_anything_else_is_a_question_and_makes_no_report(cast, text):
    assert take(cast, text, to="5656") is Became.ANSWERED

    assert not Report.objects.exists()
    assert [reply.source for reply in replies(cast)] == ["5656"]


def test_neither_number_nor_words_stand_anywhere_in_clear(cast, stored_bytes):
    take(cast, LD)
    take(cast, "Chi Xoairiengbiet hoi: tin nay co that khong, ai gui the nay")

    kept = stored_bytes()
    for word in ("900000001", "Xoairiengbiet", "Ma bien nhan", "vcb-xacthuc.top, nhap"):
        assert word.encode() not in kept
    assert Report.objects.get().code.encode() in kept  # the search above finds what is there


def test_what_a_centre_delivers_again_counts_once_and_later_it_is_a_new_question(cast):
    assert take(cast, LD) is Became.REPORT
    assert take(cast, LD) is Became.AGAIN
    assert take(cast, LD, who="84900000002") is Became.REPORT
    cast.clock.pass_by(minutes=11)

    assert take(cast, LD) is Became.REPORT
    assert (Report.objects.count(), Outgoing.objects.count()) == (3, 3)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 3, 1)])
def test_a_long_message_is_whole_once_its_last_part_came_in_any_order(cast, order):
    text = (
        "LD (0912345678) " + "Chúng nó bảo con tôi cấp cứu, chuyển gấp 80 triệu vào STK 0071000123456 Vietcombank. " * 2
    )
    data = text.encode("utf-16-be")
    pieces = [data[at : at + 140] for at in (0, 140)] + [data[280:]]

    became = [take(cast, pieces[number - 1], coding=8, part=sms.PartOf(9, 3, number)) for number in order]

    assert became == [Became.PART] * (len(order) - 1) + [Became.REPORT]
    assert json.loads(unlock(Report.objects.get(), cast.keys).original())["text"] == text.strip()
    assert not Part.objects.exists()


def test_parts_of_two_people_are_not_mixed_and_lonely_ones_go_after_a_day(cast, stored_bytes):
    assert take(cast, b"Xoairiengbiet mot", part=sms.PartOf(1, 2, 1)) is Became.PART
    assert take(cast, b"hai", who="84900000002", part=sms.PartOf(1, 2, 2)) is Became.PART
    assert b"Xoairiengbiet" not in stored_bytes()
    cast.clock.pass_by(days=1, minutes=1)

    retention.run(now=cast.clock.at)

    assert not Part.objects.exists()


@pytest.mark.parametrize("part", [sms.PartOf(1, 0, 0), sms.PartOf(1, 255, 1), sms.PartOf(1, 2, 3), sms.PartOf(1, 2, 0)])
def test_an_impossible_part_is_kept_nowhere(cast, part):
    take(cast, b"abc", part=part)
    assert not Part.objects.exists()


@pytest.mark.parametrize("who", ["VIETCOMBANK", "156", "5656", "1900545413x", ""])
def test_machines_and_names_are_not_answered(cast, who):
    take(cast, SCAM, who=who)
    assert take(cast, LD, who=who) is Became.REPORT

    assert not Outgoing.objects.exists()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(("text", "coding"), [(b"\x00\x01", 4), (b"", 0), (b"\x20\x20", 0), (b"\x00\x00", 8)])
def test_what_holds_no_text_is_let_go(cast, text, coding):
    assert take(cast, text, coding=coding) is Became.NO_TEXT
    assert not Outgoing.objects.exists() and not Heard.objects.exists()


def test_who_asks_too_often_is_not_answered_and_others_are(cast):
    most = rules.limit("gate.sms_ask.source", cast.clock.at.date()).value
    asked = [take(cast, f"{SCAM} {number}") for number in range(most + 3)]

    assert asked == [Became.ANSWERED] * most + [Became.UNANSWERED] * 3
    assert take(cast, SCAM, who="84911111111") is Became.ANSWERED
    cast.clock.pass_by(minutes=25)
    assert take(cast, SCAM) is Became.ANSWERED


def test_reports_beyond_the_budget_are_read_later_and_beyond_that_the_centre_keeps_them(cast):
    day = cast.clock.at.date()
    most, slow = (rules.limit(code, day).value for code in ("gate.sms.source", "gate.slow.source"))
    became = [take(cast, f"LD (09123456{number:02}) lua toi lan {number}") for number in range(most + 2)]

    assert set(became) == {Became.REPORT}
    assert Report.objects.filter(lane=1).count() == 2
    assert Outgoing.objects.count() == most  # those that wait get no reply
    for number in range(slow):
        if take(cast, f"LD (0912345678) lua toi lan nua {number}") is Became.BUSY:
            break
    reports_then, heard = Report.objects.count(), Heard.objects.count()
    assert take(cast, "LD (0912345678) va lan cuoi") is Became.BUSY
    assert (Report.objects.count(), Heard.objects.count()) == (reports_then, heard)  # it can be delivered again


def test_what_was_sent_leaves_nothing_of_itself(cast):
    take(cast, SCAM)
    [line] = jobs.due(cast.clock.at, carrier="sms")
    [claimed] = jobs.claim_line(line, cast.clock.at, most=1)

    sms.write_down([jobs.Outcome(claimed, cast.clock.at)])

    assert bytes(Outgoing.objects.get().body) == b""


def test_the_worker_of_partners_leaves_sms_alone(cast):
    take(cast, SCAM)

    assert jobs.due(cast.clock.at) == []
    assert jobs.claim(cast.clock.at) == []


def test_partners_of_every_kind_are_the_workers(cast):
    assert jobs.CARRIERS.isdisjoint(PartnerKind.values)
    names = ["970436", *(f"{kind}:x" for kind in PartnerKind.values)]
    with transaction.atomic():
        for name in names:
            jobs.post(key=name, recipient=name, subject="t", version=1, body=b"{}", now=cast.clock.at)

    assert sorted(line.name for line in jobs.due(cast.clock.at)) == sorted(names)
    assert jobs.due(cast.clock.at, carrier="sms") == []
