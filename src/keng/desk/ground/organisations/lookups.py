"""`field__among`: the organisation is one of these numbers.

Written into the SQL as they are. A province stands over a hundred units and a queue reads fifteen bands of theirs: given as
parameters, these numbers took longer on their way to the database than what they ask for.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, ForeignKey, Lookup


@ForeignKey.register_lookup
@BigIntegerField.register_lookup  # where a unit's number stands without a foreign key: the sums of campaigns
class Among(Lookup):  # type: ignore[type-arg] - of Django, not subscriptable while it runs
    """Like `in`, for whole numbers that came from the database itself."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        if not self.rhs:
            raise EmptyResultSet
        left, more = self.process_lhs(compiler, connection)
        numbers = ", ".join(f"{number:d}" for number in self.rhs)  # TypeError, ValueError on anything but a number
        return f"{left} IN ({numbers})", tuple(more)
