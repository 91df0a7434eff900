"""One table: the villages and residential groups that communes keep."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class VillageKind(models.TextChoices):
    """As `vietnam.places.Kind` calls them."""

    VILLAGE = "village", _("Thôn, ấp, bản")
    RESIDENTIAL_GROUP = "residential_group", _("Tổ dân phố")


class Village(models.Model):
    """A village of a commune, which is the commune's police unit of its time. Ended, never deleted."""

    commune = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="villages")
    kind = models.CharField(max_length=20, choices=VillageKind.choices)
    name = models.CharField(max_length=100, help_text="with the word in front: Bản Mường")
    same_name = models.CharField(max_length=200, help_text="one spelling for what is one name")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="the first day on which it is no more")
    added_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    end_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=VillageKind.values), name="village_kind_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="village_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["commune", "same_name"], condition=Q(valid_to=None), name="village_stands_once"
            ),
        ]
