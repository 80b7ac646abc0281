"""TLS as the portals have it: old versions, old ciphers and broken certificates are read, and noted as evidence.

Nothing secret goes either way. But an answer of whom nobody knows who gave it proves no absence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.addresses import literal_address
from storage.hosts import host_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from OpenSSL.crypto import X509
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

HANDSHAKES = "handshakes"
"""Key of the request's meta: a list to which the Handshake behind each answer is added, redirects included."""

EVIDENCE = "X-Nianbao-Tls"
"""Header of a capture that came over TLS that is old or not verified: what is wrong with it."""

OLD_VERSIONS = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})

FAULTS = {
    9: "not yet valid",
    10: "expired",
    18: "self-signed",
    19: "self-signed certificate in the chain",
    20: "issuer unknown",
    21: "issuer unknown",
    23: "revoked",
    24: "issuer is no authority",
}
"""OpenSSL's verification errors (X509_V_ERR_…) by name; others keep their number."""

WRONG_NAME = "issued for another name"

_CIPHERS = b"ALL:!aNULL:!eNULL:@SECLEVEL=0"
_ALLOW_LEGACY = SSL.OP_ALL | 0x4
"""0x4 is OP_LEGACY_SERVER_CONNECT, which pyOpenSSL does not name: servers from before RFC 5746."""


class Handshake(NamedTuple):
    """How a connection came about: OpenSSL's name of the version, and why the certificate is not verified, if so."""

    version: str
    faults: tuple[str, ...] = ()

    @property
    def evidence(self) -> str:
        """What is wrong with it, in words; empty for nothing."""
        told = [f"certificate not verified: {', '.join(self.faults)}"] if self.faults else []
        return "; ".join([self.version, *told]) if told or self.version in OLD_VERSIONS else ""


@implementer(IPolicyForHTTPS)
class NotingPolicy:
    """Connects to whom Twisted is to connect to, verifies what can be verified, and keeps what that came to.

    `handshakes`: host:port → the last one. The authorities are the system's, or those of SSL_CERT_FILE.
    """

    def __init__(self) -> None:
        self.handshakes: dict[str, Handshake] = {}
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_VERSION)
        context.set_options(_ALLOW_LEGACY)
        context.set_cipher_list(_CIPHERS)
        context.set_default_verify_paths()
        self._context = context

    def creatorForNetloc(self, hostname: bytes | str, port: int) -> _Creator:  # noqa: N802 (the interface's name)
        """What makes the connections to this host; a proxy's tunnel gives the name as text."""
        host = hostname.decode("ascii") if isinstance(hostname, bytes) else hostname
        return _Creator(self._context, host.removeprefix("[").removesuffix("]"), port, self.handshakes)


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    def __init__(self, context: SSL.Context, host: str, port: int, handshakes: dict[str, Handshake]) -> None:
        self._context = context
        self._host = host
        self._pair = f"[{host}]:{port}" if ":" in host else f"{host.lower()}:{port}"
        self._handshakes = handshakes

    def clientConnectionForTLS(self, tlsProtocol: object) -> SSL.Connection:  # noqa: N802, N803 (the interface's names)
        """A connection that is yet to shake hands."""
        del tlsProtocol
        connection = SSL.Connection(self._context, None)
        if literal_address(self._host) is None:
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        connection.set_verify(SSL.VERIFY_PEER, self._noting())
        return connection

    def _noting(self) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
        """OpenSSL's callback, called for each certificate of the chain and for each of its faults."""
        faults: list[str] = []

        def note(connection: SSL.Connection, certificate: X509, error: int, depth: int, is_well: int) -> bool:
            if not is_well:
                faults.append(FAULTS.get(error, f"error {error}"))
            if depth == 0 and WRONG_NAME not in faults and not _is_for(certificate, self._host):
                faults.append(WRONG_NAME)
            self._handshakes[self._pair] = Handshake(
                connection.get_protocol_version_name(), tuple(dict.fromkeys(faults))
            )
            return True

        return note


def _is_for(certificate: X509, host: str) -> bool:
    try:
        wanted = DNS_ID(host) if literal_address(host) is None else IPAddress_ID(host)
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (VerificationError, CertificateError, ValueError):
        return False
    return True


class Noting:
    """Gives a handler of Scrapy our policy: Scrapy's own verifies all certificates or none, and keeps no note of it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)  # type: ignore[call-arg]  # the handler's, which comes after this class
        self._policy = NotingPolicy()
        # Scrapy's setting for this is deprecated without a successor.
        self._contextFactory: IPolicyForHTTPS = self._policy  # type: ignore[assignment]  # zope's interface, no class

    async def download_request(self, request: Request) -> Response:
        """The answer; its handshake is added to the list in the request's meta, if there is one."""
        response: Response = await super().download_request(request)  # type: ignore[misc]  # as above
        if request.url.startswith("https:"):
            handshake = self._policy.handshakes.get(host_port(request.url))
            if handshake is not None:
                request.meta.get(HANDSHAKES, []).append(handshake)
        return response


class NotingHandler(Noting, HTTP11DownloadHandler):
    """Scrapy's handler of http and https, with our policy."""
