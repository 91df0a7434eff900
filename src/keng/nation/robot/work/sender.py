"""Answers go out, late decisions are taken, the end of a deed is told: one thread, and the books first."""

from __future__ import annotations

import sys
import threading

from keng.nation.robot.books.answers import Waiting, close_answer, hasten_answers, list_due, postpone_answer
from keng.nation.robot.desk import decide_late, tell_fallen
from keng.nation.robot.orders import decide_late_orders
from keng.nation.robot.partner import Partner
from keng.nation.robot.wire.client import KengClient

LOOK_SECONDS = 0.25
"""How often to look though nobody called: a delay, a deed or a wait may be over, and the test clock may jump."""


def send_until(partner: Partner, client: KengClient, stop: threading.Event) -> None:
    """Run until `stop`."""
    with partner.store.write() as tx:
        hasten_answers(tx, partner.now())
    while not stop.is_set():
        partner.work.clear()
        if _work_once(partner, client, stop) == 0:
            partner.work.wait(LOOK_SECONDS)


def _work_once(partner: Partner, client: KengClient, stop: threading.Event) -> int:
    with partner.store.write() as tx:
        now = partner.now()
        decided = decide_late(tx, partner.policy, now) + tell_fallen(tx, now)
        decided += decide_late_orders(tx, partner.policy, now)
        due = list_due(tx, now)
    partner.trade.publish(partner.store, now)
    for waiting in due:
        if stop.is_set():
            break
        _send(partner, client, waiting)
    return decided + len(due)


def _send(partner: Partner, client: KengClient, waiting: Waiting) -> None:
    """Try once. The network is called between two transactions, never inside one."""
    reply = client.post_answer(waiting.outbox.place, waiting.about, waiting.message_id, waiting.body)
    with partner.store.write() as tx:
        if reply.retry:
            postpone_answer(tx, waiting, partner.now())
        else:
            close_answer(tx, waiting, f"{reply.status} {reply.code}".strip())
    if not reply.delivered and not reply.retry:
        sys.stderr.write(f"{partner.name}: answer to {waiting.about} not taken: {reply.status} {reply.code}\n")
