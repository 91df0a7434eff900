"""Organisations as a tree of dated rows. A row that changed its name by law or was merged is ended and names its successor.

`path` is the codes from the top down to the row itself. `heir_path` is the path of the organisation that answers for it now:
its own while it stands, its successor's (and so on) afterwards. Whatever belongs to an organisation points at the row of its
time and is found by `heir_path`, so nothing is copied when a map changes.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation is; a closed list."""

    MINISTRY = "ministry", _("Bộ Công an")
    DEPARTMENT = "department", _("Cục, trung tâm")
    PROVINCE = "province", _("Công an cấp tỉnh")
    COMMUNE = "commune", _("Công an cấp xã")
    BANK = "bank", _("Ngân hàng")
    CARRIER = "carrier", _("Nhà mạng")
    REGISTRY = "registry", _("Tổ chức quản lý tên miền")
    OTHER_MINISTRY = "other_ministry", _("Bộ, ngành khác")
    MASS_ORGANISATION = "mass_organisation", _("Đoàn thể")
    SCHOOL = "school", _("Trường học")
    MEDIA = "media", _("Cơ quan báo chí")
    PLATFORM = "platform", _("Nền tảng")
    FOREIGN_AUTHORITY = "foreign_authority", _("Cơ quan nước ngoài")


POLICE = frozenset({"ministry", "department", "province", "commune"})


class Organisation(models.Model):
    """`valid_to` is the first day on which it is no more. The place is a code to be read on `place_on`: never without."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=420, help_text="both names as they are searched: folded")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=255, unique=True)
    heir_path = models.CharField(max_length=255, db_index=True)
    place_code = models.CharField(max_length=5, blank=True)
    place_on = models.DateField(null=True)
    valid_from = models.DateField(null=True, help_text="none: stood before these records begin")
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    hours = models.CharField(
        max_length=200, blank=True, help_text="when it can be reached: see hours.py; empty: not told"
    )
    version = models.PositiveIntegerField(default=1, help_text="of its own data; grows with every change")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(
                condition=Q(place_code="", place_on=None) | (~Q(place_code="") & Q(place_on__isnull=False)),
                name="organisation_place_has_its_date",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=models.F("valid_from")),
                name="organisation_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(successor=None) | Q(valid_to__isnull=False), name="organisation_successor_follows_an_end"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "valid_to"], name="organisation_standing")]

    def __str__(self) -> str:
        return self.code

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"organisation:{self.code}"

    @property
    def is_police(self) -> bool:
        """Whether it is a unit of the police tree."""
        return self.kind in POLICE

    def stands_on(self, day: date) -> bool:
        """Whether it is there on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    def name_in(self, language: str) -> str:
        """The name in the reader's language."""
        return self.name_en if language.startswith("en") and self.name_en else self.name


class ContactKind(models.TextChoices):
    """How one reaches an organisation."""

    PHONE = "phone", _("Điện thoại")
    EMAIL = "email", _("Thư điện tử")
    FAX = "fax", _("Fax")
    WEB = "web", _("Trang web")
    POST = "post", _("Bưu chính")


class ContactPoint(models.Model):
    """A way to reach the organisation. Ended first; deleted when its time of retention is over."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    value = models.CharField(max_length=200)
    hours = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ContactKind.values), name="contact_kind_known")
        ]


class Equipment(models.Model):
    """What the organisation has to work with. Ended, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="equipment")
    name = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    note = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
