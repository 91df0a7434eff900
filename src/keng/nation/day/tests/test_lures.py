"""Lures of every kind, and that what they speak of is there at the partners who serve it."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator

import pytest

from keng.nation.day.lures import COUNT, Front, make_lures, read_traces
from keng.nation.day.rhythm import run_day
from keng.nation.day.tests.small_country import Branch, wait_until
from keng.nation.robot.books.deeds import list_deeds
from keng.nation.robot.kinds import open_trade
from keng.nation.robot.wire.messages import Action, Kind, Message, Request, Target

SEED = 20261121
CODES = {"carrier": "carrier:viettel", "registry": "registry:vnnic", "platform": "platform:facebook"}
ACTIONS = {
    "sender": Action.BLOCK_SENDER,
    "domain": Action.SUSPEND_DOMAIN,
    "url": Action.TAKE_DOWN_PAGE,
    "social": Action.TAKE_DOWN_PAGE,
}


@pytest.fixture
def partners(tmp_path) -> Iterator[dict[str, Branch]]:
    opened = {kind: Branch(open_trade(kind, code), tmp_path / f"{kind}.sqlite") for kind, code in CODES.items()}
    yield opened
    for branch in opened.values():
        branch.end()


def test_the_same_seed_gives_the_same_lures_of_every_kind():
    lures = make_lures(["+84912345678"], SEED)
    assert lures == make_lures(["+84912345678"], SEED) != make_lures(["+84912345678"], SEED + 1)
    kinds = Counter(front.kind for lure in lures for front in lure.fronts)
    assert min(kinds[kind] for kind in ACTIONS) >= COUNT // 4
    assert sum(lure.plain.sender == "+84912345678" for lure in lures) == COUNT // 2
    for lure in lures:
        told = f"{lure.plain.text} {lure.plain.sender}"
        assert all(front.value.removeprefix("facebook:") in told for front in lure.fronts if front.kind != "url")
    assert {front.kind for lure in make_lures([], SEED) for front in lure.fronts} == set(ACTIONS)


def test_traces_are_the_numbers_of_scams_and_the_fronts_of_all(tmp_path):
    (tmp_path / "truth").mkdir()
    rows = [
        {
            "id": "1",
            "scam": True,
            "indicators": [{"kind": "phone", "value": "+84912345678"}, {"kind": "domain", "value": "a.vn"}],
        },
        {
            "id": "2",
            "scam": False,
            "indicators": [{"kind": "phone", "value": "+84987654321"}, {"kind": "sender", "value": "EVN"}],
        },
        {
            "id": "3",
            "scam": True,
            "indicators": [{"kind": "account", "value": "1:2"}, {"kind": "domain", "value": "a.vn"}],
        },
    ]
    (tmp_path / "truth" / "reports.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    traces = read_traces(tmp_path)
    assert traces.phones == ["+84912345678"]
    assert traces.fronts == [Front("sender", "EVN"), Front("domain", "a.vn")]
    assert read_traces(tmp_path / "nowhere").fronts == []


def test_whatever_a_lure_speaks_of_can_be_acted_on_at_its_partner(nation, partners, banks, box):
    listed = {code: {"kind": kind, "port": partners[kind].port} for kind, code in CODES.items()}
    listed |= {code: {"kind": "bank", "port": bank.port} for code, bank in banks.items()}
    stop = threading.Event()
    thread = threading.Thread(target=run_day, args=(nation, listed, box.url, SEED, stop, 300.0))
    thread.start()
    lures = make_lures((), SEED)
    fronts = [front for lure in lures for front in lure.fronts]
    try:
        wait_until(lambda: {lure.plain.text for lure in lures} <= _texts(box))
        wait_until(lambda: all(_is_served(partners, front) for front in fronts))
    finally:
        stop.set()
        thread.join(20)
    for number, front in enumerate(fronts):
        [branch] = [one for one in partners.values() if ACTIONS[front.kind] in one.trade.crafts()]
        branch.take(Message(Kind.REQUESTED, _request(number, front)))
    deeds = [deed for one in partners.values() for deed in one.read(list_deeds)]
    assert {deed.request_id for deed in deeds} == {f"r{number}" for number in range(len(fronts))}


def test_a_quiet_day_has_something_to_act_on_too(nation, partners, box):
    listed = {code: {"kind": kind, "port": partners[kind].port} for kind, code in CODES.items()}
    stop = threading.Event()
    words = {"story_only": True, "state": nation / "day.sqlite"}
    thread = threading.Thread(target=run_day, args=(nation, listed, box.url, SEED, stop), kwargs=words)
    thread.start()
    try:
        wait_until(lambda: all(_is_served(partners, front) for lure in make_lures((), SEED) for front in lure.fronts))
    finally:
        stop.set()
        thread.join(20)
    assert box.bodies == {}


def _texts(box) -> set[str]:
    return {body["text"] for body in box.bodies.values()}


def _is_served(partners: dict[str, Branch], front: Front) -> bool:
    [branch] = [one for one in partners.values() if ACTIONS[front.kind] in one.trade.crafts()]
    return (
        branch.read(lambda tx: branch.trade.describe(tx, Target(front.kind, front.value), branch.now(), whole=False))
        is not None
    )


def _request(number: int, front: Front) -> Request:
    until = Branch.later(hours=24)
    target = Target(front.kind, front.value)
    return Request(f"r{number}", 1, ACTIONS[front.kind], target, None, None, until, confirmed=False)
