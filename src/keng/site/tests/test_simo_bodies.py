"""Lists of suspected accounts may be as large as other files, at the two addresses that take them and nowhere beside."""

from __future__ import annotations

import pytest
from django.urls import reverse

from keng.site.bodies import most_bytes


@pytest.mark.parametrize(
    ("take", "give"),
    [("officers:sign_lists", "officers:give_sign_list"), ("partner_desk:lists", "partner_desk:give_list")],
)
def test_both_addresses_take_files_of_the_size_of_files_and_no_larger(settings, take, give):
    assert most_bytes(reverse(take)) == settings.KENG_MAX_PICTURES_BYTES
    assert most_bytes(reverse(give)) == settings.KENG_MAX_BODY_BYTES
