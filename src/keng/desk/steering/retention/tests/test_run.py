"""What is over goes, once; what is open, appealed or on hold stays; killed between two steps, the next run goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from keng.conftest import MULE
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals import queries as appeal_queries
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.erasure import actions as erasure
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.measures.models import FilledSheet, Measure, Notice, Question, Renewal
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import Indicator, Loss, Message, Report, ReportKey
from keng.desk.ground.citizens import actions as citizens
from keng.desk.ground.citizens.models import Identity, Kept
from keng.desk.ground.jobs.models import Outgoing, State, Task
from keng.desk.ground.jobs.states import TaskState
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Inbound
from keng.desk.ground.people.actions import enrol, make_entry_link
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
            third = enrol("ba", "Ba", "Trung tâm", "officer", now=now)
            appeals.decide(third, Appeal.objects.get().pk, grant=False, reason="không", now=now)
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

    monkeypatch.setattr(reports, "erase", dies_at_the_second)
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
    measure, identity = cast.hold(), Identity.objects.create(issuer="i", subject_hash=b"h", made_at=cast.clock.at)
    signed = appeals.SignIn("https://id.example", "2", "T-123")
    receipt = appeals.lodge(measure.code, "Tôi bán xe.", cast.keys, sign_in=signed, now=cast.clock.at)
    citizens.keep(identity, Appeal.objects.get().subject, now=cast.clock.at)
    appeals.decide(
        cast.second, Appeal.objects.get().pk, grant=True, reason="đúng", wrong="wrong_person", now=cast.clock.at
    )

    assert actions.run(now=over(cast, "appeals.Appeal"))["appeals.Appeal"] == 1

    found = appeal_queries.track(receipt, cast.keys)
    assert (found.text, found.decided_reason, found.state) == ("", "", "granted")
    assert (found.proof.kind, found.proof.level, found.proof.reference) == ("sign_in", "2", "gone")
    assert not Kept.objects.exists()
    assert actions.run(now=cast.clock.at)["appeals.Appeal"] == 0


def test_a_measure_that_ended_long_ago_names_no_account(cast):
    measure = renewed_and_lifted(cast)

    assert actions.run(now=over(cast, "measures.Measure"))["measures.Measure"] == 1

    row = Measure.objects.get()
    assert (row.object_value, row.reason, row.lift_reason, row.amount) == (f"gone:{row.code}", "", "", 4_800_000)
    assert (row.notice_delay_reason, row.notice_delayed_to) == ("", None)
    for gone in (MULE.partition(":")[2], *WORDS):
        assert gone not in everything_of(measure)
    assert Notice.objects.count() > 1 and Renewal.objects.count() == 2
    assert actions.run(now=cast.clock.at)["measures.Measure"] == 0


WORDS = (
    "người báo bị lừa",
    "còn một người nữa",
    "thêm một người khác",
    "chờ công an tỉnh",
    "nhầm đó",
    "số nhà nào",
    "số 12",
)


def renewed_and_lifted(cast):
    """A measure with two renewals, a question, a dated reason not to tell, and notices."""
    measure = cast.hold()
    measures.approve(cast.second, measure.pk, now=cast.clock.at)
    for reason in WORDS[1:3]:
        renewal = measures.propose_renewal(cast.first, measure.pk, reason, now=cast.clock.at)
        measures.decline_renewal(cast.second, renewal.pk, reason, now=cast.clock.at)
    request = measure.requests.first()
    asked = {"asked_by": cast.first, "asked_at": cast.clock.at, "replied_by": cast.second, "replied_at": cast.clock.at}
    Question.objects.create(request=request, key="q", text=WORDS[5], reply=WORDS[6], **asked)
    Measure.objects.filter(pk=measure.pk).update(notice_delay_reason=WORDS[3], notice_delayed_to=cast.clock.at)
    measures.lift(cast.second, measure.pk, WORDS[4], now=cast.clock.at)
    return measure


def everything_of(measure):
    """Every value that the tables of measures hold."""
    models = apps.get_app_config("measures").get_models()
    return "\n".join(str(value) for model in models for row in model.objects.values_list() for value in row)


def test_what_became_of_a_sheet_goes_after_its_time(cast):
    FilledSheet.objects.create(
        partner=cast.bank, sent_by=cast.first, sent_at=cast.clock.at, name="tra-loi.xlsx", sha256=bytes(32), rows=[]
    )
    actions.run(now=over(cast, "measures.FilledSheet") - timedelta(seconds=1))
    assert FilledSheet.objects.exists()

    assert actions.run(now=cast.clock.at)["measures.FilledSheet"] == 1


def test_a_done_task_keeps_its_key_alone_and_one_in_quarantine_keeps_all(cast):
    for key, state in (("a", TaskState.DONE), ("b", TaskState.QUARANTINED), ("c", TaskState.WAITING)):
        Task.objects.create(
            key=key,
            kind="k",
            payload={"letters": ["1"]},
            state=state,
            created_at=cast.clock.at,
            next_try_at=cast.clock.at,
        )
    actions.run(now=over(cast, "jobs.Task") - timedelta(seconds=1))
    assert not Task.objects.filter(payload={}).exists()

    assert actions.run(now=cast.clock.at)["jobs.Task"] == 1

    assert dict(Task.objects.values_list("key", "payload")) == {
        "a": {},
        "b": {"letters": ["1"]},
        "c": {"letters": ["1"]},
    }
    assert actions.run(now=cast.clock.at)["jobs.Task"] == 0


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
