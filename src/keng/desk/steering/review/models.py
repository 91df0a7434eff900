"""Daily sums: what `facts` gives for a day that is over, kept so that a year is read at once. Made of the rows and nothing else.

Invariant: a day that stands in `CountedDay` and that nothing in the ledger's tail touches has exactly the sums of its rows.
Delete all three tables and they are made anew; never edit them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class CountedDay(models.Model):
    """A day in Vietnam whose sums stand."""

    day = models.DateField(primary_key=True)


class DaySum(models.Model):
    """One fact on one day, of one unit's reports, in one place."""

    day = models.DateField()
    fact = models.CharField(max_length=16, help_text="a code of facts.py")
    owner = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="whose reports"
    )
    map = models.CharField(max_length=4, help_text="the map of the report's time: 63, 34")
    province = models.CharField(max_length=2, blank=True, help_text="its code on that map; empty: no place is known")
    formerly = models.CharField(max_length=2, blank=True, help_text="its code on the map before, where that is certain")
    n = models.BigIntegerField()
    amount = models.BigIntegerField(default=0, help_text="whole đồng, or microseconds")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "fact", "owner", "map", "province", "formerly"],
                name="day_sum_once",
            ),
            models.CheckConstraint(condition=Q(n__gt=0), name="day_sum_counts_something"),
        ]


class Mark(models.Model):
    """One row: up to which place of the ledger touched days have been let go."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    place = models.BigIntegerField(default=-1)
