"""The retention table is complete: every stored kind has a rule, every rule has a kind, every field is thought about."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from keng.base.webhooks import TOLERANCE
from keng.conftest import NOW
from keng.desk.steering.retention.kinds import PRUNINGS, SWEPT_BY_THE_GATE
from keng.desk.steering.retention.page import table
from keng.desk.steering.retention.queries import FILES, REPORTS, files_without_rule
from keng.vietnam.rules.retention import Then, keeping, keepings

DAY = NOW.date()
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
RULES = {row.code: row for row in keepings(DAY)}
WORDS = (models.CharField, models.TextField, models.BinaryField, models.JSONField)
PAGE = Path(__file__).resolve().parents[6] / "docs" / "keys-and-retention.md"


def test_every_model_has_a_rule_and_every_rule_a_model():
    assert {code for code in RULES if not code.startswith(FILES)} == set(MODELS)


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_field_that_can_hold_words_is_sealed_named_or_nobodys(label):
    rule = RULES[label]
    fields = MODELS[label]._meta.concrete_fields
    open_words = {field.name for field in fields if isinstance(field, WORDS) and not field.choices}
    lists = [rule.sealed, rule.personal, rule.plain]

    assert frozenset().union(*lists) >= open_words
    assert sum(map(len, lists)) == len(frozenset().union(*lists))  # each in one list
    assert frozenset().union(*lists) <= {field.name for field in fields}


def test_what_is_called_sealed_is_bytes_or_a_hash_of_a_password():
    for label, rule in RULES.items():
        for name in rule.sealed:
            is_bytes = isinstance(MODELS[label]._meta.get_field(name), models.BinaryField)
            assert is_bytes or (label, name) == ("people.Officer", "password")


def test_what_ends_by_itself_is_carried_out_and_nothing_else_is():
    ends = {code for code, row in RULES.items() if row.then in (Then.ERASE, Then.EMPTY, Then.DELETE)}

    assert ends == {REPORTS, *PRUNINGS, *SWEPT_BY_THE_GATE}
    assert all(RULES[code].counted_from and RULES[code].time >= timedelta() for code in ends)


def test_what_goes_with_a_parent_names_one_that_has_a_rule():
    for row in RULES.values():
        assert bool(row.parent) is (row.then is Then.PARENT)
        assert not row.parent or row.parent in RULES


def test_a_row_has_its_source_and_unconfirmed_ones_say_so():
    assert all(row.source and row.said.vi and row.said.en and row.confirmed_by is None for row in RULES.values())


def test_no_message_id_goes_while_a_repeat_can_come():
    """A repeat is refused by its time after five minutes unless signed anew; senders try anew for hours, not for weeks."""
    assert keeping("partners.Inbound", DAY).time > TOLERANCE + timedelta(days=30)


def test_every_file_of_an_installation_has_a_rule_and_a_stranger_is_named(tmp_path):
    names = ["keng.sqlite", "keng.sqlite-wal", "keng.sqlite-shm", "clock", "demo.log", "keys/keys.json", "keys/.lock",
             "keys/web-12.key", "keys/ledger-1.pem", "keys/ledger-1.pem.pub", "nation/a.parquet", "robots/970436.secret",
             "old.sqlite.bak"]  # fmt: skip
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    assert files_without_rule(tmp_path, NOW) == ["old.sqlite.bak"]


def test_the_page_for_operators_shows_the_table_as_it_is():
    """Write it anew: python -m keng.desk.steering.retention.page docs/keys-and-retention.md"""
    assert table(DAY) in PAGE.read_text(encoding="utf-8")
