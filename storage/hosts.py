"""The host:port pairs by which a portal's own pages are told from everybody else's."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]|\s")
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC_END = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)$")


def host_port(url: str) -> str:
    """The host:port of an http(s) address, port always written; ValueError where it has none.

    The host is lower case, in ASCII (IDNA), an IPv6 address shortest and in brackets.
    """
    host, port, scheme = _parts(url)
    return f"{host}:{DEFAULT_PORTS[scheme] if port is None else port}"


def hosts_of_url(url: str) -> tuple[str, ...]:
    """The pairs that a portal's address makes its own; ValueError where it is no http(s) address.

    Without a written port these are both default ports, the address's own first: portals move
    between http and https, and answer one with a redirect to the other.
    """
    host, port, scheme = _parts(url)
    if port is not None:
        return (f"{host}:{port}",)
    other = next(name for name in DEFAULT_PORTS if name != scheme)
    return (f"{host}:{DEFAULT_PORTS[scheme]}", f"{host}:{DEFAULT_PORTS[other]}")


def hosts_of_entry(text: str) -> tuple[str, ...]:
    """The pairs that `host` or `host:port` stands for (without port: both default ports)."""
    if re.search(r"[/?#@*]", text):
        raise ValueError(f"no host or host:port: {text!r}")
    return hosts_of_url(f"http://{text}/")


def _parts(url: str) -> tuple[str, int | None, str]:
    try:
        # urlsplit drops tabs and line breaks, and browsers read a backslash as a slash.
        parts = None if _FORBIDDEN.search(url) else urlsplit(url)
        port = parts.port if parts else None
        host = _host(parts.hostname or "") if parts else None
    except ValueError as error:
        raise ValueError(f"no http(s) address with a host: {url!r}") from error
    if parts is None or host is None or parts.scheme not in DEFAULT_PORTS:
        raise ValueError(f"no http(s) address with a host: {url!r}")
    if "@" in parts.netloc or parts.netloc.endswith(":") or port == 0:
        raise ValueError(f"no http(s) address with a plain host and port: {url!r}")
    return host, port, parts.scheme


def _host(text: str) -> str | None:
    """A host written in one way, None where it is none; ValueError from what reads its parts."""
    if ":" in text:
        address = IPv6Address(text)
        return None if address.scope_id else f"[{address.compressed}]"
    name = text.encode("idna").decode("ascii").lower().removesuffix(".")
    if _NUMERIC_END.search(name):
        # 127.1 and 0x7f.0.0.1 are addresses to some programs and names to others.
        return str(IPv4Address(name))
    return name if _NAME.fullmatch(name) else None
