"""Floods: the same bytes are kept once, nobody can tell, marks count a day's reports and name nobody."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import OperationalError

from keng.desk.fraud.measures import queue as measures
from keng.desk.fraud.measures.models import Measure
from keng.desk.fraud.reports import actions, arriving, queries, queueing, repeats
from keng.desk.fraud.reports.models import Indicator, Lane, Loss, Report, ReportKey, SharedOriginal
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.gate.sources import day_key

HERE, THERE = b"h" * 16, b"t" * 16


@pytest.fixture(autouse=True)
def nobody_came(monkeypatch):
    monkeypatch.setattr(repeats, "counter", repeats.Counter())


def send(cast, source=HERE, later=False, at=None, retry_key=None, **changes):
    now = at or cast.clock.at
    body = json.dumps(cast.body(**changes), ensure_ascii=False).encode()
    origin = Origin(day_key(cast.keys, now), source, later)
    return actions.receive(body, cast.keys, retry_key=retry_key, now=now, origin=origin)


def test_the_same_bytes_are_kept_once_and_each_sender_has_an_own_receipt(cast):
    sent = [send(cast, source) for source in (HERE, THERE) * 5]

    assert len({one.receipt for one in sent}) == 10
    assert SharedOriginal.objects.count() == 1
    assert len({unlock(one.report, cast.keys).original() for one in sent}) == 1
    assert sum(Report.objects.filter(pk=one.report.pk, shared=None).exists() for one in sent) == 2


@pytest.mark.parametrize("same_key", [True, False])
def test_a_machine_that_tries_again_makes_no_flood(cast, same_key):
    for number in range(10):
        sent = send(cast, retry_key="a-phone-without-an-answer" if same_key else f"phone-that-comes-{number:06d}")

    assert Report.objects.filter(shared=None).count() == (1 if same_key else 2)
    assert unlock(sent.report, cast.keys).text() == cast.body()["text"]
    assert SharedOriginal.objects.exists() == (not same_key)


def test_what_could_not_be_kept_makes_no_flood(cast, monkeypatch):
    def away(*args, **options):
        raise OperationalError("the server is away")

    with monkeypatch.context() as outage:
        outage.setattr(arriving, "run_all", away)
        for _ in range(10):
            with pytest.raises(OperationalError):
                send(cast)

    assert send(cast).report.shared is None


def test_copies_do_not_swell_the_evidence(cast):
    for _ in range(10):
        received = send(cast)

    assert Indicator.objects.filter(kind="account", start__isnull=False).count() == 3
    assert {one.value for one in queries.indicators_of(received.report) if one.kind == "account"}


def test_an_erased_report_takes_its_copy_away_and_leaves_the_others(cast):
    sent = [send(cast) for _ in range(5)]
    ReportKey.objects.filter(report=sent[2].report).delete()

    with pytest.raises(ReportKey.DoesNotExist):
        unlock(Report.objects.get(pk=sent[2].report.pk), cast.keys)
    assert unlock(sent[4].report, cast.keys).text() == cast.body()["text"]


def test_once_the_flood_is_over_only_the_reports_keys_open_what_they_share(cast):
    sent = [send(cast) for _ in range(4)]
    repeats.forget(now=cast.clock.at + timedelta(minutes=19))
    assert SharedOriginal.objects.get().sealed_key

    repeats.forget(now=cast.clock.at + timedelta(minutes=21))

    row = SharedOriginal.objects.get()
    assert (row.digest, row.sealed_key) == (None, None)
    assert unlock(Report.objects.get(pk=sent[3].report.pk), cast.keys).text() == cast.body()["text"]


def test_nobody_can_tell_whether_somebody_sent_the_same(client, cast):
    def told(reply):
        body = reply.json()
        return (
            reply.status_code,
            sorted(body),
            {name: body[name] for name in ("sha256", "received_at")},
            dict(reply.headers.items()),
        )

    def page_of(reply):
        page = client.get(f"/theo-doi/{reply.json()['receipt']}/").content.decode()
        for own in (reply.json()["receipt"], reply.json()["code"]):
            page = page.replace(own, "")
        return page.split("csrfmiddlewaretoken")[0]

    body = json.dumps(cast.body())
    replies = [client.post("/api/v1/reports", body, content_type="application/json") for _ in range(6)]

    assert Report.objects.exclude(shared=None).count() == 4
    assert all(told(reply) == told(replies[0]) for reply in replies)
    assert all(page_of(reply) == page_of(replies[0]) for reply in replies)
    tracked = [client.get(f"/api/v1/reports/{reply.json()['receipt']}").json() for reply in replies]
    assert all({**one, "code": ""} == {**tracked[0], "code": ""} for one in tracked)


def test_a_mark_counts_and_names_nobody(cast):
    for number in range(3):
        received = send(cast, HERE, text=f"Chúc mừng ông bà trúng thưởng {number} triệu đồng, gọi ngay")
    send(cast, THERE, text="Chúc mừng ông bà TRÚNG THƯỞNG 9 triệu đồng, gọi ngay!")

    assert queries.alike(received.report) == queries.Alike(source=3, wave=4, copies=0)


def test_a_report_of_our_own_machines_has_no_source(cast):
    assert queries.alike(send(cast, None).report).source == 0
    assert queries.same_source([None, None]) == {}


def test_short_texts_make_no_wave(cast):
    assert send(cast, text="alo 123").report.wave is None


def test_the_slower_lane_is_read_after_the_others_and_kept_whole(cast):
    slow = send(cast, later=True, loss={**cast.body()["loss"], "amount": 900_000_000})
    plain = send(cast, text="Có người gọi tự xưng công an", loss=None)
    quick = send(cast, loss={**cast.body()["loss"], "amount": 100_000})

    lines = measures.queue(cast.first, now=cast.clock.at)

    assert [line.code for line in lines] == [one.report.code for one in (quick, plain, slow)]
    assert [line.is_later for line in lines] == [False, False, True]
    assert unlock(slow.report, cast.keys).text() == cast.body()["text"]


def test_a_flood_of_the_slower_lane_pushes_nobody_out_of_the_queue(cast, monkeypatch):
    monkeypatch.setattr(queueing, "BAND_MOST", 3)
    honest = send(cast)
    cast.clock.pass_by(minutes=1)
    for number in range(5):
        send(cast, THERE, later=True, text=f"rác {number}")

    assert honest.report.pk in {one.report_id for one in queueing.to_hold(queueing.mine(cast.first), now=cast.clock.at)}


def test_many_reports_of_one_source_restrict_nothing(cast, client, entries):
    """Twenty reports name an innocent account: no measure, no request, nothing on anybody else's page but a count for officers."""
    other = cast.report()
    before = client.get(f"/theo-doi/{other.receipt}/").content
    sent = [send(cast, HERE, text=f"Tài khoản này lừa tôi lần {number}, chuyển 4.800.000đ") for number in range(20)]

    assert Loss.objects.filter(to_account=cast.body()["loss"]["to_account"]).count() == 21
    assert not Measure.objects.exists()
    assert {verb.split(".")[0] for verb in entries()} <= {"reports", "people", "partners", "organisations"}
    after = client.get(f"/theo-doi/{other.receipt}/").content
    assert _steady(after) == _steady(before)
    lines = [line for line in measures.queue(cast.first, now=cast.clock.at) if line.report_id != other.report.pk]
    assert {line.same_source for line in lines} == {20}
    client.force_login(cast.first)
    assert "cùng nguồn hôm nay: 20" in client.get("/ban/").content.decode()
    page = client.get(f"/ban/bao-cao/{sent[0].report.code}/").content.decode()
    assert "Cùng nguồn gửi" in page and HERE.hex() not in page


def _steady(page):
    return page.split(b"csrfmiddlewaretoken")[0]


def test_lanes_are_two():
    assert Lane.values == [0, 1]
