"""One loss that many tell counts once, and what is known is offered before somebody reports it again."""

from __future__ import annotations

import pytest

from keng.desk.fraud.campaigns import actions, queries
from keng.desk.fraud.campaigns.knowing import known
from keng.desk.fraud.campaigns.tests.conftest import MULE, OTHER_MULE, scam


def facts(desk, report):
    return queries.get_campaign(desk.cast.first, desk.code(report))


def test_a_loss_that_three_people_tell_counts_once_and_the_campaign_says_so(desk):
    at = 40
    told = [
        desk.tell(scam(name, MULE), account=MULE, amount=7_000_000, minutes_ago=at + n)
        for n, name in enumerate("Hoa Lan Mai".split())
    ]
    other = desk.tell(scam("Cuc", MULE), account=MULE, amount=7_000_000, minutes_ago=at + 120)
    desk.tell(scam("Truc", MULE), account=MULE, amount=1_000_000, minutes_ago=at)
    desk.link()

    found = facts(desk, told[0])
    assert (found.reports, found.lost, found.told_again, found.lost_again) == (5, 15_000_000, 2, 14_000_000)
    assert queries.campaigns(desk.cast.first)[0].lost == 15_000_000
    rows = {row.report_id: row.same_loss for row in queries.members_of(desk.cast.first, found.code).rows}
    assert [rows[pk] for pk in told] == [False, True, True]
    assert not rows[other]


def test_two_who_paid_from_accounts_of_their_own_lost_twice(desk):
    both = [
        desk.tell(scam(name, MULE), account=MULE, amount=500_000, loss={"from_account": f"970418:{own}"})
        for name, own in (("Hoa", "1111222233"), ("Lan", "4444555566"))
    ]
    desk.link()
    assert facts(desk, both[0]).told_again == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_whoever_comes_first_it_is_one_loss(desk, order):
    """The one in the middle joins the other two."""
    minutes = (40, 48, 56)
    told = [
        desk.tell(scam("Hoa Lan Mai".split()[n], MULE), account=MULE, amount=3_000_000, minutes_ago=minutes[n])
        for n in order
    ]
    for _ in told:
        desk.link(settle=False)
    assert facts(desk, told[0]).told_again == 2


def test_a_known_trick_is_offered_by_value_and_by_words_and_says_nothing_of_others(desk):
    gang = desk.gang(MULE, "Hoa Lan Mai Cuc")
    desk.gang(OTHER_MULE, "Hoa Lan")
    desk.link()
    assert known(scam("Sen", MULE)) == []
    actions.name(desk.cast.first, desk.code(gang[0]), "Việc nhẹ", "Đừng nộp phí trước.", now=desk.cast.clock.at)

    (offer,) = known(f"Ho bao chuyen vao {MULE.partition(':')[2]} Vietcombank")
    assert (offer.name, offer.advice) == ("Việc nhẹ", "Đừng nộp phí trước.")
    (offer,) = known(scam("Sen", MULE).replace(MULE.partition(":")[2], ""))
    assert offer.name == "Việc nhẹ"
    for text in ("", "xin chao", scam("Sen", OTHER_MULE), "x" * 1_000):
        assert known(text) == []


def test_reading_the_texts_is_a_look_at_each(desk, entries):
    gang = desk.gang(MULE, "Hoa Lan")
    desk.link()
    texts = actions.read_texts(desk.cast.first, desk.code(gang[0]), "triage", desk.cast.keys, now=desk.cast.clock.at)
    assert [one.text for one in texts] == [scam("Lan", MULE), scam("Hoa", MULE)]
    assert entries().count("reports.look") == 2
