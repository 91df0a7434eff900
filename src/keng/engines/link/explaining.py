"""Why a report is in its campaign: the other reports of it that it shares a value with or reads like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from keng.engines.link.book import Book
from keng.engines.link.deciding import measure_likeness
from keng.engines.link.features import Features
from keng.engines.link.graph import Ints, group_starts
from keng.engines.link.words import U64


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reason i: report `row[i]` goes with `other[i]`; by the value with `key[i]`, or if that is 0 by text, `alike[i]` 0..1.

    Sorted by row; a row's text first, then its values.
    """

    row: Ints
    other: Ints
    key: U64
    alike: np.ndarray


def explain(book: Book, rows: Ints) -> Reasons:
    """The reasons of these rows (sorted, without repeats), as things stand: for each value the earliest other report of the
    campaign that has it, and the one that it reads most like."""
    near = _neighbourhood(book, rows)
    features, campaign = book.features(near), book.campaign(near)
    place = np.empty(near.size, np.int64)
    place[np.searchsorted(near, book.by_time(near))] = np.arange(near.size)
    value_row, value_other, key = _by_value(features, campaign, place, book.dead)
    text_row, text_other, alike = _by_text(book, near, features, campaign, place)
    row = near[np.concatenate([text_row, value_row])]
    other = near[np.concatenate([text_other, value_other])]
    keys = np.concatenate([np.zeros(text_row.size, np.uint64), key])
    likeness = np.concatenate([alike, np.zeros(value_row.size)])
    asked = np.isin(row, rows)
    order = np.lexsort((keys[asked], row[asked]))
    return Reasons(row[asked][order], other[asked][order], keys[asked][order], likeness[asked][order])


def _neighbourhood(book: Book, rows: Ints) -> Ints:
    """All reports of the campaigns of these, sorted."""
    if rows.size == len(book):
        return rows
    campaigns = np.unique(book.campaign(rows)).tolist()
    return np.sort(np.concatenate([np.empty(0, np.int64), *map(book.members, campaigns)]))


def _by_value(features: Features, campaign: Ints, place: Ints, dead: set[int]) -> tuple[Ints, Ints, U64]:
    owners, keys = features.owners(), features.values
    alive = ~np.isin(keys, np.array(sorted(dead), np.uint64))
    owners, keys = owners[alive], keys[alive]
    order = np.lexsort((place[owners], keys, campaign[owners]))
    owners, keys = owners[order], keys[order]
    new = np.ones(owners.size, np.bool_)
    new[1:] = (keys[1:] != keys[:-1]) | (campaign[owners[1:]] != campaign[owners[:-1]])
    starts = np.flatnonzero(new)
    counts = np.diff(starts, append=owners.size)
    first, second = owners[starts], owners[np.minimum(starts + 1, max(owners.size - 1, 0))]
    several = np.repeat(counts > 1, counts)
    other = np.where(owners == np.repeat(first, counts), np.repeat(second, counts), np.repeat(first, counts))
    return owners[several], other[several], keys[several]


def _by_text(book: Book, near: Ints, features: Features, campaign: Ints, place: Ints) -> tuple[Ints, Ints, np.ndarray]:
    """The nearest model of the same campaign; for a model without one, whoever of its campaign reads most like it."""
    kin = book.columns["kin"].take(near)
    report, column = np.nonzero(kin >= 0)
    target = kin[report, column].astype(np.int64)
    found = np.minimum(np.searchsorted(near, target), max(near.size - 1, 0))
    same = (near[found] == target) & (campaign[found] == campaign[report]) if report.size else np.zeros(0, np.bool_)
    report, model = report[same], found[same]
    alike = measure_likeness(features, book.weights, report, model)
    one, other = np.concatenate([report, model]), np.concatenate([model, report])
    second_hand = np.concatenate([np.zeros(report.size), np.ones(report.size)])
    both = np.concatenate([alike, alike])
    order = np.lexsort((place[other], -both, second_hand, one))
    best = order[group_starts(one[order])]
    return one[best], other[best], both[best]


def split_by_row(reasons: Reasons) -> Iterator[tuple[int, slice]]:
    """Each row that has reasons, with where they stand."""
    for start, end in pairwise([*group_starts(reasons.row).tolist(), reasons.row.size]):
        yield int(reasons.row[start]), slice(start, end)
