"""The reviewer's walk of docs/walk.md: one measure from its rule to the ledger's proof, on the whole demo."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from keng.vietnam import rules
from tests.system.rehearsal import rehearse, wait_for
from tests.system.story import PHONE, WIDE
from tests.system.test_story import PICTURES
from tests.system.turning import turn
from tests.system.walk import (
    APPEAL,
    BASIS,
    CARRIERS,
    GRANTED,
    NUMBER,
    OTHERS,
    REASON,
    SCAM_TEXT,
    SERVES,
    THIRD_NAME,
    Walk,
)

HOURS = 6  # from the block to the decision about the appeal
SOON = 15_000  # milliseconds


@pytest.fixture
def walk(tmp_path: Path, chromium: Browser) -> Iterator[Walk]:
    with rehearse(tmp_path / "home", "--quiet-day", "--partners", "at_once", fresh=True) as rehearsal:
        yield Walk(rehearsal, chromium, PICTURES if os.environ.get("KENG_PICTURES") else None)


def test_one_measure_from_its_rule_to_its_proof_in_the_ledger(walk: Walk, tmp_path: Path) -> None:
    assert walk.core(SERVES, "numbers", {"number": NUMBER})[0] == 201
    victim = walk.report()
    first, second = walk.enter("Trực ban 1"), walk.enter("Trực ban 2")
    the_rule(walk, first)
    two_persons(walk, first, second)
    notice = the_notice(walk, first)
    for officer in (first, second):
        officer.context.close()  # their sessions end with the hours that pass now
    walk.rehearsal.move_clock(hours=HOURS)
    the_appeal(walk)
    auditor = the_lift(walk)
    the_proof(walk, auditor, victim, notice, tmp_path)
    assert walk.faults == []


def the_rule(walk: Walk, first: Page) -> None:
    """One officer proposes; the page shows the rule, its source, and that nobody has confirmed it. Nothing goes out."""
    walk.propose(first)
    first.goto(walk.measure_url)
    rule = rules.find_basis(BASIS, date.today())  # noqa: DTZ011 - the row is in force on any day near this one
    assert rule and rule.confirmed_by is None
    shown = first.locator("section").filter(has=first.get_by_role("heading", name="Quy định", exact=True))
    for word in (rule.said.vi, rule.source, f"{rule.valid_from:%d/%m/%Y}", "Nguồn luật chưa được xác nhận"):
        expect(shown).to_contain_text(word)
    expect(first.locator("#part-measure")).to_contain_text(REASON)
    expect(first.locator("#part-measure")).to_contain_text("Chưa gửi cho ai.")
    expect(first.locator("#part-measure")).to_contain_text("Người báo chưa được xác minh là ai.")
    assert [walk.deeds(one.code) for one in CARRIERS] == [[], [], []]
    walk.take(first, "1-rule")


def two_persons(walk: Walk, first: Page, second: Page) -> None:
    """The proposer is refused in words; a second officer approves; every carrier is asked at once, one carries it out."""
    expect(first.locator("#part-measure")).to_contain_text("Người thứ hai phải là người khác.")
    expect(first.get_by_role("button", name="Xác nhận")).to_have_count(0)
    walk.approve_without_a_button(first)
    expect(first.locator("#notice")).to_have_text("Người thứ hai phải là người khác với người đề nghị.")
    expect(first.locator("#part-measure")).to_contain_text("Chưa gửi cho ai.")

    second.goto(walk.measure_url)
    second.get_by_role("button", name="Xác nhận").first.click()
    expect(second.locator("#notice")).to_have_text("Đã xác nhận.")
    [served] = [one.name for one in CARRIERS if one.code == SERVES]
    expect(walk.row_of(second, served)).to_contain_text("Đã làm", timeout=SOON)
    for other in OTHERS:
        expect(walk.row_of(second, other.name)).to_contain_text("Số này không thuộc nhà mạng này", timeout=SOON)
    expect(second.locator("#part-measure")).to_contain_text("Đang thực hiện ở 1/1 nơi")
    walk.take(second, "2-two-persons", second.locator("#part-measure"))

    moments = "SELECT count(*), count(DISTINCT created_at) FROM jobs_outgoing WHERE subject LIKE 'request:%'"
    assert walk.rehearsal.rows(moments) == [(3, 1)]  # asked in one moment, none after another's answer
    answers = "SELECT partner_id, state, refusal FROM measures_request ORDER BY partner_id"
    refused = [(one.code, "refused", "not_our_number") for one in OTHERS]
    assert walk.rehearsal.rows(answers) == sorted([(SERVES, "executed", ""), *refused])
    assert walk.deeds(SERVES) == [("block_number", 1, 0)]
    assert [walk.deeds(one.code) for one in OTHERS] == [[], []]
    assert walk.core(SERVES, "calls", {"from": NUMBER, "to": "+84912345678"})[0] == 409
    assert walk.core(SERVES, "calls", {"from": NUMBER, "to": "113"})[0] == 200


def the_notice(walk: Walk, first: Page) -> str:
    """What the person affected reads in two languages has the hash that the desk shows; it names nobody who reported."""
    first.goto(walk.measure_url)
    told = first.locator("#notices details").first
    holder = walk.open(PHONE, walk.appeal_url)
    vietnamese = holder.locator("section .prose").inner_text()
    walk.take(holder, "3-notice")
    holder.get_by_role("link", name="English").click()
    expect(holder.get_by_role("link", name="Tiếng Việt")).to_be_visible()
    english = holder.locator("section .prose").inner_text()
    sha256 = hashlib.sha256(f"{vietnamese}\n{english}".encode()).hexdigest()
    expect(told).to_contain_text(f"SHA-256 {sha256}")
    assert told.locator(".prose").inner_text() == vietnamese
    assert f"Chặn số {NUMBER}" in vietnamese and f"Block of the number {NUMBER}" in english
    assert "Nguồn của căn cứ này chưa được xác nhận" in vietnamese and "is not confirmed" in english
    assert walk.appeal_url in vietnamese and walk.appeal_url in english
    told_to_nobody = (SCAM_TEXT[:30], "1.260.000", "0000480000019", REASON, "Trực ban")
    assert not any(word in text for word in told_to_nobody for text in (vietnamese, english))
    return sha256


def the_appeal(walk: Walk) -> None:
    """The person affected appeals with the order's code alone; who took part may not decide; a third officer grants it."""
    holder = walk.open(PHONE, walk.appeal_url)
    holder.get_by_label("Vì sao lệnh này không đúng?").fill(APPEAL)
    holder.get_by_role("button", name="Gửi khiếu nại").click()
    expect(holder.get_by_role("heading", level=1)).to_have_text("Kẻng đã nhận khiếu nại của bạn")
    expect(holder.locator(".receipt")).to_have_text(re.compile(r"^[0-9A-Z-]{10,}$"))
    walk.take(holder, "4-appeal")

    second = walk.open(WIDE, walk.rehearsal.link_for("truc-ban-2"))
    turn(second.get_by_role("main").get_by_role("button"))
    second.goto(walk.report_url)
    expect(second.locator("#appeals")).to_contain_text("Người quyết định phải là người không tham gia vào lệnh này.")
    expect(second.get_by_role("button", name="Chấp nhận, gỡ lệnh")).to_have_count(0)

    walk.appoint_a_third()
    third = walk.enter_third()
    third.get_by_role("link", name="Đọc và quyết định ở trang báo cáo").click()
    case = third.locator("#appeals")
    expect(case).to_contain_text("Chưa chứng minh là người bị ảnh hưởng")
    case.get_by_text("Ghi xác nhận của đối tác").click()
    case.get_by_label("Đối tác", exact=True).select_option(SERVES)
    case.get_by_label("Số xác nhận của đối tác").fill("VNP/2026/000123")
    case.get_by_role("button", name="Ghi", exact=True).click()
    expect(case).to_contain_text("VinaPhone xác nhận, số VNP/2026/000123")
    case.get_by_label("Lý do quyết định (người khiếu nại đọc được)").fill(GRANTED)
    case.get_by_label("Nếu chấp nhận: lệnh sai thế nào").select_option(label="Nhầm đối tượng")
    walk.take(third, "4-decision", case)
    case.get_by_role("button", name="Chấp nhận, gỡ lệnh").click()
    expect(third.locator("#notice")).to_have_text("Đã ghi quyết định về khiếu nại.")

    holder.reload()
    expect(holder.get_by_role("heading", level=1)).to_have_text("Khiếu nại được chấp nhận")
    expect(holder.get_by_text(GRANTED)).to_be_visible()
    expect(holder.get_by_text("Mọi nơi đã nhận lệnh đều được báo gỡ ngay.")).to_be_visible()


def the_lift(walk: Walk) -> Page:
    """Granting lifted the measure everywhere, by the carriers' books; it counts as wrongful, with its hours."""
    wait_for(lambda: walk.deeds(SERVES) == [("block_number", 1, 1)], "the carrier's books say released")
    wait_for(lambda: [walk.seen(one.code) for one in CARRIERS] == [2, 2, 2], "every carrier heard of the lift")
    assert walk.core(SERVES, f"numbers/{NUMBER}")[1]["calls_out"] is True
    assert walk.core(SERVES, "calls", {"from": NUMBER, "to": "+84912345678"})[0] == 200

    auditor = walk.open(WIDE, walk.rehearsal.link_for("kiem-tra"))
    turn(auditor.get_by_role("main").get_by_role("button"))
    auditor.goto(walk.measure_url)
    [served] = [one.name for one in CARRIERS if one.code == SERVES]
    expect(walk.row_of(auditor, served)).to_contain_text("Đã gỡ", timeout=SOON)
    block = auditor.locator("#part-measure")
    for word in ("Trực ban 1", "Trực ban 2", "Hết hiệu lực", GRANTED, "Nhầm đối tượng"):
        expect(block).to_contain_text(word)
    expect(auditor.get_by_text(f"Lệnh sai: có hiệu lực {HOURS}")).to_be_visible()
    expect(auditor.locator("#notices details")).to_have_count(2)
    expect(auditor.locator("#notices details").first).to_contain_text("Lệnh này đã hết hiệu lực")
    walk.take(auditor, "5-lift")

    auditor.goto(f"{walk.rehearsal.address}/ban/lenh/sai/")
    cells = auditor.locator("tbody tr").filter(has_text="Chặn số").locator("td").all_inner_texts()
    assert cells[2:5] == ["1", "1", "Nhầm đối tượng: 1"]
    assert [cell.replace(",", ".").split(".")[0] for cell in cells[5:]] == [str(HOURS)] * 2
    return auditor


def the_proof(walk: Walk, auditor: Page, victim: Page, notice: str, folder: Path) -> None:
    """Each act is an entry with the rules that governed it; the export and the reporter's own file stand without us."""
    auditor.goto(walk.measure_url)
    acts = auditor.locator("#part-ledger tbody [title^='measures.']")
    assert {"measures.propose", "measures.approve", "measures.lift"} <= {
        str(one.get_attribute("title")) for one in acts.all()
    }
    auditor.goto(f"{walk.rehearsal.address}/ban/so/")
    for verb in ("measures.propose", "appeals.lodge", "appeals.grant", "measures.lift"):
        expect(auditor.locator(f"a[title='{verb}']")).to_have_count(1)
    auditor.locator("a[title='measures.approve']").click()
    expect(auditor.locator("main")).to_contain_text(notice)
    for code in (BASIS, "block_number.ends_after", "block_number.answer_within"):
        expect(auditor.locator(".rule-table tr").filter(has_text=code)).to_contain_text("Chưa xác nhận")
    expect(auditor.get_by_text("Đường chứng minh khớp với gốc đã ký.")).to_be_visible()
    walk.take(auditor, "6-proof")
    leaf = auditor.locator("code.break").inner_text()

    export, proofs = folder / "ledger", folder / "proofs.zip"
    [public] = (walk.rehearsal.home / "keys").glob("ledger-*.pem.pub")
    assert keng(walk, "ledger", "export", "-o", str(export)).returncode == 0
    checked = keng(walk, "ledger", "verify", str(export), "--public", str(public))
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (0, True), checked.stderr
    leaves = export / "leaves.jsonl"
    kept = leaves.read_text("ascii")
    assert leaf in kept

    victim.reload()
    with victim.expect_download() as coming:
        victim.get_by_role("link", name="Tải bằng chứng").click()
    coming.value.save_as(proofs)
    checked = keng(walk, "ledger", "verify", str(proofs), "--public", str(public))
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (0, True), checked.stderr
    with zipfile.ZipFile(proofs) as archive:
        told = archive.read("proofs.jsonl").decode()
    assert all(verb in told for verb in ("reports.receive", "measures.propose", "measures.approve", "measures.lift"))
    assert notice in told
    files = "".join(file.read_text("utf-8") for file in export.iterdir()) + told
    assert not any(word in files for word in (NUMBER, NUMBER.removeprefix("+84"), SCAM_TEXT[:30], REASON, THIRD_NAME))

    leaves.write_text(kept.replace(leaf, leaf[::-1]), "ascii")  # whoever changes the entry is found
    checked = keng(walk, "ledger", "verify", str(export), "--public", str(public))
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (2, False)


def keng(walk: Walk, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of ours on this demo."""
    command = [sys.executable, "-m", "keng.cli", *words]
    return subprocess.run(command, env=walk.rehearsal.environment(), capture_output=True, text=True, timeout=120)
