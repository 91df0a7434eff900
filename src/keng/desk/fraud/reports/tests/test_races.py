"""The same report twice at the same moment, in two connections of PostgreSQL: one report, one receipt."""

from __future__ import annotations

import json

from keng.desk.fraud.reports.actions import receive
from keng.desk.fraud.reports.models import Report


def test_a_retry_that_overtakes_the_first_try_gets_its_receipt(cast, meanwhile):
    body = json.dumps(cast.body()).encode()

    def send():
        return receive(body, cast.keys, retry_key="one-and-the-same-key", now=cast.clock.at)

    first, again = meanwhile(send, send)

    assert (first.is_new, again.is_new) == (True, False)
    assert (first.receipt, Report.objects.count()) == (again.receipt, 1)
