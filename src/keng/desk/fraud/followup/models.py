"""A case for each record that did not agree, the orders to the carrier or bank, what the holder said, and who called them.

Invariant: how a case stands is computed from its dated events, its ladder and the clock (`standing.py`). `next_at` only says when
the worker should look at it again; no worker makes a restriction fall due or keeps one standing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from keng.base.identifiers import new_id


class Kind(models.TextChoices):
    SIM = "sim", "Thuê bao"
    ACCOUNT = "account", "Tài khoản"


class Batch(models.Model):
    """What one register led to. `begun_at` is empty until every finding is there: before, none of its cases counts.

    A batch without `begun_by` gathers what a carrier tells of by itself (changes of device).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    submitter = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, null=True, related_name="+", help_text="whose it is"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices)
    begun_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(help_text="when the first finding came")
    begun_at = models.DateTimeField(null=True, help_text="when all were there; empty: it is still being written")
    cases_made = models.PositiveIntegerField(default=0)
    without_case = models.PositiveIntegerField(default=0, help_text="findings from which nothing follows")
    sealed_by = models.CharField(max_length=64, help_text="empty: the key is destroyed")
    sealed_key = models.BinaryField(help_text="the key from which the holders' codes are made, sealed")
    rolled_back_at = models.DateTimeField(null=True)
    rolled_back_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    roll_back_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="followup_kind_known"),
            models.CheckConstraint(
                condition=Q(rolled_back_at=None) | (Q(rolled_back_by__isnull=False) & ~Q(roll_back_reason="")),
                name="followup_roll_back_has_a_reason",
            ),
            models.UniqueConstraint(
                fields=["partner", "kind"], condition=Q(begun_by=None), name="one_batch_of_a_partners_own"
            ),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this batch."""
        return f"followup:{self.pk}"


class Level(models.TextChoices):
    """What is taken away; the values are those of a ladder's steps."""

    NONE = "", "Không hạn chế"
    OUT = "restrict_out", "Dừng một chiều"
    BOTH = "restrict_both", "Dừng hai chiều"
    END = "end", "Chấm dứt"


class Decision(models.TextChoices):
    """What a person decided of a case on which no restriction may follow by the clock."""

    NONE = "", "Chưa quyết định"
    GO_ON = "go_on", "Cho đi tiếp"


class Outcome(models.TextChoices):
    """How a case was closed. A contract's end is no outcome here: the clock tells it."""

    OPEN = "", "Đang mở"
    CORRECTED = "corrected", "Đã sửa"
    GRANTED = "granted", "Khiếu nại được chấp nhận"
    LET_GO = "let_go", "Cán bộ cho dừng"
    EXEMPT = "exempt", "Được miễn"


class Case(models.Model):
    """One record's case. `clock_from`: when its first notice went out, moved on by every stop and by notices that went out late."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="cases", db_index=False)
    record = models.CharField(max_length=64, help_text="the submitter's own number of the record")
    value = models.CharField(max_length=64, help_text="the phone number or account, canonical")
    verdict = models.CharField(max_length=16)
    reasons = models.CharField(max_length=500, blank=True, help_text="codes of reasons, separated by spaces")
    fields = models.CharField(max_length=100, blank=True, help_text="names of fields to correct")
    probability = models.FloatField(null=True)
    person = models.CharField(max_length=64, blank=True, help_text="pseudonym of the person accepted as holder")
    sims = models.PositiveIntegerField(default=0, help_text="how many numbers the holder has; 0: not known")
    rule = models.CharField(max_length=64, help_text="code of its ladder")
    rule_on = models.DateField(help_text="the day on which the ladder is to be read")
    code_hash = models.BinaryField(max_length=32, unique=True, help_text="of the code in the holder's notices")
    needs_person = models.BooleanField(help_text="no restriction follows without a person's decision")
    clock_from = models.DateTimeField(null=True)
    notices = models.PositiveSmallIntegerField(default=0, help_text="how many went out on this ladder")
    stopped_at = models.DateTimeField(null=True, help_text="since when the clock stands still")
    floor = models.CharField(max_length=14, choices=Level.choices, blank=True, help_text="what stood already")
    ordered = models.CharField(max_length=14, choices=Level.choices, blank=True, help_text="what was asked last")
    next_at = models.DateTimeField(null=True, help_text="when the worker looks at it again")
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        "people.Officer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)
    asked_at = models.DateTimeField(null=True, help_text="since when the holder asks for a person")
    to_say = models.CharField(
        max_length=16, blank=True, help_text="what the holder is told next, outside of the ladder"
    )
    contacted_at = models.DateTimeField(null=True, help_text="since when the holder was reached, or tried often enough")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        "people.Officer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_reason = models.CharField(max_length=500, blank=True)
    orders_made = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "record"], name="one_case_of_a_record"),
            models.CheckConstraint(
                condition=Q(decision="") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="case_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at=None) | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="case_closed_with_an_outcome",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch", "next_at"], name="case_due", condition=Q(next_at__isnull=False)),
            models.Index(fields=["record"], name="case_record"),
            models.Index(fields=["value"], name="case_value"),
            models.Index(fields=["asked_at"], name="case_asked", condition=Q(asked_at__isnull=False)),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this case."""
        return f"followup-case:{self.pk}"


class Action(models.TextChoices):
    """What a carrier or bank is asked. The values are part of the contract with partners and are never renamed."""

    NOTICE = "notice", "Nhắn cho chủ thuê bao, chủ tài khoản"
    OUT = "restrict_out", "Dừng một chiều"
    BOTH = "restrict_both", "Dừng hai chiều"
    END = "end", "Chấm dứt hợp đồng"
    RESTORE = "restore", "Mở lại"
    CHECK = "check", "Xem đã sửa chưa"


class OrderState(models.TextChoices):
    ASKED = "asked", "Đang gửi"
    DELIVERED = "delivered", "Đã tới đối tác"
    RECEIVED = "received", "Đối tác đã nhận"
    EXECUTED = "executed", "Đã làm"
    REFUSED = "refused", "Đối tác từ chối"
    WITHDRAWN = "withdrawn", "Không còn cần"


UNANSWERED = (OrderState.ASKED, OrderState.DELIVERED, OrderState.RECEIVED)


class Order(models.Model):
    """What the partner is asked about one case, and its answer. A later order about the case takes the place of earlier ones."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders", db_index=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … within the case")
    action = models.CharField(max_length=14, choices=Action.choices)
    cause = models.CharField(
        max_length=14, help_text="why the holder is told; with the next six the text can be made again"
    )
    rule = models.CharField(max_length=64)
    rule_on = models.DateField()
    stood = models.CharField(max_length=14)
    stood_level = models.CharField(max_length=14, blank=True)
    step_at = models.DateTimeField(null=True)
    restored = models.BooleanField()
    letter = models.UUIDField(null=True, help_text="the message that it goes out in; empty: nobody is sent one")
    made_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    sha256 = models.BinaryField(
        max_length=32, help_text="of the text to the holder: Vietnamese, a newline, English; UTF-8"
    )
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.ASKED)
    delivered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=40, blank=True)
    reminded_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=100, blank=True, help_text="the partner's own number")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="order_numbered_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["partner", "action", "answer_by", "id"],
                name="order_next",
                condition=Q(state__in=["asked", "delivered", "received"]),
            ),
            models.Index(
                fields=["answer_by"],
                name="order_silent",
                condition=Q(action="restore", reminded_at=None, state__in=["asked", "delivered", "received"]),
            ),
            models.Index(fields=["letter"], name="order_letter", condition=Q(letter__isnull=False)),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this order."""
        return f"order:{self.pk}"


class WordKind(models.TextChoices):
    CORRECTED = "corrected", "Tôi đã sửa"
    NOT_MINE = "not_mine", "Số này không phải của tôi"
    PERSON = "person", "Tôi muốn gặp người"
    APPEAL = "appeal", "Khiếu nại"


class WordState(models.TextChoices):
    OPEN = "open", "Chờ trả lời"
    GRANTED = "granted", "Được chấp nhận"
    REJECTED = "rejected", "Không được chấp nhận"
    MOOT = "moot", "Không còn cần trả lời"


class Proof(models.TextChoices):
    """How the writer showed to be the holder."""

    CODE = "code", "Có mã trong thông báo"
    SIGN_IN = "sign_in", "Đăng nhập định danh"


class Word(models.Model):
    """What the holder said. While an appeal or a "corrected" is open the case's clock stands still. Texts are sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=WordKind.choices)
    level = models.CharField(max_length=14, choices=Level.choices, blank=True, help_text="what stood when it was said")
    rule = models.CharField(max_length=64, help_text="the case's ladder when it was said")
    said_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    text = models.BinaryField(help_text="sealed")
    sealed_by = models.CharField(max_length=64, blank=True)
    sealed_key = models.BinaryField()
    proof = models.CharField(max_length=10, choices=Proof.choices, default=Proof.CODE)
    proof_issuer = models.CharField(max_length=200, blank=True)
    proof_level = models.CharField(max_length=40, blank=True)
    proof_reference = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=WordState.choices, default=WordState.OPEN)
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(state="open"), name="one_open_word_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(kind="appeal") | Q(state__in=["open", "moot"]) | Q(decided_by__isnull=False),
                name="followup_appeal_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "answer_by"], name="word_open", condition=Q(state="open")),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"word:{self.pk}"


class CallOutcome(models.TextChoices):
    REACHED = "reached", "Đã nói chuyện với chủ"
    NO_ANSWER = "no_answer", "Không ai nghe"
    OFF = "off", "Máy tắt hoặc không liên lạc được"
    OTHER_PERSON = "other_person", "Người khác nghe, không phải chủ"


class Call(models.Model):
    """Somebody tried to reach the holder."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="calls")
    officer = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=14, choices=CallOutcome.choices)
