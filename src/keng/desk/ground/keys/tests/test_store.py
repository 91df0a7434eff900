"""Keys: outside the database, readable by us alone, and those of the demo useless outside it."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Thread

import pytest

from keng.base.errors import RefusedError
from keng.base.signing import PublicKey
from keng.desk.ground.keys import DemoKeyError, KeyStore, Purpose, register

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
RETIRE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from keng.desk.ground.keys import KeyStore

KeyStore(Path(sys.argv[1]), demo=True).retire(sys.argv[2], datetime.now(UTC))
"""
MAKE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from keng.desk.ground.keys import KeyStore, Purpose

KeyStore(Path(sys.argv[1]), demo=True).secret(Purpose.REPORTS, datetime.now(UTC))
"""


def test_a_key_is_made_once_and_found_again(tmp_path):
    first = KeyStore(tmp_path, demo=True).secret(Purpose.REPORTS, NOW)

    assert KeyStore(tmp_path, demo=True).secret(Purpose.REPORTS, NOW) == first
    assert KeyStore(tmp_path, demo=True).secret_by_id(first[0]) == first[1]


def test_one_key_has_one_purpose(tmp_path):
    store = KeyStore(tmp_path, demo=True)

    secrets = {store.secret(purpose, NOW)[1] for purpose in (Purpose.REPORTS, Purpose.RECEIPTS, Purpose.WEB)}

    assert len(secrets) == 3
    assert store.partner_secrets("970436", NOW) != store.partner_secrets("970418", NOW)


def test_private_files_are_readable_by_us_alone(tmp_path):
    store = KeyStore(tmp_path, demo=True)
    store.ledger_signer(NOW)
    store.partner_secrets("970436", NOW)

    for path in [*tmp_path.glob("*.pem"), *tmp_path.glob("*.key"), tmp_path / "keys.json"]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_public_half_of_the_ledgers_key_stands_beside_it(tmp_path):
    signer = KeyStore(tmp_path, demo=True).ledger_signer(NOW)
    [public] = tmp_path.glob("ledger-*.pem.pub")

    assert PublicKey.load(public).key_id == signer.key_id


def test_a_demo_key_refuses_to_work_outside_the_demo(tmp_path):
    demo = KeyStore(tmp_path, demo=True)
    key_id, _ = demo.secret(Purpose.REPORTS, NOW)
    demo.ledger_signer(NOW)
    demo.partner_secrets("970436", NOW)
    real = KeyStore(tmp_path, demo=False)

    for use in (
        lambda: real.secret(Purpose.REPORTS, NOW),
        lambda: real.secret_by_id(key_id),
        lambda: real.ledger_signer(NOW),
        lambda: real.partner_secrets("970436", NOW),
    ):
        with pytest.raises(DemoKeyError):
            use()


def test_many_at_once_make_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: KeyStore(tmp_path, demo=True).secret(Purpose.RECEIPTS, NOW), range(32)))

    assert len(set(made)) == 1


def test_an_unknown_key_is_an_error_and_not_a_new_key(tmp_path):
    with pytest.raises(KeyError):
        KeyStore(tmp_path, demo=True).secret_by_id("reports-00000000")


def test_a_key_that_others_can_read_is_refused(tmp_path):
    store = KeyStore(tmp_path, demo=True)
    key_id, _ = store.secret(Purpose.REPORTS, NOW)
    store.ledger_signer(NOW)
    for path in (tmp_path / f"{key_id}.key", *tmp_path.glob("*.pem")):
        path.chmod(0o640)
        fresh = KeyStore(tmp_path / ".." / tmp_path.name, demo=True)  # a path of its own: nothing opened yet
        with pytest.raises(RefusedError, match="key_readable"):
            fresh.check()
        with pytest.raises(RefusedError, match="key_readable"):
            fresh.ledger_signer(NOW) if path.suffix == ".pem" else fresh.secret_by_id(key_id)
        path.chmod(0o600)
    store.check()


def test_a_draft_left_over_with_another_mode_does_not_open_the_new_key(tmp_path):
    draft = tmp_path / "keys.json.draft"
    draft.write_text("half")
    draft.chmod(0o666)

    KeyStore(tmp_path, demo=True).secret(Purpose.WEB, NOW)

    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


@pytest.fixture
def moment(monkeypatch):
    """The clock by which the register is looked at; it stands."""
    at = [1000.0]
    monkeypatch.setattr(register, "monotonic", lambda: at[0])
    return at


def by_another_process(folder, act):
    """What `act` does to the store, written without a word to this process."""
    known = register._loaded.pop(folder)
    told = act(KeyStore(folder, demo=True))
    register._loaded[folder] = known
    return told


def test_a_key_retired_elsewhere_is_used_until_the_register_is_looked_at_again(tmp_path, moment):
    store = KeyStore(tmp_path, demo=True)
    key_id, _ = store.secret(Purpose.REPORTS, NOW)
    by_another_process(tmp_path, lambda other: other.retire(key_id, NOW))

    assert store.secret_by_id(key_id)
    moment[0] += 2 * register.LOOK_AGAIN_SECONDS
    with pytest.raises(RefusedError, match="key_not_live"):
        store.secret_by_id(key_id)


def test_a_key_made_elsewhere_a_moment_ago_opens_what_it_sealed(tmp_path, moment):
    store = KeyStore(tmp_path, demo=True)
    store.secret(Purpose.WEB, NOW)
    key_id, secret = by_another_process(tmp_path, lambda other: other.secret(Purpose.REPORTS, NOW))

    assert store.secret_by_id(key_id) == secret


def test_who_writes_the_register_keeps_what_was_written_elsewhere_a_moment_ago(tmp_path, moment):
    store = KeyStore(tmp_path, demo=True)
    store.secret(Purpose.WEB, NOW)
    key_id, _ = by_another_process(tmp_path, lambda other: other.secret(Purpose.REPORTS, NOW))

    assert store.secret(Purpose.REPORTS, NOW)[0] == key_id, "no second key of that purpose"
    store.secret(Purpose.SMS, NOW)
    assert {key.purpose for key in register.read(tmp_path)} == {Purpose.WEB, Purpose.REPORTS, Purpose.SMS}


def test_a_look_that_took_long_never_takes_the_place_of_a_newer_one(tmp_path, moment, monkeypatch):
    """While one thread looks, another process writes and a second thread, about to write, looks again."""
    store = KeyStore(tmp_path, demo=True)
    store.secret(Purpose.WEB, NOW)
    second, signature = Thread(target=register.look_again, args=[tmp_path]), register._signature

    def look_slowly(path):
        found = signature(path)
        monkeypatch.setattr(register, "_signature", signature)
        subprocess.run([sys.executable, "-c", MAKE, str(tmp_path)], check=True)
        second.start()
        second.join(0.1)  # it has to wait for us
        return found

    store.all()
    moment[0] += 2 * register.LOOK_AGAIN_SECONDS
    monkeypatch.setattr(register, "_signature", look_slowly)
    store.all()
    second.join()

    assert {key.purpose for key in store.all()} == {Purpose.WEB, Purpose.REPORTS}


def test_a_key_that_another_process_retired_is_not_used_from_memory(tmp_path):
    store = KeyStore(tmp_path, demo=True)
    key_id, _ = store.secret(Purpose.REPORTS, NOW)
    assert store.secret_by_id(key_id)

    subprocess.run([sys.executable, "-c", RETIRE, str(tmp_path), key_id], check=True)

    with pytest.raises(RefusedError, match="key_not_live"):
        store.secret_by_id(key_id)


def test_a_register_of_the_release_before_is_read(tmp_path):
    store = KeyStore(tmp_path, demo=True)
    key_id, secret = store.secret(Purpose.REPORTS, NOW)
    rows = json.loads((tmp_path / "keys.json").read_text())
    old = [{name: row[name] for name in ("id", "purpose", "owner", "made_at", "retired_at", "demo")} for row in rows]
    (tmp_path / "keys.json").write_text(json.dumps(old))

    assert store.secret(Purpose.REPORTS, NOW) == (key_id, secret)
