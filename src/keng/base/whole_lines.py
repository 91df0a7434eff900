"""Blocks of JSON Lines as whole columns, many times faster than line by line; or not at all.

Invariant: what is given back is what reading line by line would give. A block in which anything is out of the ordinary (a
bad line, a blank one, an escape that no text can hold, a value of another type) is refused, and read line by line instead.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

DEEPEST = 900  # brackets within each other; reading line by line refuses a line with some more
_BREAK, _RETURN, _OPEN, _CLOSE, _OPEN_LIST = map(ord, "\n\r{}[")
_NO_NUMBERS = (b"NaN", b"Inf")  # no JSON, which the reader of columns takes for numbers
_AS_NUMBER = re.compile(rb"[\[:,\s-](?:NaN|Inf(?:inity)?)\s*[,\]}]")
_FORM = "0000-00-00T00:00:00Z"
_DIGITS = np.array([place for place, letter in enumerate(_FORM) if letter == "0"])
_MARKS = np.array([place for place, letter in enumerate(_FORM) if letter != "0"])

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]


def read_columns(block: bytes, schema: pa.Schema) -> pa.RecordBatch | None:
    """The columns of a block of whole lines, a row a line; None if it must be read line by line. Absent values are null."""
    import pyarrow as pa
    from pyarrow import json

    if not _is_plain(block):
        return None
    reading = json.ReadOptions(use_threads=False, block_size=len(block) + 1)
    parsing = json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    try:
        table = json.read_json(pa.BufferReader(block), read_options=reading, parse_options=parsing)
    except pa.ArrowInvalid:
        return None
    batches = table.to_batches()
    rows = block.count(b"\n") + (not block.endswith(b"\n"))
    return batches[0] if len(batches) == 1 and table.num_rows == rows and not _is_deep(block, table) else None


def letters_of(column: pa.StringArray) -> tuple[Bytes, Ints]:
    """The bytes of a column of text without nulls, and where each value ends in them."""
    _, ends, data = column.buffers()
    ends = np.frombuffer(ends, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    letters = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]] if data is not None else np.empty(0, np.uint8)
    return letters, ends[1:] - ends[0]


def read_times(column: pa.StringArray) -> Ints | None:
    """Times as in 2025-03-05T07:30:00Z, in microseconds since 1970; None if one is not written so."""
    letters, ends = letters_of(column)
    if (np.diff(ends, prepend=0) != len(_FORM)).any():
        return None
    written = letters.reshape(-1, len(_FORM))
    marks = np.frombuffer(_FORM.encode(), np.uint8)[_MARKS]
    digits = written[:, _DIGITS] - np.uint8(ord("0"))
    if (written[:, _MARKS] != marks).any() or (digits > 9).any() or not digits[:, :4].any(axis=1).all():
        return None  # the last: there is no year 0
    try:
        return _microseconds(written)
    except ValueError:
        return None


def is_large(source: BinaryIO, fewest_bytes: int) -> bool:
    """Whether it is a file of so many bytes; a pipe is not known to be."""
    try:
        return os.fstat(source.fileno()).st_size >= fewest_bytes
    except OSError:
        return False


def _microseconds(written: Bytes) -> Ints:
    texts = np.ascontiguousarray(written[:, :-1]).view(f"S{len(_FORM) - 1}")[:, 0]
    return texts.astype("datetime64[us]").astype(np.int64)


def _is_deep(block: bytes, table: pa.Table) -> bool:
    """Whether a line may have too many brackets within each other, beside those of what was read."""
    lists = [column for column in table.columns if str(column.type).startswith("list")]
    read = sum(len(one) - one.null_count + sum(len(chunk.flatten()) for chunk in one.chunks) for one in lists)
    if block.count(b"[") + block.count(b"{") <= table.num_rows + read + DEEPEST:
        return False
    letters = np.frombuffer(block, np.uint8)
    starts = np.concatenate([[0], np.flatnonzero(letters[:-1] == _BREAK) + 1])
    opening = (letters == _OPEN) | (letters == _OPEN_LIST)
    return bool((np.add.reduceat(opening, starts, dtype=np.int64) > DEEPEST).any())


def _is_plain(block: bytes) -> bool:
    """Whether each line looks like one object and is good UTF-8. With objects counted, none goes over a line's end."""
    letters = np.frombuffer(block, np.uint8)
    breaks = np.flatnonzero(letters == _BREAK)
    last = breaks - 1 if block.endswith(b"\n") else np.append(breaks, letters.size) - 1
    if not last.size or last[0] < 1:
        return False
    last = last - (letters[last] == _RETURN)
    first = np.concatenate([[0], breaks + 1])[: last.size]
    if (letters[first] != _OPEN).any() or (letters[last] != _CLOSE).any():
        return False
    if any(word in block for word in _NO_NUMBERS) and _AS_NUMBER.search(block):
        return False
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
