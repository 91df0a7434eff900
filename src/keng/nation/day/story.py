"""The one fixed story, which the README tells: a mother pays 4.800.000 đ, and the mule has not yet taken the money out.

The accounts are made up: no branch of the bank has the code 0000 with which its older 13-digit numbers would begin.
"""

from __future__ import annotations

from keng.nation.day.banks import CoreDoor, Transfer, fund
from keng.nation.day.settlement import Settlement

BANK = "970436"
"""Vietcombank."""
VICTIM_ACCOUNT = f"{BANK}:0000196500018"
MULE_ACCOUNT = f"{BANK}:0000480000019"
AMOUNT = 4_800_000
"""đồng"""
VICTIM_OPENING = 25_000_000
"""đồng on the mother's account on the first day."""

SCAM_TEXT = (
    "Mẹ ơi con đây, điện thoại con rơi vỡ nên con nhắn nhờ máy bạn. Con bị tai nạn xe đang cấp cứu ở bệnh viện, "
    "phải đóng viện phí gấp 4.800.000đ mới được mổ. Mẹ chuyển ngay vào STK 0000480000019 Vietcombank giúp con, "
    "đây là tài khoản chị y tá. Mẹ đừng gọi lại, con không nghe máy được. Chuyển xong mẹ nhắn con nhé!"
)
"""What the reader of the README pastes into the box."""


def tell_story(door: CoreDoor, settlement: Settlement, run: str, at: str) -> None:
    """Open both accounts and move the money. The mule sleeps: what is there stays until it is held or the demo ends.

    Each run moves the same amount once more, so there is always that much to hold though an earlier run's is held.
    """
    fund(door, VICTIM_ACCOUNT, AMOUNT, VICTIM_OPENING, f"{run}:story:wages", at)
    settlement.begin(Transfer(f"{run}:story", VICTIM_ACCOUNT, MULE_ACCOUNT, AMOUNT, at))
