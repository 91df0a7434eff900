"""Find what can be acted on in a message: telephone numbers, accounts, links, and the money and times it speaks of.

Right rather than wide: digits that nothing explains are left alone.

>>> found = extract("CK 500k vào VCB 1017588888, lh 0912.345.678")
>>> [(indicator.kind.value, indicator.value) for indicator in found.indicators]
[('account', '970436:1017588888'), ('phone', '+84912345678')]
>>> found.money[0].amount
500000
"""

from __future__ import annotations

import re
from math import inf

from keng.base.text import fold
from keng.engines.extract.digits import DigitsReader
from keng.engines.extract.emails import find_emails
from keng.engines.extract.money import find_bare_money, find_money
from keng.engines.extract.senders import read_sender
from keng.engines.extract.spaced import find_spaced
from keng.engines.extract.times import find_times
from keng.engines.extract.types import Extraction, Found, Moment, Money, Page, Reading
from keng.engines.extract.urls import find_urls

__all__ = ["Extraction", "Found", "Moment", "Money", "Reading", "extract"]

_DIGIT = re.compile(r"\d")


def extract(text: str, *, sender: str | None = None, at: str | None = None) -> Extraction:
    """The indicators, amounts and times of one message, each with the code points where it stands.

    `sender` is the name or number the message came from; `at` is when it was sent (ISO 8601), for relative words, which
    are not read yet. Never raises on any text; linear in its length.
    """
    del at
    page = Page(fold(text))
    found = [*find_spaced(page), *find_emails(page), *find_urls(page)]
    money: list[Money] = []
    times: list[Moment] = []
    if _DIGIT.search(page.text):
        times = list(find_times(page))
        money = [*find_money(page), *find_bare_money(page)]
        found += DigitsReader(page).read()
    found += read_sender(sender)
    return Extraction(
        tuple(sorted(found, key=_place)),
        tuple(sorted(money, key=lambda amount: (amount.start, amount.end))),
        tuple(sorted(times, key=lambda moment: (moment.start, moment.end))),
    )


def _place(found: Found) -> tuple[float, float, str]:
    return (inf if found.start is None else found.start, inf if found.end is None else found.end, found.kind)
