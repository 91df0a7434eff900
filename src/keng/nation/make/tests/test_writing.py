"""Same plan, same bytes; a folder appears whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from keng.cli import main
from keng.nation.make import Plan, write
from keng.nation.make.write import write_whole

FILES = {
    "population.parquet", "sims.parquet", "accounts.parquet", "transfers.parquet", "balances.parquet", "reports.jsonl", "names.txt",
    "truth/sims.parquet", "truth/accounts.parquet", "truth/transfers.parquet",
    "truth/lookalikes.parquet", "truth/reports.jsonl", "truth/names.jsonl",
}  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_plan_gives_the_same_bytes_and_another_seed_others(tmp_path: Path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write(Plan(people=300, seed=seed), tmp_path / name)
    first = digests(tmp_path / "a")
    assert set(first) == FILES
    assert digests(tmp_path / "b") == first
    assert not set(digests(tmp_path / "c").values()) & set(first.values())


def test_the_command_writes_into_a_new_folder_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["nation", "make", str(tmp_path / "new"), "--people", "200", "--seed", "2", "--end", "2026-03-01"]) == 0
    assert '"people": 200' in capsys.readouterr().out
    assert set(digests(tmp_path / "new")) == FILES
    assert list(tmp_path.iterdir()) == [tmp_path / "new"]


def test_the_sims_alone_are_the_same_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    write(Plan(people=300, seed=5), tmp_path / "whole")
    assert main(["nation", "make", str(tmp_path / "sims"), "--people", "300", "--seed", "5", "--sims-only"]) == 0
    assert '"sims": 360' in capsys.readouterr().out
    alone, whole = digests(tmp_path / "sims"), digests(tmp_path / "whole")
    assert alone == {name: whole[name] for name in ("population.parquet", "sims.parquet", "truth/sims.parquet")}


def test_slices_share_nobody_and_no_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("one", "again"):
        words = ["--people", "900", "--seed", "2", "--sims-only", "--slices", "3"]
        assert main(["nation", "make", str(tmp_path / name), *words]) == 0
    assert capsys.readouterr().out.splitlines()[0] == '{"people": 900, "sims": 1080}'
    assert set(digests(tmp_path / "one")) == {"population.parquet", "sims.parquet", "truth/sims.parquet"}
    assert digests(tmp_path / "one") == digests(tmp_path / "again")
    people, sims = (pq.read_table(tmp_path / "one" / f"{name}.parquet") for name in ("population", "sims"))
    for column in (people["citizen_id"], people["old_id"].drop_null(), sims["record_id"], sims["subscriber"]):
        assert len(column.unique()) == len(column)
    truth = pq.read_table(tmp_path / "one" / "truth" / "sims.parquet")
    assert truth["record_id"] == sims["record_id"]
    assert set(truth["person_id"].drop_null().to_pylist()) <= set(people["citizen_id"].to_pylist())


@pytest.mark.parametrize(
    "words", [["--slices", "3"], ["--sims-only", "--slices", "0"], ["--sims-only", "--slices", "4"]]
)
def test_slices_are_of_sims_alone_and_not_too_small(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["nation", "make", str(tmp_path / "new"), "--people", "350", *words]) == 2
    assert "slice" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_it_refuses_a_folder_that_is_not_empty_and_leaves_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    assert main(["nation", "make", str(tmp_path), "--people", "200"]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_it_accepts_an_empty_folder(tmp_path: Path):
    assert main(["nation", "make", str(tmp_path), "--people", "150"]) == 0
    assert set(digests(tmp_path)) == FILES


def test_too_few_people_are_a_bad_option(tmp_path: Path):
    with pytest.raises(SystemExit) as refused:
        main(["nation", "make", str(tmp_path / "x"), "--people", "3"])
    assert refused.value.code == 2


def test_nothing_is_left_when_the_making_fails(tmp_path: Path):
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half", encoding="utf-8")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "town", fail)
    assert list(tmp_path.iterdir()) == []
