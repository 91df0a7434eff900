"""What is kept of officers, citizens and organisations goes after its end, not a second before; what is in use stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps

from keng.desk.ground.citizens.models import Identity, Kept, Stay
from keng.desk.ground.gate import actions as gate
from keng.desk.ground.gate.models import Count, Spent
from keng.desk.ground.keys import KeyState, KeyStore, Purpose
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.signin.models import Authenticator, Passkey, Visit
from keng.desk.steering.retention import actions
from keng.vietnam import rules
from keng.vietnam.rules.retention import keeping


def length(code, cast):
    return keeping(code, cast.clock.at.date()).time


def organisation(cast):
    return Organisation.objects.get_or_create(
        code="x", kind="school", name="X", name_en="X", name_folded="x", path="x"
    )[0]


def passkey(cast, mark, **ends):
    own = {"name": "k", "credential_id": mark, "public_data": b"p", "user_handle": b"u", "sign_count": 0}
    return Passkey.objects.create(officer=cast.first, made_at=cast.clock.at, **own, **ends)


def visit(cast, _mark, **ends):
    at = dict.fromkeys(("began_at", "seen_at", "proven_at"), cast.clock.at)
    return Visit.objects.create(officer=cast.first, way="passkey", ended_why="left" if ends else "", **at, **ends)


def authenticator(cast, _mark, **ends):
    own = {"secret": b"s", "sealed_by": "k", "made_at": cast.clock.at, "confirmed_at": cast.clock.at, **ends}
    return Authenticator.objects.create(officer=cast.first if ends else cast.second, **own)


def one_use_code(cast, mark, **ends):
    model = apps.get_model("signin.OneUseCode")
    return model.objects.create(officer=cast.first, code_hash=mark, kind="recovery", made_at=cast.clock.at, **ends)


def pause(cast, mark, **ends):
    at = {"last_at": cast.clock.at, "until": cast.clock.at + timedelta(days=4000), **ends}
    return apps.get_model("signin.Pause").objects.create(who=mark, failures=1, **at)


def stay(cast, mark, **ends):
    own = {
        "transaction_hash": mark,
        "transaction_id": "T",
        "level": 1,
        "began_at": cast.clock.at + timedelta(days=4000),
    }
    identity = Identity.objects.create(issuer="i", subject_hash=mark, made_at=cast.clock.at)
    return Stay.objects.create(identity=identity, **{**own, **ends})


def receipt(cast, mark, **ends):
    identity = Identity.objects.create(issuer="i", subject_hash=mark, made_at=cast.clock.at)
    at = {"kept_at": cast.clock.at + timedelta(days=4000), **ends}
    return Kept.objects.create(identity=identity, subject=f"report:{mark!r}", **at)


def skill(cast, _mark, **ends):
    own = {"officer": cast.first, "skill": "lao", "valid_from": cast.clock.at.date(), "attested_by": "o", **ends}
    return apps.get_model("duty.HeldSkill").objects.create(attested_at=cast.clock.at, **own)


def shift(cast, _mark, **ends):
    own = {"officer": cast.first, "kind": "primary", "planned_by": "o", "planned_at": cast.clock.at}
    at = {"starts_at": cast.clock.at - timedelta(days=1), "ends_at": cast.clock.at + timedelta(days=4000), **ends}
    return apps.get_model("duty.Shift").objects.create(organisation=organisation(cast), **own, **at)


def contact(cast, _mark, **ends):
    own = {"kind": "phone", "value": "024 1", "hours": "", "begun_at": cast.clock.at}
    return apps.get_model("organisations.ContactPoint").objects.create(organisation=organisation(cast), **own, **ends)


def proposal(cast, _mark, **ends):
    decided = {"state": "approved", "decided_by": cast.second, **ends} if ends else {}
    own = {"base": 1, "before": {}, "facts": {}, "why": "w", "proposed_by": cast.first, "proposed_at": cast.clock.at}
    return apps.get_model("upkeep.Proposal").objects.create(organisation=organisation(cast), **own, **decided)


ENDED = [
    ("citizens.Kept", receipt, "kept_at"),
    ("citizens.Stay", stay, "began_at"),
    ("duty.Shift", shift, "ends_at"),
    ("organisations.ContactPoint", contact, "ended_at"),
    ("signin.Authenticator", authenticator, "removed_at"),
    ("signin.OneUseCode", one_use_code, "expires_at"),
    ("signin.OneUseCode", one_use_code, "used_at"),
    ("signin.OneUseCode", one_use_code, "voided_at"),
    ("signin.Passkey", passkey, "removed_at"),
    ("signin.Pause", pause, "until"),
    ("signin.Visit", visit, "ended_at"),
    ("upkeep.Proposal", proposal, "decided_at"),
]


@pytest.mark.parametrize(("code", "make", "event"), ENDED, ids=[f"{code}-{event}" for code, _make, event in ENDED])
def test_what_ended_goes_after_its_time_and_what_goes_on_stays(cast, code, make, event):
    over = make(cast, b"1", **{event: cast.clock.at})
    goes_on = make(cast, b"2")
    now = cast.clock.at + length(code, cast)

    assert actions.run(now=now - timedelta(seconds=1))[code] == 0
    assert actions.run(now=now)[code] == 1

    assert list(type(over).objects.values_list("pk", flat=True)) == [goes_on.pk]


def test_a_skill_goes_when_it_ended_long_ago_to_the_day(cast):
    skill(cast, b"", valid_to=cast.clock.at.date())
    goes_on = skill(cast, b"")
    now = cast.clock.at + length("duty.HeldSkill", cast)

    assert actions.run(now=now - timedelta(days=1))["duty.HeldSkill"] == 0
    assert actions.run(now=now)["duty.HeldSkill"] == 1
    assert type(goes_on).objects.get() == goes_on


def test_a_removed_key_stays_while_a_session_begun_with_it_is_kept(cast):
    key = passkey(cast, b"1", removed_at=cast.clock.at)
    later = cast.clock.at + timedelta(days=30)
    Visit.objects.filter(pk=visit(cast, b"", ended_at=later).pk).update(passkey=key)

    actions.run(now=cast.clock.at + length("signin.Passkey", cast))
    assert Passkey.objects.exists()

    actions.run(now=later + length("signin.Visit", cast))
    assert not Passkey.objects.exists() and not Visit.objects.exists()


def test_a_secret_that_was_never_confirmed_goes(cast):
    authenticator(cast, b"", confirmed_at=None)

    assert actions.run(now=cast.clock.at + length("signin.Authenticator", cast))["signin.Authenticator"] == 1


def test_failures_are_kept_for_as_long_as_they_count(cast):
    assert length("signin.Pause", cast) >= rules.limit("signin.failures_forgotten_after", cast.clock.at.date()).time


@pytest.mark.parametrize("left", ["nothing", "a receipt", "a sign-in"])
def test_a_citizen_is_forgotten_once_nothing_is_left(cast, left):
    identity = Identity.objects.create(issuer="i", subject_hash=b"h", made_at=cast.clock.at)
    now = cast.clock.at + length("citizens.Identity", cast)
    if left == "a receipt":
        Kept.objects.create(identity=identity, subject="report:1", kept_at=now)
    if left == "a sign-in":
        Stay.objects.create(identity=identity, transaction_hash=b"t", transaction_id="T", level=1, began_at=now)

    assert actions.run(now=now - timedelta(seconds=1))["citizens.Identity"] == 0
    actions.run(now=now)

    assert Identity.objects.exists() is (left != "nothing")


def test_the_gate_sweeps_its_own_within_the_time_of_the_table(cast):
    Count.objects.create(
        purpose="report", source=b"s", window=int(cast.clock.at.timestamp() // gate.WINDOW.total_seconds())
    )
    Spent.objects.create(digest=b"d", until=cast.clock.at)

    gate.forget(cast.keys, now=cast.clock.at + min(length("gate.Count", cast), length("gate.Spent", cast)))

    assert not Count.objects.exists() and not Spent.objects.exists()


def test_a_days_key_of_the_gate_is_destroyed_after_the_next_day(cast, tmp_path):
    cast.keys = KeyStore(tmp_path, demo=True)
    for _ in range(3):
        cast.keys.secret(Purpose.GATE, cast.clock.at, owner=cast.clock.at.date().isoformat())
        gate.forget(cast.keys, now=cast.clock.at)
        cast.clock.pass_by(days=1)

    states = [key.state for key in cast.keys.all() if key.purpose == Purpose.GATE]
    assert states == [KeyState.DESTROYED, KeyState.CURRENT, KeyState.CURRENT]
    assert len(list(cast.keys.folder.glob("gate-*.key"))) == 2
