"""However a value is hidden, everybody who reads it gets the one form in which it is stored, compared, shown and looked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from keng.desk.fraud.reports.sightings import digest_of
from keng.doors.officers import search
from keng.doors.public.reading import items_of
from keng.engines.extract import extract
from keng.engines.link.values import compared

SEED = 20261122
SPELLINGS = 10_000
DRAWS_NOTHING = ("\u200b", "\u200d", "\u2060", "\u00ad")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
MATHEMATICAL = {**{48 + n: 0x1D7CE + n for n in range(10)}, **{97 + n: 0x1D5BA + n for n in range(26)}}
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
BANKS = {"Vietcombank": "970436", "Techcombank": "970407", "BIDV": "970418", "Sacombank": "970403"}
Hiding = Callable[[str, random.Random], str]


def strewn(*marks: str) -> Hiding:
    """Now and then one of the marks between two characters."""
    return lambda value, dice: (
        value[0] + "".join((dice.choice(marks) if dice.random() < 0.5 else "") + c for c in value[1:])
    )


def put(old: str, new: str) -> Hiding:
    return lambda value, _dice: value.replace(old, new)


def drawn(table: dict[int, int]) -> Hiding:
    return lambda value, _dice: value.translate(table)


def grouped(first: str, second: str) -> Hiding:
    return lambda value, _dice: f"{value[:4]}{first}{value[4:7]}{second}{value[7:]}"


ANY: tuple[Hiding, ...] = (
    lambda value, _dice: value,
    strewn(*DRAWS_NOTHING),
    drawn(WIDE),
    drawn(MATHEMATICAL),
    lambda value, _dice: f"\u202d{value}\u202c",
)
DIGITS: tuple[Hiding, ...] = (
    *ANY,
    strewn(" "),
    strewn(" ", "-"),
    lambda value, _dice: " ".join(value),
    grouped(" ", " "),
    grouped(".", "."),
    grouped("-", "-"),
    drawn(CIRCLED),
    lambda value, _dice: "".join(f"{digit}\ufe0f\u20e3" for digit in value),
    lambda value, _dice: "".join(f"{digit}\u0301" for digit in value),
)
PHONES: tuple[Hiding, ...] = (
    *DIGITS,
    strewn(" ", ".", "-"),
    grouped(".", ","),
    drawn(RAISED),
    put("0", "O"),
    put("1", "l"),
    lambda value, _dice: f"+84{value[1:]}",
    lambda value, _dice: f"(+84) {value[1:]}",
    lambda value, _dice: f"({value[:4]}) {value[4:]}",
)
NAMES: tuple[Hiding, ...] = (
    *ANY,
    lambda value, _dice: value.upper(),
    lambda value, _dice: " ".join(value),
    *(put(".", dot) for dot in ("[.]", "(.)", "{.}", "(dot)", "[dot]", "。", "․")),
)
DOMAINS: tuple[Hiding, ...] = (
    *NAMES,
    put(".", " chấm "),
    *(lambda value, _dice, before=before: before + value for before in ("http://", "hxxp://", "https//", "hxxps[:]//")),  # type: ignore[misc]
)
EMAILS: tuple[Hiding, ...] = (
    *NAMES,
    *(put("@", at) for at in ("[at]", " (at) ", "[@]")),
    lambda value, _dice: f"mailto:{value}",
)


def digits(dice: random.Random, count: int) -> str:
    return "".join(dice.choices("0123456789", k=count))


def name(dice: random.Random) -> str:
    syllables = (dice.choice("bcdghklmnprstv") + dice.choice("aeiou") for _ in range(4))
    return (
        "".join(syllables)
        + dice.choice(("", "-vn", "24", "-bank"))
        + dice.choice((".com", ".top", ".xyz", ".vip", ".info"))
    )


def drawn_values(dice: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Kind, canonical value, spelling and the message around it, for ever."""
    while True:
        phone = "0" + dice.choice(("91", "98", "35", "70", "83", "97")) + digits(dice, 7)
        spelt = dice.choice(PHONES)(phone, dice)
        yield "phone", f"+84{phone[1:]}", spelt, f"gọi số {spelt} gặp chị Lan"
        bank, number = dice.choice(list(BANKS)), dice.choice("123456789") + digits(dice, 11)
        spelt = dice.choice(DIGITS)(number, dice)
        yield "account", f"{BANKS[bank]}:{number}", spelt, f"chuyển vào STK {spelt} {bank} nhé"
        host = name(dice)
        spelt = dice.choice(DOMAINS)(host, dice)
        yield "domain", host, spelt, f"vào trang {spelt} để nhận"
        address = dice.choice(("hotro", "admin24", "nhan.qua", "tuyendung")) + "@" + name(dice)
        spelt = dice.choice(EMAILS)(address, dice)
        yield "email", address, spelt, f"gửi thư tới {spelt} nhé"


def test_ten_thousand_hidden_spellings_are_one_value_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        search.sightings, "find_named", lambda _kind, _values: []
    )  # which banks have a bare number, rows tell
    dice = random.Random(SEED)
    missed = []
    for _number, (kind, value, spelt, message) in zip(range(SPELLINGS), drawn_values(dice), strict=False):
        found = extract(message)
        values = {one.value for one in found.indicators if one.kind == kind}
        shown = {item.value for item in items_of(found) if item.kind in (kind, "url")}
        if values != {value} or not any(value in one for one in shown):
            missed.append((message, values))
            continue
        (read,) = values
        assert compared(kind, read) == compared(kind, value), spelt
        assert digest_of(kind, read) == digest_of(kind, value), spelt
        if kind != "account":  # beside its bank an account is read; alone in the search box at every bank
            assert (kind, value) in search._values(spelt), spelt
    assert missed == [], (SEED, len(missed), missed[:5])
