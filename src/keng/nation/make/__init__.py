"""Makes a synthetic country: people, SIMs, accounts, a week of transfers with scam waves, and what citizens report.

    from keng.nation.make import Plan, write
    write(Plan(people=2000, seed=7), Path("town"))

The way of the data: `plan` -> `people` -> `registers` (rows with flaws and disguises) -> `money` (ordinary life, scam
waves, the ledger with ids and opening balances) -> `texts` (crews, voices, reports, domain names) -> `files`. All tables and
phrases are in `keng/nation/data`, read by `tables`; nothing here is shared with the engines, or their recall would be circular.
"""

from keng.nation.make.nation import Nation, make_nation, make_sims, summary, write
from keng.nation.make.plan import DEFAULT_END, Plan

__all__ = ["DEFAULT_END", "Nation", "Plan", "make_nation", "make_sims", "summary", "write"]
