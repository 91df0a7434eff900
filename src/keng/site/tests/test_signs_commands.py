"""`keng keep-signs` and `keng simo`: from files to the desk and back, and what is refused leaves nothing."""

from __future__ import annotations

import json

import pytest

from keng.cli import main
from keng.conftest import MULE
from keng.desk.fraud.signs.models import Evidence, Run, Suspected

HEAD = "transfer_id,from_account,to_account,amount,at\n"


@pytest.fixture
def result(tmp_path):
    """A run of S4 that holds on the mule."""
    files = {
        "accounts": f"record_id\n{MULE}\n",
        "transfers": HEAD + "".join(f"{n},970418:9,{MULE},5000000,2026-11-20T0{n}:00:00Z\n" for n in range(1, 5)),
        "listed": "account\n970418:9\n",
    }
    options = []
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
        options += [f"--{name}", str(tmp_path / name)]
    out = str(tmp_path / "out.parquet")
    assert main(["signs", *options, "-o", out, "--as-of", "2026-11-20", "--threads", "1"]) == 0
    return out


def test_a_run_is_kept_as_counts_and_once(cast, result, capsys):
    cast.report()
    capsys.readouterr()
    assert main(["keep-signs", result, "--bank", "970436"]) == 0
    told = {one["sign"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (told["S4"]["held"], told["S4"]["named"], told["S4"]["was_live"], told["S1"]["ran"]) == (1, 1, False, False)
    assert (Run.objects.count(), Evidence.objects.count()) == (1, 0)
    assert main(["keep-signs", result, "--bank", "970436"]) == 2


@pytest.mark.parametrize("spoil", ["result", "about", "bank"])
def test_a_result_that_is_not_whole_is_refused_in_both_languages(cast, result, tmp_path, capsys, spoil):
    if spoil == "result":
        (tmp_path / "out.parquet").write_bytes((tmp_path / "out.parquet").read_bytes() + b"x")
    if spoil == "about":
        (tmp_path / "out.parquet.run.json").write_text('{"signs": [{}]}', "utf-8")
    capsys.readouterr()
    assert main(["keep-signs", result, "--bank", "999999" if spoil == "bank" else "970436"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2
    assert not Run.objects.exists()


def test_a_list_is_taken_listed_and_given_back(cast, tmp_path, capsys):
    (tmp_path / "in.csv").write_text("SoTaiKhoan,NghiNgo\n0071000123456,2\n,1\n", "utf-8")
    assert main(["simo", "take", str(tmp_path / "in.csv"), "--bank", "970436"]) == 3
    said = capsys.readouterr().err
    assert "row 3, SoTaiKhoan" in said
    assert said.endswith("2 read, 1 written, 1 skipped\n")
    assert Suspected.objects.get().account == MULE
    assert main(["simo", "suspects", "-o", str(tmp_path / "listed.csv")]) == 0
    assert (tmp_path / "listed.csv").read_text("utf-8") == f"account\n{MULE}\n"
    cast.hold()
    assert main(["simo", "give", "--bank", "970436", "-o", str(tmp_path / "out.json")]) == 0
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))[0]["SoTaiKhoan"] == "0071000123456"
    for bad in (["--bank", "1"], ["--bank", "970436", "--form", "001"]):
        assert main(["simo", "take", str(tmp_path / "in.csv"), *bad]) == 2
    assert main(["simo", "give", "--bank", "970436", "-o", str(tmp_path / "out.doc")]) == 2
