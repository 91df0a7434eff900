"""Each statement over again in plain Python, slowly: what the property tests compare with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median_low

MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000


@dataclass(frozen=True)
class Transfer:
    """One transfer; `us` in microseconds since 1970."""

    id: int
    source: str
    target: str
    amount: int
    us: int


@dataclass(frozen=True)
class World:
    """What a run is given. `accounts`: account -> (holder or None, birth or None, province or None, job or None)."""

    accounts: dict[str, tuple[str | None, date | None, str | None, str | None]]
    transfers: list[Transfer]
    listed: set[str]
    devices: set[tuple[str, str]]
    sims: dict[str, tuple[str | None, date | None, str | None]]


Held = dict[str, dict[str, int | str]]


def s3(world: World, p: dict) -> Held:
    held: Held = {}
    for account in world.accounts:
        came_in, debits = _moves(world, account)
        quick = []
        for one in came_in:
            gone = 0
            for debit in debits:
                if debit.us >= one.us and gone * 100 < p["gone_percent"] * one.amount:
                    gone, at = gone + debit.amount, debit.us
            if gone * 100 >= p["gone_percent"] * one.amount and at - one.us <= p["gone_minutes"] * MINUTE:
                quick.append((one, at - one.us))
        windows = []
        for last, _took in quick:
            inside = [(one, took) for one, took in quick if last.us - p["within_hours"] * HOUR <= one.us <= last.us]
            windows.append((-len({one.source for one, _ in inside}), last.us, min(one.us for one, _ in inside), inside))
        windows = [window for window in windows if -window[0] >= p["senders"]]
        if not windows:
            continue
        senders, last_us, first_us, inside = min(windows, key=lambda window: window[:2])
        end = last_us + p["gone_minutes"] * MINUTE
        came = sum(one.amount for one in came_in if first_us <= one.us <= end)
        went = sum(one.amount for one in debits if first_us <= one.us <= end)
        if went * 100 >= (100 - p["left_percent"]) * came:
            held[account] = {
                "senders": -senders, "credits": len(inside), "received": sum(one.amount for one, _ in inside),
                "hours": max(1, -(-(last_us - first_us) // HOUR)), "minutes": max(1, -(-max(t for _, t in inside) // MINUTE)),
                "out_percent": min(100, 100 * went // came),
            }  # fmt: skip
    return held


def s4(world: World, p: dict) -> Held:
    held: Held = {}
    for account in world.accounts:
        found = [one for one in _moves(world, account)[0] if one.source in world.listed]
        if len(found) > p["more_than"]:
            senders, received = len({one.source for one in found}), sum(one.amount for one in found)
            held[account] = {"credits": len(found), "senders": senders, "received": received}
    return held


def s6h(world: World, p: dict) -> Held:
    held: Held = {}
    for account in world.accounts:
        came_in, debits = _moves(world, account)
        times = sorted(one.us for one in [*came_in, *debits])
        for before, after in pairwise(times):
            found = [one for one in came_in if after <= one.us <= after + DAY]
            received = sum(one.amount for one in found)
            enough = len(found) >= p["credits"] and received >= p["least_received"]
            if account not in held and after - before >= p["quiet_days"] * DAY and enough:
                quiet = (after - before) // DAY
                held[account] = {"quiet_days": quiet, "credits": len(found), "received": received}
    return held


def s6t(world: World, p: dict) -> Held:
    held: Held = {}
    for account in world.accounts:
        debits = _moves(world, account)[1]
        night = sum((one.us + 7 * HOUR) % DAY < p["until_hour"] * HOUR for one in debits)
        if len(debits) >= p["debits"] and 100 * night >= p["night_percent"] * len(debits):
            percent = 100 * night // len(debits)
            held[account] = {"night": night, "debits": len(debits), "percent": percent, "until_hour": p["until_hour"]}
    return held


def s6g(world: World, p: dict) -> Held:
    groups = defaultdict(dict)
    for account, (_holder, birth, province, job) in world.accounts.items():
        came_in = _moves(world, account)[0]
        if birth and came_in:
            groups[birth.year // 10, province, job][account] = sum(one.amount for one in came_in)
    held: Held = {}
    for group in groups.values():
        ordered = sorted(group.values())
        high = ordered[max(0, -(-len(ordered) * p["high_percent"] // 100) - 1)]
        for account, received in group.items():
            if len(group) >= p["peers"] and received >= p["times"] * high:
                held[account] = {"received": received, "times": received // high, "peers": len(group)}
    return held


def s7(world: World, p: dict) -> Held:
    behind = defaultdict(set)
    for account, device in world.devices:
        if account in world.accounts:
            behind[device].add(account)
    held: Held = {}
    for accounts in behind.values():
        holders = len({world.accounts[one][0] or f"account {one}" for one in accounts})
        for one in accounts:
            if holders >= p["holders"]:
                best = max((holders, len(accounts)), tuple(held.get(one, {"h": 0, "a": 0}).values()))
                held[one] = {"holders": best[0], "accounts": best[1]}
    return held


def j1(world: World, p: dict) -> Held:
    days: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for _holder, day, shop in world.sims.values():
        if day and shop:
            days[shop][day] += 1
    return {
        f"{shop} {day}": {"sims": count, "day": str(day), "usual": median_low(counts.values())}
        for shop, counts in days.items()
        for day, count in counts.items()
        if count >= p["sims"] and count >= p["times_usual"] * median_low(counts.values())
    }


def j2(world: World, p: dict) -> Held:
    days = defaultdict(set)
    for holder, day, _shop in world.sims.values():
        if holder and day and holder.isdigit() and len(holder) in (9, 12):
            days[day, len(holder)].add(int(holder))
    held: Held = {}
    for (day, digits), numbers in days.items():
        chain: list[int] = []
        for number in [*sorted(numbers), 10**15]:
            if chain and number - chain[-1] > p["step"]:
                if len(chain) >= p["chain"]:
                    for record, (holder, opened, _shop) in world.sims.items():
                        if (
                            opened == day
                            and holder
                            and len(holder) == digits
                            and holder.isdigit()
                            and int(holder) in chain
                        ):
                            held[record] = {"chain": len(chain), "day": str(day)}
                chain = []
            chain.append(number)
    return held


def _moves(world: World, account: str) -> tuple[list[Transfer], list[Transfer]]:
    """An account's came_in and debits in the order of time; what it sends itself is neither."""
    between = sorted((one for one in world.transfers if one.source != one.target), key=lambda one: (one.us, one.id))
    return [one for one in between if one.target == account], [one for one in between if one.source == account]


TWINS: dict[str, Callable[[World, dict], Held]] = {
    "S3": s3, "S4": s4, "S6H": s6h, "S6T": s6t, "S6G": s6g, "S7": s7, "J1": j1, "J2": j2,
}  # fmt: skip
