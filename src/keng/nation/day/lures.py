"""Messages and pages of crews that cost nothing yet: calls, SMS from numbers and under names, links under .vn, pages.

Numbers are those of the nation's own scams. Names and handles hold a random token, so that they are nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from keng.nation.day.happenings import TRUTH, Plain, read_lines

COUNT = 24
"""More would make the day no livelier: they come again in another order."""
MOST_KEPT = 500
"""Of each kind of trace: what officers look at in a day."""
LETTERS = "bcdghkmnpqrstvx"
CALLS = (
    "Số này gọi tự xưng công an phường, bảo tôi cài ứng dụng định danh rồi đọc mã OTP. Tôi không làm theo.",
    "Số này gọi báo tôi trúng thưởng xe máy, đòi nộp phí hồ sơ trước. Nhờ cơ quan chặn giúp.",
)
LINKS = (
    "Thue bao cua quy khach se bi khoa hai chieu trong 2 gio. Xac thuc chinh chu tai https://{domain}/xac-thuc ngay.",
    "Quy khach co 1 bien ban phat nguoi chua nop. Tra cuu va nop phat tai https://{domain}/nop-phat truoc 17h hom nay.",
)
NAMED = (
    "Tai khoan cua quy khach vua dang nhap tren thiet bi la. Neu khong phai quy khach, vao https://{domain}/huy ngay.",
    "Quy khach da dang ky goi tra gop, phi 3.999.000d se bi tru sau 2h. De huy vao https://{domain}/huy-goi.",
)
PAGES = (
    "Trang https://www.facebook.com/{handle} bán vé máy bay giá rẻ, em đặt cọc xong thì họ chặn em luôn.",
    "Bài https://www.facebook.com/{handle}/posts/{number} giả làm bệnh viện kêu gọi quyên góp, số tài khoản là của người lạ.",
)


@dataclass(frozen=True, slots=True)
class Front:
    """What a crew has somewhere: a sender name, a domain, a page (`url` or `social`)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Traces:
    """What the nation's own reports speak of: the numbers of scams, and what must be there to be acted on."""

    phones: Sequence[str]
    fronts: Sequence[Front]


@dataclass(frozen=True, slots=True)
class Lure:
    """One message or page, as somebody reports it, and what the crew needed for it."""

    plain: Plain
    fronts: Sequence[Front]


def read_traces(nation_dir: Path) -> Traces:
    """From the nation's truth, in the order of the reports; nothing without it."""
    found: dict[str, dict[str, None]] = {"phone": {}, "sender": {}, "domain": {}, "social": {}}
    path = nation_dir / TRUTH
    for row in read_lines(path) if path.is_file() else ():
        for one in row.get("indicators", ()):
            if one["kind"] in found and (one["kind"] != "phone" or row["scam"]):
                found[one["kind"]].setdefault(one["value"])
    kept = {kind: list(values)[:MOST_KEPT] for kind, values in found.items()}
    return Traces(kept.pop("phone"), [Front(kind, value) for kind, values in kept.items() for value in values])


def make_lures(phones: Collection[str], seed: int) -> Sequence[Lure]:
    """The same for the same seed. Without numbers only those that need none."""
    dice = Random(f"{seed}:lures")
    numbers = sorted(phones)
    makers = (_call, _link, _named, _page) if numbers else (_named, _page)
    return [makers[place % len(makers)](dice, numbers) for place in range(COUNT)]


def _call(dice: Random, numbers: Sequence[str]) -> Lure:
    return Lure(Plain(dice.choice(CALLS), dice.choice(numbers), spam=False), ())


def _link(dice: Random, numbers: Sequence[str]) -> Lure:
    domain = _domain(dice)
    text = dice.choice(LINKS).format(domain=domain)
    return Lure(Plain(text, dice.choice(numbers), spam=False), [Front("domain", domain)])


def _named(dice: Random, numbers: Sequence[str]) -> Lure:  # noqa: ARG001 - it comes under a name
    domain, sender = _domain(dice), f"CSKH-{_token(dice).upper()}"
    text = dice.choice(NAMED).format(domain=domain)
    return Lure(Plain(text, sender, spam=False), [Front("domain", domain), Front("sender", sender)])


def _page(dice: Random, numbers: Sequence[str]) -> Lure:  # noqa: ARG001 - it is on a platform
    handle, number = f"hotro.{_token(dice)}", dice.randrange(10**5, 10**6)
    text = dice.choice(PAGES).format(handle=handle, number=number)
    fronts = [
        Front("social", f"facebook:{handle}"),
        Front("url", f"https://www.facebook.com/{handle}/posts/{number}"),
    ]
    return Lure(Plain(text, None, spam=False), fronts)


def _domain(dice: Random) -> str:
    return (
        f"{dice.choice(('xac-minh', 'tra-cuu', 'ho-tro', 'tai-khoan'))}-{_token(dice)}{dice.choice(('.vn', '.com.vn'))}"
    )


def _token(dice: Random) -> str:
    return "".join(dice.choices(LETTERS, k=2)) + str(dice.randrange(10, 99)) + dice.choice(LETTERS)
