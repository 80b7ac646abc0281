"""The last registry without a fault: what the service works by while somebody edits the files.

Files that are in order are copied to `data/registry-in-use/`; where an edit breaks them, the copy counts until they
are mended, also for a service that is started anew meanwhile and for the crawls that it starts.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.registry import registry_of
from storage.errors import RegistryError, RegistryFault

if TYPE_CHECKING:
    from storage.configuration import Configuration
    from storage.records import Registry

COPY = "registry-in-use"
SETTLED = 3600
"""Seconds after which files that have lost most of their agencies are taken as they stand."""

_TEXTS = {
    "zh": "{1} 个机关中少了 {0} 个，可能尚未写完：文件 {2} 分钟不再改动后才采用，在此之前沿用原名录",
    "en": "{0} of {1} agencies are gone, perhaps not written yet: taken when unchanged for {2} minutes",
}
SUFFIXES = frozenset({".csv", ".toml"})

Marks = tuple[tuple[str, int, int, int], ...]
"""Name, inode, size and time of change of every file: when they are the same, so is what the files say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What counts now, where it stands, and what is wrong with the operator's own files (None: nothing)."""

    registry: Registry
    folder: Path
    fault: RegistryError | None


@dataclass(slots=True)
class GoodRegistry:
    """Reads the operator's files when they have changed, and falls back on the copy of the last good ones.

    Several threads may ask at once.
    """

    configuration: Configuration
    _marks: Marks | None = None
    _reading: Reading | None = None
    _is_settling: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> Reading:
        """The registry that counts now. RegistryError where the files are faulty and there is no copy."""
        with self._lock:
            marks = _marks(self.configuration.registry)
            if self._reading is None or marks != self._marks or self._is_settling:
                self._reading = self._read()
                # Only what stood still while it was read is taken for read.
                self._marks = marks if marks == _marks(self.configuration.registry) else None
            return self._reading

    def _read(self) -> Reading:
        copy = self.configuration.data / COPY
        self._is_settling = False
        if copy.absolute() == self.configuration.registry.absolute():
            # The operator's own folder is never moved about.
            return Reading(registry_of(self.configuration), copy, None)
        try:
            self._refuse_shrunken(registry_of(self.configuration), copy)
            return Reading(self._copied(copy), copy, None)
        except RegistryError as fault:
            if self._reading is not None:
                return Reading(self._reading.registry, copy, fault)
            if not copy.is_dir():
                raise
            return Reading(registry_of(replace(self.configuration, registry=copy)), copy, fault)

    def _refuse_shrunken(self, registry: Registry, copy: Path) -> None:
        """Raises RegistryError where most agencies are gone and the files were written just now: an editor may have
        come no further. Every alert of an agency that is not in the registry ends."""
        files = _files(self.configuration.registry)
        written = max((path.stat().st_mtime for path in files), default=0.0)
        if time.time() - written >= SETTLED or not (self._reading or copy.is_dir()):
            return
        known = self._reading.registry if self._reading else registry_of(replace(self.configuration, registry=copy))
        left = {agency.id for agency in registry.agencies}
        gone = sum(agency.id not in left for agency in known.agencies)
        if 2 * gone > len(known.agencies):
            path = self.configuration.registry / "agencies.csv"
            text = _TEXTS[self.configuration.language].format(gone, len(known.agencies), SETTLED // 60)
            self._is_settling = True
            raise RegistryError([RegistryFault(path, 1, "id", text)])

    def _copied(self, copy: Path) -> Registry:
        """The files as they were copied, read once more: an edit may have come between."""
        copy.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=copy.parent, prefix=f".{COPY}-") as folder:
            new, old = Path(folder) / "new", Path(folder) / "old"
            new.mkdir()
            for path in _files(self.configuration.registry):
                shutil.copyfile(path, new / path.name)
            registry = registry_of(replace(self.configuration, registry=new))
            if copy.exists():
                copy.rename(old)
            new.rename(copy)
        return registry


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.is_file())
    except OSError:
        return []


def _marks(folder: Path) -> Marks:
    found = []
    for path in _files(folder):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((path.name, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)
