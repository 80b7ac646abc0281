"""Certificates for portals on loopback: good ones, and broken in every way that portals break them."""

from __future__ import annotations

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.now(UTC)
PEM = serialization.Encoding.PEM


class Authority:
    """A root and one below it. `trusted` is the file that has the root alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root_key, self._key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        self._root = self._sign("root", self._root_key, "root", self._root_key, is_authority=True)
        self._own = self._sign("issuer", self._key, "root", self._root_key, is_authority=True)
        self.trusted = folder / "trusted.pem"
        self.trusted.write_bytes(self._root.public_bytes(PEM))

    def context(
        self,
        name: str = "127.0.0.1",
        *,
        days: int = 30,
        is_self_signed: bool = False,
        is_chain_whole: bool = True,
        version: ssl.TLSVersion | None = None,
    ) -> ssl.SSLContext:
        """What a server at `name` shows, valid for so many days from now; `version`: it speaks no other."""
        key = rsa.generate_private_key(65537, 2048)
        issuer, issuer_key = (name, key) if is_self_signed else ("issuer", self._key)
        leaf = self._sign(name, key, issuer, issuer_key, days=days)
        chain = [leaf, self._own] if is_chain_whole and not is_self_signed else [leaf]
        path = self._folder / f"{leaf.serial_number}.pem"
        secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(secret + b"".join(each.public_bytes(PEM) for each in chain))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        if version is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
        return context

    def _sign(self, name, key, issuer, issuer_key, *, days=30, is_authority=False):
        try:
            alternative = x509.IPAddress(ip_address(name))
        except ValueError:
            alternative = x509.DNSName(name)
        end = NOW + timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(end - timedelta(days=60))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )
