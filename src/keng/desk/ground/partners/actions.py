"""What can be done about partners: enrol them, take a message of theirs once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from keng.base.errors import ConflictError, InputError, Said
from keng.desk.ground.ledger import actions as ledger
from keng.desk.ground.organisations.models import Organisation
from keng.desk.ground.partners.models import Inbound, Partner, PartnerKind
from keng.desk.ground.partners.served import known_names
from keng.desk.ground.plainly import Statement, run_all

ID_SEEN = Said(
    "Tin có mã webhook-id này đã nhận rồi; không có gì thay đổi.",
    "A message with this webhook-id was taken before; nothing changed.",
)
BAD_KIND = Said(
    "Mã ngân hàng là BIN; mã đối tác khác bắt đầu bằng loại của nó, ví dụ carrier:viettel.",
    "A bank's code is its BIN; another partner's code begins with its kind, such as carrier:viettel.",
)

TAKE = "INSERT INTO partners_inbound (partner_id, message_id, received_at, what) VALUES {rows}"
IF_NEW = " ON CONFLICT (partner_id, message_id) DO NOTHING RETURNING partner_id, message_id"
Message = tuple[str, str]
"""A partner's code and the id of a message of theirs."""

OTHER_KIND = Said("Đơn vị này không cùng loại với đối tác.", "This organisation is not of the partner's kind.")


@transaction.atomic
def enrol(
    code: str,
    name: str,
    address: str,
    *,
    kind: str = "",
    serves: Iterable[str] | None = None,
    hotline: str = "",
    organisation: Organisation | None = None,
    now: datetime,
) -> Partner:
    """The partner of that code with this name and address, made or brought up to date.

    An empty address: it is sent nothing and fetches what is asked. `organisation`: whose people are its clerks; None leaves it.
    `kind` is read from the code if it is not told; `serves` (suffixes of a registry, hosts of a platform) from served.toml.
    Raises InputError `bad_partner`.
    """
    told = kind or kind_of(code)
    if told != kind_of(code):
        raise InputError("bad_partner", BAD_KIND, field="kind")
    if organisation is not None and organisation.kind != told:
        raise InputError("bad_partner", OTHER_KIND, field="organisation")
    names = known_names(code) if serves is None else sorted(serves)
    values = {"kind": told, "name": name, "address": address, "hotline": hotline, "serves": names}
    if organisation is not None:
        values["organisation"] = organisation
    partner, is_new = Partner.objects.update_or_create(code=code, defaults=values)
    if is_new:
        ledger.record(actor="system:enrol", verb="partners.enrol", subject=f"partner:{code}", data={}, at=now)
    return partner


def kind_of(code: str) -> str:
    """What kind of partner a code names: `970436` a bank, `carrier:viettel` a carrier. Raises InputError `bad_partner`."""
    kind, colon, ident = code.partition(":")
    if not colon and code.isascii() and code.isdigit():
        return PartnerKind.BANK.value
    if not colon or not ident or kind not in PartnerKind.values or kind == PartnerKind.BANK:
        raise InputError("bad_partner", BAD_KIND, field="code")
    return kind


def take_once(partner: Partner, message_id: str, what: str, *, now: datetime) -> None:
    """Note in the caller's transaction that this message is taken. Raises ConflictError `webhook_id_seen`."""
    if not take_each_once([(partner.pk, message_id)], what, now=now):
        raise id_seen()


def take_each_once(messages: Iterable[Message], what: str, *, now: datetime) -> set[Message]:
    """Note messages of several partners in the caller's transaction, by one statement; those that are taken now.

    Somebody who takes one of them meanwhile is waited for, and then it was taken before.
    """
    return {(partner, message_id) for partner, message_id in run_all([taking(messages, what, now=now)])[0]}


def taking(messages: Iterable[Message], what: str, *, now: datetime) -> Statement:
    """What `take_each_once` runs, for `plainly.run_all` with others; it returns the messages that are taken now."""
    taken = taking_all(set(messages), what, now=now)
    return Statement(taken.sql + IF_NEW, taken.values)


def taking_all(messages: Iterable[Message], what: str, *, now: datetime) -> Statement:
    """As `taking`; a message that was taken before, or stands there twice, is an IntegrityError for all that runs with it."""
    at = connection.ops.adapt_datetimefield_value(now)
    rows = [(*one, at, what) for one in sorted(messages)]  # in the order of locks
    sql = TAKE.format(rows=",".join(["(%s, %s, %s, %s)"] * len(rows)))
    return Statement(sql, [value for row in rows for value in row])


def take_all_once(partner: Partner, message_ids: Iterable[str], what: str, *, now: datetime) -> set[str]:
    """Note many in the caller's transaction; those that are taken now, the others were before.

    Somebody who takes some of the same meanwhile is waited for, and then was before.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("messages are taken in the transaction that acts on them")
    while True:
        new = _unseen(partner, set(message_ids))
        rows = [Inbound(partner=partner, message_id=one, received_at=now, what=what) for one in sorted(new)]
        try:
            with transaction.atomic():
                Inbound.objects.bulk_create(rows)
        except IntegrityError:
            continue
        return new


def id_seen() -> ConflictError:
    """The refusal of a message that was taken before."""
    return ConflictError("webhook_id_seen", ID_SEEN)


def _unseen(partner: Partner, message_ids: set[str]) -> set[str]:
    seen = Inbound.objects.filter(partner=partner, message_id__in=message_ids)
    return message_ids - set(seen.values_list("message_id", flat=True))
