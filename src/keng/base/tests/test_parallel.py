"""Several processes over one input: as their users start them, because what matters is how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keng.base.lines import BLOCK_BYTES
from keng.base.parallel import map_in_order, usable_cores

BLOCKS = 12
PROGRAM = """
import argparse, os, signal, sys, time
from keng.base import lines

def convert(row):
    text = lines.require_text(row)
    if text.startswith("die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if text.startswith("fault"):
        raise ZeroDivisionError
    if text.startswith("slow"):
        time.sleep(60)
    return {"id": lines.require_id(row), "length": len(text)}

parser = argparse.ArgumentParser()
lines.add_arguments(parser)
try:
    sys.exit(lines.convert_lines(parser.parse_args(), convert))
except KeyboardInterrupt:
    sys.exit(130)
"""


def write(path: Path, *last: str) -> Path:
    """An input of many blocks with a bad row in each thousand lines, and these texts at the end."""
    good = [f'{{"id":{number},"text":"{"x" * (number % 200)}"}}' for number in range(BLOCKS * BLOCK_BYTES // 120)]
    good[::1000] = ["bad"] * len(good[::1000])
    path.write_text("\n".join([*good, *(f'{{"id":0,"text":"{text}"}}' for text in last)]) + "\n", encoding="ascii")
    return path


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", PROGRAM, "-i", str(tmp_path / "in"), "-o", str(tmp_path / "out"), *arguments]
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True)


def outcome(tmp_path: Path, *arguments: str) -> tuple[int, str, bytes | None]:
    process = start(tmp_path, *arguments)
    told = process.communicate(timeout=60)[1]
    assert not list(tmp_path.glob(".*.part"))
    target = tmp_path / "out"
    content = target.read_bytes() if target.exists() else None
    target.unlink(missing_ok=True)
    return process.returncode, told, content


def test_the_number_of_processes_changes_no_byte(tmp_path: Path) -> None:
    write(tmp_path / "in")
    alone, two, five = (outcome(tmp_path, "--threads", number) for number in ("1", "2", "5"))
    assert alone == two == five
    assert alone[0] == 3 and alone[2] and alone[1].startswith("line 1: not JSON\nline 1001: not JSON\n")
    strict = [outcome(tmp_path, "--strict", "--threads", number) for number in ("1", "3")]
    assert strict[0] == strict[1] == (2, "line 1: not JSON\n1 read, 0 written, 1 skipped\n", None)


def test_a_worker_that_is_killed_is_a_fault_and_leaves_no_output(tmp_path: Path) -> None:
    write(tmp_path / "in", "die")
    status, told, content = outcome(tmp_path, "--threads", "2")
    assert (status, content) == (1, None)
    assert "a worker process was killed" in told.splitlines()[-1]


def test_a_fault_in_a_worker_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path / "in", "fault")
    status, told, content = outcome(tmp_path, "--threads", "2")
    assert (status, content) == (1, None) and "ZeroDivisionError" in told


@pytest.mark.parametrize("reached", ["the group, as by Ctrl-C", "the command alone"])
def test_an_interrupt_ends_them_all_with_status_130(tmp_path: Path, reached: str) -> None:
    write(tmp_path / "in")
    process = subprocess.Popen(
        [sys.executable, "-m", "keng.cli", "extract", "-o", str(tmp_path / "out"), "--threads", "2"],
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write((tmp_path / "in").read_bytes())
    process.stdin.flush()  # and left open: it waits for more
    workers = wait_for_workers(process.pid)
    (os.killpg if reached.startswith("the group") else os.kill)(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert_gone(workers)
    assert {path.name for path in tmp_path.iterdir()} == {"in"}


def test_workers_end_when_the_command_is_killed(tmp_path: Path) -> None:
    write(tmp_path / "in", "slow")
    process = start(tmp_path, "--threads", "3")
    workers = wait_for_workers(process.pid)
    process.kill()
    process.communicate(timeout=30)
    assert_gone(workers)


def test_one_block_starts_no_process() -> None:
    pids = list(map_in_order(pid_of, [0], 4))
    assert pids == [os.getpid()]
    assert usable_cores() >= 1


def test_the_input_is_not_read_far_ahead() -> None:
    read = []

    def blocks() -> Iterator[int]:
        for number in range(5):
            read.append(number)
            yield number

    results = map_in_order(pid_of, blocks(), 1)
    next(results)
    assert read == [0]


def pid_of(block: int) -> int:
    return os.getpid()


def wait_for_workers(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 30
    while len(found := children.read_text().split()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return [int(child) for child in found]


def assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, pids
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
