"""Storing the verdicts of a run, many at once: COPY on PostgreSQL, prepared statements on SQLite, a few thousand a transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from keng.base.errors import InputError, Said
from keng.desk.fraud.registers import sealed
from keng.desk.fraud.registers.models import Record, Register, Sample, Sum
from keng.desk.fraud.registers.subjects import subject_of
from keng.desk.ground.citizens import persons
from keng.desk.ground.keys import KeyStore
from keng.engines.cleanse.judging import Verdict
from keng.engines.cleanse.reasons import places

ROWS = 10_000  # of one transaction
BANDS = (0, 500, 900, 990, 995, 999, 1000)  # thousandths: the lower ends
COLUMNS = ("register_id", "run", "number", "record", "subject", "province", "verdict", "reasons", "person", "band")
NOT_BELIEVED = Said(
    "Kết quả đối chiếu không đúng dạng.", "The result of the cleansing has not the shape that it must have."
)

Tell = Callable[[str, int, int], None]


def store_run(register: Register, run: int, folder: Path, keys: KeyStore, tell: Tell, *, now: datetime) -> None:
    """Store records, sums and sample of a run from the files of `beside.cleansing`. Safe to repeat after `forget_run`."""
    digesting, own = persons.pseudonym_key(keys, now), sealed.key_of(register, keys)
    sums: Counter[tuple[str, str, str]] = Counter()
    number, total = 0, register.records or 0
    with (folder / "records.jsonl").open(encoding="utf-8") as lines:
        while some := list(islice(lines, ROWS)):
            rows = []
            for line in some:
                number += 1
                rows.append(_row(register, run, number, json.loads(line), digesting, sums))
            with transaction.atomic():
                _insert(rows)
            tell("storing", number, max(total, number))
    with transaction.atomic():
        Sum.objects.bulk_create(
            Sum(register=register, run=run, province=province, verdict=verdict, reason=reason, records=count)
            for (province, verdict, reason), count in sorted(sums.items())
        )
        Sample.objects.bulk_create(_samples(register, run, folder, digesting, own))


def forget_run(register: Register, run: int) -> None:
    """Remove what a killed run left. Rows of the finished run have another number."""
    for model in (Record, Sum, Sample):
        model.objects.filter(register=register, run=run).delete()


def band_of(probability: float | None) -> int | None:
    """The lower end of the band in which a probability lies, in thousandths.

    >>> band_of(0.9974), band_of(1.0), band_of(None)
    (995, 1000, None)
    """
    if probability is None:
        return None
    return max(band for band in BANDS if band <= round(probability * 1000, 3))


def _row(
    register: Register, run: int, number: int, told: list[Any], key: bytes, sums: Counter[tuple[str, str, str]]
) -> tuple[Any, ...]:
    record, subject, subscriber, province, verdict, reasons, person_id, probability = told
    if verdict not in VERDICTS or not set(reasons) <= CODES or len(record) > 64:
        raise InputError("not_believed", NOT_BELIEVED)
    place = (province or "")[:8]
    sums[place, verdict, ""] += 1
    for reason in reasons:
        sums[place, verdict, reason] += 1
    return (
        register.pk.hex if connection.vendor == "sqlite" else register.pk,
        run,
        number,
        record,
        subject_of(register.kind, register.partner_id, record, subject, subscriber),
        place,
        verdict,
        ",".join(reasons),
        persons.pseudonym(key, person_id) if person_id else "",
        band_of(probability),
    )


def _insert(rows: list[tuple[Any, ...]]) -> None:
    table, columns = Record._meta.db_table, ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608 - our own names


def _samples(register: Register, run: int, folder: Path, digesting: bytes, own: bytes) -> Iterator[Sample]:
    with (folder / "sample.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            told = json.loads(line)
            groups = told["groups"]
            holder = told["person_id"] or told["told"]["holder_id"] or f"{register.pk}:{told['record']}"
            plain = {name: told[name] for name in ("told", "person_id", "probability")}
            yield Sample(
                register=register,
                run=run,
                number=number,
                record=told["record"][:64],
                verdict=told["verdict"],
                reasons=",".join(told["reasons"]),
                province=groups["province"][:8],
                sex=groups["sex"][:1],
                age_band=groups["age_band"],
                name_group=groups["name_group"],
                person=persons.pseudonym(digesting, holder),
                evidence=sealed.seal_evidence(register, own, number, json.dumps(plain).encode()),
            )


VERDICTS = frozenset(one.value for one in Verdict)
CODES = frozenset(places())
