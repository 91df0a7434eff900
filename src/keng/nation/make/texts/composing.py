"""Composes one text: a production, its ordinary words, the writer's voice, and last the indicators with a note of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from keng.nation.make.texts.faces import Payee, Scene, indicator_slots, plain_slots
from keng.nation.make.texts.grammar import sentence
from keng.nation.make.texts.surfaces import Indicator
from keng.nation.make.texts.voice import SLOT, Voice, spoken

SAID_TWICE = re.compile(r"([Nn]gân hàng:?) ngân hàng")


@dataclass(frozen=True, slots=True)
class Composed:
    """A text and every indicator in it, in the order in which they first stand there, each once."""

    text: str
    indicators: tuple[Indicator, ...]


def compose(dice: Random, voice: Voice, production: str, scene: Scene) -> Composed:
    """The text that this writer writes about this scene. The same slot twice is written the same way twice."""
    text = production
    while "{payto}" in text:
        text = text.replace("{payto}", sentence(dice, "frames.txt", "payto"), 1)
    if scene.payee:
        text = _fill(text, {"bank": lambda: scene.payee.bank, "holder": lambda: scene.payee.holder})
        text = SAID_TWICE.sub(r"\1", text)
    text = spoken(dice, voice, _fill(text, plain_slots(dice, scene)))
    found: dict[str, list[Indicator]] = {}
    slots = indicator_slots(dice, scene)

    def put(part: str) -> str:
        name = part[1:-1]
        if name not in found:
            found[name] = slots[name]()
        return found[name][0].written

    text = "".join(put(part) if SLOT.fullmatch(part) else part for part in SLOT.split(text))
    return Composed(text, tuple(dict.fromkeys(one for group in found.values() for one in group)))


def _fill(text: str, slots: dict[str, Callable[[], str]]) -> str:
    made: dict[str, str] = {}

    def put(part: str) -> str:
        if part[1:-1] not in slots:
            return part
        if part not in made:
            made[part] = slots[part[1:-1]]()
        return made[part]

    return "".join(put(part) if SLOT.fullmatch(part) else part for part in SLOT.split(text))


def payee_of(dice: Random, account: str, spoken_banks: tuple[str, ...], holder: str) -> Payee:
    """How somebody names the account: more often by the bank's usual name."""
    bank = spoken_banks[min(int(dice.expovariate(1.2)), len(spoken_banks) - 1)]
    return Payee(account, bank, holder)
