"""What is over goes, once; what is open, appealed or on hold stays; killed between two steps, the next run goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session

from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals import queries as appeal_queries
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.erasure import actions as erasure
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import Indicator, Loss, Message, Report, ReportKey
from keng.desk.ground.jobs.models import Outgoing, State
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Inbound
from keng.desk.ground.people.actions import make_entry_link
from keng.desk.ground.people.models import EntryLink
from keng.desk.steering.retention import actions, queries
from keng.vietnam.rules.retention import keeping


def days_of(code, cast):
    return keeping(code, cast.clock.at.date()).keep_days


def closed_report(cast):
    received = cast.report()
    reports.write_from_reporter(received.receipt, "thêm một điều", cast.keys, now=cast.clock.at)
    reports.close(cast.first, received.report.pk, "trùng", now=cast.clock.at)
    return received


def over(cast, code="reports.Report"):
    return cast.clock.pass_by(days=days_of(code, cast))


def test_a_report_whose_time_is_over_loses_key_and_texts_and_keeps_its_figures(cast, entries):
    received = closed_report(cast)
    actions.run(now=over(cast) - timedelta(seconds=1))
    assert ReportKey.objects.count() == 1

    assert actions.run(now=cast.clock.at)["reports.Report"] == 1

    report = Report.objects.get()
    assert (report.erased_why, bytes(report.original), report.closed_reason) == ("retention", b"", "")
    assert not ReportKey.objects.exists() and not Indicator.objects.exists()
    assert (Loss.objects.get().amount, Loss.objects.get().to_account, Loss.objects.get().from_account) == (
        4_800_000,
        "",
        None,
    )
    assert bytes(Message.objects.get().text) == b""
    assert entries(received.report.subject)[-1] == "reports.erase"
    assert actions.run(now=cast.clock.at)["reports.Report"] == 0


def test_a_dry_run_says_what_is_due_and_changes_nothing(cast):
    closed_report(cast)
    now = over(cast)

    assert queries.due_counts(now)["reports.Report"] == 1
    assert ReportKey.objects.count() == 1


@pytest.mark.parametrize("why", ["measure", "appeal", "hold"])
def test_nothing_of_a_report_goes_while_something_forbids_it(cast, why):
    received = cast.report()
    if why == "hold":
        hold = erasure.place_hold(cast.first, received.report.pk, "văn bản 12", now=cast.clock.at)
    else:
        measure = cast.hold(received)
    if why == "appeal":
        appeals.lodge(measure.code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
        measures.lift(cast.second, measure.pk, "xong", now=cast.clock.at)
    now = over(cast)

    assert actions.run(now=now)["reports.Report"] == queries.due_counts(now)["reports.Report"] == 0

    match why:
        case "measure":
            measures.end_what_is_over(now=now)
        case "appeal":
            auditor = cast.auditor
            auditor.role = "officer"
            appeals.decide(auditor, Appeal.objects.get().pk, grant=False, reason="không", now=now)
        case "hold":
            erasure.release_hold(cast.first, hold.pk, "xong", now=now)
    assert actions.run(now=now)["reports.Report"] == 1


def test_killed_between_two_reports_the_next_run_goes_on(cast, monkeypatch):
    for _ in range(3):
        closed_report(cast)
    now, erase, done = over(cast), reports.erase, []

    def dies_at_the_second(*arguments, **keywords):
        erase(*arguments, **keywords)
        done.append(1)
        if len(done) == 2:
            raise KeyboardInterrupt  # inside the transaction of the second report

    monkeypatch.setattr(actions.reports, "erase", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        actions.run(now=now)
    monkeypatch.undo()

    assert Report.objects.exclude(erased_at=None).count() == 1
    assert actions.run(now=now)["reports.Report"] == 2


def test_a_sent_body_goes_and_one_that_may_be_sent_again_stays(cast):
    cast.hold()
    cast.hold()
    sent, dead = Outgoing.objects.all()
    Outgoing.objects.filter(pk=sent.pk).update(state=State.SENT, sent_at=cast.clock.at)
    Outgoing.objects.filter(pk=dead.pk).update(state=State.DEAD)

    assert actions.run(now=over(cast, "jobs.Outgoing"))["jobs.Outgoing"] == 1

    sent.refresh_from_db(), dead.refresh_from_db()
    assert bytes(sent.body) == b"" and bytes(dead.body)
    assert sent.key  # posted once, for ever


def test_message_ids_links_and_sessions_go_after_their_time(cast):
    make_entry_link(cast.first, now=cast.clock.at)
    with_transaction(lambda: partners.take_once(cast.bank, "m1", "answer", now=cast.clock.at))
    Session.objects.create(session_key="k", session_data="x", expire_date=cast.clock.at)

    now = over(cast, "partners.Inbound")
    Session.objects.create(session_key="live", session_data="x", expire_date=now + timedelta(seconds=1))
    actions.run(now=now)

    assert not Inbound.objects.exists() and not EntryLink.objects.exists()
    assert [one.session_key for one in Session.objects.all()] == ["live"]


def with_transaction(act):
    from django.db import transaction

    with transaction.atomic():
        act()


def test_an_appeals_text_goes_and_its_answer_page_still_opens(cast):
    measure = cast.hold()
    receipt = appeals.lodge(measure.code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
    appeals.decide(cast.second, Appeal.objects.get().pk, grant=True, reason="đúng", now=cast.clock.at)

    assert actions.run(now=over(cast, "appeals.Appeal"))["appeals.Appeal"] == 1

    found = appeal_queries.track(receipt, cast.keys)
    assert (found.text, found.decided_reason, found.state) == ("", "", "granted")


def test_a_measure_that_ended_long_ago_names_no_account(cast):
    measure = cast.hold()
    measures.lift(cast.second, measure.pk, "nhầm", now=cast.clock.at)

    assert actions.run(now=over(cast, "measures.Measure"))["measures.Measure"] == 1

    row = Measure.objects.get()
    assert (row.account, row.reason, row.decided_reason, row.amount) == (f"gone:{row.code}", "", "", 4_800_000)


def test_the_worker_looks_once_an_hour_unless_work_was_left(cast, monkeypatch):
    monkeypatch.setattr(actions, "_last_complete", None)
    monkeypatch.setattr(actions, "BATCH", 1)
    monkeypatch.setattr(actions.run, "__kwdefaults__", {"most": 1})
    closed_report(cast)
    closed_report(cast)
    now = over(cast)

    done = [actions.keep_house(now=now) > 0 for _ in range(4)]

    assert done[:2] == [True, True]
    assert not Report.objects.filter(erased_at=None).exists()
    assert actions._last_complete == now
    closed = closed_report(cast)
    assert actions.keep_house(now=now + timedelta(minutes=59)) == 0
    assert Report.objects.get(pk=closed.report.pk).erased_at is None


def test_the_ledger_tells_how_many_rows_went_and_nothing_of_them(cast, entries):
    make_entry_link(cast.first, now=cast.clock.at)
    cast.clock.pass_by(hours=12)  # the link ends
    actions.run(now=over(cast, "people.EntryLink"))

    assert entries("retention:people.EntryLink") == ["retention.prune"]
