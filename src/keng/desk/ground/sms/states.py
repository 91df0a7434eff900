"""What became of a segment, in the words of SMPP 3.4, section 5.2.28, as far as Kẻng tells them apart."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Delivery(models.TextChoices):
    """`TAKEN`: the centre has it, and no receipt has come yet."""

    TAKEN = "taken", _("tổng đài đã nhận")
    DELIVERED = "delivered", _("đã tới máy")
    FAILED = "failed", _("không tới máy")
