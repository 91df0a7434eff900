"""The one authorisation function: who may do what. Everything that is not listed is refused."""

from __future__ import annotations

from typing import Protocol

from keng.base.errors import RefusedError, Said

OFFICER = frozenset({"officer"})
OPERATOR = frozenset({"operator"})
READERS = frozenset({"officer", "auditor"})
DESK = frozenset({"officer", "auditor", "operator"})

MATRIX: dict[str, frozenset[str]] = {
    "reports.list": READERS,
    "reports.look": READERS,
    "reports.close": OFFICER,
    "reports.write": OFFICER,
    "measures.list": READERS,
    "measures.hold_urgently": OFFICER,
    "measures.propose": OFFICER,
    "measures.approve": OFFICER,
    "measures.decline": OFFICER,
    "measures.lift": OFFICER,
    "measures.find_wrong": OFFICER,
    "measures.propose_renewal": OFFICER,
    "measures.approve_renewal": OFFICER,
    "measures.decline_renewal": OFFICER,
    "appeals.read": READERS,
    "appeals.confirm_holder": OFFICER,
    "appeals.decide": OFFICER,
    "erasure.list": READERS,
    "erasure.decide": OFFICER,
    "erasure.hold": OFFICER,
    "looks.list": READERS,
    "looks.withhold": frozenset({"auditor"}),
    "signin.manage_own": DESK,
    "ledger.list": DESK,
    "rules.list": DESK,
    "outbox.list": DESK,
    "outbox.retry": OPERATOR,
    "outbox.retry_all": OPERATOR,
    "outbox.drop": OPERATOR,
    "tasks.retry": OPERATOR,
    "tasks.drop": OPERATOR,
    "batches.retry_failed": OPERATOR,
    "batches.cancel": OPERATOR,
}

NOT_YOURS = Said("Vai trò của bạn không được làm việc này.", "Your role may not do this.")
NOT_ACTIVE = Said("Tài khoản này đã ngừng.", "This account is no longer active.")


class Actor(Protocol):
    """Whoever acts: an officer, as far as rights are concerned."""

    role: str
    is_active: bool


def is_allowed(actor: Actor, verb: str) -> bool:
    """True if the role of an active officer may do `verb`. An unknown verb is a fault of ours: KeyError."""
    return actor.is_active and actor.role in MATRIX[verb]


def require(actor: Actor, verb: str) -> None:
    """Return if allowed. Raises RefusedError `not_allowed`, the same whatever the object is, so it tells nothing of it."""
    if not actor.is_active:
        raise RefusedError("not_allowed", NOT_ACTIVE)
    if not is_allowed(actor, verb):
        raise RefusedError("not_allowed", NOT_YOURS)
