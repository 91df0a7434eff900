"""Whole files through the command: the output's shape, limits, search by name and date, summaries, bad input."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keng.cli import main
from keng.engines.cleanse import plan
from keng.engines.cleanse.duck import Duck, opened
from keng.engines.cleanse.tests.cases import POPULATION, REGISTER, person, record, write


class Files:
    """A population, a register and where the verdicts go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out.parquet"

    def cleanse(self, people, records, *more, register_schema=REGISTER, population_schema=POPULATION, kind="sim"):
        population = write(self.folder / "p.parquet", people, population_schema)
        register = write(self.folder / "r.parquet", records, register_schema)
        return self.run(population, register, *more, kind=kind)

    def run(self, population, register, *more, kind="sim"):
        files = ["--population", population, "--register", register, "--kind", kind, "-o", str(self.out)]
        return main(["cleanse", *files, "--as-of", "2026-11-22", "--threads", "1", *more])

    def rows(self):
        return {row["record_id"]: row for row in pq.read_table(self.out).to_pylist()}

    def left(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name not in ("p.parquet", "r.parquet"))


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def test_one_row_for_each_record_with_the_columns_of_the_contract(files, capsys):
    records = [
        record(),
        record(record_id=2, holder_id=None, province_code=None),
        record(record_id=3, full_name="TRAN THI HOA"),
    ]
    assert files.cleanse([person()], records) == 0
    schema = pq.read_schema(files.out)
    assert [(field.name, str(field.type)) for field in schema][:4] == [
        ("record_id", "int64"),
        ("verdict", "string"),
        ("person_id", "string"),
        ("probability", "double"),
    ]
    assert pa.types.is_list(schema.field("reasons").type)
    rows = files.rows()
    assert rows[1] == {
        "record_id": 1,
        "verdict": "verified",
        "person_id": "001190004567",
        "probability": 1.0,
        "reasons": [],
    }
    assert rows[2] == {
        "record_id": 2,
        "verdict": "malformed",
        "person_id": None,
        "probability": None,
        "reasons": ["id_empty"],
    }
    assert rows[3]["reasons"] == ["name_bare"]
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"province_code": "01", "verdict": "verified", "records": 2},
        {"province_code": None, "verdict": "malformed", "records": 1},
    ]
    assert files.left() == ["out.parquet", "out.parquet.model.json"]


def test_text_ids_stay_text_and_order_by_bytes(files):
    schema = REGISTER.set(0, pa.field("record_id", pa.string()))
    records = [record(record_id=name, subscriber=f"09{place}") for place, name in enumerate(["b", "10", "9", "a"])]
    assert files.cleanse([person()], records, register_schema=schema) == 0
    assert {name: row["verdict"] for name, row in files.rows().items()} == {
        "10": "verified",
        "9": "verified",
        "a": "verified",
        "b": "over_limit",
    }


def test_the_limit_counts_distinct_subscribers_in_the_order_of_opening(files):
    opened = [date(2021, 1, 4), date(2021, 1, 3), None, date(2021, 1, 2), date(2021, 1, 1), date(2021, 1, 1)]
    numbers = ["A", "B", "C", "D", "E", "E"]
    records = [
        record(record_id=place, subscriber=number, opened_at=day)
        for place, (number, day) in enumerate(zip(numbers, opened, strict=True))
    ]
    records[0]["full_name"] = "Trấn Thị Hoà"
    assert files.cleanse([person()], records) == 0
    rows = files.rows()
    assert [rows[place]["verdict"] for place in range(6)] == [
        "mismatch",
        "verified",
        "over_limit",
        "verified",
        "verified",
        "verified",
    ]
    assert rows[0]["reasons"] == ["name_marks", "beyond_limit"]
    assert rows[2]["reasons"] == ["beyond_limit"]


def test_accounts_have_no_limit_and_minors_are_younger_than_fifteen(files):
    records = [record(record_id=n, subscriber=f"C{n}") for n in range(5)] + [
        record(record_id=9, opened_at=date(2004, 6, 1))
    ]
    assert files.cleanse([person()], records, kind="account") == 0
    assert {row["verdict"] for n, row in files.rows().items() if n < 5} == {"verified"}
    assert files.rows()[9]["verdict"] == "minor"
    assert files.cleanse([person()], records, "--limit", "2", kind="account") == 0
    assert sorted(row["verdict"] for row in files.rows().values()) == ["minor"] + ["over_limit"] * 4 + ["verified"]


def test_a_name_and_a_date_alone_never_make_a_person(files):
    records = [
        record(holder_id="079199000001"),
        record(record_id=2, holder_id="079199000001", full_name="TRAN THI HOA"),
        record(record_id=3, holder_id="079199000001", full_name="Lê Thị Xuân"),
    ]
    assert files.cleanse([person()], records) == 0
    rows = files.rows()
    for n in (1, 2):
        assert (rows[n]["verdict"], rows[n]["person_id"], rows[n]["reasons"]) == (
            "ambiguous",
            None,
            ["person_elsewhere"],
        )
        assert 0 < rows[n]["probability"] <= 1
    assert (rows[3]["verdict"], rows[3]["reasons"]) == ("not_found", ["not_in_population"])
    assert rows[3]["probability"] > 0.5


def test_letters_read_as_digits_are_no_passport_if_the_number_is_the_persons(files):
    records = [record(holder_id="I23456780"), record(record_id=2, holder_id="S23456780")]
    assert files.cleanse([person()], records) == 0
    rows = files.rows()
    assert (rows[1]["verdict"], rows[1]["reasons"]) == ("mismatch", ["id_old"])
    assert (rows[2]["verdict"], rows[2]["reasons"]) == ("not_covered", ["id_foreign"])


def test_nobody_is_as_sure_beside_a_neighbour_of_the_number_as_without(files):
    far = {"full_name": "Lê Quang Minh", "date_of_birth": "1961-11-30"}
    assert (
        files.cleanse(
            [person()], [record(holder_id="001190004568", **far), record(record_id=2, holder_id="079161000001", **far)]
        )
        == 0
    )
    for row in files.rows().values():
        assert row["verdict"] == "not_found"
        assert row["probability"] > 0.8


def test_a_sellers_trick_names_nobody_even_if_somebody_has_that_name_and_date(files):
    other = person(
        citizen_id="079161000009", old_id=None, full_name="Lê Quang Minh", date_of_birth="1961-11-30", sex="M"
    )
    assert files.cleanse([person(), other], [record(full_name="Lê Quang Minh", date_of_birth="1961-11-30")]) == 0
    assert files.rows()[1] == {
        "record_id": 1,
        "verdict": "conflict",
        "person_id": None,
        "probability": None,
        "reasons": ["id_of_another"],
    }


def test_integers_are_padded_and_dates_may_be_dates(files):
    schema = pa.schema(
        [
            ("record_id", pa.int32()),
            ("holder_id", pa.int64()),
            ("full_name", pa.string()),
            ("date_of_birth", pa.date32()),
            ("subscriber", pa.int64()),
            ("opened_at", pa.timestamp("us")),
        ]
    )
    people = POPULATION.set(0, pa.field("citizen_id", pa.int64())).set(1, pa.field("old_id", pa.int32()))
    mine = record(holder_id=1190004567, date_of_birth=date(1990, 5, 17), subscriber=912345678)
    mine["opened_at"] = datetime(2004, 5, 16, 20)  # noqa: DTZ001 - Parquet's is naive; in Vietnam it is her birthday
    old = dict(mine, record_id=2, holder_id=12345678)
    someone = person(citizen_id=1190004567, old_id=12345678)
    assert files.cleanse([someone], [mine, old], register_schema=schema, population_schema=people) == 0
    rows = files.rows()
    assert (rows[1]["verdict"], rows[1]["person_id"]) == ("verified", "001190004567")
    assert (rows[2]["verdict"], rows[2]["reasons"]) == ("mismatch", ["id_old"])


def test_no_rows_give_the_columns_and_no_rows(files):
    assert files.cleanse([], []) == 0
    assert len(pq.read_table(files.out)) == 0
    assert pq.read_schema(files.out).names == ["record_id", "verdict", "person_id", "probability", "reasons"]
    assert files.cleanse([], [record()]) == 0
    assert files.rows()[1]["verdict"] == "not_found"


def test_a_register_of_nulls_is_malformed(files):
    empty = dict.fromkeys(REGISTER.names) | {"record_id": 1}
    assert files.cleanse([person()], [empty]) == 0
    assert files.rows()[1]["reasons"] == ["id_empty", "name_missing", "dob_missing"]


def test_a_model_is_used_as_it_is(files):
    assert files.cleanse([person()], [record()]) == 0
    model = files.folder / "m.json"
    model.write_text(
        (files.folder / "out.parquet.model.json").read_text("utf-8").replace('"people": 1', '"people": 77'), "utf-8"
    )
    assert files.cleanse([person()], [record()], "--model", str(model)) == 0
    assert (files.folder / "out.parquet.model.json").read_text("utf-8") == model.read_text("utf-8")
    model.write_text("{}", "utf-8")
    assert files.cleanse([person()], [record()], "--model", str(model)) == 2


@pytest.mark.parametrize(
    ("people", "records", "said"),
    [
        ([person()], [record(), record()], "record_id is repeated in 1"),
        ([person()], [record(record_id=None)], "record_id is null in 1"),
        ([person(), person()], [record()], "citizen_id is repeated in 1"),
        ([person(citizen_id=None)], [record()], "citizen_id is null in 1"),
    ],
)
def test_ids_that_do_not_tell_rows_apart_are_refused(files, capsys, people, records, said):
    assert files.cleanse(people, records) == 2
    assert said in capsys.readouterr().err
    assert files.left() == []


@pytest.mark.parametrize("column", ["record_id", "holder_id", "full_name", "date_of_birth", "subscriber"])
def test_a_missing_column_is_named(files, capsys, column):
    schema = pa.schema([field for field in REGISTER if field.name != column])
    assert files.cleanse([person()], [record()], register_schema=schema) == 2
    assert column in capsys.readouterr().err
    assert files.left() == []


def test_what_is_no_parquet_or_cut_off_is_refused(files, capsys):
    population = write(files.folder / "p.parquet", [person()], POPULATION)
    cut = files.folder / "r.parquet"
    write(cut, [record(record_id=n) for n in range(1000)], REGISTER)
    whole = cut.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"record_id;holder_id\n1;2\n", whole[:-200] + b"\0" * 200):
        cut.write_bytes(content)
        assert files.run(population, str(cut)) == 2
    damaged = bytearray(whole)
    damaged[40:400] = b"\xff" * 360
    cut.write_bytes(bytes(damaged))
    assert files.run(population, str(cut)) == 2
    assert files.run(population, str(files.folder / "absent.parquet")) == 2
    assert "cannot read" in capsys.readouterr().err
    assert files.left() == []


def test_an_earlier_result_stays_if_the_next_cannot_be_made(files):
    assert files.cleanse([person()], [record()]) == 0
    before = files.out.read_bytes()
    assert files.cleanse([person()], [record(), record()]) == 2
    assert files.out.read_bytes() == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk to offer")
def test_a_full_disk_leaves_nothing(files, capsys):
    population = write(files.folder / "p.parquet", [person()], POPULATION)
    register = write(
        files.folder / "r.parquet", [record(record_id=n, subscriber=str(n)) for n in range(20000)], REGISTER
    )
    limited = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from keng.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    command = [
        "cleanse",
        "--population",
        population,
        "--register",
        register,
        "--kind",
        "sim",
        "-o",
        str(files.out),
        "--threads",
        "1",
    ]
    done = subprocess.run([sys.executable, "-c", limited, *command], capture_output=True, text=True)
    assert done.returncode == 2
    assert "cannot write" in done.stderr and "Traceback" not in done.stderr
    assert files.left() == []


def test_killed_half_way_nothing_takes_the_name(files):
    population = write(files.folder / "p.parquet", [person()], POPULATION)
    register = write(files.folder / "r.parquet", [record()], REGISTER)
    stopping = (
        "import os, signal, sys\nfrom keng.engines.cleanse import duck\nwrite = duck.Duck.write\n"
        "def stop(self, statement, path):\n    write(self, statement, path)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "duck.Duck.write = stop\nfrom keng.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    command = ["cleanse", "--population", population, "--register", register, "--kind", "sim", "-o", str(files.out)]
    done = subprocess.run([sys.executable, "-c", stopping, *command], env=os.environ | {"TMPDIR": str(files.folder)})
    assert done.returncode == -signal.SIGKILL
    assert not files.out.exists()
    assert files.run(population, register) == 0
    assert files.rows()[1]["verdict"] == "verified"


def test_the_same_bytes_again_and_on_any_number_of_threads(files):
    people = [person(citizen_id=f"0011900{n:05}", old_id=None) for n in range(300)]
    records = [record(record_id=n, holder_id=f"0011900{(n * 7) % 320:05}", subscriber=str(n)) for n in range(400)]
    rows, models = [], []
    for threads in ("1", "2", "2"):
        assert files.cleanse(people, records, "--threads", threads) == 0
        rows.append(sorted(pq.read_table(files.out).to_pylist(), key=lambda row: row["record_id"]))
        models.append((files.folder / "out.parquet.model.json").read_bytes())
    assert rows[0] == rows[1] == rows[2]
    assert models[0] == models[1] == models[2]


@pytest.mark.parametrize("count", [2, 3, 10])
def test_a_join_in_slices_finds_what_a_whole_one_finds(files, monkeypatch, count):
    numbers = [f"00120300456{digit}" for digit in range(10)]
    people = [person(citizen_id=number, old_id=None) for number in [*numbers, "QUÊ-Ê"]]
    written = [*numbers, "001.203.004.560", "00120300456", "201203004560", "QUÊ-Ê", "", None]
    records = [record(record_id=place, holder_id=number) for place, number in enumerate(written)]
    assert files.cleanse(people, records) == 0
    whole = files.rows()
    monkeypatch.setattr(Duck, "slices", lambda *_: count)
    assert files.cleanse(people, records) == 0
    assert files.rows() == whole
    assert len({row["person_id"] for row in whole.values()}) > count


def test_who_is_known_by_an_old_number_is_not_looked_for_among_its_neighbours(files, monkeypatch):
    people = [
        person(citizen_id="001203004567", old_id="123456789", full_name="Trần Văn An", date_of_birth="1980-02-03"),
        person(citizen_id="001203009999", old_id="123456780", full_name="Lê Thị Hoa", date_of_birth="1991-05-06"),
    ]
    told = {"holder_id": "123456789", "sex": None}
    records = [
        record(record_id=1, full_name="TRAN VAN AN", date_of_birth="03/02/1980", **told),
        record(record_id=2, full_name="Lê Thị Hoa", date_of_birth="1991-05-06", **told),
        record(record_id=3, full_name="Trần Văn An", date_of_birth="1980-02-04", **told),
    ]
    met: list[tuple[int, str]] = []
    drop = Duck.drop

    def look_and_drop(engine: Duck, *tables: str) -> None:
        if "candidates" in tables:
            met.extend((row["record_id"], row["citizen_id"]) for row in engine.rows("FROM candidates").to_pylist())
        drop(engine, *tables)

    monkeypatch.setattr(Duck, "drop", look_and_drop)
    assert files.cleanse(people, records) == 0

    first, other = people[0]["citizen_id"], people[1]["citizen_id"]
    assert sorted(met) == [(1, first), (2, first), (2, other), (3, first), (3, other)]
    assert {number: row["person_id"] for number, row in files.rows().items()} == {1: first, 2: other, 3: first}


def test_tables_that_do_not_fit_into_memory_are_kept_in_a_file(files, monkeypatch, tmp_path):
    people = [person(), person(citizen_id="001203004561", full_name="Lê Thị Hoa", old_id=None)]
    records = [
        record(),
        record(record_id=2, holder_id="001203004562"),
        record(record_id=3, holder_id="x", full_name="Lê Thị Hoa"),
    ]
    assert files.cleanse(people, records) == 0
    whole = files.rows()
    monkeypatch.setattr(plan, "RECORD_BYTES", 10**12)
    kept: list[list[str]] = []
    write_out = Duck.write

    def look_and_write(engine: Duck, statement: str, path: str) -> None:
        found = engine.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'kept'")
        kept.append(found.column(0).to_pylist())
        write_out(engine, statement, path)

    monkeypatch.setattr(Duck, "write", look_and_write)
    assert files.cleanse(people, records) == 0
    assert files.rows() == whole
    assert {"passed", "judged", "sought", "found", "beyond"} <= set(kept[0])


def test_slices_are_as_many_as_memory_asks_for():
    with opened(1, "1GiB") as few, opened(1, "8GiB") as much:
        assert [few.slices(rows, 110) for rows in (0, 1_000_000, 10_000_000, 10**9)] == [1, 1, 2, 10]
        assert (few.slices(1_000_000, 2200), much.slices(10_000_000, 110)) == (3, 1)


def test_the_reasons_are_listed_in_both_languages(capsys):
    assert main(["cleanse", "--reasons"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"code", "vi", "en"} == set(rows[0])
    assert {"died_before_opening", "id_old", "name_bare", "dob_year_only", "beyond_limit"} <= {
        row["code"] for row in rows
    }
