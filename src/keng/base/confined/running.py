"""The outer side: start the confined process, feed it, take at most so much from it, end it in time."""

from __future__ import annotations

import json
import os
import re
import selectors
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import IO, Any

from keng.base.errors import Said, UnavailableError

SOURCE = Path(__file__).resolve().parents[3]
START = "import sys; sys.path.insert(0, sys.argv[1]); from keng.base.confined.inside import main; main()"
HEAD_BYTES = 4096
NOT_A_WORD = re.compile(r"[^\w:]", re.ASCII)
BLOCK = 65536
NOT_CONFINED_STATUS = 97
NOT_CONFINED = Said(
    "Máy này không dựng được vách ngăn để đọc tệp lạ, nên Kẻng không đọc. Người quản trị xem keng doctor.",
    "This machine cannot put up the walls for reading foreign files, so Kẻng reads none. The operator looks at keng doctor.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process may use. Time on the wall counts its start as well."""

    memory_bytes: int = 768 * 2**20
    cpu_seconds: int = 10
    wall_seconds: float = 20.0
    output_bytes: int = 2 * 2**20


@dataclass(frozen=True, slots=True)
class Read:
    """What the job made of the bytes: facts, and bytes of its own. Neither is to be trusted further than a stranger's word."""

    facts: dict[str, Any]
    output: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """It could not be read, and why: the job's own word, or `too_long`, `too_much_output`, `too_much_memory`, `crashed`."""

    why: str


def run(job: str, data: bytes, limits: Limits | None = None) -> Read | Unreadable:
    """Let `job` ("package.module:function", bytes -> (facts, bytes)) read `data` behind walls.

    Raises UnavailableError `not_confined` where the walls cannot be put up. Cost: a process, about 0.2 s.
    """
    limits = limits or Limits()
    began = time.monotonic()
    words = [sys.executable, "-I", "-c", START, str(SOURCE), job, str(limits.memory_bytes), str(limits.cpu_seconds)]
    process = subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={}, cwd="/", close_fds=True, start_new_session=True,
    )  # fmt: skip
    try:
        said = _talk(process, data, began + limits.wall_seconds, limits.output_bytes + HEAD_BYTES)
    finally:
        process.kill()
        status = process.wait()
        _close(process)
    if status == NOT_CONFINED_STATUS:
        raise UnavailableError("not_confined", NOT_CONFINED)
    return said if isinstance(said, Unreadable) else _understand(said)


def _talk(process: subprocess.Popen[bytes], data: bytes, deadline: float, most: int) -> bytes | Unreadable:
    """Everything that the process says, while another thread feeds it."""
    assert process.stdin is not None and process.stdout is not None  # noqa: S101 - both are pipes
    feeder = Thread(target=_feed, args=(process.stdin, data), daemon=True)
    feeder.start()
    heard = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while selector.select(max(deadline - time.monotonic(), 0)):
            block = os.read(process.stdout.fileno(), BLOCK)
            if not block:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(max(deadline - time.monotonic(), 0.01))
                return bytes(heard)
            heard += block
            if len(heard) > most:
                return Unreadable("too_much_output")
    return Unreadable("too_long")


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with suppress(BrokenPipeError, ValueError, OSError):
        pipe.write(data)
        pipe.close()


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(BrokenPipeError, OSError):
            if pipe:
                pipe.close()


def _understand(said: bytes) -> Read | Unreadable:
    """The words of the process: a line of JSON, then its bytes. Whatever is not that is a crash."""
    line, newline, output = said.partition(b"\n")
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return Unreadable("crashed")
    if not newline or not isinstance(told, dict):
        return Unreadable("crashed")
    if "why" in told:
        return Unreadable(NOT_A_WORD.sub("?", str(told["why"])[:32]))
    return Read(told, output)
