"""When a register's time is over its key, files and rows go; sums and steps stay."""

from __future__ import annotations

import pytest

from keng.base.errors import ConflictError
from keng.desk.fraud.registers import sealed
from keng.desk.fraud.registers.models import Asked, Guessing, Record, Sample
from keng.desk.fraud.registers.tests.made import made_guessing, made_register
from keng.desk.steering.retention.actions import run


def test_a_register_whose_time_is_over_is_unreadable_and_its_sums_stay(
    cast, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.KENG_HOME = tmp_path
    register = made_register(cast, cast.bank)
    sealed.write_part(register, sealed.key_of(register, cast.keys), 0, b"x")
    cast.clock.pass_by(days=364)
    run(now=cast.clock.at)
    assert Record.objects.count() == 12

    cast.clock.pass_by(days=2)
    with django_capture_on_commit_callbacks(execute=True):
        run(now=cast.clock.at)

    register.refresh_from_db()
    assert register.erased_at is not None and register.sums.exists()
    assert not Record.objects.exists() and not Sample.objects.exists() and not sealed.folder_of(register).exists()
    with pytest.raises(ConflictError):
        sealed.key_of(register, cast.keys)


def test_questions_and_settled_guessing_go_a_year_later(cast):
    item = made_guessing(cast, cast.bank)
    Asked.objects.create(
        partner=cast.bank, by="partner:x", at=cast.clock.at, purpose="x", person="a" * 32, who="b" * 32, answer="no"
    )
    cast.clock.pass_by(days=366)
    run(now=cast.clock.at)
    assert not Asked.objects.exists() and Guessing.objects.exists()  # nobody has settled it

    Guessing.objects.filter(pk=item.pk).update(settled_at=cast.clock.at, settled_by=cast.first)
    cast.clock.pass_by(days=366)
    run(now=cast.clock.at)
    assert not Guessing.objects.exists()
