"""An officer with a passkey, an authenticator and one-use codes, made as officers make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
import pytest

from keng.desk.ground.signin import entering, factors, passkeys
from keng.desk.ground.signin.models import Visit
from keng.desk.ground.signin.tests.device import PARTY, Device

HERE = "198.51.100.7"


@dataclass
class Equipped:
    """An officer and everything that they come in with."""

    cast: Any
    officer: Any
    device: Device
    secret: str
    codes: list[str]

    @property
    def now(self) -> datetime:
        return self.cast.clock.at

    def digits(self, at: datetime | None = None) -> str:
        return pyotp.TOTP(self.secret).at(at or self.now)

    def by_codes(self, **changes: str) -> Visit:
        typed = {
            "name": self.officer.username,
            "digits": self.digits(),
            "code": self.codes[0],
            "address": HERE,
            **changes,
        }
        return entering.enter_by_codes(**typed, keys=self.cast.keys, now=self.now)

    def by_passkey(self, device: Device | None = None, address: str = HERE) -> Visit:
        options, state = passkeys.begin_using(PARTY)
        answer = (device or self.device).use(options)
        return entering.enter_by_passkey(PARTY, state, answer, address, self.cast.keys, now=self.now)

    def add(self, device: Device, name: str = "khoá USB") -> Any:
        asked = passkeys.begin_making(PARTY, self.officer.username, "Hai", bytes(self.device.handle or b"x" * 32), [])
        return factors.add_passkey(self.officer, PARTY, asked[1], device.make(asked[0]), name, now=self.now)


def enrol_by_invitation(cast: Any, officer: Any, device: Device) -> Visit:
    code = factors.invite(officer, lost=False, now=cast.clock.at)
    options, state = passkeys.begin_making(PARTY, officer.username, "Hai", passkeys.new_handle(), [])
    return factors.enrol_passkey(code, PARTY, state, device.make(options), "điện thoại", now=cast.clock.at)


@pytest.fixture
def hai(cast: Any) -> Equipped:
    device, officer = Device(), cast.second
    enrol_by_invitation(cast, officer, device)
    secret = factors.begin_authenticator(officer, cast.keys, now=cast.clock.at)
    factors.add_authenticator(officer, pyotp.TOTP(secret).at(cast.clock.at), cast.keys, now=cast.clock.at)
    codes = factors.make_codes(officer, now=cast.clock.at)
    cast.clock.pass_by(minutes=1)
    return Equipped(cast, officer, device, secret, codes)
