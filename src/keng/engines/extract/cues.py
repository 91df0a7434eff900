"""What the words around some digits say about them.

From the digits the words are read outwards, nearest first, as long as each is a cue, a bank's name or a word that may
stand in between ("gọi cho em theo số 0912..."); the first word of another sort, or the end of a sentence, ends the
reading. So the nearest cue decides, and a cue in another clause decides nothing.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from keng.base.text import bare
from keng.engines.extract.types import Claim, Page
from keng.vietnam.banks import Mention, find_mentions, find_mentions_among

ACCOUNT, ACCOUNT_PLAIN, TRANSFER = "account", "account_plain", "transfer"
PHONE, SHORT, SHORT_RECIPIENT, NEITHER, MONEY = "phone", "short", "short_recipient", "neither", "money"
PRETENCE, BETWEEN = "pretence", "between"

LONGEST_GAP = 6  # characters between two words that belong together
MOST_WORDS = 10  # read outwards from the digits
LONGEST_ABBREVIATION = 4  # letters before a full stop that need not end a sentence

_WORD = re.compile(r"[a-z0-9]+(?:/[a-z0-9]+)?")
_GAP = re.compile(r"[\s:;,.\-=>()\[\]\"'*/·|#+&~_]*")
_SENTENCE_END = re.compile(r"[.]\s|\n\s*\n")


_NO_CUES: frozenset[str] = frozenset()
_BETWEEN_ALONE = frozenset({BETWEEN})


class Left(NamedTuple):
    """What stands before some digits: the names of the lists their nearest cue is in, and the nearest bank."""

    cues: frozenset[str] = _NO_CUES
    bank: Mention | None = None


class Surroundings:
    """The words and the bank names of a page, for looking outwards from any place in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.words = [(match[0], *match.span()) for match in _WORD.finditer(page.text)]
        are_whole = "/" not in page.text  # else words joined by a slash are one word to a cue and two to a bank's name
        self.mentions = list(find_mentions_among(self.words) if are_whole else find_mentions(page.text))
        self._word_starts = [start for _, start, _ in self.words]
        self._mention_starts = [mention.start for mention in self.mentions]
        self._mention_by_end = {mention.end: mention for mention in self.mentions}

    def left_of(self, position: int) -> Left:
        """The nearest cue and the nearest bank before a place, as far as the words between allow."""
        cues, bank = _NO_CUES, None
        index, edge = bisect_left(self._word_starts, position), position
        for _ in range(MOST_WORDS):
            if index == 0 or not self._belongs(self.words[index - 1], edge):
                break
            mention = self._mention_by_end.get(self.words[index - 1][2])
            names, length = self._phrase_ending_at(index)
            if mention is not None and (mention.sure or names <= _BETWEEN_ALONE):
                if bank is not None:
                    break
                bank, edge = mention, mention.start
                index = bisect_left(self._word_starts, edge)
                continue
            if not length:
                break
            if names != _BETWEEN_ALONE:
                if cues:
                    break
                cues = names - _BETWEEN_ALONE
            index -= length
            edge = self._word_starts[index]
        return Left(cues, bank)

    def bank_right_of(self, first: int, last: int) -> Mention | None:
        """The bank named right after a stretch, with nothing but words of `between` or a name in capitals before it.

        On the next line only if the stretch has a line for itself.
        """
        index = bisect_left(self._word_starts, last)
        edge = last
        alone = self._starts_a_line(first)
        for position, (word, start, end) in enumerate(self.words[index : index + MOST_WORDS]):
            gap = self.page.text[edge:start]
            if (
                len(gap) > LONGEST_GAP
                or ("\n" in gap and (position or not alone))
                or not _GAP.fullmatch(gap)
                or _SENTENCE_END.search(gap)
            ):
                return None
            mention = self._mention_at(start)
            if mention is not None:
                return mention
            if not (BETWEEN in phrases().get((word,), ()) or self._is_name_in_capitals(start, end)):
                return None
            edge = end
        return None

    def nearest_bank(self, start: int, end: int, reach: int) -> Mention | None:
        """The nearest bank before or after a stretch within `reach` characters; on its own line rather than another."""
        low = bisect_left(self._mention_starts, start - reach)
        high = bisect_right(self._mention_starts, end + reach)
        near = [mention for mention in self.mentions[low:high] if mention.sure or self._follows_bank_word(mention)]
        return min(near, key=lambda mention: self._distance(mention, start, end), default=None)

    def _distance(self, mention: Mention, start: int, end: int) -> tuple[bool, int]:
        first, last = (mention.end, start) if mention.end <= start else (end, mention.start)
        return "\n" in self.page.text[first:last], last - first

    def _follows_bank_word(self, mention: Mention) -> bool:
        index = bisect_left(self._word_starts, mention.start)
        before = tuple(word for word, _, _ in self.words[max(index - 2, 0) : index])
        return before[-2:] == ("ngan", "hang") or before[-1:] in (("nh",), ("bank",))

    def _starts_a_line(self, position: int) -> bool:
        before = self.page.text[max(position - LONGEST_GAP, 0) : position]
        line = before[before.rfind("\n") + 1 :]
        return not line.strip() and (position <= LONGEST_GAP or "\n" in before)

    def _mention_at(self, start: int) -> Mention | None:
        index = bisect_left(self._mention_starts, start)
        here = index < len(self.mentions) and self.mentions[index].start == start
        return self.mentions[index] if here else None

    def _is_name_in_capitals(self, start: int, end: int) -> bool:
        written = self.page.folded.written(start, end)
        return written.isupper() and written.isalpha()

    def _belongs(self, word: tuple[str, int, int], edge: int) -> bool:
        text, _, end = word
        gap = self.page.text[end:edge]
        if len(gap) > LONGEST_GAP or not _GAP.fullmatch(gap):
            return False
        return not _SENTENCE_END.search(gap) or (len(text) <= LONGEST_ABBREVIATION and "\n" not in gap)

    def _phrase_ending_at(self, index: int) -> tuple[frozenset[str], int]:
        """The lists of the longest phrase whose last word is the one before `index`, and its length in words."""
        word, start, _ = self.words[index - 1]
        if self.page.is_claimed(start, Claim.QUANTITY):
            return _BETWEEN_ALONE, 1
        if word.isdigit() and len(word) <= (6 if self.page.is_claimed(start, Claim.INDICATOR) else 2):
            return _BETWEEN_ALONE, 1
        for phrase, names in _phrases_by_last_word().get(word, ()):
            length = len(phrase)
            if length == 1 or phrase == tuple(word for word, _, _ in self.words[max(index - length, 0) : index]):
                return names, length
        return _NO_CUES, 0


@cache
def phrases() -> dict[tuple[str, ...], frozenset[str]]:
    """Every cue, split into folded words, with the names of the lists of data/cues.toml in which it stands."""
    tables = tomllib.loads(files("keng.engines.extract").joinpath("data/cues.toml").read_text("utf-8"))
    lists: dict[tuple[str, ...], set[str]] = {}
    for name, written in tables.items():
        for phrase in written if isinstance(written, list) else ():
            lists.setdefault(tuple(_WORD.findall(bare(phrase))), set()).add(name)
    return {words: frozenset(names) for words, names in lists.items()}


@cache
def _phrases_by_last_word() -> dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
    """The same by last word, the longest phrase first."""
    found: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
    for phrase, names in sorted(phrases().items(), key=lambda item: -len(item[0])):
        found.setdefault(phrase[-1], []).append((phrase, names))
    return found


def glued(head: str) -> frozenset[str]:
    """What a word glued to digits says about them: `sdt0912345678`."""
    return phrases().get((head,), frozenset())
