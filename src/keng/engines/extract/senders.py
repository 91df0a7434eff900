"""Who a message says it is from, by the `sender` field: a name, or a telephone number."""

from __future__ import annotations

from keng.base.indicators import Kind, sender
from keng.engines.extract.types import Found
from keng.vietnam.phones import canonical_phone


def read_sender(name: str | None) -> tuple[Found, ...]:
    """One indicator without a place in the text, or none for an empty name."""
    if not name:
        return ()
    phone = canonical_phone(name)
    if phone:
        return (Found(Kind.PHONE, phone, None, None, name),)
    value = sender(name)
    return (Found(Kind.SENDER, value, None, None, name),) if value else ()
