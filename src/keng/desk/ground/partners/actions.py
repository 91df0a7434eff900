"""What can be done about partners: enrol them, take a message of theirs once."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from keng.base.errors import ConflictError, Said
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.partners.models import Inbound, Partner

ID_SEEN = Said(
    "Tin có mã webhook-id này đã nhận rồi; không có gì thay đổi.",
    "A message with this webhook-id was taken before; nothing changed.",
)


@transaction.atomic
def enrol(code: str, name: str, address: str, *, hotline: str = "", now: datetime) -> Partner:
    """The partner of that code with this name and address, made or brought up to date."""
    partner, is_new = Partner.objects.update_or_create(
        code=code, defaults={"name": name, "address": address, "hotline": hotline}
    )
    if is_new:
        ledger.record(actor="system:enrol", verb="partners.enrol", subject=f"partner:{code}", data={}, at=now)
    return partner


def take_once(partner: Partner, message_id: str, what: str, *, now: datetime) -> None:
    """Note in the caller's transaction that this message is taken. Raises ConflictError `webhook_id_seen`."""
    if not connection.in_atomic_block:
        raise RuntimeError("a message is taken in the transaction that acts on it")
    _, is_new = Inbound.objects.get_or_create(
        partner=partner, message_id=message_id, defaults={"received_at": now, "what": what}
    )
    if not is_new:
        raise ConflictError("webhook_id_seen", ID_SEEN)
