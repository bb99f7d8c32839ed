"""Which network addresses belong to the public Internet."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: IPv6 ranges that hold or lead to IPv4 addresses or sites, and that `is_global` passes on some or all Python versions.
_TRANSLATED = tuple(
    IPv6Network(each)
    for each in (
        "::/96",  # IPv4-compatible, deprecated (RFC 4291)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "2001::/32",  # Teredo (RFC 4380)
        "2002::/16",  # 6to4 (RFC 3056)
        "fec0::/10",  # site-local, deprecated (RFC 3879)
    )
)


def is_public_host(name: str) -> bool:
    """Tell whether a host's name may be one of the public Internet: no address of another network, no name of one machine's own."""
    try:
        ip_address(name)
    except ValueError:
        return name != "localhost" and not name.endswith(".localhost")
    return is_public(name)


def is_public(address: str) -> bool:
    """Tell whether an address, written in its usual form, is one of the public Internet.

    Private, loopback, link-local, shared, documentation, multicast, reserved and unspecified addresses are not, nor is
    any IPv6 form behind which such an IPv4 address may hide. What is no address at all is not public either.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return _is_public(parsed.ipv4_mapped)
        if any(parsed in network for network in _TRANSLATED):
            return False
    return _is_public(parsed)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    # is_global alone passes 224.0.0.1 and ff02::1.
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
