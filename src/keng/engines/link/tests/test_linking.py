"""What joins, what does not, and that the order of arrival means nothing."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keng.engines.link import Linker, Report, SameIdentifierError, read_batch
from keng.engines.link.tests.cases import WORDS, account, babble, bank, campaigns, job, parts, phone, report, settled
from keng.engines.link.values import compared


def ids(*numbers: int) -> set[str]:
    return {f"r{number}" for number in numbers}


def test_a_shared_account_joins_reports_in_different_words():
    assert campaigns([report(1, babble(1), account(7)), report(2, babble(2), account(7))]) == [ids(1, 2)]
    assert campaigns([report(1, babble(1), account(7)), report(2, babble(2), account(8))]) == []


def test_an_account_is_the_same_whether_its_bank_is_told_or_not():
    told, untold = ("account", "970436:1017588888"), ("account", "?:1017588888")
    assert campaigns([report(1, babble(1), told), report(2, babble(2), untold)]) == [ids(1, 2)]


@pytest.mark.parametrize(
    "pair",
    [
        ("phone", "19001009"),
        ("phone", "156"),
        ("sender", "VIETCOMBANK"),
        ("domain", "bit.ly"),
        ("domain", "www.facebook.com"),
        ("domain", "dichvucong.gov.vn"),
        ("url", "https://www.vietcombank.com.vn/the"),
        ("url", "https://bit.ly/"),
        ("citizen_id", "001099012345"),
        ("app", "com.anydesk.anydeskandroid"),
    ],
)
def test_what_everybody_shares_joins_nobody(pair: tuple[str, str]):
    assert campaigns([report(1, babble(1), pair), report(2, babble(2), pair)]) == []


def test_a_page_at_a_shortener_is_somebodys():
    page = ("url", "https://bit.ly/3xyzABC")
    assert campaigns([report(1, babble(1), page), report(2, babble(2), page)]) == [ids(1, 2)]


def test_two_pages_of_one_own_domain_join():
    one, other = ("url", "https://a.xacminh-the.top/1"), ("url", "https://b.xacminh-the.top/2")
    assert campaigns([report(1, babble(1), one), report(2, babble(2), other)]) == [ids(1, 2)]


def test_the_same_message_with_other_numbers_names_and_links_joins():
    assert campaigns([bank(number) for number in range(6)] + [job(number) for number in range(10, 16)]) == [
        ids(*range(6)),
        ids(*range(10, 16)),
    ]


def test_bare_letters_hidden_letters_and_capitals_are_the_same_message():
    text = bank(1).text
    bare = "TAI KHOAN " + text[len("Tài khoản ") :].replace("liên kết", "l.i.ê.n k\u200bết").upper()
    assert campaigns([report(1, text), report(2, bare)]) == [ids(1, 2)]


def test_texts_that_say_little_join_nobody_even_when_equal():
    for text in ("", "lừa đảo", "báo cáo số này", "🙂", "0912 345"):
        assert campaigns([report(1, text), report(2, text)]) == []


def test_a_greeting_and_a_footer_in_common_join_nobody():
    greeting = "Kính gửi quý khách hàng, ngân hàng trân trọng thông báo đến quý khách. "
    footer = " Mọi thắc mắc xin liên hệ tổng đài để được hỗ trợ, trân trọng cảm ơn."
    reports = [report(number, greeting + babble(number, 60) + footer) for number in range(30)]
    assert campaigns(reports) == []


def test_one_report_that_names_two_scams_leaves_them_two():
    one = [report(number, babble(number), account(1)) for number in range(5)]
    other = [report(number, babble(number), account(2)) for number in range(10, 15)]
    both = report(20, babble(20), account(1), account(2))
    found = campaigns([*one, *other, both])
    assert len(found) == 2
    assert {frozenset(part - {"r20"}) for part in found} == {frozenset(ids(*range(5))), frozenset(ids(*range(10, 15)))}


def test_a_number_named_once_in_each_of_two_campaigns_leaves_them_two():
    one = [report(number, babble(number), account(1)) for number in range(4)]
    other = [report(number, babble(number), account(2)) for number in range(10, 14)]
    chained = [report(4, babble(4), account(1), phone(9)), report(14, babble(14), account(2), phone(9))]
    assert campaigns([*one, *other, *chained]) == [ids(0, 1, 2, 3, 4), ids(10, 11, 12, 13, 14)]


def test_two_weak_links_are_a_strong_one():
    one = [report(number, babble(number), account(1)) for number in range(4)]
    other = [report(number, babble(number), account(2)) for number in range(10, 14)]
    both = [report(number, babble(number), account(1), account(2)) for number in (20, 21)]
    assert campaigns([*one, *other, *both]) == [ids(0, 1, 2, 3, 10, 11, 12, 13, 20, 21)]


def test_a_few_reports_of_two_large_campaigns_leave_them_two():
    one = [bank(number, account(1)) for number in range(300)]
    other = [job(number, account(2)) for number in range(300, 600)]
    both = [report(number, babble(number), account(1), account(2)) for number in (700, 701)]
    assert sorted(map(len, campaigns([*one, *other, *both]))) in ([300, 302], [301, 301])


def test_a_few_reports_of_two_campaigns_that_tell_several_things_leave_them_two():
    """Of forty that tell an account with a number half would have told one of each, were they one hand's; not two."""
    one = [report(row, babble(row), account(row % 2), phone(row % 3)) for row in range(40)]
    other = [report(row, babble(row), account(5 + row % 2), phone(5 + row % 3)) for row in range(100, 140)]
    both = [report(row, babble(row), account(row % 2), phone(5 + row % 3)) for row in (200, 201)]
    many = [report(row, babble(row), account(row % 2), phone(5 + row % 3)) for row in range(200, 215)]
    assert {len([one for one in part if int(one[1:]) < 200]) for part in campaigns([*one, *other, *both])} == {40}
    assert len(campaigns([*one, *other, *many])) == 1


def test_a_mule_account_that_two_scripts_pay_into_joins_them():
    reports = [bank(number, account(1)) for number in range(5)] + [job(number, account(1)) for number in range(10, 15)]
    assert campaigns(reports) == [ids(*range(5), *range(10, 15))]


def test_a_number_in_many_stories_joins_nobody():
    hub = phone(1)
    few = [report(number, babble(number), hub) for number in range(5)]
    many = [report(number, babble(number), hub) for number in range(60)]
    assert campaigns(few) == [ids(*range(5))]
    assert campaigns(many) == []


def test_a_hub_does_not_join_campaigns_that_stand_by_themselves():
    hub = ("social", "zalo:g/baomoi")
    reports, expected = [], []
    for campaign in range(30):
        rows = range(campaign * 10, campaign * 10 + 4)
        reports += [report(row, babble(row), account(campaign), *([hub] if row % 2 else [])) for row in rows]
        expected.append(ids(*rows))
    assert campaigns(reports) == sorted(expected, key=sorted)


def test_reports_with_only_a_hub_stay_alone():
    assert campaigns([report(number, "", phone(1)) for number in range(100)]) == []


def test_the_same_message_from_a_thousand_people_is_one_campaign():
    reports = [Report(number, 5, bank(1).text, (account(3),)) for number in range(1000)]
    assert len(parts(settled(reports), reports)) == 1


def test_a_report_goes_where_its_likes_stand():
    reports = [bank(number, account(1), phone(1)) for number in range(5)] + [bank(20), report(21, babble(21))]
    assert campaigns(reports) == [ids(*range(5), 20)]


def test_a_text_that_victims_of_many_scams_write_joins_none_of_them():
    said = "Tôi nghe lời họ chuyển tiền xong là bị chặn liên lạc, giờ không biết kêu ai, mong cơ quan xem xét giúp đỡ gia đình"
    reports = []
    for campaign in range(12):
        first = campaign * 10
        texts = [babble(first), babble(first + 1), babble(first + 2), said]
        reports += [report(first + place, text, account(campaign), phone(campaign)) for place, text in enumerate(texts)]
    assert len(campaigns([*reports, report(999, said)])) == 12


def mutated(words: list[str], dice: random.Random) -> str:
    """A gang's turn of phrase in the middle of words that each report puts otherwise."""
    return " ".join(word if dice.random() > 0.25 else dice.choice(WORDS) for word in words)


def scripted(first: int, pair: tuple[str, str], script: list[str], count: int = 12) -> list[Report]:
    dice = random.Random(first)
    return [report(first + place, mutated(script, dice), pair) for place in range(count)]


def background() -> list[Report]:
    return [report(row, babble(row), account(row // 3)) for row in range(9000, 9120)]


def test_two_groups_that_tell_the_same_mutating_message_are_one():
    script = babble(1, 40).split()
    reports = [*scripted(0, account(1), script), *scripted(100, phone(2), script), *background()]
    found = [part for part in campaigns(reports) if "r0" in part]
    assert found == [ids(*range(12), *range(100, 112))]


def test_a_mutating_message_of_many_hands_joins_none_of_them():
    script = babble(1, 40).split()
    hands = [scripted(100 * hand, account(500 + hand), script) for hand in range(20)]
    assert len([part for part in campaigns([one for hand in hands for one in hand]) if len(part) >= 12]) == 20


def test_two_groups_tied_by_too_little_are_one_if_they_say_the_same():
    script = babble(1, 40).split()
    dice = random.Random(5)
    reports = background()
    for side in range(2):
        for place in range(40):
            pairs = account(10 * side + place % 2), phone(10 * side + place % 3)
            reports.append(report(100 * side + place, mutated(script, dice), *pairs))
    both = [report(row, mutated(script, dice), account(0), phone(10)) for row in (300, 301)]
    assert ids(*range(40), *range(100, 140), 300, 301) in campaigns([*reports, *both])


def test_two_hands_that_never_share_what_each_shares_within_stay_two_whatever_they_say():
    script = babble(1, 40).split()
    dice = random.Random(5)
    reports = background()
    for hand in range(2):
        for place in range(12):
            pairs = account(10 * hand + place % 2), phone(10 * hand + place % 3)
            reports.append(report(100 * hand + place, mutated(script, dice), *pairs))
    found = campaigns(reports)
    assert ids(*range(12)) in found and ids(*range(100, 112)) in found


def test_a_hub_of_thousands_is_no_link_and_is_not_looked_through():
    hub = phone(1)
    reports = [
        report(number, babble(number), hub, *([account(number // 4)] if number % 2 else [])) for number in range(4000)
    ]
    linker = settled(reports)
    sizes = [len(part) for part in parts(linker, reports)]
    assert max(sizes) == 2 and compared_keys(hub) <= linker.book.dead
    before = len(linker.book)
    row, changes = linker.add(report(9999, babble(9999), hub))
    assert (row, changes) == (before, []) and linker.book.members(
        int(linker.book.campaign(np.array([row]))[0])
    ).size == 1


def compared_keys(pair: tuple[str, str]) -> set[int]:
    return {one.key for one in compared(*pair)}


def test_a_text_of_a_megabyte_is_read_and_joins_nobody_by_its_length():
    long = babble(1, 200_000)[: 1 << 20]
    assert campaigns([report(1, long), report(2, babble(2)), report(3, long)]) == [ids(1, 3)]


def test_times_far_off_and_equal_change_nothing_but_who_is_first():
    times = [-(10**15), 0, 0, 10**16]
    reports = [report(number, babble(number), account(1), at=at) for number, at in enumerate(times)]
    assert campaigns(reports) == [ids(*range(4))]


def test_another_text_under_the_same_id_is_refused():
    linker = Linker()
    row, _ = linker.add(report(1, "một hai ba"))
    assert linker.add(report(1, "một hai ba", account(1), at=99)) == (row, [])
    with pytest.raises(SameIdentifierError):
        linker.add(report(1, "một hai bốn"))


def test_the_number_one_and_the_text_one_are_two_ids():
    linker = Linker()
    assert linker.add(Report(1, 0, "a"))[0] != linker.add(Report("1", 0, "b"))[0]


SHARED = st.lists(st.sampled_from([account(1), account(2), phone(1), phone(2), ("domain", "lua.top")]), max_size=3)
TEXTS = st.one_of(
    st.integers(0, 3).map(babble),
    st.integers(0, 40).map(lambda number: bank(number).text),
    st.integers(0, 40).map(lambda number: job(number).text),
    st.just(""),
)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.lists(st.tuples(TEXTS, SHARED), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_arrival_means_nothing(drawn, dice: random.Random):
    reports = [report(number, text, *pairs) for number, (text, pairs) in enumerate(drawn)]
    expected = {one.identifier: settled(reports).code(row) for row, one in enumerate(reports)}
    shuffled = dice.sample(reports, len(reports))
    linker = Linker()
    half = len(reports) // 2
    linker.extend(read_batch(shuffled[:half]))
    linker.settle()
    for one in shuffled[half:]:
        linker.add(one)
    linker.settle()
    before = np.unique([expected[one.identifier] for one in reports], return_inverse=True)[1]
    after = {one.identifier: linker.code(row) for row, one in enumerate(shuffled)}
    pairs = {(expected[ident], after[ident]) for ident in expected}
    assert len(pairs) == len(set(expected.values())) == len(set(after.values()))
    assert before.size == len(reports)


def test_one_by_one_a_campaign_keeps_its_code_and_merges_are_told():
    linker = Linker()
    first, _ = linker.add(report(1, babble(1), account(1), at=10))
    second, _ = linker.add(report(2, babble(2), account(2), at=5))
    codes = linker.code(first), linker.code(second)
    _, changes = linker.add(report(3, babble(3), account(1), account(2), at=1))
    assert [(change.code, change.into, change.whole) for change in changes] == [(codes[0], codes[1], True)]
    assert linker.code(first) == linker.code(second) == codes[1]


def test_a_part_that_falls_away_gets_a_code_that_was_never_used():
    linker = Linker()
    for number in range(5):
        linker.add(report(number, babble(number), phone(1)))
    code = linker.code(0)
    rows = [linker.add(report(number, babble(number), phone(1)))[0] for number in range(5, 60)]
    linker.settle()
    assert linker.code(0) == code
    codes = [linker.code(row) for row in [*range(5), *rows]]
    assert len(set(codes)) == 60
    assert max(map(len, codes)) <= 32 and all(one.isascii() for one in codes)


def test_a_report_into_a_large_campaign_joins_it_without_deciding_it_anew():
    reports = [report(number, babble(number % 50) + f" {number}", account(1)) for number in range(2000)]
    linker = settled(reports)
    row, changes = linker.add(report(5000, babble(5000), account(1)))
    assert (linker.code(row), changes) == (linker.code(0), [])


def test_what_everybody_has_vouches_for_nothing():
    """A number in all reports, and one in forty of unrelated ones: that these share the first says nothing of the second."""
    everybodys, newspapers = phone(1), phone(2)
    reports = [
        report(number, babble(number), everybodys, *([newspapers] if number < 40 else [])) for number in range(150)
    ]
    assert campaigns(reports) == []
    linker = settled(reports)
    row, _ = linker.add(report(200, babble(200), everybodys, newspapers))
    assert len(linker.book.members(int(linker.book.campaign(np.array([row]))[0]))) == 1
