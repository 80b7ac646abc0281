"""Zip archives from strangers: opened only after their directory has been looked at, read only up to a bound."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Self

from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MEMBERS = 2000
MAX_UNPACKED = 256 * 1024 * 1024
MAX_MEMBER = 64 * 1024 * 1024
MAX_RATIO = 200
"""Unpacked by packed size, asked of large members alone: ten thousand equal, empty rows reach 290, zeros 1,030."""
MAX_ENTRIES = 20_000
"""Marks of directory entries in the whole file, those of archives stored inside with them. zipfile makes an object of
each before anyone can count them, and 48 MB have room for a million."""
_ENTRY = b"PK\x01\x02"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""How all office formats are packed. A few bytes of LZMA may claim 4 GB for their dictionary."""
_SMALL = 8 * 1024 * 1024
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


class Member(NamedTuple):
    """One file of an archive: its name as its author typed it, and its unpacked size in bytes."""

    name: str
    size: int


class Archive:
    """A zip archive whose directory is sound. Close it by leaving `with`."""

    def __init__(self, data: bytes) -> None:
        """Raises UnreadableError `damaged`, `encrypted` or `unsafe_archive`."""
        entries = data.count(_ENTRY)
        if entries > MAX_ENTRIES:
            raise UnreadableError("unsafe_archive", f"{entries} members, {MAX_MEMBERS} are opened at most")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error) as error:
            raise UnreadableError("damaged", f"no zip archive: {error}") from error
        found = [info for info in self._zip.infolist() if not info.is_dir()]
        _refuse_unsafe(found)
        self._found: Mapping[str, zipfile.ZipInfo] = {_name(info): info for info in found}
        self.members = tuple(Member(name, info.file_size) for name, info in self._found.items())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name in self._found

    def read(self, name: str, *, at_most: int | None = None) -> bytes:
        """The bytes of a member; KeyError for none of that name, UnreadableError where it cannot be unpacked.

        `at_most`: only so many from its beginning, where all of a long member is not worth its unpacking.
        """
        info = self._found[name]
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableError("encrypted", f"{name} in the archive is encrypted")
        if info.compress_type not in _METHODS:
            raise UnreadableError("unsupported", f"{name} in the archive is packed by method {info.compress_type}")
        try:
            with self._zip.open(info) as stream:
                # The directory may lie about the size: one byte more than it says is enough to know.
                data = stream.read(info.file_size + 1 if at_most is None else at_most)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error) as error:
            raise UnreadableError("damaged", f"{name} in the archive: {error}") from error
        if len(data) != info.file_size and at_most is None:
            raise UnreadableError("damaged", f"{name} in the archive is not as long as its directory says")
        return data


def _refuse_unsafe(found: list[zipfile.ZipInfo]) -> None:
    if len(found) > MAX_MEMBERS:
        raise UnreadableError("unsafe_archive", f"{len(found)} members, {MAX_MEMBERS} are opened at most")
    unpacked = sum(info.file_size for info in found)
    if unpacked > MAX_UNPACKED:
        raise UnreadableError("unsafe_archive", f"{unpacked} bytes unpacked, {MAX_UNPACKED} are at most")
    for info in found:
        if info.file_size > MAX_MEMBER:
            raise UnreadableError("unsafe_archive", f"{info.filename!r} has {info.file_size} bytes unpacked")
        if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise UnreadableError("unsafe_archive", f"{info.filename!r} unpacks to {info.file_size} bytes")
    starts = sorted((info.header_offset, info.header_offset + info.compress_size) for info in found)
    if any(begin < end for (_, end), (begin, _) in pairwise(starts)):
        raise UnreadableError("unsafe_archive", "its members overlap")


def _name(info: zipfile.ZipInfo) -> str:
    """Windows writes GBK and others UTF-8 without saying so, which zipfile takes for code page 437."""
    if info.flag_bits & _UTF8_NAME or info.filename.isascii():
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return info.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return info.filename
