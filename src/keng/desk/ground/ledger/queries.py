"""Reads of the ledger for others. Whose entries somebody may see is for the caller to decide before asking."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Max

from keng.base import merkle
from keng.base.errors import InputError, RefusedError, Said
from keng.desk.ground.ahead import Question
from keng.desk.ground.ledger.canonical import EntryFields
from keng.desk.ground.ledger.models import Checkpoint, Entry
from keng.desk.ground.ledger.tree import StoredNodes
from keng.desk.ground.plainly import question, rows_with

PAGE_ENTRIES = 50

Screen = Callable[[str, datetime], Iterable[UUID]]
_screens: list[Screen] = []

NO_ENTRY = Said("Không có dòng sổ {id}", "there is no ledger entry {id}")
BROKEN = Said(
    "Dòng {place} không còn khớp với điểm chốt {size} đã ký",
    "entry {place} does not agree with signed checkpoint {size}",
)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """An entry as others see it. `serial` serves only to ask for the next page; `place` is None while it waits."""

    serial: int
    id: UUID
    at_utc: datetime
    actor: str
    verb: str
    subject: str
    about: str | None
    facts: dict[str, Any]
    leaf: bytes
    place: int | None


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The newest checkpoint: `note` is what was signed, to be given as it stands."""

    size: int
    root: bytes
    note: str
    key_id: str
    made_at_utc: datetime


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """What shows that an entry stands at `place` of the tree that `note` signs: see `layout.py` and `verify.py`."""

    place: int
    size: int
    entry: EntryFields
    salt: bytes
    proof: tuple[bytes, ...]
    note: str


def entries_about(
    about: str, *, verb: str | None = None, before: int | None = None, limit: int | None = None
) -> list[LedgerEntry]:
    """The entries that concern one person, newest first: all of them unless `limit` is given. One query."""
    if before is None and limit is None:
        return [_entry(row) for row in rows_with(Entry, "about", about, order="-id") if verb in (None, row.verb)]
    rows = Entry.objects.filter(about=about)
    return _page(rows if verb is None else rows.filter(verb=verb), before, limit)


def question_about(about: str) -> Question:
    """What `entries_about` asks for all of them."""
    return question(Entry, "about", about, order="-id")


def entries_on(subject: str, *, before: int | None = None, limit: int | None = None) -> list[LedgerEntry]:
    """What was done to one thing, newest first: everything unless `limit` is given. One query."""
    return _page(Entry.objects.filter(subject=subject), before, limit)


def newest_entries(*, before: int | None = None, limit: int = PAGE_ENTRIES) -> list[LedgerEntry]:
    """The newest entries; `before` is the `serial` of the last one on the page before. One query."""
    return _page(Entry.objects.all(), before, limit)


def entries_after(place: int | None, *, limit: int) -> list[tuple[int | None, str | None]]:
    """(place, about) of entries placed after `place`, in that order; None: of those that wait for their place. One query.

    Together they are everything recorded since the entry of that place, whichever transaction ended first.
    """
    rows = Entry.objects.filter(place__isnull=True) if place is None else Entry.objects.filter(place__gt=place)
    return list(rows.order_by("place", "id").values_list("place", "about")[:limit])


def last_place() -> int:
    """The highest place given so far; -1 while there is none. One query."""
    last = Entry.objects.aggregate(last=Max("place"))["last"]
    return -1 if last is None else int(last)


def days_about(abouts: Collection[str], zone: tzinfo) -> set[date]:
    """The days, in that zone, on which anything was recorded about any of these. One query."""
    moments = Entry.objects.filter(about__in=abouts).values_list("at_utc", flat=True)
    return {at.astimezone(zone).date() for at in moments}


def find_entry(serial: int) -> LedgerEntry | None:
    """The entry of that serial; None if there is none."""
    found = _page(Entry.objects.filter(pk=serial), None, 1)
    return found[0] if found else None


def find_latest_checkpoint() -> SignedHead | None:
    """The newest checkpoint; None until the sequencer has run once."""
    row = Checkpoint.objects.order_by("-size").first()
    return row and SignedHead(row.size, bytes(row.root), row.note, row.key_id, row.made_at_utc)


def find_inclusion_proof(entry_id: UUID) -> InclusionProof | None:
    """A proof against the newest checkpoint; None while the entry waits for its place.

    InputError `ledger.no_entry`; RefusedError `ledger.broken` if entry and tree no longer agree. At most two queries a
    level of tiles (256 entries, 65,536, ...) on each side, and three more.
    """
    row = Entry.objects.filter(uuid=entry_id).first()
    if row is None:
        raise InputError("ledger.no_entry", NO_ENTRY.filled(id=entry_id))
    proofs = prove([row])
    return proofs[0] if proofs else None


def screen_with(screen: Screen) -> None:
    """Let `screen` name entries that the person they are about may not see for now: no proof of them is given."""
    if screen not in _screens:
        _screens.append(screen)


def proofs_about(about: str, now: datetime) -> list[InclusionProof]:
    """Proofs for the placed entries that this person may see now, in the order of places, against one checkpoint."""
    hidden = {entry for screen in _screens for entry in screen(about, now)}
    rows = Entry.objects.filter(about=about, place__isnull=False).order_by("place")
    return prove([row for row in rows if row.uuid not in hidden])


def prove(rows: Iterable[Entry]) -> list[InclusionProof]:
    """Proofs against the newest checkpoint for those of `rows` that it covers; each is checked before it is given."""
    head, nodes, proofs = find_latest_checkpoint(), StoredNodes(), []
    for row in rows:
        if head is None or row.place is None or row.place >= head.size:
            continue
        proof = tuple(merkle.inclusion_proof(row.place, head.size, nodes))
        if not merkle.verify_inclusion(merkle.hash_leaf(bytes(row.leaf)), row.place, head.size, proof, head.root):
            raise RefusedError("ledger.broken", BROKEN.filled(place=row.place, size=head.size))
        proofs.append(InclusionProof(row.place, head.size, fields_of(row), bytes(row.salt), proof, head.note))
    return proofs


def consistency_proof(old_size: int) -> tuple[bytes, ...]:
    """That the newest checkpoint extends the one of `old_size`, for whoever kept that. InputError if it is larger."""
    head = find_latest_checkpoint()
    if head is None or not 0 <= old_size <= head.size:
        raise InputError("ledger.no_entry", NO_ENTRY.filled(id=old_size))
    return tuple(merkle.consistency_proof(old_size, head.size, StoredNodes()))


def fields_of(row: Entry) -> EntryFields:
    """What a stored entry says, ready for its canonical bytes."""
    return EntryFields(row.uuid, row.at_utc, row.actor, row.verb, row.subject, row.about, row.data)


def _page(rows: Any, before: int | None, limit: int | None) -> list[LedgerEntry]:
    rows = rows.order_by("-id") if before is None else rows.filter(id__lt=before).order_by("-id")
    return [_entry(row) for row in rows[:limit]]


def _entry(row: Entry) -> LedgerEntry:
    return LedgerEntry(
        row.id,
        row.uuid,
        row.at_utc,
        row.actor,
        row.verb,
        row.subject,
        row.about,
        json.loads(row.data),
        bytes(row.leaf),
        row.place,
    )
