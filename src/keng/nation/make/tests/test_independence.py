"""The nation must not share anything with what is measured on it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import keng.nation.make

MAKE = Path(keng.nation.make.__file__).parent
SOURCES = [*(path for path in MAKE.rglob("*.py") if "tests" not in path.parts), MAKE.parent / "command.py"]
DATA = sorted(path for path in (MAKE.parent / "data").rglob("*") if path.is_file())


def imported_modules(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_it_imports_nothing_of_kẻng_but_itself_and_the_errors(path: Path):
    foreign = {name for name in imported_modules(path) if name.split(".")[0] == "keng"}
    assert {name for name in foreign if not name.startswith("keng.nation.make") and name != "keng.base.errors"} == set()


def test_the_check_sees_a_forbidden_import(tmp_path: Path):
    bad = tmp_path / "bad.py"
    bad.write_text("from keng.engines.extract import extract\n", encoding="utf-8")
    assert imported_modules(bad) == {"keng.engines.extract"}


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_every_table_tells_its_provenance(path: Path):
    head = "".join(line for line in path.read_text(encoding="utf-8").splitlines(True) if line.startswith("#"))
    assert all(word in head for word in ("source:", "date:", "licence:", "how made:"))


def test_no_table_is_read_from_outside_the_project():
    assert all("shared/" not in path.read_text(encoding="utf-8") for path in SOURCES)
