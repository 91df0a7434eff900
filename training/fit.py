"""`python -m training.fit OUT`: learn the model that `keng classify` carries. Needs requirements/model.txt; takes some minutes.

Two logistic regressions over the same features: what a message is (true, spam, scam), and which trick a scam is. Weights of
words are held small and those of meanings less so; what is left of them is rounded and written by name, so that a person can
read the model.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from keng.engines.classify.features import Features, Meanings, Phrase, as_meanings, features_of
from keng.engines.classify.model import phrase_table
from keng.engines.classify.reading import Reading, read
from keng.engines.classify.senders import sender_mark
from keng.engines.classify.tricks import trick_codes
from keng.engines.classify.writing import Writing
from training.corpus import Message, held_out, learnt_from
from training.grammar import templates

ROOT = Path(__file__).parents[1]
UCI = ROOT / "training" / "uci" / "messages.tsv"
SEED, SEED_HELD_OUT = 20261122, 7
LABELS = ("true", "spam", "scam")
FEWEST_TIMES = {"word": 16, "couple": 40, "meaning": 1, "pair": 60}
VALUES = {"word": 2.0, "couple": 1.2, "meaning": 1.0, "pair": 0.5}  # the larger, the less a weight is held back
DROPPED_TOKENS, DROPPED_MEANINGS = 0.12, 0.1  # of each message, so that no single word carries it
TRICK_VALUES = {
    "word": 4.0,
    "meaning": 1.0,
}  # tricks are told apart by their words more than scams are from true messages
STRENGTH, TRICK_STRENGTH = 0.25, 0.05  # C of scikit-learn
TOLERANCE, MOST_STEPS = 1e-4, 400  # stopped sooner, rare words have not yet found their weights
CLASS_WEIGHTS = {0: 2.0, 1: 1.5, 2: 1.0}  # a false alarm costs more than a miss; advertising is rarer here than in life
HELD_BACK = 0.2  # taken off what speaks for a scam: no more true held-out messages are called scams than before
LEAST_WEIGHT = {"word": 0.1, "couple": 0.1, "meaning": 0.02, "pair": 0.03}  # the rest is left out
LEAST_TRICK_WEIGHT = {"word": 0.5, "meaning": 0.12}
TEMPERATURES = np.linspace(
    1.0, 4.0, 61
)  # never sharper than learnt: messages of other hands are stranger than the held-out ones

Key = tuple[str, Phrase]


def main(words: list[str]) -> int:
    target = Path(words[0]) if words else ROOT / "src" / "keng" / "engines" / "classify" / "data" / "model.json"
    phrases = read_concepts()
    known = known_words()
    writing = Writing(known)
    codes_of_phrases = phrase_table(phrases, writing)
    meanings = as_meanings(codes_of_phrases)
    messages = learnt_from(SEED, UCI)
    Random(SEED).shuffle(messages)
    print(len(messages), "messages", Counter(message.label for message in messages))
    dice = Random(SEED)
    rows = [weighed(message, writing, meanings, dice) for message in messages]
    columns = chosen(rows)
    labels = np.array([LABELS.index(message.label) for message in messages])
    kind = learn(matrix(rows, columns), labels, STRENGTH, CLASS_WEIGHTS)
    scams = [number for number, message in enumerate(messages) if message.trick]
    codes = trick_codes()
    trick_columns = numbered(key for key in columns if key[0] in TRICK_VALUES)
    tricks = learn(
        matrix([valued_for_tricks(rows[n]) for n in scams], trick_columns),
        np.array([codes.index(messages[n].trick or "") for n in scams]),
        TRICK_STRENGTH,
    )
    tested = held_out(SEED_HELD_OUT, UCI)
    temperature = calibrated(
        kind,
        matrix([weighed(m, writing, meanings, None) for m in tested], columns),
        [LABELS.index(m.label) for m in tested],
    )
    model = exported(kind, tricks, columns, trick_columns, codes, codes_of_phrases, known, temperature)
    target.write_text(as_text(model), "utf-8")
    print(
        f"{len(columns)} features, temperature {temperature:.2f}, {target.stat().st_size / 1e6:.2f} MB, version {model['version']}"
    )
    return 0


def read_concepts() -> dict[str, list[str]]:
    """The phrases of each meaning, as written in concepts.txt."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "training" / "concepts.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name, _, rest = line[1:].partition("] ")
            found[name] = [phrase.strip() for phrase in rest.split("|") if phrase.strip()]
    return found


def known_words() -> frozenset[str]:
    """Every word, folded, of the templates, the meanings and the English texts that are learnt from."""
    times: Counter[str] = Counter()
    writing = Writing(frozenset())
    for template in templates():
        if not template.is_held_out:
            flat = template.line.translate(str.maketrans("()|{}\\", "      "))
            times.update(dict.fromkeys(read(flat, writing).tokens, 2))
    for phrase in (phrase for phrases in read_concepts().values() for phrase in phrases):
        times.update(dict.fromkeys(read(phrase, writing).tokens, 2))
    for line in UCI.read_text("utf-8").split("\n"):
        times.update(set(read(line.partition("\t")[2], writing).tokens))
    return frozenset(
        word for word, count in times.items() if count >= 2 and word.isalpha() and word.isascii() and 1 < len(word) < 20
    )


def weighed(message: Message, writing: Writing, meanings: Meanings, dice: Random | None) -> dict[Key, float]:
    """The features of a message by kind and name, with their values; some dropped if there is `dice`."""
    reading = read(message.text, writing)
    if dice:
        kept = [(t, p) for t, p in zip(reading.tokens, reading.places, strict=True) if dice.random() > DROPPED_TOKENS]
        reading = Reading(reading.folded, tuple(t for t, _ in kept), tuple(p for _, p in kept))
    features = features_of(reading, sender_mark(message.sender), meanings)
    if dice:
        left = tuple(name for name in features.meanings if dice.random() > DROPPED_MEANINGS)
        features = Features(features.words, features.couples, left, features.word_value)
    return dict(_valued(features))


def _valued(features: Features) -> Iterable[tuple[Key, float]]:
    for word in features.words:
        yield ("word", word), VALUES["word"] * features.word_value
    for couple in features.couples:
        yield ("couple", couple), VALUES["couple"] * features.word_value
    for name in features.meanings:
        yield ("meaning", name), VALUES["meaning"]
    for pair in features.pairs():
        yield ("pair", pair), VALUES["pair"]


def valued_for_tricks(row: dict[Key, float]) -> dict[Key, float]:
    """The features of a scam that tell which it is, with the values that they have for that."""
    return {key: v * TRICK_VALUES[key[0]] / VALUES[key[0]] for key, v in row.items() if key[0] in TRICK_VALUES}


def chosen(rows: list[dict[Key, float]]) -> dict[Key, int]:
    """A column for each feature that is frequent enough."""
    times: Counter[Key] = Counter(key for row in rows for key in row)
    kept = sorted((key for key, count in times.items() if count >= FEWEST_TIMES[key[0]]), key=repr)
    return numbered(kept)


def numbered(keys: Iterable[Key]) -> dict[Key, int]:
    """A column for each key, in this order."""
    return {key: number for number, key in enumerate(keys)}


def matrix(rows: list[dict[Key, float]], columns: dict[Key, int]) -> csr_matrix:
    """One row a message, one column a feature."""
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for row in rows:
        for key, value in row.items():
            column = columns.get(key)
            if column is not None:
                indices.append(column)
                values.append(value)
        ends.append(len(indices))
    return csr_matrix((values, indices, ends), shape=(len(rows), len(columns)))


def learn(
    table: csr_matrix, labels: np.ndarray, strength: float, weights: dict[int, float] | None = None
) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=MOST_STEPS, tol=TOLERANCE, class_weight=weights).fit(table, labels)


def calibrated(kind: LogisticRegression, table: csr_matrix, labels: list[int]) -> float:
    """By what the scores are divided so that the probabilities of held-out messages are right on average."""
    scores = kind.decision_function(table)
    losses = []
    for temperature in TEMPERATURES:
        flat = scores / temperature
        flat = flat - flat.max(axis=1, keepdims=True)
        logs = flat - np.log(np.exp(flat).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    return float(TEMPERATURES[int(np.argmin(losses))])


def exported(
    kind: LogisticRegression,
    tricks: LogisticRegression,
    columns: dict[Key, int],
    trick_columns: dict[Key, int],
    codes: list[str],
    phrases: dict[Phrase, tuple[str, ...]],
    known: frozenset[str],
    temperature: float,
) -> dict[str, object]:
    """The model by name. Weights are of spam and of scam against true, times the value of their kind."""
    against_true = (kind.coef_ - kind.coef_[0])[1:]
    start = (kind.intercept_ - kind.intercept_[0])[1:]
    weights: dict[str, dict[str, list[float]]] = {name: {} for name in VALUES}
    trick_weights: dict[str, dict[str, dict[str, float]]] = {name: {} for name in VALUES}
    order = [codes[number] for number in tricks.classes_]
    for (group, name), column in columns.items():
        written = as_written(name)
        pair = [round(float(w) * VALUES[group], 2) for w in against_true[:, column]]
        if max(map(abs, pair)) >= LEAST_WEIGHT[group]:
            weights[group][written] = pair
    for (group, name), column in trick_columns.items():
        row = {
            code: round(float(w) * TRICK_VALUES[group], 2)
            for code, w in zip(order, tricks.coef_[:, column], strict=True)
            if abs(w) * TRICK_VALUES[group] >= LEAST_TRICK_WEIGHT[group]
        }
        if row:
            trick_weights[group][as_written(name)] = row
    body: dict[str, object] = {
        "temperature": round(temperature, 3),
        "start": {"spam": round(float(start[0]), 3), "scam": round(float(start[1]) - HELD_BACK, 3)},
        "trick_start": {code: round(float(w), 3) for code, w in zip(order, tricks.intercept_, strict=True)},
        "phrases": {
            as_written(phrase): list(meanings)
            for phrase, meanings in sorted(phrases.items(), key=lambda item: as_written(item[0]))
        },
        "weights": weights,
        "trick_weights": {group: rows for group, rows in trick_weights.items() if rows},
        "known": sorted(known),
    }
    digest = hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return {"format": 1, "version": f"2026.11-{digest[:10]}", **body}


def as_written(name: Phrase) -> str:
    return name if isinstance(name, str) else " ".join(name)


def as_text(model: dict[str, object]) -> str:
    """JSON with a feature a line, so that two models can be compared line by line."""
    return (
        json.dumps(model, ensure_ascii=False, indent=0, separators=(",", ":")).replace("[\n", "[").replace("\n]", "]")
        + "\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
