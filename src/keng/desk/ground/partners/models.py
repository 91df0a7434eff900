"""Partners, and every authentic message of theirs. Their secrets are key files, not rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class PartnerKind(models.TextChoices):
    BANK = "bank", "Ngân hàng"
    CARRIER = "carrier", "Nhà mạng"
    REGISTRY = "registry", "Nơi quản lý tên miền"
    PLATFORM = "platform", "Nền tảng hoặc nơi lưu trữ"


class Partner(models.Model):
    """An organisation that carries out requests. A bank's code is its BIN, another's begins with its kind: `carrier:viettel`."""

    code = models.CharField(max_length=32, primary_key=True)
    kind = models.CharField(max_length=10, choices=PartnerKind.choices, default=PartnerKind.BANK)
    name = models.CharField(max_length=200)
    hotline = models.CharField(max_length=40, blank=True, help_text="what a victim can call, day and night")
    organisation = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="partners",
        help_text="whose people with the role `partner` are its clerks; none: nobody is",
    )
    address = models.URLField(
        max_length=500, blank=True, help_text="where requests are sent; empty: it fetches them, by API, file or web"
    )
    serves = models.JSONField(default=list, help_text="a registry's suffixes, a platform's hosts; empty for the others")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PartnerKind.values), name="partner_kind_is_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["kind"], name="partner_kind")]

    @property
    def ways(self) -> tuple[str, ...]:
        """How it hears of requests and answers: `api` (its address is called), `web` and `file` (it has an organisation)."""
        return (*(("api",) if self.address else ()), *(("web", "file") if self.organisation_id else ()))


class Inbound(models.Model):
    """An authentic message that was taken: its id is never taken again."""

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, db_index=False
    )  # the constraint's index begins with it
    message_id = models.CharField(max_length=128)
    received_at = models.DateTimeField()
    what = models.CharField(max_length=40, help_text="the operation that it called")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="inbound_id_taken_once"),
        ]
