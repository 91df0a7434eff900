"""What must hold for every measure, whoever carries it out: once, until its end, never after, and told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from keng.base.errors import InputError
from keng.nation.robot.books.copies import list_copies
from keng.nation.robot.books.deeds import list_deeds, was_in_force
from keng.nation.robot.books.store import Store
from keng.nation.robot.desk import Policy, Taken, decide_late, take, tell_fallen
from keng.nation.robot.modes import Mode
from keng.nation.robot.tests.parties import CASES, OPENINGS, PRESERVED, SERVED, Case, name_case
from keng.nation.robot.wire.messages import Action, Kind, Message, Request, Target

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
DAY = timedelta(days=1)
BITS = timedelta(milliseconds=1)
every_measure = pytest.mark.parametrize("case", CASES, ids=name_case)


class Office:
    """A partner's books in memory with the case's object in them."""

    def __init__(self, case: Case, opened: bool = True) -> None:
        self.case, self.trade = case, case.trade
        self.store = Store(":memory:", self.trade.schema)
        if opened:
            path, value = case.opening
            with self.store.write() as tx:
                assert self.trade.order(tx, path, value, NOW)[0] == 201

    def request(self, version: int = 1, until: datetime = NOW + DAY, **changes: object) -> Request:
        case = self.case
        values = {"action": case.action, "target": case.target, "amount": case.amount, **changes}
        currency = "VND" if values["amount"] else None
        return Request("r1", version, currency=currency, until=until, confirmed=version > 1, **values)

    def take(
        self,
        kind: Kind,
        request: Request,
        mode: Mode = Mode.AT_ONCE,
        now: datetime = NOW,
        message_id: str | None = None,
    ) -> Taken:
        with self.store.write() as tx:
            return take(tx, Policy(self.trade, mode), Message(kind, request), message_id, now)

    def work(self, now: datetime, mode: Mode = Mode.AT_ONCE) -> None:
        with self.store.write() as tx:
            decide_late(tx, Policy(self.trade, mode), now)
            tell_fallen(tx, now)

    def is_in_force(self, now: datetime = NOW) -> bool:
        """As somebody outside sees it."""
        path, field, free, bound = self.case.look
        with self.store.read() as tx:
            status, value = self.trade.look(tx, path, now)
        assert status == 200
        assert value[field] in (free, bound)
        return value[field] == bound

    def answers(self) -> list[dict[str, object]]:
        with self.store.read() as tx:
            rows = tx.execute("SELECT body FROM answer ORDER BY number").fetchall()
        return [json.loads(row[0]) for row in rows]

    def statuses(self) -> list[object]:
        return [answer["status"] for answer in self.answers()]

    def deeds(self) -> int:
        with self.store.read() as tx:
            return len(list_deeds(tx))

    def was(self, moment: datetime) -> bool:
        with self.store.read() as tx:
            return was_in_force(tx, "r1", moment)


@pytest.fixture
def office(case: Case) -> Iterator[Office]:
    office = Office(case)
    yield office
    office.store.close()


def test_all_seven_measures_are_looked_at():
    assert {*SERVED, "preserve_data"} == {*Action}


@every_measure
def test_it_is_in_force_from_the_message_to_its_end_with_no_other_message(office):
    assert not office.is_in_force()
    office.take(Kind.REQUESTED, office.request())
    assert [office.is_in_force(NOW + DAY - BITS), office.is_in_force(NOW + DAY)] == [True, False]
    office.work(NOW + DAY)
    office.work(NOW + 2 * DAY)
    assert office.statuses() == ["executed", "released"]
    first = office.answers()[0]
    assert (first["held_amount"], first["note"], first["reason"]) == (office.case.amount, None, None)
    assert first["reference"].endswith("-000001")


@every_measure
def test_a_release_ends_it_at_once(office):
    office.take(Kind.REQUESTED, office.request())
    office.take(Kind.RELEASED, office.request(2, NOW + timedelta(hours=1)), now=NOW + timedelta(hours=1))
    assert not office.is_in_force(NOW + timedelta(hours=1))
    assert office.statuses() == ["executed", "released"]


@every_measure
@pytest.mark.parametrize("kind", [Kind.CONFIRMED, Kind.RENEWED])
def test_a_later_version_moves_the_end_and_needs_no_answer(office, kind):
    office.take(Kind.REQUESTED, office.request())
    office.take(kind, office.request(2, NOW + 3 * DAY))
    assert [office.is_in_force(NOW + 2 * DAY), office.is_in_force(NOW + 3 * DAY)] == [True, False]
    assert office.statuses() == ["executed"]


@every_measure
def test_repeats_and_older_versions_change_nothing(office):
    office.take(Kind.RENEWED, office.request(2, NOW + 2 * DAY), message_id="b")
    assert office.take(Kind.RENEWED, office.request(2, NOW + 9 * DAY), message_id="b") is Taken.DUPLICATE
    assert office.take(Kind.RENEWED, office.request(2, NOW + 9 * DAY), message_id="d") is Taken.OLD
    assert office.take(Kind.REQUESTED, office.request(1), message_id="a") is Taken.OLD
    assert office.take(Kind.RELEASED, office.request(1), message_id="c") is Taken.OLD
    assert [office.is_in_force(NOW + 2 * DAY - BITS), office.is_in_force(NOW + 2 * DAY)] == [True, False]
    assert (office.deeds(), office.statuses()) == (1, ["executed"])


@every_measure
def test_a_release_that_comes_first_leaves_nothing_done(office):
    office.take(Kind.RELEASED, office.request(2))
    assert office.take(Kind.REQUESTED, office.request(1)) is Taken.OLD
    assert (office.is_in_force(), office.deeds(), office.statuses()) == (False, 0, ["released"])


@every_measure
def test_a_renewal_after_the_end_takes_it_up_again_and_says_so(office):
    office.take(Kind.REQUESTED, office.request())
    office.work(NOW + DAY)
    office.take(Kind.RENEWED, office.request(2, NOW + 4 * DAY), now=NOW + 2 * DAY)
    assert office.is_in_force(NOW + 3 * DAY)
    assert [(one["status"], one["version"]) for one in office.answers()] == [
        ("executed", 1),
        ("released", 1),
        ("executed", 2),
    ]
    assert [office.was(NOW + hours * timedelta(hours=1)) for hours in (0, 23, 24, 47, 48, 95, 96)] == [
        True, True, False, False, True, True, False,
    ]  # fmt: skip


@every_measure
def test_the_history_tells_of_a_release_though_the_end_lay_later(office):
    office.take(Kind.REQUESTED, office.request())
    office.take(Kind.RELEASED, office.request(2), now=NOW + timedelta(hours=5))
    assert [office.was(NOW - BITS), office.was(NOW), office.was(NOW + timedelta(hours=5))] == [False, True, False]


@every_measure
def test_a_part_says_what_was_and_was_not_done(office):
    office.take(Kind.REQUESTED, office.request(), Mode.PART)
    [answer] = office.answers()
    assert answer["status"] == "part"
    if office.case.amount:
        assert (answer["held_amount"], answer["note"]) == (2_400, None)
    else:
        assert answer["held_amount"] is None
        assert " / " in answer["note"]


@every_measure
def test_a_refusal_wants_a_document_and_does_nothing(office):
    office.take(Kind.REQUESTED, office.request(), Mode.REFUSE)
    assert [(one["status"], one["reason"]) for one in office.answers()] == [("refused", "needs_document")]
    assert (office.is_in_force(), office.deeds()) == (False, 0)


@every_measure
def test_late_twice_and_silent_mean_the_same_for_all(case):
    late, twice, silent = Office(case), Office(case), Office(case)
    late.take(Kind.REQUESTED, late.request(), Mode.LATE)
    assert (late.statuses(), late.is_in_force()) == (["received"], False)
    late.work(NOW + timedelta(minutes=1), Mode.LATE)
    assert (late.statuses(), late.is_in_force(NOW + timedelta(minutes=1))) == (["received", "executed"], True)
    twice.take(Kind.REQUESTED, twice.request(), Mode.TWICE)
    assert (twice.statuses(), twice.deeds()) == (["executed", "executed"], 1)
    silent.take(Kind.REQUESTED, silent.request(), Mode.SILENT)
    silent.take(Kind.RELEASED, silent.request(2), Mode.SILENT)
    assert (silent.statuses(), silent.deeds()) == ([], 0)
    for one in (late, twice, silent):
        one.store.close()


@every_measure
def test_what_is_not_there_or_not_ours_is_refused_by_name(case):
    target, reason = case.not_ours
    office = Office(case, opened=False)
    office.take(Kind.REQUESTED, office.request(target=target))
    assert [(one["status"], one["reason"]) for one in office.answers()] == [("refused", reason)]
    assert office.deeds() == 0
    office.store.close()


@every_measure
def test_what_comes_after_its_end_is_refused_with_a_note(office):
    office.take(Kind.REQUESTED, office.request(until=NOW))
    [answer] = office.answers()
    assert (answer["status"], answer["reason"], office.deeds()) == ("refused", "other", 0)
    assert "until" in answer["note"]


@every_measure
@pytest.mark.parametrize(
    "change",
    [
        {"action": "close_everything", "amount": None},
        {"action": "close_everything", "target": Target("planet", "Trái Đất"), "amount": None},
        {"target": Target("planet", "Trái Đất")},
    ],
    ids=["action", "both", "object"],
)
def test_an_action_or_object_that_nobody_knows_is_refused_with_a_note(office, change):
    office.take(Kind.REQUESTED, office.request(**change))
    [answer] = office.answers()
    assert (answer["status"], answer["reason"], office.deeds()) == ("refused", "other", 0)
    assert " / " in answer["note"]
    office.take(Kind.RENEWED, office.request(2, **change))
    office.take(Kind.RELEASED, office.request(3, **change))
    assert office.statuses() == ["refused", "released"]


@every_measure
def test_nobody_does_what_is_another_kinds_craft(case):
    others = [other for other in CASES if other.kind != case.kind]
    assert others
    for other in others:
        office = Office(other)
        office.take(Kind.REQUESTED, office.request(action=case.action, target=case.target, amount=case.amount))
        assert [(one["status"], one["reason"]) for one in office.answers()] == [("refused", "other")]
        office.store.close()


@every_measure
def test_a_request_never_moves_to_another_object_or_action(office):
    office.take(Kind.REQUESTED, office.request())
    for change in ({"target": office.case.not_ours[0]}, {"action": "preserve_data", "amount": None}):
        with pytest.raises(InputError, match="object_changed"):
            office.take(Kind.RENEWED, office.request(2, **change))
    assert office.is_in_force()


@pytest.mark.parametrize("target", PRESERVED, ids=lambda target: target.kind)
def test_data_are_kept_as_they_were_until_the_end_and_then_erased(target):
    case = next(case for case in CASES if case.target == target)
    office = Office(case)
    asked = {"action": "preserve_data", "amount": None}
    office.take(Kind.REQUESTED, office.request(**asked))
    [answer] = office.answers()
    assert (answer["status"], answer["held_amount"], answer["reference"]) == ("executed", None, "BQ-000001")
    kept = _copies(office, NOW + DAY - BITS)
    assert len(kept) == 1
    assert not office.is_in_force(), "to keep data is to restrict nobody"
    path, value = OPENINGS[target]
    with office.store.write() as tx:
        if case.kind == "registry":
            office.trade.order(tx, path, value | {"servers": ["ns.other.vn"]}, NOW)
        if case.kind == "bank":
            tx.execute("UPDATE account SET balance = 1")
    assert _copies(office, NOW + DAY - BITS) == kept
    assert _copies(office, NOW + DAY) == []
    office.work(NOW + DAY)
    with office.store.read() as tx:
        assert [row[0] for row in tx.execute("SELECT content FROM copy")] == [None]
    office.take(Kind.RENEWED, office.request(2, NOW + 3 * DAY, **asked), now=NOW + DAY)
    assert len(_copies(office, NOW + 2 * DAY)) == 1
    office.take(Kind.RELEASED, office.request(3, **asked), now=NOW + 2 * DAY)
    assert _copies(office, NOW + 2 * DAY) == []
    office.store.close()


@pytest.mark.parametrize("target", PRESERVED, ids=lambda target: target.kind)
def test_a_part_of_the_data_is_less_and_none_is_refused(target):
    case = next(case for case in CASES if case.target == target)
    asked = {"action": "preserve_data", "amount": None}
    whole, part, none = Office(case), Office(case), Office(case, opened=False)
    whole.take(Kind.REQUESTED, whole.request(**asked))
    part.take(Kind.REQUESTED, part.request(**asked), Mode.PART)
    none.take(Kind.REQUESTED, none.request(**asked))
    [[full], [little]] = _copies(whole, NOW), _copies(part, NOW)
    assert little.items() < full.items()
    assert part.statuses() == ["part"]
    assert [(one["status"], one["reason"]) for one in none.answers()] == [("refused", "no_data")]
    for one in (whole, part, none):
        one.store.close()


def _copies(office: Office, now: datetime) -> list[dict[str, object]]:
    with office.store.read() as tx:
        return [copy.content for copy in list_copies(tx, now)]
