"""A report whose content was erased: every page, list and API that meets it works, says so, and shows nothing of it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from keng import cli
from keng.base.confined.tests.made import png
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals.models import Appeal
from keng.desk.fraud.erasure import actions as erasure
from keng.desk.fraud.jurisdiction.models import Handover
from keng.desk.fraud.measures import actions as measures
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import pictures
from keng.desk.fraud.reports.models import Picture
from keng.desk.ground.keys import Purpose
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.ledger.actions import sequence_once
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.people.actions import enrol

LINE = "Con tôi tên là Bông."
HANDED = "người báo ở xã bên"
GONE = ["0912345678", "vietcombank-xacthuc", "Vietcombank thong bao", LINE, HANDED, "1234567890"]
PUBLIC = ["/theo-doi/{r}/", "/theo-doi/{r}/moi/", "/theo-doi/{r}/xoa/", "/api/v1/reports/{r}"]
OFFICERS = ["/ban/", "/ban/hang/", "/ban/so/", "/ban/thu-chet/", "/ban/yeu-cau-xoa/", "/ban/bao-cao/{c}/", "/ban/bao-cao/{c}/moi/",
            "/ban/bao-cao/{c}/du-lieu/", "/ban/bao-cao/{c}/don-vi/"]  # fmt: skip


def public_key(cast):
    [key] = [one for one in cast.keys.all() if one.purpose == Purpose.LEDGER and one.state == "current"]
    return str(cast.keys.folder / f"{key.filename}.pub")


def sequence(cast):
    while sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at):
        pass


def hand_over(cast, report):
    """An offer that was refused; both gave their reasons."""
    Handover.objects.create(
        report=report, giver=report.owner or organisation("a"), receiver=organisation("b"), state="refused", reason=HANDED,
        answer=HANDED, begun_by=cast.first.actor, begun_at=cast.clock.at, ended_by=cast.second.actor, ended_at=cast.clock.at,
    )  # fmt: skip


def organisation(code):
    told = {"name": code, "name_en": code, "name_folded": code, "path": code, "heir_path": code}
    return Organisation.objects.create(code=code, kind="department", **told)


@pytest.fixture(params=["request", "retention"])
def erased(request, cast):
    """A report with a hold that was lifted, a talk, a look, a picture, a handover, then erased."""
    received = cast.report()
    reports.write_from_reporter(received.receipt, LINE, cast.keys, now=cast.clock.at)
    reports.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at)
    pictures.attach(received.receipt, png(), cast.keys, now=cast.clock.at)
    pictures.read(pictures.claim(now=cast.clock.at), cast.keys, now=cast.clock.at)
    hand_over(cast, received.report)
    measure = cast.hold(received)
    measures.lift(cast.second, measure.pk, "nhầm", now=cast.clock.at)
    asked = erasure.ask(received.receipt, cast.keys, now=cast.clock.at)
    if request.param == "request":
        erasure.grant(cast.first, asked.pk, "", now=cast.clock.at)
    else:
        erasure.destroy(received.report, "retention", actor="system:retention", now=cast.clock.at)
    sequence(cast)
    return received


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_the_reporters_pages_open_and_show_nothing_of_it(client, erased, path, language):
    reply = client.get(path.format(r=erased.receipt), {"lang": language})

    assert reply.status_code == 200
    assert [gone for gone in GONE if gone in reply.content.decode()] == []


def test_the_tracking_page_says_what_was_destroyed_and_when(client, erased):
    page = client.get(f"/theo-doi/{erased.receipt}/").content.decode()

    assert "Đã huỷ: khóa của báo cáo" in page
    assert "21/11/2026 14:30" in page
    assert "đang chờ cán bộ trực" not in page.lower()
    assert "Bạn viết ở ô bên dưới" not in page
    assert 'name="text"' not in page  # nothing can be written any more
    assert 'name="picture"' not in page  # nor sent


def test_a_picture_is_refused_with_the_reason_and_none_is_left(client, erased):
    reply = client.post(f"/theo-doi/{erased.receipt}/anh/", {"picture": io.BytesIO(png())})

    assert reply.status_code == 409
    assert "đã được xoá vĩnh viễn" in reply.content.decode()
    assert not Picture.objects.exists()


def test_the_picture_that_was_there_is_not_shown(client, cast, erased):
    client.force_login(cast.first)
    reply = client.get(f"/ban/bao-cao/{erased.report.code}/anh/1/", {"purpose": "triage"})

    assert reply.status_code == 404


def test_the_owner_page_shows_the_handover_without_its_words(client, cast, erased):
    client.force_login(cast.first)
    page = client.get(f"/ban/bao-cao/{erased.report.code}/don-vi/").content.decode()

    assert Handover.objects.get().receiver.name in page
    assert HANDED not in page


def test_before_it_is_erased_all_of_that_is_there(client, cast):
    received = cast.report()
    pictures.attach(received.receipt, png(), cast.keys, now=cast.clock.at)
    pictures.read(pictures.claim(now=cast.clock.at), cast.keys, now=cast.clock.at)
    hand_over(cast, received.report)
    assert 'name="picture"' in client.get(f"/theo-doi/{received.receipt}/").content.decode()
    client.force_login(cast.first)

    code = received.report.code
    assert client.get(f"/ban/bao-cao/{code}/anh/1/", {"purpose": "triage"}).status_code == 200
    assert HANDED in client.get(f"/ban/bao-cao/{code}/don-vi/").content.decode()


def test_the_receipt_page_leads_to_the_tracking_page(client, erased):
    assert client.get(f"/theo-doi/{erased.receipt}/bien-nhan/").headers["Location"] == f"/theo-doi/{erased.receipt}/"


def test_a_message_is_refused_with_the_reason(client, erased):
    reply = client.post(f"/theo-doi/{erased.receipt}/viet/", {"text": "còn đó không"})

    assert reply.status_code == 409
    assert "đã được xoá vĩnh viễn" in reply.content.decode()


def test_the_api_tells_when(client, erased):
    told = client.get(f"/api/v1/reports/{erased.receipt}").json()

    assert told["erased_at"].startswith("2026-11-21T07:30:00")
    assert told["messages"] == []
    assert any("erased" in step["en"] for step in told["steps"])


@pytest.mark.parametrize("who", ["first", "auditor"])
@pytest.mark.parametrize("path", OFFICERS)
def test_the_desks_pages_open_and_show_nothing_of_it(client, cast, erased, path, who):
    client.force_login(getattr(cast, who))
    reply = client.get(path.format(c=erased.report.code))

    assert reply.status_code == 200
    assert [gone for gone in GONE if gone in reply.content.decode()] == []


def test_the_officers_page_says_so(client, cast, erased):
    client.force_login(cast.first)
    page = client.get(f"/ban/bao-cao/{erased.report.code}/").content.decode()

    assert "Nội dung đã bị xoá vĩnh viễn lúc 21/11/2026 14:30" in page
    assert 'id="id_say_text"' not in page


# --- the reporter's own proofs


def archive_of(client, received):
    reply = client.get(f"/theo-doi/{received.receipt}/bang-chung/")
    assert reply.status_code == 200
    return reply.content


def test_the_archive_is_checked_by_the_command_and_never_holds_what_was_sent(client, cast, tmp_path, capsys):
    body = json.dumps(cast.body(), ensure_ascii=False).encode()
    received = reports.receive(body, cast.keys, retry_key=None, now=cast.clock.at)
    reports.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at)
    sequence(cast)
    path = tmp_path / "mine.zip"
    path.write_bytes(archive_of(client, received))

    assert cli.main(["ledger", "verify", str(path), "--public", public_key(cast)]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 2
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["proofs.jsonl", "README.txt"]
        assert not any(body in archive.read(name) for name in archive.namelist())
        readme = archive.read("README.txt").decode()
    assert received.report.code in readme and "BẰNG CHỨNG" in readme and "PROOFS" in readme

    erasure.grant(cast.first, erasure.ask(received.receipt, cast.keys, now=cast.clock.at).pk, "", now=cast.clock.at)
    sequence(cast)
    with zipfile.ZipFile(io.BytesIO(archive_of(client, received))) as archive:
        assert archive.namelist() == ["proofs.jsonl", "README.txt"]
        assert archive.read("proofs.jsonl").decode().count('"verb"') == 5


def test_who_appeals_takes_the_proofs_of_the_appeal_and_of_nothing_else(client, cast, tmp_path, capsys):
    received = cast.report()
    receipt = appeals.lodge(cast.hold(received).code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
    appeals.decide(
        cast.second, Appeal.objects.get().pk, grant=True, reason="đã xem giấy", wrong="other", now=cast.clock.at
    )
    sequence(cast)
    path = tmp_path / "appeal.zip"
    path.write_bytes(client.get(f"/khieu-nai/tra-loi/{receipt}/bang-chung/").content)

    assert cli.main(["ledger", "verify", str(path), "--public", public_key(cast)]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 2
    with zipfile.ZipFile(path) as archive:
        lines, readme = (archive.read(name).decode() for name in ("proofs.jsonl", "README.txt"))
    assert ("appeals.lodge" in lines, "appeals.grant" in lines) == (True, True)
    for secret in (received.report.code, received.report.subject, received.receipt, receipt, "Tôi bán xe"):
        assert secret not in lines + readme


def test_a_changed_archive_fails(client, cast, tmp_path, capsys):
    received = cast.report()
    sequence(cast)
    lines = (
        zipfile.ZipFile(io.BytesIO(archive_of(client, received)))
        .read("proofs.jsonl")
        .replace(b'"loss":true', b'"loss":false')
    )
    path = tmp_path / "forged.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("proofs.jsonl", lines)

    assert cli.main(["ledger", "verify", str(path), "--public", public_key(cast)]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "not_proven"


@pytest.mark.parametrize("content", [b"PK\x05\x06" + bytes(18), b"PK\x03\x04 broken", b""])
def test_an_archive_that_is_none_fails_and_does_not_crash(cast, tmp_path, content):
    cast.keys.ledger_signer(cast.clock.at)
    path = tmp_path / "bad.zip"
    path.write_bytes(content)

    assert cli.main(["ledger", "verify", str(path), "--public", public_key(cast)]) == 2


def test_a_report_with_thousands_of_entries_gets_all_of_them(
    client, cast, tmp_path, capsys, django_assert_max_num_queries
):
    from django.db import transaction

    received, other = cast.report(), cast.report()
    with transaction.atomic():
        for n in range(6_000):
            about = (received if n % 2 else other).report.subject
            data = {"purpose": "triage"}
            ledger.record(
                actor="officer:1", verb="reports.look", subject=about, data=data, at=cast.clock.at, about=about
            )
    sequence(cast)
    path = tmp_path / "mine.zip"
    with django_assert_max_num_queries(120):
        path.write_bytes(archive_of(client, received))

    assert cli.main(["ledger", "verify", str(path), "--public", public_key(cast)]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 3_001
    assert other.report.subject not in zipfile.ZipFile(path).read("proofs.jsonl").decode()


# --- asking


def test_asking_needs_the_ticked_box_and_is_shown_on_the_tracking_page(client, cast):
    received = cast.report()
    url = f"/theo-doi/{received.receipt}/xoa/"
    assert client.post(url).status_code == 422

    assert client.post(url, {"sure": "on"}).headers["Location"] == f"/theo-doi/{received.receipt}/"
    assert "Bạn đã xin xoá lúc 21/11/2026 14:30" in client.get(f"/theo-doi/{received.receipt}/").content.decode()
    assert client.post(url, {"sure": "on"}).status_code == 422  # asked already


def test_a_refusal_is_read_with_its_reason_and_can_be_followed_by_another_request(client, cast):
    received = cast.report()
    asked = erasure.ask(received.receipt, cast.keys, now=cast.clock.at)
    client.force_login(cast.first)
    client.post(f"/ban/yeu-cau-xoa/{asked.pk}/", {"way": "refuse", "reason": "đang làm rõ tiền là của ai"})

    page = client.get(f"/theo-doi/{received.receipt}/").content.decode()
    assert "đang làm rõ tiền là của ai" in page
    assert f"/theo-doi/{received.receipt}/xoa/" in page


def auditor_above(cast, unit):
    """An auditor of a ministry above the unit: another authority than the officers of the unit."""
    ministry = add(NewOrganisation("bo", "ministry", "Bộ", "Ministry"), now=cast.clock.at)
    moved = {"path": f"/bo{unit.path}", "heir_path": f"/bo{unit.path}", "parent": ministry}
    Organisation.objects.filter(pk=unit.pk).update(**moved)
    return enrol("thanh-tra", "Thanh Tra", "", "auditor", organisation=ministry, now=cast.clock.at)


def test_an_auditor_withholds_a_look_on_the_page_and_the_reporter_does_not_see_it(client, cast):
    received = cast.report()
    reports.look(cast.first, received.report.pk, "triage", cast.keys, now=cast.clock.at)
    track = f"/theo-doi/{received.receipt}/"
    assert "Cán bộ trực, Trung tâm" in client.get(track).content.decode()
    client.force_login(auditor_above(cast, received.report.owner))
    asked = {"looker": cast.first.actor, "days": "30", "earlier": "1", "reason": "đang điều tra"}
    client.post(f"/ban/bao-cao/{received.report.code}/hoan-bao/", asked)

    page = client.get(track).content.decode()
    assert "Cán bộ trực, Trung tâm" not in page
    assert "Một cán bộ trực đã mở xem" not in page
    assert "hoãn" not in page


@pytest.mark.parametrize(
    "wrong", [{"looker": "officer:0"}, {"looker": "x"}, {"looker": "officer:²"}, {"days": "²"}, {"days": "99999"}, {}]
)
def test_a_withholding_that_makes_no_sense_is_refused_and_changes_nothing(client, cast, entries, wrong):
    received = cast.report()
    client.force_login(cast.auditor)
    asked = {"looker": cast.first.actor, "days": "91", "reason": "x", **wrong}

    assert client.post(f"/ban/bao-cao/{received.report.code}/hoan-bao/", asked).status_code == 302
    assert entries(received.report.subject) == ["reports.receive"]
