"""A state in a folder: the same as without one, and whole after a write that was cut off anywhere."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keng.engines.link import BrokenStateError, Linker, Report, opened
from keng.engines.link.tests.cases import account, babble, bank, phone, report, settled


def told(linker: Linker) -> list[tuple[bytes, str]]:
    return [(linker.book.identifier(row), linker.code(row)) for row in range(len(linker.book))]


def keep(folder: Path, reports: list[Report], *, whole: bool) -> list[tuple[bytes, str]]:
    """Load, add, write; whole: as a new generation, else to the journal."""
    with opened(folder) as store:
        linker = Linker(store.load())
        before, codes = linker.book.campaign(np.arange(len(linker.book))), len(linker.book.codes)
        for one in reports:
            linker.add(one)
        if whole:
            linker.settle()
            store.write(linker.book)
        else:
            store.append(linker.book, before, codes)
        return told(linker)


def loaded(folder: Path) -> list[tuple[bytes, str]]:
    with opened(folder) as store:
        return told(Linker(store.load()))


FIRST = [bank(number, account(number % 2), phone(1)) for number in range(8)]
LATER = [report(number, babble(number), account(number % 3)) for number in range(100, 110)]


def test_what_was_written_is_read_again(tmp_path: Path):
    first = keep(tmp_path, FIRST, whole=True)
    assert loaded(tmp_path) == first
    second = keep(tmp_path, LATER, whole=False)
    assert loaded(tmp_path) == second and len(second) == 18


def test_in_steps_or_at_once_the_campaigns_are_the_same(tmp_path: Path):
    for one in FIRST + LATER:
        keep(tmp_path, [one], whole=False)
    in_steps = keep(tmp_path, [], whole=True)
    at_once = told(settled(FIRST + LATER))
    pairs = {(one, other) for (_, one), (_, other) in zip(in_steps, at_once, strict=True)}
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_a_journal_cut_off_anywhere_ends_with_its_last_whole_record(tmp_path: Path):
    before = keep(tmp_path / "a", FIRST, whole=True)
    between = keep(tmp_path / "a", LATER[:3], whole=False)
    journal = tmp_path / "a" / "generation-1" / "journal"
    whole = journal.stat().st_size
    after = keep(tmp_path / "a", LATER[3:], whole=False)
    end = journal.stat().st_size
    for length in {*range(0, end, end // 6), whole - 1, whole, whole + 1, whole + 23, end - 1, end}:
        copy = tmp_path / f"cut{length}"
        shutil.copytree(tmp_path / "a", copy)
        with (copy / "generation-1" / "journal").open("r+b") as file:
            file.truncate(length)
        expected = before if length < whole else between if length < end else after
        assert loaded(copy) == expected
        assert keep(copy, [report(999, babble(9), account(0))], whole=False) == loaded(copy)


def test_a_journal_with_a_wrong_byte_ends_there(tmp_path: Path):
    before = keep(tmp_path, FIRST, whole=True)
    keep(tmp_path, LATER, whole=False)
    journal = tmp_path / "generation-1" / "journal"
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 1
    journal.write_bytes(content)
    assert loaded(tmp_path) == before


@pytest.mark.parametrize("left", ["draft-2", "generation-2", "draft-current"])
def test_what_a_killed_write_left_behind_does_not_count(tmp_path: Path, left: str):
    before = keep(tmp_path, FIRST, whole=True)
    if left == "draft-current":
        (tmp_path / left).write_text("generation-2", encoding="ascii")
    else:
        shutil.copytree(tmp_path / "generation-1", tmp_path / left)
        (tmp_path / left / "rank.npy").write_bytes(b"half")
    assert loaded(tmp_path) == before
    assert not (tmp_path / left).exists()


def test_killed_at_each_system_call_of_a_write_the_state_is_the_old_or_the_new(tmp_path: Path):
    """SIGKILL at the nth sync or rename: what is read afterwards is one of the two."""
    before = keep(tmp_path / "a", FIRST, whole=True)
    shutil.copytree(tmp_path / "a", tmp_path / "done")
    after = keep(tmp_path / "done", LATER, whole=True)
    seen = set()
    for step in (1, 2, 15, *range(30, 37)):
        copy = tmp_path / f"step{step}"
        shutil.copytree(tmp_path / "a", copy)
        done = subprocess.run([sys.executable, "-m", __name__, str(copy), str(step)], check=False)
        assert done.returncode in (0, -signal.SIGKILL)
        found = loaded(copy)
        assert found in (before, after)
        seen.add(found == after)
    assert seen == {False, True}


def test_a_folder_of_others_is_refused_and_left_as_it_is(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    with opened(tmp_path) as store, pytest.raises(BrokenStateError):
        store.load()
    assert (tmp_path / "photos").is_dir()


def test_a_state_with_a_column_lost_is_told(tmp_path: Path):
    keep(tmp_path, FIRST, whole=True)
    (tmp_path / "generation-1" / "rank.npy").unlink()
    with pytest.raises(BrokenStateError, match="rank"):
        loaded(tmp_path)


def test_a_state_is_held_by_one_process_at_a_time(tmp_path: Path):
    with opened(tmp_path), pytest.raises(BrokenStateError, match="in use"), opened(tmp_path):
        pass


def _killed_write(folder: Path, step: int) -> None:
    """Write LATER into a folder and be killed before the nth sync or rename."""
    count = 0

    def counted(function):
        def call(*words):
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*words)

        return call

    os.fsync = counted(os.fsync)
    Path.rename = counted(Path.rename)
    keep(folder, LATER, whole=True)


if __name__ == "__main__":
    _killed_write(Path(sys.argv[1]), int(sys.argv[2]))
