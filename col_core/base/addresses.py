"""Which network addresses a city's server may be sent to by somebody else's link.

`ipaddress.is_global` alone is not enough: it says True of `64:ff9b::7f00:1` (NAT64 of 127.0.0.1)
and of `2002:7f00:1::` (6to4 of 127.0.0.1). Every IPv4 address that rides inside an IPv6 one is looked at too.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_ISATAP_MARKS = (0x0000_5EFE, 0x0200_5EFE)
# Global by the registry, and yet the inside of somebody's network.
_INSIDE = (
    ip_network("168.63.129.16/32"),  # the metadata and DNS address of Azure
    ip_network("192.0.0.0/24"),  # protocol assignments; the metadata address of Oracle is in it
    ip_network("192.31.196.0/24"),  # AS112
    ip_network("192.52.193.0/24"),  # AMT relays
    ip_network("192.88.99.0/24"),  # 6to4 relays
    ip_network("192.175.48.0/24"),  # AS112
    ip_network("2001::/23"),  # protocol assignments, Teredo among them
    ip_network("3fff::/20"),  # documentation
)


def is_public(address: str) -> bool:
    """Return whether `address` (a literal IP address) is one host of the public internet."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    if parsed.scope_id is not None:
        return False
    inner = list(_inner_v4(parsed))
    if inner and not all(_is_public_v4(each) for each in inner):
        return False
    if parsed.ipv4_mapped is not None or parsed in _NAT64:
        return True
    return parsed in _GLOBAL_UNICAST and parsed.is_global and not _is_inside(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and not _is_inside(address)


def _is_inside(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in _INSIDE)


def _inner_v4(address: IPv6Address) -> Iterator[IPv4Address]:
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    low = int(address) & 0xFFFF_FFFF
    if address in _NAT64 or (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP_MARKS:
        yield IPv4Address(low)
