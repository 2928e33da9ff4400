"""Pure: which machines may be asked for pages: those of the public Internet."""

import ipaddress

_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Not public, though `is_global` has said otherwise in some version of Python.
_OTHERS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata at 192.0.0.192
        "192.88.99.0/24",  # 6to4 relays
        "168.63.129.16/32",  # a cloud's own services, at a public number
        "64:ff9b:1::/48",  # local translation to IPv4
        "fec0::/10",  # what local addresses once were
        "5f00::/16",  # segment routing
        "3fff::/20",  # documentation
    )
)
# An IPv4 address stands in the last four bytes of these.
_CARRIERS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


def is_public(number: str) -> bool:
    """Is this the number of a machine of the public Internet, rather than of this machine, its network or its cloud?"""
    try:
        address = ipaddress.ip_address(number)
    except ValueError:
        return False
    return all(_is_public(address) for address in (address, *_carried(address)))


def _is_public(address: _IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address in _CARRIERS[0]):
        # Nothing of itself: what it carries is what counts.
        return True
    others = any(address in network for network in _OTHERS if network.version == address.version)
    return address.is_global and not (address.is_multicast or address.is_reserved or others)


def _carried(address: _IPAddress) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 one leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIERS):
        carried.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [number for number in carried if number is not None]
