"""What officers do to campaigns. One verb: one judgement, one ledger entry, one transaction.

The verbs stand by family in the modules named here.

Each raises RefusedError `not_allowed`, and InputError `no_campaign` for a code that names nothing in the officer's units.
"""

from keng.desk.fraud.campaigns.following import forget
from keng.desk.fraud.campaigns.judging import cut, keep_apart, keep_together, merge, split_reports, split_value, undo
from keng.desk.fraud.campaigns.naming import name
from keng.desk.fraud.campaigns.proposing import hold_urgently, propose_measure
from keng.desk.fraud.campaigns.watching import read_texts, unwatch, watch

__all__ = [
    "cut",
    "forget",
    "hold_urgently",
    "keep_apart",
    "keep_together",
    "merge",
    "name",
    "propose_measure",
    "read_texts",
    "split_reports",
    "split_value",
    "undo",
    "unwatch",
    "watch",
]
