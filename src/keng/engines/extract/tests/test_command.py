from __future__ import annotations

import json
from pathlib import Path

import pytest

from keng.cli import main


def test_it_prints_the_contract_line_for_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text('{"id":7,"text":"MB 0912345678 500k","sender":"VCB"}\nx\n{"id":"b","text":""}\n')
    assert main(["extract", "-i", str(source), "-o", str(target), "--threads", "2"]) == 3
    first, second = map(json.loads, target.read_text("utf-8").splitlines())
    assert first == {
        "id": 7,
        "indicators": [
            {
                "kind": "account",
                "value": "970422:0912345678",
                "start": 3,
                "end": 13,
                "text": "0912345678",
                "p": 0.75,
                "or": [{"kind": "phone", "value": "+84912345678", "p": 0.25}],
            },
            {"kind": "sender", "value": "VCB", "start": None, "end": None, "text": "VCB"},
        ],
        "money": [{"amount": 500000, "currency": "VND", "start": 14, "end": 18}],
        "times": [],
    }
    assert second == {"id": "b", "indicators": [], "money": [], "times": []}
    assert capsys.readouterr().err == "line 2: not JSON\n3 read, 2 written, 1 skipped\n"


def test_the_banks_are_printed_with_their_names(tmp_path: Path) -> None:
    target = tmp_path / "banks"
    assert main(["extract", "--banks", "-o", str(target)]) == 0
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert all(list(row) == ["bin", "code", "name", "aliases"] for row in rows)
    assert {"971025", "970436"} <= {row["bin"] for row in rows}
