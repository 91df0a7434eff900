"""The inner side: shut oneself in, then read what comes on standard input and say what was found. Imports nothing of the desk."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable

from keng.base.confined import kernel
from keng.base.confined.running import NOT_CONFINED_STATUS

Job = Callable[[bytes], tuple[dict[str, object], bytes]]


class UnreadableError(Exception):
    """The bytes cannot be read; the message is one word of why."""


def main() -> None:
    """`inside SOURCE JOB MEMORY_BYTES CPU_SECONDS`: never returns."""
    job = load(sys.argv[2])
    try:
        kernel.shut_in(memory_bytes=int(sys.argv[3]), cpu_seconds=int(sys.argv[4]))
    except kernel.NotShutError:
        os._exit(NOT_CONFINED_STATUS)
    tell(*attempt(job))
    os._exit(0)


def load(name: str) -> Job:
    """The job, and everything that it will need: nothing can be imported afterwards."""
    module_name, _, function = name.partition(":")
    module = importlib.import_module(module_name)
    prepare = getattr(module, "prepare", None)
    if prepare:
        prepare()
    job: Job = getattr(module, function)
    return job


def attempt(job: Job) -> tuple[dict[str, object], bytes]:
    """What the job says, or why it says nothing."""
    try:
        return job(sys.stdin.buffer.read())
    except UnreadableError as error:
        return {"why": str(error)}, b""
    except MemoryError:
        return {"why": "too_much_memory"}, b""
    except Exception as error:  # noqa: BLE001 - whatever foreign bytes do to a decoder ends here, as a word
        return {"why": f"broken:{type(error).__name__}"}, b""


def tell(facts: dict[str, object], output: bytes) -> None:
    """One line of JSON, then the bytes."""
    left = memoryview(json.dumps(facts).encode() + b"\n" + output)
    while left:
        left = left[os.write(1, left) :]
