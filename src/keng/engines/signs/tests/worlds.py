"""Small random worlds in which every sign holds now and then, and their files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from keng.engines.signs.tests.twins import DAY, HOUR, MINUTE, Transfer, World

START = 1_790_000_000_000_000
FIRST_DAY = date(2026, 9, 1)


def make_world(seed: int) -> World:
    """Twelve accounts of few people, with bursts that are passed on, silences, nights, shared devices, and chains of papers."""
    dice = Random(seed)
    names = [f"97040{n % 3}:{n:04d}" for n in range(12)]
    accounts = {
        name: (
            dice.choice([None, *(f"00109900000{n}" for n in range(6))]),
            dice.choice([None, date(1984, 5, 2), date(1988, 1, 1), date(1991, 7, 3)]),
            dice.choice(["01", "79"]),
            dice.choice([None, "giáo viên"]),
        )
        for name in names
    }
    moves: list[tuple[str, str, int, int]] = []
    others = [*names, "cash:1", "970499:9", "970499:8", "970499:7"]
    for _ in range(dice.randint(0, 6)):
        account, at = dice.choice(names), START + dice.randrange(0, 90 * DAY, MINUTE)
        for _ in range(dice.randint(2, 7)):
            amount = dice.choice([100, 1000, 10_000])
            moves.append((dice.choice(others), account, amount, at))
            if dice.random() < 0.8:
                sent = amount * dice.choice([79, 80, 100, 130]) // 100
                moves.append((account, dice.choice(others), sent, at + dice.choice([0, 1, 3, 10, 11]) * MINUTE))
            at += dice.choice([0, 5, 60, 600]) * MINUTE
    for _ in range(dice.randint(0, 25)):
        at = START + dice.randrange(0, 90) * DAY + dice.choice([1, 16, 18, 19, 21, 22]) * HOUR
        moves.append((dice.choice(names), dice.choice(others), dice.choice([1, 50, 5000]), at))
    dice.shuffle(moves)
    transfers = [Transfer(number, *move) for number, move in enumerate(moves, start=1)]
    devices = {(dice.choice(others), f"D{dice.randint(1, 4)}") for _ in range(dice.randint(0, 20))}
    return World(accounts, transfers, set(dice.sample(others, 3)), devices, _sims(dice))


def _sims(dice: Random) -> dict[str, tuple[str | None, date | None, str | None]]:
    sims = {}
    for number in range(dice.randint(0, 40)):
        digits = dice.choice([9, 12])
        holder = dice.choice([None, "B1234567", *(f"{dice.randint(100, 118):0{digits}d}" for _ in range(6))])
        day = dice.choice([None, *([FIRST_DAY + timedelta(days=dice.randint(0, 3))] * 6)])
        sims[f"S{number:03d}"] = (holder, day, dice.choice([None, "shop a", "shop b", "shop b"]))
    return sims


def write_world(world: World, folder: Path) -> dict[str, str]:
    """The files of a world, by input."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = list(world.accounts.items())
    text, day = pa.string(), pa.date32()
    tables = {
        "accounts": {
            "record_id": pa.array([name for name, _ in rows], text),
            "holder_id": pa.array([one[0] for _, one in rows], text),
            "date_of_birth": pa.array([one[1] for _, one in rows], day),
            "province_code": pa.array([one[2] for _, one in rows], text),
            "occupation": pa.array([one[3] for _, one in rows], text),
        },
        "transfers": {
            "transfer_id": pa.array([one.id for one in world.transfers], pa.int64()),
            "from_account": pa.array([one.source for one in world.transfers], text),
            "to_account": pa.array([one.target for one in world.transfers], text),
            "amount": pa.array([one.amount for one in world.transfers], pa.int64()),
            "at": pa.array([one.us for one in world.transfers], pa.timestamp("us")),
        },
        "listed": {"account": pa.array(sorted(world.listed), text)},
        "devices": {
            "record_id": pa.array([one[0] for one in sorted(world.devices)], text),
            "device": pa.array([one[1] for one in sorted(world.devices)], text),
        },
        "sims": {
            "record_id": pa.array(list(world.sims), text),
            "holder_id": pa.array([one[0] for one in world.sims.values()], text),
            "opened_at": pa.array([one[1] for one in world.sims.values()], day),
            "shop": pa.array([one[2] for one in world.sims.values()], text),
        },
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return {name: str(folder / f"{name}.parquet") for name in tables}
