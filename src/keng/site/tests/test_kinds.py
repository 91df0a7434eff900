"""A hand that has just started does every kind of task, whatever was done before in others."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import keng

SOURCES = Path(keng.__file__).parent / "desk"
ASK = """
from keng.site.commands.django_world import enter
enter()
from keng.desk.ground.jobs.kinds import find_kind
import sys
print(*(name for name in sys.argv[1:] if find_kind(name) is None))
"""


def kinds_in_the_sources() -> list[str]:
    """The name in each `register(Kind(name, ...))`."""
    calls = (
        node
        for path in SOURCES.rglob("*.py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "register"
    )
    made = (call.args[0] for call in calls if isinstance(call.args[0], ast.Call))
    return sorted(ast.literal_eval(kind.args[0]) for kind in made if ast.unparse(kind.func) == "Kind")


def test_a_new_process_knows_every_kind(tmp_path):
    names = kinds_in_the_sources()
    assert {"followup.steps", "registers.cleanse", "verdicts.replay"} <= set(names)

    words = [sys.executable, "-c", ASK, *names]
    environment = {"KENG_HOME": str(tmp_path), "KENG_DEMO": "1", "PATH": "/usr/bin:/bin"}
    asked = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)

    assert (asked.returncode, asked.stdout.split(), asked.stderr) == (0, [], "")
