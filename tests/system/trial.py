"""Kinds of task for the tests of the hands, as an app of its own: settings are those of an installation, with this app."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from django.apps import AppConfig

BUSY_SECONDS = 0.05


class Trial(AppConfig):
    """Registers the kinds below in every process that uses `tests.system.trial_settings`."""

    name = "tests.system"
    label = "trial"

    def ready(self) -> None:
        from keng.base.errors import Said
        from keng.desk.ground.jobs.kinds import Kind, register

        said = Said("Thử", "Trial")
        register(Kind("trial.effect", said, effect, prepare=busy))
        register(Kind("trial.poison", said, effect, prepare=die))
        register(Kind("trial.eats", said, effect, prepare=eat))
        register(Kind("trial.endless", said, effect, prepare=endless))


def effect(work) -> None:
    """What is counted: an entry of the ledger for each time that the task took effect."""
    from keng.desk.ground.ledger import actions as ledger

    ledger.record(actor="system:test", verb="trial.effect", subject=f"task:{work.task}", data={}, at=work.now)


def busy(payload) -> None:
    """Some work, so that a kill can strike in it; a file tells that this process has begun some."""
    (Path(os.environ["KENG_HOME"]) / f"at-work-{os.getpid()}").touch()
    until = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < until:
        pass


def die(payload) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def eat(payload) -> None:
    eaten = []
    while True:
        eaten.append(bytearray(16 * 2**20))


def endless(payload) -> None:
    while True:
        pass
