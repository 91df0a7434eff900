"""Reports as they come, one by one or as columns, into what the engine keeps of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keng.engines.link import fast
from keng.engines.link.book import Batch
from keng.engines.link.features import make_features
from keng.engines.link.graph import Ints, ranges
from keng.engines.link.strings import Strings
from keng.engines.link.values import Shared, compared
from keng.engines.link.words import Words, read_words

Pair = tuple[str, str]  # kind and value of an indicator (contract section 2)


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it comes. `at`: microseconds since 1970 in UTC; `indicators`: (kind, value) of contract section 2."""

    identifier: str | int
    at: int
    text: str
    indicators: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The same of many reports: `identifiers` as JSON, `texts` in good UTF-8; report `told_by[i]` has the indicator
    `pairs[told[i]]`."""

    identifiers: Strings
    at: Ints
    texts: Strings
    pairs: Sequence[Pair]
    told_by: Ints
    told: Ints


def read_batch(reports: Sequence[Report]) -> Batch:
    """The features of reports."""
    identifiers = Strings.of([dump_identifier(report.identifier) for report in reports])
    texts = [report.text for report in reports]
    hashes = Strings.of([text.encode("utf-8", "surrogatepass") for text in texts]).hashes()
    shared = [[one.key for pair in report.indicators for one in compared(*pair)] for report in reports]
    keys = np.fromiter((key for one in shared for key in one), np.uint64)
    told_by = np.repeat(np.arange(len(reports)), np.fromiter(map(len, shared), np.int64, len(shared)))
    own = identifiers.hashes()
    at = np.array([report.at for report in reports], np.int64)
    return Batch(identifiers, own, make_features(own, at, hashes, read_words(texts), told_by, keys))


def read_columns(columns: Columns, *, large: bool) -> tuple[Batch, list[Shared]]:
    """The same of columns, and what they share, to be named. `large`: many more will follow, so compiled code pays."""
    shared = [compared(*pair) for pair in columns.pairs]
    counts = np.fromiter(map(len, shared), np.int64, len(shared))
    everything = [one for found in shared for one in found]
    keys = np.fromiter((one.key for one in everything), np.uint64, len(everything))
    times, starts = counts[columns.told], (np.cumsum(counts) - counts)[columns.told]
    told_by, keys = np.repeat(columns.told_by, times), keys[ranges(starts, times)]
    own, texts = columns.identifiers.hashes(), columns.texts
    features = make_features(own, columns.at, texts.hashes(), _read_texts(texts, large), told_by, keys)
    return Batch(columns.identifiers, own, features), everything


def dump_identifier(identifier: str | int) -> bytes:
    """An id as JSON: what tells 1 from "1"."""
    try:
        return json.dumps(identifier, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(identifier).encode()


def _read_texts(texts: Strings, large: bool) -> Words:
    if large and fast.is_there():
        from keng.engines.link.fast.words import read_utf8

        return read_utf8(texts.letters, texts.ends)
    return read_words([text.decode() for text in texts])
