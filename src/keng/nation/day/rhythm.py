"""The loop of the day: every half minute somebody loses money, and somebody meets a lure; more often a message is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

from keng.nation.day.banks import open_doors
from keng.nation.day.country import Country
from keng.nation.day.fronts import set_up
from keng.nation.day.happenings import read_happenings
from keng.nation.day.lanes import Lanes, Stop
from keng.nation.day.lures import make_lures, read_traces
from keng.nation.day.reports import ReportDoor
from keng.nation.day.settlement import Settlement
from keng.nation.robot.clock import Clock, open_clock

LOSS_GAP_SECONDS = (20.0, 40.0)
PLAIN_GAP_SECONDS = (6.0, 16.0)
LURE_GAP_SECONDS = (20.0, 40.0)
FIRST_LOSS_SECONDS = 2.0
FIRST_PLAIN_SECONDS = 4.0
FIRST_LURE_SECONDS = 6.0
LOOK_SECONDS = 0.1
STOP_SECONDS = 3.0
STATE_NAME = "day.sqlite"

Item = TypeVar("Item")


def run_day(
    nation_dir: Path,
    partners: Mapping[str, Any],
    keng_url: str,
    seed: int,
    stop_event: Stop,
    pace: float = 1.0,
    state: Path | None = None,
    clock: Clock | None = None,
    story_only: bool = False,
) -> None:
    """Let the country live until `stop_event` is set; with `story_only` nothing happens but the story.

    `partners` are those simulated, by code: `{"kind": ..., "port": ...}` or `{"kind": ..., "url": ...}`; without a kind
    it is a bank, and a bank may be its port alone. `pace` 2 is twice as fast. `state`
    (default `nation_dir/day.sqlite`) keeps the transfers on their way, which a later day ends. What happens follows
    from the seed; when, from the clock. InputError if there is no nation in `nation_dir`.
    """
    clock = clock or open_clock()
    banks, others = _by_kind(partners)
    happenings, traces = read_happenings(nation_dir, banks.keys()), read_traces(nation_dir)
    lures = make_lures(traces.phones, seed)
    doors, lanes = open_doors(banks), Lanes(clock, stop_event)
    settlement = Settlement(state or nation_dir / STATE_NAME, doors, lanes)
    mules = sorted({loss.to_account for loss in happenings.losses})
    country = Country(doors, mules, settlement, lanes, ReportDoor(keng_url), clock, pace)
    run = f"day{seed}:{int(clock().timestamp() * 1000)}"
    settlement.resume()
    set_up([*traces.fronts, *(front for lure in lures for front in lure.fronts)], others, open_doors(others), lanes)
    country.begin_story(run)
    beats = [
        Beat(happenings.losses, f"{run}:l", seed, LOSS_GAP_SECONDS, country.begin_loss),
        Beat(happenings.plains, f"{run}:p", seed, PLAIN_GAP_SECONDS, country.begin_plain),
        Beat([lure.plain for lure in lures], f"{run}:u", seed, LURE_GAP_SECONDS, country.begin_plain),
    ]
    beats = [] if story_only else beats
    first = (FIRST_LOSS_SECONDS, FIRST_PLAIN_SECONDS, FIRST_LURE_SECONDS)
    for beat, first_seconds in zip(beats, first, strict=False):
        beat.due = clock() + timedelta(seconds=first_seconds / pace)
    while not stop_event.wait(LOOK_SECONDS / max(1.0, pace)):
        for beat in beats:
            beat.look(clock(), pace)
    if lanes.join(STOP_SECONDS):
        settlement.close()


def _by_kind(partners: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The banks, and everybody else."""
    kinds = {
        code: where.get("kind", "bank") if isinstance(where, Mapping) else "bank" for code, where in partners.items()
    }
    banks = {code: where for code, where in partners.items() if kinds[code] == "bank"}
    return banks, {code: where for code, where in partners.items() if code not in banks}


class Beat(Generic[Item]):
    """Begins one thing after another. Which ones and how they go follows from the seed alone."""

    def __init__(
        self,
        items: Sequence[Item],
        key: str,
        seed: int,
        gap_seconds: tuple[float, float],
        begin: Callable[[Item, str, Random], None],
    ) -> None:
        self.due: datetime | None = None
        self._kind = key.rpartition(":")[2]
        self._items = endless(items, f"{seed}:{self._kind}")
        self._key = key
        self._seed = seed
        self._gap_seconds = gap_seconds
        self._begin = begin
        self._count = 0

    def look(self, now: datetime, pace: float) -> None:
        """Begin the next thing if its time has come."""
        if self.due is None or now < self.due:
            return
        item = next(self._items, None)
        if item is None:
            self.due = None
            return
        self._count += 1
        dice = Random(f"{self._seed}:{self._kind}:{self._count}")
        self.due = now + timedelta(seconds=dice.uniform(*self._gap_seconds) / pace)
        self._begin(item, f"{self._key}{self._count}", dice)


def endless(items: Sequence[Item], seed: str) -> Iterator[Item]:
    """All items in one shuffled order after another; nothing if there are none."""
    rounds = 0
    while items:
        rounds += 1
        yield from Random(f"{seed}:{rounds}").sample(items, len(items))
