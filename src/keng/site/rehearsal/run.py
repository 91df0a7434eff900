"""Setting the demo up, starting its processes, and stopping them all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from keng.base.stopping import stop_on_signals
from keng.site.commands.django_world import enter
from keng.site.lifeline import die_with_parent
from keng.site.rehearsal.country import CLERKS, OFFICERS, PARTNERS, Country

if TYPE_CHECKING:
    from collections.abc import Callable

    from keng.desk.ground.people.models import Officer

READY_WITHIN_SECONDS = 600  # on a busy machine that compiles everything first
STOP_WITHIN_SECONDS = 10


def rehearse(country: Country) -> int:
    """Run the demo until a signal ends it."""
    country.make_nation()
    country.copy_registers()
    enter()
    links = prepare(country)
    stop = stop_on_signals()
    company = Company(country.commands())
    try:
        company.start()
        if not wait_until_ready(country.address, stop, partial(company.is_running, "web")):
            return 1
        company.add("day", country.day_command())
        announce(country, links)
        company.keep_alive(stop, country.restart_after)
    finally:
        company.stop()
    return 0


def prepare(country: Country) -> list[tuple[str, str]]:
    """Bring the database up to date, enrol partners and officers; returns (whom, sign-in link) for each officer."""
    from django.core.management import call_command

    from keng.base import clock
    from keng.desk.ground.keys.queries import store
    from keng.desk.ground.people import actions as people
    from keng.site.rehearsal.units import furnish

    call_command("migrate", verbosity=0)
    now, keys = clock.now(), store()
    keys.ledger_signer(now)
    clerks = enrol_partners(country, now)
    country.write_secrets({one.code: keys.partner_secrets(one.code, now)[0] for one in PARTNERS})
    links, officers = [], {}
    for one in OFFICERS:
        officer = officers[one.username] = people.enrol(
            one.username, one.display_name, one.unit_name, one.role, now=now
        )
        links.append((f"{one.display_name} ({one.role})", people.make_entry_link(officer, now=now)))
    furnish(officers, now=now)
    links += [(clerk.display_name, people.make_entry_link(clerk, now=now)) for clerk in clerks]
    return [(whom, f"{country.address}/vao/{token}/") for whom, token in links]


def enrol_partners(country: Country, now: datetime) -> list[Officer]:
    """Every partner of the demo, at the address of its robot, and its organisation; returns the clerks that some of them have."""
    from keng.desk.ground.organisations import actions as organisations
    from keng.desk.ground.organisations.actions import NewOrganisation
    from keng.desk.ground.partners import actions as partners
    from keng.desk.ground.people import actions as people

    units = {}
    for one in PARTNERS:
        new = NewOrganisation(f"{one.kind}-{one.code.rpartition(':')[2]}", one.kind, one.name)
        units[one.code] = organisations.add(new, now=now)
        address = country.address_of(one)
        partners.enrol(one.code, one.name, address, kind=one.kind, organisation=units[one.code], now=now)
    return [
        people.enrol(name, post, "", "partner", organisation=units[code], now=now)
        for code, (name, post) in CLERKS.items()
    ]


class Company:
    """The demo's processes. One that dies is started again; all of them end with us."""

    def __init__(self, commands: dict[str, list[str]]) -> None:
        self.commands = commands
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name in self.commands:
            self._start_one(name)

    def add(self, name: str, command: list[str]) -> None:
        """Start one more."""
        self.commands[name] = command
        self._start_one(name)

    def is_running(self, name: str) -> bool:
        """Whether one of them has not ended."""
        return self.running[name].poll() is None

    def keep_alive(self, stop: Event, look_every_seconds: float) -> None:
        """Restart what dies, until `stop` is set."""
        while not stop.wait(look_every_seconds):
            for name, process in list(self.running.items()):
                if process.poll() is not None:
                    tell(f"{name} ended with status {process.returncode}; starting it again")
                    self._start_one(name)

    def stop(self) -> None:
        """Ask every process to end, then make it."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_WITHIN_SECONDS
        for process in self.running.values():
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start_one(self, name: str) -> None:
        """A process in a session of its own, so that Ctrl-C reaches us alone and we end the others in order."""
        self.running[name] = subprocess.Popen(
            self.commands[name],
            env=dict(os.environ),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - we have no threads
        )


def wait_until_ready(address: str, stop: Event, may_come: Callable[[], bool]) -> bool:
    """True when the pages answer; False as soon as they may not come any more."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and may_come() and not stop.is_set():
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as reply:  # noqa: S310 - our own address
                if reply.status == 200:
                    return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            stop.wait(0.1)
    if not stop.is_set():
        tell("the pages did not come up")
    return False


def announce(country: Country, links: list[tuple[str, str]]) -> None:
    """The lines that people wait for."""
    print(f"Kẻng: {country.address}", flush=True)  # noqa: T201 - this is the command's output
    print("Đường link vào, mỗi cái dùng một lần / one-use sign-in links:", flush=True)  # noqa: T201
    for whom, link in links:
        print(f"  {whom}: {link}", flush=True)  # noqa: T201


def tell(line: str) -> None:
    """A line for whoever runs the demo."""
    sys.stderr.write(line + "\n")
