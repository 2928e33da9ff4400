"""Adapter: how much one address, and one site, may ask for."""

import ipaddress
import time
from collections.abc import Callable

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

_WINDOW = 60


class Limits:
    """
    Counts what is asked in each minute of the clock. Whatever an address has used up is not counted to its site, so
    that one person cannot use up the site's share.
    """

    def __init__(self, per_address: int, per_site: int, clock: Callable[[], float] = time.time) -> None:
        self._address, self._site = RateLimitItemPerMinute(per_address), RateLimitItemPerMinute(per_site)
        self._counter = FixedWindowRateLimiter(MemoryStorage())
        self._clock = clock

    def wait(self, what: str, address: str, site: str) -> int:
        """Count one more `what`; the seconds to wait before it may be done, 0 when it may be done now."""
        now = self._clock()
        # The minute is part of the key: ours is the only clock that counts.
        minute = str(int(now // _WINDOW))
        ahead = max(1, int(_WINDOW - now % _WINDOW))
        if not self._counter.hit(self._address, what, household(address), minute):
            return ahead
        return 0 if self._counter.hit(self._site, what, site, minute) else ahead


def household(address: str) -> str:
    """
    What one client holds: an address, or the network of IPv6 that is given to one client at least.
    Example: "2001:db8::1:2" -> "2001:db8::/64"
    """
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return "?"
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
