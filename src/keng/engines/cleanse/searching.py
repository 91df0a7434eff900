"""Functions over Arrow that look further than one number: keys of records, names to look up, and who was found by them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import fonts, names, numbers
from keng.engines.cleanse.alike import compare_names
from keng.engines.cleanse.columns import Flags, Integers, bare_text, fixed_letters, flags, tidied
from keng.engines.cleanse.comparing import (
    FORM_PLACE,
    Births,
    Floats,
    by_record,
    column,
    compare_births,
    read_births,
    read_numbers,
    record_starts,
)
from keng.engines.cleanse.dates import Birth
from keng.engines.cleanse.judging import DECIMALS, Verdict, judged_schema
from keng.engines.cleanse.model import BIRTH_CHANCE, Model, common_names
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import CITIZEN_DIGITS, OLD_DIGITS, Block, Form, Number
from keng.engines.cleanse.reasons import in_order
from keng.engines.cleanse.sql import NOT_WHOLE, SWAPS_ACROSS

OLD_SWAPS_ACROSS = tuple(place for place in SWAPS_ACROSS if place < OLD_DIGITS)
Keys = tuple[Integers, Integers, Integers, Integers]  # row, block, key, value


def keys_schema(record_id: pa.DataType) -> pa.Schema:
    return pa.schema([("record_id", record_id), ("block", pa.int8()), ("key", pa.int64()), ("value", pa.int64())])


def sought_schema(record_id: pa.DataType) -> pa.Schema:
    return pa.schema([("record_id", record_id), ("name_key", pa.string()), ("birth", pa.string())])


def find_keys(records: pa.Table) -> pa.Table:
    """The numbers that a record's may stand for, a row each, with the block in which they are looked up.

    A whole number is its own key and `value`; its neighbours are found by its parts, which the statements make of it. Beside
    it stand the swaps that leave none of its parts alone. Of a number that is not whole there is every number that it may
    be; `value` is NOT_WHOLE.
    """
    form, written = read_numbers(column(records, "holder_id"))
    parts = []
    for whole, block in ((FORM_PLACE[Form.CITIZEN], Block.CITIZEN), (FORM_PLACE[Form.OLD], Block.OLD)):
        rows = np.flatnonzero(form == whole)
        parts += _whole_keys(rows, _values(written.take(pa.array(rows))), block)
    odd = ~np.isin(form, _WHOLE_OR_NOTHING)
    for digits, block in ((CITIZEN_DIGITS, Block.CITIZEN), (OLD_DIGITS, Block.OLD)):
        short = odd & flags(pc.match_substring_regex(written, f"^[0-9]{{{digits - 1}}}$"))
        rows = np.flatnonzero(short)
        parts.append(_longer_keys(rows, _values(written.take(pa.array(rows))), digits, block))
        odd &= ~short
    parts += _odd_keys(np.flatnonzero(odd), written.filter(pa.array(odd)))
    return _keys_table(column(records, "record_id"), parts)


_WHOLE_OR_NOTHING = [FORM_PLACE[form] for form in (Form.CITIZEN, Form.OLD, Form.EMPTY, Form.UNREADABLE)]


def _odd_keys(rows: Integers, texts: pa.Array) -> list[Keys]:
    """As `numbers.keys`: of what has a letter or a digit too many."""
    plain = flags(pc.string_is_ascii(texts))
    others = rows[~plain]
    found = [numbers.keys(text) for text in texts.filter(pa.array(~plain)).to_pylist()]
    of_others = np.array([key for keys in found for key in keys], np.int64).reshape(-1, 2)
    parts = [(np.repeat(others, [len(keys) for keys in found]), of_others[:, 0], of_others[:, 1])]
    rows, texts = rows[plain], texts.filter(pa.array(plain))
    lengths = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    for digits, block in ((CITIZEN_DIGITS, Block.CITIZEN), (OLD_DIGITS, Block.OLD)):
        for length, find in ((digits, _keys_of_as_many), (digits + 1, _keys_of_one_more)):
            chosen = lengths == length
            letters = fixed_letters(texts.filter(pa.array(chosen)), length)
            found_rows, keys = find(rows[chosen], letters)
            parts.append((found_rows, np.full(len(keys), int(block)), keys))
    return [(row, blocks, keys, np.full(len(keys), NOT_WHOLE)) for row, blocks, keys in parts]


def _keys_of_as_many(rows: Integers, letters: npt.NDArray[np.uint8]) -> tuple[Integers, Integers]:
    """Rows and keys of texts as long as a number: themselves, or with any digit in the place of one letter."""
    is_digit, values = _digits(letters)
    odd = (~is_digit).sum(axis=1)
    worth = 10 ** (letters.shape[1] - 1 - is_digit[odd == 1].argmin(axis=1))
    keys = [values[odd == 1] + digit * worth for digit in range(10)]
    return np.concatenate([rows[odd == 0], np.tile(rows[odd == 1], 10)]), np.concatenate([values[odd == 0], *keys])


def _keys_of_one_more(rows: Integers, letters: npt.NDArray[np.uint8]) -> tuple[Integers, Integers]:
    """Rows and keys of texts one character longer than a number: without any digit, or without the one letter."""
    is_digit, values = _digits(letters)
    odd = (~is_digit).sum(axis=1)
    found_rows, keys = [], []
    for place in range(letters.shape[1]):
        chosen = (odd == 0) | ((odd == 1) & ~is_digit[:, place])
        worth = 10 ** (letters.shape[1] - 1 - place)
        found_rows.append(rows[chosen])
        keys.append(values[chosen] // (10 * worth) * worth + values[chosen] % worth)
    return np.concatenate(found_rows), np.concatenate(keys)


def _digits(letters: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.bool_], Integers]:
    """Which characters of texts of one length are digits, and the texts as numbers, what is no digit counting nothing."""
    digits = letters.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    return is_digit, np.where(is_digit, digits, 0) @ 10 ** np.arange(letters.shape[1] - 1, -1, -1)


def _longer_keys(rows: Integers, values: Integers, digits: int, block: Block) -> Keys:
    """All numbers of so many digits that numbers of one less are without a digit."""
    parts = []
    for place in 10 ** np.arange(digits):
        left, right = values // place, values % place
        parts += [left * 10 * place + digit * place + right for digit in range(10)]
    times = len(parts)
    return (
        np.tile(rows, times),
        np.full(len(rows) * times, int(block)),
        np.concatenate(parts),
        np.full(len(rows) * times, NOT_WHOLE),
    )


def _values(digits: pa.Array) -> Integers:
    found: Integers = digits.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return found


def _whole_keys(rows: Integers, values: Integers, block: Block) -> list[Keys]:
    """The keys of whole numbers: themselves, and those with two neighbours swapped across two blocks."""
    parts = [(rows, np.full(len(rows), int(block)), values, values)]
    for place in SWAPS_ACROSS if block == Block.CITIZEN else OLD_SWAPS_ACROSS:
        swapped = _swapped(values, place)
        other = swapped != values
        parts.append((rows[other], np.full(int(other.sum()), int(block)), swapped[other], values[other]))
    return parts


def _swapped(values: Integers, place: int) -> Integers:
    """The numbers with two neighbouring digits swapped, the right one at 10 to the `place` minus one."""
    right, left = values // 10 ** (place - 1) % 10, values // 10**place % 10
    swapped: Integers = values + (right - left) * 10**place + (left - right) * 10 ** (place - 1)
    return swapped


def _keys_table(ids: pa.Array, parts: list[Keys]) -> pa.Table:
    rows, blocks, keys, values = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    columns = [ids.take(pa.array(rows)), pa.array(blocks.astype(np.int8)), pa.array(keys), pa.array(values)]
    return pa.Table.from_arrays(columns, schema=keys_schema(ids.type))


def count_neighbours(pairs: pa.Table) -> int:
    """How many of (number, number) pairs are two people one slip apart."""
    left, right = pairs.column("record_id").to_pylist(), pairs.column("citizen_id").to_pylist()
    wanted = (Number.WRONG_DIGIT, Number.SWAPPED)
    return sum(
        numbers.slip_between(one, other) in wanted for one, other in zip(left, right, strict=True) if one != other
    )


def find_sought(records: pa.Table) -> pa.Table:
    """For each open record the letters of its name and its birth date in every precision, as they may stand in the population."""
    row, key = _name_keys(column(records, "full_name"))
    births = read_births(column(records, "date_of_birth"))
    rows, keys, born = [], [], []
    for known, length in ((births.known, 4), (births.month > 0, 7), (births.day > 0, 10)):
        chosen = known[row]
        rows.append(row[chosen])
        keys.append(key.filter(pa.array(chosen)))
        born.append(_iso(births, row[chosen], length))
    chosen = pa.array(np.concatenate(rows))
    columns = [records.column("record_id").take(chosen), pa.chunked_array(keys), pa.chunked_array(born)]
    return pa.Table.from_arrays(columns, schema=sought_schema(records.schema.field("record_id").type))


def _name_keys(name: pa.Array) -> tuple[Integers, pa.Array]:
    """Rows, and a key of each: as `names.block_keys`."""
    low, plain = tidied(name)
    plain &= flags(pc.or_(pc.string_is_ascii(name), pc.match_substring_regex(name, fonts.READ_RIGHTLY)))
    others = np.flatnonzero(~plain)
    found = [names.block_keys(text or "") for text in name.take(pa.array(others)).to_pylist()]
    rows = np.concatenate([np.flatnonzero(plain), np.repeat(others, [len(keys) for keys in found])])
    bare = pc.replace_substring(bare_text(low.filter(pa.array(plain))), " ", "")
    return rows, pa.concat_arrays([bare, pa.array([key for keys in found for key in keys], pa.string())])


def _iso(births: Births, rows: Integers, length: int) -> pa.Array:
    """Birth dates as `YYYY-MM-DD`, cut off after so many letters."""
    months = (births.year[rows] - 1970) * 12 + np.maximum(births.month[rows], 1) - 1
    days = months.astype("datetime64[M]").astype("datetime64[D]") + np.maximum(births.day[rows], 1) - 1
    return pc.utf8_slice_codeunits(pa.array(days).cast(pa.string()), 0, length)


def judge_found(pairs: pa.Table, model: Model) -> pa.Table:
    """Open records for whom the population has somebody of this name and birth date, judged anew; others are left out."""
    pairs = by_record(pairs)
    pairs = pairs.filter(pa.array(_is_same_person(pairs))).combine_chunks()
    born = read_births(column(pairs, "p_date_of_birth"))
    chance = BIRTH_CHANCE[(born.month > 0).astype(np.intp) + (born.day > 0)]
    frequency = common_names(model, column(pairs, "p_full_name"))
    weight = model.name[0] / frequency * model.birth[0] / chance * model.written[Number.FAR] / model.people
    starts = record_starts(pairs.column("record_id"))
    schema = judged_schema(pairs.schema.field("record_id").type)
    if not len(starts):
        return schema.empty_table()
    first = pa.array(starts)
    told, kind = _told_anew(column(pairs, "verdict").take(first), column(pairs, "reasons").take(first))
    verdicts, reasons, was_nobody = (pa.array(list(of)) for of in zip(*told, strict=True))
    before = column(pairs, "probability").take(first)
    likely = np.round(_likeliest(weight, starts, model), DECIMALS)
    columns_out = [
        column(pairs, "record_id").take(first),
        verdicts.take(kind),
        pa.nulls(len(starts), pa.string()),
        pc.if_else(was_nobody.take(kind), pa.array(likely), before),
        reasons.take(kind),
        pa.array(np.zeros(len(starts), np.bool_)),
    ]
    return pa.Table.from_arrays(columns_out, schema=schema)


def _likeliest(weights: Floats, starts: Integers, model: Model) -> Floats:
    """Of each record, how likely the best of those found is its holder; the same in whatever order they stand."""
    record = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(weights))))
    ordered = weights[np.lexsort((weights, record))]
    found: Floats = np.maximum.reduceat(weights, starts) / (np.add.reduceat(ordered, starts) + model.absent)
    return found


def _told_anew(verdicts: pa.Array, reasons: pa.Array) -> tuple[list[tuple[str, tuple[str, ...], bool]], pa.Array]:
    """Of what was told of records each kind, as (verdict now, reasons now, whether nobody had been found); and each record's."""
    before = pc.binary_join_element_wise(verdicts, pc.binary_join(reasons, " "), " ").dictionary_encode()
    told = []
    for verdict, *codes in map(str.split, before.dictionary.to_pylist()):
        was_nobody = verdict == Verdict.NOT_FOUND
        now = (set(codes) - {"not_in_population"}) | {"person_elsewhere"}
        told.append((str(Verdict.AMBIGUOUS) if was_nobody else verdict, in_order(now), was_nobody))
    return told, before.indices


def _is_same_person(pairs: pa.Table) -> Flags:
    """Where name and birth date are the same; a person who was found twice counts once."""
    ours, theirs = (read_births(column(pairs, name)) for name in ("date_of_birth", "p_date_of_birth"))
    same: Flags = compare_births(ours, theirs, np.zeros(len(pairs), np.bool_)) == Birth.EQUAL
    same &= compare_names(column(pairs, "full_name"), column(pairs, "p_full_name"), same) <= Name.BARE
    record, person = column(pairs, "record_id"), column(pairs, "citizen_id")
    again = flags(pc.and_(pc.equal(record[1:], record[:-1]), pc.equal(person[1:], person[:-1])))
    same[1:] &= ~again
    return same
