"""What a process that reads a whole register could do if foreign bytes took it over: work in its folder, and nothing else."""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path

import pytest

from keng.base.confined import kernel

TRY = """
import ctypes, json, os, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from keng.base.confined.folder import shut_in
folder, secret, asked = Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4])
own = [Path(one) for one in (sys.argv[1], sys.prefix, sys.base_prefix, "/usr", "/lib")]
shut_in(folder, [*own, asked], memory_bytes=1 << 30, cpu_seconds=5, file_bytes=1 << 20)
libc = ctypes.CDLL(None, use_errno=True)
def told(act):
    try:
        return act() not in (-1, None)
    except BaseException as error:
        return type(error).__name__
pid = os.getppid()
print(json.dumps({
    "socket": libc.socket(2, 1, 0) != -1,
    "local": libc.socket(1, 1, 0) != -1,
    "exec": libc.execv(b"/bin/true", None) != -1,
    "trace": libc.ptrace(16, pid, 0, 0) != -1,
    "program": told(lambda: subprocess.run(["/bin/true"]).returncode),
    "secret": told(lambda: secret.read_text()),
    "outside": told(lambda: secret.with_name("new").write_text("x")),
    "asked": told(lambda: asked.read_text()),
    "change asked": told(lambda: asked.write_text("x")),
    "inside": told(lambda: (folder / "new").write_text("x")),
    "large": told(lambda: (folder / "large").write_bytes(bytes(2 << 20))),
    "fork": told(lambda: os.waitpid(os.fork() or os._exit(0), 0)),
}))
"""
SOURCE = Path(kernel.__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def could(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a process inside could do, by name."""
    root = tmp_path_factory.mktemp("walls")
    folder, secret, asked = root / "own", root / "else" / "secret", root / "population"
    folder.mkdir()
    secret.parent.mkdir()
    secret.write_text("key")
    asked.write_text("people")
    command = [sys.executable, "-I", "-c", TRY, str(SOURCE), str(folder), str(secret), str(asked)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env={"TMPDIR": str(folder)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def has_landlock() -> bool:
    return ctypes.CDLL(None).syscall(kernel.LANDLOCK_CREATE, None, 0, 1) > 0  # asks for the version that there is


@pytest.mark.parametrize("what", ["socket", "local", "exec", "trace", "program"])
def test_no_network_no_other_program_no_other_process(could, what):
    assert could[what] in (False, "PermissionError")


@pytest.mark.parametrize("what", ["inside", "asked", "fork"])
def test_what_it_needs_it_has(could, what):
    assert could[what] is True


def test_no_file_grows_beyond_the_limit(could):
    assert could["large"] == "OSError"


@pytest.mark.skipif(
    not has_landlock(), reason="this kernel has no Landlock: the list of calls stands alone, as docs/registers.md says"
)
@pytest.mark.parametrize("what", ["secret", "outside", "change asked"])
def test_no_other_file_is_read_or_written(could, what):
    assert could[what] == "PermissionError"
