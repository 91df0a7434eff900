"""The notice to the person affected: a statement of reasons, made from the measure's own facts.

What it says follows article 17 of Regulation (EU) 2022/2065: which restriction, where and how long; the facts relied on; whether
automated means were used; the ground and why it applies; how to seek redress. Nothing in it comes from the reporter's text or
from the officer's own words, so it can name nobody who reported.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings

from keng.base.errors import Said
from keng.base.times import VIETNAM, day_in_vietnam, shown
from keng.desk.fraud.measures.kinds import Kind, scope_said
from keng.desk.fraud.measures.models import Measure, MeasureState, Notice
from keng.desk.fraud.reports import queries as reports
from keng.vietnam import rules

OVER_STATES = (MeasureState.DECLINED, MeasureState.LAPSED, MeasureState.ENDED, MeasureState.LIFTED)

WHAT = {
    Kind.HOLD_FUNDS: Said(
        "Giữ {amount} đ trong tài khoản {object}. Chỉ số tiền đó bị giữ; tài khoản vẫn dùng được.",
        "Hold of {amount} VND in account {object}. Only that sum is held; the account stays usable.",
    ),
    Kind.RESTRICT_ACCOUNT: Said(
        "Hạn chế tài khoản {object}: không chuyển tiền đi được.",
        "Restriction of account {object}: no money can be sent from it.",
    ),
    Kind.BLOCK_NUMBER: Said(
        "Chặn số {object}: không gọi đi và không nhắn tin đi được.",
        "Block of the number {object}: no calls and no messages can be sent from it.",
    ),
    Kind.BLOCK_SENDER: Said(
        "Chặn tên người gửi {object}: tin nhắn mang tên này không được chuyển.",
        "Block of the sender name {object}: messages under this name are not carried.",
    ),
    Kind.SUSPEND_DOMAIN: Said(
        "Tạm ngừng tên miền {object}: tên miền không dẫn tới đâu nữa.",
        "Suspension of the domain name {object}: the name leads nowhere.",
    ),
    Kind.TAKE_DOWN_PAGE: Said(
        "Gỡ trang {object}: trang không xem được nữa.", "Take-down of the page {object}: it can no longer be seen."
    ),
    Kind.PRESERVE_DATA: Said(
        "Giữ nguyên dữ liệu về {object}: {scope}. Chưa ai được xem dữ liệu đó vì lệnh này; việc sử dụng không bị hạn chế.",
        "Preservation of data about {object}: {scope}. Nobody is shown the data because of this order; use is not restricted.",
    ),
}
WHERE = {
    "account": Said("Nơi áp dụng: ngân hàng giữ tài khoản.", "Where: at the bank that keeps the account."),
    "phone": Said("Nơi áp dụng: các nhà mạng tại Việt Nam.", "Where: at the carriers in Viet Nam."),
    "sender": Said("Nơi áp dụng: các nhà mạng tại Việt Nam.", "Where: at the carriers in Viet Nam."),
    "domain": Said("Nơi áp dụng: nơi quản lý tên miền, nên ở mọi nơi.", "Where: at the registry, so everywhere."),
    "url": Said("Nơi áp dụng: nền tảng hoặc nơi lưu trữ trang.", "Where: at the platform or host of the page."),
    "social": Said("Nơi áp dụng: nền tảng của trang.", "Where: at the platform of the page."),
}
WHEN = Said(
    "Thời gian: từ {since} tới {until}; sau đó tự hết, trừ khi được gia hạn với lý do mới và người thứ hai duyệt.",
    "Time: from {since} to {until} (Vietnam time); it then ends by itself unless it is renewed for a new reason by two officers.",
)
OVER = Said("Lệnh này đã hết hiệu lực từ {since}.", "This order is over since {since} (Vietnam time).")
FACTS = Said(
    "Sự việc: một báo cáo nhận ngày {day} nêu đối tượng này{as_what}. Số báo cáo khác nêu cùng đối tượng: {others}.",
    "Facts: a report received on {day} names this object{as_what}. Other reports that name it: {others}.",
)
AS_RECEIVER = Said(" là nơi nhận tiền bị lừa", " as the receiver of money taken by fraud")
DOCUMENT = Said("Văn bản: số {number} ngày {day} của {body}.", "Document: no. {number} of {day}, issued by {body}.")
READ_BY_MACHINE = Said(
    "Máy: một chương trình đọc báo cáo và nhận ra đối tượng ({engine}); máy không quyết định gì.",
    "Automated means: a program read the report and found the object ({engine}); it decided nothing.",
)
TYPED = Said(
    "Máy: không dùng; người báo tự ghi đối tượng này.", "Automated means: none; the reporter typed the object in."
)
SUGGESTED = Said(
    "Phát hiện của chương trình {engine} được dùng làm thông tin.", "A finding of {engine} was used as information."
)
BY_TWO = Said(
    "Quyết định: một cán bộ đề nghị, một cán bộ khác duyệt.", "Decision: one officer proposed, another approved."
)
BY_ONE = Said(
    "Quyết định: một cán bộ đã quyết định khẩn cấp; nếu người thứ hai không xác nhận trước {until} thì lệnh tự hết.",
    "Decision: one officer decided urgently; unless a second one confirms by {until} (Vietnam time), the order falls by itself.",
)
NOT_CONFIRMED = Said(
    "Quyết định: một cán bộ đã quyết định khẩn cấp; người thứ hai không xác nhận, nên lệnh đã hết.",
    "Decision: one officer decided urgently; no second officer confirmed it, so the order is over.",
)
LEGAL = Said(
    "Căn cứ: {basis}. Căn cứ này áp dụng vì sự việc nêu trên thuộc lĩnh vực {ground}.",
    "Legal ground: {basis}. It applies because the facts above concern {ground}.",
)
UNCONFIRMED = Said(
    "Nguồn của căn cứ này chưa được xác nhận: lệnh này chỉ là diễn tập.",
    "The source of this ground is not confirmed: this order is a rehearsal only.",
)
REDRESS = Said(
    "Nếu không đồng ý, bạn được khiếu nại không mất phí tại {url} với mã lệnh {code}. Người quyết định không tham gia vào lệnh và "
    "trả lời trong {hours} giờ; nếu bị bác, bạn được khiếu nại thêm một lần tới một người khác. Bạn cũng có quyền khởi kiện tại "
    "tòa án theo luật.",
    "If you disagree you may appeal, free of charge, at {url} with the order's code {code}. Whoever decides took no part in the "
    "order and answers within {hours} hours; if it is rejected you may appeal once more, to another person. You may also go to "
    "court as the law provides.",
)
GROUNDS = {
    rules.Ground.FRAUD: Said("lừa đảo", "fraud"),
    rules.Ground.INTRUSION: Said("xâm nhập hệ thống", "intrusion into systems"),
    rules.Ground.MALWARE: Said("mã độc", "malware"),
    rules.Ground.IDENTITY_ABUSE: Said("mạo danh, dùng giấy tờ của người khác", "impersonation or abuse of identity"),
    rules.Ground.SPAM: Said("tin nhắn, cuộc gọi rác", "spam"),
    rules.Ground.SEXUAL_EXTORTION: Said("tống tiền bằng hình ảnh riêng tư", "sexual extortion"),
    rules.Ground.DOCUMENT_LEAK: Said("lộ tài liệu", "leak of documents"),
}


def make(measure: Measure, cause: str, until: datetime, now: datetime) -> Notice | None:
    """The notice as it goes out now, stored; None while a dated reason delays it."""
    if is_delayed(measure, now):
        return None
    said = compose(measure, until, now)
    return Notice.objects.create(
        measure=measure,
        number=measure.notices.count() + 1,
        cause=cause,
        vi=said.vi,
        en=said.en,
        sha256=digest(said),
        sent_at=now,
    )


def is_delayed(measure: Measure, now: datetime) -> bool:
    """True while the person affected is not told yet, for the dated reason that the measure names."""
    return measure.notice_delayed_to is not None and now < measure.notice_delayed_to


def latest(measure: Measure) -> Notice | None:
    """What the person affected was told last; None if nothing went out yet."""
    return max(measure.notices.all(), key=lambda notice: notice.number, default=None)


def digest(said: Said) -> bytes:
    """SHA-256 of both texts: Vietnamese, a newline, English; UTF-8."""
    return hashlib.sha256(f"{said.vi}\n{said.en}".encode()).digest()


def address(measure: Measure) -> str:
    """Where the person affected reads the order and appeals."""
    return f"{settings.KENG_ADDRESS}/khieu-nai/{measure.code}/"


def object_said(measure: Measure) -> str:
    """The object as a person knows it: an account with its bank."""
    if measure.object_kind != "account":
        return measure.object_value
    return f"{measure.object_value.partition(':')[2]} ({reports.bank_name(measure.object_value)})"


def compose(measure: Measure, until: datetime, now: datetime) -> Said:
    """The whole statement of reasons as of now, one matter a line."""
    parts = [
        *_restriction(measure, until, now),
        *_facts(measure),
        _decision(measure),
        *_ground(measure),
        _redress(measure, now),
    ]
    return Said("\n".join(part.vi for part in parts), "\n".join(part.en for part in parts))


def _restriction(measure: Measure, until: datetime, now: datetime) -> list[Said]:
    amount = f"{measure.amount or 0:,}".replace(",", ".")
    scope = scope_said(measure.scope) or Said("", "")
    what = WHAT[Kind(measure.kind)]
    name = object_said(measure)
    filled = Said(
        what.vi.format(amount=amount, object=name, scope=scope.vi),
        what.en.format(amount=amount, object=name, scope=scope.en),
    )
    since = measure.sent_at or now
    if measure.state in OVER_STATES:
        return [filled, WHERE[measure.object_kind], OVER.filled(since=shown(until))]
    return [filled, WHERE[measure.object_kind], WHEN.filled(since=shown(since), until=shown(until))]


def _facts(measure: Measure) -> list[Said]:
    found = reports.evidence_for(measure.report_id, measure.object_value, measure.object_kind)
    named = reports.named_by(measure.report_id)
    assert named is not None, "a measure has its report"  # noqa: S101 - our own invariant
    received = named.loss is not None and measure.object_value == named.loss.to_account
    as_what = AS_RECEIVER if received else Said("", "")
    day = f"{named.received_at.astimezone(VIETNAM):%d/%m/%Y}"
    said = [
        Said(
            FACTS.vi.format(day=day, as_what=as_what.vi, others=found.other_reports),
            FACTS.en.format(day=day, as_what=as_what.en, others=found.other_reports),
        )
    ]
    if measure.document_date:
        values = {"number": measure.document_number, "body": measure.document_body}
        said.append(DOCUMENT.filled(day=f"{measure.document_date:%d/%m/%Y}", **values))
    said.append(READ_BY_MACHINE.filled(engine=f"extract {named.engine}") if found.in_text else TYPED)
    return [*said, SUGGESTED.filled(engine=measure.suggested_by)] if measure.suggested_by else said


def _decision(measure: Measure) -> Said:
    if measure.state in (MeasureState.DECLINED, MeasureState.LAPSED):
        return NOT_CONFIRMED
    if measure.decided_by_id is None and measure.confirm_by is not None:
        return BY_ONE.filled(until=shown(measure.confirm_by))
    return BY_TWO


def _ground(measure: Measure) -> list[Said]:
    basis = rules.find_basis(measure.basis, day_in_vietnam(measure.proposed_at))
    assert basis is not None, f"{measure.basis} was valid when it was used"  # noqa: S101 - our own invariant
    ground = GROUNDS[basis.ground]
    said = Said(
        LEGAL.vi.format(basis=basis.said.vi, ground=ground.vi), LEGAL.en.format(basis=basis.said.en, ground=ground.en)
    )
    return [said] if basis.confirmed_by else [said, UNCONFIRMED]


def _redress(measure: Measure, now: datetime) -> Said:
    hours = round(rules.limit("appeal.decide_within", day_in_vietnam(now)).time.total_seconds() / 3600)
    return REDRESS.filled(url=address(measure), code=measure.code, hours=hours)
