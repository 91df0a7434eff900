"""Rotation: what was sealed, signed and promised under the old key still opens, verifies and is kept; then the old key can go."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from keng import cli
from keng.base import sealing, webhooks
from keng.base.errors import InputError, RefusedError
from keng.base.signing import PublicKey
from keng.desk.fraud.appeals import actions as appeals
from keng.desk.fraud.appeals import queries as appeal_queries
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports import repeats
from keng.desk.fraud.reports.models import Report, ReportKey, SharedOriginal
from keng.desk.fraud.reports.origin import Origin
from keng.desk.fraud.reports.sealed import KEYS, SHARED_KEYS, label, unlock
from keng.desk.ground.gate.sources import day_key
from keng.desk.ground.keys import KeyState, KeyStore, Purpose, actions
from keng.desk.ground.ledger.actions import sequence_once
from keng.desk.ground.ledger.export import export
from keng.desk.ground.ledger.models import Checkpoint
from keng.desk.ground.ledger.verdicts import Fails, Holds
from keng.desk.ground.ledger.verify import verify_export
from keng.desk.ground.signin import factors, totp
from keng.desk.ground.signin.models import Authenticator
from keng.desk.steering.retention.kinds import SEALED_KINDS
from keng.vietnam import rules

HOUR = timedelta(hours=1)


@pytest.fixture
def cast(cast, tmp_path):
    """The cast with a folder of keys of its own."""
    return replace(cast, keys=KeyStore(tmp_path / "keys", demo=True))


def rotate(cast, purpose, owner=""):
    return actions.rotate(cast.keys, purpose, owner=owner, now=cast.clock.at)


def public_of(cast, key):
    return cast.keys.public(key)


# --- the ledger


@pytest.fixture
def signed_twice(cast, tmp_path):
    """An export that two keys signed, and both public halves."""
    old = cast.keys.ledger_signer(cast.clock.at).public
    cast.report()
    sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at)
    new = public_of(cast, rotate(cast, Purpose.LEDGER))
    cast.report()
    sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at)
    export(tmp_path / "out")
    return tmp_path / "out", old, new


def test_a_new_ledger_key_signs_and_old_checkpoints_still_verify(signed_twice):
    folder, old, new = signed_twice

    verdict = verify_export(folder, [old, new])

    assert isinstance(verdict, Holds)
    assert verdict.key_id == new.key_id != old.key_id


def test_a_stranger_with_the_first_key_follows_to_the_newest(signed_twice):
    folder, old, new = signed_twice

    assert verify_export(folder, [old]).key_id == new.key_id


def test_without_its_announcement_the_new_key_is_a_strangers(signed_twice):
    folder, old, _ = signed_twice
    (folder / "keys.jsonl").unlink()

    verdict = verify_export(folder, [old])

    assert isinstance(verdict, Fails)
    assert verdict.reason == "wrong_key"


def test_a_forged_announcement_is_named(signed_twice, tmp_path):
    folder, old, _ = signed_twice
    mine = KeyStore(tmp_path / "mine", demo=True)
    forged = mine.public(mine.prepare(Purpose.LEDGER, "", _now()))
    told = json.loads((folder / "keys.jsonl").read_text())
    told["entry"]["data"]["public"] = forged.raw().hex()
    (folder / "keys.jsonl").write_text(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")

    verdict = verify_export(folder, [old])

    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("key_not_announced", told["place"])


def test_the_announcement_stands_under_the_old_keys_signature(cast):
    old = cast.keys.ledger_signer(cast.clock.at)
    rotate(cast, Purpose.LEDGER)

    assert set(Checkpoint.objects.values_list("key_id", flat=True)) == {old.key_id}
    assert cast.keys.ledger_signer(cast.clock.at).key_id != old.key_id


def test_a_sequencer_that_still_holds_the_old_key_signs_nothing_more(cast):
    old = cast.keys.ledger_signer(cast.clock.at)
    sequence_once(old, cast.clock.at)
    rotate(cast, Purpose.LEDGER)
    cast.report()
    assert sequence_once(cast.keys.ledger_signer(cast.clock.at), cast.clock.at) > 0
    cast.report()

    assert sequence_once(old, cast.clock.at) == 0


# --- reports


def test_reports_are_sealed_under_the_new_key_and_old_ones_open_still(cast):
    before = cast.report()
    old = ReportKey.objects.get().sealed_by
    new = rotate(cast, Purpose.REPORTS)
    after = cast.report()

    assert ReportKey.objects.get(report=after.report).sealed_by == new.id != old
    assert unlock(before.report, cast.keys).text() == unlock(after.report, cast.keys).text()


def test_resealing_goes_on_where_it_was_killed(cast):
    kept = [cast.report().report for _ in range(5)]
    new = rotate(cast, Purpose.REPORTS)

    assert actions.reseal_batch(cast.keys, KEYS, now=cast.clock.at, most=2) == 2
    assert KEYS.count(new.id) == 2  # killed here: the rest is as before
    assert [actions.reseal_batch(cast.keys, KEYS, now=cast.clock.at, most=2) for _ in range(3)] == [2, 1, 0]
    assert KEYS.count(new.id) == 5
    for report in kept:
        assert unlock(Report.objects.get(pk=report.pk), cast.keys).text().startswith("Vietcombank")


def test_a_batch_that_fails_leaves_every_row_as_it_was(cast, monkeypatch):
    for _ in range(3):
        cast.report()
    rotate(cast, Purpose.REPORTS)
    before = sorted(ReportKey.objects.values_list("sealed_by", "sealed"))
    monkeypatch.setattr(actions.ledger, "record", _killed)

    with pytest.raises(KeyboardInterrupt):
        actions.reseal_batch(cast.keys, KEYS, now=cast.clock.at)

    assert sorted(ReportKey.objects.values_list("sealed_by", "sealed")) == before


def test_every_table_that_names_a_sealing_key_is_sealed_anew():
    from django.apps import apps

    named = {model for model in apps.get_models() if any(f.name == "sealed_by" for f in model._meta.concrete_fields)}

    assert named == {kind.model for kind in SEALED_KINDS}


def test_an_appeal_opens_after_the_old_key_is_destroyed(cast):
    receipt = appeals.lodge(cast.hold().code, "Tôi bán xe.", cast.keys, now=cast.clock.at)
    old = ReportKey.objects.get().sealed_by
    rotate(cast, Purpose.REPORTS)
    reseal(cast)
    later = cast.clock.pass_by(hours=2)
    actions.retire(cast.keys, old, SEALED_KINDS, now=later)
    actions.destroy(cast.keys, old, SEALED_KINDS, now=later)

    assert appeal_queries.track(receipt, cast.keys).text == "Tôi bán xe."
    assert not (cast.keys.folder / f"{old}.key").exists()
    assert cast.keys.key(old).state is KeyState.DESTROYED


@pytest.fixture
def flood(cast, monkeypatch):
    """Reports whose original is kept once, while the flood lasts."""
    monkeypatch.setattr(repeats, "counter", repeats.Counter())
    origin = Origin(day_key(cast.keys, cast.clock.at), b"s" * 16)

    def again():
        body = json.dumps({"channel": "api", "text": "Ban da trung thuong."}).encode()
        return reports.receive(body, cast.keys, retry_key=None, origin=origin, now=cast.clock.at).report

    for _ in range(rules.limit("reports.repeats", cast.clock.at.date()).value):
        again()
    return again


def test_what_is_shared_in_a_flood_is_shared_on_after_a_rotation(cast, flood):
    before = SharedOriginal.objects.get()
    new = rotate(cast, Purpose.REPORTS)
    assert SHARED_KEYS.count(before.sealed_by) == 1
    reseal(cast)
    assert (SHARED_KEYS.count(before.sealed_by), SHARED_KEYS.count(new.id)) == (0, 1)

    later = flood()

    assert (later.shared, SharedOriginal.objects.count()) == (before, 1)
    assert unlock(later, cast.keys).text() == "Ban da trung thuong."


def test_a_shared_original_that_only_its_reports_open_holds_no_key_back(cast, flood):
    row = SharedOriginal.objects.get()
    repeats.forget(now=cast.clock.pass_by(hours=1))
    rotate(cast, Purpose.REPORTS)
    reseal(cast)

    actions.retire(cast.keys, row.sealed_by, SEALED_KINDS, now=cast.clock.pass_by(hours=2))
    actions.destroy(cast.keys, row.sealed_by, SEALED_KINDS, now=cast.clock.at)

    assert unlock(row.report_set.get(), cast.keys).text() == "Ban da trung thuong."


# --- authenticators


@pytest.fixture
def secret(cast):
    """The secret of an officer's authenticator, sealed."""
    return factors.begin_authenticator(cast.first, cast.keys, now=cast.clock.at)


def test_an_authenticator_serves_after_the_old_key_is_destroyed(cast, secret):
    old = Authenticator.objects.get().sealed_by
    rotate(cast, Purpose.SIGNIN)
    reseal(cast)
    later = cast.clock.pass_by(hours=2)
    actions.retire(cast.keys, old, SEALED_KINDS, now=later)
    actions.destroy(cast.keys, old, SEALED_KINDS, now=later)

    assert totp.unseal(Authenticator.objects.get(), cast.keys) == secret
    assert not (cast.keys.folder / f"{old}.key").exists()


@pytest.mark.parametrize(("resealed", "hours", "code"), [(False, 2, "key_seals"), (True, 0, "key_unsettled")])
@pytest.mark.usefixtures("secret")
def test_a_sign_in_key_is_not_retired_while_it_may_be_needed(cast, resealed, hours, code):
    old = Authenticator.objects.get().sealed_by
    rotate(cast, Purpose.SIGNIN)
    if resealed:
        reseal(cast)

    with pytest.raises(RefusedError, match=code):
        actions.retire(cast.keys, old, SEALED_KINDS, now=cast.clock.pass_by(hours=hours))


def test_each_kind_is_sealed_anew_by_a_key_of_its_own_purpose(cast, secret):
    cast.report()
    for purpose in (Purpose.REPORTS, Purpose.SIGNIN):
        rotate(cast, purpose)
    reseal(cast)

    assert Authenticator.objects.get().sealed_by.startswith("signin-")
    assert ReportKey.objects.get().sealed_by.startswith("reports-")


def test_the_command_rotates_seals_anew_and_tells_how_much_each_key_seals(cast, secret, monkeypatch, capsys):
    monkeypatch.setattr("keng.desk.ground.keys.queries.store", lambda: cast.keys)
    old = Authenticator.objects.get().sealed_by

    assert cli.main(["keys", "rotate", "signin"]) == 0
    told = capsys.readouterr().out
    assert cli.main(["keys", "list"]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    new = json.loads(told.splitlines()[0])["rotated"]
    assert {row["id"]: row["seals"] for row in rows if row["purpose"] == "signin"} == {old: 0, new: 1}
    assert '"resealed":"signin.Authenticator","rows":1' in told


def reseal(cast):
    for kind in SEALED_KINDS:
        while actions.reseal_batch(cast.keys, kind, now=cast.clock.at):
            pass


@pytest.mark.parametrize(
    ("resealed", "hours", "code"), [(False, 2, "key_seals"), (True, 0, "key_unsettled"), (True, 2, None)]
)
def test_a_report_key_retires_only_when_it_seals_nothing_and_nothing_is_under_way(cast, resealed, hours, code):
    cast.report()
    old = ReportKey.objects.get().sealed_by
    rotate(cast, Purpose.REPORTS)
    if resealed:
        reseal(cast)
    later = cast.clock.pass_by(hours=hours)

    if code is None:
        assert actions.retire(cast.keys, old, SEALED_KINDS, now=later).state is KeyState.RETIRED
        return
    with pytest.raises(RefusedError) as refusal:
        actions.retire(cast.keys, old, SEALED_KINDS, now=later)
    assert refusal.value.code == code


def test_a_key_in_use_is_neither_retired_nor_destroyed(cast):
    key_id, _ = cast.keys.secret(Purpose.RECEIPTS, cast.clock.at)

    for act, code in ((actions.retire, "key_in_use"), (actions.destroy, "key_not_retired")):
        with pytest.raises(RefusedError) as refusal:
            act(cast.keys, key_id, SEALED_KINDS, now=cast.clock.at)
        assert refusal.value.code == code


def test_a_backup_of_the_database_opens_until_its_sealing_key_is_destroyed(cast):
    report = cast.report().report
    row = ReportKey.objects.get()
    backup = (row.sealed_by, bytes(row.sealed), bytes(report.original))
    reports.erase(report.pk, "request", actor="system:test", now=cast.clock.at)
    assert read_backup(cast.keys, report, backup).startswith(b"{")  # said honestly in docs/keys-and-retention.md

    rotate(cast, Purpose.REPORTS)
    reseal(cast)
    later = cast.clock.pass_by(hours=2)
    actions.retire(cast.keys, backup[0], SEALED_KINDS, now=later)
    actions.destroy(cast.keys, backup[0], SEALED_KINDS, now=later)

    with pytest.raises(RefusedError, match="key_not_live"):
        read_backup(cast.keys, report, backup)


def read_backup(keys, report, backup):
    sealed_by, sealed, original = backup
    key = sealing.unseal(keys.secret_by_id(sealed_by), label(report, "key"), sealed)
    return sealing.unseal(key, label(report, "original"), original)


# --- receipts, web, partners


def test_a_retry_after_rotation_gets_its_first_receipt(cast):
    body = json.dumps(cast.body()).encode()
    first = reports.receive(body, cast.keys, retry_key="retry-key-0123456789", now=cast.clock.at)
    old = cast.keys.secret(Purpose.RECEIPTS, cast.clock.at)[0]
    rotate(cast, Purpose.RECEIPTS)

    again = reports.receive(body, cast.keys, retry_key="retry-key-0123456789", now=cast.clock.at)
    assert (again.receipt, again.is_new) == (first.receipt, False)

    actions.retire(cast.keys, old, SEALED_KINDS, now=cast.clock.at)
    with pytest.raises(Exception, match="retry_too_late"):
        reports.receive(body, cast.keys, retry_key="retry-key-0123456789", now=cast.clock.at)
    assert Report.objects.count() == 1


def test_the_pages_take_what_the_old_key_signed(cast):
    old = cast.keys.secret(Purpose.WEB, cast.clock.at)[1]
    rotate(cast, Purpose.WEB)

    newest, *fallbacks = cast.keys.secrets(Purpose.WEB, cast.clock.at)
    assert newest != old
    assert fallbacks == [old]


def test_a_partner_has_two_live_secrets_for_an_overlap_and_no_third(cast):
    [old] = cast.keys.partner_secrets("970436", cast.clock.at)
    rotate(cast, Purpose.PARTNER, "970436")
    new, still = cast.keys.partner_secrets("970436", cast.clock.at)
    assert still == old

    for secret in (old, new):
        headers = webhooks.sign(secret, "m1", cast.clock.at, b"x")
        assert webhooks.check([new, old], headers, b"x", now=cast.clock.at)
    both = webhooks.sign([new, old], "m2", cast.clock.at, b"x")
    assert both["webhook-signature"].count("v1,") == 2
    for secret in (old, new):  # whichever the partner has, it can check what we send
        assert webhooks.check([secret], both, b"x", now=cast.clock.at)

    with pytest.raises(RefusedError, match="two_live"):
        rotate(cast, Purpose.PARTNER, "970436")
    old_id = next(key.id for key in cast.keys.all() if key.state is KeyState.REPLACED)
    actions.retire(cast.keys, old_id, SEALED_KINDS, now=cast.clock.at)
    assert cast.keys.partner_secrets("970436", cast.clock.at) == [new]


@pytest.mark.parametrize(("purpose", "owner"), [(Purpose.PARTNER, ""), (Purpose.WEB, "970436")])
def test_an_owner_goes_with_a_partners_key_and_no_other(cast, purpose, owner):
    with pytest.raises(InputError):
        rotate(cast, purpose, owner)


# --- in any order


@pytest.mark.parametrize("purpose", [Purpose.LEDGER, Purpose.REPORTS, Purpose.WEB])
def test_a_rotation_that_was_killed_before_the_end_goes_on_with_the_same_key(cast, monkeypatch, purpose, entries):
    cast.keys.ledger_signer(cast.clock.at)
    cast.keys.secret(Purpose.REPORTS, cast.clock.at)
    monkeypatch.setattr(KeyStore, "activate", _killed)
    with pytest.raises(KeyboardInterrupt):
        rotate(cast, purpose)
    monkeypatch.undo()
    [prepared] = [key for key in cast.keys.all() if key.state is KeyState.PREPARED]

    assert rotate(cast, purpose).id == prepared.id
    assert entries(f"key:{prepared.id}") == ["keys.rotate"]


def test_another_process_sees_a_rotation_at_once(cast):
    here, there = cast.keys, KeyStore(cast.keys.folder, demo=True)
    before = here.secret(Purpose.REPORTS, cast.clock.at)[0]

    after = actions.rotate(there, Purpose.REPORTS, now=cast.clock.at).id

    assert here.secret(Purpose.REPORTS, cast.clock.at)[0] == after != before


def _killed(*_arguments, **_keywords):
    raise KeyboardInterrupt


def _now():
    from keng.conftest import NOW

    return NOW


def test_the_public_half_stays_when_the_private_one_is_destroyed(cast):
    old = next(iter([cast.keys.ledger_signer(cast.clock.at)]))
    [row] = [key for key in cast.keys.all() if key.purpose == Purpose.LEDGER]
    rotate(cast, Purpose.LEDGER)
    actions.retire(cast.keys, row.id, SEALED_KINDS, now=cast.clock.at)
    actions.destroy(cast.keys, row.id, SEALED_KINDS, now=cast.clock.at)

    assert not (cast.keys.folder / row.filename).exists()
    assert PublicKey.load(Path(f"{cast.keys.folder / row.filename}.pub")).key_id == old.key_id
