"""Columns of names and dates in plain letters and digits, read at once; each function leaves to others what is not plain.

Invariant: what is called plain here reads the same in `names.read` and `dates.read`; tests hold them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse.dates import DAYS_OF_MONTH, EARLIEST_YEAR, LATEST_YEAR

Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

_LETTERS = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_PLAIN_NAME = f"^[{_LETTERS}]+( [{_LETTERS}]+)*$"
_TWO_IN_LOWER_CASE = "İ"  # the one letter whose lower case is two for Python and one for Arrow
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SLASHED = r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$"


def flags(values: pa.Array) -> Flags:
    """Truth values with null as false."""
    found: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def tidied(low: pa.Array) -> pa.Array:
    """Lower-case names composed, one space between words."""
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_normalize(low, "NFC"), r"\s+", " "))


def bare_text(low: pa.Array) -> pa.Array:
    """Lower-case names without their marks."""
    return pc.replace_substring(pc.replace_substring_regex(pc.utf8_normalize(low, "NFD"), r"\p{Mn}+", ""), "đ", "d")


def is_plain_name(raw: pa.Array, tidy: pa.Array) -> Flags:
    """Where a tidied name is words of Vietnamese letters and nothing else: its bare words are those of its bare text."""
    return flags(pc.match_substring_regex(tidy, _PLAIN_NAME)) & ~flags(pc.match_substring(raw, _TWO_IN_LOWER_CASE))


@dataclass(frozen=True, slots=True)
class Words:
    """The bare words of names. `different`: each word once; `word`: the place of each in it; `starts`: the first of each name."""

    different: list[str]
    word: Integers
    starts: Integers
    counts: Integers

    @property
    def last(self) -> Integers:
        """Where each name's last word stands; names have one at least."""
        return self.starts + self.counts - 1


def words_of(bare: pa.Array) -> Words:
    """The words of bare plain names, of which none is null."""
    lists = pc.split_pattern(bare, " ")
    encoded = lists.flatten().dictionary_encode()
    counts = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    word = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Words(encoded.dictionary.to_pylist(), word, np.cumsum(counts) - counts, counts)


def read_plain_dates(texts: pa.Array) -> tuple[npt.NDArray[np.int64], Flags, Flags]:
    """(year, month, day) a row, whether there is such a date, and whether the row was plain and is settled."""
    parts = np.zeros((len(texts), 3), np.int64)
    plain = np.zeros(len(texts), np.bool_)
    for pattern, (year_at, month_at, day_at) in ((_ISO, (0, 5, 8)), (_SLASHED, (6, 3, 0))):
        chosen = flags(pc.match_substring_regex(texts, pattern))
        letters = fixed_letters(texts.filter(pa.array(chosen)), 10).astype(np.int64) - ord("0")
        plain |= chosen
        parts[chosen, 0] = letters[:, year_at : year_at + 4] @ np.array([1000, 100, 10, 1])
        parts[chosen, 1] = letters[:, month_at : month_at + 2] @ np.array([10, 1])
        parts[chosen, 2] = letters[:, day_at : day_at + 2] @ np.array([10, 1])
    year, month, day = parts.T
    known = plain & (year >= EARLIEST_YEAR) & (year <= LATEST_YEAR) & (month <= 12)
    known &= np.where(month == 0, day == 0, day <= _days(year, np.minimum(month, 12)))
    parts[~known] = 0
    return parts, known, plain


def _days(year: Integers, month: Integers) -> Integers:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    found: Integers = np.array(DAYS_OF_MONTH)[month] + (leap & (month == 2))
    return found


def fixed_letters(texts: pa.Array, length: int) -> npt.NDArray[np.uint8]:
    """ASCII texts of one length, none null, as a letter a column."""
    whole = pa.concat_arrays([texts]) if texts.offset else texts
    whole = whole.cast(pa.string()) if whole.type != pa.string() else whole
    _, offsets, data = whole.buffers()
    if not len(whole) or data is None:
        return np.empty((0, length), np.uint8)
    start = int(np.frombuffer(offsets, np.int32, 1, whole.offset * 4)[0])
    return np.frombuffer(data, np.uint8, len(whole) * length, start).reshape(-1, length)
