"""After a measurement: what a stranger finds in the ledger."""

from __future__ import annotations

from benchmarks.measuring import OURS, run
from tests.system.rehearsal import Rehearsal, wait_for

UNPLACED = "SELECT count(*) FROM ledger_entry WHERE place IS NULL"
PLACED_WITHIN = 120  # seconds


def verified_entries(rehearsal: Rehearsal) -> int:
    """How many entries `keng ledger verify` finds right, when all have their places and were exported."""
    wait_for(lambda: rehearsal.rows(UNPLACED)[0][0] == 0, "entries have places", PLACED_WITHIN)
    export = rehearsal.home / "export"
    run([OURS / "keng", "ledger", "export", "-o", export], times=1, environment=rehearsal.environment())
    public = [word for key in sorted((rehearsal.home / "keys").glob("ledger-*.pub")) for word in ("--public", key)]
    verified = run([OURS / "keng", "ledger", "verify", export, *public], times=1).json()
    assert verified["ok"], verified
    return int(verified["entries"])
