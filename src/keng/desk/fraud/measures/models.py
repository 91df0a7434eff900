"""A measure, its renewals and notices, the request to each partner that carries it out, and every answer.

Invariant: whether a measure is in force is computed from its end and the clock. A worker that is down delays a ledger entry,
never the end of a measure.
"""

from __future__ import annotations

import uuid
from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from keng.base.identifiers import new_id
from keng.desk.fraud.measures.kinds import OBJECTS, ONE_ORDER_IS_ENOUGH, SAID, Kind, Target


class MeasureState(models.TextChoices):
    PROPOSED = "proposed", "Chờ người thứ hai duyệt"
    UNCONFIRMED = "unconfirmed", "Đang giữ khẩn cấp, chờ xác nhận"
    ACTIVE = "active", "Đã xác nhận"
    DECLINED = "declined", "Người thứ hai không đồng ý"
    LAPSED = "lapsed", "Tự hết hiệu lực vì không ai xác nhận"
    ENDED = "ended", "Hết thời hạn"
    LIFTED = "lifted", "Đã gỡ"
    WITHDRAWN = "withdrawn", "Người đề nghị đã rút lại"


OPEN_STATES = (MeasureState.PROPOSED, MeasureState.UNCONFIRMED, MeasureState.ACTIVE)
SENT_STATES = (MeasureState.UNCONFIRMED, MeasureState.ACTIVE)


class Wrong(models.TextChoices):
    """Why a measure was wrong: the closed list by which wrongful ones are counted."""

    OBJECT = "wrong_object", "Nhầm đối tượng"
    PERSON = "wrong_person", "Nhầm người"
    NO_FRAUD = "no_fraud", "Không phải lừa đảo"
    TOO_MUCH = "too_much", "Quá mức cần thiết"
    NO_BASIS = "basis_missing", "Thiếu căn cứ"
    OTHER = "other", "Lý do khác"


FITS = reduce(or_, (Q(kind=kind.value, object_kind__in=OBJECTS[kind]) for kind in Kind))
HAS_DOCUMENT = ~Q(document_number="") & ~Q(document_body="") & Q(document_date__isnull=False)
IS_HOLD = Q(kind=Kind.HOLD_FUNDS.value)


class Measure(models.Model):
    """One restriction of one exact object, for one report. A hold is about an amount, never about the account as a whole."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True, help_text="what the person affected quotes")
    kind = models.CharField(max_length=20, choices=[(kind.value, said.vi) for kind, said in SAID.items()])
    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="measures")
    owner = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="whose its report is, written here too: what lists are read by",
    )
    object_kind = models.CharField(max_length=16, default="account", help_text="an indicator's kind")
    object_value = models.CharField(max_length=2100, help_text="its canonical value")
    amount = models.BigIntegerField(null=True, help_text="whole đồng; for a hold of funds only")
    scope = models.CharField(max_length=100, blank=True, help_text="codes of what data is kept; for preservation only")
    chosen_partners = models.CharField(
        max_length=400, blank=True, help_text="codes of those to ask; empty: all that serve the object"
    )
    basis = models.CharField(max_length=64, help_text="code in the table of bases, as valid when proposed")
    reason = models.CharField(max_length=500)
    document_number = models.CharField(max_length=100, blank=True, help_text="of a court's or authority's decision")
    document_date = models.DateField(null=True)
    document_body = models.CharField(max_length=200, blank=True, help_text="who issued it")
    suggested_by = models.CharField(
        max_length=64, blank=True, help_text="the engine whose finding led here; empty: an officer's own reading"
    )
    urgent = models.BooleanField(help_text="sent by one officer; falls by itself unless confirmed")
    state = models.CharField(max_length=12, choices=MeasureState.choices)
    proposed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirm_by = models.DateTimeField(null=True, help_text="an urgent hold falls at this moment unless confirmed")
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, help_text="when it first went out")
    ends_at = models.DateTimeField(null=True, help_text="the end of a confirmed measure")
    renewals_done = models.PositiveSmallIntegerField(default=0)
    notice_delay_reason = models.CharField(max_length=500, blank=True, help_text="why the person is not told yet")
    notice_delayed_to = models.DateTimeField(null=True, help_text="at this moment the notice goes out by itself")
    closed_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    lift_reason = models.CharField(max_length=500, blank=True)
    wrong = models.CharField(max_length=16, choices=Wrong.choices, blank=True, help_text="empty: not found wrong")
    wrong_found_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=FITS, name="measure_fits_its_object"),
            models.CheckConstraint(
                condition=(IS_HOLD & Q(amount__isnull=False, amount__gt=0)) | (~IS_HOLD & Q(amount=None)),
                name="measure_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="measure_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(ends_at__isnull=False, decided_by__isnull=False),
                name="active_measure_ends",
            ),
            models.CheckConstraint(
                condition=(Q(urgent=False) & ~Q(state="unconfirmed")) | (IS_HOLD & Q(confirm_by__isnull=False)),
                name="urgent_measure_falls_by_itself",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.RESTRICT_ACCOUNT.value) | (HAS_DOCUMENT & Q(suggested_by="")),
                name="restriction_rests_on_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(scope="") ^ Q(kind=Kind.PRESERVE_DATA.value), name="preservation_says_what"
            ),
            models.CheckConstraint(
                condition=Q(notice_delayed_to=None) ^ ~Q(notice_delay_reason=""), name="notice_delay_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(wrong="") | (Q(wrong__in=Wrong.values) & Q(wrong_found_at__isnull=False)),
                name="wrong_is_of_the_list",
            ),
            models.UniqueConstraint(
                fields=["report", "object_kind", "object_value"],
                condition=Q(urgent=True),
                name="one_urgent_hold_for_a_loss_and_account",
            ),
            models.UniqueConstraint(
                fields=["report", "kind", "object_kind", "object_value"],
                condition=Q(state__in=["proposed", "unconfirmed", "active"]),
                name="one_open_measure_for_a_report_and_object",
            ),
            models.UniqueConstraint(
                fields=["kind", "object_kind", "object_value"],
                condition=Q(
                    state__in=["proposed", "unconfirmed", "active"], kind__in=[one.value for one in ONE_ORDER_IS_ENOUGH]
                ),
                name="one_open_order_for_an_object",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "confirm_by"], name="measure_due"),
            models.Index(fields=["state", "ends_at"], name="measure_ends"),
            models.Index(fields=["object_kind", "object_value"], name="measure_object"),
            models.Index(fields=["kind", "sent_at"], name="measure_counted"),
            models.Index(fields=["-proposed_at"], name="measure_newest"),
            models.Index(
                fields=["-proposed_at"],
                name="measure_open",
                condition=Q(state__in=["proposed", "unconfirmed", "active"]),
            ),
            models.Index(fields=["owner", "-proposed_at"], name="measure_unit"),
            models.Index(fields=["sent_at"], name="measure_sent", condition=Q(sent_at__isnull=False)),
            models.Index(fields=["decided_at"], name="measure_decided", condition=Q(decided_at__isnull=False)),
            models.Index(fields=["closed_at"], name="measure_lifted", condition=Q(state="lifted")),
            models.Index(fields=["wrong_found_at"], name="measure_wrong", condition=Q(wrong_found_at__isnull=False)),
        ]

    @property
    def subject(self) -> str:
        """How the ledger names this measure."""
        return f"measure:{self.pk}"

    @property
    def target(self) -> Target:
        """The exact object."""
        return Target(self.object_kind, self.object_value)


class RenewalState(models.TextChoices):
    PROPOSED = "proposed", "Chờ người thứ hai duyệt"
    APPROVED = "approved", "Đã gia hạn"
    DECLINED = "declined", "Người thứ hai không đồng ý"
    LAPSED = "lapsed", "Không duyệt kịp trước khi lệnh hết"


class Renewal(models.Model):
    """One proposal to let a measure last longer, for a reason that was not given before; approved by another officer."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="renewals")
    number = models.PositiveSmallIntegerField(help_text="1, 2, 3 … within the measure")
    reason = models.CharField(max_length=500)
    reason_folded = models.CharField(max_length=600, help_text="the reason as compared: no case, marks or signs")
    state = models.CharField(max_length=10, choices=RenewalState.choices, default=RenewalState.PROPOSED)
    proposed_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(max_length=500, blank=True)
    ends_before = models.DateTimeField(help_text="the measure's end when it was proposed")
    ends_after = models.DateTimeField(null=True, help_text="the new end")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "number"], name="renewal_numbered_once"),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(state="proposed"), name="one_open_renewal_of_a_measure"
            ),
            models.UniqueConstraint(fields=["measure", "reason_folded"], name="renewal_reason_is_new"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="renewal_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(decided_by__isnull=False, ends_after__isnull=False, ends_after__gt=F("ends_before")),
                name="renewal_has_a_new_end",
            ),
        ]


class Notice(models.Model):
    """What the person affected is told, word for word, each time that the measure changed. Made when it goes out, never changed."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=12, help_text="requested, confirmed, renewed or released")
    vi = models.TextField()
    en = models.TextField()
    sha256 = models.BinaryField(max_length=32, help_text="of both texts as sent: Vietnamese, a newline, English; UTF-8")
    sent_at = models.DateTimeField(help_text="when it went out to those who pass it on")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["measure", "number"], name="notice_numbered_once")]


class RequestState(models.TextChoices):
    ASKED = "asked", "Đang gửi"
    DELIVERED = "delivered", "Đã tới đối tác"
    RECEIVED = "received", "Đối tác đã nhận, đang xử lý"
    EXECUTED = "executed", "Đã làm đủ"
    PART = "part", "Đã làm một phần"
    REFUSED = "refused", "Đối tác từ chối"
    RELEASED = "released", "Đã gỡ"


UNANSWERED = (RequestState.ASKED, RequestState.DELIVERED, RequestState.RECEIVED)
DONE = (RequestState.EXECUTED, RequestState.PART)


class Request(models.Model):
    """What one partner is asked, and how far it is. `version` grows with each change that the partner must hear of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="requests")
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        "organisations.Organisation",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="whose its report is, written here too: what lists are read by",
    )
    state = models.CharField(max_length=12, choices=RequestState.choices, default=RequestState.ASKED)
    version = models.PositiveIntegerField(default=1)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    until = models.DateTimeField(help_text="the partner undoes it at this moment, whatever else it hears")
    delivered_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True, help_text="the final answer that counts")
    answered_version = models.PositiveIntegerField(default=0, help_text="the version that it answered")
    held_amount = models.BigIntegerField(default=0, help_text="0 for every measure but a hold of funds")
    refusal = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True, help_text="the partner's own number")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure", "partner"], name="one_request_a_partner"),
            models.CheckConstraint(condition=Q(held_amount__gte=0), name="held_is_not_negative"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "asked_at"], name="request_partner"),
            models.Index(fields=["state", "answer_by"], name="request_ageing"),
            models.Index(fields=["answered_at"], name="request_answered", condition=Q(answered_at__isnull=False)),
            models.Index(fields=["state", "until"], name="request_live"),
            models.Index(fields=["owner", "state", "until"], name="request_unit"),
        ]

    @property
    def subject(self) -> str:
        """How the ledger and the outbox name this request."""
        return f"request:{self.pk}"


class Answer(models.Model):
    """Every authentic answer as it came, also one that did not count: nothing that a partner says is lost."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers", null=True)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=128)
    received_at = models.DateTimeField()
    status = models.CharField(max_length=12)
    held_amount = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    outcome = models.CharField(max_length=20, help_text="counted, or why it did not")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "message_id"], name="answer_message")]


class Question(models.Model):
    """What a partner's clerk asks the desk about a request, and what an officer replies."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="questions")
    key = models.CharField(
        max_length=64, unique=True, help_text="made once for a form, so that a second click adds nothing"
    )
    text = models.CharField(max_length=500)
    asked_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reply = models.CharField(max_length=500, blank=True)
    replied_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reply="", replied_by=None, replied_at=None)
                | (~Q(reply="") & Q(replied_by__isnull=False, replied_at__isnull=False)),
                name="question_reply_is_somebodys",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["replied_at", "asked_at"], name="question_waiting")]


QUESTIONS = ("requests__questions__asked_by", "requests__questions__replied_by")
"""What a page of a measure fetches ahead of the clerks' questions."""


class FilledSheet(models.Model):
    """A file of answers that a clerk sent, as what became of each of its rows. The file itself is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    name = models.CharField(max_length=200, help_text="as the clerk's machine called it")
    sha256 = models.BinaryField(max_length=32)
    rows = models.JSONField(help_text="row, outcome, measure, column and words of each row with a result")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "sent_at"], name="sheet_of_partner")]


class ReviewState(models.TextChoices):
    OPEN = "open", "Chờ xem lại"
    STANDS = "stands", "Vẫn giữ nguyên lệnh"
    OVER = "over", "Lệnh đã hết"


class Review(models.Model):
    """What a measure rested on was undone: an officer decides whether it stands. If it ends meanwhile, nothing is left to
    decide.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="reviews")
    cause = models.CharField(max_length=64, help_text="as the ledger names it: `judgement:12`")
    state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.OPEN)
    opened_at = models.DateTimeField()
    decide_by = models.DateTimeField(help_text="the rule's clock")
    decided_by = models.ForeignKey("people.Officer", on_delete=models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["measure"], condition=Q(state="open"), name="one_open_review_of_a_measure"),
            models.CheckConstraint(
                condition=~Q(state="stands") | Q(decided_by__isnull=False),
                name="a_review_is_decided_by_somebody",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["decide_by"], name="review_due", condition=Q(state="open"))]

    @property
    def subject(self) -> str:
        """How the ledger names it."""
        return f"review:{self.pk}"
