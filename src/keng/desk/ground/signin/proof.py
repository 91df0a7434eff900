"""Some acts need a fresh proof of who acts: a session that began in the morning is not enough.

`officer.proven_at` is set for each request from the officer's own session (`keng.doors.signin.visiting`); an officer read
from the database has proved nothing, so what forgets to ask for the session's officer fails closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from keng.base.errors import RefusedError, Said
from keng.base.times import day_in_vietnam
from keng.vietnam import rules

NEEDED = Said(
    "Việc này cần bạn chứng minh lại mình là ai: lần chứng minh trước đã quá lâu.",
    "This needs you to prove again who you are: the last proof is too old.",
)


class Proven(Protocol):
    """Whoever acts, as far as proofs are concerned."""

    proven_at: datetime | None


def is_fresh(officer: Proven, *, now: datetime) -> bool:
    """True if the officer proved who they are within the limit `signin.proof_lasts`."""
    lasts = rules.limit("signin.proof_lasts", day_in_vietnam(now)).time
    return officer.proven_at is not None and officer.proven_at <= now < officer.proven_at + lasts


def require_fresh(officer: Proven, *, now: datetime) -> None:
    """Return if the proof is fresh. Raises RefusedError `proof_needed`; the door then asks for one."""
    if not is_fresh(officer, now=now):
        raise RefusedError("proof_needed", NEEDED)
