"""A desk with life in every room: each kind of measure, partners that ask and answer, units that hand over, a file with faults."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.system.desk import LONG_REASON, POSTS, Desk, Kept
from tests.system.gangs import BANK_GANG, JOB_GANG, campaign_of, flood, tell
from tests.system.visitor import Visitor, measure_on

CLERK_BANK = "970405"
"""Agribank, for which a clerk answers at the desk."""
MULE_AT_CLERK = f"{CLERK_BANK}:4802205000019"
FRONT_TEXT = (
    "VCB: tai khoan cua quy khach bi khoa. Xac minh tai https://vcb-xacminh-khachhang.vn/dang-nhap?ma=12 hoac goi 0912345678, "
    "trang https://www.facebook.com/vcb.hotro.khachhang.24h , chuyen phi 250.000d vao STK 4802205000019 Agribank."
)
WORD = re.compile(r'<option value="([^"]+)"')
TICK = re.compile(r'name="scope" value="([^"]+)"')
POSTS.setdefault("clerk", "Ngân hàng")


@dataclass
class Rooms(Desk):
    """A desk, with what each of its pages is about by name: paths and codes."""

    proposed: dict[str, str] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def furnish(self) -> None:
        """What `Desk.fill` does, and everything else that a page shows."""
        self.fill()
        self.dead_letters()
        self.propose_every_kind()
        self.ask_the_clerk()
        self.hand_over()
        self.keep_units()
        self.ask_to_erase()
        self.find_signs()
        self.gather()

    def report_to_clerks_bank(self, amount: int, *, text: str = FRONT_TEXT, sender: str | None = "VIETCOMBANK") -> Kept:
        """A loss into an account of the bank that has a clerk."""
        at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
        loss = {"sent": True, "amount": amount, "to_account": MULE_AT_CLERK, "at": at}
        told = {"channel": "api", "text": text, "loss": loss, **({"sender": sender} if sender else {})}
        reply = Visitor(self.rehearsal.address).post_json("/api/v1/reports", json.dumps(told).encode())
        assert reply.status == 201, reply.text
        newest = "SELECT code FROM reports_report ORDER BY received_at DESC LIMIT 1"
        return Kept(reply.json()["receipt"], self.rehearsal.rows(newest)[0][0])

    def hold_at_clerks_bank(self, amount: int, reason: str = "tin nhắn nêu đúng tài khoản") -> Kept:
        """A hold that the first officer sends to the bank that has a clerk."""
        kept = self.report_to_clerks_bank(amount)
        asked = {"account": MULE_AT_CLERK, "amount": f"{amount}", "basis": "fraud.hold.nd52-2024.d11", "reason": reason}
        page = self.officer("first").submit(f"/ban/bao-cao/{kept.code}/giu/", way="urgent", **asked)
        kept.measure = measure_on(page.text) or ""
        assert kept.measure, page.text
        return kept

    def propose_every_kind(self) -> None:
        """One proposal of each kind that a report with everything in it can carry; the second officer approves two."""
        kept = self.reports["front"] = self.report_to_clerks_bank(8_250_000)
        page = self.officer("first").get(f"/ban/bao-cao/{kept.code}/").text
        for kind, form in re.findall(r'<details class="confirm" id="propose-(\w+)"(.*?)</details>', page, re.DOTALL):
            chosen = [WORD.findall(part)[-1 if kind == "take_down_page" else 0] for part in form.split("<select")[1:]]
            data = {"object": html.unescape(chosen[0]), "basis": chosen[1], "reason": LONG_REASON[:400]}
            if kind == "restrict_account":
                data |= {
                    "document_number": "112/QĐ-PA05",
                    "document_date": "2026-11-20",
                    "document_body": "Công an tỉnh",
                }
            if kind == "preserve_data":
                data["scope"] = TICK.findall(form)[0]
            before = {code for (code,) in self.rehearsal.rows("SELECT code FROM measures_measure")}
            reply = self.officer("first").submit(f"/ban/bao-cao/{kept.code}/de-nghi/{kind}/", **data)
            assert reply.status == 200, reply.text
            made = {code for (code,) in self.rehearsal.rows("SELECT code FROM measures_measure")} - before
            assert made, (kind, data, reply.text[reply.text.find('id="notice"') :][:600])
            self.proposed[kind] = made.pop()
        for kind in ("block_number", "suspend_domain"):
            self.officer("second").submit(f"/ban/lenh/{self.proposed[kind]}/xac-nhan/")

    def ask_the_clerk(self) -> None:
        """Requests at the clerk's desk in every state, one with a question, one with a reply; a file with faults in it."""
        clerk = self.officer("clerk")
        ways: dict[str, dict[str, str]] = {
            "full": {"status": "executed", "reference": "AGR/2026/000451"},
            "part": {
                "status": "part",
                "held_amount": "1.300.000",
                "note": "Phần còn lại đã rút trước khi nhận yêu cầu.",
            },
            "refused": {"status": "refused", "reason": "no_money"},
            "received": {"status": "received"},
            "asked": {},
            "replied": {},
            "open": {},
        }
        for number, (name, answer) in enumerate(ways.items()):
            kept = self.hold_at_clerks_bank(4_800_000 + 100_000 * number)
            self.reports[f"clerk-{name}"] = kept
            path = self.paths[f"clerk-{name}"] = self.request_path(kept)
            if answer:
                clerk.submit(f"{path}tra-loi/", key=str(uuid.uuid4()), version="1", **answer)
            if name in ("asked", "replied"):
                clerk.submit(
                    f"{path}hoi/", key=str(uuid.uuid4()), text="Tài khoản này có hai chủ. Giữ phần của ai? " * 3
                )
        asked = "SELECT id FROM measures_question ORDER BY asked_at DESC LIMIT 1"
        reply = "Giữ cả số tiền, cho tới khi có văn bản."
        self.officer("first").submit(f"/ban/cau-hoi/{self.rehearsal.rows(asked)[0][0]}/", reply=reply)

    def find_signs(self) -> None:
        """Sign S4 is live and found something on the account that the front report names."""
        first, second = self.officer("first"), self.officer("second")
        self.keep_signs("shadow", 5)
        first.submit("/ban/dau-hieu/de-nghi/", sign="S4", why=LONG_REASON[:200])
        ident = self.rehearsal.rows("SELECT id FROM signs_switch WHERE sign = 'S4'")[0][0]
        second.submit(f"/ban/dau-hieu/{uuid.UUID(str(ident))}/duyet/")
        self.keep_signs("live", 6)
        assert self.rehearsal.rows("SELECT COUNT(*) FROM signs_evidence") == [(1,)]

    def keep_signs(self, name: str, transfers: int) -> None:
        """A run of S4 at the clerk's bank with that many transfers from a listed account, kept by the commands."""
        folder = self.rehearsal.home.parent / f"signs-{name}"
        folder.mkdir()
        sent = [f"{n},970418:9,{MULE_AT_CLERK},5000000,2026-11-20T0{n}:00:00Z\n" for n in range(transfers)]
        files = {
            "accounts": f"record_id\n{MULE_AT_CLERK}\n",
            "transfers": "transfer_id,from_account,to_account,amount,at\n" + "".join(sent),
            "listed": "account\n970418:9\n",
        }
        words = ["signs", "--sign", "S4", "--as-of", "2026-11-20", "--threads", "1", "-o", str(folder / "out.parquet")]
        for key, text in files.items():
            (folder / f"{key}.csv").write_text(text, "utf-8")
            words += [f"--{key}", str(folder / f"{key}.csv")]
        for one in (words, ["keep-signs", str(folder / "out.parquet"), "--bank", CLERK_BANK]):
            command = [sys.executable, "-m", "keng.cli", *one]
            subprocess.run(command, env=self.rehearsal.environment(), check=True, capture_output=True)

    def request_path(self, kept: Kept) -> str:
        """Where the clerk sees the request of a report's measure."""
        sql = "SELECT request.id FROM measures_request request JOIN measures_measure measure ON measure.id = measure_id"
        ident = self.rehearsal.rows(f"{sql} WHERE code = '{kept.measure}'")[0][0]
        return f"/doi-tac/yeu-cau/{uuid.UUID(str(ident))}/"

    def hand_over(self) -> None:
        """The centre offers a report to a province; the province's officer gets it among what waits."""
        kept = self.report("offered", amount=3_400_000)
        page = self.officer("first").get(f"/ban/bao-cao/{kept.code}/don-vi/").text
        province = WORD.findall(page)[0]
        self.officer("first").submit(
            f"/ban/bao-cao/{kept.code}/chuyen/", way="offer", to=province, reason=LONG_REASON[:300]
        )
        self.officers["province"] = Visitor(self.rehearsal.address).enter(self.rehearsal.link_for("truc-tinh"))
        self.officers["commune"] = Visitor(self.rehearsal.address).enter(self.rehearsal.link_for("truc-xa"))

    def keep_units(self) -> None:
        """The centre's data with a proposal that waits; a commune with villages."""
        tree = self.officer("first").get("/ban/don-vi/").text
        own = self.rehearsal.rows("SELECT code FROM organisations_organisation WHERE name = 'Trung tâm diễn tập'")
        centre = own[0][0] if own else re.findall(r'href="/ban/don-vi/([^"/]+)/"', tree)[0]
        self.paths["centre"] = f"/ban/don-vi/{centre}/"
        form = self.officer("first").get(f"/ban/don-vi/{centre}/sua/").text
        base = re.findall(r'name="base" value="(\d+)"', form)[0]
        contacts = html.unescape(re.findall(r'name="contacts"[^>]*>\s*([^<]*)', form)[0])
        data = {"name": "Trung tâm diễn tập", "name_en": "Rehearsal centre", "hours": "24/7", "contacts": contacts}
        reply = self.officer("first").submit(
            f"/ban/don-vi/{centre}/sua/",
            base=base,
            **data,
            equipment="Máy trạm điều tra số | 3 | phòng trực",
            why=LONG_REASON[:200],
        )
        self.paths["proposal"] = "/" + reply.url.split("/", 3)[3]
        commune = self.rehearsal.rows(
            "SELECT organisation.code FROM people_appointment appointment JOIN organisations_organisation organisation ON "
            "organisation.id = organisation_id JOIN people_officer officer ON officer.id = officer_id WHERE username = 'truc-xa'"
        )[0][0]
        self.paths["commune"] = f"/ban/don-vi/{commune}/"
        names = "Thôn Trung Tâm\nThôn 2\nTổ dân phố số 5\nBuôn Ea Đrơng\nẤp Xẻo Nhàu Bên Kia Sông Cái Lớn"
        self.officers["commune"].submit(f"/ban/don-vi/{commune}/thon/them/", lines=names, since="2026-01-01")

    def gather(self) -> None:
        """Two campaigns that one report ties; one has a name; they were joined, and parted again under a measure."""
        bank, job = flood(self.rehearsal, BANK_GANG, 6, lost=2), flood(self.rehearsal, JOB_GANG, 4, lost=1)
        tell(self.rehearsal, f"{BANK_GANG.message(3)} Sau đó họ lại nhắn: {JOB_GANG.message(2)}")
        code, other = (campaign_of(self.rehearsal, one[-1]) for one in (bank, job))
        self.paths["campaign"] = path = f"/ban/chien-dich/{code}/"
        first = self.officer("first")
        names = {"name": f"Giả ngân hàng báo khoá tài khoản, {LONG_REASON[:60]}", "name_en": "False lock of an account"}
        first.submit(f"{path}ten/", **names, advice=LONG_REASON[:300], advice_en="No bank asks a fee to unlock.")
        first.submit(f"{path}gop/", other=other, reason=LONG_REASON[:300])
        phone = {"kind": "block_number", "object_kind": "phone", "object": "+84912345111", "report": bank[0]}
        first.submit(f"{path}de-nghi/", **phone, basis="fraud.number.nd163-2024", reason=LONG_REASON[:300])
        newest = "SELECT code FROM measures_measure ORDER BY proposed_at DESC LIMIT 1"
        self.proposed["of-campaign"] = self.rehearsal.rows(newest)[0][0]
        joined = "SELECT id FROM campaigns_judgement WHERE kind = 'merge' AND officer_id IS NOT NULL"
        ident = self.rehearsal.rows(joined)[0][0]
        self.officer("second").submit(f"{path}hoan-tac/{ident}/", reason=LONG_REASON[:200])

    def ask_to_erase(self) -> None:
        """A reporter asks for erasure."""
        kept = self.report("erasing", amount=1_200_000)
        reply = Visitor(self.rehearsal.address)
        reply.get(f"/theo-doi/{kept.receipt}/xoa/")
        reply.submit(f"/theo-doi/{kept.receipt}/xoa/", sure="on")
