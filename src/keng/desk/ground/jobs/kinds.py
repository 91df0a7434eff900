"""The kinds of background work. An app registers one function per kind when it is ready (`AppConfig.ready`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from keng.base.errors import Said
from keng.desk.ground.jobs.states import Lane

LONGEST = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Work:
    """What a handler is given. `prepared` is what the kind's `prepare` returned, or None."""

    task: UUID
    batch: UUID | None
    payload: dict[str, Any]
    prepared: Any
    now: datetime


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work.

    `handle` runs inside the transaction that completes the task: what it writes and the completion are there or neither,
    so keep it short (a second) and without a network call; a long work is many tasks of a batch. What takes longer and
    writes nothing is done by `prepare`, outside of any transaction. An error of the tree in `base/errors.py` says whether
    to try again; any other is tried again and ends in quarantine.
    `longest`: whoever works longer on one task is stopped, as if it had been killed.
    """

    name: str
    said: Said
    handle: Callable[[Work], None]
    prepare: Callable[[dict[str, Any]], Any] | None = None
    lane: Lane = Lane.ROUTINE
    longest: timedelta = LONGEST


_registered: dict[str, Kind] = {}
_announced: dict[str, str] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known to every process that loads its app. Two of one name are a fault of ours."""
    if _registered.setdefault(kind.name, kind) != kind:
        raise ValueError(f"two kinds of task are called {kind.name}")
    return kind


def announce(name: str, module: str) -> None:
    """Let the module that registers this kind be loaded when it is first asked for: what the work needs takes long to load."""
    _announced[name] = module


def get_kind(name: str) -> Kind:
    """The kind of that name. KeyError if no app here registered it."""
    _load(name)
    return _registered[name]


def find_kind(name: str) -> Kind | None:
    """The kind of that name, if an app here registered it."""
    _load(name)
    return _registered.get(name)


def all_kinds() -> list[Kind]:
    """Every kind that is known here, by name."""
    for name in _announced:
        _load(name)
    return [_registered[name] for name in sorted(_registered)]


def _load(name: str) -> None:
    if name not in _registered and name in _announced:
        import_module(_announced[name])
