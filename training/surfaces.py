"""How a message is written: with marks or bare, in a region's words, in shorthand, with slips, or so as to hide from filters."""

from __future__ import annotations

import re
import unicodedata
from random import Random

SHORT_FORMS = {
    "không": ("ko", "k", "hok", "khong", "kg"), "được": ("dc", "đc"), "với": ("vs", "zới"), "rồi": ("r", "rùi", "roi"), "gì": ("j", "gi"),
    "bạn": ("b", "bn"), "mình": ("m", "mik"), "em": ("e",), "anh": ("a",), "chị": ("c",), "mọi người": ("mn", "mng"), "chuyển khoản": ("ck",),
    "tài khoản": ("tk",), "số tài khoản": ("stk",), "nhắn tin": ("nt",), "liên hệ": ("lh",), "nhân viên": ("nv",), "ngân hàng": ("nh",),
    "điện thoại": ("đt", "dt"), "biết": ("bít", "bit"), "luôn": ("lun", "luon"), "giúp": ("júp", "giup", "jup"), "vậy": ("z", "v", "dzậy"),
    "thôi": ("thui", "thoi"), "quá": ("wá", "qá"), "nhé": ("nha", "nhá", "nè"), "công ty": ("cty",), "hôm nay": ("hnay", "hnai"),
    "hôm qua": ("hqua",), "người": ("ng",), "trước": ("trc", "trước"), "như thế nào": ("ntn",), "bao nhiêu": ("bn", "bnh"), "đi": ("đi", "dj"),
    "yêu": ("iu", "eo"), "chồng": ("ck",), "vợ": ("vk",), "chưa": ("chưa", "ch"), "tin nhắn": ("tn",), "you": ("u",), "your": ("ur",), "are": ("r",),
    "please": ("pls", "plz"), "to": ("2",), "for": ("4",), "account": ("acct", "a/c"), "today": ("2day",), "tomorrow": ("tmrw", "2moro"),
    "tonight": ("2nite",), "before": ("b4",), "because": ("cuz", "coz"), "message": ("msg",), "package": ("pkg",), "payment": ("pymt",),
    "and": ("&", "n"), "have": ("hv",), "people": ("ppl",), "through": ("thru",), "with": ("wit", "w"), "what": ("wat",), "this": ("dis",),
}  # fmt: skip
_LEARNER = {
    "a": ("",), "an": ("",), "the": ("",), "please": ("kindly", "please do"), "is": ("", "is"), "are": ("", "is"), "has been": ("is", "was", "have been"),
    "was": ("is",), "have been": ("are", "has been"), "will be": ("will", "is going"), "want": ("wants",), "your": ("you", "your"),
    "received": ("receive",), "selected": ("select",), "suspended": ("suspend",), "sent": ("send",), "need": ("needs", "need"),
}  # fmt: skip
SOUTH = {
    "nhé": "nghen",
    "vâng": "dạ",
    "bố": "ba",
    "mẹ": "má",
    "này": "nè",
    "thế": "vậy",
    "không ạ": "hông",
    "về": "dìa",
    "rất": "quá trời",
    "bảo": "kêu",
    "nhanh": "lẹ",
    "xem": "coi",
    "ốm": "bịnh",
    "nghìn": "ngàn",
    "làm sao": "sao",
}
CENTRE = {
    "gì": "chi",
    "đâu": "mô",
    "sao": "răng",
    "thế": "rứa",
    "này": "ni",
    "kia": "tê",
    "mẹ": "mạ",
    "không": "nỏ",
    "tao": "tau",
    "mày": "mi",
}
SLANTED = str.maketrans("aeopcyxiABEKMHOPCTX", "аеорсухіАВЕКМНОРСТХ")
LEET = str.maketrans("oaeisOAEI", "0@3150431")
LEET2 = str.maketrans("oaie", "04!3")
ZERO_WIDTH = "\u200b\u200c\u200d\u2060"
PICTURES = "🎁💰🔥❤️✅📣👉😍🎉☎️💵🙏😂🥰👍".replace("\ufe0f", "")


def bare(text: str) -> str:
    """Without diacritics, as people write by SMS."""
    letters = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return "".join(letters).replace("đ", "d").replace("Đ", "D")


def shortened(dice: Random, text: str, share: float) -> str:
    """Some words in shorthand, each with the probability `share`."""

    def change(match: re.Match[str]) -> str:
        word = match[0]
        return dice.choice(SHORT_FORMS[word.lower()]) if dice.random() < share else word

    return _SHORT_WORDS.sub(change, text)


def in_region(dice: Random, text: str) -> tuple[str, str]:
    """Some words as in the South or the Centre, and the region's name."""
    name, words = dice.choice((("south", SOUTH), ("centre", CENTRE)))
    pattern = re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")\b")
    return pattern.sub(lambda match: words[match[0]] if dice.random() < 0.7 else match[0], text), name


def in_learner_english(dice: Random, text: str) -> str:
    """As somebody writes who learnt English late: without articles, `kindly` for `please`, the plain form of the verb."""

    def change(match: re.Match[str]) -> str:
        return dice.choice(_LEARNER[match[0].lower()]) if dice.random() < 0.6 else match[0]

    return re.sub(r"\s{2,}", " ", _LEARNER_WORDS.sub(change, text)).strip()


def with_slips(dice: Random, text: str, share: float) -> str:
    """Letters left out, doubled or swapped with the next."""
    letters = list(text)
    for at in range(len(letters) - 1):
        if letters[at].isalpha() and dice.random() < share:
            way = dice.random()
            if way < 0.4:
                letters[at] = ""
            elif way < 0.6:
                letters[at] *= 2
            elif letters[at + 1].isalpha():
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def hidden(dice: Random, text: str) -> str:
    """So that filters do not see the words: letters replaced, spaced, dotted, borrowed from other scripts, cut by nothing."""
    way = dice.choice(("leet", "leet", "dots", "dots", "spaces", "slanted", "nothing", "bold", "mixed", "glued"))
    words = text.split(" ")
    share = dice.uniform(0.25, 0.9)
    if way == "spaces" and dice.random() < 0.5:
        return "  ".join(" ".join(word) if word.isalpha() else word for word in words)
    if way == "glued":
        size = dice.randrange(2, 6)
        return " ".join(
            "".join(bare(word) for word in words[at : at + size])
            if all(w.isalpha() for w in words[at : at + size])
            else " ".join(words[at : at + size])
            for at in range(0, len(words), size)
        )
    return " ".join(
        _hide(dice, word, way) if dice.random() < share and not re.search(r"\d|\.", word) else word for word in words
    )


def decorated(dice: Random, text: str) -> str:
    """With pictures, capitals or signs of exclamation."""
    way = dice.random()
    if way < 0.4:
        return f"{dice.choice(PICTURES)} {text} {dice.choice(PICTURES)}"
    if way < 0.7:
        return text.upper() if "http" not in text else text
    return text.rstrip(".") + "!" * dice.randrange(1, 4)


def _hide(dice: Random, word: str, way: str) -> str:
    if way == "mixed":
        way = dice.choice(("leet", "dots", "slanted", "nothing"))
    if way == "leet":
        return word.translate(dice.choice((LEET, LEET2)))
    if way == "dots":
        sign = dice.choice("..-_*")
        return sign.join(word) if dice.random() < 0.5 else word[:1] + sign + word[1:]
    if way == "spaces":
        return " ".join(word)
    if way == "slanted":
        return word.translate(SLANTED)
    if way == "bold":
        return "".join(_bold(c) for c in unicodedata.normalize("NFD", word))
    at = dice.randrange(1, max(len(word), 2))
    return word[:at] + dice.choice(ZERO_WIDTH) + word[at:]


def _bold(letter: str) -> str:
    if "a" <= letter <= "z":
        return chr(0x1D41A + ord(letter) - ord("a"))
    return chr(0x1D400 + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter


_SHORT_WORDS = re.compile(r"\b(?:" + "|".join(sorted(SHORT_FORMS, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_LEARNER_WORDS = re.compile(r"\b(?:" + "|".join(sorted(_LEARNER, key=len, reverse=True)) + r")\b", re.IGNORECASE)
