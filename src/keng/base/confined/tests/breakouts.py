"""Jobs that try to get out of the confined process. Each says in its facts whether it could."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

socket = importlib.import_module("socket")  # before the walls stand: the module is no network
subprocess = importlib.import_module("subprocess")
sqlite3 = importlib.import_module("sqlite3")
ctypes = importlib.import_module("ctypes")


def _tried(attempt):
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - whatever stops it
        return {"got_out": False, "error": type(error).__name__}, b""
    return {"got_out": True}, b""


def echo(data):
    return {"length": len(data)}, data


def open_tcp_socket(_data):
    return _tried(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM))


def open_unix_socket(_data):
    return _tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))


def open_socket_pair(_data):
    return _tried(socket.socketpair)


def open_database(data):
    return _tried(lambda: sqlite3.connect(data.decode()).execute("SELECT name FROM sqlite_master").fetchall())


def read_file(data):
    return _tried(lambda: Path(data.decode()).read_bytes())


def write_file(data):
    return _tried(lambda: Path(data.decode()).write_bytes(b"x"))


def list_folder(_data):
    return _tried(lambda: list(Path("/").iterdir()))


def fork(_data):
    return _tried(os.fork)


def start_program(_data):
    return _tried(lambda: subprocess.run(["/bin/true"], check=True))


def become_program(_data):
    return _tried(lambda: os.execv("/bin/true", ["true"]))


def kill_parent(_data):
    return _tried(lambda: os.kill(os.getppid(), 9))


def trace_parent(_data):
    libc = ctypes.CDLL(None, use_errno=True)
    return {"got_out": libc.ptrace(16, os.getppid(), 0, 0) != -1}, b""


def raise_limits(_data):
    resource = importlib.import_module("resource")
    return _tried(lambda: resource.setrlimit(resource.RLIMIT_CPU, (1000, 1000)))


def environment(_data):
    return {"names": sorted(os.environ), "modules": sorted(name for name in sys.modules if "django" in name)}, b""


def open_descriptors(_data):
    found = []
    for number in range(3, 256):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return {"open": found}, b""


def allocate_four_gibibytes(_data):
    return {"got_out": len(bytearray(4 * 2**30)) > 0}, b""


def spin(_data):
    while True:
        pass


def sleep(_data):
    event = importlib.import_module("threading").Event()
    event.wait(1000)
    return {"got_out": True}, b""


def print_one_gibibyte(_data):
    return {"size": 2**30}, bytes(2**20) * 64


def print_for_ever(_data):
    while True:
        os.write(1, bytes(65536))


def crash(_data):
    ctypes.string_at(0)
    return {"got_out": True}, b""


def say_nothing_sensible(_data):
    os.write(1, b"\xff\xfe no json at all")
    os._exit(0)


importlib.import_module("resource")
importlib.import_module("threading")
