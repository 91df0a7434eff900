from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from keng.base import lines


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    lines.add_arguments(parser)
    return parser.parse_args(list(arguments))


def echo(row: lines.Row) -> lines.Row:
    return {"id": lines.require_id(row), "text": lines.require_text(row)}


def convert(tmp_path: Path, content: bytes, *more: str) -> tuple[int, list[dict[str, object]] | None]:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(content)
    status = lines.convert_lines(options("-i", str(source), "-o", str(target), *more), echo)
    found = [json.loads(line) for line in target.read_bytes().splitlines()] if target.exists() else None
    assert not list(tmp_path.glob(".*.part"))
    return status, found


def test_a_bom_crlf_and_blank_lines_are_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = convert(tmp_path, b'\xef\xbb\xbf{"id":1,"text":"a"}\r\n\r\n  \n{"id":"x","text":"","more":null}')
    assert (status, found) == (0, [{"id": 1, "text": "a"}, {"id": "x", "text": ""}])
    assert capsys.readouterr().err == "2 read, 2 written, 0 skipped\n"


BAD = [
    (b"{", "not JSON"),
    (b'{"id":NaN,"text":""}', "not JSON"),
    (b"[]", "not an object"),
    (b'{"id":1,"text":"\xff"}', "not UTF-8"),
    (b"[" * 100_000, "not JSON"),
    (b'{"text":"a"}', '"id" is missing'),
    (b'{"id":true,"text":"a"}', '"id" is neither a string nor an integer'),
    (b'{"id":1.5,"text":"a"}', '"id" is neither a string nor an integer'),
    (b'{"id":1,"text":null}', '"text" is null'),
    (b'{"id":1,"text":5}', '"text" is not a string'),
    (b'{"id":1,"text":"' + "đ".encode() * 524_289 + b'"}', '"text" is over 1 MiB'),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_row_is_told_skipped_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: bytes, reason: str
) -> None:
    status, found = convert(tmp_path, b'{"id":1,"text":"a"}\n' + line + b'\n{"id":2,"text":"b"}\n')
    assert (status, found) == (3, [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}])
    assert capsys.readouterr().err == f"line 2: {reason}\n3 read, 2 written, 1 skipped\n"


def test_a_text_of_exactly_one_mebibyte_is_read(tmp_path: Path) -> None:
    status, _ = convert(tmp_path, json.dumps({"id": 1, "text": "a" * (1 << 20)}).encode())
    assert status == 0


def test_strict_stops_and_leaves_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, b'{"id":1,"text":"a"}\n{\n', "--strict") == (2, None)
    assert capsys.readouterr().err.splitlines()[-1] == "2 read, 0 written, 1 skipped"


def test_a_fault_leaves_the_old_output_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"{}")
    (tmp_path / "out").write_text("old")
    with pytest.raises(ZeroDivisionError):
        lines.convert_lines(options("-i", str(tmp_path / "in"), "-o", str(tmp_path / "out")), lambda row: {"x": 1 // 0})
    assert (tmp_path / "out").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_no_such_file_is_unusable(tmp_path: Path) -> None:
    assert lines.convert_lines(options("-i", str(tmp_path / "none")), echo) == 2
    assert lines.write_lines(str(tmp_path / "none" / "out"), []) == 2


def test_no_rows_is_an_empty_result(tmp_path: Path) -> None:
    assert convert(tmp_path, b"") == (0, [])


def test_lone_surrogates_leave_as_they_came() -> None:
    assert lines.dump(lines.parse_row(rb'{"id":"\ud800"}')) == b'{"id":"\\ud800"}\n'
    assert lines.dump({"id": "ế"}) == '{"id":"ế"}\n'.encode()


def test_row_numbers_are_line_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    convert(tmp_path, b'\nx\n\n{"id":1,"text":""}\n[]')
    assert capsys.readouterr().err == "line 2: not JSON\nline 5: not an object\n3 read, 1 written, 2 skipped\n"
