"""Names that came through a wrong reading: mojibake and the Vietnamese fonts of before Unicode, undone.

Sources: Windows-1252 (WHATWG encoding standard: its five holes read as C1 controls), TCVN 5712:1993 (VN3, as the .VnTime fonts
show it in Latin-1), VNI-Windows. A reading is offered, never imposed: the name as written stays one of the readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TCVN3_LOWER = dict(
    zip(
        "¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_TCVN3 = str.maketrans({**_TCVN3_LOWER, **dict(zip("¡¢£¤¥¦§", "ĂÂÊÔƠƯĐ", strict=True))})
_TCVN3_SIGNS = frozenset("¨©ª«¬\xad®µ¶·¸¹»¼½¾¡¢£¤¥¦§×÷þÞÐÆæßåÅäÄëËïÏîÎñÑöÖüÜøØçÇûÛðÿ") | frozenset("ÈÌÒÊÔÕÝÓÍÉÁÂÃ")

_TCVN3_LETTERS = frozenset(_TCVN3_LOWER)
_TCVN3_SYMBOL = re.compile("[¨©ª«¬\xad®µ¶·¸¹»¼½¾¡¢£¤¥¦§]")  # in TCVN3 letters, and nothing in VNI
_TO_BYTES = {ord(bytes([n]).decode("cp1252", "ignore") or chr(n)): chr(n) for n in range(0x80, 0xA0)}

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_ROUND = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_SHORT = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}
_VNI_PAIR = re.compile(r"([aeoyuôö])([ùøûõï])|([aeo])([âáàåãä])|(a)([êéèúüë])", re.IGNORECASE)
_VNI_SINGLE = re.compile("[íìæóòîñôö]", re.IGNORECASE)
_VNI = re.compile(f"{_VNI_PAIR.pattern}|{_VNI_SINGLE.pattern}", re.IGNORECASE)
READ_RIGHTLY = "[\u1ea0-\u1ef9\u0300-\u0323ĂăƠơƯưĐđĨĩŨũ]"  # letters that no wrong reading gives
_READ_RIGHTLY = re.compile(READ_RIGHTLY)


def readings(text: str) -> Iterator[str]:
    """What a name may have been before it was read wrongly, likeliest first; nothing for one that shows no sign of it."""
    if text.isascii() or _READ_RIGHTLY.search(text):
        return
    once = undo_mojibake(text)
    if once is not None:
        yield once
        twice = undo_mojibake(once)
        if twice is not None:
            yield twice
    if _TCVN3_SYMBOL.search(text):
        yield from _tcvn3_readings(text)
        yield from _vni_readings(text)
    else:
        yield from _vni_readings(text)
        yield from _tcvn3_readings(text)


def _vni_readings(text: str) -> Iterator[str]:
    if _VNI_PAIR.search(text) or _VNI_SINGLE.search(text):
        yield undo_vni(text)


def _tcvn3_readings(text: str) -> Iterator[str]:
    if not _TCVN3_SIGNS.isdisjoint(text) or not _TCVN3_LETTERS.isdisjoint(text):
        yield text.translate(_TCVN3)
        if text.isupper() or text.istitle() or any(c.isupper() for c in text[1:]):
            yield text.lower().translate(_TCVN3)


def undo_mojibake(text: str) -> str | None:
    """UTF-8 that was read as Windows-1252 or Latin-1, read as UTF-8; None if it was not that.

    >>> undo_mojibake("Nguyá»…n")
    'Nguyễn'
    """
    try:
        raw = text.translate(_TO_BYTES).encode("latin-1")
    except UnicodeEncodeError:
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:  # a no-break space inside a letter became a plain one
        return raw.replace(b"\xc3 ", b"\xc3\xa0").replace(b"\xba ", b"\xba\xa0").decode("utf-8")
    except UnicodeDecodeError:
        return None


def undo_vni(text: str) -> str:
    """Text of the VNI-Windows fonts as Unicode (NFD or NFC: whoever compares normalises).

    >>> import unicodedata
    >>> unicodedata.normalize("NFC", undo_vni("Nguyeãn Vaên Huyønh"))
    'Nguyễn Văn Huỳnh'
    """
    return _VNI.sub(_vni_sign, text)


def _vni_sign(found: re.Match[str]) -> str:
    sign = found[0]
    if len(sign) == 2:
        return _vni_letter(sign)
    low = sign.lower()
    return _VNI_ALONE[low].upper() if sign != low else _VNI_ALONE[low]


def _vni_letter(pair: str) -> str:
    letter, mark = pair[0], pair[1].lower()
    low = letter.lower()
    base = _VNI_ALONE.get(low, low)
    if mark in _VNI_TONES:
        made = base + _VNI_TONES[mark]
    elif mark in _VNI_ROUND:
        made = base + "\u0302" + _VNI_ROUND[mark]
    else:
        made = base + "\u0306" + _VNI_SHORT[mark]
    return made.upper() if letter != low else made
