"""The engine at work on reports as they arrive: it reads those that are not placed, and what it finds is written down.

The state folder is a cache of what the reports say: lost, cut off or behind, it is made anew from them. Texts are opened in this
process and nowhere kept; the folder holds numbers and ids (docs/linking.md).
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from keng.base.sealing import BrokenSealError
from keng.desk.fraud.campaigns import comparing
from keng.desk.fraud.campaigns.models import NO_UNIT, Placement, State
from keng.desk.fraud.campaigns.placing import apply, note_leanings, write_down
from keng.desk.fraud.campaigns.state import batched, lock
from keng.desk.fraud.campaigns.sums import change_unit
from keng.desk.fraud.reports.models import Indicator, Report
from keng.desk.fraud.reports.queries import indicators_of
from keng.desk.fraud.reports.sealed import unlock
from keng.desk.ground.keys import KeyStore
from keng.engines.link import BrokenStateError, Linker, Store, lean, read_batch
from keng.engines.link import Report as Read

BATCH = 200  # reports placed in one transaction: it holds SQLite's only write lock
OVERLAP = timedelta(minutes=10)  # longer than any transaction that receives a report
SETTLE_FROM = 64  # unsettled reports, or a fiftieth of all
SETTLE_SHARE = 50
MOST_LEANINGS = 2000  # pairs of campaigns that a person may be asked about: more than one decides in a week
READ_AT_ONCE = 2000  # reports of a state that is made anew: bounds what of their texts is in memory

logger = logging.getLogger(__name__)


class Linking:
    """The engine's state in a folder that nobody else has open, and what is to be done with it."""

    def __init__(self, store: Store, folder: Path, keys: KeyStore) -> None:
        self.store, self.folder, self.keys = store, folder, keys
        self.linker = Linker()
        self.leans = False  # whether what a person may be asked was noted since everything was last decided
        self.swept = False  # whether every report was looked at since this process began, however old
        self.swept_to: datetime | None = None

    def open(self, *, now: datetime) -> None:
        """Take up the state, or make it anew if it is broken or not that of the last batch that was written down."""
        try:
            self.linker = Linker(self.store.load())
        except (BrokenStateError, OSError, ValueError, KeyError, EOFError):
            logger.exception("the state of linking cannot be read; it is made anew from the reports")
            self._clear()
        state = State.objects.filter(pk=1).first()
        if len(self.linker.book) != (state.rows if state else 0):
            self.make_anew(now=now)

    def step(self, *, now: datetime) -> int:
        """Place the next reports that are not placed. Returns how many; 0 if none waits."""
        reports = _waiting(now) if self.swept else self._sweep(now)
        if reports:
            self._link(reports, now)
        return len(reports)

    def _sweep(self, now: datetime) -> list[UUID]:
        """The oldest that are not placed, of all."""
        rows = _unplaced(
            Report.objects.filter(received_at__gte=self.swept_to) if self.swept_to else Report.objects.all()
        )
        found = _oldest(rows)
        if len(found) < BATCH:
            self.swept = True
            mend_units()
            State.objects.filter(pk=1).update(placed_to=now)
        else:
            self.swept_to = found[-1][1]
        return [pk for pk, _at in found]

    def settle(self, *, now: datetime) -> bool:
        """Decide everything anew by the whole set's evidence, if anything came since that was last done, and note what a person may
        be asked. Returns whether there was anything to do."""
        if self.linker.book.unsettled:
            before = self._before()
            self.linker.settle()
            write_down(comparing.found(self.linker, before, {}), self.keys, now=now)
            self.store.write(self.linker.book)
        elif self.leans:
            return False
        note_leanings(lean(self.linker.book, MOST_LEANINGS))
        self.leans = True
        return True

    def make_anew(self, *, now: datetime) -> None:
        """A new state of all placed reports that can still be read; what it finds otherwise than before is written down."""
        logger.warning("the state of linking is made anew")
        self.linker = Linker()
        placed = (
            Placement.objects.filter(report__erased_at=None).order_by("received_at", "pk").values_list("pk", flat=True)
        )
        for some in batched(placed.iterator(chunk_size=READ_AT_ONCE), READ_AT_ONCE):
            self.linker.extend(read_batch([one.read for one in read(some, self.keys)]))
        if len(self.linker.book):
            self.linker.settle()
        self._replace(now)

    def forget_erased(self, *, now: datetime) -> int:
        """Make the state anew from itself, without what came from reports that were erased. Returns how many went."""
        book = self.linker.book
        rows = np.arange(len(book))
        ids = [comparing.report_of(one) for one in book.identifiers(rows)]
        erased = {pk for some in batched(ids, READ_AT_ONCE) for pk in _erased(some)}
        if not erased:
            return 0
        kept = rows[[pk not in erased for pk in ids]]
        linker = Linker()
        linker.extend(comparing.batch_of(book, kept))
        linker.settle()
        self.linker = linker
        self._replace(now)
        return len(erased)

    def _replace(self, now: datetime) -> None:
        """Write down where a state that was made anew differs from what was, and keep it."""
        with transaction.atomic():
            state = lock()
            apply(comparing.found_anew(self.linker), self.keys, now)
            state.rows, state.erased, state.rebuilt_at = len(self.linker.book), 0, now
            state.save(update_fields=["rows", "erased", "rebuilt_at"])
        self.store.write(self.linker.book)
        self.leans = False

    def _clear(self) -> None:
        """Nothing in the folder but the lock that we hold."""
        for path in self.folder.iterdir():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.store = Store(self.folder)

    def _link(self, reports: Sequence[UUID], now: datetime) -> None:
        texts = [one for one in read(reports, self.keys) if self.linker.book.find(comparing.name_of(one.pk)) is None]
        before, codes = self._before(), len(self.linker.book.codes)
        settles = self._is_settling_due(len(texts))
        batch = read_batch([one.read for one in texts])
        if settles:
            self.linker.extend(batch)
            self.linker.settle()
        else:
            for place in range(len(texts)):
                self.linker.enter(comparing.part_of(batch, place))
        self.leans = False
        names = {name: pair for one in texts for name, pair in one.names.items()}
        found = comparing.found(self.linker, before, names, also=[comparing.name_of(pk) for pk in reports])
        write_down(found, self.keys, now=now)
        if settles:
            self.store.write(self.linker.book)
        else:
            self.store.append(self.linker.book, before, codes)

    def _is_settling_due(self, coming: int) -> bool:
        book = self.linker.book
        return book.unsettled + coming > max(SETTLE_FROM, len(book) / SETTLE_SHARE)

    def _before(self) -> np.ndarray:
        book = self.linker.book
        return book.campaign(np.arange(len(book))).copy()


@dataclass(frozen=True, slots=True)
class Opened:
    """A report as the engine takes it. `names`: the kind and value behind each key by which it is compared."""

    pk: UUID
    read: Read
    names: dict[int, tuple[str, str]]


def read(report_ids: Iterable[UUID], keys: KeyStore) -> list[Opened]:
    """These reports, opened, in the order of their arrival; one that was erased says nothing."""
    rows = list(
        Report.objects.filter(pk__in=list(report_ids))
        .select_related("key", "shared", "loss")
        .order_by("received_at", "pk")
    )
    named: dict[UUID, list[tuple[str, str]]] = {}
    found = Indicator.objects.filter(report__in=rows).order_by("pk").values_list("report_id", "kind", "value")
    for pk, kind, value in found:
        named.setdefault(pk, []).append((kind, value))
    shared: dict[int, list[tuple[str, str]]] = {}
    return [_opened(row, named.get(row.pk) or _of_original(row, shared), keys) for row in rows]


def _text(report: Report, keys: KeyStore) -> str:
    """What was sent; nothing if it was erased, or cannot be opened: one such report must not hold up the others."""
    if report.erased_at:
        return ""
    try:
        return unlock(report, keys).text()
    except BrokenSealError:
        logger.exception("report %s cannot be opened; it is placed by what was found in it when it came", report.pk)
        return ""


def _of_original(report: Report, shared: dict[int, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """What was found in the original that this report shares with others."""
    if report.shared_id is None:
        return []
    if report.shared_id not in shared:
        shared[report.shared_id] = [(one.kind, one.value) for one in indicators_of(report)]
    return shared[report.shared_id]


def _opened(report: Report, pairs: list[tuple[str, str]], keys: KeyStore) -> Opened:
    loss = getattr(report, "loss", None)
    if loss is not None and loss.to_account:
        pairs = [("account", loss.to_account), *pairs]
    names = comparing.names_of(pairs)
    at = round(report.received_at.timestamp() * 1_000_000)
    return Opened(report.pk, Read(str(report.pk), at, _text(report, keys), tuple(dict.fromkeys(pairs))), names)


@transaction.atomic
def mend_units() -> int:
    """Count reports with the unit that owns them now. The action that hands one over does it; a release before this one did not."""
    lock()
    rows = Placement.objects.annotate(owner=Coalesce("report__owner_id", NO_UNIT, output_field=BigIntegerField()))
    wrong = list(rows.exclude(unit=F("owner"))[:BATCH])
    for row in wrong:
        change_unit(row, row.owner)
    return len(wrong)


def _waiting(now: datetime) -> list[UUID]:
    """The oldest reports that are not placed, of those received since shortly before the last ones were."""
    state = State.objects.filter(pk=1).first()
    since = (state.placed_to if state and state.placed_to else now) - OVERLAP
    found = _oldest(_unplaced(Report.objects.filter(received_at__gte=since)))
    reached = found[-1][1] if len(found) == BATCH else now
    if state and state.placed_to and reached - state.placed_to > OVERLAP / 2:
        State.objects.filter(pk=1).update(placed_to=reached)
    return [pk for pk, _at in found]


def _oldest(rows: QuerySet[Report]) -> list[tuple[UUID, datetime]]:
    return list(rows.order_by("received_at", "pk").values_list("pk", "received_at")[:BATCH])


def _unplaced(rows: QuerySet[Report]) -> QuerySet[Report]:
    return rows.filter(~Exists(Placement.objects.filter(pk=OuterRef("pk"))))


def _erased(report_ids: list[UUID]) -> list[UUID]:
    return list(Report.objects.filter(pk__in=report_ids, erased_at__isnull=False).values_list("pk", flat=True))
