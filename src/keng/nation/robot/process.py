"""The robot as a process: a server, a sender and a fetcher around one partner, and a clean stop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keng.base.stopping import stop_on_signals
from keng.nation.robot.books.store import Store
from keng.nation.robot.clock import open_clock
from keng.nation.robot.desk import Policy
from keng.nation.robot.doors.server import PartnerServer
from keng.nation.robot.partner import Outage, Partner
from keng.nation.robot.wire.client import KengClient
from keng.nation.robot.wire.signatures import read_secrets
from keng.nation.robot.work.catch_up import catch_up_until
from keng.nation.robot.work.sender import send_until

STOP_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """What a robot is started with. `port` 0 takes a free one; `down_tries` None is for ever; `register` is what it serves."""

    name: str
    policy: Policy
    port: int
    keng_url: str
    secret_file: Path
    state: Path
    register: Path | None = None
    now_file: Path | None = None
    down_tries: int | None = None
    catch_up_seconds: float = 30


def run_partner(settings: Settings) -> bool:
    """Serve until SIGTERM or SIGINT; False if it ended because a part of it failed: half a partner would be worse.

    One line on standard output tells that the partner is ready, and where.
    """
    stop, failed = stop_on_signals(), threading.Event()
    partner = open_partner(settings)
    with PartnerServer(partner, settings.port) as server:
        threads = [_start(server.serve_forever, stop, failed), *_start_workers(partner, settings, stop, failed)]
        sys.stdout.write(f"{settings.name} ({partner.trade.code}): http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        stop.wait()
        partner.work.set()
        server.shutdown()
        for thread in threads:
            thread.join(STOP_SECONDS)
    if not any(thread.is_alive() for thread in threads):
        partner.store.close()
    return not failed.is_set()


def open_partner(settings: Settings) -> Partner:
    """The partner with its books open, its register loaded and what it publishes up to date."""
    trade, clock = settings.policy.trade, open_clock(settings.now_file)
    store = Store(settings.state, trade.schema)
    if settings.register is not None:
        trade.load(store, settings.register)
    trade.publish(store, clock())
    return Partner(
        name=settings.name,
        policy=settings.policy,
        secrets=read_secrets(settings.secret_file),
        store=store,
        clock=clock,
        outage=Outage(settings.policy, settings.down_tries),
    )


def _start_workers(
    partner: Partner, settings: Settings, stop: threading.Event, failed: threading.Event
) -> list[threading.Thread]:
    client = KengClient(settings.keng_url, partner.trade.code, partner.secrets, partner.clock)
    return [
        _start(lambda: send_until(partner, client, stop), stop, failed),
        _start(lambda: catch_up_until(partner, client, stop, settings.catch_up_seconds), stop, failed),
    ]


def _start(work: Callable[[], None], stop: threading.Event, failed: threading.Event) -> threading.Thread:
    """Work that ends, ends all: it only does so when it was stopped or failed."""

    def work_and_stop() -> None:
        try:
            work()
        finally:
            if not stop.is_set():
                failed.set()
            stop.set()

    thread = threading.Thread(target=work_and_stop, daemon=True)
    thread.start()
    return thread
