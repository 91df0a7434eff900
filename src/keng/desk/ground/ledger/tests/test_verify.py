"""Breaking exports in every way that comes to mind: each must fail, and name the first entry that does."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from keng import cli
from keng.base.signing import Signer
from keng.desk.ground.ledger import layout, verify
from keng.desk.ground.ledger.tests.made_export import SIZES, edit, leaves_of, make, rechained, signed
from keng.desk.ground.ledger.verdicts import REASONS, Fails, Holds

COUNT = SIZES[-1]
signer = Signer.generate("keng.example/ledger")
stranger = Signer.generate("keng.example/ledger")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "export", signer, leaves_of(COUNT))


def check(folder: Path, *keys: Signer, seen: layout.Head | None = None) -> Holds | Fails:
    return verify.verify_export(folder, [key.public for key in keys or (signer,)], seen)


def head_of(line: str, *keys: Signer) -> layout.Head:
    return verify.open_head(line.encode(), [key.public for key in keys or (signer,)], 1, 0)[0]


def swap(a: int, b: int) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        lines[a], lines[b] = lines[b], lines[a]

    return change


def test_an_untouched_export_holds(folder: Path) -> None:
    verdict = check(folder)
    assert isinstance(verdict, Holds)
    assert (verdict.entries, verdict.head.size, verdict.key_id) == (COUNT, COUNT, signer.key_id)


@pytest.mark.parametrize("block_lines", [1, 3, 4_096])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 99, 100, 101, 1_001])
def test_every_size_and_block_holds(
    tmp_path: Path, count: int, block_lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "BLOCK_LINES", block_lines)
    sizes = sorted({0, count // 3, count})
    assert check(make(tmp_path / "export", signer, leaves_of(count), sizes)) == Holds(
        count, head_of(signed(leaves_of(count), signer)), signer.key_id
    )


def test_any_changed_byte_of_the_leaves_names_its_line(folder: Path) -> None:
    path = folder / layout.LEAVES
    whole = path.read_bytes()
    place = 0
    for at, byte in enumerate(whole):
        path.write_bytes(whole[:at] + bytes([byte ^ 1]) + whole[at + 1 :])
        verdict = check(folder)
        assert isinstance(verdict, Fails), at
        assert verdict.entry == place, (at, verdict)
        assert verdict.confirmed == max(size for size in SIZES if size <= place)
        place += byte == 10


def test_capital_hex_is_another_spelling(folder: Path) -> None:
    edit(folder / layout.LEAVES, lambda lines: [*lines[:7], lines[7].replace("a", "A"), *lines[8:]])
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert verdict.entry == 7


def test_any_changed_byte_of_the_checkpoints_is_seen(folder: Path) -> None:
    path = folder / layout.CHECKPOINTS
    whole = path.read_bytes()
    line = 0
    for at, byte in enumerate(whole):
        path.write_bytes(whole[:at] + bytes([byte ^ 1]) + whole[at + 1 :])
        verdict = check(folder)
        assert isinstance(verdict, Fails), at
        assert verdict.entry == verdict.confirmed == (SIZES[line - 1] if line else 0), (at, verdict)
        line += byte == 10


@pytest.mark.parametrize(
    ("change", "entry", "reason"),
    [
        (swap(3, 4), 3, "order"),
        (swap(0, 19), 0, "order"),
        (lambda lines: lines[:-1], 19, "missing"),
        (lambda lines: lines[:6] + lines[7:], 6, "order"),
        (lambda lines: [*lines[:6], lines[5], *lines[6:]], 6, "order"),
        (lambda lines: [*lines[:6], "\n", *lines[6:]], 6, "malformed"),
        (lambda lines: [*lines, lines[-1]], 20, "uncovered"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], 19, "cut_off"),
        (lambda lines: [*lines[:-1], lines[-1][:40]], 19, "cut_off"),
        (lambda lines: [*lines[:8], lines[8][:40]], 8, "cut_off"),
        (lambda lines: [""], 0, "missing"),
        (lambda lines: [*lines[:4], '{"n":' + "9" * 5000 + "\n"], 4, "malformed"),
        (lambda lines: [*lines[:4], lines[4].replace("\n", "\r\n"), *lines[5:]], 4, "malformed"),
    ],
)
def test_moved_missing_and_cut_lines_are_named(
    folder: Path, change: Callable[[list[str]], list[str] | None], entry: int, reason: str
) -> None:
    edit(folder / layout.LEAVES, change)
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert (verdict.entry, verdict.reason) == (entry, reason)


@pytest.mark.parametrize("forged_at", range(COUNT))
def test_a_rechained_forgery_fails_at_the_next_checkpoint(folder: Path, forged_at: int) -> None:
    leaves = leaves_of(COUNT)
    leaves[forged_at] = bytes(32)
    (folder / layout.LEAVES).write_text("".join(rechained(leaves)))
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    confirmed = max(size for size in SIZES if size <= forged_at)
    assert (verdict.reason, verdict.entry, verdict.confirmed) == ("unconfirmed", confirmed, confirmed)


@pytest.mark.parametrize("other", [swap(3, 4), swap(6, 17)])
def test_renumbered_and_rechained_swaps_fail_too(folder: Path, other: Callable[[list[bytes]], None]) -> None:
    leaves = leaves_of(COUNT)
    other(leaves)
    (folder / layout.LEAVES).write_text("".join(rechained(leaves)))
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert verdict.entry in (0, 5)


def test_a_forger_without_the_key_cannot_sign_the_new_end(folder: Path) -> None:
    leaves = [*leaves_of(COUNT - 1), bytes(32)]
    (folder / layout.LEAVES).write_text("".join(rechained(leaves)))
    edit(folder / layout.CHECKPOINTS, lambda lines: [*lines[:-1], signed(leaves, stranger)])
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("wrong_key", 13)


@pytest.mark.parametrize(
    ("change", "entry", "reason"),
    [
        (lambda lines: lines[:-1], 13, "uncovered"),
        (swap(1, 2), 12, "checkpoint_order"),
        (lambda lines: [*lines, lines[-1]], 20, "checkpoint_order"),
        (lambda lines: [""], 0, "no_checkpoint"),
        (lambda lines: [*lines[:3], "\n", *lines[3:]], 13 - 1, "checkpoint_malformed"),
        (lambda lines: [*lines[:3], "[" * 60_000 + "\n", *lines[3:]], 13 - 1, "checkpoint_malformed"),
        (lambda lines: [*lines[:3], lines[3].replace("— ", "- ")], 13 - 1, "checkpoint_malformed"),
        (lambda lines: [lines[-1][:-9]], 0, "checkpoint_malformed"),
    ],
)
def test_checkpoints_must_all_be_there_and_grow(
    folder: Path, change: Callable[[list[str]], list[str] | None], entry: int, reason: str
) -> None:
    edit(folder / layout.CHECKPOINTS, change)
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert (verdict.entry, verdict.reason) == (entry, reason)


def test_all_of_an_export_is_of_one_origin(folder: Path) -> None:
    renamed = Signer(signer.key, "keng.example/other")
    edit(folder / layout.CHECKPOINTS, lambda lines: [*lines[:-1], signed(leaves_of(COUNT), renamed)])
    verdict = check(folder)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("other_origin", 13)


def test_a_wrong_key_confirms_nothing(folder: Path) -> None:
    verdict = check(folder, stranger)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry, verdict.confirmed, verdict.head) == ("wrong_key", 0, 0, None)


def test_a_later_key_takes_over_and_the_earlier_may_not_sign_again(folder: Path) -> None:
    leaves = leaves_of(COUNT)
    edit(folder / layout.CHECKPOINTS, lambda lines: [*lines[:-1], signed(leaves, stranger)])
    assert isinstance(check(folder, signer, stranger), Holds)
    assert isinstance(check(folder, stranger, signer), Fails)
    edit(
        folder / layout.CHECKPOINTS,
        lambda lines: [*lines[:2], signed(leaves[:12], stranger), *lines[3:]],
    )
    verdict = check(folder, signer, stranger)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("wrong_key", 12)


@pytest.mark.parametrize("size", [0, 3, 5, 13, 20])
def test_a_kept_checkpoint_is_found_again(folder: Path, size: int) -> None:
    assert isinstance(check(folder, seen=head_of(signed(leaves_of(size), signer))), Holds)


@pytest.mark.parametrize("size", [3, 5, 13, 20])
def test_a_history_written_anew_with_the_key_contradicts_a_kept_checkpoint(folder: Path, size: int) -> None:
    kept = head_of(signed([bytes(32), *leaves_of(size)[1:]], signer))
    verdict = check(folder, seen=kept)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("forked", 0)


def test_a_shortened_export_is_shorter_than_a_kept_checkpoint(tmp_path: Path) -> None:
    kept = head_of(signed(leaves_of(COUNT), signer))
    verdict = check(make(tmp_path / "short", signer, leaves_of(13), SIZES[:-1]), seen=kept)
    assert isinstance(verdict, Fails)
    assert (verdict.reason, verdict.entry) == ("rolled_back", 13)


@pytest.mark.parametrize("name", [layout.LEAVES, layout.CHECKPOINTS])
def test_missing_files_and_folders_fail(folder: Path, name: str) -> None:
    (folder / name).unlink()
    for place in (folder, folder / "nowhere"):
        verdict = check(place)
        assert isinstance(verdict, Fails)
        assert (verdict.reason, verdict.entry) == ("unreadable", 0)


def test_the_command_tells_machines_and_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = folder.parent / "k.pub"
    key.write_bytes(signer.public.pem())
    words = ["ledger", "verify", str(folder), "--public", str(key)]
    assert cli.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["ok"], told["checkpoint"]["size"]) == (COUNT, True, COUNT)
    note = folder.parent / "note"
    note.write_text(json.loads((folder / layout.CHECKPOINTS).read_text().splitlines()[2])["note"])
    assert cli.main([*words, "--seen", str(note)]) == 0
    capsys.readouterr()
    edit(folder / layout.LEAVES, swap(3, 4))
    assert cli.main(words) == 2
    said = capsys.readouterr()
    assert json.loads(said.out) == {
        "entries": 0,
        "checkpoint": told["checkpoint"] | {"size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
        "ok": False,
        "entry": 3,
        "reason": "order",
        "confirmed": 0,
    }
    assert "Chỗ của mục 3" in said.err
    assert "where entry 3 belongs" in said.err
    for bad in ([*words[:3], "--public", str(note)], [*words, "--seen", str(key)], [*words, "--seen", str(folder)]):
        assert cli.main(bad) == 2
        assert capsys.readouterr().err.count("\n") == 2


def test_each_reason_is_said_in_both_languages() -> None:
    assert all(said.vi and said.en and said.vi != said.en for said in REASONS.values())


def test_checking_needs_no_django() -> None:
    code = "import sys, keng.desk.ground.ledger.command; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}).returncode == 0
    here = Path(verify.__file__).parent
    for name in ("verify", "verdicts", "layout", "canonical", "proofs"):
        tree = ast.parse((here / f"{name}.py").read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not any(module.startswith("django") for module in imported)
