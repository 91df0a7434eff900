"""Reports come to stand in campaigns as they arrive, whatever happens to the engine's state."""

from __future__ import annotations

import random
import shutil

import pytest

from keng.desk.fraud.campaigns import actions, queries
from keng.desk.fraud.campaigns.models import Judgement, Kind, Placement, Sketch, State, ValueSum
from keng.desk.fraud.campaigns.tests.conftest import MULE, OTHER_MULE, scam
from keng.desk.fraud.reports import actions as reports
from keng.desk.fraud.reports.models import ErasedWhy, Report

NAMES = "Hoa Lan Mai Cuc Truc"


def test_reports_with_one_account_stand_in_one_campaign_and_say_why(desk):
    gang, others = desk.gang(MULE, NAMES), desk.gang(OTHER_MULE, NAMES)
    alone = desk.tell("Toi khong hieu tin nhan nay la gi, nho cac anh xem giup")
    desk.link()

    assert desk.campaigns() == {frozenset(gang), frozenset(others), frozenset([alone])}
    placed = Placement.objects.get(pk=gang[-1])
    assert (placed.why_kind, placed.by_report in gang) == ("account", True)
    assert placed.engine
    assert Placement.objects.get(pk=alone).by_report is None


def test_a_campaign_joined_later_keeps_the_older_code_and_the_join_is_a_judgement(desk):
    first = desk.tell("Chuyen tien vao 0071000123456 Vietcombank de nhan qua")
    desk.link()
    second = desk.tell("Goi ngay 0912345678 de duoc mo khoa")
    desk.link()
    codes = desk.code(first), desk.code(second)
    assert codes[0] != codes[1]
    for name in "mot hai ba".split():
        desk.tell(f"Ke {name} bao chuyen vao 0071000123456 Vietcombank roi goi 0912345678")
    desk.link()

    assert desk.code(first) == desk.code(second) == codes[0]
    merges = Judgement.objects.filter(kind=Kind.MERGE, officer=None)
    assert merges.exists() and all(one.by.startswith("engine:") for one in merges)
    assert queries.get_campaign(desk.cast.first, codes[1]).code == codes[0]


@pytest.mark.parametrize("loss", ["gone", "garbage", "cut off", "behind"])
def test_a_state_that_is_lost_or_broken_is_made_anew_and_nothing_changes(desk, loss):
    desk.gang(MULE, NAMES)
    desk.link()
    saved = desk.folder.with_name("saved")
    shutil.copytree(desk.folder, saved)
    desk.gang(OTHER_MULE, NAMES)
    desk.link()
    before = desk.campaigns(), {pk: desk.code(pk) for pk in Placement.objects.values_list("pk", flat=True)}
    match loss:
        case "gone":
            shutil.rmtree(desk.folder)
        case "garbage":
            (desk.folder / "current").write_text("nothing of ours")
        case "cut off":
            for column in desk.folder.rglob("*.npy"):
                column.write_bytes(column.read_bytes()[:20])
        case "behind":
            shutil.rmtree(desk.folder)
            shutil.copytree(saved, desk.folder)
    desk.link()

    assert (desk.campaigns(), {pk: desk.code(pk) for pk in Placement.objects.values_list("pk", flat=True)}) == before
    late = desk.tell(scam("Sen", MULE))
    desk.link()
    assert desk.code(late) == desk.code(next(iter(Placement.objects.order_by("received_at"))).pk)


def test_a_broken_state_before_the_first_report_is_made_anew(desk):
    desk.folder.mkdir()
    (desk.folder / "current").write_text("nothing of ours")
    desk.link()
    report = desk.tell(scam("Hoa", MULE))
    desk.link()
    assert desk.code(report)


def test_a_folder_of_another_database_is_made_anew(desk):
    desk.gang(MULE, "Hoa Lan")
    desk.link()
    _forget_placing(desk, state=False)
    desk.link()
    assert (len(desk.campaigns()), State.objects.get().rows) == (1, 2)


def test_killed_between_database_and_state_it_goes_on(desk, monkeypatch):
    from keng.engines.link import Store

    desk.gang(MULE, "Hoa Lan")
    desk.link()
    desk.gang(MULE, "Mai Cuc")

    def die(*_):
        raise KeyboardInterrupt

    for name in ("append", "write"):
        monkeypatch.setattr(Store, name, die)
    with pytest.raises(KeyboardInterrupt):
        desk.link()
    monkeypatch.undo()
    desk.link()

    assert len(desk.campaigns()) == 1
    assert Placement.objects.count() == State.objects.get().rows == 4


def test_the_order_of_arrival_does_not_matter(desk, settings):
    """The same reports, told to the engine in three orders and pieces."""
    rng = random.Random(7)
    desk.gang(MULE, NAMES)
    desk.gang(OTHER_MULE, NAMES)
    ids = [desk.tell(f"Ban {n} muon vay tien nhanh goi so 09{n:08} gap") for n in (11, 11, 12)]
    everything = [*Report.objects.values_list("pk", flat=True)]
    found = set()
    for _ in range(3):
        rng.shuffle(everything)
        at = {pk: number for number, pk in enumerate(everything)}
        _forget_placing(desk)
        for pieces in range(0, len(everything), 5):
            some = [pk for pk in everything if pieces <= at[pk] < pieces + 5]
            _link_only(desk, some)
        found.add(desk.campaigns())

    assert len(found) == 1
    assert frozenset(ids) in next(iter(found))


def _forget_placing(desk, *, state=True):
    from keng.desk.fraud.campaigns.models import Named, Part, Tie, UnitDay, UnitSum

    if state:
        shutil.rmtree(desk.folder, ignore_errors=True)
    Part.objects.update(head=None)
    for model in (Placement, Named, Tie, Judgement, UnitDay, UnitSum, ValueSum, Part, State):
        model.objects.all().delete()


def _link_only(desk, report_ids):
    from keng.desk.fraud.campaigns.linking import Linking
    from keng.engines.link import opened

    with opened(desk.folder) as store:
        linking = Linking(store, desk.folder, desk.cast.keys)
        linking.open(now=desk.cast.clock.at)
        linking._link(report_ids, desk.cast.clock.at)
        linking.settle(now=desk.cast.clock.at)


def test_what_an_erased_report_named_is_gone_at_once_and_from_the_state_at_the_next_rebuild(desk, stored_bytes):
    gang = desk.gang(MULE, NAMES)
    alone = desk.tell("Ho bat toi chuyen vao vi dien tu qua so 0987654321 gap")
    desk.link()
    actions.name(desk.cast.first, desk.code(alone), "Ví gấp", "Đừng chuyển", now=desk.cast.clock.at)
    assert Sketch.objects.count() == 1
    code = desk.code(alone)
    actions.forget(alone)
    reports.erase(alone, ErasedWhy.REQUEST, actor="system:retention", now=desk.cast.clock.at)

    assert b"+84987654321" not in stored_bytes()
    assert not Sketch.objects.exists()
    assert State.objects.get().erased == 1
    assert desk.forget() == 1
    assert (State.objects.get().rows, State.objects.get().erased) == (5, 0)
    assert desk.code(alone) == code
    desk.link()
    assert frozenset(gang) in desk.campaigns()


@pytest.mark.parametrize("text", ["", "a", "x" * 1_000_000])
def test_texts_that_say_nothing_or_very_much_are_placed(desk, text):
    from keng.base.errors import InputError

    try:
        report = desk.tell(text)
    except InputError:
        return  # intake refuses it: nothing to place
    desk.link()
    assert desk.code(report)


def test_the_same_report_over_and_over_is_one_campaign_whose_hub_joins_nobody(desk):
    for _ in range(120):
        desk.tell("Ban da trung thuong, goi 19001009 de nhan qua ngay hom nay nhe")
    hub = desk.tell("Goi 19001009")
    other = desk.tell("Hoi han muc the o 19001009")
    desk.link()

    assert sorted(map(len, desk.campaigns())) == [1, 1, 120]
    assert desk.code(hub) != desk.code(other)


def test_a_report_from_a_clock_that_is_behind_is_placed_by_the_sweep(desk):
    first = desk.gang(MULE, "Hoa Lan")
    desk.link()
    late = desk.tell(scam("Mai", MULE))
    Report.objects.filter(pk=late).update(received_at=desk.cast.clock.at.replace(year=2020))
    desk.link()
    assert desk.code(late) == desk.code(first[0])
