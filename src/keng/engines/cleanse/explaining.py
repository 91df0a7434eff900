"""Why a record was or was not taken for a person: what each field weighs, in a form that a reviewer and the holder can read.

The weights are log2 of the likelihood ratio of `model.py`: +1 doubles the odds. Only for eyes with the right to see both records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from keng.engines.cleanse import model as models
from keng.engines.cleanse.comparing import SEX_DIFFERS, SEX_SAME, Compared, Floats, compare
from keng.engines.cleanse.dates import Birth
from keng.engines.cleanse.judging import Options, judge
from keng.engines.cleanse.model import Model
from keng.engines.cleanse.names import Name
from keng.engines.cleanse.numbers import Number
from keng.engines.cleanse.reasons import reasons

RECORD = ("record_id", "holder_id", "full_name", "date_of_birth", "sex", "province_code", "opened")
PERSON = ("citizen_id", "old_id", "full_name", "date_of_birth", "sex", "province_code", "status", "status_date")
_DATES = ("opened", "status_date")


@dataclass(frozen=True, slots=True)
class Weight:
    """A field, how it compares (`equal`, `near`...), and by how many powers of two it moves the odds."""

    field: str
    level: str
    bits: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person at most a slip from the number. `probability`: that this person is the holder."""

    citizen_id: str
    weights: tuple[Weight, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on one record (without `over_limit`), its reasons, and the candidates, likeliest first."""

    verdict: str
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...]


def explain(
    record: Mapping[str, object], people: Sequence[Mapping[str, object]], model: Model, options: Options
) -> Explanation:
    """The verdict on a record against the people given, and what led to it. Keys: RECORD and PERSON; absent ones are null."""
    pairs = pair_table(record, people)
    compared = compare(pairs)
    weighed = models.weigh(model, compared)
    judged = judge(pairs, model, options).to_pylist()[0]
    sums = _bits(model, compared)
    found = []
    for row, person in enumerate(people):
        if compared.candidate[row]:
            levels = _levels(compared, row)
            weights = tuple(Weight(field, level, round(float(sums[field][row]), 1)) for field, level in levels.items())
            found.append(Candidate(str(person["citizen_id"]), weights, round(float(weighed.match[row]), 6)))
    found.sort(key=lambda one: -one.probability)
    return Explanation(judged["verdict"], tuple(judged["reasons"]), tuple(found))


def pair_table(record: Mapping[str, object], people: Sequence[Mapping[str, object]]) -> pa.Table:
    """The record with each person, as `judging.judge` takes them; one row without a person if there is none."""
    rows = list(people) or [{}]
    columns: dict[str, pa.Array] = {}
    for name in RECORD:
        kind = None if name == "record_id" else pa.date32() if name in _DATES else pa.string()
        columns[name] = pa.array([record.get(name)] * len(rows), kind)
    for name in PERSON:
        kind = pa.date32() if name in _DATES else pa.string()
        columns[name if name in ("citizen_id", "old_id") else f"p_{name}"] = pa.array(
            [row.get(name) for row in rows], kind
        )
    return pa.table(columns)


def _levels(compared: Compared, row: int) -> dict[str, str]:
    sex = {SEX_SAME: "same", SEX_DIFFERS: "differs"}.get(int(compared.sex[row]), "unknown")
    return {
        "holder_id": Number(compared.number[row]).name.lower(),
        "full_name": Name(compared.name[row]).name.lower(),
        "date_of_birth": Birth(compared.birth[row]).name.lower(),
        "sex": sex,
    }


def _bits(model: Model, compared: Compared) -> dict[str, Floats]:
    """The weight of each field of each pair; that of the number counts everybody who might stand there instead."""
    by_field = models.weights(model, compared, models.frequencies(model, compared))
    return {field: np.log2(np.maximum(weight, 1e-30)) for field, weight in by_field.items()}


def letter(codes: Sequence[str], language: str) -> str:
    """What the holder is told, in `vi` or `en`: each reason in a sentence, what to bring, and what stays open to them meanwhile."""
    said = {reason.code: reason.vi if language == "vi" else reason.en for reason in reasons()}
    opening, closing = _FRAME[language]
    return "\n".join([opening, *(f"- {said[code]}" for code in codes), closing])


_FRAME = {
    "vi": (
        "Kính gửi quý khách,\nKhi đối chiếu hồ sơ với cơ sở dữ liệu dân cư, chúng tôi thấy:",
        "Quý khách có thể sửa tại quầy hoặc trên VNeID. Nếu hồ sơ đúng, xin khiếu nại: thời hạn dừng lại cho đến khi có trả lời. "
        "Trong mọi trường hợp quý khách vẫn gọi được 111 đến 115.",
    ),
    "en": (
        "Dear customer,\nComparing the record with the population register we found:",
        "You may correct it at the counter or in VNeID. If the record is right, please appeal: the time limit stands still until "
        "you are answered. In any case you can still call 111 to 115.",
    ),
}
