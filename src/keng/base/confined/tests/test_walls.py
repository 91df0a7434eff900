"""What foreign bytes could do if they took the confined process over: nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keng.base.confined import Limits, Read, Unreadable, kernel, run, running
from keng.base.errors import UnavailableError

BREAKOUTS = "keng.base.confined.tests.breakouts"
SHORT = Limits(cpu_seconds=1, wall_seconds=10)


def attempt(name, data=b"", limits=None):
    return run(f"{BREAKOUTS}:{name}", data, limits)


def test_a_job_reads_bytes_and_says_what_it_found():
    data = os.urandom(1_500_000)

    assert attempt("echo", data) == Read({"length": len(data)}, data)


@pytest.mark.parametrize(
    "name",
    [
        "become_program",
        "fork",
        "kill_parent",
        "list_folder",
        "open_socket_pair",
        "open_tcp_socket",
        "open_unix_socket",
        "raise_limits",
        "start_program",
    ],
)
def test_nothing_but_reading_and_writing_is_left(name):
    found = attempt(name)

    assert isinstance(found, Read) and found.facts["got_out"] is False


def test_its_parent_cannot_be_traced():
    assert attempt("trace_parent") == Read({"got_out": False}, b"")


def test_the_database_cannot_be_opened(tmp_path):
    path = tmp_path / "desk.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE report (text)")
    connection.close()

    found = attempt("open_database", str(path).encode())

    assert found == Read({"got_out": False, "error": "OperationalError"}, b"")


def test_a_file_can_be_neither_read_nor_written(tmp_path):
    there, new = tmp_path / "there", tmp_path / "new"
    there.write_text("secret")

    assert attempt("read_file", str(there).encode()) == Read({"got_out": False, "error": "PermissionError"}, b"")
    assert attempt("write_file", str(new).encode()).facts["got_out"] is False
    assert not new.exists()


def test_it_has_none_of_our_environment_and_none_of_our_files(monkeypatch):
    monkeypatch.setenv("KENG_HOME", "/somewhere")

    with Path(os.devnull).open() as _ours:
        assert attempt("open_descriptors") == Read({"open": []}, b"")
    found = attempt("environment")

    assert not [name for name in found.facts["names"] if name.startswith(("KENG", "DJANGO", "PYTHON"))]
    assert found.facts["modules"] == []


def test_four_gibibytes_are_not_to_be_had():
    assert attempt("allocate_four_gibibytes") == Unreadable("too_much_memory")


def test_spinning_for_ever_ends_by_the_processor_time():
    began = time.process_time(), time.monotonic()

    assert attempt("spin", limits=SHORT) == Unreadable("crashed")
    assert time.monotonic() - began[1] < SHORT.wall_seconds


def test_waiting_for_ever_ends_by_the_wall():
    assert attempt("sleep", limits=Limits(wall_seconds=1.0)) == Unreadable("too_long")


@pytest.mark.parametrize("name", ["print_for_ever", "print_one_gibibyte"])
def test_more_output_than_allowed_is_cut_off(name):
    assert attempt(name) == Unreadable("too_much_output")


@pytest.mark.parametrize("name", ["crash", "say_nothing_sensible"])
def test_a_crash_is_an_answer_like_any_other(name):
    assert attempt(name) == Unreadable("crashed")


def test_no_process_is_left_behind():
    attempt("spin", limits=Limits(wall_seconds=0.5))

    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"breakouts:spin" in _read(path)]
    assert left == []


def _read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_without_its_walls_nothing_is_read(monkeypatch):
    monkeypatch.setattr(
        running, "START", running.START.replace("main()", "").replace("; from", "; import platform; platform.machine ="
        " lambda: 'vax'; from") + "main()",
    )  # fmt: skip

    with pytest.raises(UnavailableError) as refusal:
        attempt("echo", b"x")

    assert refusal.value.code == "not_confined"


def test_a_machine_whose_calls_are_not_listed_is_refused():
    assert "vax" not in kernel.CALLS


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_it_works_for_a_user_without_rights():
    code = (
        "import os, sys, ctypes; sys.path.insert(0, sys.argv[1]); from keng.base.confined import kernel\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "kernel.shut_in(memory_bytes=2**29, cpu_seconds=5)\n"
        "os.write(1, b'shut' if ctypes.CDLL(None).socket(2, 1, 0) == -1 else b'open')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(running.SOURCE)], capture_output=True, cwd="/")

    assert done.stdout == b"shut", done.stderr


def test_the_probe_of_the_doctor_finds_no_way_out():
    assert run("keng.base.confined.probe:knock", b"") == Read({"open": []}, b"")
