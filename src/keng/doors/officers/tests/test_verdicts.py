"""The machine's word beside a report, the one key that corrects it, and the page on which models are tried."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from keng.conftest import SCAM
from keng.desk.fraud.corrections import actions, queries, replaying
from keng.desk.fraud.verdicts import actions as models
from keng.desk.fraud.verdicts import live
from keng.desk.fraud.verdicts.tests.made import model_file
from keng.desk.ground.jobs import tasks
from keng.engines.classify import classify, shipped, tricks

TRICK = classify(SCAM).trick
NAME = next(one.name_vi for one in tricks() if one.code == TRICK)


def page(client, name, *arguments, language="vi", **query):
    reply = client.get(reverse(f"officers:{name}", args=arguments), {"lang": language, **query})
    assert reply.status_code == 200
    return reply.content.decode()


def post(client, name, *arguments, **body):
    return client.post(reverse(f"officers:{name}", args=arguments), body, follow=True).content.decode()


def section(html: str, ident: str) -> str:
    return re.search(rf'<section class="card" id="{ident}">.*?</section>', html, re.S)[0]


def keys(html: str) -> dict[str, str]:
    """What each key of the section says."""
    found = re.findall(r'name="said" value="(\w+)" data-key="(\w)"', html)
    return {key: said for said, key in found}


@pytest.fixture(autouse=True)
def forgetful():
    live.forget()
    yield
    live.forget()


def test_the_verdict_stands_beside_the_text_with_reasons_model_and_error(cast, enter):
    shown = section(page(enter(cast.first), "report", cast.report().report.code), "verdict")

    assert f"Giống thủ đoạn: {NAME}" in shown
    assert shipped().version in shown
    assert "chưa đủ để nêu tỷ lệ sai" in shown and "tin mẫu" in shown and "Không lệnh nào bắt đầu từ đây" in shown
    quoted = re.findall(r"<q>(.*?)</q>", shown)
    assert quoted and all(words.rstrip("…") in SCAM for words in quoted)
    assert [mark for mark in re.findall(r"<mark>(.*?)</mark>", shown) if mark not in SCAM] == []


def test_the_rate_is_told_once_the_rule_says_there_are_enough(cast, enter, monkeypatch):
    some = [cast.report() for _ in range(3)]
    monkeypatch.setattr(queries.rules, "limit", lambda code, day, real=queries.rules.limit: _three(real(code, day)))
    for received, said in zip(some, ("right", "parcel", "right"), strict=True):
        actions.correct(cast.first, received.report.pk, said, cast.keys, now=cast.clock.at)

    shown = section(page(enter(cast.first), "report", some[0].report.code), "verdict")

    assert "cán bộ đã xem 3 lần và thấy sai 1 lần (33 %)" in shown


def _three(limit):
    from dataclasses import replace

    return replace(limit, value=3) if limit.code == "verdicts.enough" else limit


@pytest.mark.parametrize("key", ["v", "q", "t", "w"])
def test_one_key_corrects_and_one_takes_it_back(cast, enter, key):
    client, code = enter(cast.first), cast.report().report.code
    said = keys(section(page(client, "report", code), "verdict"))[key]

    shown = section(post(client, "correct", code, said=said), "verdict")

    assert "Cán bộ thấy máy đúng" in shown if key == "v" else "Cán bộ sửa thành" in shown
    assert key not in keys(shown)  # what stands already is not offered again
    assert 'data-key="o"' in shown
    assert 'id="corrected"' not in section(post(client, "uncorrect", code), "verdict")


def test_no_key_stands_twice_on_the_page(cast, enter):
    received = cast.report()
    cast.hold(received)
    actions.correct(cast.first, received.report.pk, "right", cast.keys, now=cast.clock.at)

    html = page(enter(cast.second), "report", received.report.code)

    found = re.findall(r'data-key="(.)"', section(html, "verdict"))
    others = re.findall(r'data-key="(.)"', html.replace(section(html, "verdict"), ""))
    assert len(found) == len(set(found)) == 7  # q t, four tricks, o
    assert not set(found) & {key.lower() for key in others} - {"/"}


def test_any_other_trick_can_be_chosen_and_none_that_is_none(cast, enter):
    client, code = enter(cast.first), cast.report().report.code

    assert "Cán bộ sửa thành: " in post(client, "correct", code, said="child_model")
    assert "Không có thủ đoạn này" in post(client, "correct", code, said="no_such")


def test_an_auditor_reads_and_has_no_key(cast, enter):
    shown = section(page(enter(cast.auditor), "report", cast.report().report.code), "verdict")

    assert NAME in shown
    assert "data-key" not in shown and "<form" not in shown


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script> bấm vào bit.ly/x để nhận thưởng ngay, nhập mã OTP"])
def test_a_text_without_words_or_with_markup_is_shown_safely(cast, enter, text):
    html = page(enter(cast.first), "report", cast.report(text=text).report.code)

    assert "<script>alert" not in html
    assert ('id="verdict"' in html) is bool(text)


@pytest.mark.parametrize(("language", "words"), [("vi", "Máy đọc báo cáo"), ("en", "The machine that reads reports")])
def test_the_page_of_the_machine_speaks_both_languages(cast, enter, language, words):
    assert words in page(enter(cast.operator), "machine", language=language)


def test_a_model_is_tried_then_put_live_from_the_page(cast, enter):
    received = cast.report()
    actions.correct(cast.first, received.report.pk, "true", cast.keys, now=cast.clock.at)
    models.add_model(model_file(), actor="system:test", now=cast.clock.at)
    client = enter(cast.operator)

    assert "Đang chạy thử" in post(client, "start_replay", version="test-1", newest="1.000")
    assert tasks.do(tasks.claim(cast.clock.at), lambda: cast.clock.at)

    [told] = queries.replays(cast.operator)
    shown = page(client, "replay", told.replay.pk)
    assert NAME in shown and received.report.code not in shown  # an operator sees sums, not reports
    judged = section(page(enter(cast.first), "replay", told.replay.pk), "judged")
    assert received.report.code in judged and "Không thấy thủ đoạn" in judged
    assert received.report.code not in section(page(enter(cast.first), "replay", told.replay.pk), "changes")

    assert "do mô hình này đọc" in post(client, "put_live", version="test-1")
    assert live.chosen() == "test-1"
    assert "chưa được đo trên tin mẫu" not in section(
        page(enter(cast.first), "report", received.report.code), "verdict"
    )


@pytest.mark.parametrize("newest", ["", "0", "-5", "x", "9" * 30, "１２"])
def test_a_number_that_is_none_starts_nothing(cast, enter, newest):
    cast.report()
    models.add_model(model_file(), actor="system:test", now=cast.clock.at)

    assert "Số báo cáo phải từ 1" in post(enter(cast.operator), "start_replay", version="test-1", newest=newest)
    assert queries.replays(cast.operator) == []


def test_what_it_costs_does_not_grow_with_the_replays(cast, enter, django_assert_max_num_queries):
    cast.report()
    models.add_model(model_file(), actor="system:test", now=cast.clock.at)
    for _ in range(5):
        replaying.start(cast.operator, "test-1", newest=10, now=cast.clock.at)
    client = enter(cast.operator)

    with django_assert_max_num_queries(24):
        page(client, "machine")


def test_no_two_places_of_the_bar_share_a_key(cast, enter):
    for officer in (cast.first, cast.auditor, cast.operator):
        bar = re.search(r"<nav aria-label.*?</nav>", page(enter(officer), "machine"), re.S)[0]
        found = re.findall(r'data-key="(.)"', bar)
        assert found and len(found) == len(set(found))
