"""Which database, and how Kẻng talks to it: Django's `DATABASES` from KENG_DATABASE.

No address: SQLite in KENG_HOME. An address such as `postgresql://keng@/keng?host=/run/postgresql` (libpq's own form):
PostgreSQL. The address may hold a password, so it is never repeated in an error or a log.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgresql://", "postgres://")
DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# Milliseconds. A page answers in a fraction of a second: whatever takes longer is stuck and must not hold a lock.
STATEMENT_MS, LOCK_MS, IDLE_IN_TRANSACTION_MS = 30_000, 10_000, 60_000
# The data lie on flash and mostly in memory, where another page costs little more than the next one: with PostgreSQL's default of 4
# it read 35,000 measures to find 1,200. Compiling a statement takes longer than any of ours runs.
PLANS = {"random_page_cost": "1.1", "jit": "off"}
NETWORK = {  # a server that vanished without a word is noticed within seconds
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 15,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
PREPARED = {"prepare_threshold": 0}  # a `prepared_cursor` prepares at once; Django's own cursors never do

UNREADABLE = (
    "KENG_DATABASE cannot be read. Write it like postgresql://keng@/keng?host=/run/postgresql or "
    "postgresql://keng@db.example:5432/keng?sslmode=verify-full; special letters in a password as %XX."
)
NAMELESS = "KENG_DATABASE names no database: postgresql://USER@HOST/DATABASE"


def database_of(address: str, home: Path, *, is_chore: bool = False) -> dict[str, Any]:
    """Django's settings of the one database. `is_chore`: no time limits, for migrations and what an operator does by hand.

    Raises ImproperlyConfigured, which never repeats the address.
    """
    return _postgresql(address, is_chore) if address else _sqlite(home)


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": home / "keng.sqlite",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,  # seconds
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
        },
    }


def _postgresql(address: str, is_chore: bool) -> dict[str, Any]:
    told = _read(address)
    wishes = told.pop("options", "")
    if not str(told.get("port", "0")).replace(",", "").isdigit():
        raise ImproperlyConfigured(UNREADABLE)
    settings = {name: told.pop(key) for key, name in DJANGO_NAMES.items() if key in told}
    if not settings.get("NAME"):
        raise ImproperlyConfigured(NAMELESS)
    return {
        "ENGINE": "keng.site.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,  # a request after a restart of the server gets a new connection
        "OPTIONS": {**NETWORK, **PREPARED, **told, "options": f"{_session(is_chore)} {wishes}".strip()},
        **settings,
    }


def _read(address: str) -> dict[str, Any]:
    import psycopg  # here: without a server it would take a fifth of what each process needs to start
    from psycopg.conninfo import conninfo_to_dict

    if not address.startswith(SCHEMES):
        raise ImproperlyConfigured(UNREADABLE)
    try:
        return dict(conninfo_to_dict(address))
    except psycopg.Error:
        raise ImproperlyConfigured(UNREADABLE) from None  # libpq's own message repeats parts of the address


def _session(is_chore: bool) -> str:
    """What each connection sets for itself. A commit is acknowledged when it is on disk, whatever the server's default says."""
    limits = {
        "statement_timeout": STATEMENT_MS,
        "lock_timeout": LOCK_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
    }
    wanted = {"synchronous_commit": "on", **PLANS, **({} if is_chore else limits)}
    return " ".join(f"-c {name}={value}" for name, value in wanted.items())
