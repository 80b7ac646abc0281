"""The run folder: what one crawl leaves behind, whole or not at all, and never changed afterwards.

`<data>/runs/<id>.part/` while the crawl lasts, `<data>/runs/<id>/` once it is whole: request.json,
scans.jsonl, candidates.jsonl, captures.jsonl, portals.jsonl, bodies/<digest>.zst and manifest.json, which holds
the run's id and the SHA-256 of every other file: a copy under another name is the same run. A crawl that was
killed leaves a `.part` that nothing reads. `known/` holds archived bodies for as long as the crawl lasts; those
that a server said still stand become the run's own.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar

import zstandard

from crawler.requests import CrawlRequest, request_to_json
from crawler.run_records import (
    candidate_from_json,
    candidate_to_json,
    capture_from_json,
    capture_to_json,
    memory_from_json,
    memory_to_json,
    scan_from_json,
    scan_to_json,
)
from storage.errors import CrawlBusyError, RunFolderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from storage.captures import Captures
    from storage.known import PortalMemory
    from storage.records import Candidate, Capture, Scan

T = TypeVar("T")

REQUEST, MANIFEST = "request.json", "manifest.json"
SCANS, CANDIDATES, CAPTURES, PORTALS = "scans.jsonl", "candidates.jsonl", "captures.jsonl", "portals.jsonl"
BODIES, KNOWN = "bodies", "known"
PART = ".part"
LOCK_PATIENCE = 10.0
"""Seconds for which a crawl waits for another to end: a killed one's child needs a moment to notice."""

MAX_BODY = 256 * 1024 * 1024
"""No body that the crawler keeps is larger; a frame that claims more was not written by it."""

_LOCK = ".lock"
_LOCK_STEP = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run. `request` is `request.json` as it stands there."""

    id: str
    request: dict[str, Any]
    scans: tuple[Scan, ...]
    candidates: tuple[Candidate, ...]
    captures: tuple[Capture, ...]
    memories: tuple[PortalMemory, ...] = ()


class RunWriter:
    """Writes one run folder while the crawl lasts. Bodies go to disk at once and are never held."""

    def __init__(self, part: Path) -> None:
        self.part = part
        self.id = part.name.removesuffix(PART)
        (part / BODIES).mkdir(exist_ok=True)
        self._lines = {
            name: (part / name).open("a", encoding="utf-8") for name in (SCANS, CANDIDATES, CAPTURES, PORTALS)
        }
        self._compressor = zstandard.ZstdCompressor(level=3)

    def keep(self, body: bytes) -> str:
        """Stores bytes as they came, once; the answer is their SHA-256 in hex."""
        digest = hashlib.sha256(body).hexdigest()
        path = self._body_path(digest)
        if not path.exists():
            path.write_bytes(self._compressor.compress(body))
        return digest

    def body(self, digest: str) -> bytes:
        """Bytes that this run has stored."""
        return _decompressed(self._body_path(digest))

    def has_known(self, digest: str) -> bool:
        """Was a body of that digest handed to the crawl?"""
        return self._known_path(digest).is_file()

    def known_body(self, digest: str) -> bytes | None:
        """A body that was handed to the crawl, which makes it this run's own; None where it is not there whole."""
        known, own = self._known_path(digest), self._body_path(digest)
        try:
            body = _decompressed(known if known.is_file() else own)
        except (OSError, zstandard.ZstdError):
            return None
        if hashlib.sha256(body).hexdigest() != digest:
            return None
        if known.is_file():
            known.replace(own)
        return body

    def add_scan(self, scan: Scan) -> None:
        """Notes a scan; its candidates and captures may come before or after it."""
        self._add(SCANS, scan_to_json(scan))

    def add_candidate(self, candidate: Candidate) -> None:
        """Notes a list row that reads like a report."""
        self._add(CANDIDATES, candidate_to_json(candidate))

    def add_capture(self, capture: Capture) -> None:
        """Notes fetched bytes; `keep` has stored them."""
        self._add(CAPTURES, capture_to_json(capture))

    def add_memory(self, memory: PortalMemory) -> None:
        """Notes what was learnt of a portal, for the crawl after this one."""
        self._add(PORTALS, memory_to_json(memory))

    def finish(self) -> Path:
        """Makes the run visible: everything on disk, the manifest written, the folder renamed."""
        self.close()
        shutil.rmtree(self.part / KNOWN, ignore_errors=True)
        files = sorted(path for path in self.part.rglob("*") if path.is_file())
        manifest = {
            "format": 1,
            "id": self.id,
            "files": {path.relative_to(self.part).as_posix(): _sha256_on_disk(path) for path in files},
        }
        path = self.part / MANIFEST
        path.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        _sha256_on_disk(path)
        _sync_folder(self.part / BODIES)
        _sync_folder(self.part)
        whole = self.part.with_name(self.id)
        self.part.rename(whole)
        _sync_folder(whole.parent)
        return whole

    def close(self) -> None:
        """Closes the files without making the run visible; calling it twice does no harm."""
        for file in self._lines.values():
            file.close()

    def _add(self, name: str, values: dict[str, Any]) -> None:
        self._lines[name].write(json.dumps(values, ensure_ascii=False) + "\n")

    def _body_path(self, digest: str) -> Path:
        return self.part / BODIES / f"{digest}.zst"

    def _known_path(self, digest: str) -> Path:
        return self.part / KNOWN / f"{digest}.zst"


def new_run(runs: Path, request: CrawlRequest) -> Path:
    """A new unfinished run folder that holds only the request. Names sort by the request's instant."""
    stamp = request.now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    part = runs / f"{stamp}-{secrets.token_hex(4)}{PART}"
    part.mkdir(parents=True)
    text = json.dumps(request_to_json(request), ensure_ascii=False, indent=1)
    (part / REQUEST).write_text(text, encoding="utf-8")
    return part


def hand_over(part: Path, captures: Captures, digests: Iterable[str]) -> None:
    """Lays archived bodies beside a request, for a crawl that may be told that they still stand.

    They are copies, so that archive and run can replace each other; what the archive does not have is left out.
    """
    folder = part / KNOWN
    folder.mkdir(exist_ok=True)
    for digest in digests:
        if captures.has(digest):
            shutil.copyfile(captures.path(digest), folder / f"{digest}.zst")


@contextmanager
def only_crawl(runs: Path, *, patience: float = LOCK_PATIENCE) -> Iterator[int]:
    """Holds the right to crawl into a folder of runs, and clears away what killed crawls left there.

    Two crawls at once would visit one portal twice at a time. The answer is the lock's file
    descriptor: a child that inherits it keeps the right when its parent dies. CrawlError where
    another crawl does not end within `patience` seconds.
    """
    runs.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(runs / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(descriptor, runs, patience)
        for part in runs.glob(f"*{PART}"):
            shutil.rmtree(part)
        yield descriptor
    finally:
        os.close(descriptor)


def finished_runs(runs: Path) -> tuple[Path, ...]:
    """The whole run folders by name, which the crawl gives in the order of the instants at which they began."""
    if not runs.is_dir():
        return ()
    return tuple(sorted(path.parent for path in runs.glob(f"*/{MANIFEST}") if path.parent.suffix != PART))


def run_id(path: Path) -> str:
    """The id of the run that a folder holds, whatever the folder is called; RunFolderError without a manifest."""
    return _read_manifest(path)[0]


def read_run(path: Path) -> Run:
    """A finished run, every file of it held against the manifest; RunFolderError where it differs."""
    key = _check_manifest(path)
    try:
        request = json.loads((path / REQUEST).read_text(encoding="utf-8"))
        return Run(
            id=key,
            request=request,
            scans=_read_lines(path / SCANS, scan_from_json),
            candidates=_read_lines(path / CANDIDATES, candidate_from_json),
            captures=_read_lines(path / CAPTURES, capture_from_json),
            # Runs of the first edition had none.
            memories=_read_lines(path / PORTALS, memory_from_json) if (path / PORTALS).exists() else (),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RunFolderError("run_content", path, repr(error)) from error


def has_body(path: Path, digest: str) -> bool:
    """Has a run stored bytes of that digest?"""
    return (path / BODIES / f"{digest}.zst").is_file()


def run_body(path: Path, digest: str) -> bytes:
    """Bytes that a run has stored; RunFolderError where they are absent or are not what was stored."""
    try:
        body = _decompressed(path / BODIES / f"{digest}.zst")
    except (OSError, zstandard.ZstdError) as error:
        raise RunFolderError("run_body_absent", path, digest, error) from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise RunFolderError("run_body_other", path, digest)
    return body


def _read_manifest(path: Path) -> tuple[str, dict[str, str]]:
    """The run's id and the SHA-256 of every file by its place."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        return str(manifest["id"]), dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFolderError("run_not_whole", path, error) from error


def _check_manifest(path: Path) -> str:
    """The run's id, once every file is what the manifest says."""
    key, listed = _read_manifest(path)
    found = {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()} - {MANIFEST}
    if found != set(listed):
        differing = ", ".join(sorted(found ^ set(listed))[:5])
        raise RunFolderError("run_other_files", path, differing)
    for file in sorted(found):
        if _sha256(path / file) != listed[file]:
            raise RunFolderError("run_altered", path / file)
    return key


def _read_lines(path: Path, read: Callable[[dict[str, Any]], T]) -> tuple[T, ...]:
    with path.open(encoding="utf-8") as lines:
        return tuple(read(json.loads(line)) for line in lines)


def _decompressed(path: Path) -> bytes:
    packed = path.read_bytes()
    if zstandard.get_frame_parameters(packed).content_size > MAX_BODY:
        raise zstandard.ZstdError(f"{path} claims to hold more than {MAX_BODY} bytes")
    return zstandard.ZstdDecompressor().decompress(packed)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_on_disk(path: Path) -> str:
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, runs: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise CrawlBusyError(f"another crawl is writing to {runs}; wait until it has ended") from error
            time.sleep(_LOCK_STEP)
        else:
            return
