"""Passkeys: made by invitation, used to come in, and every way in which one must not work."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.ground.signin import entering, factors, passkeys
from keng.desk.ground.signin.models import Passkey, Visit, Way
from keng.desk.ground.signin.passkeys import RelyingParty, relying_party
from keng.desk.ground.signin.tests.conftest import HERE, enrol_by_invitation
from keng.desk.ground.signin.tests.device import PARTY, PRESENT, Device


def test_an_invited_officer_makes_a_key_is_in_and_comes_in_again_with_it(cast, entries):
    device = Device()

    first = enrol_by_invitation(cast, cast.first, device)
    options, state = passkeys.begin_using(PARTY)
    again = entering.enter_by_passkey(
        PARTY, state, device.use(options), HERE, cast.keys, now=cast.clock.pass_by(hours=1)
    )

    assert (first.officer, first.way) == (cast.first, Way.INVITATION)
    assert (again.officer, again.way, again.passkey.name) == (cast.first, Way.PASSKEY, "điện thoại")
    assert [verb for verb in entries() if verb.startswith("signin.")] == [
        "signin.invite", "signin.add_passkey", "signin.enter", "signin.enter",
    ]  # fmt: skip


def test_an_invitation_serves_once(cast):
    code = factors.invite(cast.first, lost=False, now=cast.clock.at)
    options, state = passkeys.begin_making(PARTY, "mot", "Mot", passkeys.new_handle(), [])
    factors.enrol_passkey(code, PARTY, state, Device().make(options), "a", now=cast.clock.at)

    with pytest.raises(RefusedError) as refused:
        factors.enrol_passkey(code, PARTY, state, Device().make(options), "b", now=cast.clock.at)
    assert refused.value.code == "no_invitation"
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize(("hours", "works"), [(71, True), (72, False)])
def test_an_invitation_ends_after_seventy_two_hours(cast, hours, works):
    code = factors.invite(cast.first, lost=False, now=cast.clock.at)
    options, state = passkeys.begin_making(PARTY, "mot", "Mot", passkeys.new_handle(), [])
    made = Device().make(options)

    now = cast.clock.pass_by(hours=hours)
    if works:
        factors.enrol_passkey(code, PARTY, state, made, "a", now=now)
    else:
        with pytest.raises(RefusedError):
            factors.enrol_passkey(code, PARTY, state, made, "a", now=now)


LIES = {
    "nobody verified": {"flags": PRESENT},
    "nobody present": {"flags": 0},
    "another origin": {"origin": "http://localhost:9000"},
    "another origin that begins alike": {"origin": "http://localhost:8000.evil.example"},
    "another party": {"party_id": "evil.example"},
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_key_made_under_a_lie_is_not_kept(cast, lie):
    with pytest.raises(InputError):
        enrol_by_invitation(cast, cast.first, Device(**LIES[lie]))
    assert not Passkey.objects.exists()
    assert not Visit.objects.exists()


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_key_used_under_a_lie_lets_nobody_in(hai, lie, entries):
    visits = Visit.objects.count()
    for name, value in LIES[lie].items():
        setattr(hai.device, name, value)

    with pytest.raises(RefusedError) as refused:
        hai.by_passkey()

    assert refused.value.code == "not_entered"
    assert Visit.objects.count() == visits
    assert entries()[-1] == "signin.fail"


def test_an_answer_to_another_challenge_lets_nobody_in(hai):
    options, _state = passkeys.begin_using(PARTY)
    _options, state = passkeys.begin_using(PARTY)

    with pytest.raises(RefusedError):
        entering.enter_by_passkey(PARTY, state, hai.device.use(options), HERE, hai.cast.keys, now=hai.now)


def test_a_signature_of_another_key_lets_nobody_in(hai):
    with pytest.raises(RefusedError):
        hai.by_passkey(Device(id=hai.device.id, handle=hai.device.handle, count=5))


def test_a_key_with_another_persons_handle_lets_nobody_in(hai):
    hai.device.handle = b"x" * 32

    with pytest.raises(RefusedError):
        hai.by_passkey()


def test_an_unknown_key_and_a_removed_one_read_alike(hai):
    other = Device(handle=hai.device.handle)
    hai.add(other)
    hai.by_passkey(other)
    factors.remove_passkey(hai.officer, Passkey.objects.get(name="khoá USB").pk, None, now=hai.now)

    said = []
    for device in (other, Device()):
        with pytest.raises(RefusedError) as refused:
            hai.by_passkey(device)
        said.append(refused.value.said)
    assert said[0] == said[1]


def test_a_key_of_an_officer_who_left_lets_nobody_in(hai):
    hai.officer.is_active = False
    hai.officer.save(update_fields=["is_active"])

    with pytest.raises(RefusedError):
        hai.by_passkey()


@pytest.mark.parametrize(("back_by", "code"), [(0, None), (1, "doubted_key"), (2, "doubted_key")])
def test_a_counter_that_does_not_grow_puts_the_key_out_of_use(hai, back_by, code, entries):
    hai.by_passkey()
    hai.by_passkey()
    hai.device.count -= back_by

    if code is None:
        assert hai.by_passkey().officer == hai.officer
        return
    for _ in range(2):  # and it stays out of use though the counter grows again
        with pytest.raises(RefusedError) as refused:
            hai.by_passkey()
        assert refused.value.code == code
        hai.device.count += 10
    assert Passkey.objects.get().doubted_at == hai.now
    assert entries().count("signin.fail") == 2


def test_a_key_without_a_counter_works_again_and_again(cast):
    device = Device(counts=False)
    enrol_by_invitation(cast, cast.first, device)

    for _ in range(3):
        options, state = passkeys.begin_using(PARTY)
        entering.enter_by_passkey(PARTY, state, device.use(options), HERE, cast.keys, now=cast.clock.at)


@pytest.mark.parametrize(
    "answer", [None, 7, "x", [], {}, {"rawId": 1}, {"rawId": "AAAA", "response": {}}, {"rawId": "\0"}]
)
def test_what_cannot_be_read_is_refused_and_breaks_nothing(hai, answer):
    _options, state = passkeys.begin_using(PARTY)

    with pytest.raises(RefusedError):
        entering.enter_by_passkey(PARTY, state, answer, HERE, hai.cast.keys, now=hai.now)
    with pytest.raises(InputError):
        factors.add_passkey(hai.officer, PARTY, {"handle": "00", **state}, answer, "x", now=hai.now)


def test_the_same_key_is_not_added_twice(hai):
    with pytest.raises(ConflictError):
        hai.add(hai.device)


@pytest.mark.parametrize("name", ["", "   ", "a" * 61])
def test_a_key_needs_a_name(hai, name):
    with pytest.raises(InputError):
        hai.add(Device(), name)


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("http://127.0.0.1:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("http://[::1]:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("https://keng.example", RelyingParty("keng.example", "https://keng.example")),
        ("https://keng.example:8443", RelyingParty("keng.example", "https://keng.example:8443")),
        ("http://keng.example", None),
        ("https://192.0.2.1", None),
        ("", None),
    ],
)
def test_keys_are_bound_to_the_host_of_the_installation(address, party):
    assert relying_party(address) == party
