"""Two banks with a clerk each, and an open hold at the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from keng.desk.ground.organisations.actions import NewOrganisation, add
from keng.desk.ground.partners import actions as partners
from keng.desk.ground.people import actions as people


@dataclass
class Counter:
    """The clerks of two banks, and what the first bank is asked."""

    cast: Any
    clerk: Any
    other_clerk: Any
    held: Any
    report: Any

    @property
    def request(self) -> Any:
        return self.held.requests.get()

    @property
    def url(self) -> str:
        return f"/doi-tac/yeu-cau/{self.request.pk}/"


def with_clerk(cast: Any, code: str, name: str, kind: str = "bank", address: str = "") -> Any:
    """A partner with an organisation and one clerk in it; without an address, unless one is given."""
    unit = add(NewOrganisation(f"{kind}-{code.rpartition(':')[2]}", kind, name), now=cast.clock.at)
    partners.enrol(code, name, address, kind=kind, organisation=unit, now=cast.clock.at)
    return people.enrol(f"clerk-{code}", f"Trực {name}", "", "partner", organisation=unit, now=cast.clock.at)


@pytest.fixture
def counter(cast: Any) -> Counter:
    clerk = with_clerk(cast, "970436", "Vietcombank")
    other = with_clerk(cast, "970418", "BIDV")
    report = cast.report()
    return Counter(cast, clerk, other, cast.hold(report), report)


@pytest.fixture
def enter(db: None) -> Callable[..., Client]:
    """A client in which somebody is signed in; nobody if None."""

    def client_of(officer: Any = None) -> Client:
        client = Client()
        if officer is not None:
            client.force_login(officer)
        return client

    return client_of
