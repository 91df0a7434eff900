"""Telephone numbers among the digits of a text."""

from __future__ import annotations

from collections.abc import Iterator

from keng.engines.extract.numbers import Chunk, Run
from keng.engines.extract.types import Page
from keng.vietnam.phones import SHORT_LENGTHS, Line, Phone, is_known_short, read_digits

FEWEST_DIGITS_ALONE = 8  # in one chunk of a run that is more than one telephone number
MOST_CHUNKS = 12  # digits one by one, with the country's code
LONGEST_SHORT_RECIPIENT_GAP = 60


def phone_of(run: Run) -> Phone | None:
    """The telephone number that the whole run is, if one."""
    return read_digits(run.digits, international=run.plus)


def phones_in(run: Run, *, called_phone: bool) -> Iterator[tuple[Run, Phone]]:
    """The telephone numbers of a run: it is one, it is several and nothing else, or some chunks are one each.

    Service numbers in several chunks ("1800 2000") and foreign ones without a plus ("0071001234567") count only where
    the text calls them a telephone number.
    """
    parts = _split(run)
    if parts is None:
        parts = [run.part(index, index + 1) for index in range(len(run.chunks))]
        parts = [part for part in parts if len(part.digits) >= FEWEST_DIGITS_ALONE]
    for part in parts:
        phone = phone_of(part)
        if phone is not None and (called_phone or _is_plain(part, phone)):
            yield part, phone


def _is_plain(run: Run, phone: Phone) -> bool:
    """Whether the digits can be nothing but this telephone number, without a word that says so."""
    if phone.line is Line.SERVICE:
        return len(run.chunks) == 1
    return phone.line is not Line.ABROAD or run.plus


def short_code(chunk: Chunk, page: Page, *, called: bool) -> str | None:
    """The short code that a chunk is, where the text says to call it, or to write to it after what to write."""
    if len(chunk.digits) not in SHORT_LENGTHS or not page.text[chunk.start : chunk.end].isdigit() or chunk.tail:
        return None
    if called and (is_known_short(chunk.digits) or not chunk.digits.endswith("00")):
        return chunk.digits
    return chunk.digits if _is_recipient(page.text, chunk.start) else None


def _is_recipient(text: str, start: int) -> bool:
    """Whether `soạn DK gửi` or `text STOP to` stands before."""
    before = text[max(start - LONGEST_SHORT_RECIPIENT_GAP, 0) : start]
    for verb, preposition in (("soan ", ("gui ", "gui so ", "gui toi ", "gui den ", "gui ve ")), ("text ", ("to ",))):
        at = before.rfind(verb)
        if at >= 0 and before.endswith(preposition) and not any(mark in before[at:] for mark in "\n.!?"):
            return True
    return False


def _split(run: Run) -> list[Run] | None:
    """The run cut into telephone numbers with nothing left over, the first as long as possible; None if impossible."""
    size = len(run.chunks)
    reachable: dict[int, int] = {size: size}
    for first in range(size - 1, -1, -1):
        for last in range(min(size, first + MOST_CHUNKS), first, -1):
            if last in reachable and phone_of(run.part(first, last)):
                reachable[first] = last
                break
    if 0 not in reachable:
        return None
    cuts, position = [], 0
    while position < size:
        cuts.append(run.part(position, reachable[position]))
        position = reachable[position]
    return cuts
