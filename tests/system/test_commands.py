"""The command line as its users meet it: a real process, its status, what it prints."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keng.cli import COMMANDS
from keng.site.rehearsal.tables import sqlite_tables


def keng(*words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command; nothing of our own environment's Kẻng or Django goes with it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    command = [sys.executable, "-m", "keng.cli", *words]
    return subprocess.run(
        command, input=given, capture_output=True, text=True, env={**clean, **environment}, timeout=120
    )


def test_help_names_every_command_with_a_line():
    shown = keng("--help")

    assert shown.returncode == 0
    for name, command in COMMANDS.items():
        assert any(line.split(maxsplit=1) == [name, command.help] for line in shown.stdout.splitlines()), name


@pytest.mark.parametrize(
    "words", [["--help"], ["extract", "--help"], ["ledger", "verify", "--help"], ["robot", "--help"]]
)
def test_help_and_what_needs_no_desk_come_without_django(words):
    script = (
        "import sys\n"
        "from keng.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "print('\\nloaded', 'django' in sys.modules, 'keng.cli' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True)

    assert ran.stdout.splitlines()[-1] == "loaded False True", ran.stderr


def test_a_word_that_is_no_command_is_refused():
    ran = keng("fly")

    assert ran.returncode == 2
    assert "fly" in ran.stderr
    assert ran.stdout == ""


def test_every_command_tells_its_options():
    for name in COMMANDS:
        ran = keng(name, "--help")
        assert (ran.returncode, ran.stdout.splitlines()[0].split(" [")[0]) == (0, f"usage: keng {name}"), ran.stderr


def test_doctor_tells_one_line_a_check_and_what_to_do(tmp_path: Path):
    sick = keng("doctor", "--json", KENG_HOME=str(tmp_path), KENG_DEMO="1")
    lines = {line["check"]: line for line in map(json.loads, sick.stdout.splitlines())}

    assert sick.returncode == 2
    assert {"database", "migrations", "keys", "rules"} <= set(lines)
    assert all(set(line) == {"check", "ok", "hint"} for line in lines.values())
    assert not lines["migrations"]["ok"]
    assert "migrate" in lines["migrations"]["hint"]


def test_doctor_finds_a_whole_installation_well(tmp_path: Path):
    home = {"KENG_HOME": str(tmp_path), "KENG_DEMO": "1"}
    migrate = [Path(sys.executable).with_name("keng-django"), "migrate", "-v", "0"]  # what the hint says
    subprocess.run(migrate, check=True, env={**os.environ, **home, "DJANGO_SETTINGS_MODULE": "keng.site.settings"})

    well = keng("doctor", "--json", **home)

    assert well.returncode == 0, well.stdout
    assert all(json.loads(line)["ok"] for line in well.stdout.splitlines())


def test_extract_skips_bad_rows_and_says_how_many():
    rows = [
        '{"id": 1, "text": "goi 0912345678 ngay"}',
        "no JSON",
        '{"id": 2}',
        '{"id": "b", "text": "khong co gi"}',
    ]
    ran = keng("extract", given="\n".join(rows) + "\n")
    found = [json.loads(line) for line in ran.stdout.splitlines()]

    assert ran.returncode == 3
    assert [row["id"] for row in found] == [1, "b"]
    assert [one["value"] for one in found[0]["indicators"]] == ["+84912345678"]
    assert ran.stderr.splitlines() == ["line 2: not JSON", 'line 3: "text" is missing', "4 read, 2 written, 2 skipped"]


def test_extract_is_content_when_every_row_is_good():
    ran = keng("extract", given='{"id": 1, "text": "x"}\n')

    assert ran.returncode == 0
    assert ran.stderr == "1 read, 1 written, 0 skipped\n"


def test_extract_writes_a_file_whole_or_not_at_all(tmp_path: Path):
    target = tmp_path / "found.jsonl"
    ran = keng("extract", "--strict", "-o", str(target), given='{"id": 1, "text": "x"}\nbroken\n')

    assert ran.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_ledger_verify_of_nothing_is_unusable(tmp_path: Path):
    assert keng("key", "new", "-o", str(tmp_path / "key.pem")).returncode == 0
    public = str(tmp_path / "key.pem.pub")

    for export in (tmp_path / "nowhere", tmp_path):
        ran = keng("ledger", "verify", str(export), "--public", public)
        assert ran.returncode == 2
        assert len(ran.stderr.splitlines()) == 2, "both languages"
    assert keng("ledger", "verify", str(tmp_path), "--public", str(tmp_path / "none.pub")).returncode == 2


def test_a_nation_of_one_seed_is_the_same_bytes(tmp_path: Path):
    first, again, other = (
        _nation(tmp_path / name, seed) for name, seed in (("first", "7"), ("again", "7"), ("other", "8"))
    )

    assert len(first) > 3
    assert first == again
    assert first.keys() == other.keys()
    assert first != other


def test_a_nation_is_not_made_over_files(tmp_path: Path):
    (tmp_path / "mine.txt").write_text("keep", encoding="ascii")
    ran = keng("nation", "make", str(tmp_path), "--people", "100")

    assert ran.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def _nation(folder: Path, seed: str) -> dict[str, str]:
    """The digest of each file."""
    ran = keng("nation", "make", str(folder), "--people", "150", "--seed", seed)
    assert ran.returncode == 0, ran.stderr
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("demo", ["0", "1"])
def test_an_officer_is_invited_by_a_command_and_whom_nobody_knows_is_not(tmp_path, demo):
    about = {"KENG_HOME": str(tmp_path / "home"), "KENG_DEMO": demo, "KENG_ADDRESS": "https://keng.example"}
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KENG_", "DJANGO_"))}
    (tmp_path / "home").mkdir()
    shutil.copyfile(sqlite_tables(), tmp_path / "home" / "keng.sqlite")
    made = subprocess.run([sys.executable, "-c", MAKE_OFFICER], env={**clean, **about}, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr

    invited, unknown = keng("officers", "invite", "truc-1", **about), keng("officers", "invite", "khong-ai", **about)

    assert re.fullmatch(r"https://keng\.example/vao/moi/[0-9A-Z-]{19}/\n", invited.stdout), invited.stderr
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "no such officer" in unknown.stderr


MAKE_OFFICER = """
from keng.site.commands.django_world import enter
enter()
from keng.base import clock
from keng.desk.ground.people import actions
actions.enrol("truc-1", "Trực 1", "Trung tâm", "officer", now=clock.now())
"""
