"""The owner's page and the list of what waits, through HTTP."""

from __future__ import annotations

import re
from datetime import date

import pytest

from keng.desk.fraud.jurisdiction.models import Handover
from keng.desk.fraud.reports.models import Report
from keng.desk.ground.organisations import queries as organisations
from keng.desk.ground.organisations.tree import load
from keng.desk.ground.people.actions import enrol
from keng.vietnam import places, police

DAY = date(2026, 11, 21)


@pytest.fixture
def provinces(desk):
    """Hanoi, which owns a report, and Huế, each with an officer."""
    now = desk.cast.clock.at
    load(organisations.find_centre(DAY), DAY, now=now)
    units = {code: organisations.get_organisation(police.code_of_unit(places.unit(code, DAY))) for code in ("01", "46")}
    officers = {code: enrol(code, code, "", "officer", now=now, organisation=unit) for code, unit in units.items()}
    return units, officers, desk.cast.report(place="01").report


def offer(client, report, to):
    return client.post(f"/ban/bao-cao/{report.code}/chuyen/", {"to": to.code, "reason": "ở Huế", "way": "offer"})


def test_a_report_is_offered_and_accepted(provinces, enter):
    units, officers, report = provinces
    hanoi, hue = enter(officers["01"]), enter(officers["46"])
    assert report.code not in hue.get("/ban/cho-nhan/hang/").content.decode()

    assert offer(hanoi, report, units["46"]).headers["Location"].endswith("/don-vi/")
    assert report.code in hue.get("/ban/cho-nhan/hang/").content.decode()
    handover = Handover.objects.get()
    assert report.code in hue.get("/ban/cho-nhan/").content.decode()
    assert f'<tr id="line-offer-{handover.pk}"' in hue.get("/ban/").content.decode()
    assert f"line-offer-{handover.pk}" not in hanoi.get("/ban/").content.decode()
    assert report.code not in hanoi.get("/ban/cho-nhan/").content.decode()

    hue.post(f"/ban/chuyen/{handover.pk}/nhan/")

    assert Report.objects.get(pk=report.pk).owner == units["46"]
    assert "Đã nhận" in hue.get(f"/ban/bao-cao/{report.code}/don-vi/").content.decode()
    assert hanoi.get(f"/ban/bao-cao/{report.code}/don-vi/").status_code == 404


@pytest.mark.parametrize(("role", "may"), [("officer", True), ("auditor", False)])
def test_the_report_leads_who_may_move_it_to_where_its_owner_is_changed(provinces, enter, desk, role, may):
    units, _officers, report = provinces
    somebody = enrol(f"ai-{role}", "Ai", "", role, now=desk.cast.clock.at, organisation=units["01"])

    page = enter(somebody).get(f"/ban/bao-cao/{report.code}/").content.decode()

    assert (f'href="/ban/bao-cao/{report.code}/don-vi/"' in page) is may
    assert (f"Đơn vị: {units['01'].name}" in page) is may


def test_a_report_of_another_unit_is_not_there(provinces, enter):
    _units, officers, report = provinces
    stranger, none = enter(officers["46"]), "/ban/bao-cao/TB-0000000"

    for end in ("/", "/don-vi/", "/moi/"):
        theirs, nobodys = stranger.get(f"/ban/bao-cao/{report.code}{end}"), stranger.get(f"{none}{end}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        pages = [
            re.sub(r'value="\w{64}"', "", one.content.decode()) for one in (theirs, nobodys)
        ]  # the form's own token
        assert pages[0].replace(report.code, "") == pages[1].replace("TB-0000000", "")
    assert report.code not in stranger.get("/ban/").content.decode()
    assert report.code not in stranger.get("/ban/tim/?q=0912345678").content.decode()


def test_the_choices_are_the_units_beside_below_and_above(provinces, enter):
    _units, officers, report = provinces
    page = enter(officers["01"]).get(f"/ban/bao-cao/{report.code}/don-vi/").content.decode()

    assert "Công an thành phố Huế" in page
    assert page.count("<option") > 33


def test_a_refusal_is_told_and_kept(provinces, enter):
    units, officers, report = provinces
    hanoi, hue = enter(officers["01"]), enter(officers["46"])
    offer(hanoi, report, units["46"])

    hue.post(f"/ban/chuyen/{Handover.objects.get().pk}/khong/", {"reason": "không thuộc địa bàn"})

    page = enter(officers["01"]).get(f"/ban/bao-cao/{report.code}/don-vi/")
    assert page.status_code == 404  # it went up
    assert Handover.objects.filter(state="refused", answer="không thuộc địa bàn").exists()
