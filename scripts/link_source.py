"""Make `src/` importable in this environment and write the `keng` commands: an editable install that needs no build backend."""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path

COMMANDS = {"keng": "keng.cli:main", "keng-django": "keng.site.manage:main"}

SCRIPT = """#!{python}
import sys
from {module} import {function}
sys.exit({function}())
"""


def main() -> None:
    source = Path(__file__).resolve().parent.parent / "src"
    Path(sysconfig.get_path("purelib"), "keng.pth").write_text(f"{source}\n", encoding="utf-8")
    for name, target in COMMANDS.items():
        module, function = target.split(":")
        script = Path(sysconfig.get_path("scripts"), name)
        script.write_text(SCRIPT.format(python=sys.executable, module=module, function=function), encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
