"""Signatures, compared with the reference implementation of Standard Webhooks."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from keng.base.errors import InputError
from keng.base.webhooks import check, sign

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"x" * 32).decode()
BODY = '{"số": "tiền"}'.encode()


def test_the_reference_accepts_what_we_sign():
    now = datetime.now(UTC)

    Webhook(SECRET).verify(BODY, sign(SECRET, "msg_1", now, BODY))


def test_we_accept_what_the_reference_signs():
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", now, BODY.decode())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1,{'A' * 44} {signature}",
    }

    assert check([OTHER, SECRET], headers, BODY, now=now).message_id == "msg_1"


NOW = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "body", "code"),
    [
        ({}, BODY + b" ", "bad_signature"),
        ({"webhook-id": "msg_2"}, BODY, "bad_signature"),
        ({"webhook-id": ""}, BODY, "bad_signature"),
        ({"webhook-id": "m" * 200}, BODY, "bad_signature"),
        ({"webhook-timestamp": "1"}, BODY, "bad_signature"),
        ({"webhook-timestamp": "١٢٣"}, BODY, "bad_signature"),
        ({"webhook-signature": ""}, BODY, "bad_signature"),
        ({"webhook-signature": "v1,é"}, BODY, "bad_signature"),
        ({"webhook-signature": "v2,abc"}, BODY, "bad_signature"),
    ],
)
def test_one_changed_fact_is_enough_to_refuse(changes, body, code):
    headers = {**sign(SECRET, "msg_1", NOW, BODY), **changes}

    with pytest.raises(InputError) as refusal:
        check([SECRET], headers, body, now=NOW)

    assert refusal.value.code == code


@pytest.mark.parametrize("minutes", [-5.02, 5.02])
def test_more_than_five_minutes_off_is_stale(minutes):
    headers = sign(SECRET, "msg_1", NOW + timedelta(minutes=minutes), BODY)

    with pytest.raises(InputError) as refusal:
        check([SECRET], headers, BODY, now=NOW)

    assert refusal.value.code == "stale_timestamp"


def test_an_absurd_timestamp_that_is_signed_is_stale_and_no_crash():
    import hashlib
    import hmac

    seconds = "9" * 30
    digest = hmac.new(b"k" * 32, b"m." + seconds.encode() + b"." + BODY, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    headers = {"webhook-id": "m", "webhook-timestamp": seconds, "webhook-signature": signature}

    with pytest.raises(InputError) as refusal:
        check([SECRET], headers, BODY, now=NOW)

    assert refusal.value.code == "stale_timestamp"
