"""The rehearsal's clock: every process sees what its file says, as soon as it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keng.base import clock


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "clock"
    monkeypatch.setenv("KENG_CLOCK_FILE", str(path))
    monkeypatch.setenv("KENG_DEMO", "1")
    return path


def test_what_the_file_says_is_added(file):
    file.write_text("60")
    assert clock.rehearsal_offset() == timedelta(minutes=1)


def test_a_file_that_is_written_anew_is_read_anew(file):
    for seconds in ("60", "7200"):
        file.write_text(seconds)
        assert clock.rehearsal_offset() == timedelta(seconds=int(seconds))


def test_a_file_put_in_its_place_is_read(file):
    file.write_text("60")
    clock.rehearsal_offset()
    other = file.with_suffix(".draft")
    other.write_text("61")
    other.replace(file)
    assert clock.rehearsal_offset() == timedelta(seconds=61)


@pytest.mark.parametrize("text", [None, "", "soon"])
def test_a_file_that_says_nothing_adds_nothing(file, text):
    file.write_text("60")
    clock.rehearsal_offset()
    file.unlink()
    if text is not None:
        file.write_text(text)
    assert clock.rehearsal_offset() == timedelta()


def test_outside_the_demo_nothing_is_added(file, monkeypatch):
    file.write_text("60")
    monkeypatch.delenv("KENG_DEMO")
    assert clock.rehearsal_offset() == timedelta()
