"""Why something about a register is refused, in both languages."""

from __future__ import annotations

from keng.base.errors import Said

NO_REGISTER = Said("Không có bộ hồ sơ này.", "There is no such register.")
NO_PURPOSE = Said(
    "Mục đích này không có trong bảng quy định cho việc này hôm nay.",
    "The table of purposes holds no such purpose for this today.",
)
NOT_A_SUBMITTER = Said(
    "Chỉ nhà mạng nộp hồ sơ SIM, chỉ ngân hàng nộp hồ sơ tài khoản.",
    "Only a carrier hands in SIMs, only a bank hands in accounts.",
)
BAD_FORM = Said("Tệp phải là CSV hoặc Parquet.", "The file must be CSV or Parquet.")
BAD_KIND = Said("Loại phải là sim hoặc account.", "The kind must be sim or account.")
BAD_SIZE = Said("Kích thước tệp phải từ 1 byte đến {most}.", "The file must have 1 byte to {most}.")
TOO_MANY_OPEN = Said(
    "Đang có {most} lần nộp chưa xong. Hãy nộp nốt hoặc bỏ bớt.",
    "{most} hand-ins are unfinished. Finish or abandon one of them.",
)
NOT_RECEIVING = Said("Bộ hồ sơ này không nhận thêm phần nào nữa.", "This register takes no more parts.")
WRONG_OFFSET = Said("Phần tiếp theo phải bắt đầu từ byte {received}.", "The next part must begin at byte {received}.")
OTHER_BYTES = Said("Phần ở vị trí này đã nhận với nội dung khác.", "The part at this place was taken with other bytes.")
BAD_CHUNK = Said(
    "Mã SHA-256 của phần này không khớp với nội dung.", "The SHA-256 of this part is not that of its bytes."
)
CHUNK_TOO_LONG = Said(
    "Phần này dài quá {most} byte hoặc vượt quá cuối tệp.", "This part is over {most} bytes or passes the end."
)
BAD_SHA = Said("SHA-256 phải là 64 chữ số hệ mười sáu.", "A SHA-256 is 64 hexadecimal digits.")
NOT_WHOLE = Said("Mới nhận {received} trên {size} byte.", "Only {received} of {size} bytes are here.")
NOT_CLEANSED = Said("Bộ hồ sơ này chưa đối chiếu xong.", "This register is not cleansed yet.")
ERASED = Said("Dữ liệu của bộ hồ sơ này đã xoá theo thời hạn.", "This register's data went when its time was over.")
NO_SAMPLE = Said("Không có hồ sơ mẫu này.", "There is no such sampled record.")
ALREADY_THERE = Said("Bộ hồ sơ này không ở bước ấy.", "This register is not at that step.")
NOT_REVIEWED = Said("Còn {left} hồ sơ mẫu chưa ai xem.", "{left} sampled records are not reviewed yet.")
TOO_WRONG = Said(
    "Tỷ lệ sai có thể tới {high} phần nghìn, quá mức {most} của quy định.",
    "The error rate may be as high as {high} per mille, above the rule's {most}.",
)
SLICE_TOO_WRONG = Said(
    "Nhóm “{slice}” sai {share} phần nghìn, hơn {times} lần mức chung {mean}. Không thể có hiệu lực.",
    "The group “{slice}” is wrong in {share} per mille, above {times} times the mean of {mean}. It cannot take effect.",
)
SAME_OFFICER = Said("Người duyệt phải khác người đề nghị.", "Whoever approves must be another than who proposed.")
NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
UNCONFIRMED_PURPOSE = Said(
    "Nguồn của mục đích này chưa ai xác nhận, nên ngoài bản diễn tập chưa thể có hiệu lực.",
    "Nobody has confirmed the source of this purpose, so outside the demo it cannot take effect.",
)
BAD_QUESTION = Said("Thiếu số định danh, họ tên hoặc ngày sinh.", "Identity number, name or birth date is missing.")
TOO_MANY_QUESTIONS = Said(
    "Đã hỏi {most} lần trong ngày theo quy định. Hãy hỏi lại ngày mai.",
    "{most} questions were asked today, which is the rule's limit. Ask again tomorrow.",
)
LOOKS_LIKE_GUESSING = Said(
    "Quá nhiều câu hỏi chưa khớp quanh cùng một số hoặc một người. Cán bộ sẽ xem lại; hãy mời khách mang căn cước tới quầy.",
    "Too many questions around one number or person did not match. An officer will look; ask the customer to bring the card.",
)
NO_GUESSING = Said("Không có mục này.", "There is no such item.")
NO_POPULATION = Said(
    "Chưa nối với cơ sở dữ liệu dân cư. Người vận hành xem KENG_POPULATION.",
    "The population register is not connected. The operator looks at KENG_POPULATION.",
)
POPULATION_AWAY = Said(
    "Cơ sở dữ liệu dân cư không trả lời. Hãy thử lại sau.", "The population register does not answer. Try again later."
)
ONLY_QUESTIONS = Said(
    "Kết nối này chỉ trả lời từng câu hỏi, không đối chiếu cả bộ được.",
    "This connection answers single questions and cannot serve a whole register.",
)
NO_ROOM = Said("Đĩa không đủ chỗ; chưa nhận phần này.", "The disk is full; this part was not taken.")
STOPPED = Said(
    "Việc đối chiếu bị dừng giữa chừng; sẽ làm lại từ đầu.", "The cleansing was stopped; it will be done again."
)
NO_ORGANISATION = Said(
    "Nơi nộp chưa có đơn vị trong danh bạ, nên chưa biết giao việc cho ai.",
    "The submitter has no organisation on record, so there is nobody to carry this out.",
)
