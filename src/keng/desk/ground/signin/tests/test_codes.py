"""Coming in by name, digits and a one-use code: all three, each once, and the same words whatever is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.base.errors import RefusedError
from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.signin import entering, factors, queries, totp
from keng.desk.ground.signin.models import Authenticator, OneUseCode, Visit, Way
from keng.desk.ground.signin.tests.conftest import HERE


def test_name_digits_and_code_together_let_one_in(hai):
    visit = hai.by_codes(name=f" {hai.officer.username} ", code=hai.codes[0].lower().replace("-", " "))

    assert (visit.officer, visit.way) == (hai.officer, Way.CODES)
    assert queries.codes_left(hai.officer) == 9


WRONG = {
    "name": {"name": "khong-ai"},
    "digits": {"digits": "000000"},
    "no digits": {"digits": ""},
    "strange digits": {"digits": "١٢٣٤٥٦"},
    "code": {"code": "0000-0000-0000-0000"},
    "no code": {"code": ""},
    "all": {"name": "khong-ai", "digits": "1", "code": "x"},
}


@pytest.mark.parametrize("what", sorted(WRONG))
def test_one_wrong_part_lets_nobody_in_and_spends_nothing(hai, what, entries):
    visits = Visit.objects.count()

    with pytest.raises(RefusedError) as refused:
        hai.by_codes(**WRONG[what])

    assert (refused.value.code, refused.value.said) == ("not_entered", entering.WRONG_CODES)
    assert Visit.objects.count() == visits
    assert queries.codes_left(hai.officer) == 10
    assert entries()[-1] == "signin.fail"
    assert hai.by_codes().officer == hai.officer  # digits and code are still good


def test_a_code_serves_once(hai):
    hai.by_codes()
    hai.cast.clock.pass_by(minutes=1)

    with pytest.raises(RefusedError):
        hai.by_codes()
    assert hai.by_codes(code=hai.codes[1]).officer == hai.officer


def test_digits_serve_once(hai):
    hai.by_codes()

    with pytest.raises(RefusedError):
        hai.by_codes(code=hai.codes[1])


def test_digits_older_than_those_used_last_serve_no_more(hai):
    before = hai.digits(hai.now - timedelta(seconds=30))
    hai.by_codes()

    with pytest.raises(RefusedError):
        hai.by_codes(digits=before, code=hai.codes[1])


@pytest.mark.parametrize(("steps", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(hai, steps, works):
    hai.cast.clock.pass_by(minutes=5)
    digits = hai.digits(hai.now + timedelta(seconds=30 * steps))

    if works:
        assert hai.by_codes(digits=digits).officer == hai.officer
    else:
        with pytest.raises(RefusedError):
            hai.by_codes(digits=digits)


def test_another_officers_code_does_not_serve(hai):
    others = factors.make_codes(hai.cast.first, now=hai.cast.first.proven_at)

    with pytest.raises(RefusedError):
        hai.by_codes(code=others[0])


def test_an_invitation_stands_for_a_code_beside_an_authenticator(hai):
    code = factors.invite(hai.officer, lost=False, now=hai.now)

    assert hai.by_codes(code=code).officer == hai.officer
    hai.cast.clock.pass_by(minutes=1)
    with pytest.raises(RefusedError):
        hai.by_codes(code=code)


def test_an_invitation_alone_gives_nobody_who_has_keys_a_new_one(hai):
    code = factors.invite(hai.officer, lost=False, now=hai.now)

    with pytest.raises(RefusedError) as refused:
        factors.enrol_authenticator(code, hai.digits(), hai.cast.keys, now=hai.now)
    assert refused.value.code == "needs_digits"


def test_a_name_that_nobody_bears_takes_the_same_work(hai, monkeypatch):
    """The same statements in the same order, and as many codes computed and secrets opened."""
    did: list[str] = []
    for module, name in ((totp.sealing, "unseal"), (totp.pyotp.TOTP, "generate_otp")):
        real = getattr(module, name)

        def counted(*arguments, _real=real, _name=name):
            did.append(_name)
            return _real(*arguments)

        monkeypatch.setattr(module, name, counted)

    def work_of(**changes: str) -> tuple[list[str], list[str]]:
        did.clear()
        with CaptureQueriesContext(connection) as asked, pytest.raises(RefusedError):
            hai.by_codes(digits="000000", code="0000-0000-0000-0000", **changes)
        statements = [" ".join(one["sql"].split()[:3]) for one in asked if "SAVEPOINT" not in one["sql"]]
        return statements, list(did)

    hai_s, nobodys = work_of(address="192.0.2.1"), work_of(name="khong-ai", address="192.0.2.2")
    assert hai_s == nobodys
    assert hai_s[1].count("unseal") == 1
    assert len(hai_s[0]) > 8


def test_the_ledger_tells_of_a_failure_and_neither_where_from_nor_what_was_typed(hai):
    with pytest.raises(RefusedError):
        hai.by_codes(digits="123456", name="ten-la")

    entry = ledger.newest_entries(limit=1)[0]
    assert (entry.actor, entry.verb, entry.subject) == ("visitor", "signin.fail", "signin:unknown")
    assert entry.facts == {"way": "codes", "why": "wrong"}


def test_secrets_and_codes_are_in_no_row(hai):
    row = Authenticator.objects.get()
    assert hai.secret.encode() not in bytes(row.secret)
    assert totp.unseal(row, hai.cast.keys) == hai.secret
    stored = b"".join(bytes(code.code_hash) for code in OneUseCode.objects.all())
    assert [code for code in hai.codes if code.encode() in stored] == []


def test_a_sealed_secret_opens_in_its_own_row_only(hai):
    row = Authenticator.objects.get()
    other = Authenticator(secret=row.secret, sealed_by=row.sealed_by)

    with pytest.raises(totp.sealing.BrokenSealError):
        totp.unseal(other, hai.cast.keys)


def test_a_session_is_proven_anew_with_digits_that_serve_once(hai, entries):
    visit = hai.by_passkey()
    now = hai.cast.clock.pass_by(minutes=20)

    entering.prove_by_digits(visit, hai.digits(), HERE, hai.cast.keys, now=now)

    assert Visit.objects.get(pk=visit.pk).proven_at == now
    assert entries(visit.subject)[-1] == "signin.prove"
    with pytest.raises(RefusedError):
        entering.prove_by_digits(visit, hai.digits(), HERE, hai.cast.keys, now=now)
