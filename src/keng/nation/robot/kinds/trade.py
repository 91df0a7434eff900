"""What every kind of partner offers: its crafts (what Kẻng may ask), its books' tables, its doors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from keng.base.errors import InputError, Said
from keng.nation.robot.books.store import Store, Transaction
from keng.nation.robot.wire.messages import Action, Target

Reply = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a partner shows to anybody: a page, a zone."""

    status: int
    content_type: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Craft:
    """One thing that a partner does for Kẻng.

    `reason` says why not (a reason of the contract), from the books of now; `part` tells what a partner that does a part
    has done and has not; `most` is how much of an amount there is, for the one action that has an amount.
    """

    objects: frozenset[str]
    prefix: str
    part: str | None
    reason: Callable[[Transaction, Target, datetime], str | None]
    most: Callable[[Transaction, str, datetime], int] | None = None


class Trade(ABC):
    """One partner's trade. Nothing here commits: the caller's transaction does."""

    kind: ClassVar[str]
    schema: ClassVar[str]
    part_of_data: ClassVar[str]
    restrictions: ClassVar[frozenset[str] | None] = None
    """What a follow-up can order of it besides notices, restoring and checks; None: it keeps nobody's line or account."""

    def __init__(self, code: str) -> None:
        self.code = code

    @abstractmethod
    def own_crafts(self) -> dict[str, Craft]:
        """By action, all but `preserve_data`, which every partner does alike."""

    @abstractmethod
    def describe(self, tx: Transaction, target: Target, now: datetime, *, whole: bool) -> dict[str, Any] | None:
        """What the books know of an object (without `whole`: the little that needs no search); None if nothing."""

    @abstractmethod
    def look(self, tx: Transaction, path: str, now: datetime) -> Reply | None:
        """GET /core/{path}; None if there is no such place."""

    @abstractmethod
    def order(self, tx: Transaction, path: str, data: dict[str, Any], now: datetime) -> Reply | None:
        """POST /core/{path}, safe to repeat; None if there is no such place."""

    def crafts(self) -> dict[str, Craft]:
        own = self.own_crafts()
        objects = frozenset().union(*(craft.objects for craft in own.values()))
        return {**own, Action.PRESERVE_DATA: Craft(objects, "BQ", self.part_of_data, self._no_data)}

    def name_of(self, target: Target) -> str:
        """The partner's own name of an object: two canonical forms of one thing have one name."""
        return target.value

    def lacks(self, tx: Transaction, target: Target, ordered: str, now: datetime) -> str | None:  # noqa: ARG002
        """Why a follow-up's order does not concern this partner (a reason of the contract); None if it does."""
        return "no_such_record"

    def show(self, store: Store, path: str, headers: Mapping[str, str], now: datetime) -> Shown | None:  # noqa: ARG002
        """What stands at a public address; None if nothing does."""
        return None

    def load(self, store: Store, register: Path) -> int:  # noqa: ARG002
        """Take over what this partner serves from a file of the nation; returns how many."""
        raise InputError(
            "no_register", Said("Loại này không có sổ để nạp", f"A {self.kind} has no register: {register}")
        )

    def publish(self, store: Store, now: datetime) -> None:  # noqa: B027 - most partners publish nothing
        """Bring what the partner publishes up to date, before any answer tells of it."""

    def _no_data(self, tx: Transaction, target: Target, now: datetime) -> str | None:
        return "no_data" if self.describe(tx, target, now, whole=False) is None else None
