"""Two tables: what officers are trained in, and when they are on duty."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Skill(models.TextChoices):
    """What somebody can be attested in; a closed list. Trained for duty is who holds one of TRAINED."""

    MONEY_TRACING = "money_tracing", _("Truy vết dòng tiền")
    DIGITAL_FORENSICS = "digital_forensics", _("Giám định dữ liệu số")
    INCIDENT_RESPONSE = "incident_response", _("Ứng phó sự cố")
    ENGLISH = "english", _("Tiếng Anh")
    CHINESE = "chinese", _("Tiếng Trung")
    KHMER = "khmer", _("Tiếng Khmer")
    LAO = "lao", _("Tiếng Lào")
    KOREAN = "korean", _("Tiếng Hàn")
    JAPANESE = "japanese", _("Tiếng Nhật")


TRAINED = frozenset({"money_tracing", "digital_forensics", "incident_response"})


class HeldSkill(models.Model):
    """Somebody attested that an officer has a skill, from one day until before another. Deleted only by retention."""

    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="skills")
    skill = models.CharField(max_length=20, choices=Skill.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    attested_by = models.CharField(max_length=64, help_text="as the ledger names them")
    attested_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(skill__in=Skill.values), name="skill_known"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="skill_ends_after_it_begins"
            ),
        ]


class ShiftKind(models.TextChoices):
    PRIMARY = "primary", _("Trực chính")
    BACKUP = "backup", _("Dự phòng")


class Shift(models.Model):
    """An officer on duty in a unit from one moment until before another. Cancelled, and deleted only by retention."""

    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="shifts")
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="shifts")
    kind = models.CharField(max_length=8, choices=ShiftKind.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    planned_by = models.CharField(max_length=64, help_text="as the ledger names them")
    planned_at = models.DateTimeField()
    cancelled_by = models.CharField(max_length=64, blank=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ShiftKind.values), name="shift_kind_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_begins"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "starts_at"], name="shift_organisation"),
            models.Index(fields=["officer", "starts_at"], name="shift_officer"),
            models.Index(fields=["ends_at", "starts_at"], name="shift_times"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"shift:{self.pk}"
