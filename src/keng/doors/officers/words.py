"""The ledger in words: what was done, by whom, to what. A verb that nobody described is shown as it stands, never hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from keng.base.errors import Said
from keng.desk.fraud.appeals import queries as appeals
from keng.desk.fraud.campaigns import reading as campaigns
from keng.desk.fraud.measures import queries as measures
from keng.desk.fraud.reports import queries as reports
from keng.desk.ground.jobs import queries as jobs
from keng.desk.ground.ledger.queries import LedgerEntry
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.partners import queries as partners
from keng.desk.ground.people import queries as people
from keng.desk.ground.people import rights
from keng.desk.ground.people.models import Officer

VERBS = {
    "reports.receive": Said("Nhận báo cáo", "Report received"),
    "reports.attach": Said("Người báo gửi thêm ảnh", "Picture added by the reporter"),
    "reports.look": Said("Xem báo cáo", "Report read"),
    "reports.erase": Said("Xoá nội dung báo cáo", "Report's content erased"),
    "erasure.ask": Said("Người báo xin xoá", "Reporter asked for erasure"),
    "erasure.grant": Said("Chấp nhận xoá", "Erasure granted"),
    "erasure.refuse": Said("Không chấp nhận xoá", "Erasure refused"),
    "erasure.place_hold": Said("Lưu giữ theo yêu cầu cơ quan có thẩm quyền", "Legal hold placed"),
    "erasure.release_hold": Said("Thôi lưu giữ", "Legal hold released"),
    "looks.withhold": Said("Hoãn cho người báo biết ai đã xem", "Look withheld from the reporter"),
    "keys.rotate": Said("Thay khóa", "Key rotated"),
    "keys.reseal": Said("Niêm lại bằng khóa mới", "Sealed anew under the new key"),
    "keys.retire": Said("Cho khóa nghỉ", "Key retired"),
    "keys.destroy": Said("Huỷ khóa", "Key destroyed"),
    "retention.prune": Said("Xoá dữ liệu hết thời hạn lưu giữ", "Data pruned whose time was over"),
    "reports.write": Said("Viết tin trong báo cáo", "Message written"),
    "reports.close": Said("Đóng báo cáo", "Report closed"),
    "reports.reopen": Said("Mở lại báo cáo", "Report reopened"),
    "verdicts.correct": Said("Nhận xét máy đọc đúng hay sai", "Machine's verdict judged"),
    "verdicts.undo": Said("Bỏ nhận xét về máy đọc", "Word on the machine's verdict taken back"),
    "models.add": Said("Nạp mô hình đọc tin", "Reading model stored"),
    "models.put_live": Said("Đưa mô hình đọc tin vào dùng", "Reading model put live"),
    "signs.keep_run": Said("Lưu một lần chạy thử dấu hiệu", "Run of signs kept"),
    "signs.propose_live": Said("Đề nghị dùng dấu hiệu", "Sign proposed live"),
    "signs.approve_live": Said("Duyệt cho dùng dấu hiệu", "Sign made live"),
    "signs.withdraw": Said("Rút dấu hiệu", "Sign withdrawn"),
    "signs.look": Said("Xem dấu hiệu của một tài khoản", "Signs of an account looked at"),
    "signs.cite": Said("Lệnh dựa vào phát hiện của một dấu hiệu", "Measure rests on what a sign found"),
    "signs.give_list": Said("Giao danh sách tài khoản đang chịu lệnh", "List of accounts under measures given"),
    "signs.take_suspects": Said("Nhận danh sách tài khoản nghi ngờ", "List of suspected accounts taken"),
    "jurisdiction.offer": Said("Đề nghị đơn vị khác nhận báo cáo", "Report offered to another unit"),
    "jurisdiction.accept": Said("Nhận báo cáo từ đơn vị khác", "Report accepted from another unit"),
    "jurisdiction.refuse": Said("Không nhận báo cáo của đơn vị khác", "Report not accepted"),
    "jurisdiction.withdraw": Said("Rút lại đề nghị nhận", "Offer of a report withdrawn"),
    "jurisdiction.overdue": Said("Quá hạn nhận báo cáo", "Nobody accepted the report in time"),
    "jurisdiction.raise": Said("Báo cáo lên cấp trên", "Report went up"),
    "jurisdiction.assign": Said("Cấp trên giao báo cáo", "Report assigned from above"),
    "measures.hold_urgently": Said("Giữ tiền khẩn cấp", "Urgent hold sent"),
    "measures.propose": Said("Đề nghị lệnh", "Measure proposed"),
    "measures.approve": Said("Người thứ hai xác nhận lệnh", "Measure confirmed by a second officer"),
    "measures.decline": Said("Người thứ hai không đồng ý", "Measure declined by a second officer"),
    "measures.withdraw": Said("Người đề nghị rút lại", "Proposal withdrawn by its proposer"),
    "measures.lift": Said("Gỡ lệnh trước hạn", "Measure lifted early"),
    "measures.find_wrong": Said("Ghi lệnh đã hết là sai", "Measure that is over found wrong"),
    "measures.lapsed": Said("Lệnh giữ tự hết vì không ai xác nhận kịp", "Hold fell: nobody confirmed it in time"),
    "measures.ended": Said("Lệnh hết thời hạn", "Measure came to its end"),
    "measures.remind": Said("Nhắc đối tác trả lời", "Partner reminded to answer"),
    "measures.notice": Said("Thông báo hoãn nay đã gửi", "Delayed notice went out"),
    "measures.answer": Said("Đối tác trả lời", "Partner answered"),
    "measures.question": Said("Đối tác hỏi lại về một yêu cầu", "Partner asked about a request"),
    "measures.reply": Said("Trả lời câu hỏi của đối tác", "Partner's question answered"),
    "measures.take_sheet": Said("Nhận tệp trả lời của đối tác", "Partner's file of answers taken"),
    "measures.propose_renewal": Said("Đề nghị gia hạn lệnh", "Renewal proposed"),
    "measures.approve_renewal": Said("Người thứ hai gia hạn lệnh", "Renewal approved by a second officer"),
    "measures.decline_renewal": Said("Người thứ hai không gia hạn", "Renewal declined by a second officer"),
    "measures.open_review": Said(
        "Lệnh phải xem lại vì căn cứ bị hoàn tác", "Measure up for review: its ground was undone"
    ),
    "measures.let_stand": Said("Xem lại lệnh: vẫn giữ nguyên", "Measure reviewed: it stands"),
    "campaigns.place": Said("Máy xếp báo cáo vào chiến dịch", "Reports placed in campaigns by the engine"),
    "campaigns.merge": Said("Gộp hai chiến dịch", "Campaigns put together"),
    "campaigns.keep_apart": Said("Giữ riêng hai chiến dịch", "Campaigns kept apart"),
    "campaigns.keep_together": Said("Giữ nguyên chiến dịch", "Campaign kept whole"),
    "campaigns.cut": Said("Cắt một báo cáo khỏi chiến dịch", "Report cut out of a campaign"),
    "campaigns.split": Said("Tách một phần chiến dịch", "Part of a campaign taken out"),
    "campaigns.undo": Said("Hoàn tác quyết định về chiến dịch", "Judgement about a campaign undone"),
    "campaigns.name": Said("Đặt tên và lời khuyên cho chiến dịch", "Campaign named, advice given"),
    "campaigns.watch": Said("Theo dõi chiến dịch", "Campaign watched"),
    "campaigns.unwatch": Said("Thôi theo dõi chiến dịch", "Campaign no longer watched"),
    "campaigns.pin": Said("Lệnh đề nghị từ một chiến dịch", "Measure proposed from a campaign"),
    "followup.begin": Said("Đợt theo dõi bắt đầu", "Follow-up begun"),
    "followup.roll_back": Said("Rút lại đợt theo dõi", "Follow-up taken back"),
    "followup.send": Said("Gửi thông báo và yêu cầu theo đồng hồ", "Notices and orders sent by the clock"),
    "followup.go_on": Said("Quyết định cho đi tiếp", "Decided that it goes on"),
    "followup.let_go": Said("Quyết định cho dừng", "Decided that it is let go"),
    "followup.go_on_many": Said("Quyết định cho nhiều hồ sơ đi tiếp", "Decided that many cases go on"),
    "followup.let_go_many": Said("Quyết định cho nhiều hồ sơ dừng", "Decided that many cases are let go"),
    "followup.exempt": Said("Miễn theo dõi", "Exempted from follow-up"),
    "followup.look": Said("Xem hồ sơ theo dõi", "Case of a follow-up read"),
    "followup.call": Said("Gọi cho chủ số, chủ tài khoản", "Holder called"),
    "followup.say_corrected": Said("Chủ số báo đã sửa", "Holder said that it is corrected"),
    "followup.say_not_mine": Said("Báo số không phải của mình", "Number said not to be theirs"),
    "followup.ask_for_person": Said("Chủ số xin gặp người", "Holder asked for a person"),
    "followup.appeal": Said("Chủ số khiếu nại", "Holder appealed"),
    "followup.grant": Said("Chấp nhận khiếu nại của chủ số", "Holder's appeal granted"),
    "followup.reject": Said("Không chấp nhận khiếu nại của chủ số", "Holder's appeal rejected"),
    "followup.take_answer": Said("Đối tác trả lời yêu cầu theo dõi", "Partner answered an order of a follow-up"),
    "followup.correct": Said("Hồ sơ đã được sửa", "Record corrected"),
    "followup.change_device": Said("Nhà mạng báo đổi máy", "Carrier told of a change of device"),
    "followup.remind": Said("Yêu cầu mở lại lần nữa", "Asked once more to restore"),
    "appeals.lodge": Said("Người bị ảnh hưởng khiếu nại", "Appeal lodged by the person affected"),
    "appeals.lodge_again": Said("Khiếu nại đưa ra lần nữa", "Appeal brought once more"),
    "appeals.confirm_holder": Said("Ghi xác nhận người khiếu nại", "Writer of an appeal confirmed"),
    "appeals.grant": Said("Chấp nhận khiếu nại", "Appeal granted"),
    "appeals.reject": Said("Không chấp nhận khiếu nại", "Appeal rejected"),
    "registers.open": Said("Bắt đầu nộp một bộ hồ sơ", "Hand-in of a register begun"),
    "registers.hand_in": Said("Nộp đủ một bộ hồ sơ", "Register handed in whole"),
    "registers.abandon": Said("Bỏ lần nộp bộ hồ sơ", "Hand-in of a register abandoned"),
    "registers.check": Said("Kiểm bộ hồ sơ", "Register checked"),
    "registers.cleanse": Said(
        "Đối chiếu bộ hồ sơ với dữ liệu dân cư", "Register compared with the population register"
    ),
    "registers.look": Said("Xem một hồ sơ mẫu", "Sampled record read"),
    "registers.judge": Said("Nhận xét một hồ sơ mẫu", "Sampled verdict judged"),
    "registers.propose_effect": Said("Đề nghị kết quả đối chiếu có hiệu lực", "Register proposed to take effect"),
    "registers.approve_effect": Said("Duyệt kết quả đối chiếu có hiệu lực", "Register approved to take effect"),
    "registers.decline_effect": Said("Chưa cho kết quả đối chiếu có hiệu lực", "Register's effect declined"),
    "registers.take_effect": Said("Kết quả đối chiếu có hiệu lực", "Register took effect"),
    "registers.roll_back": Said("Rút lại cả bộ hồ sơ", "Register rolled back"),
    "registers.ask": Said("Hỏi về một người lúc mở", "Question about a person at opening time"),
    "registers.raise_guessing": Said("Thấy dấu hiệu dò hỏi", "Questions that look like guessing"),
    "registers.settle_guessing": Said("Xem xong việc dò hỏi", "Guessing settled"),
    "outbox.sent": Said("Tin đã tới nơi nhận", "Message delivered"),
    "outbox.dead": Said("Thôi gửi sau nhiều lần không được", "Message given up after many tries"),
    "outbox.retry": Said("Cho gửi lại", "Message sent again by hand"),
    "outbox.drop": Said("Bỏ thư kẹt", "Dead letter dropped"),
    "tasks.quarantine": Said("Để riêng một việc không làm được", "Task put into quarantine"),
    "tasks.retry": Said("Cho làm lại", "Task tried again by hand"),
    "tasks.drop": Said("Bỏ việc không làm được", "Task in quarantine dropped"),
    "batches.start": Said("Bắt đầu một đợt việc", "Batch started"),
    "batches.retry_failed": Said("Làm lại những phần hỏng của đợt việc", "What failed in a batch tried again"),
    "batches.cancel": Said("Dừng đợt việc", "Batch cancelled"),
    "people.enrol": Said("Thêm cán bộ", "Officer added"),
    "people.appoint": Said("Giao vai trò", "Role given"),
    "people.end_appointment": Said("Thôi vai trò", "Role ended"),
    "people.make_entry_link": Said("Tạo đường link vào làm việc", "Sign-in link made"),
    "people.enter": Said("Vào làm việc bằng đường link diễn tập", "Signed in by a rehearsal link"),
    "signin.invite": Said("Mời vào làm việc", "Invited to sign in"),
    "signin.revoke_all": Said("Huỷ mọi khoá, mã và phiên", "All keys, codes and sessions revoked"),
    "signin.enter": Said("Vào làm việc", "Signed in"),
    "signin.fail": Said("Vào không được", "Sign-in failed"),
    "signin.prove": Said("Chứng minh lại", "Proved again"),
    "signin.add_passkey": Said("Thêm khoá đăng nhập", "Passkey added"),
    "signin.remove_passkey": Said("Bỏ khoá đăng nhập", "Passkey removed"),
    "signin.add_authenticator": Said("Thêm ứng dụng mã", "Authenticator added"),
    "signin.remove_authenticator": Said("Bỏ ứng dụng mã", "Authenticator removed"),
    "signin.make_codes": Said("Làm mã dùng một lần", "One-use codes made"),
    "signin.end_session": Said("Phiên kết thúc", "Session ended"),
    "citizens.enter": Said("Người dân đăng nhập", "Citizen signed in"),
    "citizens.refuse": Said("Người dân đăng nhập không được", "Citizen's sign-in refused"),
    "citizens.leave": Said("Người dân đăng xuất", "Citizen signed out"),
    "citizens.keep": Said("Người dân gắn biên nhận", "Citizen attached a receipt"),
    "citizens.let_go": Said("Người dân gỡ biên nhận", "Citizen detached a receipt"),
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
    "holder": Said("Người bị ảnh hưởng", "Person affected"),
    "system:worker": Said("Máy của Kẻng", "Kẻng, by itself"),
    "system:linker": Said("Máy xếp chiến dịch của Kẻng", "Kẻng's linking"),
    "visitor": Said("Người chưa vào", "Somebody not signed in"),
    "system:enrol": Said("Lệnh cài đặt", "Set-up command"),
    "system:keys": Said("Lệnh về khóa", "Key command"),
    "system:retention": Said("Máy của Kẻng, theo bảng thời hạn", "Kẻng, by the retention table"),
    "system:operator": Said("Lệnh của người vận hành", "An operator's command"),
    "system:clock": Said("Đồng hồ", "The clock"),
    "system:setup": Said("Lệnh cài đặt", "Set-up command"),
}
KEY = Said("Khóa {id}", "Key {id}")
MODEL = Said("Mô hình {version}", "Model {version}")
RETENTION = Said("Bảng thời hạn lưu giữ", "Retention table")
REPORT = Said("Báo cáo {code}", "Report {code}")
CAMPAIGN = Said("Chiến dịch {code}", "Campaign {code}")
MEASURE = Said("Lệnh {code}", "Measure {code}")
REQUEST = Said("Yêu cầu của lệnh {code}", "Request of measure {code}")
LETTER = Said("Tin trong thư kẹt", "A dead letter")
SMS = Said("Tin SMS trả lời người dân", "SMS reply to a citizen")
TASK = Said("Một việc chạy nền", "A background task")
BATCH = Said("Một đợt việc", "A batch of work")
STRAY = Said("Câu trả lời không khớp yêu cầu nào", "An answer to no request of ours")

SIGNIN = {
    "passkey": Said("Một khoá đăng nhập", "A passkey"),
    "authenticator": Said("Một ứng dụng mã", "An authenticator"),
    "visit": Said("Một phiên", "A session"),
    "signin": Said("Không rõ ai", "Nobody known"),
    "citizen": Said("Một người dân đã đăng nhập", "A citizen who signed in"),
}
ELSEWHERE = Said("Việc của đơn vị khác", "Another unit's affair")
OPEN_KINDS = frozenset(
    {
        *("officer", "appointment", "organisation", "proposal", "shift", "key", "retention"),
        *("passkey", "authenticator", "visit", "signin"),
        "model",
    }
)
SHIFT = Said("Ca trực", "A shift")
PROPOSAL = Said("Đề nghị của {name}", "Proposal of {name}")
APPEAL = Said("Khiếu nại lệnh {code}", "Appeal against {code}")
FOLLOWUP = Said("Một đợt theo dõi", "A batch of follow-up")
FOLLOWED = Said("Một hồ sơ theo dõi", "A case of follow-up")


def source_said(source: str) -> str:
    """The source of a rule. In its table English follows after a slash; a citation is cited in its own language anyway."""
    return source if _language().startswith("en") else source.partition(" / ")[0]


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
            "at": entry.at_utc,
            "leaf": entry.leaf.hex(),
            "url": reverse("officers:ledger_entry", args=[entry.serial]),
            **(names.hidden() if (is_hidden := names.is_hidden(entry)) else names.told(entry)),
            "is_hidden": is_hidden,
        }
        for entry in rows
    ]


class _Names:
    """Everybody and everything that the entries name, read at once."""

    def __init__(self, reader: Officer, entries: list[LedgerEntry]) -> None:
        named = {name for entry in entries for name in (entry.actor, entry.subject, entry.about or "")}
        self.officers = people.officers_of(named)
        self.partners = partners.names_of(one.removeprefix("partner:") for one in named if one.startswith("partner:"))
        self.organisations = organisations.names_of(_organisations_named(entries))
        self.leads = rights.leads(reader, "ledger.list")
        self.reports = reports.codes_of(reader, "ledger.list", named)
        self.measures = measures.abouts(reader, "ledger.list", named)
        self.campaigns = campaigns.seen(reader, named)
        self.seen = {*self.reports, *self.measures, *self.campaigns}
        if not self.leads:
            self.seen |= appeals.seen(reader, "ledger.list", named) | jobs.seen(reader, "ledger.list", named)
        self.reader = reader
        self.may_open = rights.is_allowed(reader, "reports.look")

    def is_hidden(self, entry: LedgerEntry) -> bool:
        """Whether the entry is about another unit's affairs: what was done and its place are told then, and nothing else.

        Closed by default: of a kind of subject that is not known to be open, only the reader's own doings are shown.
        """
        if self.leads or (entry.about is None and entry.actor == self.reader.actor):
            return False
        if entry.about in self.seen or entry.subject in self.seen:
            return False
        return entry.subject.partition(":")[0] not in OPEN_KINDS or _is_case(entry.about)

    def actor(self, actor: str) -> str:
        """Who did it, in words."""
        if actor in OTHERS:
            return OTHERS[actor].in_language(_language())
        if actor in self.officers:
            return self.officers[actor].display_name
        if actor.startswith("citizen:"):
            return SIGNIN["citizen"].in_language(_language())
        return self.partners.get(actor.removeprefix("partner:"), actor)

    def hidden(self) -> dict[str, str]:
        """What stands in the place of names."""
        return {"actor": "–", "about": ELSEWHERE.in_language(_language()), "about_url": ""}

    def told(self, entry: LedgerEntry) -> dict[str, str]:
        """Who did it, and what it was done to."""
        return {"actor": self.actor(entry.actor), **self.subject(entry)}

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
            case "campaign" if subject in self.campaigns:
                said = CAMPAIGN.filled(code=ident).in_language(_language())
                return {"about": said, "about_url": reverse("officers:campaign", args=[ident])}
            case "officer" if subject in self.officers:
                return {"about": self.officers[subject].display_name, "about_url": ""}
            case "partner" if ident in self.partners:
                return {"about": self.partners[ident], "about_url": ""}
            case "outgoing":
                return {"about": LETTER.in_language(_language()), "about_url": ""}
            case "sms":
                return {"about": SMS.in_language(_language()), "about_url": ""}
            case "task":
                return {"about": TASK.in_language(_language()), "about_url": ""}
            case "batch":
                return {"about": BATCH.in_language(_language()), "about_url": ""}
            case "answer":
                return {"about": STRAY.in_language(_language()), "about_url": ""}
            case "model":
                return {"about": MODEL.filled(version=ident).in_language(_language()), "about_url": ""}
            case "key":
                return {"about": KEY.filled(id=ident).in_language(_language()), "about_url": ""}
            case "erasure" | "legal_hold" | "withholding" if entry.about in self.reports:
                code = self.reports[entry.about or ""]
                return self._linked(REPORT.filled(code=code), code)
            case "retention":
                return {"about": RETENTION.in_language(_language()), "about_url": ""}
            case "passkey" | "authenticator" | "visit" | "signin" | "citizen":
                return {"about": SIGNIN[kind].in_language(_language()), "about_url": ""}
            case "organisation" if ident in self.organisations:
                return {"about": self.organisations[ident], "about_url": ""}
            case "proposal":
                name = self.organisations.get(str(entry.facts.get("organisation", "")), "")
                return {"about": PROPOSAL.filled(name=name).in_language(_language()), "about_url": ""}
            case "shift":
                return {"about": SHIFT.in_language(_language()), "about_url": ""}
            case "followup":
                return {"about": FOLLOWUP.in_language(_language()), "about_url": ""}
            case "followup-case":
                return {"about": FOLLOWED.in_language(_language()), "about_url": ""}
            case "appeal":
                said = APPEAL.filled(code=entry.facts.get("measure", "–"))
                return {"about": said.in_language(_language()), "about_url": ""}
        return {"about": subject, "about_url": ""}

    def _linked(self, said: Said, report_code: str) -> dict[str, str]:
        url = reverse("officers:report", args=[report_code]) if self.may_open else ""
        return {"about": said.in_language(_language()), "about_url": url}


def _is_case(about: str | None) -> bool:
    return about is not None and about.partition(":")[0] not in OPEN_KINDS


def _organisations_named(entries: list[LedgerEntry]) -> set[str]:
    subjects = {one.subject.removeprefix("organisation:") for one in entries if one.subject.startswith("organisation:")}
    return subjects | {str(one.facts["organisation"]) for one in entries if "organisation" in one.facts}


def _language() -> str:
    return get_language() or "vi"
