"""The workbench: what a campaign's pages say and offer, that words come only for a purpose, and what each page costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.desk.fraud.campaigns import actions, reading
from keng.desk.fraud.campaigns.facts import Value
from keng.desk.fraud.campaigns.models import Judgement, Part, Placement
from keng.desk.fraud.campaigns.placing import note_leanings
from keng.desk.fraud.measures.models import Review
from keng.doors.officers import campaign_view as view
from keng.doors.officers.tests.placing import place_all
from keng.engines.link import Leaning

FAKE = (
    "Tai khoan quy khach tam khoa do dang nhap la. Nop phi mo khoa {fee}.000d vao STK 00710000{n} Vietcombank, "
    "goi 0912345678 gap {who}"
)
JOB = (
    "Tuyen cong tac vien duyet don tai nha luong ngay cao, nop coc {fee}.000d vao 190333444555{n} Techcombank, "
    "lien he 0987654321 chi {who}"
)
OWN = "0935111222"
"""A number that one report alone tells: its reporter's."""
ACCOUNTS = {FAKE: "970436:0071000055", JOB: "970407:19033344455566"}
MOST = {"campaigns": 22, "campaign": 90, "rows": 25, "sitting": 70}


@pytest.fixture
def flood(cast):
    """Two gangs of six reports, three losses told; the codes of both campaigns."""
    made = {}
    for text, digits in ((FAKE, "55"), (JOB, "66")):
        made[text] = [_tell(cast, text, number, digits) for number in range(6)]
    cast.report(
        text=f"Toi bi lua nhu the, goi lai cho toi so {OWN}. " + FAKE.format(fee=999, n=55, who="Hoa"), loss=None
    )
    place_all(cast)
    return Flood(made, *(_campaign_of(received[0].report) for received in made.values()))


class Flood:
    def __init__(self, made, fake, job):
        self.reports, self.fake, self.job = made, fake, job


def _tell(cast, text, number, digits):
    at = cast.clock.pass_by(minutes=20)
    told = text.format(fee=100 + 35 * number, n=digits, who=("Lan", "Hue", "Toan")[number % 3])
    loss = {
        "sent": True,
        "amount": 3_000_000 + number,
        "to_account": ACCOUNTS[text],
        "at": (at - timedelta(minutes=9)).isoformat(),
    }
    return cast.report(text=told, loss=loss if number < 3 else None)


def _campaign_of(report):
    return Placement.objects.select_related("part__head").get(report=report).part.head.code


def page_of(reply, status=200):
    assert reply.status_code == status
    return reply.content.decode().replace("\u00a0", " ")


def at(code, end=""):
    return f"/ban/chien-dich/{code}/{end}"


def test_the_list_puts_what_grows_first_and_finds_by_name_alone(cast, flood, enter):
    actions.name(cast.first, flood.job, "Việc nhẹ nộp cọc", "Đừng nộp cọc.", now=cast.clock.at)
    client = enter(cast.first)
    page = page_of(client.get("/ban/chien-dich/"))
    assert page.index(flood.fake) < page.index(flood.job)
    assert "Việc nhẹ nộp cọc" in page
    assert flood.job in page_of(client.get("/ban/chien-dich/?q=nộp cọc"))
    for words in ("quy khach", "Lan", "0912345678"):
        assert flood.fake not in page_of(client.get(f"/ban/chien-dich/?q={words}"))
    assert client.get(f"/ban/tim/?q={flood.job.lower()}").url == at(flood.job)


def test_a_campaign_shows_figures_that_open_onto_their_rows(cast, flood, enter):
    client = enter(cast.first)
    page = page_of(client.get(at(flood.fake)))
    assert "9.000.003 đ" in page
    assert f"{at(flood.fake, 'bao-cao/')}?loai=phone&amp;gia_tri=%2B84912345678" in page
    rows = page_of(client.get(at(flood.fake, "bao-cao/?loai=phone&gia_tri=%2B84912345678")))
    assert rows.count('<tr data-row="TB-') == 7
    day = f"{cast.clock.at:%Y-%m-%d}"
    assert page_of(client.get(at(flood.fake, f"bao-cao/?tu={day}&den={day}"))).count('<tr data-row="TB-') == 7
    assert page_of(client.get(at(flood.fake, "bao-cao/?tu=2001-01-01&den=2001-01-01"))).count('<tr data-row="TB-') == 0


def test_words_come_only_for_a_purpose_and_each_is_a_look(cast, flood, enter, entries):
    client = enter(cast.first)
    for path in (at(flood.fake), at(flood.fake, "bao-cao/"), "/ban/chien-dich/", "/ban/chien-dich/sap-xep/"):
        assert "dang nhap la" not in page_of(client.get(path))
    refused = page_of(client.post(at(flood.fake, "loi-van/"), {"purpose": "to mo"}), 422)
    assert "dang nhap la" not in refused
    assert "reports.look" not in entries()

    page = page_of(client.post(at(flood.fake, "loi-van/"), {"purpose": "triage"}))
    assert entries().count("reports.look") == 7
    assert "Tai khoan quy khach tam khoa do dang nhap la" in page
    assert page.count('class="slot"') >= 2
    assert "100.000d</mark>" in page


def test_what_one_report_alone_tells_stays_on_its_own_page(cast, flood, enter):
    client = enter(cast.first)
    assert "0935 111 222" not in page_of(client.get(at(flood.fake)))
    assert "0912 345 678" in page_of(client.get(at(flood.fake)))


def test_a_judgement_asks_for_a_reason_is_told_and_undone(cast, flood, enter):
    client = enter(cast.first)
    page = page_of(client.post(at(flood.fake, "gop/"), {"other": flood.job, "reason": " "}, follow=True))
    assert Judgement.objects.filter(officer=cast.first).count() == 0
    assert 'class="notice urgent"' in page

    page = page_of(
        client.post(at(flood.fake, "gop/"), {"other": flood.job.lower(), "reason": "cùng một giọng"}, follow=True)
    )
    assert "Đã gộp." in page
    assert "cùng một giọng" in page
    assert client.get(at(flood.job)).url == at(flood.fake)
    judgement = Judgement.objects.get(officer=cast.first)
    page = page_of(
        enter(cast.second).post(at(flood.fake, f"hoan-tac/{judgement.pk}/"), {"reason": "hai mánh"}, follow=True)
    )
    assert "Đã hoàn tác." in page
    assert f'id="judgement-{judgement.pk}" class="undone"' in page
    assert page_of(client.get(at(flood.job))).count(flood.job)


def test_a_measure_proposed_here_is_reviewed_when_its_ground_is_undone(cast, flood, enter):
    client = enter(cast.first)
    client.post(at(flood.fake, "gop/"), {"other": flood.job, "reason": "cùng"})
    told = flood.reports[FAKE][0].report
    asked = {"kind": "hold_funds", "object_kind": "account", "object": ACCOUNTS[FAKE], "report": told.code, "amount": "1.000.000",
             "basis": "fraud.hold.nd52-2024.d11", "reason": "nhiều người nêu"}  # fmt: skip
    page = page_of(client.post(at(flood.fake, "de-nghi/"), asked, follow=True))
    assert "Đã đề nghị." in page
    client.post(at(flood.fake, f"hoan-tac/{Judgement.objects.get(kind='merge').pk}/"), {"reason": "hai mánh"})
    review = Review.objects.get()
    queue = page_of(enter(cast.second).get("/ban/"))
    assert f'id="line-review-{review.measure.code}"' in queue
    page = page_of(enter(cast.second).get(f"/ban/lenh/{review.measure.code}/"))
    assert "điều nó dựa vào đã bị hoàn tác" in page
    assert "hoàn tác lúc" in page[page.index('id="rests-on"') :]
    page = page_of(
        enter(cast.second).post(
            f"/ban/xem-lai/{review.pk}/", {"reason": "tài khoản đúng", "measure": review.measure.code}, follow=True
        )
    )
    assert "Đã ghi: lệnh vẫn đứng." in page
    assert 'id="line-review' not in page_of(enter(cast.second).get("/ban/"))


@pytest.mark.parametrize(("most", "is_told"), [(2, True), (3, False)])
def test_a_list_of_measures_that_may_go_on_says_so(cast, flood, enter, monkeypatch, most, is_told):
    monkeypatch.setattr(reading, "MOST_MEASURES", most)
    for received in flood.reports[FAKE][:2]:
        cast.hold(received, account=ACCOUNTS[FAKE], amount=1_000_000)
    page = page_of(enter(cast.first).get(at(flood.fake)))
    assert ("Đây là các lệnh mới nhất." in page) == is_told


def test_an_account_is_never_restricted_from_a_campaign(cast, flood, enter):
    client = enter(cast.first)
    offered = page_of(client.get(at(flood.fake, "tiep/")))
    assert 'name="kind" value="hold_funds"' in offered
    assert "restrict_account" not in offered
    told = flood.reports[FAKE][0].report
    asked = {
        "kind": "restrict_account",
        "object_kind": "account",
        "object": ACCOUNTS[FAKE],
        "report": told.code,
        "basis": "x",
        "reason": "y",
    }
    page = page_of(client.post(at(flood.fake, "de-nghi/"), asked, follow=True))
    assert 'class="notice urgent"' in page


def test_reports_are_ticked_and_taken_out_and_one_is_cut_from_its_own_page(cast, flood, enter):
    client = enter(cast.first)
    two = [str(one.report.pk) for one in flood.reports[FAKE][:2]]
    page_of(client.post(at(flood.fake, "tach/"), {"report": two, "reason": "chuyện khác"}, follow=True))
    assert {_campaign_of(one.report) for one in flood.reports[FAKE][:2]} != {flood.fake}
    third = flood.reports[FAKE][2].report
    page = page_of(client.get(f"/ban/bao-cao/{third.code}/"))
    assert "Vì sao ở đây" in page
    assert 'data-key="s"' in page
    page = page_of(client.post(f"/ban/bao-cao/{third.code}/tach/", {"reason": "chuyện khác nữa"}, follow=True))
    assert "Đã tách báo cáo này ra." in page
    assert "Chưa báo cáo nào khác" in page


def test_the_queue_names_the_campaign_of_a_line(cast, flood, enter):
    page = page_of(enter(cast.first).get("/ban/"))
    assert f'href="{at(flood.fake)}"' in page


def test_a_sitting_goes_from_suggestion_to_suggestion_and_back(cast, flood, enter):
    cast.report(text=FAKE.format(fee=1, n=55, who="Lan") + " Roi " + JOB.format(fee=2, n=66, who="Hue"), loss=None)
    place_all(cast)
    client = enter(cast.first)
    page = page_of(client.get("/ban/chien-dich/sap-xep/"))
    key = f"{min(flood.fake, flood.job)}|{max(flood.fake, flood.job)}"
    assert f'value="{key}"' in page
    assert 'data-key="g"' in page
    page = page_of(client.post("/ban/chien-dich/sap-xep/de-sau/", {"key": key}, follow=True))
    assert f'value="{key}"' not in page
    page = page_of(client.post("/ban/chien-dich/sap-xep/lay-lai/", follow=True))
    assert f'value="{key}"' in page
    opened = page_of(client.post("/ban/chien-dich/sap-xep/loi-van/", {"key": key}))
    assert "dang nhap la" in opened and "duyet don" in opened
    asked = {"other": flood.job, "reason": "theo gợi ý", "back": "sap-xep"}
    page = page_of(client.post(at(flood.fake, "giu-rieng/"), asked, follow=True))
    assert f'value="{key}"' not in page
    assert "đã quyết 1" in page
    page = page_of(client.post("/ban/chien-dich/sap-xep/hoan-tac/", follow=True))
    assert "Đã hoàn tác bước trước." in page
    assert f'value="{key}"' in page


def test_what_only_reads_alike_is_asked_with_how_likely_it_is_and_no_more_once_decided(cast, flood, enter):
    client, sitting = enter(cast.first), "/ban/chien-dich/sap-xep/"
    assert "Hết gợi ý" in page_of(client.get(sitting))
    job, fake = (Part.objects.get(code=code).engine_code for code in (flood.job, flood.fake))
    note_leanings([Leaning(job, fake, 0.3, -1.0)])
    page = page_of(client.get(sitting))
    assert "máy ước 30 phần trăm" in page and "Ngược lại: báo cáo hai bên đến khác thời gian." in page
    assert "máy ước 30 phần trăm" in page_of(client.get(at(flood.job)))
    asked = {"other": flood.job, "reason": "theo gợi ý", "back": "sap-xep"}
    assert "Hết gợi ý" in page_of(client.post(at(flood.fake, "giu-rieng/"), asked, follow=True))
    assert "máy ước" not in page_of(client.get(at(flood.job)))


@pytest.mark.parametrize("path", ["chien-dich/", "chien-dich/CD/", "chien-dich/CD/bao-cao/", "chien-dich/sap-xep/"])
def test_a_page_costs_as_many_queries_with_many_reports_as_with_few(cast, enter, path):
    def asked(code):
        client = enter(cast.first)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/ban/" + path.replace("CD", code)).status_code == 200
        return len(queries)

    few = [_tell(cast, FAKE, number, "55") for number in range(3)]
    place_all(cast)
    before = asked(_campaign_of(few[0].report))
    for number in range(3, 33):
        _tell(cast, FAKE, number, "55")
    place_all(cast)
    name = {"chien-dich/": "campaigns", "chien-dich/CD/": "campaign", "chien-dich/sap-xep/": "sitting"}.get(
        path, "rows"
    )
    assert asked(_campaign_of(few[0].report)) <= before + 2
    assert before <= MOST[name]


def test_a_value_under_many_measures_names_the_first_and_counts_the_rest():
    codes = tuple(f"BP-{n}" for n in range(view.SHOWN_MEASURES + 3))
    many = Value("account", "970436:0071000123456", 9, 0, False, codes)
    shown = view.shown_value("CD-1", many)
    assert [one["code"] for one in shown["measures"]] == list(codes[: view.SHOWN_MEASURES])
    assert shown["measures"][0]["url"] == "/ban/lenh/BP-0/"
    assert shown["more_measures"] == 3
    assert view.shown_value("CD-1", replace(many, measures=codes[:2]))["more_measures"] == 0
