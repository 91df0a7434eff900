"""The citizen's pages: what each says, in both languages, and that a receipt opens one report and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from keng.base.confined.tests.made import png
from keng.conftest import MULE, SCAM
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.measures import answers
from keng.desk.fraud.measures.answers import Told
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import Message, Report
from keng.desk.ground.ledger.actions import sequence_once
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.queries import find_centre
from keng.doors.officers.tests.followed import code_of_followed
from keng.doors.public.urls import app_name, urlpatterns
from keng.vietnam import places, police

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
# What an address answers to: the status of a good request. Everything else is 405.
EXPECTED = {
    "home": {"get": 200},
    "start": {"get": 302, "post": 200},
    "send": {"post": 302},
    "track_ask": {"get": 200},
    "track": {"get": 200},
    "sent": {"get": 200},
    "track_live": {"get": 200},
    "say": {"post": 302},
    "pictures": {"post": 302},
    "gate": {"get": 200},
    "proofs": {"get": 200},
    "erase": {"get": 200, "post": 302},
    "appeal": {"get": 200, "post": 302},
    "appeal_answer": {"get": 200},
    "appeal_proofs": {"get": 200},
    "followup": {"get": 200},
    "followup_say": {"post": 302},
    "followup_appeal": {"post": 302},
    "appeal_again": {"post": 422},  # the appeal waits for its first decision
}
NO_PAGES = ("track_live", "proofs", "appeal_proofs", "gate")
WITH_RECEIPT = ["track", "sent", "track_live", "say", "pictures", "proofs", "erase"]
NOBODYS = "KENG-0000-0000-0000"


def filled(**changes):
    fields = {
        "text": SCAM, "sent": "yes", "nonce": "n" * 24, "to_bank": "970436", "to_account": "0071000123456",
        "amount": "4.800.000", "day": "2026-11-21", "time": "14:20", "from_bank": "970418", "from_account": "1234567890",
        "sure": "on",
    }  # fmt: skip
    return {**fields, **changes}


@pytest.fixture
def play(cast):
    """A report with a hold and an appeal against it."""
    received = cast.report()
    measure = cast.hold(received)
    appeal = appeals.lodge(measure.code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
    sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at)
    followed = code_of_followed(cast)
    return {
        "receipt": received.receipt,
        "report": received.report,
        "measure": measure.code,
        "appeal": appeal,
        "followed": followed,
    }


def address(name, play):
    values = {
        **{one: [play["receipt"]] for one in WITH_RECEIPT},
        "appeal": [play["measure"]],
        **{one: [play["followed"]] for one in ("followup", "followup_say", "followup_appeal")},
        **{one: [play["appeal"]] for one in ("appeal_answer", "appeal_proofs", "appeal_again")},
        "gate": ["report"],
    }
    return reverse(f"{app_name}:{name}", args=values.get(name))


def test_every_address_has_an_expectation():
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", EXPECTED)
def test_each_address_takes_its_methods_and_no_other(client, play, name, method):
    data = {"picture": ContentFile(png(), "a.png")} if name == "pictures" else filled()
    reply = getattr(client, method)(address(name, play), **({"data": data} if method == "post" else {}))

    asked = "get" if method == "head" else method  # HEAD is answered as GET is
    assert reply.status_code == EXPECTED[name].get(asked, 405)
    if reply.status_code == 405 and method != "head":
        assert "Địa chỉ này không mở theo cách đó được" in reply.content.decode()
        assert reply.headers["Allow"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "name",
    [name for name, methods in EXPECTED.items() if methods.get("get") == 200 and name not in NO_PAGES],
)
def test_each_page_stands_in_both_languages(client, play, name, language):
    page = client.get(f"{address(name, play)}?lang={language}").content.decode()

    assert f'<html lang="{language}"' in page
    assert ("BẢN DIỄN TẬP" if language == "vi" else "DEMO") in page


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("bad", [NOBODYS, "x", "' OR 1=1", "a" * 300, "🔔"])
@pytest.mark.parametrize("name", WITH_RECEIPT)
def test_a_receipt_that_is_none_opens_nothing(client, play, name, bad, language):
    url = f"{address(name, play).replace(play['receipt'], bad)}?lang={language}"
    reply = client.post(url, {"text": "a"}) if name in ("say", "pictures") else client.get(url)

    assert reply.status_code == 404
    assert ("Không có báo cáo nào" if language == "vi" else "No report has this") in reply.content.decode()
    assert "no-store" in reply.headers["Cache-Control"]
    assert play["report"].code not in reply.content.decode()


@pytest.mark.parametrize("name", [*WITH_RECEIPT, "appeal", "appeal_answer", "appeal_proofs", "appeal_again"])
def test_an_address_without_its_code_is_not_found(client, play, name):
    url = address(name, play)
    for code in (play["receipt"], play["measure"], play["appeal"]):
        url = url.replace(code, "")

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["appeal", "appeal_answer"])
@pytest.mark.parametrize("bad", [NOBODYS, "x", "' OR 1=1", "a" * 300])
def test_an_order_or_appeal_that_is_none_is_not_found(client, play, name, bad):
    url = address(name, play).replace(play["measure"], bad).replace(play["appeal"], bad)

    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["track", "sent", "track_live", "track_ask", "appeal", "appeal_answer", "start"])
def test_nothing_with_a_receipt_is_kept_by_a_cache(client, play, name):
    assert "no-store" in client.get(address(name, play)).headers["Cache-Control"]


# --- reporting


def test_what_was_pasted_is_read_and_asked_back(client, cast):
    page = client.post("/bao/", {"text": SCAM, "sent": "yes"}).content.decode()

    assert 'value="0071000123456"' in page
    assert 'value="4.800.000"' in page
    assert '<option value="970436" selected>' in page
    assert Report.objects.count() == 0


def test_a_sent_form_is_a_report_whose_page_opens_by_its_receipt(client, cast):
    reply = client.post("/bao/gui/", filled(), follow=True)

    receipt = re.search(r'class="receipt"[^>]*>([^<]+)<', reply.content.decode())[1]
    loss = Report.objects.get().loss
    assert (loss.amount, loss.to_account) == (4_800_000, MULE)
    assert client.get(f"/theo-doi/{receipt}/").status_code == 200


def test_a_form_sent_twice_is_one_report(client, cast):
    places = {client.post("/bao/gui/", filled()).headers["Location"] for _ in range(2)}

    assert len(places) == Report.objects.count() == 1


@pytest.mark.parametrize("sent", ["yes", "no"])
def test_the_form_offers_the_provinces_of_today_in_vietnamese_order(client, cast, sent):
    page = client.post("/bao/", {"text": SCAM, "sent": sent}).content.decode()

    offered = re.search(r'<select name="place".*?</select>', page, re.DOTALL)[0]
    names = re.findall(r'<option value="\d\d">([^<]+)</option>', offered)
    assert len(names) == 34
    assert names.index("Cao Bằng") < names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Điện Biên")
    assert "required" not in offered


@pytest.mark.parametrize("sent", ["yes", "no"])
def test_a_report_goes_to_the_police_of_the_province_that_was_chosen(client, cast, sent):
    today = cast.clock.at.date()
    lao_cai = NewOrganisation(
        police.code_of_unit(places.unit("15", today)), "province", "Công an Lào Cai", parent=find_centre(today)
    )
    unit = add(lao_cai, now=cast.clock.at)

    client.post("/bao/gui/", filled(place="15", sent=sent, nonce="a" * 24))
    client.post("/bao/gui/", filled(place="", sent=sent, nonce="b" * 24))

    owners = {report.place_code: report.owner for report in Report.objects.all()}
    assert owners == {"15": unit, "": find_centre(today)}


@pytest.mark.parametrize("place", ["02", "99", "00004", "x", "15'"])
def test_a_place_that_is_no_province_of_today_is_told_and_nothing_is_kept(client, cast, place):
    assert client.post("/bao/gui/", filled(place=place)).status_code == 422
    assert Report.objects.count() == 0


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("amount", "nhiều lắm", None),
        ("time", "23:59", None),
        ("to_account", "<script>", None),
        ("nonce", "", None),
    ],
)
def test_a_fault_is_told_and_what_was_typed_stays(client, cast, field, value, said, language):
    reply = client.post(f"/bao/gui/?lang={language}", filled(**{field: value}))

    page = reply.content.decode()
    assert reply.status_code == 422
    assert Report.objects.count() == 0
    assert ("Có chỗ cần sửa" if language == "vi" else "Something needs to be put right") in page
    assert 'value="1234567890"' in page
    assert "<script>" not in page


@pytest.mark.parametrize(("text", "status"), [("Có người gọi xưng công an", 200), ("   ", 422)])
def test_an_empty_box_is_asked_again(client, cast, text, status):
    assert client.post("/bao/", {"text": text, "sent": "no"}).status_code == status


def test_the_other_language_of_a_page_that_answered_a_form_is_a_page(client, cast):
    page = client.post("/bao/", {"text": " ", "sent": "no"}).content.decode()

    other = re.search(r'<a href="([^"]*)" hreflang="en"', page)[1]
    assert client.get(other).status_code == 200


def test_a_form_in_another_encoding_is_refused_whole(client, cast):
    reply = client.post(
        "/bao/gui/", b"text=\xe1\xba&sent=no&nonce=" + b"n" * 24, content_type="application/x-www-form-urlencoded"
    )

    assert reply.status_code == 422
    assert "UTF-8" in reply.content.decode()
    assert Report.objects.count() == 0


# --- following


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}"])
def test_a_code_is_taken_as_people_type_it(client, play, typed):
    receipt = play["receipt"]
    code = typed.format(receipt, lower=receipt.lower(), bare=receipt.replace("-", ""))

    reply = client.get("/theo-doi/", {"code": code})

    assert reply.headers["Location"] == f"/theo-doi/{receipt}/"


def test_the_code_of_an_appeal_opens_the_appeal(client, play):
    reply = client.get("/theo-doi/", {"code": play["appeal"].lower()})

    assert reply.headers["Location"] == f"/khieu-nai/tra-loi/{play['appeal']}/"


@pytest.mark.parametrize("code", ["", NOBODYS, "x" * 41, "🔔"])
def test_a_wrong_code_is_asked_again(client, play, code):
    reply = client.get("/theo-doi/", {"code": code})

    assert reply.status_code == 404
    assert 'id="id_code_error"' in reply.content.decode()


@pytest.mark.parametrize("name", ["track", "sent", "track_live"])
def test_a_receipt_shows_nothing_of_others(client, play, cast, name):
    other = cast.report(text="Chị Hoa ơi chuyển cho em 3 triệu, em đang ở viện")
    reports.write_from_reporter(other.receipt, "Tôi tên Bông.", cast.keys, now=cast.clock.at)

    page = client.get(address(name, play)).content.decode()

    for secret in (other.receipt, other.report.code, "Chị Hoa", "Bông", "Mot", "1234567890"):
        assert secret not in page


def test_an_officer_is_named_by_post_and_unit_never_by_name(client, play, cast):
    reports.look(cast.second, play["report"].pk, "triage", cast.keys, now=cast.clock.at)
    reports.write_to_reporter(cast.second, play["report"].pk, "Bác đừng nghe máy.", cast.keys, now=cast.clock.at)

    page = client.get(address("track", play)).content.decode()

    assert "Cán bộ trực, Trung tâm" in page
    assert "Bác đừng nghe máy." in page
    assert "Hai" not in page


def test_looks_of_one_officer_within_a_quarter_of_an_hour_are_one_line(client, play, cast):
    for officer, minutes in ((cast.first, 0), (cast.first, 4), (cast.second, 5), (cast.first, 14), (cast.first, 15)):
        at = cast.clock.at + timedelta(minutes=minutes)
        reports.look(officer, play["report"].pk, "triage", cast.keys, now=at)

    page = client.get(address("track", play)).content.decode()

    assert page.count("Xem để quyết định giữ tiền") == 3
    assert re.search(r"14:30</time>–<time[^>]*>14:44</time> \(3 lần\)", page)


def test_looks_for_two_purposes_are_two_lines(client, play, cast):
    for purpose in ("triage", "reply"):
        reports.look(cast.first, play["report"].pk, purpose, cast.keys, now=cast.clock.at)

    page = client.get(address("track", play)).content.decode()

    assert page.count("Cán bộ trực, Trung tâm") == 2


def test_a_bank_is_told_the_reports_number_and_never_the_receipt(client, cast):
    received = cast.report()

    page = client.get(f"/theo-doi/{received.receipt}/").content.decode()

    assert f"nói số báo cáo {received.report.code}. Đừng đọc mã biên nhận cho ai." in page


def test_the_clock_runs_until_money_is_held_and_then_says_how_long_it_took(client, cast):
    received = cast.report()
    page = f"/theo-doi/{received.receipt}/"
    assert 'data-clock="up"' in client.get(page).content.decode()

    measure = cast.hold(received)
    cast.clock.pass_by(minutes=4)
    held = Told("executed", 4_800_000, None, None, None)
    answers.take(cast.bank, "m-1", measure.requests.get().pk, held, now=cast.clock.at)

    told = client.get(page).content.decode()
    assert "Từ lúc bạn báo tới lúc ngân hàng giữ: 4 phút." in told
    assert 'data-clock="up"' not in told


def test_a_closed_report_says_so_and_asks_for_no_haste(client, cast):
    received = cast.report()
    page = f"/theo-doi/{received.receipt}/"
    assert 'class="card urgent"' in client.get(page).content.decode()

    reports.close(cast.first, received.report.pk, "trùng báo cáo khác", now=cast.clock.at)

    told = client.get(page).content.decode()
    assert "<h1>Báo cáo đã đóng</h1>" in told
    assert "trùng báo cáo khác" in told
    assert 'class="card urgent"' not in told
    assert 'data-clock="up"' not in told


@pytest.mark.parametrize(("looks", "folded"), [(3, 0), (5, 1)])
def test_many_looks_fold_and_every_one_stands(client, cast, looks, folded):
    received = cast.report()
    for n in range(looks):
        reports.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at + timedelta(hours=n))

    page = client.get(f"/theo-doi/{received.receipt}/").content.decode()

    assert page.count("Xem để quyết định giữ tiền") == looks
    assert page.count(f"Xem thêm {looks - 3} lần trước") == folded


@pytest.mark.parametrize(("text", "status"), [("Kẻ lừa vừa gọi lại.", 302), ("", 422), ("a" * 4001, 422)])
def test_a_message_is_kept_if_it_says_something(client, play, text, status):
    reply = client.post(address("say", play), {"text": text})

    assert reply.status_code == status
    assert Message.objects.count() == (1 if status == 302 else 0)
    if status == 422:
        assert f'href="/theo-doi/{play["receipt"]}/?lang=en"' in reply.content.decode()


def test_the_tracking_page_takes_as_many_queries_after_thirty_messages(client, cast, django_assert_max_num_queries):
    received = cast.report()
    for n in range(30):
        at = cast.clock.at + timedelta(minutes=n)
        reports.look(cast.first, received.report.pk, "triage", cast.keys, now=at)
        reports.write_to_reporter(cast.second, received.report.pk, "Chào bác", cast.keys, now=at)

    with django_assert_max_num_queries(14):
        client.get(f"/theo-doi/{received.receipt}/")


# --- the account holder


def test_an_appeal_page_tells_of_the_order_and_nothing_of_the_reporter(client, play):
    page = client.get(address("appeal", play)).content.decode()

    assert "4.800.000 đ" in page
    for secret in (play["receipt"], play["report"].code, "1234567890", "Vietcombank thong bao", "0912345678", "Mot"):
        assert secret not in page


def test_an_appeals_answer_names_a_unit_and_no_officer(client, play, cast):
    from keng.desk.fraud.appeals.models import Appeal

    appeals.decide(
        cast.second, Appeal.objects.get().pk, grant=True, reason="đã xem giấy", wrong="other", now=cast.clock.at
    )

    page = client.get(address("appeal_answer", play)).content.decode()

    assert "đã xem giấy" in page
    assert "Hai" not in page
    assert play["report"].code not in page
