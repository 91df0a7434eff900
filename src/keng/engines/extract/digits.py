"""Whether digits are a telephone number, an account or neither.

What is read wrongly freezes the wrong person, so digits without a word that explains them count only if they can be
nothing but a telephone number. The probabilities are judgements, not measurements: a labelled sample will replace them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from keng.base.indicators import Kind, account
from keng.engines.extract.cues import (
    ACCOUNT,
    ACCOUNT_PLAIN,
    NEITHER,
    PHONE,
    PRETENCE,
    SHORT,
    TRANSFER,
    Left,
    Surroundings,
    glued,
)
from keng.engines.extract.numbers import (
    Chunk,
    Run,
    cut_at_commas,
    find_lettered,
    find_mixed_words,
    find_runs,
    find_tokens,
)
from keng.engines.extract.phones import phone_of, phones_in, short_code
from keng.engines.extract.types import Claim, Found, Page, Reading
from keng.vietnam.banks import Bank, Mention, one_word_names
from keng.vietnam.phones import SHORT_LENGTHS, Line, Phone

ACCOUNT_LENGTHS = range(6, 20)  # where the text says that it is one
ACCOUNT_LENGTHS_BESIDE_BANK = range(8, 20)  # where only a bank's name stands beside it
FAR_BANK_REACH = 100  # characters between an account that the text calls one and the name of its bank

P_CALLED_ACCOUNT = 0.9
P_WALLET_BESIDE = 0.8
P_WALLET_AND_PHONE_CUE = 0.6
P_BANK_BESIDE = 0.75
P_TRANSFER = 0.6
P_BANK_AND_PHONE_CUE = 0.2

_ALL_DAY = re.compile(r"24(?<!\d24) ?/ ?(?:24|7)(?!\d)")  # beside a number, and no part of it
_LOOKS_LIKE_AMOUNT_OR_DATE = re.compile(r"[1-9]\d*000|(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d|[0-3]\d(?:0\d|1[0-2])20\d{2}")


class _Beside(NamedTuple):
    """What stands around one number."""

    cues: frozenset[str]
    left_bank: Mention | None
    right_bank: Mention | None
    glued_bank: Bank | None

    @property
    def called_account(self) -> bool:
        return bool(self.cues & {ACCOUNT, ACCOUNT_PLAIN})

    @property
    def has_bank(self) -> bool:
        return bool(self.left_bank or self.right_bank or self.glued_bank)


class DigitsReader:
    """Reads all numbers of one page; a bank's name is given to one account before it is given to a second."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._used: set[int] = set()

    @cached_property
    def around(self) -> Surroundings:
        """Made for the first digits that ask: most texts with digits hold none that could be a number to act on."""
        return Surroundings(self.page)

    def read(self) -> Iterator[Found]:
        """Telephone numbers and accounts, in no particular order."""
        for start, end in find_lettered(self.page):
            yield from self._read_lettered(start, end)
        for match in _ALL_DAY.finditer(self.page.text):
            if self.page.is_free(*match.span()):
                self.page.claim(*match.span(), Claim.QUANTITY)
        tokens = find_tokens(self.page)
        for run in find_runs(self.page, tokens):
            for part in self._apart(run):
                yield from self._read_run(part)
        for start, end in find_mixed_words(self.page, tokens):
            yield from self._read_mixed_word(start, end)

    def _apart(self, run: Run) -> Iterator[Run]:
        """A run with commas is one number only if the text calls it a telephone number and it is one."""
        if len(run.chunks) == 1 or "," not in self.page.text[run.start : run.end]:
            return iter((run,))
        is_phone = phone_of(run) is not None and PHONE in self._left(run.chunks[0]).cues
        return iter((run,)) if is_phone else cut_at_commas(self.page, run)

    def _read_run(self, run: Run) -> Iterator[Found]:
        if len(run.digits) < SHORT_LENGTHS.start:
            return
        position = 0
        while position < len(run.chunks):
            rest = run.part(position, len(run.chunks))
            left = self._left(rest.chunks[0])
            if NEITHER in left.cues and not left.cues & {PHONE}:
                return
            length = self._account_length(rest)
            found = self._read_account(rest.part(0, length), left)
            if found is None:
                yield from self._read_phones(rest, left)
                return
            yield self._claimed(found, rest.part(0, length))
            position += length

    def _read_phones(self, run: Run, left: Left) -> Iterator[Found]:
        for part, phone in phones_in(run, called_phone=PHONE in left.cues):
            yield self._claimed(self.page.found(Kind.PHONE, phone.value, part.start, part.end), part)
        code = short_code(run.chunks[0], self.page, called=SHORT in left.cues) if len(run.chunks) == 1 else None
        if code:
            yield self._claimed(self.page.found(Kind.PHONE, code, run.start, run.end), run)

    def _read_account(self, run: Run, left: Left) -> Found | None:
        """The account that these digits are, or the telephone number if that is likelier and both are possible."""
        digits = run.digits
        if run.plus or len(digits) not in ACCOUNT_LENGTHS:
            return None
        beside = self._beside(run, left)
        phone = phone_of(run)
        if phone and phone.line is Line.ABROAD and not (PHONE in left.cues and not beside.called_account):
            phone = None
        if phone is None:
            return self._account(run, beside) if _must_be_account(digits, beside) else None
        p = _p_account(phone, beside)
        if p is None:
            return None
        return self._either(run, beside, phone, p)

    def _either(self, run: Run, beside: _Beside, phone: Phone, p_account: float) -> Found | None:
        found = self._account(run, beside)
        if found is None:
            return None
        readings = [
            Reading(Kind.ACCOUNT, found.value, p_account),
            Reading(Kind.PHONE, phone.value, round(1 - p_account, 6)),
        ]
        likelier, other = sorted(readings, key=lambda reading: -reading.p)
        return Found(likelier.kind, likelier.value, found.start, found.end, found.text, likelier.p, (other,))

    def _account(self, run: Run, beside: _Beside) -> Found | None:
        value = account(self._bin(run, beside), run.digits)
        return self.page.found(Kind.ACCOUNT, value, run.start, run.end) if value else None

    def _bin(self, run: Run, beside: _Beside) -> str | None:
        if beside.glued_bank:
            return beside.glued_bank.bin
        named = [mention for mention in (beside.left_bank, beside.right_bank) if mention]
        if beside.called_account and not named:
            far = self.around.nearest_bank(run.start, run.end, FAR_BANK_REACH)
            named = [far] if far and far.start not in self._used else []
        if not named:
            return None
        chosen = min(named, key=lambda mention: (mention.start in self._used, self._on_another_line(mention, run)))
        self._used.add(chosen.start)
        return chosen.bank.bin

    def _on_another_line(self, mention: Mention, run: Run) -> bool:
        return "\n" in self.page.text[min(mention.end, run.end) : max(mention.start, run.start)]

    def _beside(self, run: Run, left: Left) -> _Beside:
        first, last = run.chunks[0], run.chunks[-1]
        glued_bank = one_word_names().get(first.head) or one_word_names().get(last.tail)
        right = self.around.bank_right_of(first.start, last.end + len(last.tail))
        return _Beside(left.cues, left.bank, right, glued_bank)

    def _left(self, chunk: Chunk) -> Left:
        left = self.around.left_of(chunk.start - len(chunk.head))
        names = glued(chunk.head) if chunk.head else frozenset()
        return Left(names, left.bank) if names else left

    def _account_length(self, run: Run) -> int:
        """How many chunks of a run belong to one account: all, unless two numbers stand side by side."""
        total = 0
        for position, chunk in enumerate(run.chunks):
            whole_already = total >= ACCOUNT_LENGTHS_BESIDE_BANK.start and len(chunk.digits) >= ACCOUNT_LENGTHS.start
            apart = (
                position > 0
                and chunk.start - run.chunks[position - 1].end > 2
                and total >= ACCOUNT_LENGTHS_BESIDE_BANK.start
            )
            if whole_already or apart or (total and total + len(chunk.digits) >= ACCOUNT_LENGTHS.stop):
                return position
            total += len(chunk.digits)
        return len(run.chunks)

    def _read_lettered(self, start: int, end: int) -> Iterator[Found]:
        """An account in the form of one with letters, where the text calls it an account or a bank stands beside it."""
        written = "".join(filter(str.isalnum, self.page.text[start:end]))
        run = Run((Chunk(written, start, end),), plus=False)
        beside = self._beside(run, self.around.left_of(start))
        if beside.called_account or (beside.has_bank and not beside.cues & {NEITHER, PRETENCE, PHONE}):
            found = self._account(run, beside)
            if found:
                yield self._claimed(found, run)

    def _read_mixed_word(self, start: int, end: int) -> Iterator[Found]:
        """An account of letters and digits: only in capitals and right after what calls it one."""
        if end - start not in ACCOUNT_LENGTHS:
            return
        written = self.page.folded.written(start, end)
        enough_digits = sum(map(str.isdigit, written)) >= 3
        if enough_digits and written.isascii() and written.isupper():
            left = self.around.left_of(start)
            value = account(None, written)
            if ACCOUNT_PLAIN in left.cues and value:
                run = Run((Chunk(written, start, end),), plus=False)
                beside = _Beside(left.cues, left.bank, self.around.bank_right_of(start, end), None)
                yield self._claimed(
                    self.page.found(Kind.ACCOUNT, account(self._bin(run, beside), written) or value, start, end), run
                )

    def _claimed(self, found: Found, run: Run) -> Found:
        self.page.claim(run.start, run.end)
        return found


def _must_be_account(digits: str, beside: _Beside) -> bool:
    """Of digits that are no telephone number."""
    if beside.called_account:
        return True
    if beside.cues & {PHONE, PRETENCE} or _LOOKS_LIKE_AMOUNT_OR_DATE.fullmatch(digits):
        return False
    return len(digits) in ACCOUNT_LENGTHS_BESIDE_BANK and (beside.has_bank or TRANSFER in beside.cues)


def _p_account(phone: Phone, beside: _Beside) -> float | None:
    """How likely digits that are also a telephone number are an account; None if nothing suggests one."""
    bank = beside.glued_bank or next((m.bank for m in (beside.left_bank, beside.right_bank) if m), None)
    if beside.called_account:
        return P_CALLED_ACCOUNT
    if phone.line is not Line.MOBILE or PRETENCE in beside.cues:
        return None
    if bank and bank.is_wallet:
        return P_WALLET_AND_PHONE_CUE if PHONE in beside.cues else P_WALLET_BESIDE
    if bank:
        return P_BANK_AND_PHONE_CUE if PHONE in beside.cues else P_BANK_BESIDE
    return P_TRANSFER if TRANSFER in beside.cues else None
