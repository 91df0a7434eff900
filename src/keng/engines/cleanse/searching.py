"""Functions over Arrow that look further than one number: keys of records, names to look up, and who was found by them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse import dates, names, numbers
from keng.engines.cleanse.comparing import FORM_PLACE, Integers, column, flags, read_numbers
from keng.engines.cleanse.judging import DECIMALS, Verdict, judged_schema
from keng.engines.cleanse.model import BIRTH_CHANCE, Model
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Block, Form, Number
from keng.engines.cleanse.reasons import in_order


def keys_schema(record_id: pa.DataType) -> pa.Schema:
    return pa.schema([("record_id", record_id), ("block", pa.int8()), ("key", pa.int64()), ("value", pa.int64())])


def sought_schema(record_id: pa.DataType) -> pa.Schema:
    fields = [
        ("full_name", pa.string()),
        ("date_of_birth", pa.string()),
        ("name_key", pa.string()),
        ("birth", pa.string()),
    ]
    return pa.schema([("record_id", record_id), *fields])


def find_keys(records: pa.Table) -> pa.Table:
    """The block keys of each record that has a number; `value`: the number, for twelve digits."""
    form, written = read_numbers(column(records, "holder_id"))
    parts = []
    for whole, blocks in ((FORM_PLACE[Form.CITIZEN], CITIZEN_BLOCKS), (FORM_PLACE[Form.OLD], OLD_BLOCKS)):
        rows = np.flatnonzero(form == whole)
        values = np.array([int(written[row]) for row in rows.tolist()], np.int64)
        parts.append((np.tile(rows, len(blocks)), *_block_keys(values, blocks), np.tile(values, len(blocks))))
    slips: list[int] = []
    found: list[tuple[int, int]] = []
    for row in np.flatnonzero(~np.isin(form, _WHOLE_OR_NOTHING)).tolist():
        its = numbers.keys(written[row])
        slips += [row] * len(its)
        found += its
    others = np.array(found, np.int64).reshape(-1, 2)
    parts.append((np.array(slips, np.int64), others[:, 0], others[:, 1], np.zeros(len(slips), np.int64)))
    return _keys_table(column(records, "record_id"), *(np.concatenate(columns) for columns in zip(*parts, strict=True)))


_WHOLE_OR_NOTHING = [FORM_PLACE[form] for form in (Form.CITIZEN, Form.OLD, Form.EMPTY, Form.UNREADABLE)]


def find_neighbour_keys(people: pa.Table) -> pa.Table:
    """The block keys of people's own numbers, by which their neighbours are counted."""
    ids = column(people, "citizen_id")
    rows = np.flatnonzero(flags(pc.match_substring_regex(ids, r"^[0-9]{12}$")))
    values = np.array(ids.take(pa.array(rows)).to_pylist(), np.int64) if len(rows) else np.empty(0, np.int64)
    keys = _block_keys(values, CITIZEN_BLOCKS)
    return _keys_table(ids, np.tile(rows, len(CITIZEN_BLOCKS)), *keys, np.tile(values, len(CITIZEN_BLOCKS)))


# The number, the swaps across two blocks that leave no key alone, and the keys that a slip within a block does.
CITIZEN_BLOCKS = (Block.CITIZEN, Block.CITIZEN, Block.CITIZEN, Block.FIRST, Block.MIDDLE, Block.LAST)
OLD_BLOCKS = (Block.OLD, Block.OLD, Block.OLD, Block.OLD_FIRST, Block.OLD_MIDDLE, Block.OLD_LAST)


def _block_keys(values: Integers, blocks: tuple[Block, ...]) -> tuple[Integers, Integers]:
    """The blocks and keys of whole numbers, all of the first block, then all of the second..."""
    last, six = values % 1000, values % 1000000
    keys = (values, _swapped(values, 6), _swapped(values, 3), values - last, values - (six - last), six)
    return np.repeat(np.array(blocks, np.int64), len(values)), np.concatenate(keys)


def _swapped(values: Integers, place: int) -> Integers:
    """The numbers with two neighbouring digits swapped, the right one at 10 to the `place` minus one."""
    right, left = values // 10 ** (place - 1) % 10, values // 10**place % 10
    swapped: Integers = values + (right - left) * 10**place + (left - right) * 10 ** (place - 1)
    return swapped


def _keys_table(ids: pa.Array, rows: Integers, blocks: Integers, keys: Integers, values: Integers) -> pa.Table:
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
    ids = records.column("record_id")
    rows: list[int] = []
    found: list[tuple[str, str, str, str]] = []
    for row, (name, born) in enumerate(
        zip(records.column("full_name").to_pylist(), records.column("date_of_birth").to_pylist(), strict=True)
    ):
        for birth in _precisions(dates.read(born)):
            for key in names.block_keys(name):
                rows.append(row)
                found.append((name, born, key, birth))
    columns = [pa.array([values[place] for values in found], pa.string()) for place in range(4)]
    return pa.Table.from_arrays([ids.take(pa.array(rows, pa.int64())), *columns], schema=sought_schema(ids.type))


def _precisions(parts: dates.Parts | None) -> Iterable[str]:
    if parts is None:
        return
    year, month, day = parts
    yield f"{year:04}"
    if month:
        yield f"{year:04}-{month:02}"
        if day:
            yield f"{year:04}-{month:02}-{day:02}"


def judge_found(pairs: pa.Table, model: Model) -> pa.Table:
    """Open records for whom the population has somebody of this name and birth date, judged anew; others are left out."""
    pairs = pairs.sort_by([("record_id", "ascending"), ("citizen_id", "ascending")])
    weights: dict[object, dict[str, float]] = {}
    told: dict[object, tuple[str, float | None, list[str]]] = {}
    columns = (pairs.column(name).to_pylist() for name in _FOUND)
    for record, name, born, citizen, p_name, p_born, verdict, probability, reasons in zip(*columns, strict=True):
        theirs = dates.read(p_born)
        if theirs is None or names.compare(name, p_name) > Name.BARE:
            continue
        if dates.compare(dates.read(born), theirs) is not dates.Birth.EQUAL:
            continue
        chance = BIRTH_CHANCE[2 if theirs[2] else 1 if theirs[1] else 0]
        frequency = model.frequency(names.frequency_words(p_name))
        weight = model.name[0] / frequency * model.birth[0] / chance * model.written[Number.FAR] / model.people
        weights.setdefault(record, {})[citizen] = float(weight)
        told[record] = (verdict, probability, reasons)
    rows = [_again(told[record], list(of.values()), model) for record, of in weights.items()]
    schema = judged_schema(pairs.schema.field("record_id").type)
    columns_out = [pa.array(list(weights), schema.field("record_id").type)]
    columns_out += [
        pa.array([row[place] for row in rows], schema.field(place + 1).type) for place in range(len(schema) - 1)
    ]
    return pa.Table.from_arrays(columns_out, schema=schema)


_FOUND = (
    "record_id",
    "full_name",
    "date_of_birth",
    "citizen_id",
    "p_full_name",
    "p_date_of_birth",
    "verdict",
    "probability",
    "reasons",
)


def _again(
    before: tuple[str, float | None, list[str]], weights: list[float], model: Model
) -> tuple[str, None, float | None, tuple[str, ...], bool]:
    verdict, probability, reasons = before
    codes = (set(reasons) - {"not_in_population"}) | {"person_elsewhere"}
    if verdict == Verdict.NOT_FOUND:
        verdict = Verdict.AMBIGUOUS
        probability = round(max(weights) / (float(np.sum(np.sort(weights))) + model.absent), DECIMALS)
    return verdict, None, probability, in_order(codes), False
