"""What a crew shows to its victims: phone numbers, sites, groups, the brand it hides behind, the officer it plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from keng.nation.make.plan import hanoi
from keng.nation.make.tables import birthplaces
from keng.nation.make.texts.domain_names import Brand, Name, brands, imitate, impostor_site
from keng.nation.make.texts.grammar import sentence
from keng.nation.make.texts.surfaces import (
    Indicator,
    make_tron_address,
    write_account,
    write_facebook,
    write_link,
    write_money,
    write_phone,
    write_site,
    write_telegram,
    write_zalo_group,
)

NOON, EVENING = 12, 18
HANDLE_LETTERS = "abcdefghiklmnopqrstuvxy"
# Which brands a trick hides behind; others hide behind none and use a site of their own.
KINDS_OF_TRICK = {
    "cheap_travel": ("other",),
    "fake_bank_notice": ("bank",),
    "fake_lender": ("bank",),
    "fake_site": ("shop", "other"),
    "fake_vneid": ("state",),
    "forged_sender": ("bank", "wallet"),
    "harmless": ("bank", "wallet", "post", "carrier", "utility", "shop"),
    "online_job": ("shop",),
    "otp_theft": ("bank", "wallet"),
    "parcel": ("post",),
    "phishing_link": ("bank", "wallet", "state"),
    "prize": ("shop", "wallet"),
    "profile_recovery": ("platform",),
    "remote_app": ("bank", "state"),
    "sim_lock": ("carrier",),
    "traffic_fine": ("state",),
    "utility_bill": ("utility",),
}
OFFICIALS_BY_TRICK = {"traffic_fine": "csgt", "fake_vneid": "vneid", "cheap_travel": "vietnamairlines"}


@dataclass(frozen=True, slots=True)
class Face:
    """The outside of one crew."""

    phones: tuple[str, ...]
    brand: Brand | None
    site: Name
    zalo_group: str
    telegram: str
    facebook: str
    tron: str
    officer: str


def make_face(dice: Random, trick: str, phones: list[str]) -> Face:
    """A face fit for the trick."""
    brand = _brand_for(dice, trick)
    handle = "".join(dice.choices(HANDLE_LETTERS, k=dice.randint(5, 9))) + str(dice.randrange(10, 9999))
    return Face(
        phones=tuple(phones),
        brand=brand,
        site=imitate(dice, brand, dice.choice(("affix", "affix", "subdomain")))
        if brand
        else impostor_site(dice, trick),
        zalo_group="".join(dice.choices(HANDLE_LETTERS, k=6)) + str(dice.randrange(100, 999)),
        telegram=handle,
        facebook=f"{dice.choice(('shop', 'tuvan', 'sanhang', 'hotro'))}.{handle}",
        tron=make_tron_address(dice),
        officer=sentence(dice, "frames.txt", "officer_name"),
    )


def _brand_for(dice: Random, trick: str) -> Brand | None:
    if trick in OFFICIALS_BY_TRICK:
        return next(brand for brand in brands() if brand.id == OFFICIALS_BY_TRICK[trick])
    kinds = KINDS_OF_TRICK.get(trick)
    return dice.choice([brand for brand in brands() if brand.kind in kinds]) if kinds else None


@dataclass(frozen=True, slots=True)
class Payee:
    """An account that victims are told to pay, as they write it."""

    account: str
    bank: str
    holder: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What one text is about: the crew, the account, the amount, the moment; what is None cannot be named in it."""

    face: Face
    payee: Payee | None
    amount: int
    second: int
    hiding: bool
    told_second: int | None = None


def plain_slots(dice: Random, scene: Scene) -> dict[str, Callable[[], str]]:
    """Slots that hold ordinary words; they take the writer's voice."""
    moment = hanoi(scene.second)
    brand = scene.face.brand
    return {
        "amount": lambda: write_money(dice, scene.amount),
        "fee": lambda: write_money(
            dice, dice.choice((50, 99, 150, 200, 299, 350, 500, 980, 1500, 2000, 3000, 4800)) * 1000
        ),
        "big": lambda: write_money(dice, dice.choice((20, 30, 50, 80, 100, 150, 200, 300, 500)) * 10**6),
        "brand": lambda: brand.spoken if brand else sentence(dice, "frames.txt", "no_brand"),
        "officer": lambda: scene.face.officer,
        "place": lambda: dice.choice(birthplaces()).name,
        "clock": lambda: dice.choice(
            (moment.strftime("%Hh%M"), moment.strftime("%H:%M"), f"{moment.hour} giờ", moment.strftime("%Hh"))
        ),
        "day": lambda: dice.choice(
            (f"{moment.day}/{moment.month}", moment.strftime("%d/%m/%Y"), f"ngày {moment.day}/{moment.month}")
        ),
        "when": lambda: _when(dice, scene),
    }


def _when(dice: Random, scene: Scene) -> str:
    """The moment in the words of somebody who tells it later: this morning, yesterday evening, on the 14th."""
    moment, told = hanoi(scene.second), hanoi(scene.told_second or scene.second)
    part = 0 if moment.hour < NOON else 1 if moment.hour < EVENING else 2
    days = (told.date() - moment.date()).days
    if days == 0:
        return sentence(dice, "frames.txt", ("morning", "afternoon", "evening")[part])
    return ("sáng qua", "chiều qua", "tối qua")[part] if days == 1 else f"hôm {moment.day}/{moment.month}"


def indicator_slots(dice: Random, scene: Scene) -> dict[str, Callable[[], list[Indicator]]]:
    """Slots that hold indicators; no voice changes them."""
    face = scene.face
    slots: dict[str, Callable[[], list[Indicator]]] = {
        "phone": lambda: [write_phone(dice, face.phones[0], scene.hiding)],
        "phone2": lambda: [write_phone(dice, face.phones[-1], scene.hiding)],
        "link": lambda: write_link(dice, face.site.domain),
        "site": lambda: write_site(dice, face.site.domain),
        "zalogroup": lambda: [write_zalo_group(face.zalo_group)],
        "telegram": lambda: [write_telegram(dice, face.telegram)],
        "facebook": lambda: [write_facebook(dice, face.facebook)],
        "tron": lambda: [Indicator(face.tron, "wallet", f"tron:{face.tron}")],
    }
    if face.brand:
        slots["official"] = lambda: [Indicator(face.brand.official, "domain", face.brand.official)]
    if scene.payee:
        slots["number"] = lambda: [write_account(dice, scene.payee.account)]
    return slots
