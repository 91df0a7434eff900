"""Writers and several sequencers as processes, killed without warning: nothing committed is lost, the tree stays one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from keng.base.keys_command import make_key
from keng.base.signing import PublicKey
from keng.desk.ground.ledger.verdicts import Holds
from keng.desk.ground.ledger.verify import verify_export

HERE = "keng.desk.ground.ledger.tests"
ROUNDS = 3
ROUND_SECONDS = 1.0


@pytest.fixture
def environment(tmp_path: Path, own_tables: str) -> dict[str, str]:
    ours = {"KENG_HOME": str(tmp_path), "KENG_DATABASE": own_tables, "DJANGO_SETTINGS_MODULE": "keng.site.settings"}
    return {**os.environ, **ours, "PYTHONPATH": os.pathsep.join(sys.path)}


def start(role: str, key: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", f"{HERE}.crowd", role, str(key)]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def test_killed_writers_and_sequencers_leave_one_whole_ledger(tmp_path: Path, environment: dict[str, str]) -> None:
    key, committed = tmp_path / "key.pem", 0
    make_key(key)
    for _ in range(ROUNDS):
        writers = [start("write", key, environment) for _ in range(2)]
        sequencers = [start("sequence", key, environment) for _ in range(2)]
        committed += sum(int(writer.stdout.readline()) for writer in writers if writer.stdout)
        time.sleep(ROUND_SECONDS)
        for process in (*writers, *sequencers):
            process.kill()
        committed += sum(3 * process.communicate()[0].count("3\n") for process in (*writers, *sequencers))
    start("settle", key, environment).communicate()
    words = [sys.executable, "-m", "keng.cli", "ledger", "export", "-o", str(tmp_path / "out")]
    subprocess.run(words, env=environment, check=True, capture_output=True)
    verdict = verify_export(tmp_path / "out", [PublicKey.load(tmp_path / "key.pem.pub")])
    assert isinstance(verdict, Holds)
    assert verdict.entries >= committed > 0
