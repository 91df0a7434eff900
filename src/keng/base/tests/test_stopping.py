"""A process that is asked to stop does, whatever it is about to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

STOPPED_WITHIN_SECONDS = 30
IN_THE_MIDST_OF_WAITING = """
import signal
from keng.base.stopping import stop_on_signals

stop = stop_on_signals()
with stop._cond:  # as `stop.wait` holds it before it sleeps and after it woke
    signal.raise_signal(signal.{number})
assert stop.wait(20)
"""


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_signal_in_the_midst_of_waiting_stops_and_does_not_hang(number):
    words = [sys.executable, "-c", IN_THE_MIDST_OF_WAITING.format(number=number)]

    ended = subprocess.run(words, timeout=STOPPED_WITHIN_SECONDS, capture_output=True, text=True)

    assert (ended.returncode, ended.stderr) == (0, "")
