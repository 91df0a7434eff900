"""The walls, as Linux builds them for a process that asks: limits, an empty network, no files, and a short list of calls.

The list of calls (seccomp) must stand, or nothing is read: without it there is no `open`, `socket`, `clone` or `execve` left.
The empty network namespace and Landlock stand behind it where the machine has them. None of it needs root.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE = 1, 22, 38, 4
SECCOMP_MODE_FILTER = 2
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
LANDLOCK_CREATE, LANDLOCK_RESTRICT = 444, 446  # the same on every architecture
LANDLOCK_EVERYTHING = (1 << 13) - 1  # every kind of access that the first version knows
OPEN_FILES = 3

# What a decoder and the interpreter need once everything is imported: read, write, memory, time, the end.
CALLS: dict[str, tuple[int, dict[str, int]]] = {
    "x86_64": (0xC000003E, {
        "read": 0, "write": 1, "close": 3, "fstat": 5, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
        "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "sched_yield": 24, "mremap": 25, "madvise": 28,
        "getpid": 39, "exit": 60, "sigaltstack": 131, "gettid": 186, "futex": 202, "restart_syscall": 219,
        "clock_gettime": 228, "clock_getres": 229, "exit_group": 231, "getrandom": 318,
    }),
    "aarch64": (0xC00000B7, {
        "read": 63, "write": 64, "close": 57, "fstat": 80, "lseek": 62, "mmap": 222, "mprotect": 226, "munmap": 215,
        "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "sched_yield": 124, "mremap": 216,
        "madvise": 233, "getpid": 172, "exit": 93, "sigaltstack": 132, "gettid": 178, "futex": 98,
        "restart_syscall": 128, "clock_gettime": 113, "clock_getres": 114, "exit_group": 94, "getrandom": 278,
    }),
}  # fmt: skip
LOAD, EQUALS, RETURN = 0x20, 0x15, 0x06  # BPF: load a word, jump if equal, return
KILL, REFUSE, ALLOW = 0x80000000, 0x00050000 | errno.EPERM, 0x7FFF0000


class NotShutError(Exception):
    """A wall that must stand does not."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def shut_in(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Put up every wall around this process. Raises NotShutError if one that must stand does not."""
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        raise NotShutError("the parent is gone")
    os.closerange(OPEN_FILES, 4096)
    _limit(memory_bytes, cpu_seconds)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise NotShutError("no_new_privs")
    libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    _hide_files(libc)
    _short_list(libc)
    _try_the_walls(libc)


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def _hide_files(libc: ctypes.CDLL) -> None:
    """Landlock: no access to any file. Where the kernel has none, the list of calls has to do."""
    everything = ctypes.create_string_buffer(struct.pack("Q", LANDLOCK_EVERYTHING))
    rules = libc.syscall(LANDLOCK_CREATE, everything, ctypes.c_size_t(8), 0)
    if rules >= 0:
        libc.syscall(LANDLOCK_RESTRICT, rules, 0)
        os.close(rules)
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))


def _short_list(libc: ctypes.CDLL) -> None:
    """Seccomp: the calls of the list are allowed, any other fails with EPERM; another architecture's calls end the process."""
    if platform.machine() not in CALLS:
        raise NotShutError(f"no list of calls for {platform.machine()}")
    architecture, calls = CALLS[platform.machine()]
    program = [(LOAD, 0, 0, 4), (EQUALS, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    for left, number in zip(range(len(calls), 0, -1), sorted(calls.values()), strict=True):
        program.append((EQUALS, left, 0, number))
    program += [(RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    packed = b"".join(struct.pack("HBBI", code, yes, no, value) for code, yes, no, value in program)
    instructions = ctypes.create_string_buffer(packed, len(packed))
    wanted = _Program(len(program), ctypes.cast(instructions, ctypes.c_void_p))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(wanted), 0, 0) != 0:
        raise NotShutError("seccomp")


def _try_the_walls(libc: ctypes.CDLL) -> None:
    """Knock once at each: what is not refused is not shut."""
    for what, answer in (
        ("socket", libc.socket(2, 1, 0)),
        ("open", libc.open(b"/etc/hostname", os.O_RDONLY)),
        ("fork", libc.syscall(57 if platform.machine() == "x86_64" else 220, 0, 0, 0, 0, 0)),
    ):
        if answer != -1:
            raise NotShutError(what)
