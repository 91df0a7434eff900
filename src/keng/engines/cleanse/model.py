"""The Fellegi-Sunter model: how much each agreement weighs, learnt from the registers at hand.

Three stories are weighed for every record and candidate (likelihoods up to a common factor; N people, numbers of S forms):

    match     (1 - stolen - absent)  written[l] / ways[l]  m(name) / u(name)  m(birth) / u(birth)  m(sex) / u(sex)
    stolen    stolen                 written[l] / ways[l]        somebody used this person's number
    absent    (absent + far)         density * forms * year      the number stands near a person's by chance

`density` is N / S, measured as the share of one-slip neighbours that are somebody's number: so the bound to clear rises as the
population fills the numbers up. u(name) is the frequency of that very name, by its words. What is learnt by EM is the rest.
Source: Fellegi and Sunter 1969; term frequencies after Winkler 2000. Priors stand for PRIOR_RECORDS records.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from keng.engines.cleanse.columns import Words, bare_text, tidied, words_of
from keng.engines.cleanse.comparing import FORMS, SEX_DIFFERS, SEX_SAME, Compared, Floats
from keng.engines.cleanse.dates import Birth
from keng.engines.cleanse.names import Name, frequency_words
from keng.engines.cleanse.numbers import Form, Number

VERSION = 1
PRIOR_RECORDS = 2000.0
ROUNDS = 25
WORD_PRIOR = 300.0  # people that the sample of names is smoothed with
LEAST_FREQUENCY, MOST_FREQUENCY = 1e-8, 2e-3  # no full name is borne by more; its words alone would say so
FEW_NAMES = 50  # are looked at one by one: columns take longer to set up
LEAST_WORD_COUNT = 3  # rarer words are not told apart, nor kept in the model's file

WAYS = np.array([1, 108, 11, 12, 120, 12, 1, 98, 1], np.float64)  # texts that one slip of a kind can make of a number
NAME_FACTOR = np.array(
    [1, 1, 3, 6, 20, 40, 0, 0, 0], np.float64
)  # names that stand so to one name, as a multiple of its frequency
BIRTH_CHANCE = np.array([1 / 80, 1 / 960, 1 / 25000])  # of one date by year, month, day
LESS_PRECISE_WEIGHT = 60.0
NEAR_BIRTH_CHANCE = 1.5e-3
YEAR_IN_NUMBER = 70.0  # years: a number of the same year makes the same date likelier by so much
OLD_CLUSTERING = 5.0  # old numbers were given out in runs
_CHANCE_OF_FORM = {Form.NEAR_CITIZEN: 0.05, Form.OLD: 0.05, Form.NEAR_OLD: 0.01}
FORM_CHANCES = np.array([_CHANCE_OF_FORM.get(form, 1.0) for form in FORMS])
FORM_IS_OLD = np.array([form in (Form.OLD, Form.NEAR_OLD) for form in FORMS])


class UnusableModelError(Exception):
    """The file holds no model of this program. The message says why."""


@dataclass(frozen=True)
class Model:
    """What was learnt. `written`: by Number; `name`: by Name up to OTHER, EQUAL and BARE together; `birth`: by Birth."""

    people: int
    density: float = 0.0
    old_density: float = 0.0
    stolen: float = 0.01
    absent: float = 0.03
    written: tuple[float, ...] = (0.93, 0.01, 0.004, 0.004, 0.002, 0.002, 0.03, 0.001, 0.017)
    name: tuple[float, ...] = (0.9, 0.0, 0.01, 0.01, 0.02, 0.03, 0.01, 0.02)
    birth: tuple[float, ...] = (0.955, 0.01, 0.02, 0.015)
    sex_differs: float = 0.015
    partial_chance: float = 0.02  # that a stranger's name is PARTIAL
    words: dict[str, dict[str, float]] = field(default_factory=lambda: {"first": {}, "middle": {}, "last": {}})
    sample: int = 0

    @cached_property
    def shares(self) -> dict[str, dict[str, float]]:
        """Each word's share at its place, unknown ones under the empty word."""
        found = {}
        for place, counts in self.words.items():
            total = sum(counts.values()) + WORD_PRIOR
            found[place] = {word: (count + 0.1) / total for word, count in counts.items()} | {"": 1.0 / total}
        return found

    def frequency(self, words: tuple[str, ...]) -> float:
        """How common a name is: the shares of its words at their places."""
        if not words:
            return 1.0
        shares = self.shares
        found = shares["last"].get(words[-1], shares["last"][""])
        if len(words) > 1:
            found *= shares["first"].get(words[0], shares["first"][""])
        for word in words[1:-1]:
            found *= shares["middle"].get(word, shares["middle"][""])
        return min(max(found, LEAST_FREQUENCY), MOST_FREQUENCY)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Posteriors: for each pair that the candidate is the holder, and that another uses the number; for each record that the holder
    is nobody of the population."""

    match: Floats
    stolen: Floats
    nobody: Floats


def weigh(model: Model, compared: Compared) -> Weighed:
    """The posteriors of all pairs and records."""
    return _weigh(model, compared, frequencies(model, compared))


def frequencies(model: Model, compared: Compared) -> Floats:
    """How common each pair's person's name is; as common where number and birth date are the same: there it decides nothing."""
    found = np.full(len(compared.name), MOST_FREQUENCY)
    clear = (compared.number == Number.EQUAL) & (compared.birth == Birth.EQUAL)
    rows = np.flatnonzero((NAME_FACTOR[compared.name.astype(np.intp)] > 0) & ~clear)
    if len(rows) < FEW_NAMES:
        told = [compared.person_name[row].as_py() for row in rows.tolist()]
        found[rows] = [model.frequency(frequency_words(name or "")) for name in told]
    else:
        found[rows] = common_names(model, compared.person_name.take(pa.array(rows)))
    return found


def common_names(model: Model, names: pa.Array) -> Floats:
    """How common each name of a column is: as `Model.frequency` of its words, each different name looked at once."""
    encoded = pc.fill_null(names, "").dictionary_encode()
    different = encoded.dictionary
    tidy, plain = tidied(different)
    found: Floats = np.empty(len(different))
    found[plain] = _plain_frequencies(model, words_of(bare_text(tidy.filter(pa.array(plain)))))
    others = different.filter(pa.array(~plain)).to_pylist()
    found[~plain] = [model.frequency(frequency_words(name)) for name in others]
    of_row: Floats = found[encoded.indices.to_numpy(zero_copy_only=False)]
    return of_row


def _plain_frequencies(model: Model, words: Words) -> Floats:
    """The product in the order of `Model.frequency`, so that it is the same to the last bit."""
    shares = {place: np.array([of.get(word, of[""]) for word in words.different]) for place, of in model.shares.items()}
    found: Floats = shares["last"][words.word[words.last]]
    several = words.counts > 1
    found[several] *= shares["first"][words.word[words.starts[several]]]
    for middle in range(1, int(words.counts.max(initial=0)) - 1):
        longer = words.counts > middle + 1
        found[longer] *= shares["middle"][words.word[words.starts[longer] + middle]]
    return np.clip(found, LEAST_FREQUENCY, MOST_FREQUENCY)


def _weigh(model: Model, compared: Compared, frequency: Floats) -> Weighed:
    by_field = weights(model, compared, frequency)
    told = by_field.pop("holder_id")
    same = told * by_field["full_name"] * by_field["date_of_birth"] * by_field["sex"]
    written = model.written
    match = same * (1 - model.stolen - model.absent)
    stolen = told * model.stolen
    starts = compared.starts
    if not len(starts):
        return Weighed(match, stolen, np.empty(0))
    any_year = np.maximum.reduceat(compared.same_year & compared.candidate, starts)
    form = compared.form[starts]
    chance, old = FORM_CHANCES[form], FORM_IS_OLD[form]
    density = np.where(old, model.old_density, model.density) * chance * np.where(any_year, YEAR_IN_NUMBER, 1.0)
    density = np.maximum(density, 1e-15)
    absent, far = model.absent * density, written[Number.FAR] * density
    total = np.add.reduceat(match + stolen, starts) + absent + far
    of_record = np.repeat(total, np.diff(np.append(starts, len(match))))
    # Whoever is in the population, but not at this number, is found by name and date, most of the time.
    unseen = 1 - model.name[0] * model.birth[0]
    elsewhere = model.absent / (model.absent + written[Number.FAR] * unseen)
    used = np.add.reduceat(stolen, starts)
    nobody = (absent + used * elsewhere) / (absent + far * unseen + used + np.add.reduceat(match, starts))
    return Weighed(match / of_record, stolen / of_record, nobody)


def weights(model: Model, compared: Compared, frequency: Floats) -> dict[str, Floats]:
    """The likelihood ratio of each field of each pair; the number's, which has no chance of its own, as a likelihood."""
    number = compared.number.astype(np.intp)
    return {
        "holder_id": np.array(model.written)[number] / WAYS[number] * compared.candidate,
        "full_name": _name_weight(model, compared, frequency),
        "date_of_birth": _birth_weight(model, compared),
        "sex": _sex_weight(model, compared),
    }


def _name_weight(model: Model, compared: Compared, frequency: Floats) -> Floats:
    level = compared.name.astype(np.intp)
    learnt = np.array([model.name[0], model.name[0], *model.name[2:], 1.0])
    chance = np.where(NAME_FACTOR[level] > 0, NAME_FACTOR[level] * frequency, 1.0)
    chance = np.where(level == Name.PARTIAL, model.partial_chance, chance)
    chance = np.where(level == Name.OTHER, 1 - model.partial_chance, chance)
    weight: Floats = learnt[level] / np.minimum(chance, 1.0)
    return weight


def _birth_weight(model: Model, compared: Compared) -> Floats:
    level = compared.birth.astype(np.intp)
    chance = np.ones(len(level))
    chance[level == Birth.EQUAL] = BIRTH_CHANCE[compared.precision[level == Birth.EQUAL]]
    chance[level == Birth.LESS] = model.birth[Birth.LESS] / LESS_PRECISE_WEIGHT
    chance[level == Birth.NEAR] = NEAR_BIRTH_CHANCE
    weight: Floats = np.array([*model.birth, 1.0])[level] / chance
    return weight


def _sex_weight(model: Model, compared: Compared) -> Floats:
    weight = np.ones(len(compared.sex))
    weight[compared.sex == SEX_SAME] = (1 - model.sex_differs) / 0.5
    weight[compared.sex == SEX_DIFFERS] = model.sex_differs / 0.5
    return weight


def learn(start: Model, compared: Compared, clean: int) -> Model:
    """The model after EM over a sample: its pairs, and the number of its records that agree in everything."""
    frequency = frequencies(start, compared)
    records = len(compared.starts) + clean
    model = start
    for _ in range(ROUNDS):
        weighed = _weigh(model, compared, frequency)
        match = weighed.match
        matches, stolen = float(match.sum()) + clean, float(weighed.stolen.sum())
        absent = max(records - matches - stolen, 0.0) * model.absent / (model.absent + model.written[Number.FAR])
        model = replace(
            model,
            stolen=_share(stolen, matches + stolen, start.stolen),
            absent=_share(absent, records, start.absent),
            written=_written(start, compared.number, match, clean),
            name=_shares(_name_places(compared.name), match, clean, start.name, Name.MISSING),
            birth=_shares(compared.birth, match, clean, start.birth, Birth.MISSING),
            sex_differs=_share(
                float(match[compared.sex == SEX_DIFFERS].sum()),
                float(match[compared.sex <= SEX_DIFFERS].sum()) + clean,
                start.sex_differs,
            ),
        )
    return replace(_rounded(model), sample=records)


def _share(found: float, of: float, prior: float) -> float:
    return (found + PRIOR_RECORDS * prior) / (of + PRIOR_RECORDS)


def _name_places(level: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """EQUAL and BARE are one: the same name."""
    return np.where(level == Name.BARE, np.int8(Name.EQUAL), level)


def _shares(
    level: npt.NDArray[np.int8], match: Floats, clean: int, prior: tuple[float, ...], missing: int
) -> tuple[float, ...]:
    known = level < missing
    counts = np.bincount(level[known], match[known], len(prior))
    counts[0] += clean
    shares = (counts + PRIOR_RECORDS * np.array(prior)) / (counts.sum() + PRIOR_RECORDS * sum(prior))
    return tuple(shares.tolist())


def _written(start: Model, level: npt.NDArray[np.int8], match: Floats, clean: int) -> tuple[float, ...]:
    """The shares of how matches write their numbers; how many write one far away cannot be seen, and stays as it was."""
    shares = _shares(level, match, clean, start.written[: Number.FAR], Number.FAR)
    far = start.written[Number.FAR]
    return (*(share * (1 - far) for share in shares), far)


def _rounded(model: Model) -> Model:
    """The model as its file tells it, so that one that is read again decides the same."""
    return replace(
        model,
        density=_told(model.density),
        old_density=_told(model.old_density),
        stolen=_told(model.stolen),
        absent=_told(model.absent),
        sex_differs=_told(model.sex_differs),
        written=tuple(map(_told, model.written)),
        name=tuple(map(_told, model.name)),
        birth=tuple(map(_told, model.birth)),
    )


def _told(value: float) -> float:
    return float(f"{value:.9g}")


def count_words(sample: pa.Array) -> dict[str, dict[str, float]]:
    """How often each bare word stands first, between and last in a sample of names."""
    names = sample.drop_null()
    tidy, plain = tidied(names)
    counts = _count_plain(words_of(bare_text(tidy.filter(pa.array(plain)))))
    for words in map(frequency_words, names.filter(pa.array(~plain)).to_pylist()):
        places = ["first", *["middle"] * (len(words) - 2), "last"] if len(words) > 1 else ["last"] * len(words)
        for place, word in zip(places, words, strict=True):
            counts[place][word] = counts[place].get(word, 0.0) + 1
    return {place: _kept(of_place) for place, of_place in counts.items()}


def _count_plain(words: Words) -> dict[str, dict[str, float]]:
    several = words.counts > 1
    first, last = words.starts[several], words.last
    between = np.ones(len(words.word), np.bool_)
    between[first] = between[last] = False
    counts = {}
    for place, chosen in (("first", words.word[first]), ("middle", words.word[between]), ("last", words.word[last])):
        times = np.bincount(chosen, minlength=len(words.different))
        counts[place] = {words.different[word]: float(times[word]) for word in np.flatnonzero(times).tolist()}
    return counts


def _kept(counts: dict[str, float]) -> dict[str, float]:
    kept = {word: count for word, count in sorted(counts.items()) if count >= LEAST_WORD_COUNT}
    rest = sum(counts.values()) - sum(kept.values())
    return kept | ({"*": rest} if rest else {})


def dump(model: Model) -> str:
    """The model as JSON."""
    return json.dumps({"version": VERSION, **asdict(model)}, ensure_ascii=False, indent=1) + "\n"


def load(path: str) -> Model:
    """The model of a file; raises UnusableModelError."""
    try:
        content = json.loads(Path(path).read_text("utf-8"))
        if content.pop("version") != VERSION:
            raise UnusableModelError(f"{path} is a model of another version")
        written, name, birth = (tuple(map(float, content.pop(key))) for key in ("written", "name", "birth"))
        model = Model(written=written, name=name, birth=birth, **content)
        sizes = (len(written), len(name), len(birth))
        if sizes != (len(Number), len(Name) - 1, len(Birth) - 1) or not math.isfinite(model.frequency(("a", "b", "c"))):
            raise UnusableModelError(f"{path} is no model of this program")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise UnusableModelError(f"cannot use the model {path}: {type(problem).__name__}") from problem
    return model
