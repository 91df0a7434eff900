"""What is said of an account for which a sign holds: a sentence in each language, made from its figures and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from keng.base.errors import Said
from keng.engines.signs.rules import Rule

Figure = int | str


def tell(rule: Rule, figures: Mapping[str, Figure]) -> Said:
    """The rule's sentence filled with the figures: thousands parted by dots in Vietnamese and by commas in English."""
    vi = {name: _word(rule, name, value).vi for name, value in figures.items()}
    en = {name: _word(rule, name, value).en for name, value in figures.items()}
    return Said(rule.says.vi.format(**vi), rule.says.en.format(**en))


def _word(rule: Rule, name: str, value: Figure) -> Said:
    if isinstance(value, int):
        grouped = f"{value:,}"
        return Said(grouped.replace(",", "."), grouped)
    return rule.words.get(name, {}).get(value, Said(value, value))
