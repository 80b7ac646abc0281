"""Where the crawler may connect: the resolver gives out no private address that the operator did not admit.

The check stands where names become addresses, so a redirect, a rebinding name or an odd spelling of
127.0.0.1 meets it too: the address that was checked is the one that is connected to.
"""

from __future__ import annotations

import logging
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from scrapy.resolver import CachingHostnameResolver
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from twisted.internet.base import ReactorBase
    from twisted.internet.interfaces import IAddress, IHostResolution

_NAT64 = ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ip_network("2000::/3")

_logger = logging.getLogger(__name__)


def is_public(text: str) -> bool:
    """Is this IP address one of the public internet, whatever wrapping it is written in?"""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(str(inner))
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def literal_address(host: str) -> str | None:
    """The IP address that a host spells out, also in decimal, octal or hex; None for a name."""
    bare = host.removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare.partition("%")[0]))
    except ValueError:
        pass  # an old spelling such as 0x7f.1, or a name
    try:
        return socket.inet_ntoa(socket.inet_aton(bare)) if bare.isascii() else None
    except OSError:
        return None


def split_pair(pair: str) -> tuple[str, int]:
    """A `host:port` as the resolver is asked for it: the host without brackets."""
    host, _, port = pair.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


class AddressGuard(CachingHostnameResolver):
    """The resolver of the crawl. It starts by admitting no private address at all."""

    def __init__(self, reactor: ReactorBase, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self._pairs: frozenset[tuple[str, int]] = frozenset()
        self._names: frozenset[str] = frozenset()

    def admit(self, pairs: Iterable[tuple[str, int]], names: Iterable[str] = ()) -> None:
        """Lets these (host, port) pairs be private, and these hosts on every port (the operator's proxy)."""
        self._pairs |= frozenset(pairs)
        self._names |= frozenset(names)

    def resolveHostName(  # noqa: N802 (the interface's name)
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803 (same)
        hostName: str,  # noqa: N803 (same)
        portNumber: int = 0,  # noqa: N803 (same)
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 (same)
        transportSemantics: str = "TCP",  # noqa: N803 (same)
    ) -> IHostResolution:
        """Resolves a name; addresses that may not be connected to never reach the receiver."""
        name = hostName.lower()
        receiver: Any = resolutionReceiver
        if (name, portNumber) not in self._pairs and name not in self._names:
            receiver = _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes public addresses on and drops the others. `receiver` is an IResolutionReceiver."""

    def __init__(self, receiver: Any, host: str) -> None:  # noqa: ANN401 (mypy reads zope interfaces as classes)
        self._receiver = receiver
        self._host = host

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 (the interface's name)
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 (same)
        host = getattr(address, "host", None)
        if host is not None and is_public(host):
            self._receiver.addressResolved(address)
        else:
            _logger.warning("refused to connect to %s: %s is not a public address", self._host, host)

    def resolutionComplete(self) -> None:  # noqa: N802 (same)
        self._receiver.resolutionComplete()


def _wrapped(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries through a translator or tunnel, None for none."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
