"""Messages to learn from and to hold out: templates filled and written in many ways, and the English texts of the UCI collection.

Held-out messages come from other templates than those learnt from, not only with other fillings.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training import surfaces
from training.grammar import Template, expand, templates
from training.slots import BANKS, CARRIERS, ENGLISH_BANKS, ENGLISH_CARRIERS, ENGLISH_SHOPS, POSTS, fill, phone

SCAM_EACH, SPAM_ALL, TRUE_ALL, TOLD_ALL, QUOTED_ALL = 800, 14_500, 33_000, 3_600, 6_800  # messages to learn from
ENGLISH_SCAMS = 0.4  # of the scams of a trick that has templates in both languages
HELD_OUT_SCALE = 0.06
UCI_HELD_OUT = 5  # one in so many

_PRIZE = re.compile(
    r"\b(?:won|winner|prize|award|claim|guaranteed|selected to rec|unredeemed|account statement"
    r"|bonus caller|collect your|to collect|cash-balance|reward)",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=\S)")
OPENINGS = (
    "Dạ",
    "Alo",
    "Chào anh chị",
    "Xin chào",
    "Chào bạn",
    "Kính gửi quý khách",
    "Hi",
    "Mọi người ơi",
    "Anh chị ơi",
    "Thông báo:",
    "E chào a",
    "Cả nhà ơi",
    "Ad ơi",
)
CLOSINGS = (
    "Cảm ơn ạ",
    "Trân trọng",
    "Xin cảm ơn",
    "Mong phản hồi sớm",
    "Thông cảm giúp em nhé",
    "Cảm ơn quý khách",
    "Chúc một ngày tốt lành",
    "Có gì nhắn em",
    "Nhận được trả lời giúp em",
)
ENGLISH_OPENINGS = ("Hi,", "Hello,", "Dear customer,", "Hey", "Good morning,")
ENGLISH_CLOSINGS = ("Thanks", "Regards", "Thank you", "Have a nice day", "Best wishes")
QUOTED_IN_WARNING = (
    '{warner} cảnh báo tin nhắn giả mạo có nội dung: "{scam}". Đây là lừa đảo, người dân không làm theo',
    'Thủ đoạn của chúng là nhắn: "{scam}". Gặp trường hợp này tuyệt đối không chuyển tiền, báo ngay công an',
    'Mọi người cảnh giác, ai gửi tin kiểu "{scam}" là lừa đảo đó, đừng bấm, đừng trả lời',
    'Cho mình hỏi tin này có phải lừa đảo không ạ: "{scam}"',
    '{warner}: doi tuong xau gia mao nhan tin "{scam}". '
    "{warner} KHONG gui tin nhan nay, quy khach khong truy cap, khong cung cap OTP",
    'Ví dụ về tin nhắn lừa đảo: "{scam}". Dấu hiệu: thúc ép, đường link lạ. Hãy xóa và báo số 156',
)
ENGLISH_WARNING = (
    'Warning: scammers are sending messages such as "{scam}". This is a scam. Do not reply, do not click, report it',
    'We are aware of a fake message that says "{scam}". It is not from us, please ignore it and never share your details',
)
QUOTED_IN_REPORT = (
    '{warner_phone} nhắn cho tôi "{scam}", tôi tin là thật nên mất {amt}',
    'Em nhận được tin từ số {warner_phone}: "{scam}". Em lỡ làm theo, mất {amt}, mong các anh giúp',
    "LD ({warner_phone}) ({scam})",
    "Số {warner_phone} gọi nói thế này: {scam}. Tôi nghi lừa đảo nên trình báo",
    'Mẹ tôi bị lừa {amt}, chúng nói "{scam}", tiền chuyển vào {acc}',
    "{scam}\nTin này gửi tới tôi từ {warner_phone}, đề nghị xử lý",
)
WARNERS = (
    "Công an tỉnh",
    "Bộ Công an",
    "Vietcombank",
    "BIDV",
    "Cục An toàn thông tin",
    "EVN",
    "Nhà trường",
    "VNPT",
    "Agribank",
    "Cảnh sát khu vực",
)
NAMED_SECTIONS = (
    "bank",
    "state",
    "carrier",
    "post_shop",
    "warnings",
    "school_work",
    "shops",
    "services",
)  # sent under a name
BRANDED = (
    "fake_bank_notice",
    "forged_sender",
    "phishing_link",
    "fake_vneid",
    "traffic_fine",
    "utility_bill",
    "sim_lock",
    "parcel",
    "prize",
    "fake_site",
    "otp_theft",
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message with its truth. `writing`: marked, bare or hidden; `region`: north (no region's words), south or centre."""

    text: str
    sender: str | None
    label: str
    trick: str | None
    writing: str
    region: str
    english: bool
    template: str  # the line that it was made from; of the UCI collection: the text

    @property
    def length(self) -> str:
        return "short" if len(self.text) < 60 else "middle" if len(self.text) < 200 else "long"


def learnt_from(seed: int, uci: Path) -> list[Message]:
    """The messages to learn from, the same for the same seed."""
    return _made(Random(seed), held_out=False, scale=1.0) + _uci(uci, held_out=False)


def held_out(seed: int, uci: Path) -> list[Message]:
    """The messages that quality is measured on."""
    return made_held_out(seed) + _uci(uci, held_out=True)


def made_held_out(seed: int) -> list[Message]:
    """Those of them that templates made."""
    return _made(Random(seed), held_out=True, scale=HELD_OUT_SCALE)


def _made(dice: Random, *, held_out: bool, scale: float) -> list[Message]:
    pools = _pools(held_out)
    made: list[Message] = []
    for (label, trick), pool in pools.items():
        if label == "told":
            continue
        count = {"scam": SCAM_EACH, "spam": SPAM_ALL, "true": TRUE_ALL}[label] * scale
        made += [_message(dice, pool, label, trick, pools) for _ in range(int(count))]
    quoted = [(trick or "", pool) for (label, trick), pool in pools.items() if label == "scam"]
    made += [_quoted(dice, *dice.choice(quoted), warns=number % 2 == 0) for number in range(int(QUOTED_ALL * scale))]
    told = [(trick, pool) for (label, trick), pool in pools.items() if label == "told"]
    for number in range(int(TOLD_ALL * scale)):
        trick, pool = told[number % len(told)]
        made.append(_message(dice, pool, "scam", "other" if trick == "any" else trick, pools, told=True))
    return made


def _pools(held_out: bool) -> dict[tuple[str, str | None], list[Template]]:
    pools: dict[tuple[str, str | None], list[Template]] = {}
    for template in templates():
        if template.is_held_out == held_out:
            by_section = template.folder in ("scam", "told")
            pools.setdefault((template.folder, template.section if by_section else None), []).append(template)
    return pools


def _message(
    dice: Random,
    pool: list[Template],
    label: str,
    trick: str | None,
    pools: dict[tuple[str, str | None], list[Template]],
    *,
    told: bool = False,
) -> Message:
    template = _template(dice, pool, label)
    text = _sentence(dice, template)
    if label == "true" and dice.random() < 0.2:
        text = f"{text}{dice.choice(('. ', '. ', chr(10), ', '))}{_sentence(dice, _like(dice, pool, template))}"
    if label != "true" and dice.random() < 0.1:
        text = f"{text}{dice.choice(('. ', chr(10)))}{_sentence(dice, _like(dice, pool, template))}"
    if label == "scam" and dice.random() < 0.06:
        other = _like(dice, pools["true", None], template)
        text = f"{_sentence(dice, other)}. {text}"
    text = _framed(dice, text, template.english)
    text = _fewer_sentences(dice, text)
    region, writing = "north", "marked"
    if not template.english and dice.random() < 0.25:
        text, region = surfaces.in_region(dice, text)
    if template.english and dice.random() < 0.15:
        text = surfaces.in_learner_english(dice, text)
    if dice.random() < 0.3:
        text = surfaces.shortened(dice, text, dice.uniform(0.1, 0.8))
    hides = dice.random() < {"scam": 0.0 if told else 0.2, "spam": 0.12, "true": 0.05}[label]
    if hides:
        text, writing = surfaces.hidden(dice, surfaces.bare(text) if dice.random() < 0.35 else text), "hidden"
    elif not template.english and dice.random() < 0.45:
        text, writing = surfaces.bare(text), "bare"
    if dice.random() < 0.15:
        text = surfaces.with_slips(dice, text, 0.02)
    if dice.random() < {"scam": 0.12, "spam": 0.2, "true": 0.06}[label]:
        text = surfaces.decorated(dice, text)
    if dice.random() < 0.2:
        text = text.lower()
    return Message(
        text,
        _sender(dice, label, trick, template, told),
        label,
        trick,
        writing,
        region,
        template.english,
        template.line,
    )


def _quoted(dice: Random, trick: str, pool: list[Template], *, warns: bool) -> Message:
    """A scam's own words within a warning, which is true, or within a report of it."""
    template = _template(dice, pool, "scam")
    scam = _sentence(dice, template).rstrip(".")
    frames = (ENGLISH_WARNING if template.english else QUOTED_IN_WARNING) if warns else QUOTED_IN_REPORT
    frame = fill(
        dice,
        dice.choice(frames)
        .replace("{warner}", dice.choice(WARNERS))
        .replace("{warner_phone}", phone(dice))
        .replace("{scam}", "\0"),
        english=False,
    )
    text = frame.replace("\0", scam)
    writing = "marked"
    if not template.english and dice.random() < 0.5:
        text, writing = surfaces.bare(text), "bare"
    label = "true" if warns else "scam"
    return Message(text, None, label, None if warns else trick, writing, "north", template.english, template.line)


def _template(dice: Random, pool: list[Template], label: str) -> Template:
    """A template of the pool; of scams each language its share, however many templates it has."""
    if label == "scam":
        english = dice.random() < ENGLISH_SCAMS
        pool = [template for template in pool if template.english == english] or pool
    return dice.choice(pool)


def _like(dice: Random, pool: list[Template], template: Template) -> Template:
    same = [other for other in pool if other.english == template.english and other.section == template.section]
    return dice.choice(same or [template])


def _sentence(dice: Random, template: Template) -> str:
    return fill(dice, expand(dice, template.line), english=template.english)


def _framed(dice: Random, text: str, english: bool) -> str:
    if dice.random() < 0.12:
        text = f"{dice.choice(ENGLISH_OPENINGS if english else OPENINGS)} {text}"
    if dice.random() < 0.12:
        text = f"{text}. {dice.choice(ENGLISH_CLOSINGS if english else CLOSINGS)}"
    return text


def _fewer_sentences(dice: Random, text: str) -> str:
    sentences = _SENTENCES.split(text)
    if len(sentences) < 3 or dice.random() < 0.75:
        return text
    sentences.pop(dice.randrange(len(sentences)))
    return " ".join(sentences)


def _sender(dice: Random, label: str, trick: str | None, template: Template, told: bool) -> str | None:
    if told or dice.random() < 0.55:
        return None
    number = phone(dice, english=template.english and label != "scam").replace(" ", "").replace(".", "")
    if template.english and label != "scam" and template.section in NAMED_SECTIONS:
        names = (ENGLISH_BANKS, ENGLISH_CARRIERS, ENGLISH_SHOPS, [number], [str(dice.randrange(10_000, 99_999))])
        return dice.choice(dice.choice(names)).replace("~", " ")
    if label == "true":
        if template.section in NAMED_SECTIONS:
            return dice.choice(
                (
                    dice.choice(BANKS),
                    dice.choice(CARRIERS),
                    dice.choice(POSTS),
                    "EVN",
                    "BHXH VN",
                    "Bo Cong an",
                    "THPT LeLoi",
                    "Shopee",
                    number,
                )
            )
        return number if dice.random() < 0.9 else None
    if label == "spam":
        return dice.choice(
            (dice.choice(BANKS), dice.choice(CARRIERS), "TheGioiDD", "VinHome BDS", "Apax", number, number, number)
        )
    if trick in BRANDED and dice.random() < 0.4:
        return dice.choice(
            (dice.choice(BANKS), "VNeID", "CSGT", "EVN", "Shopee", "VNPost", "V1etcombank", "THONGBAO", "QC-VIP")
        )
    return dice.choice((number, number, f"+{dice.choice((63, 855, 234, 44, 1, 880))}{dice.randrange(10**8, 10**9)}"))


def _uci(path: Path, *, held_out: bool) -> list[Message]:
    """The UCI collection. A spam text that promises a prize or a statement to be claimed is a scam; the rest of it is spam."""
    found: list[Message] = []
    for line in path.read_text("utf-8").split("\n"):
        label, _, text = line.partition("\t")
        if not text or (hashlib.sha256(text.encode()).digest()[0] % UCI_HELD_OUT == 0) != held_out:
            continue
        if label == "ham":
            found.append(Message(text, None, "true", None, "marked", "north", english=True, template=text))
        elif _PRIZE.search(text):
            found.append(Message(text, None, "scam", "prize", "marked", "north", english=True, template=text))
        else:
            found.append(Message(text, None, "spam", None, "marked", "north", english=True, template=text))
    return found
