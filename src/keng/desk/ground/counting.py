"""Counts of different things by one question to the database."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def count_each(*rows: QuerySet[Any] | None) -> list[int]:
    """How many rows each of these has; 0 for None. One query. The order of a slice is kept: it may be what lets it stop."""
    asked: list[tuple[int, str, tuple[Any, ...]]] = []
    for place, one in enumerate(rows):
        if one is not None:
            try:
                unordered = one if one.query.is_sliced else one.order_by()
                asked.append((place, *unordered.values("pk").query.sql_with_params()))
            except EmptyResultSet:
                continue
    counts = [0] * len(rows)
    if asked:
        columns = ", ".join(f"(SELECT COUNT(*) FROM ({sql}) AS counted_{place})" for place, sql, _more in asked)  # noqa: S608 - Django's own SQL
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns}", [value for _place, _sql, more in asked for value in more])
            found = cursor.fetchone()
        for (place, _sql, _more), count in zip(asked, found, strict=True):
            counts[place] = count
    return counts
