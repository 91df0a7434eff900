"""The rules on their pages: by day, through time, and for one act."""

from __future__ import annotations

import pytest

from keng.desk.ground.ledger import queries as ledger
from keng.desk.ground.ledger.actions import sequence_once
from keng.vietnam import rules


def test_the_index_shows_what_is_in_force_on_a_day(desk, enter):
    client = enter(desk.cast.first)

    today = client.get("/ban/quy-dinh/").content.decode()
    before = client.get("/ban/quy-dinh/?ngay=2023-01-01").content.decode()

    assert "Nghị định 52/2024/NĐ-CP" in today
    assert "Nghị định 52/2024/NĐ-CP" not in before
    assert "Tết Nguyên Đán" in today and "Chưa xác nhận" in today


@pytest.mark.parametrize("written", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-02-30", "🔔"])
def test_a_day_that_is_none_is_today(desk, enter, written):
    page = enter(desk.cast.first).get(f"/ban/quy-dinh/?ngay={written}")

    assert page.status_code == 200
    assert "Đang có hiệu lực hôm nay" in page.content.decode()


def test_a_rule_shows_its_history_and_what_rests_on_it(desk, enter):
    page = enter(desk.cast.auditor).get("/ban/quy-dinh/fraud.hold.nd52-2024.d11/").content.decode()

    assert "1 biện pháp dựa vào căn cứ này" in page
    assert enter(desk.cast.auditor).get("/ban/quy-dinh/no.such/").status_code == 404


def test_an_entry_shows_the_rules_of_its_day(desk, enter):
    held = next(entry for entry in ledger.newest_entries(limit=100) if entry.verb == "measures.hold_urgently")
    page = enter(desk.cast.first).get(f"/ban/so/{held.serial}/").content.decode()

    for code in ("fraud.hold.nd52-2024.d11", "urgent_hold.confirm_within", "hold_funds.answer_within"):
        assert rules.history(code)[0].row.said.vi[:40] in page
    assert "appeal.open_at_once" not in page
    assert "chưa có chỗ" in page


def test_an_entry_with_a_place_shows_its_proof(desk, enter):
    sequence_once(desk.cast.keys.ledger_signer(desk.cast.clock.at), desk.cast.clock.at)
    entry = ledger.newest_entries(limit=1)[0]

    page = enter(desk.cast.first).get(f"/ban/so/{entry.serial}/").content.decode()

    assert "khớp với gốc đã ký" in page and entry.leaf.hex() in page


@pytest.mark.parametrize("serial", ["0", "999999", "9" * 18, "9" * 40])
def test_an_entry_that_is_none_is_not_found(desk, enter, serial):
    assert enter(desk.cast.first).get(f"/ban/so/{serial}/").status_code == 404
