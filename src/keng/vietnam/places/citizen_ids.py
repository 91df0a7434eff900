"""The province in a citizen's number: where the birth was registered, on the map of before 2025-07-01, for life.

Source: Circular 59/2021/TT-BCA, article 4 and annex I (from memory, unconfirmed): 001 to 096, a zero before the province's
code of that time. A merger does not change a number. Which codes children get who are born since is not confirmed.
"""

from __future__ import annotations

from datetime import date

from keng.vietnam.places.tables import find_unit
from keng.vietnam.places.units import Level, Unit

_MAP_OF_THE_CODES = date(2025, 6, 30)


def province_of_citizen_id(code: str) -> Unit | None:
    """The province that the first three digits of a citizen's number name; None for another country or no code at all.

    What it is now: `keng.vietnam.places.successors` of it. It is not where the person lives.
    """
    if len(code) != 3 or not code.startswith("0"):
        return None
    found = find_unit(code[1:], _MAP_OF_THE_CODES)
    return found if found and found.level == Level.PROVINCE else None
