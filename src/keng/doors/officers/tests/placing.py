"""The engine at work on the reports of a test, as its own process is in earnest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from keng.desk.fraud.campaigns.linking import Linking
from keng.engines.link import opened


def place_all(cast: Any) -> None:
    """Let the engine place every report, with a state of its own."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "linking") as store:
        linking = Linking(store, Path(folder) / "linking", cast.keys)
        linking.open(now=cast.clock.at)
        while linking.step(now=cast.clock.at):
            pass
        linking.settle(now=cast.clock.at)
