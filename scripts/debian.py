"""Install the named Debian packages if they are missing; else say the one line that does and stop with status 2.

Runs on the system's Python before anything is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)


def is_present(package: str, python: str) -> bool:
    """True if the package is installed, or what it is for is there by another way."""
    if package == "python3-venv":
        probe = [python, "-c", "import ensurepip, venv"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    if package == "chromium-headless-shell" and (shutil.which(package) or os.environ.get("KENG_CHROMIUM")):
        return True
    if package == "postgresql" and any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        return True
    status = subprocess.run(
        ["dpkg-query", "-W", "-f=${db:Status-Status}", package], capture_output=True, text=True, check=False
    )
    return status.stdout.strip() == "installed"


def become_root() -> list[str] | None:
    """The prefix that lets apt-get run, or None if this user cannot."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def main() -> int:
    """Return 0 when all are there, 2 when somebody must act."""
    if sys.version_info < OLDEST_PYTHON:
        print("Cần Python 3.11 trở lên / Python 3.11 or newer is needed: make PYTHON=python3.11 ...", file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("packages", nargs="+")
    options = parser.parse_args()

    missing = [name for name in options.packages if not is_present(name, options.python)]
    if not missing:
        return 0
    line = f"apt-get install -y --no-install-recommends {' '.join(missing)}"
    prefix = become_root()
    if prefix is None or not shutil.which("apt-get"):
        print(f"Cần cài gói Debian / Debian packages are needed:\n  sudo {line}", file=sys.stderr)
        return 2
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*prefix, "apt-get", "update", "-qq"], env=quiet, check=False)
    done = subprocess.run([*prefix, *line.split()], env=quiet, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        print(f"Không cài được / could not install:\n  sudo {line}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
