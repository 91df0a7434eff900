"""What belongs to a report elsewhere goes with it: pictures, handovers' words, a citizen's list, an original that was shared."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base.confined.tests.made import png
from keng.base.errors import ConflictError
from keng.desk.fraud.campaigns import placing as campaigns
from keng.desk.fraud.campaigns.models import Placement, ValueSum
from keng.desk.fraud.erasure import actions
from keng.desk.fraud.jurisdiction import pruning as jurisdiction
from keng.desk.fraud.jurisdiction.models import Handover
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import pictures, pruning, repeats
from keng.desk.fraud.reports.models import ErasedWhy, Picture, Report, SharedOriginal
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.citizens import actions as citizens
from keng.desk.ground.citizens.models import Identity, Kept
from keng.desk.ground.gate.sources import day_key
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.vietnam import rules

BODY = '{"channel": "api", "text": "Trung thưởng, bấm http://qua-tang.example/nhan ngay"}'.encode()


def erase(cast, report):
    return actions.destroy(report, ErasedWhy.REQUEST, actor="system:test", now=cast.clock.at)


def attach(cast, received, data=None):
    return pictures.attach(received.receipt, data or png(), cast.keys, now=cast.clock.at)


# --- pictures


def test_pictures_and_what_was_drawn_from_them_are_deleted(cast):
    received, other = cast.report(), cast.report()
    for colour in ((1, 2, 3), (4, 5, 6)):
        attach(cast, received, png(colour))
    attach(cast, other)
    pictures.read(pictures.claim(now=cast.clock.at), cast.keys, now=cast.clock.at)
    assert Picture.objects.exclude(preview=None).get().report == received.report

    erase(cast, received.report)

    assert [one.report for one in Picture.objects.all()] == [other.report]
    [entry] = [one for one in ledger.entries_on(received.report.subject) if one.verb == "reports.erase"]
    assert entry.facts["pictures"] == 2


def test_a_reader_whose_picture_was_erased_meanwhile_goes_on(cast):
    received = cast.report()
    attach(cast, received)
    claimed = pictures.claim(now=cast.clock.at)

    erase(cast, received.report)

    assert pictures.read(claimed, cast.keys, now=cast.clock.at) is False


def test_no_picture_is_added_to_what_is_erased(cast):
    received = cast.report()
    erase(cast, received.report)

    with pytest.raises(ConflictError, match="erased"):
        attach(cast, received)
    assert not Picture.objects.exists()


# --- place, marks, handovers, a citizen's list


def test_where_the_reporter_lives_and_the_marks_of_the_sender_go(cast):
    origin = Origin(day_key(cast.keys, cast.clock.at), b"s" * 16)
    body = b'{"channel": "api", "text": "Mot tin nhan lua dao du dai de co dau vet.", "place": "01"}'
    received = reports.receive(body, cast.keys, retry_key=None, origin=origin, now=cast.clock.at)
    before = Report.objects.get()
    assert before.place_code and before.source and before.wave

    erase(cast, received.report)

    after = Report.objects.get()
    assert (after.place_code, after.source, after.wave) == ("", None, None)
    assert (after.owner, after.route) == (before.owner, before.route)


def test_the_words_of_its_handovers_go_and_the_units_stay(cast):
    units = [Organisation.objects.create(code=code, kind="department", name=code, name_en=code, name_folded=code, path=code)
             for code in ("a", "b")]  # fmt: skip
    rows = [_handover(cast, units, cast.report().report) for _ in range(2)]

    erase(cast, rows[0].report)

    gone, stays = (Handover.objects.get(pk=row.pk) for row in rows)
    assert (gone.reason, gone.answer, gone.giver, gone.receiver) == ("", "", *units)
    assert (stays.reason, stays.answer) == ("bà ở xã bên", "bà đã chuyển đi")


def test_words_written_after_the_erasure_go_too(cast):
    units = [Organisation.objects.create(code=code, kind="department", name=code, name_en=code, name_folded=code, path=code)
             for code in ("a", "b")]  # fmt: skip
    report, other = cast.report().report, cast.report().report
    erase(cast, report)
    late, _stays = (_handover(cast, units, one) for one in (report, other))

    due = jurisdiction.of_the_erased(cast.clock.at)

    assert list(due) == [late]
    assert jurisdiction.empty(due) == 1
    assert not jurisdiction.of_the_erased(cast.clock.at)


def _handover(cast, units, report):
    words = {"reason": "bà ở xã bên", "answer": "bà đã chuyển đi"}
    return Handover.objects.create(
        report=report,
        giver=units[0],
        receiver=units[1],
        state="refused",
        begun_by="officer:1",
        begun_at=cast.clock.at,
        **words,
    )


def test_it_leaves_the_list_of_the_citizen_who_kept_its_receipt(cast):
    gone, stays = cast.report().report, cast.report().report
    identity = Identity.objects.create(issuer="https://id.example", subject_hash=b"h" * 32, made_at=cast.clock.at)
    for report in (gone, stays):
        citizens.keep(identity, report.subject, now=cast.clock.at)

    erase(cast, gone)

    assert [one.subject for one in Kept.objects.all()] == [stays.subject]


# --- an original that several reports share


@pytest.fixture
def shared(cast, monkeypatch):
    """Two reports that share one original."""
    monkeypatch.setattr(repeats, "counter", repeats.Counter())
    origin = Origin(day_key(cast.keys, cast.clock.at), b"s" * 16)
    many = rules.limit("reports.repeats", cast.clock.at.date()).value + 1
    came = [reports.receive(BODY, cast.keys, retry_key=None, origin=origin, now=cast.clock.at) for _ in range(many)]
    sharing = [one for one in came if Report.objects.get(pk=one.report.pk).shared_id]
    assert len(sharing) == 2
    return sharing


def unshared(cast):
    return list(pruning.unshared(cast.clock.at + timedelta(days=1)))


def test_while_one_report_shares_it_the_original_is_read_and_stays(cast, shared):
    gone, stays = shared
    erase(cast, gone.report)
    repeats.forget(now=cast.clock.pass_by(hours=1))

    assert unlock(Report.objects.get(pk=stays.report.pk), cast.keys).original() == BODY
    assert unshared(cast) == []


@pytest.mark.parametrize("flood", ["lasts", "is over"])
def test_when_the_last_one_is_erased_no_key_opens_it_and_it_goes(cast, shared, flood):
    if flood == "is over":
        repeats.forget(now=cast.clock.pass_by(hours=1))
    for one in shared:
        assert unshared(cast) == []
        erase(cast, one.report)

    [row] = SharedOriginal.objects.all()
    assert (row.digest, row.sealed_key, row.sealed_by) == (None, None, "")
    assert unshared(cast) == [row]


def test_what_comes_again_after_that_is_shared_anew(cast, shared):
    for one in shared:
        erase(cast, one.report)
    origin = Origin(day_key(cast.keys, cast.clock.at), b"s" * 16)

    again = reports.receive(BODY, cast.keys, retry_key=None, origin=origin, now=cast.clock.at)

    assert SharedOriginal.objects.count() == 2
    assert unlock(Report.objects.get(pk=again.report.pk), cast.keys).original() == BODY


# --- campaigns


def test_what_campaigns_keep_of_its_text_goes_and_that_it_stood_there_stays(cast):
    received, other = cast.report(), cast.report()
    both = [campaigns.New(one.report.pk, "K1", why_kind="phone", why_value="+84912345678") for one in (received, other)]
    campaigns.write_down(campaigns.Found(rows=2, new=both), cast.keys, now=cast.clock.at)
    assert set(ValueSum.objects.filter(unit=0).values_list("reports", flat=True)) == {2}

    erase(cast, received.report)

    assert set(ValueSum.objects.filter(unit=0).values_list("reports", flat=True)) == {1}
    placed = Placement.objects.get(pk=received.report.pk)
    assert (placed.why_value, placed.loss_key, placed.amount) == ("", None, 4_800_000)
