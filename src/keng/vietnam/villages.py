"""Villages and residential groups as communes write them: the kind is told by the word in front, which is part of the name."""

from __future__ import annotations

import re
import unicodedata

from keng.base.errors import InputError, Said
from keng.vietnam.places import Kind

MOST_LETTERS = 100

_GROUPS = ("tổ dân phố", "tổ nhân dân", "tổ", "khu phố", "khu dân cư", "khu", "khóm", "tiểu khu")
_VILLAGES = ("thôn", "ấp", "bản", "buôn", "bon", "làng", "xóm", "plei", "plây", "phum", "sóc", "đội", "điểm dân cư")
_KIND_OF = dict.fromkeys(_GROUPS, Kind.RESIDENTIAL_GROUP) | dict.fromkeys(_VILLAGES, Kind.VILLAGE)
_LONGEST_FIRST = sorted(_KIND_OF, key=len, reverse=True)
_NAME = re.compile(r"[\w][\w .,'’()/-]*")

NO_KIND = Said(
    "phải bắt đầu bằng thôn, ấp, bản, buôn, làng, xóm, tổ dân phố, khu phố, khóm ... rồi đến tên hoặc số",
    "must begin with thôn, ấp, bản, buôn, làng, xóm, tổ dân phố, khu phố, khóm ... and then a name or a number",
)
BAD_NAME = Said("tên quá dài hoặc có ký tự lạ", "the name is too long or holds odd characters")


def read_village(line: str) -> tuple[Kind, str]:
    """The kind and the name of one line, as `Bản Mường` or `Tổ dân phố số 5`. Raises InputError `bad_village`.

    >>> read_village("  buôn  Đôn ")
    (<Kind.VILLAGE: 'village'>, 'Buôn Đôn')
    """
    name = " ".join(unicodedata.normalize("NFC", line).split())
    if len(name) > MOST_LETTERS or (name and not _NAME.fullmatch(name)):
        raise InputError("bad_village", BAD_NAME)
    low = name.lower()
    word = next((one for one in _LONGEST_FIRST if low.startswith(f"{one} ")), None)
    if word is None:
        raise InputError("bad_village", NO_KIND)
    return _KIND_OF[word], name[0].upper() + name[1:]
