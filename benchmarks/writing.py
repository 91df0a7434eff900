"""Ledger and outbox: on SQLite against pymerkle and django-q2 on the same disk, and on PostgreSQL."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.figures import Section, Table
from benchmarks.measuring import OURS, PEERS, ROOT, WORK, per_second, run

APPENDS = 3_000
SEQUENCED = 50_000
LEAVES = 1_000_000
MESSAGES = 2_000
SYNCED = "PostgreSQL, fsync and synchronous_commit on"
PEER_SCRIPTS = ROOT / "benchmarks" / "peers"


def measure_ledger() -> Section:
    home = fresh("ledger")
    words = [OURS / "python", "-m", "benchmarks.ours.ledger", str(APPENDS), str(SEQUENCED)]
    ours = run(words, times=1, environment=_environment(home))
    peer = run([PEERS, PEER_SCRIPTS / "append_pymerkle.py", fresh("pymerkle") / "tree.sqlite", str(APPENDS)], times=1)
    made, theirs = ours.json(), peer.json()
    export = WORK / "export"
    if not export.exists():
        run([OURS / "python", "-m", "benchmarks.ours.made_export", export, str(LEAVES)], times=1)
    check = [OURS / "keng", "ledger", "verify", export, "--public", export.with_suffix(".pub")]
    verified = run(check, cores="0")
    how = f"journal {theirs['journal']}, synchronous {theirs['synchronous']}"
    rows = [
        ["keng: record, a transaction each", APPENDS, per_second(APPENDS, made["record_seconds"]), "WAL, FULL"],
        ["pymerkle 7.0.0: append_entry", APPENDS, per_second(theirs["count"], theirs["seconds"]), how],
        [
            "keng: sequencer gives places",
            made["placed"],
            per_second(made["placed"], made["sequence_seconds"]),
            "WAL, FULL",
        ],
        ["keng ledger verify, one core", LEAVES, per_second(LEAVES, verified.seconds), f"{verified.seconds:.2f} s"],
    ]
    return Section(
        "ledger",
        [Table(("", "entries", "entries/s", "how"), rows)],
        [_shown(words), _shown(check)],
    )


def measure_outbox() -> Section:
    words = [OURS / "python", "-m", "benchmarks.ours.outbox", str(MESSAGES)]
    ours = run(words, times=1, environment=_environment(fresh("outbox")))
    their_words = [PEERS, PEER_SCRIPTS / "enqueue_django_q2.py", fresh("django-q2") / "queue.sqlite", str(MESSAGES)]
    peer = run(their_words, times=1)
    made, theirs = ours.json(), peer.json()
    rows = [
        ["keng: post, a transaction each", MESSAGES, per_second(MESSAGES, made["post_seconds"])],
        ["django-q2 1.11.1: async_task, a transaction each", MESSAGES, per_second(MESSAGES, theirs["seconds"])],
        [
            "keng: signed and delivered over HTTP, with ledger entries",
            made["sent"],
            per_second(made["sent"], made["deliver_seconds"]),
        ],
    ]
    return Section("outbox", [Table(("", "messages", "messages/s"), rows)], [_shown(words), _shown(their_words)])


def measure_ledger_on(database: str) -> Section:
    """Recording and sequencing on that PostgreSQL database."""
    words = [OURS / "python", "-m", "benchmarks.ours.ledger", str(APPENDS), str(SEQUENCED)]
    made = run(words, times=1, environment=_environment(fresh("ledger-postgresql"), database)).json()
    rows = [
        ["keng: record, a transaction each, one connection", APPENDS, per_second(APPENDS, made["record_seconds"])],
        ["keng: sequencer gives places", made["placed"], per_second(made["placed"], made["sequence_seconds"])],
    ]
    return Section("ledger-postgresql", [Table((SYNCED, "entries", "entries/s"), rows)], [_shown(words)])


def measure_outbox_on(database: str) -> Section:
    """Posting and delivering on that PostgreSQL database."""
    words = [OURS / "python", "-m", "benchmarks.ours.outbox", str(MESSAGES)]
    made = run(words, times=1, environment=_environment(fresh("outbox-postgresql"), database)).json()
    rows = [
        ["keng: post, a transaction each, one connection", MESSAGES, per_second(MESSAGES, made["post_seconds"])],
        [
            "keng: signed and delivered over HTTP, with ledger entries",
            made["sent"],
            per_second(made["sent"], made["deliver_seconds"]),
        ],
    ]
    return Section("outbox-postgresql", [Table((SYNCED, "messages", "messages/s"), rows)], [_shown(words)])


def fresh(name: str) -> Path:
    """A new folder on the project's disk."""
    folder = WORK / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _environment(home: Path, database: str = "") -> dict[str, str]:
    ours = {"KENG_HOME": str(home), "KENG_DATABASE": database, "KENG_DEMO": "1"}
    return {**ours, "DJANGO_SETTINGS_MODULE": "keng.site.settings"}


def _shown(words: list[Path | str]) -> str:
    return " ".join(map(str, words)).replace(f"{ROOT}/", "")
