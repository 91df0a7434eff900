"""Whose address is believed: a stranger's X-Forwarded-For never, a proxy of ours as far as it knows."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from keng.desk.ground.gate.addresses import client_of, nets_of, read_networks

OURS = read_networks("10.0.0.0/8, fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # a stranger's word
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the client itself put before
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        ("10.0.0.1", '"[2001:db8::7]:443"', "2001:db8::7"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:203.0.113.5", "", "203.0.113.5"),
        ("fd00::1", "2001:db8::9", "2001:db8::9"),
        ("", "198.51.100.1", None),
        ("10.0.0.1", "1.2.3.4," * 10_000 + "198.51.100.1", "198.51.100.1"),
    ],
)
def test_the_nearest_stranger_is_the_client(peer, forwarded, client):
    assert client_of(peer, forwarded, OURS) == (ip_address(client) if client else None)


def test_one_household_is_one_source_and_lies_in_a_wider_net():
    assert nets_of(ip_address("203.0.113.5")) != nets_of(ip_address("203.0.113.6"))
    assert nets_of(ip_address("203.0.113.5")).wide == nets_of(ip_address("203.0.113.6")).wide
    assert nets_of(ip_address("2001:db8:0:1::1")) == nets_of(ip_address("2001:db8:0:1:ffff::2"))
    assert nets_of(ip_address("2001:db8:0:1::1")).wide == nets_of(ip_address("2001:db8:0:2::1")).wide


def test_a_setting_that_is_no_network_is_a_fault_at_once():
    with pytest.raises(ValueError):
        read_networks("10.0.0.0/8, proxy.example")
