"""How many processes and threads serve, if nobody says otherwise."""

from __future__ import annotations

import pytest

from keng.site.commands.serve import default_shape


@pytest.mark.parametrize(("cores", "processes"), [(1, 1), (2, 2), (64, 4)])
def test_on_postgresql_a_process_a_core_up_to_four(cores, processes):
    assert default_shape("postgresql://keng@/keng", cores) == (processes, 16)


def test_on_sqlite_one_process_whose_threads_wait_for_each_other_in_memory():
    assert default_shape("", 64) == (1, 4)
