"""What stands around every request: it goes to the portal's own host:port or not at all, and never too soon."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import IgnoreRequest

from crawler.addresses import is_public, literal_address
from storage.hosts import host_port

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

OWN_HOSTS = "own_hosts"
"""Key of the request's meta: the portal's host:port pairs. A request without them is refused."""

ADMITS_PRIVATE = "admits_private"
"""Key of the request's meta: may the portal's own pairs be private addresses?"""


SLOW = 1.0
"""Seconds to an answer's beginning from which on a server counts as slow."""

SLOWEST = 30.0
"""Seconds that a slow server alone makes us wait at most."""


class ForeignHostError(IgnoreRequest):
    """A request would have left the portal's own hosts; nothing was connected to. `url` is where it led."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is not on the portal's own hosts")
        self.url = url


class PrivateAddressError(IgnoreRequest):
    """The portal's own address is private and the operator admits none; nothing was connected to."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url} is a private address")
        self.url = url


class OwnHostMiddleware:
    """Stands first, so that robots.txt of a foreign host is not asked for either; redirects pass it again."""

    def process_request(self, request: Request) -> None:
        """Raises ForeignHostError for what is not the portal's own, PrivateAddressError for what is not admitted."""
        if not is_own(request.url, request.meta.get(OWN_HOSTS, frozenset())):
            raise ForeignHostError(request.url)
        address = literal_address(host_port(request.url).rpartition(":")[0])
        # The resolver is not asked for it where an office's proxy connects in our place.
        if address is not None and not is_public(address) and not request.meta.get(ADMITS_PRIVATE):
            raise PrivateAddressError(request.url)


class Pace:
    """Counts a portal's delay from the end of its last answer, not from the request: a slow server gets its rest.

    One whose answers take long gets more of it, as long as they take, and less again when it recovers; never less
    than the delay that operator, registry and robots.txt ask for.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        crawler.signals.connect(self._rest, signal=signals.request_left_downloader)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making an extension."""
        return cls(crawler)

    def _rest(self, request: Request) -> None:
        downloader = self._crawler.engine.downloader
        key = str(request.meta["download_slot"])
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.lastseen = monotonic()
            least = float(downloader.per_slot_settings[key]["delay"])
            slot.delay = paced(slot.delay, least, float(request.meta.get("download_latency", 0.0)))


def paced(delay: float, least: float, latency: float) -> float:
    """The seconds to leave before the next request, after a delay of `delay` an answer began after `latency`."""
    if latency <= SLOW and delay <= least:
        return least
    # Half the way at each answer: one slow answer among quick ones is no sign.
    wanted = min(latency, SLOWEST) if latency > SLOW else least
    return max(least, (delay + wanted) / 2)


def is_own(url: str, hosts: frozenset[str]) -> bool:
    """Is the address on one of these host:port pairs?"""
    try:
        return host_port(url) in hosts
    except ValueError:
        return False
