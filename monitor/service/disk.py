"""Room on the disk: below a floor no crawl starts, and a file kept in reserve is freed so that the alert gets out."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1024 * 1024
LEAST_FREE = 2048 * MIB
LEAST_SHARE = 0.05
"""Of the disk; whichever of the two is less is kept free."""

RESERVE = 64 * MIB
RESERVE_FILE = "reserve"
MOST_WAL = 1024 * MIB
"""A write-ahead log that grows beyond this is not being taken over: a reader holds it for too long."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of the disk that holds the data: free for us, in all, and what must stay free."""

    free: int
    total: int
    least: int

    @property
    def reserve(self) -> int:
        """The size of the file in reserve: small beside what must stay free, on a small disk too."""
        return min(RESERVE, self.least // 4)


def room(data: Path, min_free_mib: int | None) -> Room:
    """How much room there is now. OSError where the folder cannot be asked."""
    usage = shutil.disk_usage(data)
    least = min(LEAST_FREE, int(usage.total * LEAST_SHARE)) if min_free_mib is None else min_free_mib * MIB
    return Room(usage.free, usage.total, least)


def is_low(data: Path, min_free_mib: int | None, *, was_low: bool) -> bool:
    """Is there too little room? Frees the reserve where there is, lays it up again where there is enough.

    Once low it stays so until there is room for the reserve too, twice over, so that it does not flap.
    """
    now = room(data, min_free_mib)
    path = data / RESERVE_FILE
    if now.free < now.least:
        path.unlink(missing_ok=True)
        return True
    has_plenty = now.free >= now.least + 2 * now.reserve
    if was_low and not has_plenty:
        return True
    if has_plenty and not path.exists():
        _lay_up(path, now.reserve)
    return False


def size_of(path: Path) -> int:
    """Bytes of a file, 0 where it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _lay_up(path: Path, size: int) -> None:
    if size == 0:
        return
    # Some file systems cannot allocate without writing; then there is no reserve, and nothing else is lost.
    with path.open("wb") as file, suppress(OSError):
        os.posix_fallocate(file.fileno(), 0, size)
