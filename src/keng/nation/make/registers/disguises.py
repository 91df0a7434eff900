"""Ways in which a register writes a right value differently: to a careful reader nothing of this is a difference."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from random import Random

from keng.nation.make.tables import rows

LETTERS_FOR_DIGITS = {"0": "O", "1": "Il", "5": "S", "8": "B"}
NEW_TONE, OLD_TONE = ("oà", "oá", "oả", "oã", "oạ", "uý", "uỷ"), ("òa", "óa", "ỏa", "õa", "ọa", "úy", "ủy")
NUMBER_SPACED_SHARE, NUMBER_QUOTED_SHARE, NUMBER_LETTERS_SHARE = 0.02, 0.01, 0.006
SLASHED_SHARE, SHORT_SLASHED_SHARE = 0.3, 0.05


def without_marks(text: str) -> str:
    """The text with bare letters, case kept: `Đỗ Thị Hòa` becomes `Do Thi Hoa`."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def moved_tone(name: str) -> str:
    """The tone on the other vowel of a final oa or uy: `Hòa` becomes `Hoà`."""
    for new, old in zip(NEW_TONE, OLD_TONE, strict=True):
        name = " ".join(word[: -len(old)] + new if word.lower().endswith(old) else word for word in name.split(" "))
    return name


def read_as_latin(text: str) -> str:
    """UTF-8 bytes read as Latin-1: `Lê` becomes `LÃª`."""
    return text.encode("utf-8").decode("latin-1")


def in_legacy_font(name: str, font: str) -> str:
    """The name in the bytes of an old font (`tcvn3` or `vni`) shown as Latin; as it was if the font lacks a letter of it."""
    table = _legacy_letters(font)
    composed = unicodedata.normalize("NFC", name)
    lacking = any(not letter.isascii() and letter not in table for letter in composed)
    return name if lacking else "".join(table.get(letter, letter) for letter in composed)


@cache
def _legacy_letters(font: str) -> dict[str, str]:
    letters = {row["letter"]: row[font] for row in rows("legacy_fonts.csv")}
    return letters | ({a.upper(): b.upper() for a, b in letters.items()} if font == "vni" else {})


NAME_DISGUISES: tuple[tuple[float, str | None, Callable[[str], str]], ...] = (
    (0.2, "name_bare", lambda name: without_marks(name).upper()),
    (0.25, None, str.upper),
    (0.02, None, lambda name: unicodedata.normalize("NFD", name)),
    (0.008, "name_mojibake", read_as_latin),
    (0.005, "name_legacy_font", lambda name: in_legacy_font(name, "tcvn3")),
    (0.005, "name_legacy_font", lambda name: in_legacy_font(name, "vni")),
    (0.05, None, moved_tone),
    (0.02, None, lambda name: f" {name.replace(' ', '  ', 1)} "),
)


def disguise_name(dice: Random, name: str) -> tuple[str, list[str]]:
    """The name as some clerk or some program wrote it, and what was done to it (nothing that only changes its looks)."""
    luck = dice.random()
    for share, code, change in NAME_DISGUISES:
        luck -= share
        if luck < 0:
            changed = change(name)
            told = code and changed not in (name, name.upper())
            return changed, [code] if told else []
    return name, []


def disguise_number(dice: Random, number: str) -> tuple[str, list[str]]:
    """The identity number with spaces, a quote sign or letters that look like digits, and what was done to it."""
    luck = dice.random()
    if luck < NUMBER_SPACED_SHARE:
        sign = dice.choice([" ", ".", "-"])
        return sign.join(number[start : start + 3] for start in range(0, len(number), 3)), ["id_spaced"]
    if luck < NUMBER_SPACED_SHARE + NUMBER_QUOTED_SHARE:
        return "'" + number, ["id_quoted"]
    if luck < NUMBER_SPACED_SHARE + NUMBER_QUOTED_SHARE + NUMBER_LETTERS_SHARE:
        places = [place for place, digit in enumerate(number) if digit in LETTERS_FOR_DIGITS]
        if places:
            place = dice.choice(places)
            return number[:place] + dice.choice(LETTERS_FOR_DIGITS[number[place]]) + number[place + 1 :], ["id_letters"]
    return number, []


def disguise_date(dice: Random, iso: str) -> str:
    """A full date as `YYYY-MM-DD`, `DD/MM/YYYY` or `D/M/YYYY`; others stay."""
    luck = dice.random()
    if len(iso) != len("2025-03-05") or luck >= SLASHED_SHARE:
        return iso
    year, month, day = iso.split("-")
    return f"{int(day)}/{int(month)}/{year}" if luck < SHORT_SLASHED_SHARE else f"{day}/{month}/{year}"
