"""The partner: its policy, books, secrets and clock in one value that the doors and the workers share."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from keng.nation.robot.books.store import Store
from keng.nation.robot.clock import Clock
from keng.nation.robot.desk import Policy, Taken, take
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.modes import Mode, behaviour_for
from keng.nation.robot.orders import take_letter
from keng.nation.robot.wire.messages import Message
from keng.nation.robot.wire.orders import Letter

TRIES_OF_MIXED = 2
"""How often a mixed partner is down for an order, unless it is told otherwise."""


class Outage:
    """Which requests the partner cannot hear yet. Tries are counted in memory: one that is down writes nothing."""

    def __init__(self, policy: Policy, tries: int | None) -> None:
        self._policy = policy
        self._tries = tries
        self._counted: Counter[str] = Counter()
        self._lock = threading.Lock()

    def stops(self, request_id: str, *, count: bool) -> bool:
        """True while the partner is down for this request: for its first `tries` calls, or for ever if that is None."""
        if behaviour_for(self._policy.mode, self._policy.seed, request_id) is not Mode.DOWN:
            return False
        with self._lock:
            if self._tries is not None and self._counted[request_id] >= self._tries:
                return False
            self._counted[request_id] += count
            return True

    def stops_order(self, order_id: str) -> bool:
        """The same for an order; this is a try. Of many in a letter its first one speaks for all.

        A mixed partner is never down for ever for an order: a hundred others would share its letter's fate.
        """
        if behaviour_for(self._policy.mode, self._policy.seed, order_id) is not Mode.DOWN:
            return False
        tries = TRIES_OF_MIXED if self._tries is None and self._policy.mode is Mode.MIXED else self._tries
        with self._lock:
            if tries is not None and self._counted[order_id] >= tries:
                return False
            self._counted[order_id] += 1
            return True


@dataclass(frozen=True, slots=True)
class Partner:
    """Everything that a door or a worker needs. `work` is set when there may be something to send or to decide."""

    name: str
    policy: Policy
    secrets: Sequence[bytes]
    store: Store
    clock: Clock
    outage: Outage
    work: threading.Event = field(default_factory=threading.Event)

    @property
    def trade(self) -> Trade:
        return self.policy.trade

    def now(self) -> datetime:
        return self.clock()

    def take(self, message: Message, message_id: str | None) -> Taken:
        """Act on a message; it is on the disk when this returns."""
        with self.store.write() as tx:
            taken = take(tx, self.policy, message, message_id, self.now())
        self.work.set()
        return taken

    def take_letter(self, letter: Letter, message_id: str | None) -> Taken:
        """Act on orders of follow-ups; they are on the disk when this returns."""
        with self.store.write() as tx:
            taken = take_letter(tx, self.policy, letter, message_id, self.now())
        self.work.set()
        return taken
