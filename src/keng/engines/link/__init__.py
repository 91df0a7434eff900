"""Join reports into campaigns by what they share and by what they say, and take it back when the whole set says otherwise.

>>> linker = Linker()
>>> first, _ = linker.add(Report("a", 0, "Chuyển 5 triệu vào tài khoản này", (("account", "970436:1017588888"),)))
>>> second, _ = linker.add(Report("b", 1, "Nó bảo tôi nộp phí", (("account", "970436:1017588888"),)))
>>> linker.code(first) == linker.code(second)
True
"""

from __future__ import annotations

from keng.engines.link.book import Batch, Book
from keng.engines.link.leaning import Leaning, lean
from keng.engines.link.linker import Change, Linker, SameIdentifierError
from keng.engines.link.reading import Columns, Report, read_batch, read_columns
from keng.engines.link.store import BrokenStateError, Store, opened
from keng.engines.link.strings import Strings

__all__ = [
    "Batch",
    "Book",
    "BrokenStateError",
    "Change",
    "Columns",
    "Leaning",
    "Linker",
    "Report",
    "SameIdentifierError",
    "Store",
    "Strings",
    "lean",
    "opened",
    "read_batch",
    "read_columns",
]
