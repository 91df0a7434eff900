"""What a rule says when it stops a measure or an answer."""

from __future__ import annotations

from keng.base.errors import Said

NO_MEASURE = Said("Không có lệnh này.", "There is no such measure.")
NO_BASIS = Said("Không có căn cứ nào mang mã này đang có hiệu lực.", "No basis of this code is in force.")
UNCONFIRMED_BASIS = Said(
    "Chưa ai xác nhận nguồn của căn cứ này, nên nó chỉ dùng được trong diễn tập.",
    "Nobody has confirmed the source of this basis, so it serves the demo only.",
)
NO_LOSS = Said(
    "Báo cáo này không nói đã mất tiền, nên không có gì để giữ.",
    "This report tells of no loss, so there is nothing to hold.",
)
NO_REPORT = Said("Không có báo cáo này.", "There is no such report.")
OTHER_OBJECT = Said("Báo cáo này không nêu đối tượng đó.", "The report does not name this object.")
WRONG_OBJECT_KIND = Said(
    "Loại lệnh này không áp dụng cho đối tượng đó.", "This kind of measure does not act on such an object."
)
PUBLIC_NUMBER = Said("Số này là số công cộng; không chặn.", "This is a public number; it is not blocked.")
WHOLE_SUFFIX = Said(
    "Đây là cả một đuôi tên miền hoặc một nền tảng chung, không phải một tên miền đăng ký riêng.",
    "This is a whole suffix or a shared platform, not a name of somebody's own.",
)
AMOUNT_FOR_HOLD = Said(
    "Lệnh giữ tiền luôn có số tiền; lệnh khác không có.", "A hold of funds always has an amount; no other measure has."
)
ONLY_HOLDS_ARE_URGENT = Said(
    "Chỉ giữ tiền mới gửi khẩn cấp được; việc khác cần người thứ hai duyệt trước.",
    "Only a hold of funds goes out urgently; everything else needs a second officer first.",
)
NO_DOCUMENT = Said(
    "Hạn chế tài khoản cần quyết định bằng văn bản: số, ngày và nơi ban hành.",
    "A restriction of an account needs a written decision: its number, its date and who issued it.",
)
DOCUMENT_TO_COME = Said("Ngày của văn bản chưa tới.", "The document's date has not come yet.")
NOT_BY_ENGINE = Said(
    "Máy không được đề nghị hạn chế tài khoản.", "An engine never proposes a restriction of an account."
)
NO_SCOPE = Said("Hãy nêu cần giữ nguyên dữ liệu nào.", "Say which data must be kept.")
NO_NAMED_LOSS = Said(
    "Gỡ trang vì lừa đảo cần một khoản mất nêu trong báo cáo; nếu trang mạo danh, hãy chọn căn cứ về mạo danh.",
    "A take-down for fraud needs a loss that the report names; if the page impersonates, choose that basis.",
)
BAD_DELAY = Said(
    "Hoãn thông báo cần lý do và không quá {days} ngày.",
    "A delay of the notice needs a reason and at most {days} days.",
)
STANDS_ALREADY = Said(
    "Đã có lệnh {code} cho đối tượng này; lệnh thứ hai không thêm gì.",
    "Order {code} stands for this object already; a second one adds nothing.",
)
ELSEWHERE = Said("của đơn vị khác", "of another unit")
COVERED = Said(
    "Lệnh {code} đã tạm ngừng cả tên miền của trang này.", "Order {code} suspends the whole name of this page already."
)
RESTRICTED_ALREADY = Said(
    "Tài khoản này đang bị hạn chế theo quyết định bằng văn bản (lệnh {code}); hãy đề nghị giữ tiền, người thứ hai duyệt.",
    "A written decision restricts this account already (order {code}); propose the hold, and a second officer approves it.",
)
REPORT_CLOSED = Said(
    "Báo cáo này đã đóng, nên không giữ tiền vì nó nữa.",
    "This report was closed, so no money is held because of it any more.",
)
NO_BANK = Said(
    "Chưa biết tài khoản này ở ngân hàng nào; hãy hỏi người báo.",
    "The bank of this account is not known yet; ask the reporter.",
)
NO_PARTNER = Said(
    "Nơi quản lý đối tượng này chưa kết nối với Kẻng.", "Nobody who serves this object is connected to Kẻng."
)
OTHER_PARTNER = Said("Đối tác được chọn không quản lý đối tượng này.", "A chosen partner does not serve this object.")
TOO_MUCH = Said(
    "Không giữ nhiều hơn số tiền bị mất, tính cả những lệnh đang có.",
    "No more than the lost amount is held, the orders that stand counted in.",
)
NOT_IN_FORCE = Said("Lệnh này không đang có hiệu lực.", "This measure is not in force.")
NO_RENEWAL = Said("Không có đề nghị gia hạn này.", "There is no such renewal.")
SAME_REASON = Said(
    "Gia hạn cần một lý do mới, khác với lý do đã nêu trước đây.",
    "A renewal needs a new reason, not one that was given before.",
)
RENEWED_ENOUGH = Said(
    "Lệnh này đã gia hạn đủ {most} lần; không gia hạn nữa.", "It was renewed {most} times; no more is possible."
)
RENEWAL_WAITS = Said("Đã có một đề nghị gia hạn đang chờ.", "A renewal waits for a decision already.")
BAD_CLASS = Said("Hãy chọn vì sao lệnh này sai.", "Choose why the measure was wrong.")
NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
PATH_CLOSED = Said(
    "Ba lệnh giữ khẩn cấp của bạn trong 30 ngày qua không được xác nhận. Hãy đề nghị, và người thứ hai duyệt trước khi gửi.",
    "Three of your urgent holds in the last 30 days were not confirmed. Propose, and a second officer approves before it goes out.",
)
HELD_ALREADY = Said(
    "Đã có lệnh giữ cho khoản mất và tài khoản này: {who} lúc {when}, mã {code}.",
    "There is a hold for this loss and account already: {who} at {when} (Vietnam time), code {code}.",
)
SAME_PERSON = Said(
    "Người thứ hai phải là người khác với người đề nghị.", "The second officer must be another than the first."
)
NOT_YOURS = Said("Chỉ người đã đề nghị mới rút lại được.", "Only the officer who proposed it can withdraw it.")
DECIDED_ALREADY = Said(
    "Lệnh này đã được quyết định hoặc đã hết hiệu lực.", "This measure was decided already, or it is over."
)
TOO_LATE = Said(
    "Đã quá giờ xác nhận; lệnh giữ đã tự hết hiệu lực.", "The time to confirm is over; the hold has fallen by itself."
)
NO_REQUEST = Said("Không có yêu cầu nào mang mã này.", "There is no request of this id.")
BAD_STATUS = Said(
    "status phải là received, executed, part, refused hoặc released.",
    "status must be received, executed, part, refused or released.",
)
BAD_HELD = Said(
    "held_amount không khớp: executed là đúng số tiền được yêu cầu, part là lớn hơn 0 và nhỏ hơn số đó.",
    "held_amount does not fit: executed is the whole amount, part is above 0 and below it.",
)
NO_HELD = Said("held_amount chỉ dùng cho giữ tiền.", "held_amount is for a hold of funds only.")
PART_NEEDS_NOTE = Said("part cần note: đã làm gì, chưa làm gì.", "part needs a note: what was done and what not.")
BAD_REFUSAL = Said(
    "Từ chối cần một lý do trong danh sách; với other cần thêm note.",
    "A refusal needs a reason of the list; other needs a note.",
)
NOT_OVER = Said("Chưa tới lúc gỡ.", "It is not time to release yet.")
ANSWERED_ALREADY = Said(
    "Yêu cầu này đã có câu trả lời cuối cùng; câu trả lời mới được giữ lại để cán bộ xem.",
    "This request has a final answer already; the new one is kept for an officer to look at.",
)
