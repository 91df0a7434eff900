"""The tables that tests copy are made anew where their sources change, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from keng.site.rehearsal import tables


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tables, "SOURCE", tmp_path)
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "models.py").write_text("one")
    return tmp_path


def hash_now() -> str:
    return tables.what_makes_them.__wrapped__()


@pytest.mark.parametrize("name", ["desk/models.py", "desk/rules.toml", "vietnam/new.csv"])
def test_another_source_asks_for_other_tables(source, name):
    before = hash_now()
    (source / name).parent.mkdir(exist_ok=True)
    (source / name).write_text("other")
    assert hash_now() != before


@pytest.mark.parametrize(
    "name",
    [
        "desk/__pycache__/models.cpython-311.pyc.139650",  # as Python names one that it has not written to its end
        "desk/__pycache__/kernels.score-25.py311.nbi",  # as numba does
        "desk/tests/test_models.py",
        "tests_of_selection/test_one.py",
        "conftest.py",
        "desk/page.html",
    ],
)
def test_what_comes_and_goes_beside_the_sources_does_not(source, name):
    before = hash_now()
    (source / name).parent.mkdir(exist_ok=True)
    (source / name).write_text("other")
    assert hash_now() == before
