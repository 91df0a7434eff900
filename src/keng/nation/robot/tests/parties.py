"""One partner of each kind with one object that it serves, for tests that must hold for every kind of measure."""

from __future__ import annotations

from dataclasses import dataclass

from keng.nation.robot.kinds import open_trade
from keng.nation.robot.kinds.trade import Trade
from keng.nation.robot.wire.messages import Target

CODES = {"bank": "970436", "carrier": "carrier:viettel", "registry": "registry:vnnic", "platform": "platform:facebook"}


@dataclass(frozen=True, slots=True)
class Case:
    """A measure: who carries it out, on what, what makes the object be there, and how others look at it."""

    action: str
    kind: str
    target: Target
    opening: tuple[str, dict[str, object]]
    look: tuple[str, str, object, object]
    """A place of the core door, a field there, its value while nothing is in force and while the measure is."""
    not_ours: tuple[Target, str]
    """An object that the partner does not serve, and the reason that it gives."""

    @property
    def trade(self) -> Trade:
        return open_trade(self.kind, CODES[self.kind])

    @property
    def amount(self) -> int | None:
        return 4_000 if self.action == "hold_funds" else None


ACCOUNT, PHONE = Target("account", "970436:1"), Target("phone", "+84912345678")
SENDER, DOMAIN = Target("sender", "CSKH-AB12C"), Target("domain", "xac-minh-ab12c.com.vn")
PAGE = Target("url", "https://www.facebook.com/Hotro.AB12C")
OPENINGS = {
    ACCOUNT: ("accounts", {"account": ACCOUNT.value, "opening": 4_000}),
    PHONE: ("numbers", {"number": PHONE.value}),
    SENDER: ("senders", {"sender": SENDER.value}),
    DOMAIN: ("names", {"name": DOMAIN.value}),
    PAGE: ("pages", {"page": "facebook:hotro.ab12c", "title": "Hỗ trợ", "text": "Inbox"}),
}
LOOKS = {
    "hold_funds": ("accounts/970436:1", "available", 4_000, 0),
    "restrict_account": ("accounts/970436:1", "restricted", False, True),
    "block_number": ("numbers/+84912345678", "calls_out", True, False),
    "block_sender": ("senders/CSKH-AB12C", "stopped", False, True),
    "suspend_domain": ("names/xac-minh-ab12c.com.vn", "in_zone", True, False),
    "take_down_page": ("pages/hotro.ab12c", "up_at_home", True, False),
}
NOT_OURS = {
    ACCOUNT: (Target("account", "970407:1"), "not_our_account"),
    PHONE: (Target("phone", "+84987654321"), "not_our_number"),
    SENDER: (Target("sender", "OTHERNAME"), "not_our_sender"),
    DOMAIN: (Target("domain", "xac-minh.com"), "not_our_domain"),
    PAGE: (Target("url", "https://www.facebook.com.evil.example/x"), "not_our_page"),
}
SERVED = {
    "hold_funds": ("bank", ACCOUNT),
    "restrict_account": ("bank", ACCOUNT),
    "block_number": ("carrier", PHONE),
    "block_sender": ("carrier", SENDER),
    "suspend_domain": ("registry", DOMAIN),
    "take_down_page": ("platform", PAGE),
}
CASES = [
    Case(action, kind, target, OPENINGS[target], LOOKS[action], NOT_OURS[target])
    for action, (kind, target) in SERVED.items()
]
PRESERVED = [ACCOUNT, PHONE, SENDER, DOMAIN, PAGE]


def name_case(case: Case) -> str:
    return case.action
