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
OTHER_ACCOUNT = Said("Tài khoản này không có trong báo cáo.", "This account does not stand in the report.")
REPORT_CLOSED = Said(
    "Báo cáo này đã đóng, nên không giữ tiền vì nó nữa.",
    "This report was closed, so no money is held because of it any more.",
)
NO_BANK = Said(
    "Chưa biết tài khoản này ở ngân hàng nào; hãy hỏi người báo.",
    "The bank of this account is not known yet; ask the reporter.",
)
NO_PARTNER = Said("Ngân hàng này chưa kết nối với Kẻng.", "This bank is not connected to Kẻng.")
TOO_MUCH = Said("Không giữ nhiều hơn số tiền bị mất.", "No more than the lost amount is held.")
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
BAD_REFUSAL = Said(
    "Từ chối cần một lý do trong danh sách; với other cần thêm note.",
    "A refusal needs a reason of the list; other needs a note.",
)
NOT_OVER = Said("Chưa tới lúc nhả khoản tiền này.", "It is not time to release this money.")
ANSWERED_ALREADY = Said(
    "Yêu cầu này đã có câu trả lời cuối cùng; câu trả lời mới được giữ lại để cán bộ xem.",
    "This request has a final answer already; the new one is kept for an officer to look at.",
)
