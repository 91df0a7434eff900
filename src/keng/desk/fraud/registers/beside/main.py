"""The inner side: shut oneself in, then check a register, or cleanse it."""

from __future__ import annotations

import json
import os
import sys
import sysconfig
from pathlib import Path

from keng.base.confined.folder import shut_in
from keng.base.confined.kernel import NotShutError
from keng.base.confined.running import NOT_CONFINED_STATUS

DONE, UNUSABLE = 0, 2
LONGEST_SECONDS = 12 * 3600  # of processor time
LARGEST_FILE = 2**40


def main() -> None:
    """`main SOURCE FOLDER`: never returns."""
    folder = Path(sys.argv[2])
    order = json.loads((folder / "order.json").read_text("utf-8"))
    try:
        _shut_in(folder, order)
    except NotShutError:
        os._exit(NOT_CONFINED_STATUS)
    os._exit(_work(folder, order))


def _work(folder: Path, order: dict[str, object]) -> int:
    if order["what"] == "check":
        from keng.desk.fraud.registers.beside.checking import check as work
    else:
        from keng.desk.fraud.registers.beside.cleansing import cleanse as work
    return work(folder, order)


def _shut_in(folder: Path, order: dict[str, object]) -> None:
    own = [Path(sys.argv[1]), *(Path(path) for path in sys.path if path)]
    own += [Path(one) for one in {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}]
    system = [
        Path(one)
        for one in ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/sys/fs/cgroup", "/dev/urandom")
    ]
    asked = [Path(str(order["population"]))] if order.get("population") else []
    shut_in(
        folder, [*own, *system, *asked], memory_bytes=int(str(order["memory_bytes"])), cpu_seconds=LONGEST_SECONDS,
        file_bytes=LARGEST_FILE,
    )  # fmt: skip


def tell(stage: str, done: int, total: int) -> None:
    """How far the work is."""
    sys.stdout.write(json.dumps({"stage": stage, "done": done, "total": total}) + "\n")
    sys.stdout.flush()
