"""What is read in a message, what to do about it, and that nothing is concluded."""

from __future__ import annotations

import pytest

from keng.base.indicators import Kind
from keng.doors.public.reading import CAUTION, holds_one_time_code, items_of
from keng.engines.extract import extract

NOT_IN_MESSAGES = {"ip", "hash"}  # what machines write to each other
MESSAGES = {
    "one-time code": "Ma OTP cua quy khach la 482913, het han sau 2 phut",
    "account": "Chuyển vào STK 0000480000019 Vietcombank",
    "phone": "Gọi 0912345678 gặp anh Minh",
    "link": "Vào https://vcb-xacminh.top/dang-nhap để mở khoá",
}


@pytest.mark.parametrize("kind", [str(kind) for kind in Kind if kind not in NOT_IN_MESSAGES])
def test_every_kind_has_something_to_do_about_it(kind):
    assert str(CAUTION[kind]).strip()


def test_each_thing_is_told_once_and_the_host_of_a_link_not_again():
    items = items_of(
        extract("Vào http://vcb-xacminh.top/a, http://vcb-xacminh.top/a hoặc gọi 0912345678, 0912 345 678")
    )

    assert [(one.kind, one.value) for one in items] == [
        ("url", "http://vcb-xacminh.top/a"),
        ("phone", "+84912345678"),
    ]


@pytest.mark.parametrize(
    "link",
    ["http://vcb-xacminh.top?ma=1", "http://vietcombank.com.vn@vcb-xacminh.top/", "http://vcb-xacminh.top:8080/a"],
)
def test_the_host_of_a_link_is_the_one_that_it_leads_to(link):
    assert [one.kind for one in items_of(extract(f"Vào {link} ngay"))] == ["url"]


def test_an_account_stands_with_its_banks_name():
    (account,) = items_of(extract(MESSAGES["account"]))

    assert (account.kind, account.bank) == ("account", "Vietcombank")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (MESSAGES["one-time code"], True),
        ("482913 là mã xác thực của bạn", True),
        ("Your verification code is 5521", True),
        ("Không đọc mã OTP cho ai", False),
        ("Mã đơn hàng 482913", False),
        (MESSAGES["account"], False),
    ],
)
def test_a_one_time_code_is_told_from_other_numbers(text, holds):
    assert holds_one_time_code(text) is holds


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", MESSAGES)
def test_the_answer_says_what_to_do_and_never_that_a_message_is_false_or_safe(client, db, name, language):
    page = client.post(f"/bao/?lang={language}", {"text": MESSAGES[name], "sent": "no"}).content.decode()

    assert ("không kết luận" if language == "vi" else "does not say whether") in page
    assert ("Trong tin có mã một lần" in page or "There is a one-time code" in page) is (name == "one-time code")
    for verdict in ("là lừa đảo", "an toàn", "is a scam", "is safe"):
        assert verdict not in page


def test_who_sees_after_all_that_money_has_gone_does_not_type_again(client, db):
    answer = client.post("/bao/", {"text": MESSAGES["account"], "sent": "no"}).content.decode()
    assert f'name="text" value="{MESSAGES["account"]}"' in answer

    page = client.post("/bao/", {"text": MESSAGES["account"], "sent": "yes"}).content.decode()

    assert 'value="0000480000019"' in page
