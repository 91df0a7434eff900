"""Domain names: look-alikes of brands in every way that the contract names, names of other impostors, and honest small sites.

The names that waves put into texts hold a random token, so that they are nobody's; no impostor is or lies below an official domain.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

from keng.nation.make.plan import Plan
from keng.nation.make.tables import rows

LOOKS_LIKE = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "i": "і", "y": "у"}  # Cyrillic
LOOKS_LIKE_IN_ASCII = (("o", "0"), ("l", "1"), ("i", "l"), ("m", "rn"), ("w", "vv"))
HOWS = ("affix", "subdomain", "typo", "homoglyph", "split", "tld", "idn")
HOW_WEIGHTS = (46, 14, 10, 10, 8, 8, 4)
TYPO_LEAST = 7  # letters: a shorter label with one letter wrong may be a word of its own
MARK_LETTERS = "abcdefghkmnqrstuvxz"
PEOPLE_PER_NAME, FEWEST_NAMES, IMPOSTOR_SHARE = 60, 300, 0.3


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand as impostors use it."""

    id: str
    kind: str
    label: str
    spoken: str
    sender: str
    official: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name of names.txt; `brand` and `how` are None for honest sites and for impostors of nobody."""

    domain: str
    brand: str | None
    how: str | None


@cache
def brands() -> tuple[Brand, ...]:
    return tuple(Brand(**r) for r in rows("brands.csv"))


@cache
def words(use: str) -> tuple[str, ...]:
    return tuple(r["word"] for r in rows("domain_words.csv") if r["use"] == use)


def token(dice: Random) -> str:
    """Three or four letters and digits that make a name nobody's."""
    return "".join(dice.choices(MARK_LETTERS, k=2)) + str(dice.randrange(2, 99)) + dice.choice(MARK_LETTERS)


def imitate(dice: Random, brand: Brand, how: str | None = None) -> Name:
    """A look-alike of a brand. A label too short for a way gets the way `affix`."""
    how = how or dice.choices(HOWS, HOW_WEIGHTS)[0]
    ending, word, mark = dice.choice(words("tld")), dice.choice(words("brand")), token(dice)
    label = _changed_label(dice, brand.label, how)
    if how == "subdomain":
        return Name(f"{dice.choice((brand.label, brand.official))}.{word}-{mark}.{ending}", brand.id, how)
    if label is None:
        return Name(
            dice.choice((f"{brand.label}-{word}{mark}", f"{word}{mark}-{brand.label}")) + f".{ending}",
            brand.id,
            "affix",
        )
    if how == "tld":
        return Name(f"{brand.label}.{dice.choice(('top', 'vip', 'xyz', 'cc', 'life'))}", brand.id, how)
    return Name(f"{label}.{ending}", brand.id, how)


def _changed_label(dice: Random, label: str, how: str) -> str | None:
    """The brand's label changed in one way, or None if that is not possible."""
    at = dice.randrange(1, len(label) - 1)
    if how == "typo" and len(label) >= TYPO_LEAST:
        changed = dice.choice(
            (label[:at] + label[at + 1 :], label[:at] + label[at] + label[at:], label[:at] + "z" + label[at:])
        )
        return changed if changed != label else None
    if how == "homoglyph" and len(label) >= TYPO_LEAST:
        pairs = [pair for pair in LOOKS_LIKE_IN_ASCII if pair[0] in label]
        return label.replace(*dice.choice(pairs), 1) if pairs else None
    if how == "split" and len(label) >= TYPO_LEAST:
        return f"{label[:at]}-{label[at:]}"
    if how == "idn" and len(label) >= TYPO_LEAST:
        letters = [letter for letter in LOOKS_LIKE if letter in label]
        chosen = dice.choice(letters)
        return "xn--" + label.replace(chosen, LOOKS_LIKE[chosen], 1).encode("punycode").decode("ascii")
    return label if how == "tld" else None


def impostor_site(dice: Random, trick: str) -> Name:
    """A site of a trick that imitates nobody: jobs, investments, prizes."""
    return Name(f"{dice.choice(words(trick) or words('plain'))}{token(dice)}.{dice.choice(words('tld'))}", None, None)


def make_names(plan: Plan, in_use: list[Name]) -> list[Name]:
    """The names newly registered in the week, each once, in no order: those in use by waves, more impostors, honest sites."""
    dice = plan.dice("names")
    wanted = max(FEWEST_NAMES, plan.people // PEOPLE_PER_NAME)
    made = {name.domain: name for name in in_use}
    while len(made) < wanted:
        name = imitate(dice, dice.choice(brands())) if dice.random() < IMPOSTOR_SHARE else _honest(dice)
        made.setdefault(name.domain, name)
    names = list(made.values())
    dice.shuffle(names)
    return names


def _honest(dice: Random) -> Name:
    place = dice.choice(("hanoi", "saigon", "danang", "hue", "cantho", "haiphong", "nhatrang", "vinh", ""))
    owner = dice.choice(("minhan", "thuha", "phuocloc", "baongoc", "anphat", "tamviet", "songhan", "hoanglong")) + str(
        dice.randrange(1, 999)
    )
    parts = [part for part in (dice.choice(words("innocent")), place, owner) if part]
    return Name(dice.choice(("", "-")).join(parts) + dice.choice((".vn", ".com.vn", ".com", ".net", ".vn")), None, None)
