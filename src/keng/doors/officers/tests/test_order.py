"""Names stand in Vietnamese order wherever officers choose one."""

from __future__ import annotations

from keng.desk.fraud.measures.league import Line
from keng.desk.ground.partners.models import Partner
from keng.doors.officers.partners import _in_order


def test_partners_that_wait_for_nothing_stand_by_name():
    names = ["VNNIC", "MB", "Ấn Độ Bank", "Viettel", "Á Châu", "VinaPhone", "Đông Á", "Dầu Khí"]
    partners = [Partner(code=str(number), name=name) for number, name in enumerate(names)]

    listed = [partner.name for partner, _line in _in_order(partners, {})]

    assert listed == ["Á Châu", "Ấn Độ Bank", "Dầu Khí", "Đông Á", "MB", "Viettel", "VinaPhone", "VNNIC"]


def test_who_has_requests_open_stands_above():
    partners = [Partner(code="1", name="An"), Partner(code="2", name="Bình")]

    listed = [partner.name for partner, _line in _in_order(partners, {"2": Line("2", open=3)})]

    assert listed == ["Bình", "An"]
