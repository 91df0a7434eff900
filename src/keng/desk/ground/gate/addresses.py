"""Whose address a request comes from, and in which nets it lies. A header is believed only from a proxy that the settings name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NARROW = {4: 32, 6: 64}  # bits of the prefix: one line of a household or one carrier's shared address
WIDE = {4: 24, 6: 48}
MOST_HOPS = 16  # of X-Forwarded-For; what stands further left is a stranger's word


@dataclass(frozen=True, slots=True)
class Nets:
    """The prefixes that a caller is counted by: its own, and the wider net around it."""

    narrow: str
    wide: str


def read_networks(words: str) -> tuple[Network, ...]:
    """Networks from a comma-separated setting. Raises ValueError for what is none."""
    return tuple(ip_network(word.strip(), strict=False) for word in words.split(",") if word.strip())


def client_of(peer: str, forwarded: str, proxies: Iterable[Network]) -> Address | None:
    """The address of the caller: the nearest hop that is not one of our proxies. None if the peer has no address.

    `forwarded` (X-Forwarded-For) is read from the right, and only as far as each hop is a proxy of ours.
    """
    believed = tuple(proxies)
    here = read_address(peer)
    for word in reversed(forwarded.split(",")[-MOST_HOPS:] if forwarded else []):
        if here is None or not is_in(here, believed):
            break
        there = read_address(word)
        if there is None:
            break
        here = there
    return here


@lru_cache(1024)
def read_address(word: str) -> Address | None:
    """An address as a proxy writes it, with or without a port; an IPv4 address in IPv6's clothes is IPv4. None if it is none."""
    tidy = word.strip().strip('"')
    if tidy.startswith("["):
        tidy = tidy[1:].partition("]")[0]
    elif tidy.count(":") == 1:
        tidy = tidy.partition(":")[0]
    try:
        address = ip_address(tidy.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """True if the address lies in one of the networks."""
    return any(address in network for network in networks if network.version == address.version)


def nets_of(address: Address | None) -> Nets:
    """The nets of a caller. Callers without an address share one."""
    if address is None:
        return Nets("unknown", "unknown")
    return Nets(_prefix(address, NARROW[address.version]), _prefix(address, WIDE[address.version]))


def _prefix(address: Address, bits: int) -> str:
    """The first bits of an address, as text that names the net."""
    return f"{address.version}/{bits}:{int(address) >> (address.max_prefixlen - bits):x}"
