"""What the tests of the whole share: a real Chromium, a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from keng.site.rehearsal.cluster import Cluster, running_cluster
from keng.site.rehearsal.tables import fill
from tests.order import OneFileOnOneDatabase, place

SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=place)
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(0))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneFileOnOneDatabase:
    return OneFileOnOneDatabase(config, log)


def chromium_path() -> str:
    """Where the browser is: Chromium without the windows and menus that nobody sees, at half the processor time."""
    path = os.environ.get("KENG_CHROMIUM") or shutil.which("chromium-headless-shell")
    assert path, "Debian's chromium-headless-shell is needed: make test installs it"
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server whose commits are on disk when they are acknowledged, as in earnest."""
    with running_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def tables_there(cluster: Cluster) -> str:
    """The name of a database on that server with every table and no row."""
    fill(cluster.create("tables"))
    return "tables"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes a database without rows for a demo; returns its address, for SQLite none. A test that asks for it runs on both.

    The thread, kills, ends and meetings ask for it. How pages look and how hostile bytes are met is decided before a database
    is asked, or by the queries that the tests inside the packages run on both, so those run on SQLite alone.
    """
    if request.param == "sqlite":
        return lambda: ""
    server: Cluster = request.getfixturevalue("cluster")
    like: str = request.getfixturevalue("tables_there")
    return lambda: server.create(f"demo_{uuid.uuid4().hex}", like=like)
