"""Signing in with a provider: what holds lets in, every lie is refused in both languages, and nothing of a person is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client, RequestFactory

from keng.base.errors import UnavailableError
from keng.desk.ground.citizens.models import Identity, Stay
from keng.desk.ground.keys.queries import store
from keng.desk.ground.keys.store import Purpose
from keng.desk.ground.ledger import queries as ledger
from keng.doors.citizens import fetching
from keng.doors.citizens.standing import assurance_of
from keng.doors.citizens.tests.provider import SUBJECT, elliptic, other_key


def test_a_citizen_comes_in_with_the_level_that_the_provider_vouches_for(sign_in, provider, clock):
    client, reply = sign_in()

    assert (reply.status_code, reply.headers["Location"]) == (302, "/cua-toi/")
    stay = Stay.objects.get()
    assert (stay.level, stay.identity.issuer, stay.began_at, stay.transaction_id) == (
        2,
        provider.get("openid-configuration", loopback_only=True)["issuer"],
        clock.at,
        "tx-1",
    )
    assert "mức xác thực 2" in client.get("/cua-toi/").content.decode()
    sent = provider.posted[0]
    assert (sent["grant_type"], sent["redirect_uri"]) == ("authorization_code", "http://127.0.0.1:8000/cua-toi/ve/")
    assert provider.asked["code_challenge_method"] == "S256"


def test_the_same_person_is_the_same_identity_and_another_is_another(sign_in, provider):
    for code, subject in (("code-1", SUBJECT), ("code-2", SUBJECT), ("code-3", "khác")):
        provider.codes, provider.claims = [code], {"sub": subject}
        assert sign_in(code=code)[1].status_code == 302

    assert (Identity.objects.count(), Stay.objects.count()) == (2, 3)


def test_an_identity_is_found_again_after_the_key_of_hashes_was_changed(sign_in, provider, clock):
    sign_in()
    keys = store()
    keys.activate(keys.prepare(Purpose.IDENTITIES, "", clock.at).id, clock.at)
    provider.codes = ["code-1"]

    assert sign_in()[1].status_code == 302
    assert Identity.objects.count() == 1


def test_nothing_that_names_the_person_is_kept_anywhere(sign_in):
    sign_in()

    rows = [row for model in apps.get_models() for row in model.objects.all().values()]
    kept = b"".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for row in rows
        for value in row.values()
    )
    assert [name for name in (SUBJECT, "Nguyễn Văn A", "1.jpg") if name.encode() in kept] == []
    assert b"tx-1" in kept  # or the search would find nothing anywhere


@pytest.mark.parametrize(
    ("acr", "level"), [("urn:vneid:loa:1", 1), ("urn:vneid:loa:2", 2), ("khác", 0), (None, 0), (2, 0)]
)
def test_a_level_is_what_the_table_says_and_else_none(sign_in, provider, acr, level):
    provider.claims = {"acr": acr}
    sign_in()

    assert Stay.objects.get().level == level


LIES = {
    "wrong nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "wrong key": {"sign_with": other_key()},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "no expiry": {"claims": {"exp": None}},
    "no time of issue": {"claims": {"iat": None}},
    "old": {"claims": {"iat": 1_700_000_000}},
    "not yet": {"claims": {"iat": 4_000_000_000}},
    "alg none": {"header": {"alg": "none"}},
    "another issuer": {"claims": {"iss": "http://127.0.0.1:9101"}},
    "another audience": {"claims": {"aud": "somebody-else"}},
    "another party among audiences": {"claims": {"aud": ["keng", "x"], "azp": "x"}},
    "several audiences and no party": {"claims": {"aud": ["keng", "x"]}},
    "no subject": {"claims": {"sub": None}},
    "empty subject": {"claims": {"sub": ""}},
    "long subject": {"claims": {"sub": "a" * 256}},
    "a subject that is no text": {"claims": {"sub": 7}},
    "another issuer's description": {"about": {"issuer": "http://127.0.0.1:9101"}},
    "no keys' address": {"about": {"jwks_uri": None}},
}


@pytest.mark.parametrize(("language", "words"), [("vi", "chưa cho ai vào"), ("en", "let nobody in")])
@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lie_lets_nobody_in_and_says_so(sign_in, provider, lie, language, words):
    client = Client()
    provider.note(client.get("/cua-toi/vao/").headers["Location"])
    for name, value in LIES[lie].items():
        setattr(provider, name, value)

    reply = client.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"], "lang": language})

    assert reply.status_code == 403
    assert words in reply.content.decode()
    assert not Stay.objects.exists()
    assert "Đăng nhập" in client.get("/cua-toi/?lang=vi").content.decode()
    assert ledger.newest_entries(limit=1)[0].verb == "citizens.refuse"


def test_the_public_key_is_no_secret_to_sign_with(sign_in, provider):
    provider.header = {"alg": "HS256"}

    assert sign_in()[1].status_code == 403


def test_an_elliptic_signature_is_taken_as_well(sign_in, provider):
    provider.key, provider.header = elliptic(), {"alg": "ES256"}

    assert sign_in()[1].status_code == 302


@pytest.mark.parametrize(("language", "words"), [("vi", "không trả lời được lúc này"), ("en", "cannot answer now")])
@pytest.mark.parametrize("what", ["/token", "/keys"])
def test_a_provider_that_is_away_lets_nobody_in_and_says_so(sign_in, provider, what, language, words):
    provider.away = what
    reply = sign_in(language=language)[1]

    assert reply.status_code == 503
    assert words in reply.content.decode()
    assert not Stay.objects.exists()


def test_a_provider_that_is_away_before_one_goes_there_is_told_too(provider, db):
    provider.away = "openid-configuration"

    assert Client().get("/cua-toi/vao/").status_code == 503


SWAPS = {"another's": {"state": "x" * 43}, "none": {"state": ""}}


@pytest.mark.parametrize("swap", sorted(SWAPS))
def test_a_swapped_state_lets_nobody_in(sign_in, swap, provider):
    assert sign_in(**SWAPS[swap])[1].status_code == 403
    assert provider.posted == []  # the code is not even spent


def test_anothers_answer_lets_nobody_in(sign_in, provider):
    """The attacker's own code and state, put before the victim's browser."""
    attacker, victim = Client(), Client()
    provider.note(attacker.get("/cua-toi/vao/").headers["Location"])
    came = {"code": "code-1", "state": provider.asked["state"]}

    assert victim.get("/cua-toi/ve/", came).status_code == 403
    assert "citizen" not in victim.session


def test_a_replayed_answer_lets_nobody_in_a_second_time(sign_in, provider):
    client, first = sign_in()
    again = client.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"]})

    assert (first.status_code, again.status_code) == (302, 403)
    assert Stay.objects.count() == 1


def test_a_token_that_was_used_before_lets_nobody_in_though_all_else_holds(sign_in, provider):
    provider.claims = {"jti": "the-same"}
    sign_in()
    provider.codes = ["code-1"]
    reply = sign_in()[1]

    assert reply.status_code == 403
    assert Stay.objects.count() == 1


@pytest.mark.parametrize(("minutes", "status"), [(10, 302), (11, 403)])
def test_one_comes_back_within_ten_minutes(provider, db, clock, minutes, status):
    client = Client()
    provider.note(client.get("/cua-toi/vao/").headers["Location"])
    clock.pass_by(minutes=minutes)

    reply = client.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"]})
    assert reply.status_code == status


@pytest.mark.parametrize("changes", [{"error": "access_denied"}, {"code": ""}])
def test_who_gives_up_is_told_that_nothing_changed(sign_in, changes):
    reply = sign_in(**changes)[1]

    assert reply.status_code == 403
    assert "Chưa có gì thay đổi" in reply.content.decode()


def test_the_answer_of_another_issuer_is_refused_before_the_code_is_sent_anywhere(sign_in, provider):
    assert sign_in(iss="http://127.0.0.1:9101")[1].status_code == 403
    assert provider.posted == []


def test_the_session_identifier_changes_when_one_comes_in(provider, db):
    client = Client()
    provider.note(client.get("/cua-toi/vao/").headers["Location"])
    before = client.session.session_key
    client.get("/cua-toi/ve/", {"code": "code-1", "state": provider.asked["state"]})

    assert client.session.session_key != before


def test_an_act_may_ask_how_sure_who_is_of_whoever_acts(sign_in, clock):
    client, _reply = sign_in()
    request = RequestFactory().get("/")
    request.session = client.session
    assurance = assurance_of(request)

    assert (assurance.level, assurance.transaction_id, assurance.at) == (2, "tx-1", clock.at)
    assert assurance.actor == Identity.objects.get().actor
    clock.at += timedelta(hours=1)
    assert assurance_of(request) is None
    request.session = Client().session
    assert assurance_of(request) is None


def test_without_a_provider_the_page_says_so_and_nothing_breaks(db, clock, settings):
    settings.KENG_IDP = ""

    assert "chưa nối với nơi định danh" in Client().get("/cua-toi/").content.decode()
    assert Client().get("/cua-toi/vao/").status_code == 403
    assert Client().get("/cua-toi/ve/?code=1&state=2").status_code == 403


@pytest.mark.parametrize(
    ("address", "loopback_only"),
    [
        ("http://127.0.0.1:9/", False),
        ("https://127.0.0.1:9/", False),
        ("https://10.0.0.1/", False),
        ("https://169.254.169.254/", False),
        ("https://[::1]/", False),
        ("http://192.0.2.1/", False),
        ("https://192.0.2.1/", True),
        ("ftp://127.0.0.1/", True),
        ("file:///etc/passwd", True),
        ("http://[::1", True),
        ("", True),
    ],
)
def test_addresses_that_may_not_be_asked_are_not(address, loopback_only, monkeypatch):
    monkeypatch.setattr(fetching, "_pool", lambda *_a: pytest.fail("it was asked"))

    with pytest.raises(UnavailableError):
        fetching.get(address, loopback_only=loopback_only)
