"""Handing in: parts in order, repeats, breaks; nothing counts as whole that is not; what is wrong with a file is told by row."""

from __future__ import annotations

import hashlib

import pytest

from keng.base.errors import ConflictError, InputError, RefusedError
from keng.desk.fraud.registers import actions, queries, running, sealed
from keng.desk.fraud.registers.models import Chunk, Record, Register
from keng.desk.fraud.registers.tests.conftest import ACCOUNT_PURPOSE, as_csv, as_parquet, record, small_register
from keng.desk.ground.jobs.models import Task

CONTENT = as_csv(small_register())


def refused(act, *arguments, **keywords) -> str:
    with pytest.raises((InputError, ConflictError, RefusedError)) as caught:
        act(*arguments, **keywords)
    return caught.value.code


def test_parts_come_in_order_and_a_repeat_changes_nothing(counter):
    register = counter.open(CONTENT)
    counter.part(register, CONTENT, 0)
    again = counter.part(register, CONTENT, 0)

    assert again.received == 4096 and Chunk.objects.count() == 1
    assert refused(counter.part, register, CONTENT, 5000) == "wrong_offset"
    other = bytes(4096)
    assert (
        refused(
            actions.take_part,
            counter.carrier,
            register.pk,
            0,
            other,
            hashlib.sha256(other).hexdigest(),
            counter.cast.keys,
        )
        == "other_bytes"
    )
    assert (
        refused(actions.take_part, counter.carrier, register.pk, 4096, CONTENT[4096:5000], "0" * 64, counter.cast.keys)
        == "bad_part"
    )
    assert (
        refused(actions.take_part, counter.carrier, register.pk, 4096, CONTENT[4096:5000], "0g" * 32, counter.cast.keys)
        == "bad_sha256"
    )
    assert refused(counter.finish, register, CONTENT) == "not_whole"
    assert Task.objects.count() == 0


def test_what_is_kept_is_sealed_and_reads_back_whole(counter, tmp_path):
    register = counter.open(CONTENT)
    counter.send(register, CONTENT, 1000)

    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"0912000001" in CONTENT and b"0912000001" not in files
    assert b"".join(sealed.parts(register, sealed.key_of(register, counter.cast.keys))) == CONTENT


def test_a_write_that_was_killed_before_its_row_counts_for_nothing(counter, monkeypatch):
    """The file of a part is there, its row is not: the sender is told the old place and sends it again."""
    register = counter.open(CONTENT)
    with monkeypatch.context() as killed, pytest.raises(RuntimeError):
        killed.setattr(Chunk.objects, "create", lambda **_: (_ for _ in ()).throw(RuntimeError("killed")))
        counter.part(register, CONTENT, 0)
    assert (sealed.folder_of(register) / "0").is_file()
    assert Register.objects.get().received == 0

    counter.send(Register.objects.get(), CONTENT)
    counter.finish(register, CONTENT)
    counter.work()

    assert Register.objects.get().state == "cleansed"


def test_a_whole_that_is_not_what_its_hash_says_is_of_no_use(counter):
    register = counter.open(CONTENT)
    counter.send(register, CONTENT)
    actions.finish(counter.carrier, register.pk, "ab" * 32, actor=counter.clerk.actor, now=counter.cast.clock.at)
    counter.work()

    register.refresh_from_db()
    assert (register.state, register.faults) == ("bad", [[0, "", "other_sha256"]])
    assert Record.objects.count() == 0


def test_rows_that_are_wrong_are_told_one_by_one(counter):
    rows = [record(number) for number in range(6)]
    rows[1]["record_id"] = ""
    rows[3]["record_id"] = rows[0]["record_id"]
    rows[4]["full_name"] = "x" * 3000
    content = as_csv(rows).replace(b"0912000002", b"09\xff\xfe12", 1)

    register = counter.hand_in(content)

    assert register.state == "bad"
    assert sorted(map(tuple, register.faults)) == [
        (3, "record_id", "id_missing"), (4, "", "bad_utf8"), (5, "record_id", "id_repeated"), (6, "full_name", "cell_too_long"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"record_id,full_name\n1,A\n", [1, "holder_id", "column_missing"]),
        (b"", None),
        (as_csv([record(1)]).replace(b"sex", b"subscriber"), [1, "subscriber", "column_twice"]),
        (b"PAR1 and then nothing that is Parquet", [0, "", "bad_parquet"]),
        (as_parquet([record(n) for n in range(50)])[:-300], [0, "", "bad_parquet"]),
        (as_parquet([{**record(1), "record_id": None}, record(2)]), [1, "record_id", "id_missing"]),
        (as_parquet([record(1), record(1)]), [2, "record_id", "id_repeated"]),
    ],
)
def test_files_of_no_use(counter, content, fault):
    form = "parquet" if content[:4] == b"PAR1" else "csv"
    if fault is None:
        assert refused(counter.open, content) == "bad_size"
        return
    register = counter.hand_in(content, form)
    assert (register.state, register.faults) == ("bad", [fault])


def test_a_register_of_no_row_and_one_in_utf_16_are_taken(counter):
    empty = counter.hand_in(as_csv([]))
    wide = counter.hand_in(as_csv(small_register()).decode().replace(",", ";").encode("utf-16"))

    assert (empty.state, empty.records) == ("cleansed", 0)
    assert (wide.state, wide.records) == ("cleansed", 92)


def test_parquet_and_csv_of_the_same_rows_come_to_the_same(counter):
    rows = small_register()
    counter.hand_in(as_csv(rows))
    counter.hand_in(as_parquet(rows), "parquet")

    told = [
        list(
            Record.objects.filter(register=one)
            .order_by("record")
            .values_list("record", "verdict", "reasons", "person", "band")
        )
        for one in Register.objects.all()
    ]
    assert len(told[0]) == 92 and told[0] == told[1]


def test_who_may_hand_in_what_for_which_purpose(counter):
    assert refused(counter.open, CONTENT, kind="account", purpose=ACCOUNT_PURPOSE) == "not_a_submitter"
    assert refused(counter.open, CONTENT, purpose=ACCOUNT_PURPOSE) == "no_purpose"
    assert refused(counter.open, CONTENT, form="xls") == "bad_form"
    for _ in range(5):
        counter.open(CONTENT)
    assert refused(counter.open, CONTENT) == "too_many_open"


def test_another_partner_neither_adds_nor_reads(counter):
    register = counter.open(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()

    assert refused(actions.take_part, counter.bank, register.pk, 0, CONTENT, digest, counter.cast.keys) == "no_register"
    assert (
        refused(actions.finish, counter.bank, register.pk, digest, actor="x:1", now=counter.cast.clock.at)
        == "no_register"
    )
    assert refused(actions.abandon, counter.bank, register.pk, actor="x:1", now=counter.cast.clock.at) == "no_register"


def test_what_is_abandoned_is_gone(counter):
    register = counter.open(CONTENT)
    counter.part(register, CONTENT, 0)
    actions.abandon(counter.carrier, register.pk, actor=counter.clerk.actor, now=counter.cast.clock.at)

    assert refused(sealed.key_of, register, counter.cast.keys) == "erased"
    assert refused(counter.part, register, CONTENT, 4096) == "not_receiving"


def test_a_run_that_was_killed_half_way_leaves_nothing_that_counts(counter, monkeypatch):
    """Killed while rows are stored: no result is shown; the next try begins anew and the rows are there once."""
    register = counter.open(CONTENT)
    counter.send(register, CONTENT)
    counter.finish(register, CONTENT)
    real = running.records._insert

    def killed(rows):
        if Record.objects.exists():
            raise OSError("killed")
        real(rows)

    with monkeypatch.context() as patched:
        patched.setattr(running.records, "_insert", killed)
        patched.setattr(running.records, "ROWS", 50)
        counter.work()
    register.refresh_from_db()
    assert register.state == "cleansing" and register.trouble == "no_room"
    assert Record.objects.count() == 50
    assert refused(queries.counts_of, register) == "not_cleansed"

    counter.cast.clock.pass_by(minutes=1)
    counter.work()

    register.refresh_from_db()
    assert (register.state, register.trouble) == ("cleansed", "")
    assert Record.objects.count() == 92


def test_without_a_population_a_run_waits_and_says_so(counter, settings, population_file):
    settings.KENG_POPULATION = ""
    register = counter.hand_in(CONTENT)
    assert (register.state, register.trouble) == ("cleansing", "no_population")

    settings.KENG_POPULATION = str(population_file)
    counter.cast.clock.pass_by(minutes=1)
    counter.work()

    register.refresh_from_db()
    assert register.state == "cleansed"


def test_the_scratch_folder_is_gone_afterwards(counter, tmp_path, cleansed):
    assert list((tmp_path / "scratch").iterdir()) == []
