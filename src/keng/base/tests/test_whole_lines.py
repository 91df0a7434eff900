"""Blocks as columns: exactly the lines that reading one by one would give, or a refusal."""

import json

import numpy as np
import pyarrow as pa
import pytest

from keng.base import lines
from keng.base.whole_lines import DEEPEST, letters_of, read_columns, read_times

SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string()), ("list", pa.list_(pa.string()))])
GOOD = b'{"id":"a","text":"x","list":[]}\n'


def test_good_lines_are_columns_as_one_by_one():
    rows = [
        {"id": f"r{number}", "text": 'Tiền "\\ \u0000😀 [', "list": ["a"] * number, "more": {"a": [1.5]}}
        for number in range(9)
    ]
    block = "".join(json.dumps(row, ensure_ascii=number % 2 == 0) + "\r\n" for number, row in enumerate(rows)).encode()
    found = read_columns(block, SCHEMA)
    assert found is not None
    assert found.to_pylist() == [{key: row[key] for key in ("id", "text", "list")} for row in rows]
    assert read_columns(block[:-2], SCHEMA) is not None, "no line end after the last"


@pytest.mark.parametrize(
    "bad",
    [
        b"{\n",
        b"\n",
        b'{"id":1,"text":"x"}\n',
        b'{"id":"a","id":"b"}\n',
        b'{"id":"a","text":"\xff"}\n',
        b'{"id":"a","more":"\xff"}\n',
        b'{"id":"a","text":"\\ud800"}\n',
        b'{"id":"a","text":"a\tb"}\n',
        b'{"id":"a","more":NaN}\n',
        b'{"id":"a","more":-Infinity}\n',
        b'{"id":"a"} {"id":"b"}\n',
        b'{"id":"a"}{\n"id":"b"}\n',
        b'{"id":"a","text":\n"b"}\n',
        b'\xef\xbb\xbf{"id":"a"}\n',
        b' {"id":"a"}\n',
        b'{"id":"a",}\n',
        b'{"id":"a","more":01}\n',
        b'{"id":"a","more":' + b"[" * 2000 + b"]" * 2000 + b"}\n",
        b'{"id":"a","more":' + b'{"a":' * (DEEPEST + 1) + b"1" + b"}" * (DEEPEST + 1) + b"}\n",
    ],
)
def test_a_block_with_anything_else_is_refused(bad: bytes):
    assert read_columns(GOOD, SCHEMA) is not None
    assert read_columns(GOOD + bad + GOOD, SCHEMA) is None


def test_no_lines_and_words_that_look_like_numbers():
    assert read_columns(b"", SCHEMA) is None
    assert read_columns('{"id":"a","text":"một NaN, hai","list":[]}\n'.encode(), SCHEMA) is None, "could be one"
    assert read_columns('{"id":"a","text":"Thông tin: Information NaNo","list":[]}\n'.encode(), SCHEMA) is not None


def test_brackets_in_many_texts_are_not_deep():
    row = json.dumps({"id": "a", "text": "[" * 20, "list": []}).encode() + b"\n"
    assert read_columns(row * 1000, SCHEMA) is not None


def test_times_are_read_as_one_by_one_or_refused():
    good = ["2026-03-05T07:30:01Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2024-02-29T12:00:00Z"]
    expected = [lines.require_time({"at": text}, "at") for text in good]
    assert np.array_equal(read_times(pa.array(good)), expected)
    for bad in (
        "2026-02-30T00:00:00Z",
        "2026-03-05T24:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-05 07:30:01Z",
        "2026-03-05",
    ):
        assert read_times(pa.array([*good, bad])) is None


def test_letters_of_a_slice():
    letters, ends = letters_of(pa.array(["ab", "", "đ", "cd"])[1:])
    assert letters.tobytes() == "đcd".encode() and ends.tolist() == [0, 2, 4]
