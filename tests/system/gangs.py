"""Two gangs that are told of over the API: their messages mutate, and one victim met both. What the workbench is tried on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.system.rehearsal import Rehearsal, wait_for
from tests.system.visitor import Visitor

VIETCOMBANK, TECHCOMBANK = "970436", "970407"
FORMS = ("iPhone 12", "Samsung A54", "máy tính lạ", "Oppo Reno", "thiết bị ở Bình Dương")
NAMES = ("Nguyễn Văn Toàn", "Trần Thị Hải Yến", "Lê Đức Thịnh", "Phạm Ngọc Lan")


@dataclass(frozen=True)
class Gang:
    """What the victims of one gang tell: a message with holes, an account, a telephone."""

    text: str
    bank: str
    account: str
    phone: str

    def message(self, number: int) -> str:
        return self.text.format(
            what=FORMS[number % len(FORMS)],
            name=NAMES[number % len(NAMES)],
            fee=f"{120 + 35 * number}.000đ",
            account=f"{self.account} {self.bank}",
            phone=self.phone,
        )


BANK_GANG = Gang(
    "VCB: tài khoản của quý khách tạm khoá do đăng nhập từ {what}. Vui lòng chuyển phí xác minh {fee} vào STK {account} gặp "
    "anh {name}, gọi {phone} trước 17 giờ hôm nay để mở lại, nếu không tài khoản sẽ bị đóng vĩnh viễn.",
    "Vietcombank", "4802205000777", "0912 345 111",
)  # fmt: skip
JOB_GANG = Gang(
    "Tuyển cộng tác viên làm tại nhà duyệt đơn {what}, lương ngày 800k nhận ngay. Chị {name} hướng dẫn, nộp cọc {fee} vào "
    "{account}, nhắn zalo {phone} để giữ chỗ, hoàn cọc sau ba đơn đầu tiên.",
    "Techcombank", "19033344455566", "0987 222 333",
)  # fmt: skip


def tell(rehearsal: Rehearsal, text: str, *, lost: tuple[str, int] | None = None) -> str:
    """One report over the API, with a loss if money went: (recipient account, đồng). Returns its code."""
    told: dict[str, object] = {"channel": "api", "text": text}
    if lost:
        at = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
        told["loss"] = {"sent": True, "to_account": lost[0], "amount": lost[1], "at": at}
    reply = Visitor(rehearsal.address).post_json("/api/v1/reports", json.dumps(told).encode())
    assert reply.status == 201, reply.text
    newest = "SELECT code FROM reports_report ORDER BY received_at DESC LIMIT 1"
    return str(rehearsal.rows(newest)[0][0])


def flood(rehearsal: Rehearsal, gang: Gang, count: int, *, lost: int = 0) -> list[str]:
    """So many reports of a gang's message, the first `lost` of them of victims who paid."""
    bin_ = VIETCOMBANK if gang is BANK_GANG else TECHCOMBANK
    return [
        tell(
            rehearsal,
            gang.message(number),
            lost=(f"{bin_}:{gang.account}", 4_000_000 + 10_000 * number) if number < lost else None,
        )
        for number in range(count)
    ]


def campaign_of(rehearsal: Rehearsal, report: str, within: float = 60) -> str:
    """The code of the campaign in which a report stands, as soon as it is placed."""
    sql = (
        "SELECT head.code FROM campaigns_placement placement JOIN reports_report report ON report.id = placement.report_id "
        "JOIN campaigns_part part ON part.id = placement.part_id JOIN campaigns_part head ON head.id = part.head_id "
        f"WHERE report.code = '{report}'"
    )
    rows: list[tuple[str]] = wait_for(lambda: rehearsal.rows(sql), f"{report} is placed", within=within)
    return rows[0][0]
