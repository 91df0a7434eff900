"""Recording inside the caller's transaction, and places that are given once, without gaps, to everything committed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from keng.base.errors import InputError, RefusedError
from keng.base.merkle import CompactRange, hash_leaf, verify_consistency
from keng.base.signing import Signer, open_note, parse_checkpoint
from keng.desk.ground.ledger import actions, queries
from keng.desk.ground.ledger.canonical import leaf_of
from keng.desk.ground.ledger.layout import FIRST_CHAIN, next_chain, read_head
from keng.desk.ground.ledger.models import Checkpoint, Entry, TreeNode

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
signer = Signer.generate("keng.example/ledger")


def write(count: int = 1, **changes: Any) -> list[actions.Recorded]:
    fields: dict[str, Any] = {
        "actor": "officer:12",
        "verb": "measures.hold_urgently",
        "subject": "measure:9",
        "about": "report:7",
        "data": {"amount": 50_000_000, "basis": "nd52"},
        "at": NOW,
    }
    with transaction.atomic():
        return [actions.record(**{**fields, **changes}) for _ in range(count)]


def check_whole_ledger() -> None:
    """Places are 0..n-1, and the last checkpoint signs the root and running hash over exactly these leaves."""
    rows = list(Entry.objects.exclude(place=None).order_by("place"))
    assert [row.place for row in rows] == list(range(len(rows)))
    tree, chain = CompactRange(), FIRST_CHAIN
    for row in rows:
        tree.append(hash_leaf(bytes(row.leaf)))
        chain = next_chain(chain, bytes(row.leaf))
        assert bytes(row.chain) == chain
    last = Checkpoint.objects.latest("size")
    head = read_head(parse_checkpoint(open_note(last.note, signer.name, [signer.public])[0]))
    assert (head.size, head.root, head.chain) == (len(rows), tree.root(), chain)
    assert (last.size, bytes(last.root), bytes(last.chain), last.made_at_utc) == (len(rows), *head_tail(head))


def head_tail(head: Any) -> tuple[bytes, bytes, datetime]:
    return head.root, head.chain, head.made_at


@pytest.mark.django_db
def test_an_entry_commits_to_what_it_says() -> None:
    (told,) = write()
    row = Entry.objects.get(uuid=told.id)
    assert row.place is None
    assert len(bytes(row.salt)) == 32
    assert bytes(row.leaf) == told.leaf == leaf_of(bytes(row.salt), queries.fields_of(row).canonical())
    (again,) = write()
    assert again.leaf != told.leaf


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        actions.record(actor="reporter", verb="a.b", subject="a:1", data={}, at=NOW)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_action_that_fails_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record(actor="reporter", verb="a.b", subject="a:1", data={}, at=NOW)
        _ = 1 / 0
    assert Entry.objects.count() == 0
    actions.sequence_once(signer, NOW)
    write()
    assert actions.sequence_once(signer, NOW) == 1
    check_whole_ledger()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "Nguyễn Văn A"},
        {"verb": "hold"},
        {"subject": "phone:0912345678"},
        {"about": "a b"},
        {"data": {"score": 0.5}},
        {"data": {"to": "0912345678"}},
    ],
)
def test_it_refuses_what_a_ledger_must_not_hold(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        write(**changes)
    with pytest.raises(ValueError, match="time zone"):
        write(at=NOW.replace(tzinfo=None))
    assert Entry.objects.count() == 0


@pytest.mark.django_db
def test_recording_is_one_statement(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        actions.record(actor="reporter", verb="a.b", subject="a:1", data={}, at=NOW)


@pytest.mark.django_db
def test_the_first_run_signs_the_empty_ledger_and_idle_runs_nothing(django_assert_num_queries: Any) -> None:
    assert actions.sequence_once(signer, NOW) == 0
    check_whole_ledger()
    assert actions.sequence_once(signer, NOW + timedelta(seconds=1)) == 0
    assert Checkpoint.objects.count() == 1
    with django_assert_num_queries(2):
        actions.sequence_once(signer, NOW)


@pytest.mark.django_db
def test_batches_across_tile_borders_give_one_tree() -> None:
    write(600)
    placed = [actions.sequence_once(signer, NOW, batch=batch) for batch in (1, 254, 1, 1, 300, 5_000, 5_000)]
    assert placed == [1, 254, 1, 1, 300, 43, 0]
    assert TreeNode.objects.count() == 2
    check_whole_ledger()
    roots = list(Checkpoint.objects.order_by("size").values_list("size", "root"))
    assert [size for size, _ in roots] == [1, 255, 256, 257, 557, 600]
    for size, root in roots:
        proof = queries.consistency_proof(size)
        assert verify_consistency(size, 600, bytes(root), bytes(roots[-1][1]), proof)


class AnyBatches(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), min_size=1, max_size=6))
    def test_any_rhythm_of_writing_and_sequencing_gives_one_tree(self, rounds: list[tuple[int, int]]) -> None:
        for count, batch in rounds:
            write(count)
            actions.sequence_once(signer, NOW, batch=batch)
        while actions.sequence_once(signer, NOW, batch=25):
            pass
        assert not Entry.objects.filter(place=None).exists()
        check_whole_ledger()


@pytest.mark.django_db
def test_an_entry_that_commits_late_with_a_lower_id_is_placed_later() -> None:
    early, late = write(2)
    hidden = Entry.objects.exclude(uuid=early.id)
    with mock.patch.object(Entry, "objects", hidden):
        assert actions.sequence_once(signer, NOW) == 1
    assert actions.sequence_once(signer, NOW) == 1
    assert Entry.objects.get(uuid=late.id).place == 0
    assert Entry.objects.get(uuid=early.id).place == 1
    check_whole_ledger()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["_tree_after", "_give_places", "store_tiles", "_sign", "sign_note"])
def test_a_crash_at_any_step_leaves_nothing_half_done(step: str) -> None:
    write(300)
    actions.sequence_once(signer, NOW, batch=10)
    real = getattr(actions, step)

    def run_then_die(*args: Any) -> None:
        real(*args)
        raise OSError("killed")

    with mock.patch.object(actions, step, run_then_die), pytest.raises(OSError, match="killed"):
        actions.sequence_once(signer, NOW)
    assert Entry.objects.filter(place=None).count() == 290
    assert (Checkpoint.objects.count(), TreeNode.objects.count()) == (1, 0)
    assert actions.sequence_once(signer, NOW) == 290
    check_whole_ledger()


@pytest.mark.django_db
def test_it_does_not_sign_over_a_tree_that_no_longer_fits() -> None:
    write(3)
    actions.sequence_once(signer, NOW)
    write(1)
    changed = mock.patch.object(actions, "StoredNodes", lambda: lambda level, index: bytes(32))
    with changed, pytest.raises(RefusedError, match=r"ledger\.broken"):
        actions.sequence_once(signer, NOW)
    with pytest.raises(RefusedError, match="other_origin"):
        actions.sequence_once(Signer(signer.key, "keng.example/other"), NOW)
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_the_loop_waits_out_a_database_that_is_away(caplog: pytest.LogCaptureFixture) -> None:
    stop, waits = mock.Mock(), []
    stop.is_set.side_effect = [False, False, False, True]
    stop.wait.side_effect = waits.append
    answers = [OperationalError("away"), OperationalError("away"), 3]
    with (
        mock.patch.object(actions, "sequence_once", side_effect=answers),
        mock.patch.object(actions, "close_old_connections"),
    ):
        assert actions.run_sequencer(stop, signer, 0.5) == 3
    assert waits == [0.5, 1.0, 0.5]
    assert caplog.text.count("could not be sequenced") == 2


@pytest.mark.django_db
def test_the_loop_ends_on_what_needs_a_person() -> None:
    stop = threading.Event()
    broken = RefusedError("ledger.broken", actions.BROKEN)
    with mock.patch.object(actions, "sequence_once", side_effect=broken), pytest.raises(RefusedError):
        actions.run_sequencer(stop, signer)
