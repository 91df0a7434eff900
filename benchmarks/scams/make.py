"""Reports of campaigns whose texts mutate: `python -m benchmarks.scams.make OUT TRUTH --reports N --seed S --mutation M`.

A campaign has one script, a few accounts, phones, links and profiles, and a size by a power law. Each report forwards its
message, rewritten at rate M (words swapped, clauses dropped and moved, letters bare or apart; amounts, names and numbers
always change), or tells it in the victim's words. Greetings, footers, hotlines, a newspaper's group and a link shortener
go through all campaigns; some victims name two scams in one report; some reports belong to none.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 120

SIZE_EXPONENT, LARGEST_SHARE = 1.9, 0.02  # of the power law of sizes; of all reports in one campaign
ALONE_SHARE = 0.12  # reports that belong to no campaign
FORWARDED_SHARE, INDICATORS_KEPT = 0.7, 0.9
HUB_SHARE, TWO_SCAMS_SHARE = 0.08, 0.004
GREETED_SHARE, FOOTED_SHARE = 0.4, 0.4
GANG_SHARE = 0.06  # campaigns that pay into the accounts of another of the same gang: one campaign in truth

HUBS = (
    ("phone", "19001009"),
    ("phone", "+842439426699"),
    ("social", "zalo:g/baomoi247"),
    ("domain", "bit.ly"),
    ("domain", "www.facebook.com"),
    ("domain", "www.vietcombank.com.vn"),
    ("domain", "baochinhphu.vn"),
    ("email", "bandoc@nhatbao.vn"),
    ("social", "facebook:thongtinchinhphu"),
)
BANKS = ("970436", "970418", "970415", "970422", "970407", "970423", "971025")
PLACES = ("Hà Nội", "Cần Thơ", "Lào Cai", "Quận 8", "Thái Bình", "Kon Tum", "Biên Hoà", "Campuchia")
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLES = ("Văn", "Thị", "Minh", "Đức", "Ngọc", "Thanh", "Quốc", "Hải")
GIVEN = ("An", "Bình", "Cường", "Dung", "Hạnh", "Khoa", "Linh", "Nam", "Oanh", "Phúc", "Quân", "Sơn", "Trang", "Yến")
STEMS = ("xacminh", "dichvu", "hotro", "giaohang", "vayonline", "dautu", "baomat", "khachhang", "nhanqua", "thue")
ENDINGS = ("top", "xyz", "cc", "vip", "shop", "online", "info", "site")

Indicator = tuple[str, str]
_CHOICE = re.compile(r"\{([^}]*)\}")
_VARIABLE = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A script as this campaign words it, with details of its own, and what it makes its victims use."""

    code: str
    clauses: tuple[tuple[str, ...], ...]
    wordings: tuple[int, ...]
    details: tuple[tuple[str, ...], ...]
    choices: dict[tuple[int, int, int], int]
    greeting: str
    footer: str
    pools: dict[str, tuple[str, ...]]
    first_day: float
    days: float


@dataclass(frozen=True, slots=True)
class Report:
    at: datetime
    text: str
    indicators: tuple[Indicator, ...]
    campaign: str


class Maker:
    """Draws campaigns and reports. The same seed gives the same reports."""

    def __init__(self, seed: int, mutation: float) -> None:
        self.dice = random.Random(seed)
        self.mutation = mutation
        self.schemes = [_clauses(body) for body in _lists("scripts.txt").values()]
        self.frames = {name: [line for line in body if line] for name, body in _lists("frames.txt").items()}

    def reports(self, count: int) -> list[Report]:
        """So many reports in the order in which they came."""
        made: list[Report] = []
        previous: Campaign | None = None
        number = 0
        while len(made) < count * (1 - ALONE_SHARE):
            number += 1
            campaign = self._campaign(f"c{number}", previous)
            size = min(self._size(), max(3, int(count * LARGEST_SHARE)))
            made += (self._report(campaign, previous) for _ in range(size))
            previous = campaign
        while len(made) < count:
            number += 1
            made.append(self._report(self._campaign(f"a{number}", None), None))
        made = made[-count:] if len(made) > count else made
        return sorted(made, key=lambda report: (report.at, report.text))

    def _size(self) -> int:
        return int(2 * (1 - self.dice.random()) ** (-1 / (SIZE_EXPONENT - 1)))

    def _campaign(self, code: str, gang: Campaign | None) -> Campaign:
        dice = self.dice
        clauses = dice.choice(self.schemes)
        wordings = tuple(dice.randrange(len(clause)) for clause in clauses)
        pools = {
            "account": _some(dice, 1, 4, self._account),
            "phone": _some(dice, 1, 4, self._phone),
            "link": _some(dice, 1, 5, self._host),
            "social": _some(dice, 1, 2, self._social),
        }
        if gang is not None and dice.random() < GANG_SHARE:
            pools["account"], code = gang.pools["account"], gang.code
        return Campaign(
            code,
            clauses,
            wordings,
            tuple(tuple(dice.choice(self.frames["word"]) for _ in range(dice.randint(3, 7))) for _ in range(2)),
            {},
            dice.choice(self.frames["greet"]) if dice.random() < GREETED_SHARE else "",
            dice.choice(self.frames["foot"]) if dice.random() < FOOTED_SHARE else "",
            pools,
            dice.uniform(0, DAYS),
            dice.expovariate(1 / 10),
        )

    def _report(self, campaign: Campaign, other: Campaign | None) -> Report:
        dice = self.dice
        used: list[Indicator] = []
        text = self._forwarded(campaign, used) if dice.random() < FORWARDED_SHARE else self._told(campaign, used)
        if other is not None and dice.random() < TWO_SCAMS_SHARE:
            text += " Trước đó tôi cũng bị một vụ khác. " + self._told(other, used)
        indicators = [one for one in used if dice.random() < INDICATORS_KEPT]
        if dice.random() < HUB_SHARE:
            indicators.append(dice.choice(HUBS))
        at = FIRST_DAY + timedelta(days=campaign.first_day + dice.random() * campaign.days)
        return Report(at.replace(microsecond=0), text, tuple(dict.fromkeys(indicators)), campaign.code)

    def _forwarded(self, campaign: Campaign, used: list[Indicator]) -> str:
        dice, rate = self.dice, self.mutation
        said = [self._clause(campaign, number) for number in range(len(campaign.clauses)) if dice.random() >= rate / 4]
        said += [self._detail(words) for words in campaign.details]
        if dice.random() < rate / 2:
            dice.shuffle(said)
        text = " ".join(part for part in (campaign.greeting, ". ".join(said) + ".", campaign.footer) if part)
        return self._written(self._filled(campaign, text, used))

    def _clause(self, campaign: Campaign, number: int) -> str:
        dice, rate = self.dice, self.mutation
        clause = campaign.clauses[number]
        wording = campaign.wordings[number] if dice.random() >= rate / 4 else dice.randrange(len(clause))
        slot = 0

        def choose(match: re.Match[str]) -> str:
            nonlocal slot
            slot += 1
            words = match[1].split("|")
            usual = campaign.choices.setdefault((number, wording, slot), dice.randrange(len(words)))
            return words[usual if dice.random() >= rate else dice.randrange(len(words))]

        return _CHOICE.sub(choose, clause[wording])

    def _detail(self, words: tuple[str, ...]) -> str:
        dice, others = self.dice, self.frames["word"]
        return " ".join(word if dice.random() >= self.mutation else dice.choice(others) for word in words)

    def _told(self, campaign: Campaign, used: list[Indicator]) -> str:
        dice = self.dice
        parts = [dice.choice(self.frames["open"])] if dice.random() < 0.7 else []
        parts.append(" ".join(dice.choice(self.frames["word"]) for _ in range(dice.randint(2, 6))))  # of their own life
        parts.append(dice.choice(self.frames["told"]))
        parts.append("nói là " + self._detail(dice.choice(campaign.details)))
        parts += [dice.choice(self.frames["plea"])] if dice.random() < 0.7 else []
        return self._written(self._filled(campaign, " ".join(parts), used))

    def _filled(self, campaign: Campaign, text: str, used: list[Indicator]) -> str:
        return _VARIABLE.sub(lambda match: self._value(match[1], campaign, used), text)

    def _value(self, name: str, campaign: Campaign, used: list[Indicator]) -> str:
        dice = self.dice
        if name in campaign.pools:
            value = dice.choice(campaign.pools[name])
            if name == "link":
                path = "".join(dice.choice("abcdefghk23456789") for _ in range(5))
                used += [("url", f"https://{value}/{path}"), ("domain", value)]
                return f"https://{value}/{path}"
            used.append((name, value))
            return _shown(dice, name, value)
        return {
            "amount": f"{dice.randrange(2, 400) * 50}.000{dice.choice(('đ', ' đồng', 'd', ' VND'))}",
            "name": f"{dice.choice(SURNAMES)} {dice.choice(MIDDLES)} {dice.choice(GIVEN)}",
            "place": dice.choice(PLACES),
            "num": str(dice.randrange(1000, 99999)),
            "hour": str(dice.choice((2, 4, 12, 24, 48))),
        }[name]

    def _written(self, text: str) -> str:
        dice = self.dice
        if dice.random() < 0.25 * (0.4 + self.mutation):
            text = _bare(text)
        if dice.random() < 0.3 * self.mutation:
            words = text.split(" ")
            for _ in range(2):
                at = dice.randrange(len(words))
                if words[at].isalpha() and len(words[at]) > 2:
                    words[at] = ".".join(words[at])
            text = " ".join(words)
        return text

    def _account(self) -> str:
        return f"{self.dice.choice(BANKS)}:{self.dice.randrange(10**9, 10**12)}"

    def _phone(self) -> str:
        return f"+84{self.dice.choice(('32', '56', '79', '86', '91', '98'))}{self.dice.randrange(10**6, 10**7)}"

    def _host(self) -> str:
        return f"{self.dice.choice(STEMS)}-{self.dice.randrange(10**6)}.{self.dice.choice(ENDINGS)}"

    def _social(self) -> str:
        return f"{self.dice.choice(('zalo:g/', 'telegram:', 'facebook:'))}{self.dice.choice(STEMS)}{self.dice.randrange(10**6)}"


def _some(dice: random.Random, least: int, most: int, draw: Callable[[], str]) -> tuple[str, ...]:
    return tuple(draw() for _ in range(dice.randint(least, most)))


def _shown(dice: random.Random, kind: str, value: str) -> str:
    if kind == "phone":
        return "0" + value[3:]
    if kind == "account":
        return f"{value.partition(':')[2]} {dice.choice(('', 'VCB ', 'ngân hàng '))}".strip()
    return value


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _lists(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    body: list[str] = []
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("=="):
            body = found.setdefault(line.removeprefix("==").strip(), [])
        elif not line.startswith("#"):
            body.append(line)
    return found


def _clauses(body: list[str]) -> tuple[tuple[str, ...], ...]:
    blocks = "\n".join(body).strip().split("\n\n")
    return tuple(tuple(block.split("\n")) for block in blocks)


def rows(count: int, seed: int, mutation: float) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """An input line of `keng link` and its truth for each report."""
    for number, report in enumerate(Maker(seed, mutation).reports(count), 1):
        ident = f"r{number}"
        given = [{"kind": kind, "value": value} for kind, value in report.indicators]
        row = {"id": ident, "at": report.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "text": report.text, "indicators": given}
        yield row, {"id": ident, "campaign": report.campaign}


def write(target: Path, truth: Path, count: int, seed: int, mutation: float) -> None:
    with target.open("w", encoding="utf-8") as reports, truth.open("w", encoding="utf-8") as codes:
        for row, code in rows(count, seed, mutation):
            reports.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
            codes.write(json.dumps(code, separators=(",", ":")) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scams.make", description=__doc__)
    parser.add_argument("reports_file", type=Path)
    parser.add_argument("truth_file", type=Path)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mutation", type=float, default=0.3)
    options = parser.parse_args()
    write(options.reports_file, options.truth_file, options.reports, options.seed, options.mutation)


if __name__ == "__main__":
    main()
