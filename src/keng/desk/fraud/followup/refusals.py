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
