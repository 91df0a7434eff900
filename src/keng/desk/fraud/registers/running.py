"""The background work on a register: check the whole file, cleanse it, store the verdicts.

Both are tasks. What takes long runs in a process beside (`beside/`), in a scratch folder that is removed afterwards; killed, it is
done again from the sealed file. The rows of a run are stored in short transactions and count only from the moment at which the
task's own transaction says that this run is the finished one.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from keng.base import clock
from keng.base.confined.running import NOT_CONFINED, NOT_CONFINED_STATUS, SOURCE
from keng.base.errors import KengError, Said, UnavailableError
from keng.base.times import VIETNAM
from keng.desk.fraud.registers import following, population, records, refusals, sealed
from keng.desk.fraud.registers.models import Effect, FileForm, Register, RegisterKind, RegisterState, Sample
from keng.desk.ground.jobs import tasks
from keng.desk.ground.jobs.kinds import Kind, Work, register
from keng.desk.ground.jobs.states import Lane
from keng.desk.ground.keys.queries import store
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.people.models import Officer
from keng.engines.cleanse.command import DEFAULTS
from keng.vietnam import rules

ACTOR = "system:worker"
START = "import sys; sys.path.insert(0, sys.argv[1]); from keng.desk.fraud.registers.beside.main import main; main()"
LONGEST = timedelta(hours=12)
TELL_EVERY = 0.5  # seconds between two notes of progress
MIB = 2**20
THREADS = 2
DUCKDB_SHARE = 0.6  # of the memory of the process beside


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check found. `code`: why the file as a whole is of no use, or empty."""

    records: int
    fault_count: int
    faults: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Cleansed:
    """A run whose rows are stored. `unusable`: a word of why there are none."""

    run: int
    records: int
    people: int
    seed: str
    unusable: str = ""


# --- checking


def _check(payload: dict[str, Any]) -> Checked | None:
    """The whole file's hash, then its rows. None if there is nothing to check any more."""
    row = _get(payload, RegisterState.CHECKING)
    if row is None:
        return None
    with _working(row) as (folder, tell):
        if not _unpack(row, folder / "handed_in", tell):
            return Checked(0, 1, [[0, "", "other_sha256"]])
        _beside(folder, {"what": "check", "form": row.form, "memory_bytes": _memory()}, tell)
        found = json.loads((folder / "result.json").read_text("utf-8"))
    return Checked(found["records"], found["fault_count"], found["faults"])


def _checked(work: Work) -> None:
    """The register goes on to be cleansed, or is told to be of no use, with what is wrong where."""
    row = _locked(work, RegisterState.CHECKING)
    found: Checked | None = work.prepared
    if row is None or found is None:
        return
    row.records, row.fault_count, row.faults, row.stage = found.records, found.fault_count, found.faults, ""
    row.state = RegisterState.BAD if found.fault_count else RegisterState.CLEANSING
    row.settled_at = work.now if found.fault_count else None
    row.trouble = ""
    row.save(update_fields=["records", "fault_count", "faults", "state", "settled_at", "stage", "trouble"])
    if row.state == RegisterState.CLEANSING:
        ident = str(row.pk)
        tasks.post(kind=CLEANSING.name, key=f"{CLEANSING.name}:{ident}", payload={"register": ident}, now=work.now)
    data: dict[str, object] = {"records": found.records, "faults": found.fault_count}
    ledger.record(actor=ACTOR, verb="registers.check", subject=row.subject, data=data, at=work.now)


# --- cleansing


def _cleanse(payload: dict[str, Any]) -> Cleansed | None:
    """Cleanse the register and store the rows of a run of its own number, which nobody counts yet."""
    row = _get(payload, RegisterState.CLEANSING)
    if row is None:
        return None
    run, seed = row.run + 1, secrets.token_hex(8)
    records.forget_run(row, run)
    with _working(row) as (folder, tell):
        _unpack(row, folder / "handed_in", tell)
        if row.form == FileForm.CSV:
            _beside(folder, {"what": "check", "form": row.form, "memory_bytes": _memory()}, tell)
        asked = population.for_runs().for_run(folder)
        _beside(folder, _order(row, asked, seed), tell)
        found = json.loads((folder / "result.json").read_text("utf-8"))
        if found["unusable"]:
            return Cleansed(run, 0, 0, seed, found["unusable"])
        records.store_run(row, run, folder, store(), tell, now=clock.now())
    return Cleansed(run, found["records"], found["people"], seed)


def _cleansed(work: Work) -> None:
    """From here on the run counts."""
    row = _locked(work, RegisterState.CLEANSING)
    found: Cleansed | None = work.prepared
    if row is None or found is None:
        return
    row.stage = row.trouble = ""
    if found.unusable:
        row.state, row.settled_at = RegisterState.BAD, work.now
        row.fault_count, row.faults = 1, [[0, "", found.unusable]]
        row.save(update_fields=["state", "settled_at", "fault_count", "faults", "stage", "trouble"])
        data: dict[str, object] = {"unusable": found.unusable}
    else:
        row.state, row.run, row.seed = RegisterState.CLEANSED, found.run, found.seed
        row.population, row.cleansed_at = found.people, work.now
        row.save(update_fields=["state", "run", "seed", "population", "cleansed_at", "stage", "trouble"])
        sampled = Sample.objects.filter(register=row, run=found.run).count()
        data = {"run": found.run, "records": found.records, "seed": found.seed, "sample": sampled}
    ledger.record(actor=ACTOR, verb="registers.cleanse", subject=row.subject, data=data, at=work.now)


def _order(row: Register, asked: Path, seed: str) -> dict[str, Any]:
    limit, minor_age = DEFAULTS[RegisterKind(row.kind).value]
    today = clock.now().astimezone(VIETNAM).date()
    return {
        "what": "cleanse",
        "register": "register.parquet" if row.form == FileForm.CSV else "handed_in",
        "population": str(asked),
        "as_of": (row.whole_at or clock.now()).astimezone(VIETNAM).date().isoformat(),
        "limit": limit,
        "minor_age": minor_age,
        "bound": 0.99,
        "seed": seed,
        "sample": rules.limit("registers.sample", today).value,
        "threads": THREADS,
        "memory_bytes": _memory(),
        "memory_limit": f"{int(settings.KENG_CLEANSE_MEMORY * DUCKDB_SHARE)}MiB",
    }


# --- what both need


Tell = Callable[[str, int, int], None]


@contextmanager
def _working(row: Register) -> Iterator[tuple[Path, Tell]]:
    """A scratch folder for this register, gone afterwards, and a way to tell how far the work is.

    What stops the work for now is told on the register (`trouble`); the task is tried again. A folder that a killed process left
    is removed first.
    """
    root = Path(settings.KENG_SCRATCH or tempfile.gettempdir())
    folder = root / f"keng-register-{os.getuid()}-{row.pk}"
    shutil.rmtree(folder, ignore_errors=True)
    told_at = 0.0

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal told_at
        import time

        at = time.monotonic()
        if at - told_at >= TELL_EVERY or (stage, done) == ("cleansing", 0):
            told_at = at
            Register.objects.filter(pk=row.pk).update(stage=stage, done=done, total=total, trouble="")

    try:
        folder.mkdir(mode=0o700, parents=True)
        yield folder, tell
    except KengError as error:
        Register.objects.filter(pk=row.pk).update(trouble=error.code, stage="")
        raise
    except OSError as error:
        Register.objects.filter(pk=row.pk).update(trouble="no_room", stage="")
        raise UnavailableError("no_room", refusals.NO_ROOM) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(row: Register, target: Path, tell: Tell) -> bool:
    """Write the file as it was handed in. False if the whole is not what its sender says."""
    digest, done = hashlib.sha256(), 0
    with target.open("wb") as file:
        for part in sealed.parts(row, sealed.key_of(row, store())):
            digest.update(part)
            file.write(part)
            done += len(part)
            tell("unpacking", done, row.size)
    return digest.digest() == bytes(row.sha256)


def _beside(folder: Path, order: dict[str, Any], tell: Tell) -> None:
    """Run the process beside and pass on what it tells. Raises UnavailableError `stopped`, `not_confined`."""
    (folder / "order.json").write_text(json.dumps(order), "utf-8")
    (folder / "result.json").unlink(missing_ok=True)
    command = [sys.executable, "-I", "-W", "ignore", "-c", START, str(SOURCE), str(folder)]
    places = {"HOME": str(folder), "TMPDIR": str(folder), "KENG_SCRATCH": str(folder), "NUMBA_CACHE_DIR": str(folder)}
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=places,
        cwd=folder,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    try:
        for line in process.stdout:
            if (told := _told(line)) is not None:
                tell(*told)
        status = process.wait()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
    if status == NOT_CONFINED_STATUS:
        raise UnavailableError("not_confined", NOT_CONFINED)
    if status != 0 or not (folder / "result.json").is_file():
        raise UnavailableError("stopped", refusals.STOPPED)


def _told(line: str) -> tuple[str, int, int] | None:
    """A line of progress, if it has the shape that it must have: the process may have been taken over."""
    try:
        told = json.loads(line)
        stage, done, total = told["stage"], told["done"], told["total"]
    except (ValueError, KeyError, TypeError):
        return None
    is_so = stage in STAGES and type(done) is int and type(total) is int and 0 <= done <= total < 2**62
    return (stage, done, total) if is_so else None


STAGES = ("unpacking", "checking", "cleansing", "writing", "storing")


def _memory() -> int:
    return settings.KENG_CLEANSE_MEMORY * MIB  # type: ignore[no-any-return]


def _get(payload: dict[str, Any], state: RegisterState) -> Register | None:
    return (
        Register.objects.select_related("partner")
        .filter(pk=UUID(payload["register"]), state=state, erased_at=None)
        .first()
    )


def _locked(work: Work, state: RegisterState) -> Register | None:
    rows = Register.objects.select_for_update(of=("self",), no_key=True)
    return rows.filter(pk=UUID(work.payload["register"]), state=state, erased_at=None).first()


# --- taking effect


def _begin(payload: dict[str, Any]) -> int | None:
    """Tell who follows up, in their own transactions; called again, they go on. None if there is nothing to begin."""
    row = Register.objects.select_related("partner__organisation").filter(pk=payload["register"]).first()
    if row is None or row.effect != Effect.BEGINNING or row.erased_at is not None:
        return None
    return following.begin(Officer.objects.get(pk=payload["officer"]), row, clock.now())


def _begun(work: Work) -> None:
    """From here on the register is in effect."""
    if work.prepared is None:
        return
    row = Register.objects.get(pk=work.payload["register"])
    if Register.objects.filter(pk=row.pk, effect=Effect.BEGINNING).update(effect=Effect.IN_EFFECT):
        data: dict[str, object] = {"cases": work.prepared, "rule": row.purpose}
        ledger.record(actor=ACTOR, verb="registers.take_effect", subject=row.subject, data=data, at=work.now)


BEGINNING = register(
    Kind(
        "registers.begin",
        Said("Đưa kết quả đối chiếu vào hiệu lực", "A cleansed register taking effect"),
        _begun,
        prepare=_begin,
        lane=Lane.ROUTINE,
        longest=LONGEST,
    )
)
CHECKING = register(
    Kind(
        "registers.check",
        Said("Kiểm bộ hồ sơ đã nộp", "A register that was handed in checked"),
        _checked,
        prepare=_check,
        lane=Lane.BULK,
        longest=LONGEST,
    )
)
CLEANSING = register(
    Kind(
        "registers.cleanse",
        Said("Đối chiếu bộ hồ sơ với dữ liệu dân cư", "A register compared with the population register"),
        _cleansed,
        prepare=_cleanse,
        lane=Lane.BULK,
        longest=LONGEST,
    )
)
