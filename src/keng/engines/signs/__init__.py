"""Mule accounts and junk SIMs by their signs: dated rules over accounts, transfers and SIMs. A sign is evidence, never a verdict.

`rules_on` gives the rules of a day; `plan.run` holds them against files and writes a row for each account and sign that holds,
with its reason in figures and the rows behind it. How each sign is read stands in docs/signs.md.
"""

from __future__ import annotations

from keng.engines.signs.rules import Parameter, Rule, every_rule, rules_on

__all__ = ["Parameter", "Rule", "every_rule", "rules_on"]
