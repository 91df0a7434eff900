"""Who used the processor: the demo's processes by kind, PostgreSQL's, and everything else on the machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.system.rehearsal import Rehearsal

TICKS = os.sysconf("SC_CLK_TCK")  # a second
PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM = 1, 11, 12, 13, 14  # in /proc/PID/stat, after the name
IDLE = (3, 4)  # in the first line of /proc/stat: idle, waiting for a disk


def used_by(rehearsal: Rehearsal) -> dict[str, float]:
    """Processor seconds so far by kind of process; `PostgreSQL` and `machine` among them."""
    kinds = {**rehearsal.children(), "PostgreSQL": _server(rehearsal.database)}
    return {**{kind: seconds_of(pids) for kind, pids in kinds.items()}, "machine": _machine()}


def _server(database: str) -> Iterable[int]:
    """The processes of the server that listens in the folder which the address names."""
    if not database:
        return []
    first = Path(str(conninfo_to_dict(database)["host"])) / "data" / "postmaster.pid"
    server = int(first.read_text().splitlines()[0])
    return [server, *(pid for pid, stat in _stats() if int(stat[PARENT]) == server)]


def seconds_of(pids: Iterable[int]) -> float:
    """Of these processes, and of their children that have ended."""
    wanted = set(pids)
    figures = (USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM)
    return sum(int(stat[at]) for pid, stat in _stats() if pid in wanted for at in figures) / TICKS


def _stats() -> list[tuple[int, list[str]]]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found.append((int(folder.name), (folder / "stat").read_text().rpartition(")")[2].split()))
            except OSError:  # it ended meanwhile
                continue
    return found


def _machine() -> float:
    figures = [int(word) for word in Path("/proc/stat").read_text().partition("\n")[0].split()[1:9]]
    return sum(value for at, value in enumerate(figures) if at not in IDLE) / TICKS
