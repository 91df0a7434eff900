"""The bank's ten lines against the reference package, both ways."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st
from standardwebhooks import Webhook

from keng.base.errors import InputError, RefusedError
from keng.nation.robot.tests.fake_keng import SECRET, signed_headers
from keng.nation.robot.wire.signatures import read_secrets, sign, verify

NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
OTHER = base64.b64decode("b3RoZXIgc2VjcmV0IG9mIGEgYmFuaw==")


@seed(20261121)
@given(body=st.text(max_size=200), message_id=st.text("abc-0123", min_size=1, max_size=30))
def test_it_signs_as_the_reference_does(body, message_id):
    reference = Webhook(SECRET).sign(message_id, NOW, body)
    assert sign([KEY], message_id, NOW, body.encode())["webhook-signature"] == reference
    assert verify([KEY], signed_headers(body, message_id, NOW), body.encode(), NOW) == message_id


def test_the_reference_takes_what_it_signs_while_a_secret_rotates():
    headers = sign([OTHER, KEY], "msg-1", datetime.now(UTC), b'{"a": 1}')
    assert Webhook(SECRET).verify('{"a": 1}', headers) == {"a": 1}


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_it_refuses_what_was_signed_at_another_time(seconds):
    with pytest.raises(RefusedError, match="stale_timestamp"):
        verify([KEY], signed_headers("{}", "m", NOW - timedelta(seconds=seconds)), b"{}", NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "other"},
        {"webhook-id": ""},
        {"webhook-id": "m" * 300},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": ""},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2," + "A" * 44},
        {"webhook-signature": "v1,é"},
    ],
)
def test_it_refuses_a_changed_header(change):
    with pytest.raises(RefusedError, match="bad_signature"):
        verify([KEY], signed_headers("{}", "m", NOW) | change, b"{}", NOW)


def test_it_refuses_a_changed_body_and_a_strange_secret():
    with pytest.raises(RefusedError):
        verify([KEY], signed_headers("{}", "m", NOW), b"{ }", NOW)
    with pytest.raises(RefusedError):
        verify([OTHER], signed_headers("{}", "m", NOW), b"{}", NOW)


@pytest.mark.parametrize("text", ["", "\n", "whsec_%%%"])
def test_it_refuses_a_secret_file_that_holds_none(tmp_path, text):
    (tmp_path / "secret").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_secrets(tmp_path / "secret")
