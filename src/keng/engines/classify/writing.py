"""What one stretch of writing between two spaces says: words, with their hiding undone, and marks for links and numbers.

A mark begins with `~` (a link, an amount, a hidden word) or `#` (digits whose meaning the neighbours decide).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from keng.engines.classify.links import link_tokens

HIDDEN = "~hidden"
LONGEST_READ = 256  # characters of one stretch; what is longer is no word
LONGEST_GLUED = 40  # characters that are tried to be cut into words
LONGEST_CUT = 12  # characters of one such word: `verification`
REMEMBERED = 200_000  # stretches

_EDGES = re.compile(r"^[^a-z0-9@$€£₫₹₦+]+|[^a-z0-9%$€£₫+]+$")
_UNIT = r"k|tr|trieu|ty|ti|cu|lit|d|dong|vnd|vnđ|usd|usdt|₫|\$|€|£|eur|gbp|nghin|ngan|xu|c"
_MONEY = re.compile(rf"[+\-]?(?P<number>\d[\d.,]*)(?P<unit>{_UNIT})(?P<rest>\d{{0,3}})(?:/.*)?$")
_MONEY_BEFORE = re.compile(
    r"[+\-]?(?P<before>vnd|usd|us\$|\$|€|£|₫|rs\.?|inr|₹|n|₦|ngn|rm|gbp|eur|sgd|(?:s|a|c|hk|nz)\$)(?P<number>\d[\d.,]*)"
    r"(?:k|m|tr|bn)?(?:/?-|/[a-z]+)?$"
)
_PERCENT = re.compile(r"[+\-]?\d[\d.,]*%")
_TIME = re.compile(r"\d{1,2}(?:[:hg]\d{2}(?::\d{2})?|h)p?(?:[-/].*)?$|\d{1,2}(?:[:.]\d{2})?[ap]\.?m(?:[-/].*)?$")
_DATE = re.compile(
    r"\d{1,2}[/\-.]\d{1,2}(?:[/\-.](?:20)?\d{2})?$|20\d{2}[/\-]\d{1,2}[/\-]\d{1,2}.*$"
    r"|\d{1,2}[/\-]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}(?:[/\-]?(?:20)?\d{2})?$"
)
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)$")
_FOREIGN_PHONE = re.compile(
    r"\+\d[\d.\-()]{8,17}$|\(?\d{3}[).\-]{1,2}\d{3}[.\-]\d{4}$"
)  # with its country; as in America
_COUNTRY = re.compile(r"\+\d{1,3}$")
_CONTRACTED = re.compile(r"[a-z]{1,7}'(?:s|t|m|d|re|ve|ll)$")  # English: no sign of hiding
_COMPOUND = re.compile(r"[a-z]{2,6}-[a-z]{4,6}$")  # `co-worker`: two words, unless they are one that is known
_NUMBER = re.compile(r"[+\-(]{0,2}\d[\d.,\-()]*$")
_GROUPED = re.compile(r"[+\-]?\d{1,3}(?:[.,]\d{3}){2,}$|[+\-]\d{1,3}(?:[.,]\d{3})+$")
_MASKED = re.compile(r"[x*]{2,}")
_PART = re.compile(r"[a-z0-9@$!]+|[^\W_a-z0-9]+")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_SYLLABLE = re.compile(
    r"(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:uye|uya|yeu|ieu|uoi|uou|oai|oay|uay|oeo|[iu]?[aeiouy]{1,2})(?:ch|ng|nh|[cmnpt])?"
)
_LEET = str.maketrans("01345789@$!", "oieastbgasi")
_LEET_L = str.maketrans("01345789@$!", "oleastbgasl")
_LETTER = re.compile(r"[a-z]")
_DIGIT = re.compile(r"\d")
_FREE_CALLS = frozenset(
    {"1800", "1888", "1877", "1866", "1855", "1844", "1833", "0800", "0808", "0300", "0330", "0345"}
)
_LONG_NUMBER = re.compile(r"\d(?:\D?\d){8}")  # a telephone, an account, a citizen
_THOUSAND = {
    "k": 1_000, "nghin": 1_000, "ngan": 1_000, "tr": 10**6, "trieu": 10**6, "cu": 10**6, "ty": 10**9, "ti": 10**9,
    "rupees": 300, "lakh": 3 * 10**7, "lakhs": 3 * 10**7, "crore": 3 * 10**9, "naira": 16,
}  # fmt: skip
_DOLLARS = 25_000  # đồng, roughly: only the size of an amount counts
_RUPEES, _NAIRA = _THOUSAND["rupees"], _THOUSAND["naira"]
_BEFORE = {
    "vnd": 1,
    "₫": 1,
    "rs": _RUPEES,
    "rs.": _RUPEES,
    "inr": _RUPEES,
    "₹": _RUPEES,
    "n": _NAIRA,
    "₦": _NAIRA,
    "ngn": _NAIRA,
}
MONEY_WORDS = frozenset(_THOUSAND) | {
    "dong",
    "vnd",
    "d",
    "usd",
    "usdt",
    "do",
    "dollars",
    "dollar",
    "pounds",
    "euros",
    "lit",
    "lakh",
    "lakhs",
    "crore",
    "rupees",
    "naira",
    "quid",
    "bucks",
}

# How people write for speed: each stands for the words that the model learnt.
SHORTHAND = {
    "ko": "khong", "k": "khong", "hok": "khong", "khum": "khong", "dc": "duoc", "đc": "duoc", "r": "roi",
    "z": "vay", "v": "vay", "vs": "voi",
    "mn": "moi nguoi",
    "ck": "chuyen khoan", "stk": "so tai khoan", "tk": "tai khoan", "nt": "nhan tin", "sdt": "so dien thoai", "dt": "dien thoai",
    "lh": "lien he", "ib": "inbox", "zl": "zalo", "fb": "facebook", "nv": "nhan vien", "ns": "nhan su", "nh": "ngan hang",
    "nhe": "nha", "j": "gi", "ng": "nguoi", "ntn": "nhu the nao", "bn": "bao nhieu",
    "qc": "qc", "ctv": "ctv", "ac": "anh chi", "ae": "anh em", "cty": "cong ty", "tl": "tra loi",
    "thui": "thoi", "dzay": "vay", "lun": "luon", "wa": "qua", "jup": "giup", "bit": "biet", "pls": "please",
    "u": "you", "ur": "your", "thx": "thanks", "tmr": "tomorrow", "txt": "text", "msg": "message", "trc": "truoc",
    "cccd": "cccd", "cmt": "cmnd", "vid": "video", "tele": "telegram", "kb": "ket ban", "kq": "ket qua",
    "plz": "please", "acct": "account", "tmrw": "tomorrow", "2moro": "tomorrow", "2day": "today", "2nite": "tonight",
    "tonite": "tonight", "b4": "before", "gr8": "great", "l8r": "later", "m8": "mate", "w8": "wait", "4u": "for you",
    "any1": "anyone", "some1": "someone", "every1": "everyone", "ppl": "people", "pkg": "package", "pymt": "payment",
    "wkly": "weekly", "cuz": "because", "thru": "through", "luv": "love", "nite": "night", "dept": "department",
    "whatsap": "whatsapp", "watsapp": "whatsapp",
}  # fmt: skip
# What is written with signs between its letters and hides nothing.
ABBREVIATED = {
    "a/c": "ac", "p.m": "pm", "a.m": "am", "u.s": "us", "u.k": "uk", "u.s.a": "usa", "e.g": "eg", "i.e": "ie", "n/a": "na",
    "c/o": "care of", "w/o": "without", "t&c": "terms", "t&cs": "terms", "t's&c's": "terms", "e-mail": "email", "wi-fi": "wifi",
    "t-shirt": "shirt", "x-ray": "xray", "ph.d": "phd", "at&t": "att", "e-transfer": "transfer", "e-zpass": "ezpass",
    "o'clock": "oclock", "p.o": "po", "p.s": "ps", "24/7": "always",
}  # fmt: skip


class Writing(dict[str, tuple[str, ...]]):
    """The tokens of each folded stretch, worked out when first seen. `known`: the words of the model, all folded.

    >>> Writing({"khong", "nap"})["KH0NG".lower()], Writing({"nap", "dau"})["n4pdau"], Writing(set())["500k,"]
    (('khong', '~hidden'), ('nap', 'dau', '~hidden'), ('~money_m',))
    """

    def __init__(self, known: Collection[str]) -> None:
        super().__init__()
        self._known = known
        self.letters_kept = _LettersKept(self)

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        tokens = self._read(chunk)
        if len(self) >= REMEMBERED:
            self.clear()
        if _is_remembered(chunk):
            self[chunk] = tokens
        return tokens

    def is_word(self, letters: str) -> bool:
        """Whether letters are a word of the model, or could be a Vietnamese syllable."""
        return letters in self._known or (len(letters) > 1 and _SYLLABLE.fullmatch(letters) is not None)

    def cut(self, letters: str) -> tuple[str, ...]:
        """Words that were written without spaces, the fewest that the model knows; empty if they are none."""
        if not 4 < len(letters) <= LONGEST_GLUED:
            return ()
        best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(end - LONGEST_CUT, 0), end):
                before, word = best[start], letters[start:end]
                if before is None or len(word) < 2 or word not in self._known:
                    continue
                shortest = best[end]
                if shortest is None or len(before) + 1 < len(shortest):
                    best[end] = (*before, word)
        return best[-1] or ()

    def _read(self, chunk: str) -> tuple[str, ...]:
        if len(chunk) > LONGEST_READ:
            chunk = chunk[:LONGEST_READ]
        text = _EDGES.sub("", chunk)
        if not text:
            return ()
        if text.isascii() and text.isalpha():
            return self._word(text)
        if text.isascii() and text.isdigit():
            return _digits(text)
        if text in ABBREVIATED:
            return tuple(ABBREVIATED[text].split())
        return link_tokens(chunk if "[" in chunk else text) or _number_tokens(text) or self._pieces(text)

    def _pieces(self, text: str) -> tuple[str, ...]:
        if "@" in text and not self._is_disguised(text):
            return ("~email",) if "." in text.partition("@")[2] and not text.startswith("@") else ("~handle",)
        parts = _PART.findall(text)
        if len(parts) > 1:
            joined = "".join(parts)
            if _CONTRACTED.fullmatch(text):
                return (joined,) if len(parts[-1]) == 1 and parts[-1] != "d" and joined in self._known else tuple(parts)
            if len(joined) <= LONGEST_GLUED and self._is_spelt_out(parts) and not self._is_compound(text, joined):
                whole = self._plain(joined)
                if whole:
                    return (*whole, HIDDEN)
        tokens: list[str] = []
        for part in parts:
            tokens += _number_tokens(part) or self._word(part)
        return tuple(tokens)

    def _is_spelt_out(self, parts: list[str]) -> bool:
        """Whether `v.a.y` or `tr.uc` was written so to hide a word: pieces that are none themselves."""
        lone = sum(len(part) == 1 or not (self.is_word(part) or part.isdigit()) for part in parts)
        return lone * 2 >= len(parts) and max(map(len, parts)) <= 6 and _LETTER.search("".join(parts)) is not None

    def _is_compound(self, text: str, joined: str) -> bool:
        """Whether two words stand there with a hyphen, and not one that is known."""
        return _COMPOUND.fullmatch(text) is not None and joined not in self._known

    def _is_disguised(self, text: str) -> bool:
        """Whether an @ stands for the letter a."""
        name, _, rest = text.partition("@")
        return "." not in rest and bool(self._plain(text)) and (bool(name) or len(rest) < 4)

    def _word(self, word: str) -> tuple[str, ...]:
        if word in SHORTHAND:
            return tuple(SHORTHAND[word].split())
        if word.isalpha():
            if not word.isascii():
                return (word[:24],)
            squeezed = _REPEATED.sub(r"\1", word)
            if squeezed != word:
                return self._word(squeezed)
            if self.is_word(word):
                return (word,)
            if "j" in word and _is_syllable(word.replace("j", "i")):
                return (word.replace("j", "i"),)
            return self.cut(word) or (word[:24],)
        plain = self._plain(word) if _LETTER.search(word) else ()
        if plain:
            return (*plain, HIDDEN)
        if _DIGIT.search(word):
            return ("~code",)
        return tuple(re.findall("[a-z]+", word))

    def _plain(self, word: str) -> tuple[str, ...]:
        """The words behind digits and signs that stand for letters; empty if no word comes out."""
        if len(word) > LONGEST_GLUED or not _LETTER.search(word):
            return ()
        for table in (_LEET, _LEET_L):
            letters = word.translate(table)
            if not letters.isalpha():
                continue
            if self.is_word(letters):
                return (letters,)
            cut = self.cut(letters)
            if cut:
                return cut
        return ()


class _LettersKept(dict[str, tuple[str, ...]]):
    """The same, but a letter that stands alone stays one: it may be part of a word that is spelt out."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        tokens = (chunk,) if len(chunk) == 1 and chunk.isalpha() else self._writing[chunk]
        if len(self) >= REMEMBERED:
            self.clear()
        if _is_remembered(chunk):
            self[chunk] = tokens
        return tokens


def _is_remembered(chunk: str) -> bool:
    """Words are; numbers and addresses are not: they seldom come twice, and a process has no business to keep them."""
    return len(chunk) <= LONGEST_READ and "@" not in chunk and _LONG_NUMBER.search(chunk) is None


def money_size(amount: float) -> str:
    """The mark of an amount in đồng."""
    return "~money_s" if amount < 100_000 else "~money_m" if amount < 3_000_000 else "~money_l"


def money_in_words(digits: str, unit: str) -> str:
    """The mark of an amount written as two words: `5 triệu`."""
    return money_size(
        float(digits[:12] or 0) * _THOUSAND.get(unit, 1 if unit in ("dong", "vnd", "d", "lit") else _DOLLARS)
    )


def number_mark(digits: str) -> str:
    """What digits without any sign beside them are most likely.

    >>> [number_mark(digits) for digits in ("0912345678", "19001009", "156", "482913", "1017588888")]
    ['~phone', '~hotline', '~n4', '~n6', '~account']
    """
    if digits[:1] == "+":
        return "~phone" if len(digits) > 9 else number_mark(digits[1:])
    length = len(digits)
    if (length == 10 and digits[0] == "0" and digits[1] in "235789") or (digits.startswith("84") and length == 11):
        return "~phone"
    if (6 <= length <= 10 and digits[:4] in ("1900", "1800")) or (length == 11 and digits[:4] in _FREE_CALLS):
        return "~hotline"
    if length == 11 and digits.startswith("07"):  # a British mobile
        return "~phone"
    return "~n" if length < 3 else "~n4" if length < 6 else "~n6" if length < 9 else "~account" if length < 20 else "~n"


def _number_tokens(text: str) -> tuple[str, ...]:
    if not _DIGIT.search(text):
        return ()
    if _PERCENT.fullmatch(text):
        return ("~percent",)
    match = _MONEY.fullmatch(text) or _MONEY_BEFORE.fullmatch(text)
    if match and not (match.groupdict().get("unit") == "d" and len(match["number"]) < 4):
        named = match.groupdict()
        unit = named.get("unit") or "$"
        factor = _THOUSAND.get(unit, 1 if unit in ("d", "dong", "vnd", "vnđ", "₫", "xu", "lit", "c") else _DOLLARS)
        return (money_size(_value(match["number"]) * _BEFORE.get(named.get("before") or "", factor)),)
    if _DATE.fullmatch(text):
        return ("~date",)
    if _TIME.fullmatch(text):
        return ("~time",)
    if _ORDINAL.fullmatch(text):
        return ("~n",)
    if _FOREIGN_PHONE.fullmatch(text):
        return ("~phone",)
    if _GROUPED.fullmatch(text):
        return (money_size(_value(text)),)
    if _COUNTRY.fullmatch(text):
        return _digits(text)
    if _NUMBER.fullmatch(text):
        return _digits(re.sub(r"\D", "", text))
    if _MASKED.search(text):
        return ("~mask",)
    return ()


def _digits(text: str) -> tuple[str, ...]:
    return ("#" + text[:24],)  # `+44` keeps its sign


def _value(number: str) -> float:
    digits = re.sub(r"[^\d]", "", number)[:15]
    last = re.search(r"[.,](\d{1,2})$", number)
    return float(digits or 0) / (10 ** len(last[1]) if last else 1)


def _is_syllable(word: str) -> bool:
    return _SYLLABLE.fullmatch(word) is not None
