"""The parts of the pages of follow-up that stay fresh."""

from __future__ import annotations

import html
import re

import pytest

from keng.desk.fraud.followup import actions
from keng.desk.ground.ledger import queries as ledger
from keng.doors.officers.tests.followed import NAMES, code_of_followed

CASE = "/ban/theo-doi/[0-9a-f-]{36}/"
NEWS = "Hồ sơ vừa có điều mới"


def live_of(client, url):
    """What the page at this address asks for again."""
    return html.unescape(re.search('data-live="([^"]+)"', client.get(url).content.decode())[1])


@pytest.mark.parametrize(("query", "there"), [("", True), ("?state=contact", False), ("?number=0987000999", False)])
def test_the_list_stays_fresh_as_it_is_filtered(cast, enter, query, there):
    client = enter(cast.first)
    live = live_of(client, f"/ban/theo-doi/{query}")
    assert re.findall(CASE, client.get(live).content.decode()) == []

    code_of_followed(cast)

    part = client.get(live).content.decode()
    assert (bool(re.findall(CASE, part)), NAMES.carrier.upper() in part.partition('data-for="top"')[2]) == (there, True)


def test_a_case_says_that_its_holder_wrote_and_opens_nothing_for_it(cast, enter):
    code = code_of_followed(cast)
    client = enter(cast.first)
    [page] = set(re.findall(CASE, client.get("/ban/theo-doi/").content.decode()))
    live, shown = live_of(client, page), len(ledger.newest_entries(limit=1000))
    assert NEWS not in client.get(live).content.decode()
    assert len(ledger.newest_entries(limit=1000)) == shown

    actions.appeal(code, NAMES.words, cast.keys, now=cast.clock.at)

    part = client.get(live).content.decode()
    assert (NEWS in part, NAMES.words in part) == (True, False)
    assert NEWS not in client.get(live_of(client, page)).content.decode()
