"""Law and agreement as dated tables: what may be done on which basis, within which time.

A rule whose source nobody has confirmed says so wherever it is used, and carries no measure outside the demo.
"""

from keng.vietnam.rules.catalogue import Rule, Table, governing, history, in_force
from keng.vietnam.rules.tables import (
    Basis,
    Ground,
    Limit,
    all_bases,
    bases_for,
    due,
    find_basis,
    holdable_share,
    limit,
    routes,
)

__all__ = [
    "Basis",
    "Ground",
    "Limit",
    "Rule",
    "Table",
    "all_bases",
    "bases_for",
    "due",
    "find_basis",
    "governing",
    "history",
    "holdable_share",
    "in_force",
    "limit",
    "routes",
]
