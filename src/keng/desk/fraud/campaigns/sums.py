"""Sums of the reports in a part, by unit, day and value: kept by every action that places or moves a report, in its transaction.

Invariant: each sum is that of the placements; `recount` makes them anew and a test compares.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, Min, Model

from keng.base.times import VIETNAM
from keng.desk.fraud.campaigns.models import ALL_UNITS, Part, Placement, UnitDay, UnitSum, ValueSum
from keng.desk.fraud.reports.models import Indicator, Loss
from keng.desk.fraud.reports.sightings import digest_of
from keng.engines.link.values import SHORTEST_ACCOUNT
from keng.vietnam.banks import banks

AT_ONCE = 2000  # reports whose values are read together

Told = tuple[bytes, str, str]  # digest, kind, value


@dataclass(slots=True)
class _Sum:
    reports: int = 0
    lost: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    def add(self, row: Placement, sign: int) -> None:
        self.reports += sign
        self.lost += sign * (row.amount or 0)
        self.first_at = min(self.first_at or row.received_at, row.received_at)
        self.last_at = max(self.last_at or row.received_at, row.received_at)


def told_by(report_ids: Collection[UUID]) -> dict[UUID, set[Told]]:
    """What each report names, once each: what was found in its own text, and the account that its money went to."""
    found: dict[UUID, set[Told]] = defaultdict(set)
    rows = Indicator.objects.filter(report__in=report_ids).values_list("report_id", "kind", "value")
    losses = Loss.objects.filter(pk__in=report_ids).exclude(to_account="").values_list("pk", "to_account")
    for report, kind, value in [*rows, *((report, "account", value) for report, value in losses)]:
        found[report].add((digest_of(kind, value), kind, value))
    return found


def spellings(kind: str, value: str) -> list[str]:
    """A value as reports may have told it: an account with its bank or without one, as the engine compares it."""
    number = value.partition(":")[2]
    if kind != "account" or len(number) < SHORTEST_ACCOUNT:
        return [value]
    return list(dict.fromkeys([value, f"?:{number}", *(f"{bank.bin}:{number}" for bank in banks())]))


def count(rows: Collection[Placement]) -> None:
    """Add placements that are new."""
    _shift([(row.part_id, row) for row in rows], 1, told_by([row.pk for row in rows]))


def recount_moved(before: Mapping[UUID, int], rows: Collection[Placement]) -> None:
    """Placements that stood in other parts before, and are written down where they stand now. `before`: by report, the part."""
    some = list(rows)
    for start in range(0, len(some), AT_ONCE):
        part = some[start : start + AT_ONCE]
        told = told_by([row.pk for row in part])
        _shift([(before[row.pk], row) for row in part], -1, told)
        _shift([(row.part_id, row) for row in part], 1, told)


def change_unit(row: Placement, unit: int) -> None:
    """A placement is another unit's from now on."""
    told = told_by([row.pk])
    old = Placement(pk=row.pk, part_id=row.part_id, unit=row.unit, received_at=row.received_at, amount=row.amount)
    row.unit = unit
    Placement.objects.filter(pk=row.pk).update(unit=unit)
    _shift([(old.part_id, old)], -1, told)
    _shift([(row.part_id, row)], 1, told)


def forget_values(row: Placement) -> None:
    """What a report named counts no more."""
    told = told_by([row.pk])
    _shift_values([(row.part_id, row)], -1, told)


def total_heads(parts: Iterable[Part]) -> None:
    """The sums of whole campaigns on their heads, of these parts, which are all of their campaigns."""
    totals: dict[int, _Sum] = defaultdict(_Sum)
    some = list(parts)
    for part in some:
        total = totals[part.head_id or part.pk]
        total.reports += part.reports
        total.lost += part.lost
        if part.last_at:
            total.last_at = max(total.last_at or part.last_at, part.last_at)
    changed = []
    for part in some:
        total = totals.get(part.pk, _Sum())
        now = (total.reports, total.lost, total.last_at)
        if (part.all_reports, part.all_lost, part.all_last_at) != now:
            part.all_reports, part.all_lost, part.all_last_at = now
            changed.append(part)
    Part.objects.bulk_update(changed, ["all_reports", "all_lost", "all_last_at"], batch_size=500)


def total_campaigns(heads: Collection[int]) -> None:
    """The same, read anew for these heads."""
    total_heads(Part.objects.filter(head__in=heads))


def _shift(rows: list[tuple[int, Placement]], sign: int, told: Mapping[UUID, set[Told]]) -> None:
    if not rows:
        return
    parts: dict[int, _Sum] = defaultdict(_Sum)
    units: dict[tuple[int, int], _Sum] = defaultdict(_Sum)
    days: dict[tuple[int, int, date], _Sum] = defaultdict(_Sum)
    for part, row in rows:
        day = row.received_at.astimezone(VIETNAM).date()
        parts[part].add(row, sign)
        units[part, row.unit].add(row, sign)
        for unit in (row.unit, ALL_UNITS):
            days[part, unit, day].add(row, sign)
    _shift_parts(parts, sign)
    _shift_units(units, sign)
    _write(
        UnitDay,
        ("part_id", "unit", "day"),
        {key: {"reports": one.reports, "lost": one.lost} for key, one in days.items()},
    )
    _shift_values(rows, sign, told)


def _shift_parts(sums: Mapping[int, _Sum], sign: int) -> None:
    rows = list(Part.objects.filter(pk__in=sums))
    for row in rows:
        row.reports += sums[row.pk].reports
        row.lost += sums[row.pk].lost
        _set_ends(row, sums[row.pk], sign, {"part": row.pk})
    Part.objects.bulk_update(rows, ["reports", "lost", "first_at", "last_at"], batch_size=500)


def _shift_units(sums: Mapping[tuple[int, int], _Sum], sign: int) -> None:
    found = UnitSum.objects.filter(part__in={part for part, _ in sums}, unit__in={unit for _, unit in sums})
    rows = {(row.part_id, row.unit): row for row in found}
    kept, gone = [], []
    for key, one in sums.items():
        row = rows.get(key) or UnitSum(part_id=key[0], unit=key[1])
        row.reports += one.reports
        row.lost += one.lost
        if row.reports <= 0:
            gone.append(row.pk)
            continue
        _set_ends(row, one, sign, {"part": key[0], "unit": key[1]})
        kept.append(row)
    _keep(UnitSum, kept, gone, ("reports", "lost", "first_at", "last_at"))


def _set_ends(row: Part | UnitSum, one: _Sum, sign: int, where: dict[str, int]) -> None:
    """The first and the last of what is there. What goes away may have been either: then they are read."""
    if sign < 0:
        ends = Placement.objects.filter(**where).aggregate(first=Min("received_at"), last=Max("received_at"))
        row.first_at, row.last_at = ends["first"], ends["last"]
    elif one.first_at and one.last_at:
        row.first_at = min(row.first_at or one.first_at, one.first_at)
        row.last_at = max(row.last_at or one.last_at, one.last_at)


def _shift_values(rows: list[tuple[int, Placement]], sign: int, told: Mapping[UUID, set[Told]]) -> None:
    counts: Counter[tuple[int, int, bytes]] = Counter()
    names: dict[bytes, tuple[str, str]] = {}
    for part, row in rows:
        for digest, kind, value in told.get(row.pk, ()):
            names[digest] = kind, value
            for unit in (row.unit, ALL_UNITS):
                counts[part, unit, digest] += sign
    _write(
        ValueSum,
        ("part_id", "unit", "digest"),
        {key: {"reports": n, "kind": names[key[2]][0], "value": names[key[2]][1]} for key, n in counts.items()},
    )


def _write(model: type[Any], names: tuple[str, ...], deltas: Mapping[tuple[Any, ...], dict[str, Any]]) -> None:
    """Add to the sums under these keys; a sum of nothing goes."""
    if not deltas:
        return
    asked = {f"{name}__in": {key[place] for key in deltas} for place, name in enumerate(names)}
    rows = {tuple(_plain(getattr(row, name)) for name in names): row for row in model.objects.filter(**asked)}
    kept, gone = [], []
    for key, delta in deltas.items():
        row = rows.get(key)
        if row is None:
            kept.append(model(**dict(zip(names, key, strict=True)), **delta))
            continue
        row.reports += delta["reports"]
        if "lost" in delta:
            row.lost += delta["lost"]
        (kept if row.reports > 0 else gone).append(row if row.reports > 0 else row.pk)
    fields = ("reports", "lost") if model is UnitDay else ("reports",)
    _keep(model, kept, gone, fields)


def _keep(model: type[Model], kept: list[Any], gone: list[int | None], fields: tuple[str, ...]) -> None:
    rows = model._default_manager
    rows.filter(pk__in=[pk for pk in gone if pk]).delete()
    known = [row for row in kept if row.pk]
    rows.bulk_create([row for row in kept if not row.pk], batch_size=500)
    rows.bulk_update(known, list(fields), batch_size=500)


def _plain(value: Any) -> Any:
    """Bytes as bytes, whatever the database gives them as."""
    return bytes(value) if isinstance(value, memoryview) else value
