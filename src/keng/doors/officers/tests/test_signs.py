"""The page of signs: what each caught, who may move it, and what is known of one account for a stated purpose."""

from __future__ import annotations

import pytest
from django.urls import reverse

from keng.conftest import MULE
from keng.desk.fraud.signs import actions
from keng.desk.fraud.signs.models import Switch
from keng.desk.fraud.signs.tests.test_signs import OTHER, keep, make_live


def page(client, language="vi") -> str:
    reply = client.get(reverse("officers:signs"), {"lang": language})
    assert reply.status_code == 200
    return reply.content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Dấu hiệu tài khoản trung gian"), ("en", "Signs of mule accounts")]
)
def test_it_speaks_both_languages_and_marks_our_own_figures(cast, enter, language, words):
    shown = page(enter(cast.auditor), language)
    assert words in shown
    assert ("chưa ai xác nhận" if language == "vi" else "confirmed by nobody") in shown


def test_a_source_is_told_in_the_readers_language(cast, enter):
    assert "VNBA handbook" not in page(enter(cast.auditor), "vi")
    assert "VNBA handbook" in page(enter(cast.auditor), "en")


def test_a_sign_goes_live_by_two_persons_on_the_page(cast, enter):
    keep(cast)
    first, second = enter(cast.first), enter(cast.second)
    assert "Đề nghị dùng" in page(first)
    assert "Đề nghị dùng" not in page(enter(cast.auditor))
    first.post(reverse("officers:propose_sign"), {"sign": "S3", "why": "bắt được nhiều"})
    switch = Switch.objects.get()
    assert f"{switch.pk}/duyet/" not in page(first)
    assert f"{switch.pk}/duyet/" in page(second)
    second.post(reverse("officers:approve_sign", args=[switch.pk]))
    assert "đang dùng" in page(second)
    first.post(reverse("officers:withdraw_sign", args=[switch.pk]), {"why": "chạm nhầm"})
    assert Switch.objects.get().state == "withdrawn"


def test_a_look_shows_evidence_and_suspicions(cast, enter):
    make_live(cast)
    keep(cast, "b" * 64)
    actions.take_suspects(cast.other_bank, [actions.Suspect(MULE, 7, None)], actor="partner:970418", now=cast.clock.at)
    client = enter(cast.first)
    asked = {"account": MULE, "purpose": "xét đề nghị lệnh"}
    shown = client.post(reverse("officers:look_signs"), asked).content.decode()
    assert "Nhận từ 41 tài khoản (S3)." in shown
    assert "BIDV báo là nghi ngờ (mã 7)" in shown
    missing = client.post(reverse("officers:look_signs"), {"account": MULE, "purpose": ""}).content.decode()
    assert "Hãy ghi mục đích" in missing
    assert "Nhận từ 41" not in missing


def test_the_page_names_no_account_without_a_look(cast, enter):
    make_live(cast)
    keep(cast, "b" * 64)
    for who in (cast.first, cast.auditor, cast.operator):
        shown = page(enter(who))
        assert MULE not in shown  # what the form shows as an example is another
        assert OTHER not in shown
        assert OTHER.partition(":")[2] not in shown


def test_its_queries_do_not_grow_with_runs(cast, enter, django_assert_max_num_queries):
    client = enter(cast.first)
    for number in range(12):
        keep(cast, f"{number:064d}")
    with django_assert_max_num_queries(14):
        page(client)
