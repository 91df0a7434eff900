"""Indicators and the ways in which people write them. A value is in the one form of contract section 2, whatever the writing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TRON_PREFIX = b"\x41"
PHONE_FORMS = (
    ("{a}{b}{c}", 46), ("{a}.{b}.{c}", 14), ("{a} {b} {c}", 14), ("{a}-{b}-{c}", 3), ("+84{s}{b}{c}", 7), ("84{s}{b}{c}", 4),
    ("+84 {s} {b} {c}", 3), ("(+84){s}{b}{c}", 2), ("{a}. {b}. {c}", 1),
)  # fmt: skip
PHONE_HIDDEN_SHARE, SITE_HIDDEN_SHARE, GROUPED_ACCOUNT_SHARE = 0.05, 0.07, 0.12
NUMBERED_PATH_SHARE = 0.3
PATHS = (
    "xac-thuc",
    "login",
    "dang-nhap",
    "cap-nhat",
    "nhan-qua",
    "tra-cuu",
    "app",
    "kh",
    "m",
    "vn",
    "home",
    "app.apk",
    "form",
)


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator in a text: `written` is how it stands there, `kind` and `value` are canonical. A link has its host beside it."""

    written: str
    kind: str
    value: str

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "value": self.value}


def write_phone(dice: Random, phone: str, hiding: bool) -> Indicator:
    """A mobile number such as `0912345678`; now and then with letters for digits, if the writer hides it."""
    form = dice.choices([f for f, _ in PHONE_FORMS], [w for _, w in PHONE_FORMS])[0]
    grouping = (4, 7) if dice.random() < 0.6 else (3, 6)
    a, b, c = phone[: grouping[0]], phone[grouping[0] : grouping[1]], phone[grouping[1] :]
    written = form.format(a=a, b=b, c=c, s=a[1:])
    if hiding and written.startswith("0") and dice.random() < PHONE_HIDDEN_SHARE * 4:
        written = dice.choice("Oo") + written[1:]
    return Indicator(written, "phone", "+84" + phone[1:])


def write_account(dice: Random, account: str) -> Indicator:
    """The number of an account `BIN:number`, now and then in groups of four or three digits."""
    number = account.split(":")[1]
    written = number
    if dice.random() < GROUPED_ACCOUNT_SHARE:
        size, sign = dice.choice((3, 4)), dice.choice((" ", " ", "."))
        written = sign.join(number[at : at + size] for at in range(0, len(number), size))
    return Indicator(written, "account", account)


def write_link(dice: Random, host: str) -> list[Indicator]:
    """A link to a page of the host: a url and its domain."""
    path = dice.choice(PATHS)
    if dice.random() < NUMBERED_PATH_SHARE and not path.endswith(".apk"):
        path += f"/{dice.randrange(100, 99999)}"
    scheme = dice.choice(("https://", "https://", "http://", ""))
    written, value = f"{scheme}{host}/{path}", f"{scheme or 'http://'}{host}/{path}"
    if scheme and dice.random() < SITE_HIDDEN_SHARE:
        written = written.replace("http", "hxxp", 1)
    elif dice.random() < SITE_HIDDEN_SHARE:
        written = _hidden_host(dice, written, host)
    return [Indicator(written, "url", value), Indicator(written, "domain", host)]


def write_site(dice: Random, host: str) -> list[Indicator]:
    """The bare host: a domain and no url."""
    return [Indicator(_hidden_host(dice, host, host) if dice.random() < SITE_HIDDEN_SHARE else host, "domain", host)]


def _hidden_host(dice: Random, written: str, host: str) -> str:
    head, ending = host.rsplit(".", 1)
    return written.replace(host, dice.choice((f"{head}[.]{ending}", f"{head}(.){ending}", f"{head}[dot]{ending}")), 1)


def write_zalo_group(group: str) -> Indicator:
    return Indicator(f"https://zalo.me/g/{group}", "social", f"zalo:g/{group}")


def write_telegram(dice: Random, handle: str) -> Indicator:
    return Indicator(dice.choice(("https://t.me/", "t.me/", "http://t.me/")) + handle, "social", f"telegram:{handle}")


def write_facebook(dice: Random, handle: str) -> Indicator:
    return Indicator(
        dice.choice(("https://www.facebook.com/", "facebook.com/", "https://facebook.com/")) + handle,
        "social",
        f"facebook:{handle}",
    )


def make_tron_address(dice: Random) -> str:
    """A Tron address whose checksum holds (Base58Check over 21 bytes)."""
    body = TRON_PREFIX + dice.randbytes(20)
    check = hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, address = int.from_bytes(body + check, "big"), ""
    while number:
        number, digit = divmod(number, len(BASE58))
        address = BASE58[digit] + address
    return address


def write_money(dice: Random, amount: int) -> str:
    """An amount as people write it; the words say exactly the amount."""
    dots = f"{amount:,}".replace(",", ".")
    forms = [f"{dots}đ", f"{dots} đồng", f"{amount:,} VND", f"{dots}đ", f"{dots} vnđ"]
    millions, rest = divmod(amount, 10**6)
    if amount % 10**6 == 0 and millions < 1000:
        forms += [f"{millions} triệu", f"{millions}tr", f"{millions} triệu đồng", f"{millions}tr", f"{millions} triệu"]
        forms += [f"{millions} củ"] if millions < 100 else []
    elif rest % 100_000 == 0 and millions:
        forms += [f"{millions}tr{rest // 100_000}", f"{millions},{rest // 100_000} triệu"]
    elif amount < 10**6 and amount % 1000 == 0:
        forms += [f"{amount // 1000}k", f"{amount // 1000} nghìn", f"{amount // 1000}k"]
    return dice.choice(forms)
