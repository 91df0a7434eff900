"""The columns of a sheet and the words that a clerk may write in them, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from keng.base.errors import Said
from keng.base.text import fold


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its code in the API, its heading, and whether the clerk fills it."""

    code: str
    said: Said
    is_answer: bool = False


COLUMNS = (
    Column("request_id", Said("Mã yêu cầu", "Request")),
    Column("version", Said("Phiên bản", "Version")),
    Column("measure", Said("Mã lệnh", "Order")),
    Column("action", Said("Việc cần làm", "Action")),
    Column("object", Said("Đối tượng", "Object")),
    Column("amount", Said("Số tiền", "Amount")),
    Column("until", Said("Đến lúc", "Until")),
    Column("answer_by", Said("Trả lời trước", "Answer by")),
    Column("basis", Said("Căn cứ", "Basis")),
    Column("notice", Said("Lời báo cho người liên quan", "Notice to the person affected")),
    Column("status", Said("Kết quả", "Result"), is_answer=True),
    Column("held_amount", Said("Số tiền giữ được", "Amount held"), is_answer=True),
    Column("reason", Said("Lý do từ chối", "Reason of refusal"), is_answer=True),
    Column("reference", Said("Số của đơn vị", "Own number"), is_answer=True),
    Column("note", Said("Ghi chú", "Note"), is_answer=True),
)
ANSWER_COLUMNS = tuple(column for column in COLUMNS if column.is_answer)
NEEDED = ("request_id", "status")

STATUSES = {
    "received": Said("đã nhận", "received"),
    "executed": Said("đã làm đủ", "done in full"),
    "part": Said("làm được một phần", "done in part"),
    "refused": Said("từ chối", "refused"),
    "released": Said("đã thôi", "released"),
}


def find_column(heading: str) -> str | None:
    """The code of the column that a heading names, by its code or in either language; None if it is none of ours."""
    return _HEADINGS.get(tidy(heading))


def find_word(written: str, words: dict[str, Said]) -> str | None:
    """The code that a cell means: the code itself or its words in either language, marked or bare; None if it is none."""
    wanted = tidy(written)
    return next((code for code, said in words.items() if wanted in (tidy(code), tidy(said.vi), tidy(said.en))), None)


@lru_cache(maxsize=1000)
def tidy(written: str) -> str:
    """As words are compared: folded, single spaces."""
    return " ".join(fold(written).text.replace("_", " ").split())


_HEADINGS = {tidy(name): column.code for column in COLUMNS for name in (column.code, column.said.vi, column.said.en)}
