"""What is said when something about a campaign cannot be done."""

from __future__ import annotations

from keng.base.errors import Said

NO_CAMPAIGN = Said("Không có chiến dịch này.", "There is no such campaign.")
NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
SAME_CAMPAIGN = Said("Hai mã này là cùng một chiến dịch.", "These two codes are one campaign.")
ALONE = Said("Báo cáo này đã đứng riêng.", "This report stands alone already.")
NO_REPORTS = Said("Không có báo cáo nào như vậy trong chiến dịch này.", "There are no such reports in this campaign.")
NOTHING_LEFT = Said("Tách như vậy thì chiến dịch không còn gì.", "Nothing would be left of the campaign.")
NO_JUDGEMENT = Said("Không có quyết định này.", "There is no such judgement.")
UNDONE_ALREADY = Said("Quyết định này đã được hoàn tác.", "This judgement was undone already.")
ENGINES_OWN = Said(
    "Máy tự gộp thì tách ra hoặc giữ riêng, không hoàn tác được.",
    "What the engine did is split or kept apart, not undone.",
)
TOO_LONG = Said(
    "Tên dài nhất {name} ký tự, lời khuyên dài nhất {advice}.",
    "A name has {name} characters at most, an advice {advice}.",
)
NO_ORDER = Said("Không có cách xếp này.", "There is no such order.")
NOT_ALL_YOURS = Said(
    "Chỉ tách được báo cáo mà đơn vị bạn xem được.", "Only reports that your units may see can be taken out."
)
