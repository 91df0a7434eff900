"""Doing at once what several threads ask for at the same moment: one of them does it for all who wait (group commit).

Nobody waits for company. Whoever finds nobody at work begins at once, with whatever has gathered; meanwhile the next ones
gather. So the busier it is, the more share one turn, and somebody who comes alone is as fast as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Done = TypeVar("Done")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Asked, Done]):
    """Who asked for something. `woken` is held until it is served, or the next turn is its own to do."""

    asked: Asked
    outcome: Done | BaseException | None = None
    is_over: bool = False
    woken: Lock = field(default_factory=Lock)


class Together(Generic[Asked, Done]):
    """`do` gets all that waits, in the order in which it came, and gives an outcome for each in that order: what its asker
    gets, or an exception that its asker meets. What `do` itself raises, all of them meet.

    Each who waits is woken once: when it is served, or when it is the first of those who wait for the next turn.
    """

    def __init__(self, do: Callable[[list[Asked]], list[Done | BaseException]]) -> None:
        self._do = do
        self._gathering: list[_Waiting[Asked, Done]] = []
        self._is_at_work = False
        self._lock = Lock()

    def ask(self, asked: Asked) -> Done:
        """Have it done, with whatever else waits, and return when it is. Raises what its outcome says."""
        mine: _Waiting[Asked, Done] = _Waiting(asked)
        with self._lock:
            self._gathering.append(mine)
            must_wait, self._is_at_work = self._is_at_work, True
            if must_wait:
                mine.woken.acquire()
        if must_wait:
            mine.woken.acquire()
        if not mine.is_over:
            self._do_all(self._gathered())
        if isinstance(mine.outcome, BaseException):
            raise mine.outcome
        return mine.outcome  # type: ignore[return-value]

    @property
    def waiting(self) -> int:
        """How many wait for the next turn."""
        return len(self._gathering)

    def _gathered(self) -> list[_Waiting[Asked, Done]]:
        with self._lock:
            some, self._gathering = self._gathering, []
        return some

    def _do_all(self, some: list[_Waiting[Asked, Done]]) -> None:
        """Serve them; `some` begins with the one who does."""
        outcomes: list[tuple[_Waiting[Asked, Done], Done | BaseException]]
        try:
            outcomes = [*zip(some, self._do([one.asked for one in some]), strict=True)]
        except BaseException as error:  # noqa: BLE001 - each asker meets it, ourselves among them
            outcomes = [(one, error) for one in some]
        for one, outcome in outcomes:
            one.outcome, one.is_over = outcome, True
        with self._lock:
            self._is_at_work = bool(self._gathering)
            woken = [*self._gathering[:1], *some[1:]]
        for one in woken:
            one.woken.release()
