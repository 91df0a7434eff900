"""`keng link` gives the same bytes by whole columns and compiled code as line by line and plainly: 20,000 generated reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scams.make import write
from keng import cli
from keng.commands import link_input
from keng.engines.link import fast

REPORTS = 20_000


def test_twenty_thousand_reports_are_linked_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    source = tmp_path / "in.jsonl"
    write(source, tmp_path / "truth.jsonl", REPORTS, 11, 0.3)
    blocks = []

    def watched(number: int, block: bytes) -> object:
        found = whole(number, block)
        blocks.append(found is not None)
        return found

    whole = link_input.prepare_whole
    monkeypatch.setattr(link_input, "prepare_whole", watched)
    monkeypatch.setattr(fast, "WORTH", 1)
    fastest = _linked(source, tmp_path / "fast.jsonl")
    assert blocks and all(blocks), "every block was read whole"
    monkeypatch.setattr(link_input, "prepare_whole", lambda number, block: None)
    monkeypatch.setattr(fast, "is_there", lambda: False)
    assert fastest == _linked(source, tmp_path / "plain.jsonl")
    assert fastest.count(b"\n") == REPORTS


def _linked(source: Path, target: Path) -> bytes:
    assert cli.main(["link", "-i", str(source), "-o", str(target), "--threads", "1"]) == 0
    return target.read_bytes()
