"""Makes a synthetic country: people, SIMs, bank accounts, a week of transfers with scam waves in it, and what citizens report.

    from keng.nation.make import Plan, write
    write(Plan(people=2000, seed=7), Path("town"))

The way of the data: `plan` -> `people` -> `registers` (rows with `flaws` and `disguises`) -> `money` and `life` (ordinary transfers),
`waves` and `layers` (scams) -> `ledger` (order, ids, opening balances) -> `faces`, `composing`, `reports` (texts) -> `files`.
All tables and phrases are in `keng/nation/data`; nothing here is shared with the engines, or their recall would be circular.
"""

from keng.nation.make.nation import Nation, make_nation, summary, write
from keng.nation.make.plan import DEFAULT_END, Plan

__all__ = ["DEFAULT_END", "Nation", "Plan", "make_nation", "summary", "write"]
