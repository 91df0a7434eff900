"""The ledger in words: what was done, by whom, to what. A verb that nobody described is shown as it stands, never hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from keng.base.errors import Said
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.ledger.queries import LedgerEntry
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

VERBS = {
    "reports.receive": Said("Nhận báo cáo", "Report received"),
    "reports.look": Said("Xem báo cáo", "Report read"),
    "reports.write": Said("Viết tin trong báo cáo", "Message written"),
    "reports.close": Said("Đóng báo cáo", "Report closed"),
    "jurisdiction.offer": Said("Đề nghị đơn vị khác nhận báo cáo", "Report offered to another unit"),
    "jurisdiction.accept": Said("Nhận báo cáo từ đơn vị khác", "Report accepted from another unit"),
    "jurisdiction.refuse": Said("Không nhận báo cáo của đơn vị khác", "Report not accepted"),
    "jurisdiction.withdraw": Said("Rút lại đề nghị nhận", "Offer of a report withdrawn"),
    "jurisdiction.overdue": Said("Quá hạn nhận báo cáo", "Nobody accepted the report in time"),
    "jurisdiction.raise": Said("Báo cáo lên cấp trên", "Report went up"),
    "jurisdiction.assign": Said("Cấp trên giao báo cáo", "Report assigned from above"),
    "measures.hold_urgently": Said("Giữ tiền khẩn cấp", "Urgent hold sent"),
    "measures.propose_hold": Said("Đề nghị giữ tiền", "Hold proposed"),
    "measures.approve": Said("Người thứ hai xác nhận lệnh giữ", "Hold confirmed by a second officer"),
    "measures.decline": Said("Người thứ hai không đồng ý", "Hold declined by a second officer"),
    "measures.lift": Said("Thôi giữ trước hạn", "Hold released early"),
    "measures.lapsed": Said("Lệnh giữ tự hết vì không ai xác nhận kịp", "Hold fell: nobody confirmed it in time"),
    "measures.ended": Said("Lệnh giữ hết thời hạn", "Hold came to its end"),
    "measures.remind": Said("Nhắc ngân hàng trả lời", "Bank reminded to answer"),
    "measures.answer": Said("Ngân hàng trả lời", "Bank answered"),
    "appeals.lodge": Said("Chủ tài khoản khiếu nại", "Appeal lodged by the account holder"),
    "appeals.grant": Said("Chấp nhận khiếu nại", "Appeal granted"),
    "appeals.reject": Said("Không chấp nhận khiếu nại", "Appeal rejected"),
    "outbox.sent": Said("Tin đã tới nơi nhận", "Message delivered"),
    "outbox.dead": Said("Thôi gửi sau nhiều lần không được", "Message given up after many tries"),
    "outbox.retry": Said("Cho gửi lại", "Message sent again by hand"),
    "people.enrol": Said("Thêm cán bộ", "Officer added"),
    "people.appoint": Said("Giao vai trò", "Role given"),
    "people.end_appointment": Said("Thôi vai trò", "Role ended"),
    "people.make_entry_link": Said("Tạo đường link vào làm việc", "Sign-in link made"),
    "people.enter": Said("Vào làm việc", "Signed in"),
    "partners.enrol": Said("Thêm đối tác", "Partner added"),
    "organisations.add": Said("Thêm đơn vị", "Organisation added"),
    "organisations.load": Said("Lập cây đơn vị công an theo địa danh", "Tree of police units made from the places"),
    "organisations.follow_places": Said("Đơn vị theo bản đồ mới", "Units followed a new map"),
    "organisations.merge": Said("Kết thúc đơn vị, giao đơn vị khác tiếp nhận", "Organisation ended, successor named"),
    "organisations.change_facts": Said("Dữ liệu đơn vị thay đổi", "Organisation's data changed"),
    "upkeep.propose": Said("Đề nghị đổi dữ liệu đơn vị", "Change of an organisation's data proposed"),
    "upkeep.approve": Said("Duyệt đổi dữ liệu đơn vị", "Change of an organisation's data approved"),
    "upkeep.decline": Said("Không duyệt đổi dữ liệu đơn vị", "Change of an organisation's data declined"),
    "duty.plan": Said("Xếp ca trực", "Shift planned"),
    "duty.cancel": Said("Bỏ ca trực", "Shift cancelled"),
    "duty.attest": Said("Ghi nhận kỹ năng", "Skill attested"),
    "duty.withdraw": Said("Rút kỹ năng", "Skill withdrawn"),
    "villages.add": Said("Thêm thôn, tổ dân phố", "Villages added"),
    "villages.end": Said("Kết thúc thôn, tổ dân phố", "Village ended"),
}
OTHERS = {
    "reporter": Said("Người báo", "Reporter"),
    "holder": Said("Chủ tài khoản", "Account holder"),
    "system:worker": Said("Máy của Kẻng", "Kẻng, by itself"),
    "system:enrol": Said("Lệnh cài đặt", "Set-up command"),
    "system:setup": Said("Lệnh cài đặt", "Set-up command"),
}
REPORT = Said("Báo cáo {code}", "Report {code}")
MEASURE = Said("Lệnh {code}", "Measure {code}")
REQUEST = Said("Yêu cầu của lệnh {code}", "Request of measure {code}")
LETTER = Said("Tin trong thư kẹt", "A dead letter")
STRAY = Said("Câu trả lời không khớp yêu cầu nào", "An answer to no request of ours")
SHIFT = Said("Ca trực", "A shift")
PROPOSAL = Said("Đề nghị của {name}", "Proposal of {name}")
APPEAL = Said("Khiếu nại lệnh {code}", "Appeal against {code}")


def said_of(verb: str) -> str:
    """A ledger verb in the reader's language."""
    said = VERBS.get(verb)
    return said.in_language(_language()) if said else verb


def shown_entries(reader: Officer, entries: Iterable[LedgerEntry]) -> list[dict[str, Any]]:
    """Ledger entries for officers/ledger.html and report_side.html. A fixed number of queries, however many entries."""
    rows = list(entries)
    names = _Names(reader, rows)
    return [
        {
            "place": entry.place,
            "verb": said_of(entry.verb),
            "code": entry.verb,
            "actor": names.actor(entry.actor),
            "at": entry.at_utc,
            "leaf": entry.leaf.hex(),
            "url": reverse("officers:ledger_entry", args=[entry.serial]),
            **names.subject(entry),
        }
        for entry in rows
    ]


class _Names:
    """Everybody and everything that the entries name, read at once."""

    def __init__(self, reader: Officer, entries: list[LedgerEntry]) -> None:
        named = {name for entry in entries for name in (entry.actor, entry.subject)}
        self.officers = people.officers_of(named)
        self.partners = partners.names_of(one.removeprefix("partner:") for one in named if one.startswith("partner:"))
        self.organisations = organisations.names_of(_organisations_named(entries))
        self.reports = reports.codes_of(named)
        self.measures = measures.abouts(named)
        self.may_open = rights.is_allowed(reader, "reports.look")

    def actor(self, actor: str) -> str:
        """Who did it, in words."""
        if actor in OTHERS:
            return OTHERS[actor].in_language(_language())
        if actor in self.officers:
            return self.officers[actor].display_name
        return self.partners.get(actor.removeprefix("partner:"), actor)

    def subject(self, entry: LedgerEntry) -> dict[str, str]:
        """`about`, what it was done to, in words; `about_url` if the reader may open its report."""
        subject = entry.subject
        kind, _colon, ident = subject.partition(":")
        match kind:
            case "report" if subject in self.reports:
                code = self.reports[subject]
                return self._linked(REPORT.filled(code=code), code)
            case "measure" | "request" if subject in self.measures:
                about = self.measures[subject]
                said = MEASURE if kind == "measure" else REQUEST
                return self._linked(said.filled(code=about.code), about.report_code)
            case "officer" if subject in self.officers:
                return {"about": self.officers[subject].display_name, "about_url": ""}
            case "partner" if ident in self.partners:
                return {"about": self.partners[ident], "about_url": ""}
            case "outgoing":
                return {"about": LETTER.in_language(_language()), "about_url": ""}
            case "answer":
                return {"about": STRAY.in_language(_language()), "about_url": ""}
            case "organisation" if ident in self.organisations:
                return {"about": self.organisations[ident], "about_url": ""}
            case "proposal":
                name = self.organisations.get(str(entry.facts.get("organisation", "")), "")
                return {"about": PROPOSAL.filled(name=name).in_language(_language()), "about_url": ""}
            case "shift":
                return {"about": SHIFT.in_language(_language()), "about_url": ""}
            case "appeal":
                said = APPEAL.filled(code=entry.facts.get("measure", ""))
                return {"about": said.in_language(_language()), "about_url": ""}
        return {"about": subject, "about_url": ""}

    def _linked(self, said: Said, report_code: str) -> dict[str, str]:
        url = reverse("officers:report", args=[report_code]) if self.may_open else ""
        return {"about": said.in_language(_language()), "about_url": url}


def _organisations_named(entries: list[LedgerEntry]) -> set[str]:
    subjects = {one.subject.removeprefix("organisation:") for one in entries if one.subject.startswith("organisation:")}
    return subjects | {str(one.facts["organisation"]) for one in entries if "organisation" in one.facts}


def _language() -> str:
    return get_language() or "vi"
