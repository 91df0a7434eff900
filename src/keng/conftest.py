"""The fixed cast of the tests: two officers, an auditor, an operator, a bank, a reporter. The clock stands still.

Every test runs on SQLite; those that touch a database run again where KENG_DATABASE names a PostgreSQL server. None of
them can be left out unnoticed: in the first run a test that asks for no database has none (pytest-django stops this
process, `NOWHERE` its children), so whatever passes there without asking does not touch one.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
MULE = "970436:0071000123456"
BASIS = "fraud.hold.nd52-2024.d11"
SCAM = (
    "Vietcombank thong bao: tai khoan cua quy khach bi khoa. Chuyen 4.800.000d vao STK 0071000123456 Vietcombank de mo lai, "
    "goi 0912345678, http://vietcombank-xacthuc.example/mo"
)


WAYS_TO_A_DATABASE = {
    "db", "transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback", "own_database",
}  # fmt: skip
NOWHERE = "postgresql://nobody@/none?host=/nonexistent"


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks for a database, itself or through a fixture."""
    from django.test import SimpleTestCase

    asks = bool(WAYS_TO_A_DATABASE & set(getattr(item, "fixturenames", ())))
    return (
        asks
        or bool(item.get_closest_marker("django_db"))
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL the tests that touch no database are left out: they ran on SQLite."""
    from django.db import connection

    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = [item for item in items if uses_database(item)]


@pytest.fixture(autouse=True)
def no_database_unasked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not uses_database(request.node):
        monkeypatch.setenv("KENG_DATABASE", NOWHERE)


@pytest.fixture(autouse=True, scope="session")
def no_word_by_chance() -> None:
    """Hidden secrets of forms are drawn from two letters: what a page must not say cannot stand in it by chance."""
    from django.middleware import csrf

    csrf.CSRF_ALLOWED_CHARS = "QX"  # type: ignore[misc]


@pytest.fixture
def own_database() -> Iterator[str]:
    """KENG_DATABASE for processes that a test starts: a new, empty database, or none, which is SQLite in their KENG_HOME."""
    server = os.environ.get("KENG_DATABASE")
    if not server:
        yield ""
        return
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    name = f"own_{uuid.uuid4().hex}"
    told = conninfo_to_dict(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield f"postgresql://{told['user']}@/{name}?host={told['host']}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass
class Meanwhile:
    """`first` has acted and not committed yet when `second` acts in a connection of its own; then `first` commits."""

    def __call__(
        self, first: Callable[[], Any], second: Callable[[], Any], *, then: Callable[[], Any] = lambda: None
    ) -> tuple[Any, Any]:
        """What both returned, or the error of `second`. `then`: what the first does when the second is at work."""
        from django.db import transaction

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                one = first()
                other = pool.submit(self._alone, second)
                while not other.done() and not self._somebody_waits():
                    time.sleep(0.002)
                then()
            return one, self._outcome(other)

    def _alone(self, act: Callable[[], Any]) -> Any:
        from django.db import connection

        try:
            return act()
        finally:
            connection.close()

    def _somebody_waits(self) -> bool:
        """Somebody waits for this connection. Not asked of pg_stat_activity: a transaction sees again what it saw there first."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            return bool(cursor.fetchone()[0])

    def _outcome(self, other: Future[Any]) -> Any:
        error = other.exception(timeout=30)
        return error if error is not None else other.result()


@pytest.fixture
def meanwhile(transactional_db: None) -> Meanwhile:
    from django.db import connection

    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time: there is no meanwhile")
    return Meanwhile()


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **length: float) -> datetime:
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr("keng.base.clock.now", standing.now)
    return standing


@dataclass
class Cast:
    """Everybody in the play; `report` makes a report, `hold` sends an urgent hold for it."""

    first: Any
    second: Any
    auditor: Any
    operator: Any
    bank: Any
    other_bank: Any
    keys: Any
    clock: Clock
    posted: list[Any] = field(default_factory=list)

    def body(self, **changes: Any) -> dict[str, Any]:
        sent_at = (self.clock.at - timedelta(minutes=4)).isoformat()
        loss = {
            "sent": True,
            "amount": 4_800_000,
            "to_account": MULE,
            "from_account": "970418:1234567890",
            "at": sent_at,
        }
        return {"channel": "api", "text": SCAM, "loss": loss, **changes}

    def report(self, **changes: Any) -> Any:
        from keng.desk.fraud.reports.actions import receive

        body = json.dumps(self.body(**changes), ensure_ascii=False).encode()
        return receive(body, self.keys, retry_key=None, now=self.clock.at)

    def hold(self, report: Any = None, officer: Any = None, **changes: Any) -> Any:
        from keng.desk.fraud.measures.actions import Proposal, hold_urgently

        report = report or self.report()
        asked = {"account": MULE, "amount": 4_800_000, "basis": BASIS, "reason": "người báo bị lừa", **changes}
        return hold_urgently(officer or self.first, Proposal.hold(report.report.pk, **asked), now=self.clock.at)


@pytest.fixture(autouse=True)
def stay_in() -> Iterator[None]:
    """Whoever comes in by the test client's `force_login` has a session of ours too, begun and proven just now."""
    from django.contrib.auth.signals import user_logged_in

    from keng.base import clock
    from keng.desk.ground.signin import visits
    from keng.desk.ground.signin.models import Way

    def begin(request: Any, user: Any, **_more: Any) -> None:
        if "REQUEST_METHOD" not in request.META:  # the client's own request: a real one has its environment
            request.session["visit"] = str(visits.begin(user, Way.PASSKEY, now=clock.now()).pk)

    user_logged_in.connect(begin)
    yield
    user_logged_in.disconnect(begin)


@dataclass(frozen=True)
class FirstCast:
    """A cast that was enrolled once, and its rows: by table, the columns and what stood in them."""

    cast: Cast
    rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]

    def enter(self, clock: Clock) -> Cast | None:
        """A cast of the same rows in objects of its own, under that clock; None where somebody is there already."""
        from django.db import connection, transaction

        from keng.desk.ground.keys.queries import store

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {' OR '.join(f'EXISTS (SELECT 1 FROM {table})' for table in self.rows)}")
            if cursor.fetchone()[0]:
                return None
            for table, (columns, rows) in self.rows.items():
                holes = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({holes})", rows)
        made: Cast = deepcopy(self.cast, {id(self.cast.keys): store(), id(self.cast.clock): clock})
        return made


@pytest.fixture(scope="session")
def first_cast(django_db_setup: None, django_db_blocker: Any) -> FirstCast:
    """Enrolled by the actions, as ever, and undone: to enrol eleven rows anew took a third of what most tests took."""
    from django.db import connection, transaction

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        clock = Clock()
        patch.setattr("keng.base.clock.now", clock.now)
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            empty = [table for table in tables if not _rows_of(cursor, table)[1]]
            made = make_cast(clock)
            rows = {table: _rows_of(cursor, table) for table in empty}
        transaction.set_rollback(True)
    return FirstCast(made, {table: told for table, told in rows.items() if told[1]})


def _rows_of(cursor: Any, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    cursor.execute(f"SELECT * FROM {table}")
    return [column[0] for column in cursor.description], cursor.fetchall()


@pytest.fixture
def cast(first_cast: FirstCast, db: None, clock: Clock) -> Cast:
    """Everybody, enrolled at the clock's first moment."""
    return (clock.at == NOW and first_cast.enter(clock)) or make_cast(clock)


def make_cast(clock: Clock) -> Cast:
    """Everybody, enrolled now."""
    from keng.desk.ground.keys.queries import store
    from keng.desk.ground.partners import actions as partners
    from keng.desk.ground.people.actions import enrol

    def officer(name: str, role: str) -> Any:
        enrolled = enrol(name, name.title(), "Trung tâm", role, now=clock.at)
        enrolled.proven_at = clock.at  # as the officer of a session that began just now
        return enrolled

    return Cast(
        first=officer("mot", "officer"),
        second=officer("hai", "officer"),
        auditor=officer("kiem", "auditor"),
        operator=officer("may", "operator"),
        bank=partners.enrol("970436", "Vietcombank", "http://127.0.0.1:9/keng", now=clock.at),
        other_bank=partners.enrol("970418", "BIDV", "http://127.0.0.1:9/keng", now=clock.at),
        keys=store(),
        clock=clock,
    )


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[Cast], Any]], Any]]:
    """Makes something of a new cast that stands for all tests of a module, each of which undoes its own; then it is gone.

    For what takes long to make. The database is open while it is made; a test asks for it as ever, and one that commits cannot
    stand on this.
    """
    from django.db import transaction

    block = transaction.atomic()
    block._from_testcase = True  # what must not run inside a transaction may run inside this one
    with ExitStack() as opened:

        def make(what: Callable[[Cast], Any]) -> Any:
            with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
                opened.enter_context(block)
                clock = Clock()
                patch.setattr("keng.base.clock.now", clock.now)
                return what(make_cast(clock))

        yield make
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            opened.close()


def copy_of(made: Any, cast: Cast, clock: Clock) -> Any:
    """What a test may change: the same rows in objects of its own, under its own clock."""
    return deepcopy(made, {id(cast.keys): cast.keys, id(cast.clock): clock})


@pytest.fixture
def entries(db: None) -> Callable[..., list[str]]:
    """The verbs in the ledger, oldest first; of one subject if it is given."""

    def read(subject: str | None = None) -> list[str]:
        from keng.desk.ground.ledger import queries

        rows = queries.entries_on(subject) if subject else queries.newest_entries(limit=10_000)
        return [row.verb for row in reversed(rows)]

    return read


@pytest.fixture
def stored_bytes(db: None) -> Callable[[], bytes]:
    """Everything that the database holds, each value as text or bytes."""

    def read() -> bytes:
        from django.apps import apps

        rows = (row for model in apps.get_models() for row in model._base_manager.values_list())
        return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row)

    return read
