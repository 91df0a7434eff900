"""One loss that several people tell: the victim, a son who helped, the bank's clerk. It counts once.

The same recipient account, the same amount and nearly the same time make one loss, unless the tellers say that the money left two
different accounts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from uuid import UUID

from django.db.models import Count, Max, Q

from keng.base import sealing
from keng.desk.fraud.campaigns.models import Placement
from keng.desk.fraud.reports.models import Loss
from keng.desk.fraud.reports.sealed import label, unlock
from keng.desk.ground.keys import KeyStore

NEAR = timedelta(minutes=10)  # two clocks, two memories; the project's own choice
MOST_COMPARED = 20  # reports of one account, amount and time whose own accounts are compared


@dataclass(frozen=True, slots=True)
class Again:
    """How many reports tell a loss that another one told, and how much, in whole đồng."""

    reports: int = 0
    lost: int = 0


def loss_key(to_account: str, amount: int) -> bytes | None:
    """What two reports of one loss have in common besides its time; None if no account was told."""
    number = to_account.partition(":")[2]
    return blake2b(f"{number}|{amount}".encode(), digest_size=16).digest() if number else None


def join_events(rows: Iterable[Placement], keys: KeyStore) -> None:
    """Find the losses that these new placements share with others, and write them down as one."""
    for row in sorted(rows, key=lambda row: (row.received_at, row.pk)):
        if row.loss_key is not None:
            _join(row, keys)


def told_again(where: Q, parts: Mapping[int, int]) -> dict[int, Again]:
    """What the placements under `where` tell a second time, by the campaign's head. `parts`: the campaigns', with their heads."""
    rows = Placement.objects.filter(where, part__in=list(parts), event__isnull=False).values("part", "event").order_by()
    events: dict[tuple[int, UUID], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows.annotate(n=Count("pk"), told=Max("amount")):
        event = events[parts[row["part"]], row["event"]]
        event[0], event[1] = event[0] + row["n"], row["told"] or 0
    found: dict[int, Again] = {}
    for (head, _event), (reports, told) in events.items():
        before = found.get(head, Again())
        found[head] = Again(before.reports + reports - 1, before.lost + (reports - 1) * told)
    return found


def _join(row: Placement, keys: KeyStore) -> None:
    near = Placement.objects.filter(loss_key=row.loss_key, loss_at__range=(row.loss_at - NEAR, row.loss_at + NEAR))
    others = list(near.exclude(pk=row.pk).order_by("received_at", "pk")[:MOST_COMPARED])
    same = _of_one_account(row, others, keys) if others else []
    if not same:
        return
    events = {one.event for one in same if one.event}
    tellers = Placement.objects.filter(pk__in={row.pk, *events, *(one.pk for one in same)})
    event = tellers.order_by("received_at", "pk").values_list("pk", flat=True)[0]
    members = Q(pk__in=[row.pk, *(one.pk for one in same)])
    Placement.objects.filter(members | Q(event__in=events, loss_key=row.loss_key)).update(event=event)
    row.event = event


def _of_one_account(row: Placement, others: list[Placement], keys: KeyStore) -> list[Placement]:
    """Those others that do not say that the money left another account."""
    own = _own_accounts([row.pk, *(one.pk for one in others)], keys)
    mine = own.get(row.pk)
    return [one for one in others if mine is None or own.get(one.pk) in (None, mine)]


def _own_accounts(report_ids: Collection[UUID], keys: KeyStore) -> dict[UUID, str]:
    """The reporters' own accounts where told: opened to be compared, kept nowhere."""
    losses = Loss.objects.filter(pk__in=report_ids, from_account__isnull=False, report__erased_at=None)
    found = {}
    for loss in losses.select_related("report__key"):
        opened = unlock(loss.report, keys)
        if opened.key and loss.from_account:
            account = sealing.unseal(opened.key, label(loss.report, "from_account"), bytes(loss.from_account)).decode()
            found[loss.pk] = account.partition(":")[2]
    return found
