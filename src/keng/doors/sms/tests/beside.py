"""Starting the SMS centre of centre.py as a process, telling it what to do, and hearing what it tells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any

SOON = 60.0  # seconds, on a machine that is busy with other things


class Beside:
    """A running centre. `told` keeps everything that it told, in order."""

    def __init__(self, port: int | None = None) -> None:
        words = [sys.executable, str(Path(__file__).with_name("centre.py")), *([str(port)] if port else [])]
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )
        self.lines: Queue[dict[str, Any]] = Queue()
        self.told: list[dict[str, Any]] = []
        Thread(target=self._listen, daemon=True).start()
        self.port = int(self.hear("port"))

    def order(self, **what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def deliver(self, text: str | bytes, source: str = "84900000001", to: str = "156", **more: Any) -> None:
        data = text.encode("ascii") if isinstance(text, str) else text
        self.order(deliver={"source": source, "to": to, "hex": data.hex(), **more})

    def look(self) -> list[dict[str, Any]]:
        """Everything that was told so far."""
        while True:
            try:
                self.told.append(self.lines.get_nowait())
            except Empty:
                return self.told

    def all(self, name: str) -> list[Any]:
        """What was told under this name."""
        return [line[name] for line in self.look() if name in line]

    def hear(self, name: str, count: int = 1, while_waiting: Callable[[], object] = lambda: time.sleep(0.01)) -> Any:
        """The last of so many things told under this name, once they are."""
        until = time.monotonic() + SOON
        while len(found := self.all(name)) < count:
            assert time.monotonic() < until, f"{count} x {name} expected, told: {self.told}"
            while_waiting()
        return found[count - 1]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        try:
            for line in self.process.stdout:
                self.lines.put(json.loads(line))
        except ValueError:
            pass  # closed while we read


@contextmanager
def centre_beside(port: int | None = None) -> Iterator[Beside]:
    beside = Beside(port)
    try:
        yield beside
    finally:
        beside.stop()
