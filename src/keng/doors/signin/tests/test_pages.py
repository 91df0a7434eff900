"""The way in over HTTP: ceremonies, codes, fresh proofs, sessions that end."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from keng.desk.ground.jobs.models import Outgoing, State
from keng.desk.ground.ledger.models import Entry
from keng.desk.ground.signin.models import Visit
from keng.desk.ground.signin.tests.device import Device

KEEPS_FRESH = {"HTTP_X_REQUESTED_WITH": "keng-live"}


def codes_of(hai, **changes):
    return {"name": hai.officer.username, "digits": hai.digits(), "code": hai.codes[0], **changes}


def test_a_passkey_lets_one_in_and_the_session_has_a_new_name(browser):
    browser.post("/vao/khoa/hoi/", {})
    before = browser.client.session.session_key
    reply = browser.enter()

    assert (reply.status_code, reply.json()) == (200, {"to": "/ban/"})
    assert browser.client.get("/ban/").status_code == 200
    assert browser.client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_coming_in_again_in_the_same_browser_ends_the_session_before(browser):
    browser.enter()
    before = browser.client.session.session_key
    browser.enter()

    assert browser.client.session.session_key != before
    assert sorted(Visit.objects.filter(way="passkey").values_list("ended_why", flat=True)) == ["", "left"]


def test_an_answer_serves_once(browser, hai):
    asked = browser.post("/vao/khoa/hoi/", {}).json()
    answer = {"credential": hai.device.use(asked)}
    assert browser.post("/vao/khoa/", answer).status_code == 200
    browser.client.post("/ban/ra/")

    assert browser.post("/vao/khoa/", answer).status_code == 422
    assert browser.client.get("/ban/").status_code == 403


def test_an_answer_to_a_challenge_for_something_else_does_not_serve(browser, hai):
    asked = browser.post("/vao/khoa/hoi/", {}).json()
    browser.enter()
    browser.post("/vao/lai/khoa/hoi/", {})

    assert browser.post("/vao/khoa/", {"credential": hai.device.use(asked)}).status_code == 422


@pytest.mark.parametrize(("minutes", "status"), [(5, 200), (6, 422)])
def test_a_challenge_waits_five_minutes(browser, hai, minutes, status):
    asked = browser.post("/vao/khoa/hoi/", {}).json()
    hai.cast.clock.pass_by(minutes=minutes)

    assert browser.post("/vao/khoa/", {"credential": hai.device.use(asked)}).status_code == status


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'"x"', b"null", b"[" * 10_000, b"\xff\xfe", b'{"credential": {}}']
)
def test_a_body_that_is_no_answer_is_told_and_breaks_nothing(browser, body):
    browser.post("/vao/khoa/hoi/", {})
    reply = browser.client.post("/vao/khoa/", body, content_type="application/json")

    assert reply.status_code in (403, 422)
    assert set(reply.json()["error"]) == {"code", "vi", "en", "field"}


def test_an_invitation_leads_to_a_key_over_the_pages(cast, browser):
    from keng.desk.ground.signin import factors

    code = factors.invite(cast.first, lost=False, now=cast.clock.at)
    browser.client.get(f"/vao/moi/{code}/")
    reply = browser.add(f"/vao/moi/{code}/khoa/", name="điện thoại Mốt")

    assert reply.json() == {"to": "/ban/toi/"}
    assert "điện thoại Mốt" in browser.client.get("/ban/toi/").content.decode()
    assert Client().get(f"/vao/moi/{code}/").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("vi", "hay đã dùng rồi"), ("en", "was used before")])
@pytest.mark.parametrize("wrong", [{"name": "khong-ai"}, {"digits": "000000"}, {"code": "x"}])
def test_wrong_codes_are_told_in_the_same_words_whatever_is_wrong(hai, wrong, language, words):
    reply = Client().post(f"/vao/?lang={language}", codes_of(hai, **wrong))
    page = reply.content.decode()

    assert reply.status_code == 403
    assert words in page
    assert 'id="errors"' in page


def test_a_page_that_answers_for_a_name_answers_alike_for_none(hai):
    def page_for(name: str) -> str:
        reply = Client().post("/vao/", codes_of(hai, name=name, digits="000000"))
        token = reply.context["csrf_token"]
        return reply.content.decode().replace(str(token), "").replace(f'"{name}"', "")

    pages = [page_for("hai"), page_for("khong-ai")]
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|data-now="[^"]+"', "", page)


def test_too_many_tries_are_told_with_how_long_to_wait(hai):
    for _ in range(3):
        Client().post("/vao/", codes_of(hai, digits="000000"))
    reply = Client().post("/vao/?lang=en", codes_of(hai))

    assert reply.status_code == 429
    assert "Try again in 3 seconds" in reply.content.decode()


def test_an_empty_form_is_told_field_by_field_and_counts_as_no_try(hai):
    for _ in range(5):
        reply = Client().post("/vao/", {"name": "hai"})
    assert reply.status_code == 422
    assert Client().post("/vao/", codes_of(hai)).status_code == 302


def test_outside_the_demo_keys_and_codes_work_and_the_one_use_link_does_not(hai, settings, browser):
    from keng.desk.ground.people.actions import make_entry_link

    token = make_entry_link(hai.officer, now=hai.now)
    assert Client().get(f"/vao/{token}/").status_code == 200
    settings.KENG_DEMO = False

    assert Client().get(f"/vao/{token}/").status_code == 404
    assert Client().get("/vao/").status_code == 200
    assert Client().post("/vao/khoa/hoi/").status_code == 200


def test_without_https_there_are_no_passkeys_and_the_page_says_nothing_of_them(cast, settings):
    settings.KENG_ADDRESS = "http://keng.example"

    page = Client().get("/vao/").content.decode()
    assert "data-passkey" not in page
    assert 'id="id_code"' in page
    assert Client().post("/vao/khoa/hoi/").status_code == 403


def test_a_page_under_another_name_leads_to_the_one_where_keys_work(cast, settings):
    settings.KENG_ADDRESS = "http://127.0.0.1:8000"

    here = Client().get("/vao/", HTTP_HOST="127.0.0.1:8000").content.decode()
    there = Client().get("/vao/", HTTP_HOST="localhost:8000").content.decode()
    assert 'href="http://localhost:8000/vao/"' in here
    assert "data-passkey" in there


def test_what_needs_a_fresh_proof_leads_to_where_one_gives_it_and_back(cast, hai, browser):
    browser.enter()
    browser.client.post("/ban/toi/ma/")
    hai.cast.clock.pass_by(minutes=11)

    asked = browser.client.post("/ban/toi/ma/", HTTP_REFERER="http://testserver/ban/toi/")
    assert asked.headers["Location"] == "/vao/lai/?next=%2Fban%2Ftoi%2F"
    assert browser.prove().json() == {"to": "/ban/toi/"}
    assert browser.client.post("/ban/toi/ma/").status_code == 200


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/cua-toi/"],
)
def test_a_proof_leads_to_no_place_of_others(browser, wanted):
    from urllib.parse import quote

    browser.enter()
    assert browser.prove(quote(wanted)).json() == {"to": "/ban/toi/"}


def test_an_operator_sends_a_dead_letter_again_with_a_fresh_proof_only(cast):
    cast.hold()
    Outgoing.objects.update(state=State.DEAD)
    letter = Outgoing.objects.get()
    client = Client()
    client.force_login(cast.operator)
    cast.clock.pass_by(minutes=11)

    reply = client.post(f"/ban/thu-chet/{letter.pk}/gui-lai/", HTTP_REFERER="http://testserver/ban/thu-chet/")

    assert reply.headers["Location"] == "/vao/lai/?next=%2Fban%2Fthu-chet%2F"
    assert Outgoing.objects.get().state == State.DEAD
    Visit.objects.update(proven_at=cast.clock.at)
    client.post(f"/ban/thu-chet/{letter.pk}/gui-lai/")
    assert Outgoing.objects.get().state == State.WAITING


def test_anothers_key_is_no_proof(hai, browser):
    client = Client()
    client.force_login(hai.cast.first)
    browser.client = client

    assert browser.prove().status_code == 403


def test_digits_prove_anew_without_script(hai):
    client = Client()
    client.post("/vao/", codes_of(hai))
    hai.cast.clock.pass_by(minutes=11)

    assert client.post("/vao/lai/", {"digits": "000000"}).status_code == 403
    reply = client.post("/vao/lai/", {"digits": hai.digits(), "next": "/ban/so/"})
    assert (reply.status_code, reply.headers["Location"]) == (302, "/ban/so/")


def test_a_queue_that_freshens_itself_all_night_keeps_nobody_in(hai, browser):
    browser.enter()
    for _ in range(29):
        hai.cast.clock.pass_by(minutes=1)
        assert browser.client.get("/ban/hang/", **KEEPS_FRESH).status_code == 200
    hai.cast.clock.pass_by(minutes=1)

    assert browser.client.get("/ban/hang/", **KEEPS_FRESH).status_code == 403


def test_an_ended_session_leaves_nothing_in_the_browsers(hai, browser):
    browser.enter()
    key = browser.client.session.session_key
    Visit.objects.update(ended_at=hai.now, ended_why="elsewhere")

    assert browser.client.get("/ban/").status_code == 403
    assert not Session.objects.filter(session_key=key).exists()


def test_a_browsers_session_without_one_of_ours_is_nobodys(cast):
    client = Client()
    client.force_login(cast.first)
    session = client.session
    del session["visit"]
    session.save()

    assert client.get("/ban/").status_code == 403


def test_leaving_ends_the_session_in_the_books(hai, browser, entries):
    browser.enter()
    browser.client.post("/ban/ra/")

    visit = Visit.objects.order_by("-began_at").first()
    assert (visit.ended_why, entries(visit.subject)) == ("left", ["signin.enter", "signin.end_session"])


def test_codes_are_shown_once(hai, browser):
    browser.enter()
    page = browser.client.post("/ban/toi/ma/").content.decode()
    later = browser.client.get("/ban/toi/").content.decode()

    shown = [
        word for word in page.replace("<", " ").replace(">", " ").split() if word.count("-") == 3 and len(word) == 19
    ]
    assert len(shown) == 10
    assert [code for code in shown if code in later] == []


def test_a_second_key_is_added_and_the_first_removed(hai, browser):
    browser.enter()
    assert browser.add(device=Device(), name="khoá USB").json() == {"to": "/ban/toi/"}
    first = hai.officer.passkeys.get(name="điện thoại")
    browser.client.post(f"/ban/toi/khoa/{first.pk}/bo/")

    page = browser.client.get("/ban/toi/").content.decode()
    assert "khoá USB</h3>" in page
    assert "<h3>điện thoại</h3>" not in page


def test_no_address_and_no_browser_is_in_the_ledger(hai, browser):
    browser.enter(REMOTE_ADDR="198.51.100.77", HTTP_USER_AGENT="Trinh-duyet-la/1.0")
    Client().post(
        "/vao/", codes_of(hai, digits="000000"), REMOTE_ADDR="198.51.100.77", HTTP_USER_AGENT="Trinh-duyet-la/1.0"
    )

    told = " ".join(f"{row.actor} {row.subject} {row.about} {row.data}" for row in Entry.objects.all())
    assert "signin" in " ".join(Entry.objects.values_list("verb", flat=True))
    assert [word for word in ("198.51", "Trinh-duyet") if word in told] == []
