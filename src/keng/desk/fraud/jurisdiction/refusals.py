"""What a rule says when it stops a handover."""

from __future__ import annotations

from keng.base.errors import Said

NO_REASON = Said("Hãy nêu lý do.", "Give a reason.")
OFFERED_ALREADY = Said("Báo cáo này đang chờ {name} nhận.", "This report already waits for {name} to accept it.")
HAD_IT = Said(
    "{name} đã có báo cáo này một lần rồi: không chuyển qua chuyển lại. Hãy đề nghị cấp trên quyết định.",
    "{name} had this report before: it is not passed to and fro. Ask the unit above to decide.",
)
DECIDED_ABOVE = Said(
    "Cấp trên đã giao báo cáo này; chỉ cấp đó hay cấp cao hơn mới giao lại.",
    "A unit above assigned this report; only that unit or one higher may assign it anew.",
)
SAME = Said("Đơn vị này đang giữ báo cáo.", "This unit owns the report already.")
NO_UNIT = Said("Không có đơn vị công an nào mang mã này đang hoạt động.", "No police unit of this code stands.")
NOT_ABOVE = Said(
    "Chỉ đơn vị ở trên cả bên đang giữ và bên nhận mới giao được.",
    "Only a unit above both the owner and the receiver may assign it.",
)
NO_OFFER = Said("Không có lần chuyển nào đang chờ.", "No handover is waiting.")
TOO_LATE = Said("Đã quá hạn nhận; báo cáo đã lên cấp trên.", "The time to accept is over; the report has gone up.")
