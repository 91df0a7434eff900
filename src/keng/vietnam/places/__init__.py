"""Places with dates: the units of every map that Vietnam has had since the tables begin, and what became of each.

A code without a date is no place: 15 was Yên Bái and is Lào Cai. Which figures are estimated: docs/places.md.

>>> from datetime import date
>>> unit("15", date(2025, 6, 30)).full_name, unit("15", date(2025, 7, 1)).full_name
('Tỉnh Yên Bái', 'Tỉnh Lào Cai')
"""

from keng.vietnam.places.citizen_ids import province_of_citizen_id
from keng.vietnam.places.names import find_units
from keng.vietnam.places.recasting import recast, recast_counts
from keng.vietnam.places.successions import Basis, Succession, predecessors, successors
from keng.vietnam.places.tables import children, find_unit, path, unit, units
from keng.vietnam.places.units import Kind, Level, Unit

__all__ = [
    "Basis",
    "Kind",
    "Level",
    "Succession",
    "Unit",
    "children",
    "find_unit",
    "find_units",
    "path",
    "predecessors",
    "province_of_citizen_id",
    "recast",
    "recast_counts",
    "successors",
    "unit",
    "units",
]
