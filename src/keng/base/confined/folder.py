"""Walls for a process that reads large foreign files: one folder of its own, no network, no other program, limits.

For what fits into memory use `run`: its walls leave no file at all. Here seccomp refuses sockets, other programs and looks into
other processes, and must stand; an empty network namespace and Landlock (this folder to write, the program's own files to read)
stand behind it where the machine has them.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
from collections.abc import Iterable
from pathlib import Path

from keng.base.confined.kernel import (
    ALLOW,
    CLONE_NEWNET,
    CLONE_NEWUSER,
    EQUALS,
    KILL,
    LANDLOCK_CREATE,
    LANDLOCK_EVERYTHING,
    LANDLOCK_RESTRICT,
    LOAD,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    PR_SET_SECCOMP,
    REFUSE,
    RETURN,
    SECCOMP_MODE_FILTER,
    NotShutError,
)

LANDLOCK_ADD, PATH_BENEATH = 445, 1
READ_FILE, READ_DIR, EXECUTE, WRITE_FILE = 1 << 2, 1 << 3, 1 << 0, 1 << 1
AT_LEAST = 0x35  # BPF: jump if greater or equal
X32 = 0x40000000  # the second set of numbers for the same calls on x86_64

# socket, connect, execve, execveat, ptrace, process_vm_readv, process_vm_writev, io_uring_setup
REFUSED: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (0xC000003E, (41, 42, 59, 322, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 221, 281, 117, 270, 271, 425)),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def shut_in(folder: Path, readable: Iterable[Path], *, memory_bytes: int, cpu_seconds: int, file_bytes: int) -> None:
    """Put up the walls: `folder` may be written, `readable` read. Raises NotShutError if one that must stand does not."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise NotShutError("the parent is gone")
    for what, most in (
        (resource.RLIMIT_DATA, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise NotShutError("no_new_privs")
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    _hide_other_files(libc, folder, readable)
    _refuse_calls(libc)
    if libc.socket(2, 1, 0) != -1:
        raise NotShutError("socket")


def _hide_other_files(libc: ctypes.CDLL, folder: Path, readable: Iterable[Path]) -> None:
    everything = ctypes.create_string_buffer(struct.pack("Q", LANDLOCK_EVERYTHING))
    rules = libc.syscall(LANDLOCK_CREATE, everything, ctypes.c_size_t(8), 0)
    if rules < 0:
        return
    for path, access in (
        (folder, LANDLOCK_EVERYTHING),
        (Path("/dev/shm"), LANDLOCK_EVERYTHING),  # noqa: S108 - semaphores of worker processes
        (Path("/dev/null"), READ_FILE | WRITE_FILE),
        (Path("/proc"), READ_FILE | READ_DIR),
        *((one, READ_FILE | READ_DIR | EXECUTE) for one in readable),
    ):
        _allow(libc, rules, path, access)
    if libc.syscall(LANDLOCK_RESTRICT, rules, 0) != 0:
        raise NotShutError("landlock")
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        access &= READ_FILE | WRITE_FILE | EXECUTE
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = ctypes.create_string_buffer(struct.pack("=Qi", access, place))
        libc.syscall(LANDLOCK_ADD, rules, PATH_BENEATH, rule, 0)
    finally:
        os.close(place)


def _refuse_calls(libc: ctypes.CDLL) -> None:
    """Seccomp: the calls of the list fail with EPERM; another architecture's calls end the process."""
    if platform.machine() not in REFUSED:
        raise NotShutError(f"no list of calls for {platform.machine()}")
    architecture, calls = REFUSED[platform.machine()]
    program = [(LOAD, 0, 0, 4), (EQUALS, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    program += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, KILL)]
    for left, number in zip(range(len(calls), 0, -1), calls, strict=True):
        program.append((EQUALS, left, 0, number))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    packed = b"".join(struct.pack("HBBI", code, yes, no, value) for code, yes, no, value in program)
    instructions = ctypes.create_string_buffer(packed, len(packed))
    wanted = _Program(len(program), ctypes.cast(instructions, ctypes.c_void_p))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(wanted), 0, 0) != 0:
        raise NotShutError("seccomp")
