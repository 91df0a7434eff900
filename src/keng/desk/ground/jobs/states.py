"""How soon, how it stands, why it failed: the words that messages and tasks have in common."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

WAITING = "waiting"


class Lane(models.IntegerChoices):
    """How soon. A lower lane is always looked at first; what share of the worker each may take stands in `lanes.py`."""

    URGENT = 0, _("Khẩn cấp")  # measures: money is gone in minutes
    CITIZEN = 1, _("Tới người dân")
    ROUTINE = 2, _("Thường")
    BULK = 3, _("Hàng loạt")


class State(models.TextChoices):
    """How a message goes."""

    WAITING = WAITING, "Chờ gửi"
    SENT = "sent", "Đã gửi"
    DEAD = "dead", "Không gửi được"
    DROPPED = "dropped", "Không còn cần gửi"


class TaskState(models.TextChoices):
    """How a task goes."""

    WAITING = WAITING, "Chờ làm"
    DONE = "done", "Đã làm"
    QUARANTINED = "quarantined", "Không làm được"
    DROPPED = "dropped", "Không còn cần làm"


class Reason(models.TextChoices):
    """Why a try failed, as a person needs to know it. The technical word stands in `last_error`."""

    UNREACHABLE = "unreachable", _("Không kết nối được")
    NOT_TAKEN = "not_taken", _("Bên nhận không nhận tin")
    BAD_ADDRESS = "bad_address", _("Địa chỉ nhận không dùng được")
    KILLED = "killed", _("Làm giữa chừng thì máy dừng, nhiều lần")
    MEMORY = "memory", _("Cần nhiều bộ nhớ hơn mức cho phép")
    REFUSED = "refused", _("Bị từ chối theo quy tắc")
    UNAVAILABLE = "unavailable", _("Nơi cần dùng đang không trả lời")
    FAULT = "fault", _("Lỗi của chương trình")
