"""The archive of everything that was ever fetched: bytes under their own SHA-256, compressed by zstd.

A file is written beside its place, forced to disk and renamed, so that it is there whole or not at all,
whenever the machine stops. What is there is never changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import zstandard

from storage.errors import CaptureMissingError

LEVEL = 9
"""Ten times smaller than a portal's page; slower levels gain little."""

READABLE = 0o644
"""Whoever may enter the folder may read; temporary files are made for their owner alone."""

PARTS = "X-Nianbao-Parts"
"""Header of a capture that was put together: the digests of its parts as they came, in order; the run keeps them."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Captures:
    """The archive in one folder, which is made by the first `put`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, data: bytes) -> str:
        """The digest of the bytes, after they are safely on disk. OSError where the disk refuses."""
        digest = digest_of(data)
        path = self.path(digest)
        if _content(path, digest) is None:
            _write(path, zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compress(data))
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of that digest, checked against it. CaptureMissingError where they are not here whole."""
        path = self.path(digest)
        data = _content(path, digest)
        if data is None:
            raise CaptureMissingError(digest, path)
        return data

    def has(self, digest: str) -> bool:
        """Is there a file for that digest? Its content is not checked."""
        return self.path(digest).is_file()

    def path(self, digest: str) -> Path:
        """Where the bytes of that digest are; ValueError for what is no SHA-256 in lower-case hex."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is no digest, expected 64 hexadecimal digits")
        return self.folder / digest[:2] / f"{digest[2:]}.zst"


def digest_of(data: bytes) -> str:
    """The name under which the archive keeps these bytes."""
    return hashlib.sha256(data).hexdigest()


def _content(path: Path, digest: str) -> bytes | None:
    try:
        data = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    except (FileNotFoundError, zstandard.ZstdError):
        return None
    return data if digest_of(data) == digest else None


def _write(path: Path, data: bytes) -> None:
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), READABLE)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        # A write that finds the disk full does not say where.
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)
        raise
    _sync_folder(path.parent)
    if made:
        _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
