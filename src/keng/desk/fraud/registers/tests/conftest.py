"""A small country of 400 people, a carrier and a bank with a clerk each, and a register whose errors are known."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keng.desk.fraud.registers import actions
from keng.desk.fraud.registers.models import Register
from keng.desk.ground.jobs import tasks
from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.partners.models import Partner
from keng.desk.ground.people import actions as people

FIRST = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Ksor", "Đặng", "Bùi")
MIDDLE = ("Văn", "Thị", "Hữu", "Minh", "Thanh", "Quốc", "Ngọc", "Đức", "Xuân", "Thu")
LAST = ("An", "Bình", "Cường", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quỳnh")
COLUMNS = ("record_id", "holder_id", "full_name", "date_of_birth", "subscriber", "sex", "province_code", "opened_at")
SIM_PURPOSE, ACCOUNT_PURPOSE = "sim.cleanse.nd163-2024.d18", "account.cleanse.tt17-2024.d17"


def person(number: int) -> dict[str, Any]:
    """The person of that number; all of it follows from it."""
    year, month, day = 1950 + number % 50, 1 + number % 12, 1 + number % 28
    name = f"{FIRST[number % 8]} {MIDDLE[number * 7 % 10]} {LAST[number * 5 % 13]}"
    sex = "M" if number % 2 else "F"
    return {
        "citizen_id": f"{(1, 79, 48)[number % 3]:03d}{0 if sex == 'M' else 1}{year % 100:02d}{number * 7919 % 1_000_000:06d}",
        "old_id": None,
        "full_name": name,
        "date_of_birth": f"{year}-{month:02d}-{day:02d}",
        "sex": sex,
        "province_code": ("01", "79", "48")[number % 3],
        "status": "deceased" if number == 399 else "living",
        "status_date": None,
    }


def record(number: int, **changes: Any) -> dict[str, Any]:
    """The SIM of that person, as it should be but for `changes`."""
    own = person(number)
    return {
        "record_id": f"09{12000000 + number:08d}",
        "holder_id": own["citizen_id"],
        "full_name": own["full_name"],
        "date_of_birth": own["date_of_birth"],
        "subscriber": f"09{12000000 + number:08d}",
        "sex": own["sex"],
        "province_code": own["province_code"],
        "opened_at": "2024-05-01",
        **changes,
    }


def small_register() -> list[dict[str, Any]]:
    """60 right ones, 20 with another name's spelling, 10 of nobody, one of a dead man, one unreadable."""
    rows = [record(number) for number in range(60)]
    rows += [record(number, date_of_birth="1931-01-01") for number in range(60, 80)]
    rows += [
        record(400 + n, holder_id=f"9{n}0123456789", full_name="Người Lạ", date_of_birth="1970-02-03")
        for n in range(10)
    ]
    return [*rows, record(399), record(390, holder_id="không rõ")]


def as_csv(rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), made)
    return made.getvalue()


@dataclass
class Counter:
    """Who takes part, and how a register goes in and through."""

    cast: Any
    carrier: Partner
    bank: Partner
    clerk: Any
    population: Path
    posted: list[str] = field(default_factory=list)

    def open(self, content: bytes, form: str = "csv", **changes: Any) -> Register:
        told = {
            "kind": "sim",
            "form": form,
            "purpose": SIM_PURPOSE,
            "size": len(content),
            "name": "thue-bao.csv",
            **changes,
        }
        return actions.open_register(
            self.carrier, actions.Wanted(**told), self.cast.keys, actor=self.clerk.actor, now=self.cast.clock.at
        )

    def send(self, register: Register, content: bytes, size: int = 4096) -> None:
        for offset in range(register.received, len(content), size):
            self.part(register, content, offset, size)

    def part(self, register: Register, content: bytes, offset: int, size: int = 4096) -> Register:
        part = content[offset : offset + size]
        digest = hashlib.sha256(part).hexdigest()
        return actions.take_part(self.carrier, register.pk, offset, part, digest, self.cast.keys)

    def finish(self, register: Register, content: bytes) -> Register:
        digest = hashlib.sha256(content).hexdigest()
        return actions.finish(self.carrier, register.pk, digest, actor=self.clerk.actor, now=self.cast.clock.at)

    def hand_in(self, content: bytes, form: str = "csv", **changes: Any) -> Register:
        """The whole of it, and what the hands make of it."""
        register = self.open(content, form, **changes)
        self.send(register, content)
        self.finish(register, content)
        self.work()
        register.refresh_from_db()
        return register

    def work(self) -> int:
        """Do every task that is due; how many came to their end."""
        done = 0
        while (claimed := tasks.claim(self.cast.clock.at)) is not None:
            done += tasks.do(claimed, self.cast.clock.now)
        return done


@pytest.fixture(scope="session")
def population_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("population") / "population.parquet"
    schema = pa.schema(
        [(name, pa.string()) for name in person(0) if name != "status_date"] + [("status_date", pa.date32())]
    )
    pq.write_table(pa.Table.from_pylist([person(number) for number in range(400)], schema=schema), path)
    return path


@pytest.fixture
def counter(cast: Any, settings: Any, tmp_path: Path, population_file: Path) -> Counter:
    settings.KENG_HOME = tmp_path
    settings.KENG_SCRATCH = str(tmp_path / "scratch")
    settings.KENG_POPULATION = str(population_file)
    settings.KENG_CLEANSE_MEMORY = 2048
    at = cast.clock.at
    units = {
        kind: add(NewOrganisation(f"{kind}-1", kind, name), now=at)
        for kind, name in (("carrier", "Mạng 1"), ("bank", "NH 1"))
    }
    carrier = partners.enrol("carrier:mang1", "Mạng 1", "", kind="carrier", organisation=units["carrier"], now=at)
    bank = partners.enrol("970400", "NH 1", "", kind="bank", organisation=units["bank"], now=at)
    clerk = people.enrol("giao-dich", "Giao dịch viên", "", "partner", organisation=units["carrier"], now=at)
    return Counter(cast, carrier, bank, clerk, population_file)


@pytest.fixture(scope="session")
def made_before() -> dict[str, dict[str, bytes]]:
    """What the process beside made of the small register, by the work that it was given."""
    return {}


@pytest.fixture
def cleansed(counter: Counter, made_before: dict[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch) -> Register:
    """The small register, cleansed. The process beside really works once; its files serve the other tests as well."""
    from keng.desk.fraud.registers import running

    real = running._beside

    def beside(folder: Path, order: dict[str, Any], tell: Any) -> None:
        if order["what"] not in made_before:
            real(folder, order, tell)
            left = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
            made_before[order["what"]] = {name: left[name] for name in left if name not in ("handed_in", "order.json")}
        for name, content in made_before[order["what"]].items():
            (folder / name).write_bytes(content)

    with monkeypatch.context() as once:
        once.setattr(running, "_beside", beside)
        register = counter.hand_in(as_csv(small_register()))
    assert register.state == "cleansed", (register.state, register.trouble, register.faults)
    return register


Reviewer = Callable[..., None]


@pytest.fixture
def review(counter: Counter) -> Reviewer:
    """Says of every sampled record that its verdict is right, but for the numbers given."""

    def judge_all(register: Register, wrong: tuple[int, ...] = ()) -> None:
        from keng.desk.fraud.registers.reviewing import samples_of

        for one in samples_of(register):
            actions.judge(
                counter.cast.first, register.code, one.number, one.number not in wrong, now=counter.cast.clock.at
            )

    return judge_all
