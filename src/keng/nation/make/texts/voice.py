"""How somebody writes: with marks, without, carelessly, in the words of their region, in the short forms of the phone keyboard."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from keng.nation.make.registers.disguises import without_marks
from keng.nation.make.tables import rows

SLOT = re.compile(r"(\{\w+\})")
WORD = re.compile(r"[^\W\d_]+")
MARKS = ("full", "bare", "loose")
HIDING = {"a": "@", "o": "0", "i": "1", "e": "3", "ă": "@", "ơ": "0", "ê": "3"}
BARE_CHAT_SHARE, HIDING_SHARE = 0.25, 0.22
REGION_SHARE, SHORT_SHARE, LOOSE_SHARE, LOST_SPACE_SHARE, HIDDEN_WORD_SHARE = 0.8, 0.55, 0.3, 0.015, 0.12


@dataclass(frozen=True, slots=True)
class Voice:
    """One writer's habits. `marks`: full, bare, or loose (forgotten here and there); `hiding` is a sender who fears filters."""

    region: str
    marks: str
    short: bool = False
    lower: bool = False
    sloppy: bool = False
    hiding: bool = False


def citizen_voice(dice: Random, region: str, young: bool) -> Voice:
    """Somebody who reports."""
    return Voice(
        region=region,
        marks=dice.choices(MARKS, (60, 26, 14) if young else (50, 38, 12))[0],
        short=dice.random() < (0.45 if young else 0.15),
        lower=dice.random() < (0.35 if young else 0.15),
        sloppy=dice.random() < 0.2,
    )


def sender_voice(dice: Random, brandname: bool) -> Voice:
    """Somebody who defrauds or advertises: an SMS under a brand's name is bare, a chat seldom."""
    bare = brandname or dice.random() < BARE_CHAT_SHARE
    return Voice("N", "bare" if bare else "full", hiding=not brandname and dice.random() < HIDING_SHARE)


def spoken(dice: Random, voice: Voice, text: str) -> str:
    """The text in that voice. What stands in slots stays as it is."""
    return "".join(part if SLOT.fullmatch(part) else _spoken_part(dice, voice, part) for part in SLOT.split(text))


def _spoken_part(dice: Random, voice: Voice, text: str) -> str:
    text = WORD.sub(lambda found: _of_region(dice, voice.region, found[0]), text)
    if voice.short:
        for long, short in _short_forms().items():
            text = re.sub(
                rf"\b{long}\b", lambda _found, to=short: to if dice.random() < SHORT_SHARE else _found[0], text
            )
    if voice.marks == "bare":
        text = without_marks(text)
    elif voice.marks == "loose":
        text = WORD.sub(lambda found: without_marks(found[0]) if dice.random() < LOOSE_SHARE else found[0], text)
    if voice.lower:
        text = text.lower()
    if voice.sloppy:
        text = re.sub(
            r"(?<=\w)([,.]) ", lambda found: found[1] if dice.random() < LOST_SPACE_SHARE * 8 else found[0], text
        )
    if voice.hiding:
        text = WORD.sub(lambda found: _hidden(dice, found[0]) if dice.random() < HIDDEN_WORD_SHARE else found[0], text)
    return text


def _of_region(dice: Random, region: str, word: str) -> str:
    to = _region_words().get((region, word.lower()))
    if to is None or dice.random() > REGION_SHARE:
        return word
    return to.capitalize() if word[0].isupper() else to


def _hidden(dice: Random, word: str) -> str:
    """A word hidden from filters: a sign for a letter, or dots between the letters."""
    if len(word) < 4:
        return word
    if dice.random() < 0.3:
        return dice.choice((".", " ", "_")).join(word)
    places = [at for at, letter in enumerate(word) if letter in HIDING]
    if not places:
        return word
    at = dice.choice(places)
    return word[:at] + HIDING[word[at]] + word[at + 1 :]


@cache
def _region_words() -> dict[tuple[str, str], str]:
    return {(r["region"], r["word"]): r["to"] for r in rows("region_words.csv")}


@cache
def _short_forms() -> dict[str, str]:
    return {r["word"]: r["to"] for r in rows("short_forms.csv")}
