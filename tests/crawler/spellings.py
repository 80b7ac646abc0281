"""Addresses of this machine and of its network, spelled in every way that some program reads as such: a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address
from typing import NamedTuple

TARGETS = ("127.0.0.1", "127.9.8.7", "0.0.0.0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200")
"""This machine, its network, and the addresses at which clouds keep their machines' secrets."""


def _bytes(text: str) -> list[int]:
    return list(IPv4Address(text).packed)


def _number(text: str) -> int:
    return int(IPv4Address(text))


def _wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def _circled(text: str) -> str:
    return "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(each)] if each.isdigit() else each for each in text)


def _groups(text: str) -> str:
    first, second, third, fourth = _bytes(text)
    return f"{first:02x}{second:02x}:{third:02x}{fourth:02x}"


HOSTS: Mapping[str, Callable[[str], str]] = {
    "dotted": lambda text: text,
    "trailing dot": lambda text: f"{text}.",
    "decimal": lambda text: f"{_number(text)}",
    "decimal, trailing dot": lambda text: f"{_number(text)}.",
    "decimal beyond 32 bits": lambda text: f"{_number(text) + 2**32}",
    "hex": lambda text: f"{_number(text):#010x}",
    "upper hex": lambda text: f"0X{_number(text):08X}",
    "octal": lambda text: f"0{_number(text):o}",
    "hex parts": lambda text: ".".join(f"{part:#x}" for part in _bytes(text)),
    "octal parts": lambda text: ".".join(f"0{part:o}" for part in _bytes(text)),
    "padded octal parts": lambda text: ".".join(f"{part:011o}" for part in _bytes(text)),
    "mixed parts": lambda text: "{:#x}.{}.0{:o}.{}".format(*_bytes(text)),
    "two parts": lambda text: f"{_bytes(text)[0]}.{_number(text) & 0xFFFFFF}",
    "three parts": lambda text: "{}.{}.{}".format(*_bytes(text)[:2], _number(text) & 0xFFFF),
    "percent-encoded dots": lambda text: text.replace(".", "%2e"),
    "percent-encoded digits": lambda text: "".join(f"%{ord(each):02x}" for each in text),
    "wide digits": _wide,
    "wide dots": lambda text: text.replace(".", "。"),
    "half-width dots": lambda text: text.replace(".", "｡"),
    "circled digits": _circled,
    "mapped": lambda text: f"[::ffff:{text}]",
    "mapped in hex": lambda text: f"[::ffff:{_groups(text)}]",
    "mapped, written out": lambda text: f"[0000:0000:0000:0000:0000:FFFF:{_groups(text).upper()}]",
    "compatible": lambda text: f"[::{text}]",
    "translated": lambda text: f"[64:ff9b::{_groups(text)}]",
    "translated by a local rule": lambda text: f"[64:ff9b:1::{_groups(text)}]",
    "tunnelled": lambda text: f"[2002:{_groups(text)}::1]",
    "with a zone": lambda text: f"[::ffff:{text}%25lo]",
    "as a name of a public resolver": lambda text: f"{text}.nip.io",
}
"""How a host may be written → from the address in the usual way."""

NAMES = (
    "localhost", "LOCALHOST", "LocalHost.", "localhost.localdomain", "ip6-localhost", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::1%25lo]", "[fe80::1%25eth0]", "[fe80::1]", "[fc00::1]",
    "[fd00:ec2::254]", "0", "0.", "00", "0x0", "127.1", "127.0.1", "127.000.000.001", "127", "metadata.google.internal",
)  # fmt: skip

SHAPES: Mapping[str, str] = {
    "plain": "http://{there}/secret",
    "https": "https://{there}/secret",
    "upper scheme": "HTTP://{there}/secret",
    "own name as user": "http://{own}@{there}/secret",
    "user and password": "http://user:pass@{there}/secret",
    "own name after #": "http://{there}/#@{own}/",
    "own name after ?": "http://{there}?@{own}/",
    "backslash before @": "http://{there}\\@{own}/secret",
    "backslashes for slashes": "http:\\\\{there}\\secret",
    "slash and backslash": "/\\{there}/secret",
    "no scheme": "//{there}/secret",
    "three slashes": "http:///{there}/secret",
    "one slash": "http:/{there}/secret",
    "a tab inside": "ht\ttp://{there}/secret",
    "blanks around": "  http://{there}/secret  ",
    "a control character before": "\x01http://{there}/secret",
    "path that climbs": "http://{there}/../../secret",
    "a semicolon": "http://{there};{own}/secret",
    "a comma": "http://{own},{there}/secret",
    "an encoded @": "http://{own}%40{there}/secret",
}
"""How an address may be written around a host. `{own}` is a host that is admitted."""

OTHER_SCHEMES = (
    "file:///etc/passwd", "ftp://{there}/secret", "gopher://{there}/_GET", "ws://{there}/secret", "wss://{there}/secret",
    "dict://{there}/info", "view-source:http://{there}/secret", "blob:http://{there}/secret", "data:text/html,secret",
    "javascript:fetch('http://{there}/secret')", "jar:http://{there}!/secret", "feed:http://{there}/secret",
)  # fmt: skip


class Spelling(NamedTuple):
    """One address; `how` it is spelled."""

    how: str
    url: str


def spellings(own: str, port: int) -> Iterator[Spelling]:
    """All of them, each leading to `port` of a machine that nobody admitted. `own`: the admitted host:port."""
    for target in TARGETS:
        for how, host in HOSTS.items():
            yield Spelling(f"{target} {how}", f"http://{host(target)}:{port}/secret")
    for name in NAMES:
        yield Spelling(name, f"http://{name}:{port}/secret")
    for how, shape in SHAPES.items():
        for there in (f"127.0.0.1:{port}", f"[::1]:{port}"):
            yield Spelling(f"{how} {there}", shape.format(there=there, own=own))
    for shape in OTHER_SCHEMES:
        yield Spelling(shape, shape.format(there=f"127.0.0.1:{port}", own=own))
