from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keng.base.indicators import account, domain, email, ip, sender, url

URLS = [
    ("HTTP://VietComBank.com.vn:80/a/../b?x=1 2'#f g", "http://vietcombank.com.vn/b?x=1%202%27#f%20g"),
    ("http://a@b@evil.com\\x", "http://a%40b@evil.com/x"),
    ("http://0x7f.1/", "http://127.0.0.1/"),
    ("https://ngânhàng.vn/đường", "https://xn--ngnhng-ltan.vn/%C4%91%C6%B0%E1%BB%9Dng"),
    ("bit.ly/aBc", "http://bit.ly/aBc"),
    ("http://[2001:DB8:0:0:0:0:0:1]:443/", "http://[2001:db8::1]:443/"),
    ("https://x.com:443", "https://x.com/"),
    ("http://%77ww.a.com/%zz", "http://www.a.com/%zz"),
    ("http://faß.de", "http://xn--fa-hia.de/"),
    ("http://x/a/./b/../c/..", "http://x/a/"),
    ("http://1.2.3.4.5/", None),
    ("http://a b/", None),
    ("http://x.com:99999", None),
]


@pytest.mark.parametrize(("written", "expected"), URLS)
def test_a_url_is_serialised_by_the_standard(written: str, expected: str | None) -> None:
    assert url(written) == expected


@given(st.text())
def test_a_canonical_url_is_its_own_canonical_form(text: str) -> None:
    once = url(f"http://{text}")
    assert once is None or url(once) == once


def test_a_domain_is_a_labels_without_the_last_dot() -> None:
    assert domain("WWW.Ví-Dụ.vn.") == "www.xn--v-d-rma6749a.vn"
    assert domain("1.2.3.4") is None
    assert domain("a..vn") is None


def test_the_other_kinds_have_one_form() -> None:
    assert email("A.b@Ví.VN") == "a.b@xn--v-jga.vn"
    assert email(".a@b.vn") is None
    assert account("970436", "0123 456-789a") == "970436:0123456789A"
    assert account(None, "1.2") == "?:12"
    assert account("97", "12") is None
    assert sender("  Viet  combank ") == "VIET COMBANK"
    assert ip("2001:DB8::0001") == "2001:db8::1"
    assert ip("1.2.3") is None
