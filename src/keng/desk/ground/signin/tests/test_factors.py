"""Keys, authenticator and codes: added and removed with a fresh proof, never the last way, all gone when all is lost."""

from __future__ import annotations

import pyotp
import pytest

from keng.base.errors import InputError, RefusedError
from keng.desk.ground.signin import factors, queries, visits
from keng.desk.ground.signin.models import Authenticator, Passkey, Visit
from keng.desk.ground.signin.tests.conftest import enrol_by_invitation
from keng.desk.ground.signin.tests.device import Device

STALE = [
    lambda hai: hai.add(Device()),
    lambda hai: factors.remove_passkey(hai.officer, Passkey.objects.get().pk, None, now=hai.now),
    lambda hai: factors.add_authenticator(hai.officer, hai.digits(), hai.cast.keys, now=hai.now),
    lambda hai: factors.remove_authenticator(hai.officer, now=hai.now),
    lambda hai: factors.make_codes(hai.officer, now=hai.now),
]


@pytest.mark.parametrize("act", STALE)
@pytest.mark.parametrize("proven", [None, "long ago"])
def test_it_needs_a_fresh_proof(hai, act, proven):
    hai.officer.proven_at = None if proven is None else hai.now
    hai.cast.clock.pass_by(minutes=10)
    before = (Passkey.objects.filter(removed_at=None).count(), Authenticator.objects.filter(removed_at=None).count())

    with pytest.raises(RefusedError) as refused:
        act(hai)
    assert refused.value.code == "proof_needed"
    assert before == (
        Passkey.objects.filter(removed_at=None).count(),
        Authenticator.objects.filter(removed_at=None).count(),
    )


def test_an_officer_read_from_the_database_has_proved_nothing(hai):
    assert type(hai.officer).objects.get(pk=hai.officer.pk).proven_at is None


def test_the_last_key_stays(cast):
    enrol_by_invitation(cast, cast.first, Device())
    key = Passkey.objects.get()

    with pytest.raises(RefusedError) as refused:
        factors.remove_passkey(cast.first, key.pk, None, now=cast.clock.at)
    assert refused.value.code == "last_way"
    key.refresh_from_db()
    assert key.removed_at is None


@pytest.mark.parametrize(
    ("left", "goes"), [("codes", True), ("no codes", False), ("doubted key", False), ("sound key", True)]
)
def test_a_key_goes_while_another_way_remains(hai, left, goes):
    key = Passkey.objects.get()
    if left == "no codes":
        for code in hai.codes:
            hai.by_codes(code=code)
            hai.cast.clock.pass_by(minutes=1)
    if left.endswith("key"):
        hai.officer.proven_at = hai.now
        hai.add(Device())
        factors.remove_authenticator(hai.officer, now=hai.now)
    if left == "doubted key":
        Passkey.objects.exclude(pk=key.pk).update(doubted_at=hai.now)
    hai.officer.proven_at = hai.now

    if goes:
        factors.remove_passkey(hai.officer, key.pk, None, now=hai.now)
    else:
        with pytest.raises(RefusedError):
            factors.remove_passkey(hai.officer, key.pk, None, now=hai.now)
    assert queries.has_way(hai.officer)


def test_sessions_that_began_with_a_removed_key_end_but_for_the_one_that_removes_it(hai):
    here, there = hai.by_passkey(), hai.by_passkey()

    factors.remove_passkey(hai.officer, Passkey.objects.get().pk, here.pk, now=hai.now)

    assert Visit.objects.get(pk=here.pk).ended_at is None
    assert Visit.objects.get(pk=there.pk).ended_why == "revoked"


def test_nobody_removes_anothers_key(hai):
    with pytest.raises(InputError):
        factors.remove_passkey(hai.cast.first, Passkey.objects.get().pk, None, now=hai.cast.first.proven_at)


def test_new_codes_make_the_old_ones_void(hai):
    factors.make_codes(hai.officer, now=hai.now)

    with pytest.raises(RefusedError):
        hai.by_codes()
    assert queries.codes_left(hai.officer) == 10


def test_a_new_authenticator_takes_the_place_of_the_old_one(hai):
    secret = factors.begin_authenticator(hai.officer, hai.cast.keys, now=hai.now)
    assert hai.by_codes().officer == hai.officer  # the old one counts until the new one is shown to work
    hai.cast.clock.pass_by(minutes=1)

    with pytest.raises(InputError):
        factors.add_authenticator(hai.officer, hai.digits(), hai.cast.keys, now=hai.now)
    factors.add_authenticator(hai.officer, pyotp.TOTP(secret).at(hai.now), hai.cast.keys, now=hai.now)

    hai.cast.clock.pass_by(minutes=1)
    with pytest.raises(RefusedError):
        hai.by_codes(code=hai.codes[1])
    hai.secret = secret
    hai.cast.clock.pass_by(minutes=1)
    assert hai.by_codes(code=hai.codes[1]).officer == hai.officer


def test_an_invited_officer_may_begin_with_an_authenticator(cast):
    code = factors.invite(cast.first, lost=False, now=cast.clock.at)
    secret = factors.begin_authenticator(cast.first, cast.keys, now=cast.clock.at)

    with pytest.raises(InputError):
        factors.enrol_authenticator(code, "000000", cast.keys, now=cast.clock.at)
    visit = factors.enrol_authenticator(code, pyotp.TOTP(secret).at(cast.clock.at), cast.keys, now=cast.clock.at)

    assert visit.officer == cast.first  # the mistyped digits did not spend the invitation


def test_whoever_has_keys_is_not_invited_to_new_ones_unless_all_is_lost(cast):
    device = Device()
    enrol_by_invitation(cast, cast.first, device)

    with pytest.raises(RefusedError) as refused:
        factors.invite(cast.first, lost=False, now=cast.clock.at)
    assert refused.value.code == "has_way"
    factors.invite(cast.first, lost=True, now=cast.clock.at)
    assert not queries.has_way(cast.first)
    assert queries.open_visits(cast.first, now=cast.clock.at) == []


def test_a_new_invitation_makes_the_old_one_void(cast):
    old = factors.invite(cast.first, lost=False, now=cast.clock.at)
    new = factors.invite(cast.first, lost=False, now=cast.clock.at)

    assert queries.find_invitation(old, now=cast.clock.at) is None
    assert queries.find_invitation(new, now=cast.clock.at).officer == cast.first


def test_at_most_ten_keys(hai):
    for n in range(9):
        hai.add(Device(), f"khoá {n}")

    with pytest.raises(factors.ConflictError):
        hai.add(Device(), "thêm")


def test_ending_a_session_in_the_middle_of_a_removal_undoes_nothing(hai, monkeypatch):
    """A refusal after the row was changed leaves the row as it was."""
    monkeypatch.setattr(visits, "end", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("stop")))
    hai.by_passkey()
    with pytest.raises(RuntimeError):
        factors.remove_passkey(hai.officer, Passkey.objects.get().pk, None, now=hai.now)
    assert Passkey.objects.get().removed_at is None
