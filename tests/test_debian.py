"""The one apt-get line: told, with status 2, when nobody may install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "debian.py"


def run(tmp_path: Path, *packages: str, present: str = "") -> subprocess.CompletedProcess[str]:
    """The script for a user who is not root, without sudo, on a machine that has only `present`."""
    dpkg = tmp_path / "dpkg-query"
    dpkg.write_text(f'#!/bin/sh\ncase "$3" in {present or "-"}) printf installed;; esac\n', encoding="ascii")
    dpkg.chmod(0o755)
    code = f"import os, runpy, sys; os.geteuid = lambda: 1000; sys.argv = {[str(SCRIPT), *packages]!r}; "
    code += f"runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], env={"PATH": str(tmp_path)}, capture_output=True, text=True)


def test_what_is_missing_is_told_in_one_line_and_status_2(tmp_path):
    done = run(tmp_path, "gettext", "tzdata", present="tzdata")

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "  sudo apt-get install -y --no-install-recommends gettext"


def test_nothing_is_said_when_all_is_there(tmp_path):
    done = run(tmp_path, "tzdata", present="tzdata")

    assert (done.returncode, done.stderr) == (0, "")
