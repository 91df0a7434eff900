"""The letters of SMS: decoding what phones send, and writing replies in the basic alphabet, 160 letters or twice 153.

Source: 3GPP TS 23.038 (alphabet, coding schemes), TS 23.040 section 9.2.3.24.1 (long messages).
"""

from __future__ import annotations

import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
ESCAPE = 0x1B
ALONE, IN_TWO = 160, 153  # letters of one segment alone, and of each of several
MOST_SEGMENTS = 2
MOST_LETTERS = MOST_SEGMENTS * IN_TWO
UDH_INDICATOR = 0x40  # of esm_class

_CODES = {letter: code for code, letter in enumerate(BASIC) if code != ESCAPE}
_OTHER_LETTERS = str.maketrans({
    "đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " ", "`": "'",
})  # fmt: skip


def decode(data: bytes, coding: int) -> str | None:
    """The words in the bytes of a message; None if they are no text (a picture, a ring tone, a setting for the phone).

    `coding` as in SMPP 3.4, 5.2.19. Never raises; what is no letter becomes U+FFFD.
    """
    match _alphabet(coding):
        case "basic":
            return _basic(data)
        case "ucs2":
            return data.decode("utf-16-be", "replace")
        case "latin1":
            return data.decode("latin-1")
    return None


def bare(text: str) -> str:
    """The text in letters of the basic alphabet: Vietnamese without its marks, what has no letter there left out."""
    plain = unicodedata.normalize("NFD", text.translate(_OTHER_LETTERS))
    return "".join(letter for letter in plain if letter in _CODES)


def segments(text: str, reference: int) -> list[tuple[bytes, int]]:
    """The segments of a text of basic letters: bytes for a PDU (a letter each) and its esm_class; at most two, or ValueError."""
    codes = bytes(_CODES[letter] for letter in text)
    if len(codes) <= ALONE:
        return [(codes, 0)]
    pieces = [codes[at : at + IN_TWO] for at in range(0, len(codes), IN_TWO)]
    if len(pieces) > MOST_SEGMENTS:
        raise ValueError(f"{len(codes)} letters do not fit into {MOST_SEGMENTS} segments")
    return [
        (bytes((5, 0, 3, reference % 256, len(pieces), number)) + piece, UDH_INDICATOR)
        for number, piece in enumerate(pieces, 1)
    ]


def _alphabet(coding: int) -> str:
    """Which alphabet a data_coding names; empty for what is no text."""
    if coding & 0xF0 == 0xF0:  # message class: bit 2 tells 8-bit data
        return "" if coding & 0x04 else "basic"
    return {0: "basic", 1: "basic", 3: "latin1", 8: "ucs2"}.get(coding, "")


def _basic(data: bytes) -> str:
    found, escaped = [], False
    for code in data:
        if escaped:
            found.append(EXTENDED.get(code, "\ufffd"))
        elif code != ESCAPE:
            found.append(BASIC[code] if code < len(BASIC) else "\ufffd")
        escaped = code == ESCAPE and not escaped
    return "".join(found)
