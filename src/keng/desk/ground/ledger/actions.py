"""What is done to the ledger: `record` an entry, give committed entries their places, and go on doing so.

`record` runs inside the transaction of the action it tells about, so that both are there or neither; it takes no lock
but its own row. Places are given afterwards by one sequencer. Down: `record` fails with its action (closed); without a
sequencer entries wait unplaced, nothing is lost, and they get their places when one is back.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from django.db import (
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils.timezone import is_naive

from keng.base import clock
from keng.base.errors import RefusedError, Said
from keng.base.merkle import CompactRange, hash_leaf
from keng.base.signing import Signer, sign_note
from keng.desk.ground.ledger.canonical import SALT_BYTES, VERB, EntryFields, checked_identifier, data_text, leaf_of
from keng.desk.ground.ledger.layout import FIRST_CHAIN, Head, next_chain
from keng.desk.ground.ledger.models import Checkpoint, Entry
from keng.desk.ground.ledger.tree import StoredNodes, store_tiles
from keng.desk.ground.plainly import Statement, add_rows, adding

BATCH_ENTRIES = 5_000
LONGEST_WAIT_SECONDS = 30.0
ADVISORY_LOCK = 0x4B_C9_4E_47  # one number for the whole database; "K\xc9NG"

UPDATE_ROWS = 1_000  # three parameters each; SQLite takes 32,766 in a statement
GIVE_PLACES = (
    "UPDATE ledger_entry SET place = v.column2, chain = v.column3 FROM (VALUES {rows}) AS v"
    " WHERE ledger_entry.id = v.column1 AND ledger_entry.place IS NULL"
)

BROKEN = Said(
    "Sổ không còn khớp với điểm chốt {size} đã ký: không ký tiếp, hãy chạy `keng ledger export` rồi `verify`",
    "the ledger no longer agrees with its signed checkpoint {size}: signing stops; run `keng ledger export`, `verify`",
)
OTHER_ORIGIN = Said(
    "Sổ này mang tên {old}, không phải {new}", "this ledger is called {old}, not {new}: sign it under that name"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as written: its public identifier and its leaf, which already commits to it."""

    id: uuid.UUID
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Happening:
    """What an entry is to say; the fields are those of `record`."""

    actor: str
    verb: str
    subject: str
    data: dict[str, object]
    at: datetime
    about: str | None = None


def record(
    *, actor: str, verb: str, subject: str, data: dict[str, object], at: datetime, about: str | None = None
) -> Recorded:
    """Write an entry inside the caller's transaction.

    `actor` is such as `officer:12`, `partner:970436`, `reporter`, `system:worker`; `verb` such as
    `measures.hold_urgently`; `subject` an internal identifier, `measure:...`; `about` the pseudonym of the one person
    it concerns, `report:...`, or None; `data` codes, integers, internal identifiers and hashes, at most 16 KiB as JSON;
    `at` is aware. Never personal data, never what somebody wrote: the ledger is not erased. A reason in free text is
    kept by its own app, and its SHA-256 goes here. One INSERT.
    InputError `ledger.not_canonical` or `ledger.personal_data`; TransactionManagementError outside a transaction.
    """
    return record_many([Happening(actor, verb, subject, data, at, about)])[0]


def record_many(happenings: Iterable[Happening]) -> list[Recorded]:
    """Write an entry for each, as `record` does, by one INSERT for many of them."""
    _require_transaction()
    entries = [entry_of(one) for one in happenings]
    add_rows(entries)
    return [Recorded(entry.uuid, entry.leaf) for entry in entries]


def recording(happenings: Iterable[Happening]) -> list[Statement]:
    """What `record_many` would run, for `plainly.run_all` or `run_alone` with the statements of the action that it tells about."""
    return adding([entry_of(one) for one in happenings])


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("ledger.record belongs inside the transaction of its action")


def entry_of(one: Happening) -> Entry:
    """The row of an entry, checked, salted and hashed; not written yet."""
    if is_naive(one.at):
        raise ValueError("`at` has no time zone")
    fields = EntryFields(
        id=uuid.uuid4(),
        at=one.at,
        actor=checked_identifier(one.actor, "actor"),
        verb=checked_identifier(one.verb, "verb", VERB),
        subject=checked_identifier(one.subject, "subject"),
        about=None if one.about is None else checked_identifier(one.about, "about"),
        data=data_text(one.data),
    )
    salt = secrets.token_bytes(SALT_BYTES)
    return Entry(
        uuid=fields.id,
        at_utc=one.at,
        actor=one.actor,
        verb=one.verb,
        subject=one.subject,
        about=one.about,
        data=fields.data,
        salt=salt,
        leaf=leaf_of(salt, fields.canonical()),
    )


def sequence_once(signer: Signer, now: datetime, *, batch: int = BATCH_ENTRIES) -> int:
    """Give up to `batch` committed entries the next places, in order of id, and sign a checkpoint. Returns how many.

    Everything happens in one transaction: killed at any moment, either the places and their checkpoint are there or
    neither. What is visible and has no place gets one, so an entry that commits later than a higher id is not
    passed over but placed later. The first run signs the empty ledger.
    Two at once: PostgreSQL gives one the advisory lock and the other returns 0; SQLite lets one transaction write at a
    time (IMMEDIATE). Beneath both, places and checkpoint sizes are unique: a second one would fail, not fork.
    A key that was replaced since it was handed in signs nothing: 0. RefusedError `ledger.broken` if the stored tree no
    longer gives the root that was signed last: nothing is signed.
    """
    if not _is_work_waiting():
        return 0
    with transaction.atomic(durable=True):
        if not _is_alone():
            return 0
        last = Checkpoint.objects.order_by("-size").first()
        if last is not None and _is_replaced(signer, last):
            logger.warning("key %s was replaced by %s; it signs no more", signer.key_id, last.key_id)
            return 0
        waiting = list(Entry.objects.filter(place=None).order_by("id").values_list("id", "leaf")[:batch])
        if last is not None and not waiting:
            return 0
        tree, chain = _tree_after(last, signer)
        leaves = [bytes(leaf) for _, leaf in waiting]
        head_chain = _give_places([entry_id for entry_id, _ in waiting], leaves, tree.size, chain)
        old_size = tree.size
        store_tiles(old_size, tree.extend([hash_leaf(leaf) for leaf in leaves]))
        _sign(Head(signer.name, tree.size, tree.root(), head_chain, now), signer)
    return len(waiting)


def run_sequencer(stop: Event, signer: Signer | Callable[[], Signer], interval_seconds: float = 0.5) -> int:
    """Sequence until `stop` is set; returns how many entries got places. A full batch is followed by the next at once.

    A function is asked for the signer each time, so that a new key signs as soon as it is the current one.
    While the database is away or another sequencer is in the way it tries again, ever more slowly up to 30 s. Errors of
    ours and a broken ledger end it: they need a person.
    """
    total, wait = 0, interval_seconds
    while not stop.is_set():
        try:
            placed = sequence_once(signer if isinstance(signer, Signer) else signer(), clock.now())
        except (OperationalError, InterfaceError, InternalError, IntegrityError):
            logger.exception("the ledger could not be sequenced; trying again in %.1f s", wait)
            close_old_connections()
            stop.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            continue
        total, wait = total + placed, interval_seconds
        if placed < BATCH_ENTRIES:
            stop.wait(interval_seconds)
    return total


def _is_work_waiting() -> bool:
    """A look without a lock, so that an idle sequencer does not take SQLite's write lock twice a second."""
    return Entry.objects.filter(place=None).exists() or not Checkpoint.objects.exists()


def _is_alone() -> bool:
    """Whether no other sequencer is at work; on PostgreSQL this holds the lock to the end of the transaction."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


def _is_replaced(signer: Signer, last: Checkpoint) -> bool:
    """Whether another key signed after this one: whoever verifies then takes nothing more from this one."""
    return last.key_id != signer.key_id and Checkpoint.objects.filter(key_id=signer.key_id).exists()


def _tree_after(last: Checkpoint | None, signer: Signer) -> tuple[CompactRange, bytes]:
    """The right edge of the stored tree and the running hash, compared with what was signed last."""
    if last is None:
        return CompactRange(), FIRST_CHAIN
    tree = CompactRange.at(last.size, StoredNodes())
    if tree.root() != bytes(last.root):
        raise RefusedError("ledger.broken", BROKEN.filled(size=last.size))
    origin = last.note.partition("\n")[0]
    if origin != signer.name:
        raise RefusedError("ledger.other_origin", OTHER_ORIGIN.filled(old=origin, new=signer.name))
    return tree, bytes(last.chain)


def _give_places(ids: list[int], leaves: list[bytes], first: int, chain: bytes) -> bytes:
    """Write places and running hashes; returns the last running hash."""
    rows = []
    for place, (entry_id, leaf) in enumerate(zip(ids, leaves, strict=True), first):
        chain = next_chain(chain, leaf)
        rows.append((entry_id, place, chain))
    with connection.cursor() as cursor:
        for some in (rows[at : at + UPDATE_ROWS] for at in range(0, len(rows), UPDATE_ROWS)):
            statement = GIVE_PLACES.format(rows=",".join(["(%s, %s, %s)"] * len(some)))
            cursor.execute(statement, [value for row in some for value in row])
    placed = Entry.objects.filter(place__gte=first).count()
    if placed != len(ids):
        raise IntegrityError(f"{placed} entries beyond place {first}, not {len(ids)}")
    return chain


def _sign(head: Head, signer: Signer) -> None:
    Checkpoint.objects.create(
        size=head.size,
        root=head.root,
        chain=head.chain,
        note=sign_note(head.text(), signer),
        key_id=signer.key_id,
        made_at_utc=head.made_at,
    )
