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
_SPACES = r"[\t-\r .,_\x{a0}\x{3000}‐‑‒–—―-]+"  # `names.read` parts words here, and leaves out these signs:
_SIGNS = r"[\x{00}-\x{08}\x{0e}-\x{1f}!\"#$%&'()*+/:;<=>@\[\\\]^`{|}~\x{7f}’‘´ʼʹ“”]+"
_MARKS_LEAD, _LAST_MARKS_LEAD = (
    0xCC,
    0xCD,
)  # the first of the two bytes of U+0300 to U+037F, marks but for some Greek at the end
_TWO_IN_LOWER_CASE = "İ"  # the one letter whose lower case is two for Python and one for Arrow
_ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SLASHED = r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$"


def flags(values: pa.Array) -> Flags:
    """Truth values with null as false."""
    found: Flags = pc.fill_null(values, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return found


def are_digits(texts: pa.Array, *lengths: int) -> Flags:
    """Where a text is digits alone, and as many as one of the lengths."""
    fitting = np.isin(pc.fill_null(pc.binary_length(texts), -1).to_numpy(zero_copy_only=False), lengths)
    return fitting & flags(pc.ascii_is_decimal(texts))


def have_letters(texts: pa.Array, letters: str = "A-Za-z") -> Flags:
    """Where a text holds one of some letters, of which A to Z are; most begin with one."""
    whole = pa.concat_arrays([texts.cast(pa.string())])
    _, offsets, data = whole.buffers()
    found = np.zeros(len(whole), np.bool_)
    if data is not None:
        starts, ends = (
            np.frombuffer(offsets, np.int32, len(whole) + 1)[part] for part in (slice(None, -1), slice(1, None))
        )
        told = np.flatnonzero(ends > starts)
        first = np.frombuffer(data, np.uint8)[starts[told]]
        found[told] = ((first | 32) >= ord("a")) & ((first | 32) <= ord("z"))
    rest = np.flatnonzero(~found)
    found[rest] = flags(pc.match_substring_regex(whole.take(pa.array(rest)), f"[{letters}]"))
    return found & flags(pc.is_valid(texts))


def tidied(raw: pa.Array) -> tuple[pa.Array, Flags]:
    """Names in lower case composed, one space between words, other signs away; and where such a name is words of Vietnamese
    letters and nothing else, so that its bare words are those of its bare text."""
    low = pc.utf8_lower(raw)
    plain = flags(pc.match_substring_regex(low, _PLAIN_NAME))
    odd = ~plain & flags(pc.is_valid(low))
    left = pc.utf8_normalize(low.filter(pa.array(odd)), "NFC")
    left = pc.replace_substring_regex(pc.replace_substring_regex(left, _SIGNS, ""), _SPACES, " ")
    left = pc.utf8_trim(left, " ")
    plain[odd] = flags(pc.match_substring_regex(left, _PLAIN_NAME))
    plain &= ~flags(pc.match_substring(raw, _TWO_IN_LOWER_CASE))
    return pc.replace_with_mask(low, pa.array(odd), left), plain


def bare_text(low: pa.Array) -> pa.Array:
    """Lower-case names without the marks that Vietnamese letters bear."""
    apart = pc.utf8_normalize(low, "NFD").cast(pa.string())
    whole = pa.concat_arrays([apart]) if apart.offset else apart
    valid, offsets, data = whole.buffers()
    if data is None:
        return low
    starts = np.frombuffer(offsets, np.int32, len(whole) + 1)
    letters = np.frombuffer(data, np.uint8)[: starts[-1]]
    marks = np.flatnonzero((letters == _MARKS_LEAD) | (letters == _LAST_MARKS_LEAD))
    kept = np.ones(len(letters), np.bool_)
    kept[marks] = kept[marks + 1] = False
    places = np.concatenate([[0], np.cumsum(kept, dtype=np.int32)]).astype(np.int32)
    left = [valid, pa.py_buffer(places[starts]), pa.py_buffer(letters[kept])]
    return pc.replace_substring(pa.Array.from_buffers(pa.string(), len(whole), left), "đ", "d")


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


def letter_table(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], Integers]:
    """ASCII texts, none null, as a letter a column, 0 after the last; and their lengths."""
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64)
    width = int(lengths.max(initial=1))
    table = np.zeros((len(texts), width), np.uint8)
    whole = pa.concat_arrays([texts.cast(pa.string())])
    _, offsets, data = whole.buffers()
    if data is not None:
        start, end = np.frombuffer(offsets, np.int32, len(whole) + 1)[[0, -1]]
        table[np.arange(width) < lengths[:, None]] = np.frombuffer(data, np.uint8)[start:end]
    return table, lengths
