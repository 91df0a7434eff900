"""What changed in the engine's book: told in reports and codes, as `placing` writes it down.

No database but for a state made anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from keng.desk.fraud.campaigns.models import Part, Placement
from keng.desk.fraud.campaigns.placing import Found, Merged, New, classes_of
from keng.engines.link import Batch, Book, Linker
from keng.engines.link.evidence import Voice
from keng.engines.link.values import compared

MOST_NEAR = 16  # reports that are asked where a new one goes
MOST_HOLDERS = 64  # reports with a value that are looked at for that
MOST_ASKED = 8  # reports of a group that went into another one

Names = Mapping[int, tuple[str, str]]
Ints = NDArray[np.int64]


def name_of(report: UUID) -> bytes:
    """How the book names a report."""
    return json.dumps(str(report)).encode()


def report_of(name: bytes) -> UUID:
    """The report that the book names so."""
    return UUID(json.loads(name))


def names_of(pairs: Iterable[tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """The kind and value to show for each key by which these are compared."""
    return {one.key: (one.kind, one.value) for pair in pairs for one in compared(*pair)}


def part_of(batch: Batch, place: int) -> Batch:
    """One report of a batch."""
    return batch.take(np.array([place]))


def batch_of(book: Book, rows: Ints) -> Batch:
    """These reports of a book, as they were read once."""
    return Batch(book.identifiers(rows), book.columns["own"].take(rows), book.features(rows))


def found(linker: Linker, before: Ints, names: Names, also: Sequence[bytes] = ()) -> Found:
    """What changed since the book's rows were in the campaigns `before`. `also`: reports to tell of though the book knew them."""
    book = linker.book
    book.index()
    after = book.campaign(np.arange(len(book)))
    old, now = before, after[: before.size]
    changed = np.flatnonzero(old != now)
    merged: list[Merged] = []
    into: dict[int, int] = {}
    for campaign in np.unique(old[changed]).tolist():
        if len(book.members(campaign)) == 0:
            rows = changed[old[changed] == campaign]
            into[campaign] = int(now[book.by_time(rows)[0]])
            merged.append(
                Merged(_code(book, campaign), _code(book, into[campaign]), _near_of_group(linker, rows, before))
            )
    moved = [row for row in changed.tolist() if into.get(int(old[row])) != int(now[row])]
    new = list(range(before.size, len(book)))
    new += [row for row in map(book.find, also) if row is not None and row < before.size]
    return Found(
        rows=len(book),
        new=[_new(linker, row, names) for row in new],
        merged=merged,
        moved={report_of(book.identifier(row)): _code(book, int(now[row])) for row in moved},
    )


def found_anew(linker: Linker) -> Found:
    """How a book that was made anew differs from what stands in the database, whose codes of the engine are given anew with it."""
    book = linker.book
    rows = np.arange(len(book))
    if not rows.size:
        Part.objects.filter(engine_code__isnull=False).update(engine_code=None)
        return Found(rows=0)
    order = book.by_time(rows)
    ids = [report_of(one) for one in book.identifiers(order)]
    label = [_code(book, one) for one in book.campaign(order).tolist()]
    groups = dict(Placement.objects.values_list("pk", "group").iterator(chunk_size=5000))
    classes = classes_of(None)
    label_of: dict[int, str] = {}  # of each class that of its earliest report: a code goes with the earliest
    for pk, code in zip(ids, label, strict=True):
        if pk in groups:
            label_of.setdefault(classes[groups[pk]], code)
    owner: dict[str, int] = {}
    merged_classes: list[tuple[int, int]] = []
    for one, code in label_of.items():
        if owner.setdefault(code, one) != one:
            merged_classes.append((one, owner[code]))
    moved = {
        pk: code for pk, code in zip(ids, label, strict=True) if pk in groups and label_of[classes[groups[pk]]] != code
    }
    aside = _give_codes(owner, merged_classes)
    merged = [Merged(aside[one], label_of[one]) for one, _other in merged_classes]
    new = [New(pk, code) for pk, code in zip(ids, label, strict=True) if pk not in groups]
    return Found(rows=len(book), new=new, merged=merged, moved=moved)


def _give_codes(owner: Mapping[str, int], merged: Iterable[tuple[int, int]]) -> dict[int, str]:
    """Let the first part of each class bear the code that the engine has for it now; classes that go into others bear one of their
    own until they have gone, by class.
    """
    wanted = {one: code for code, one in owner.items()}
    aside = {one: f"went-{one}" for one, _other in merged}
    wanted |= aside
    held = dict(Part.objects.filter(engine_code__isnull=False).values_list("pk", "engine_code"))
    Part.objects.filter(pk__in=[pk for pk, code in held.items() if wanted.get(pk) != code]).update(engine_code=None)
    changed = [Part(pk=pk, engine_code=code) for pk, code in wanted.items() if held.get(pk) != code]
    Part.objects.bulk_update(changed, ["engine_code"], batch_size=500)
    return aside


def _new(linker: Linker, row: int, names: Names) -> New:
    book = linker.book
    near, kind, value = _near(linker, row, names)
    reports = tuple(report_of(one) for one in book.identifiers(np.array(near, np.int64))) if near else ()
    return New(
        report_of(book.identifier(row)), _code(book, int(book.campaign(np.array([row]))[0])), reports, kind, value
    )


def _near(linker: Linker, row: int, names: Names) -> tuple[list[int], str, str]:
    """Earlier reports of its campaign that speak for this one being there, the first of them with what both share."""
    book = linker.book
    campaign = book.campaign(np.array([row]))[0]
    features = book.features(np.array([row]))
    found: list[tuple[int, str, str]] = []
    for key in features.values.tolist():
        if key in book.dead:
            continue
        kind, value = names.get(key, ("", ""))
        holders = np.asarray(book.value_index.find(key), np.int64)[:MOST_HOLDERS]
        mine = holders[(book.campaign(holders) == campaign) & (holders != row)]
        found += [(one, kind, value) for one in np.sort(mine)[:MOST_NEAR].tolist()]
    kin = book.columns["kin"].take(np.array([row]))[0]
    kin = kin[kin >= 0].astype(np.int64)
    kin = kin[(book.campaign(kin) == campaign) & (kin != row)]
    if kin.size:
        near = book.features(np.concatenate([[row], kin]))
        alike = Voice.of(near.sketch, book.weights).likeness(np.zeros(kin.size, np.int64), np.arange(1, kin.size + 1))
        found += [(one, "text", f"{share:.2f}") for one, share in zip(kin.tolist(), alike.tolist(), strict=True)]
    earlier = [one for one in found if one[0] < row] or found
    rows = list(dict.fromkeys(one for one, _kind, _value in earlier))[:MOST_NEAR]
    return (rows, earlier[0][1], earlier[0][2]) if earlier else ([], "", "")


def _near_of_group(linker: Linker, rows: Ints, before: Ints) -> tuple[UUID, ...]:
    """What speaks for a group that went into another one: reports that stood elsewhere before."""
    own = set(rows.tolist())
    found = [one for row in rows[:MOST_ASKED].tolist() for one in _near(linker, row, {})[0] if one not in own]
    near = [one for one in dict.fromkeys(found) if one < before.size][:MOST_NEAR]
    return tuple(report_of(one) for one in linker.book.identifiers(np.array(near, np.int64))) if near else ()


def _code(book: Book, campaign: int) -> str:
    return book.codes[campaign].decode()
