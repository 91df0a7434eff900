"""Vietnamese order, and one spelling of a name: letters of the alphabet before tones, numbers by their size.

>>> sorted(["Ấp Đông", "Ấp Dừa", "Thôn 10", "Thôn 2"], key=order_key)
['Ấp Dừa', 'Ấp Đông', 'Thôn 2', 'Thôn 10']
>>> same_name("Thôn  Hoà") == same_name("thôn hòa"), same_name("Bàn") == same_name("Bản")
(True, False)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACE = {letter: number for number, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng
_WORD = re.compile(r"\d+|[^\W\d_]+")

Word = tuple[int, tuple[int, ...], int]


def order_key(text: str) -> tuple[Word, ...]:
    """What to sort by: a number by its size and before words; a word by its letters, then by its tone."""
    return tuple(_key_of(word) for word in _words(text))


def same_name(text: str) -> str:
    """One spelling for names that are the same: case, spaces, marks between and the place of the tone (hoà, hòa) count nothing."""
    return " ".join(word if word.isdecimal() else "".join(map(str, _taken_apart(word))) for word in _words(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=20_000)
def _key_of(word: str) -> Word:
    if word.isdecimal():
        return (0, (int(word),), 0)
    letters, tone = _taken_apart(word)
    return (1, tuple(_PLACE.get(letter, len(_PLACE) + ord(letter)) for letter in letters), tone)


def _taken_apart(word: str) -> tuple[str, int]:
    """The letters without the tone, and the tone (0: none)."""
    marks = unicodedata.normalize("NFD", word)
    tone = next((_TONES[mark] for mark in marks if mark in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)), tone
