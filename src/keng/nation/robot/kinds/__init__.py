"""The kinds of partner. Each is a folder: its books, what it can do for Kẻng, and its door for the simulated nation."""

from __future__ import annotations

from pathlib import Path

from keng.nation.robot.kinds.trade import Trade

KINDS = ("bank", "carrier", "registry", "platform")


def open_trade(kind: str, code: str, hosts: tuple[str, ...] = (), zone: Path | None = None) -> Trade:
    """The trade of one partner. `hosts` are a platform's besides those of its name, `zone` is a registry's file."""
    if kind == "bank":
        from keng.nation.robot.kinds.bank.trade import BankTrade

        return BankTrade(code)
    if kind == "carrier":
        from keng.nation.robot.kinds.carrier.trade import CarrierTrade

        return CarrierTrade(code)
    if kind == "registry":
        from keng.nation.robot.kinds.registry.trade import RegistryTrade

        return RegistryTrade(code, zone)
    from keng.nation.robot.kinds.platform.trade import PlatformTrade

    return PlatformTrade(code, hosts)
