"""Each connector to the population register, for real: a file, a PostgreSQL server, a TLS server that asks for our certificate."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from keng.base.errors import RefusedError, UnavailableError
from keng.desk.fraud.registers.population.chosen import connect
from keng.desk.fraud.registers.population.people import COLUMNS, Settings
from keng.desk.fraud.registers.tests.conftest import person
from keng.desk.fraud.registers.tests.papers import Papers

SERVER = Path(__file__).with_name("population_server.py")


def test_a_file_answers_by_either_number(population_file):
    connector = connect(Settings(str(population_file)))
    own = person(7)

    assert [one.as_row() for one in connector.find(own["citizen_id"])] == [own]
    assert connector.find("000000000000") == []
    assert connector.for_run(Path("/nowhere")) == population_file.resolve()


def people(*numbers: int, **changes) -> pa.Table:
    return pa.Table.from_pylist([{**person(number), **changes} for number in numbers])


def test_a_file_in_no_order_answers_by_old_numbers_that_several_have(tmp_path):
    file = tmp_path / "p.parquet"
    rows = [{**person(number), "old_id": f"01234567{number % 3}" if number % 2 else None} for number in range(40)]
    pq.write_table(pa.Table.from_pylist(rows[::-1]), file, row_group_size=7)
    connector = connect(Settings(str(file)))

    for asked in {one["old_id"] for one in rows if one["old_id"]} | {one["citizen_id"] for one in rows}:
        expected = {one["citizen_id"] for one in rows if asked in (one["citizen_id"], one["old_id"])}
        assert {one.citizen_id for one in connector.find(asked)} == expected
    assert connector.find("") == connector.find("9" * 13) == []


def test_a_file_that_changes_is_read_anew(tmp_path):
    file = tmp_path / "p.parquet"
    connector = connect(Settings(str(file)))
    pq.write_table(people(1, 2), file)
    assert connector.find(person(1)["citizen_id"]) and not connector.find(person(3)["citizen_id"])

    draft = tmp_path / "draft"
    pq.write_table(people(2, 3), draft)
    draft.replace(file)
    assert connector.find(person(3)["citizen_id"]) and not connector.find(person(1)["citizen_id"])

    pq.write_table(people(1).slice(0, 0), file)
    assert connector.find(person(3)["citizen_id"]) == []
    file.unlink()
    with pytest.raises(UnavailableError):
        connector.find(person(3)["citizen_id"])


def test_nothing_of_the_register_is_left_in_the_scratch_folder(tmp_path, settings):
    settings.KENG_SCRATCH = str(tmp_path / "scratch")
    file = tmp_path / "p.parquet"
    pq.write_table(people(1), file)

    assert connect(Settings(str(file))).find(person(1)["citizen_id"])
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize(
    "address", ["/nowhere/at/all.parquet", "postgresql://nobody@/none?host=/nonexistent", "https://127.0.0.1:1/"]
)
def test_what_does_not_answer_is_away(address, tls):
    connector = connect(Settings(address, certificate=tls.certificate, key=tls.key, authority=tls.authority))

    with pytest.raises(UnavailableError) as away:
        connector.find("001050000001")
    assert away.value.code == "population_away"


def test_no_address_is_told_as_such():
    with pytest.raises(UnavailableError) as away:
        connect(Settings(""))
    assert away.value.code == "no_population"


# --- PostgreSQL


@pytest.fixture
def on_postgres(own_database: str) -> Iterator[str]:
    """A population of 40 on the server of the tests, in a database that is not Kẻng's, where there is one."""
    if not own_database:
        pytest.skip("runs where the tests have a PostgreSQL server (make test-postgresql)")
    import psycopg

    with psycopg.connect(own_database, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE people (citizen_id text PRIMARY KEY, old_id text, full_name text, date_of_birth date, sex text, "
            "province_code text, status text, status_date date)"
        )
        with connection.cursor().copy(f"COPY people ({', '.join(COLUMNS)}) FROM STDIN") as rows:
            for number in range(40):
                rows.write_row(tuple(person(number)[name] for name in COLUMNS))
        connection.execute(
            "INSERT INTO people VALUES ('001200000001', '012345678', E'Lê \"Tí\", út\\nhai', NULL, NULL, NULL, 'deceased', "
            "'2020-02-03')"
        )
    yield own_database
    from keng.desk.fraud.registers.population.postgres import _kept

    _kept.lines[own_database].close()


def test_postgresql_is_copied_out_for_a_run_and_asked_by_number(on_postgres, tmp_path):
    connector = connect(Settings(on_postgres, table="public.people"))

    made = connector.for_run(tmp_path)

    rows = pq.read_table(made).to_pylist()
    assert sorted(rows, key=lambda one: one["citizen_id"])[:0] == [] and len(rows) == 41
    odd = next(one for one in rows if one["citizen_id"] == "001200000001")
    assert (
        odd["full_name"] == 'Lê "Tí", út\nhai'
        and odd["date_of_birth"] is None
        and odd["status_date"] == date(2020, 2, 3)
    )
    assert [path.name for path in tmp_path.iterdir()] == ["population.parquet"]
    assert [one.as_row() for one in connector.find(person(7)["citizen_id"])] == [person(7)]
    assert [one.citizen_id for one in connector.find("012345678")] == ["001200000001"]


def test_postgresql_is_only_read(on_postgres):
    import psycopg

    connector = connect(Settings(on_postgres, table="people"))
    with connector._connected() as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("DELETE FROM people")
    connector.find(person(7)["citizen_id"])
    with connector._line() as line, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        line.execute("DELETE FROM people")


def test_a_connection_that_the_server_ended_is_made_anew(on_postgres):
    import psycopg

    connector = connect(Settings(on_postgres, table="people"))
    assert connector.find(person(7)["citizen_id"])
    with psycopg.connect(on_postgres, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert connector.find(person(7)["citizen_id"])


# --- mutual TLS


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture(scope="module")
def served(tls: Papers) -> Iterator[str]:
    """A process that answers over mutual TLS; the address."""
    people = {person(number)["citizen_id"]: person(number) for number in range(20)}
    command = [sys.executable, str(SERVER), tls.path("server.pem"), tls.path("server.key"), tls.authority]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ})
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(people) + "\n")
    process.stdin.flush()
    yield f"https://127.0.0.1:{process.stdout.readline().strip()}/persons"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def over(served: str, tls: Papers, **changes: str) -> Settings:
    told = {"certificate": tls.certificate, "key": tls.key, "authority": tls.authority, **changes}
    return Settings(served, loopback_only=True, **told)


def test_both_sides_show_a_certificate_and_the_answer_is_a_person(served, tls):
    connector = connect(over(served, tls))

    assert [one.as_row() for one in connector.find(person(7)["citizen_id"])] == [person(7)]
    assert connector.find("000000000000") == []


def test_a_connection_that_the_other_end_closed_is_made_anew_and_an_idle_one_is_not_trusted(served, tls, monkeypatch):
    from keng.desk.fraud.registers.population import https

    connector = connect(over(served, tls))
    seen = []
    for number in ("hang up", person(7)["citizen_id"], person(8)["citizen_id"]):
        assert [one.citizen_id for one in connector.find(number)] == ([number] if number[0] == "0" else [])
        seen.append(https._lines.to(connector.wanted).connection.sock)
    assert seen[0] is not seen[1] and seen[1] is seen[2]

    monkeypatch.setattr(https, "IDLE_SECONDS", -1.0)
    assert connector.find(person(9)["citizen_id"])
    assert https._lines.to(connector.wanted).connection.sock is not seen[2]


def test_a_whole_register_cannot_be_had_from_questions(served, tls, tmp_path):
    with pytest.raises(RefusedError) as refused:
        connect(over(served, tls)).for_run(tmp_path)
    assert refused.value.code == "only_questions"


@pytest.mark.parametrize("stranger", ["ours", "theirs"])
def test_a_stranger_on_either_side_is_no_population_register(served, tls, stranger):
    changes = (
        {"certificate": tls.path("stranger.pem"), "key": tls.path("stranger.key")}
        if stranger == "ours"
        else {"authority": tls.path("stranger_ca.pem")}
    )
    with pytest.raises(UnavailableError):
        connect(over(served, tls, **changes)).find(person(7)["citizen_id"])


@pytest.mark.parametrize("number", ["500", "redirect", "shape", "huge"])
def test_an_answer_that_is_none_is_no_answer(served, tls, number):
    with pytest.raises(UnavailableError):
        connect(over(served, tls)).find(number)


def test_in_the_demo_nothing_outside_loopback_is_called(tls):
    with pytest.raises(UnavailableError):
        connect(over("https://population.example/persons", tls)).find("001050000001")


def test_the_server_of_these_tests_refuses_who_shows_no_certificate(served, tls):
    """Else the tests above could pass without the half that matters."""
    import urllib.error
    import urllib.request

    context = ssl.create_default_context(cafile=tls.authority)
    with pytest.raises((urllib.error.URLError, ssl.SSLError, ConnectionError)):
        urllib.request.urlopen(served, b"{}", timeout=5, context=context)
