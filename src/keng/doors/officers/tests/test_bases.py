"""Whoever chooses a basis reads beside it that nobody has confirmed its source."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils.translation import override

from keng.desk.fraud.measures.kinds import Kind
from keng.doors.officers.proposing import basis_choices
from keng.doors.officers.report import HoldForm
from keng.vietnam import rules
from keng.vietnam.rules.tables import bases

MARKS = {"vi": "(nguồn chưa xác nhận)", "en": "(source not confirmed)"}


@pytest.mark.parametrize("language", MARKS)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_basis_that_nobody_confirmed_says_so_where_it_is_chosen(kind, language):
    with override(language):
        said = [words for _code, words in basis_choices(kind)]

    assert said and all(words.endswith(MARKS[language]) for words in said)


def test_a_confirmed_one_stands_by_itself(monkeypatch):
    confirmed = [replace(one, confirmed_by="Vụ Pháp chế") for one in bases()]
    monkeypatch.setattr(rules, "bases_for", lambda kind, _day: [one for one in confirmed if one.measure == kind])

    with override("vi"):
        assert basis_choices(Kind.HOLD_FUNDS)[0] == (confirmed[0].code, confirmed[0].said.vi)


def test_the_form_of_the_urgent_hold_offers_the_same_words():
    with override("vi"):
        assert list(HoldForm(accounts=()).fields["basis"].choices) == basis_choices(Kind.HOLD_FUNDS)
