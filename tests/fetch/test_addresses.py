"""Which addresses are public."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.addresses import is_public, is_public_host

FORBIDDEN_4 = [
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
FORBIDDEN_6 = [
    ip_network(each)
    for each in (
        "::/96", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.169.254", "172.31.255.255", "192.168.0.1", "100.64.0.1", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::",
        "2001:0:7f00:1::", "fec0::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_inside_some_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "193.0.6.139", "2606:4700::1111", "2a00:1450:4001::8a"])
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "8.8.8.8:80"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.sampled_from(FORBIDDEN_4), st.integers(0, 2**32 - 1))
def test_no_address_of_a_reserved_ipv4_range_is_public_in_either_form(network: IPv4Network, number: int) -> None:
    address = IPv4Address(int(network.network_address) + number % network.num_addresses)
    assert not is_public(str(address))
    assert not is_public(f"::ffff:{address}")


@given(st.sampled_from(FORBIDDEN_6), st.integers(0, 2**128 - 1))
def test_no_address_of_a_reserved_ipv6_range_is_public(network: IPv6Network, number: int) -> None:
    assert not is_public(str(IPv6Address(int(network.network_address) + number % network.num_addresses)))


@given(st.ip_addresses(v=4).filter(lambda each: each.is_global and not each.is_multicast))
def test_an_ipv4_address_and_its_mapped_form_are_judged_alike(address: IPv4Address) -> None:
    assert is_public(str(address)) == is_public(f"::ffff:{address}")


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("news.example", True),
        ("8.8.8.8", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("::1", False),
        ("localhost", False),
        ("feeds.localhost", False),
    ],
)
def test_a_name_is_taken_for_public_unless_it_is_an_address_that_is_not(name: str, *, public: bool) -> None:
    assert is_public_host(name) == public
