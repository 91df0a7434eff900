"""What goes out of the database: exports that verify, tampering behind our back that is named, proofs for a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection

from keng import cli
from keng.base.errors import InputError, RefusedError
from keng.base.signing import Signer
from keng.desk.ground.ledger import actions, layout, queries
from keng.desk.ground.ledger.export import Exported, export, export_proofs
from keng.desk.ground.ledger.management.commands.flush import lifted_triggers
from keng.desk.ground.ledger.proofs import verify_proofs
from keng.desk.ground.ledger.tests.made_export import edit
from keng.desk.ground.ledger.tests.test_actions import NOW, signer, write
from keng.desk.ground.ledger.verdicts import Fails, Holds
from keng.desk.ground.ledger.verify import verify_export

KEYS = [signer.public]


@pytest.fixture
def ledger(db: None) -> None:
    actions.sequence_once(signer, NOW)
    write(300)
    actions.sequence_once(signer, NOW, batch=200)
    write(3, about="report:8", data={"why": "ạ", "many": [1, None, True]})
    actions.sequence_once(signer, NOW)
    write(2, about="report:8")


def tamper(statement: str) -> None:
    with lifted_triggers(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_export_holds_and_leaves_out_what_waits(ledger: None, tmp_path: Path) -> None:
    assert export(tmp_path / "out") == Exported(303, 3)
    verdict = verify_export(tmp_path / "out", KEYS)
    assert isinstance(verdict, Holds)
    assert verdict.entries == 303
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "README.txt",
        *sorted([layout.CHECKPOINTS, layout.KEYS, layout.LEAVES]),
    ]
    readme = (tmp_path / "out" / layout.README).read_text()
    assert signer.name in readme and "{origin}" not in readme
    assert "measures" not in (tmp_path / "out" / layout.LEAVES).read_text()


def test_the_empty_ledger_has_a_signed_export_and_an_unsigned_one_none(db: None, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no_checkpoint"):
        export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    actions.sequence_once(signer, NOW)
    export(tmp_path / "out")
    assert isinstance(verify_export(tmp_path / "out", KEYS), Holds)


def test_an_export_appears_whole_or_not_at_all_and_over_nothing(ledger: None, tmp_path: Path) -> None:
    full = mock.patch("keng.desk.ground.ledger.export._checkpoint_lines", side_effect=OSError(28, "full"))
    with full, pytest.raises(InputError, match="unwritable"):
        export(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "empty").mkdir()
    for place in (tmp_path / "full", tmp_path / "full" / "mine"):
        with pytest.raises(InputError, match="exists"):
            export(place)
    export(tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "full"]


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'officer:13'",
        "verb = 'measures.lift'",
        "subject = 'measure:1'",
        "about = NULL",
        "data = '{}'",
        "at_utc = '2026-03-05 07:31:00'",
        "uuid = '0123456789abcdef0123456789abcdef'",
        "chain = leaf",
    ],
)
def test_an_entry_changed_in_the_database_is_named(ledger: None, tmp_path: Path, change: str) -> None:
    tamper(f"UPDATE ledger_entry SET {change} WHERE place = 250")
    export(tmp_path / "out")
    verdict = verify_export(tmp_path / "out", KEYS)
    assert isinstance(verdict, Fails)
    assert (verdict.entry, verdict.reason, verdict.confirmed) == (250, "changed", 200)


def test_an_entry_deleted_in_the_database_is_named(ledger: None, tmp_path: Path) -> None:
    tamper("DELETE FROM ledger_entry WHERE place = 250")
    export(tmp_path / "out")
    verdict = verify_export(tmp_path / "out", KEYS)
    assert isinstance(verdict, Fails)
    assert (verdict.entry, verdict.reason) == (250, "order")


def test_a_person_gets_the_entries_about_themself_and_proves_them(ledger: None, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    assert export_proofs("report:8", path, NOW) == Exported(3, 1)
    assert verify_proofs(path, KEYS) == Holds(3, mock.ANY, signer.key_id)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["entry"]["about"] for line in lines[1:]] == ["report:8"] * 3
    assert lines[1]["entry"]["data"] == {"many": [1, None, True], "why": "ạ"}
    with pytest.raises(InputError, match="exists"):
        export_proofs("report:8", path, NOW)
    assert export_proofs("report:none", tmp_path / "none.jsonl", NOW) == Exported(0, 1)
    assert isinstance(verify_proofs(tmp_path / "none.jsonl", KEYS), Holds)


def test_any_changed_byte_of_the_proofs_is_seen(ledger: None, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    export_proofs("report:8", path, NOW)
    edit(path, lambda lines: lines[:2])
    whole = path.read_bytes()
    for at, byte in enumerate(whole):
        path.write_bytes(whole[:at] + bytes([byte ^ 1]) + whole[at + 1 :])
        assert isinstance(verify_proofs(path, KEYS), Fails), at
    path.write_bytes(whole)
    assert isinstance(verify_proofs(path, [Signer.generate("a").public]), Fails)
    assert isinstance(verify_proofs(tmp_path / "none", KEYS), Fails)


def test_a_proof_is_found_once_the_entry_has_its_place(ledger: None) -> None:
    (waiting,) = write()
    assert queries.find_inclusion_proof(waiting.id) is None
    actions.sequence_once(signer, NOW)
    proof = queries.find_inclusion_proof(waiting.id)
    assert proof is not None
    assert (proof.place, proof.size) == (305, 306)
    with pytest.raises(InputError, match="no_entry"):
        queries.find_inclusion_proof(uuid4())
    with pytest.raises(InputError, match="no_entry"):
        queries.consistency_proof(307)
    tamper("UPDATE ledger_treenode SET hash = (SELECT leaf FROM ledger_entry WHERE place = 1)")
    with pytest.raises(RefusedError, match=r"ledger\.broken"):
        queries.find_inclusion_proof(waiting.id)


def test_entries_are_read_newest_first_and_by_pages(ledger: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        mine = queries.entries_about("report:8")
    assert [entry.place for entry in mine] == [None, None, 302, 301, 300]
    assert mine[-1].facts == {"many": [1, None, True], "why": "ạ"}
    assert mine[-1].at_utc == NOW
    assert queries.entries_about("report:8", verb="reports.look") == []
    first = queries.newest_entries(limit=4)
    second = queries.newest_entries(before=first[-1].serial, limit=4)
    assert [entry.place for entry in first + second] == [None, None, 302, 301, 300, 299, 298, 297]
    assert len(queries.entries_on("measure:9")) == 305
    head = queries.find_latest_checkpoint()
    assert head is not None
    assert (head.size, head.key_id) == (303, signer.key_id)


def test_the_commands_export_prove_and_verify(ledger: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, out, mine = tmp_path / "k.pub", tmp_path / "out", tmp_path / "mine.jsonl"
    key.write_bytes(signer.public.pem())
    assert cli.main(["ledger", "export", "-o", str(out)]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 303, "checkpoints": 3}
    assert cli.main(["ledger", "prove", "--about", "report:8", "-o", str(mine)]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 3
    for place, entries in ((out, 303), (mine, 3)):
        assert cli.main(["ledger", "verify", str(place), "--public", str(key)]) == 0
        assert json.loads(capsys.readouterr().out)["entries"] == entries
    assert cli.main(["ledger", "export", "-o", str(out)]) == 2
    assert "không rỗng" in capsys.readouterr().err


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", "ledger", check=True, dry_run=True, verbosity=0)
