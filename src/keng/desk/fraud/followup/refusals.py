"""What a rule says when it stops something of a follow-up."""

from __future__ import annotations

from keng.base.errors import Said

NO_BATCH = Said("Không có đợt theo dõi này.", "There is no such batch of follow-ups.")
NO_PARTNER = Said(
    "Đơn vị nộp danh sách này chưa có cách nhận yêu cầu: hãy ghi nó là đối tác trước.",
    "Who handed in this register has no way to receive orders: enrol it as a partner first.",
)
UNCONFIRMED_RULE = Said(
    "Chưa ai xác nhận nguồn của quy định {code}, nên nó chỉ dùng được trong diễn tập.",
    "Nobody has confirmed the source of rule {code}, so it serves the demo only.",
)
OTHER_KIND = Said("Đợt này đã bắt đầu với loại hoặc đơn vị khác.", "This batch began with another kind or submitter.")
ROLLED_BACK = Said("Đợt này đã được rút lại.", "This batch was rolled back already.")
BAD_FINDING = Said("Một kết quả thiếu hoặc quá dài ở {field}.", "A finding lacks {field}, or it is too long.")
NO_CASE = Said("Không có hồ sơ theo dõi này.", "There is no such case.")
NO_CODE = Said(
    "Không có mã này. Hãy xem lại mã trong thông báo.", "There is no such code. Please look at the notice again."
)
CASE_OVER = Said("Hồ sơ này đã xong, không còn gì để làm.", "This case is over: nothing is left to be done.")
SAID_ALREADY = Said("Bạn đã báo điều này; hãy chờ trả lời.", "You have said this already; please wait for the answer.")
SAID_TOO_OFTEN = Said(
    "Bạn đã báo đã sửa {times} lần mà chưa thấy thông tin mới. Hãy khiếu nại hoặc xin gặp người.",
    "You said {times} times that it is corrected and no new data were found. Please appeal, or ask for a person.",
)
APPEALED_AT_THIS_STEP = Said(
    "Khiếu nại ở bước này đã được trả lời. Khi có bước mới, bạn lại khiếu nại được.",
    "An appeal at this step was answered already. When a new step comes you can appeal again.",
)
NOT_FOR_ACCOUNTS = Said("Điều này chỉ dành cho số điện thoại.", "This is for phone numbers only.")
NOTHING_TO_DECIDE = Said("Hồ sơ này không chờ ai quyết định.", "This case does not wait for anybody's decision.")
SAME_PERSON = Said(
    "Người đã cho đợt này có hiệu lực không được tự cho đi tiếp; cần một người khác.",
    "Whoever let the batch take effect cannot let it go on alone; another person must.",
)
TOOK_PART = Said(
    "Người đã quyết định trong hồ sơ hoặc trong lần khiếu nại trước không được quyết định khiếu nại này.",
    "Whoever decided in this case, or in an earlier appeal, cannot decide this appeal.",
)
NO_APPEAL = Said("Không có khiếu nại này.", "There is no such appeal.")
DECIDED_ALREADY = Said("Việc này đã được quyết định.", "This was decided already.")
BAD_GROUND = Said("Quy định của hồ sơ này không miễn vì lý do đó.", "The rule of this case knows no such exemption.")
BAD_OUTCOME = Said("Không có kết quả cuộc gọi này.", "There is no such outcome of a call.")
NO_ORDER = Said("Không có yêu cầu này.", "There is no such order.")
BAD_ANSWER = Said("Câu trả lời không đúng dạng: {why}.", "The answer cannot be read: {why}.")
ANSWERED = Said("Yêu cầu này đã có câu trả lời cuối.", "This order has a final answer already.")
NO_RECORD = Said("Không có hồ sơ nào đang mở mang mã này.", "No open case has this record.")
NOT_A_CARRIER = Said("Chỉ nhà mạng báo được việc này.", "Only a carrier can tell of this.")
HAS_CASE = Said("Số này đã có một hồ sơ đang mở.", "This number has an open case already.")
BAD_NUMBER = Said("Đây không phải số điện thoại ở dạng chuẩn.", "This is no phone number in its canonical form.")
