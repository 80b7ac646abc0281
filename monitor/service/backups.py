"""A copy of everything that cannot be fetched again, taken while the service runs, and its way back.

`DIR/<stamp>/` holds the database as of one moment, the registry, `manifest.json` and `SHA256SUMS` (for
`sha256sum -c`, run there); `DIR/captures/` holds the archived bytes once for all copies, since they never
change. A folder ending in `.part` is a copy that was cut short; nothing reads it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.service.locks import held_lock
from storage.database import NO_FILE_BESIDE, open_any_reader, open_database
from storage.database.acts import Act, ActOutcome, save_act
from storage.errors import BackupError, DatabaseError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from storage.configuration import Configuration

DATABASE, CAPTURES, REGISTRY = "nianbao.db", "captures", "registry"
MANIFEST, SUMS, PART, LOCK = "manifest.json", "SHA256SUMS", ".part", ".lock"
FORMAT = 1
COUNTED = ("agencies", "scans", "captures", "report_versions", "obligations", "alerts", "transitions", "outbox")
"""Tables whose rows are counted on both sides of the copy."""

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """One whole copy: where it is, of when, how much is in it. `removed` older ones had to go."""

    folder: Path
    made_at: datetime
    captures: int
    copied: int
    removed: int = 0


def make_backup(configuration: Configuration, target: Path, now: datetime, *, keep: int | None = None) -> Backup:
    """Copy the data below `target` and verify the copy; of older ones only the latest `keep` (with this one) stay.

    BackupError where the copy is not what the original was; then it stays a `.part` until the next one is made.
    BusyError where another backup is being made there.
    """
    with held_lock(target / LOCK):
        for left in target.glob(f"*{PART}"):
            shutil.rmtree(left)
        return _make_backup(configuration, target, now, keep)


def _make_backup(configuration: Configuration, target: Path, now: datetime, keep: int | None) -> Backup:
    stamp = now.astimezone(SHANGHAI).strftime("%Y%m%dT%H%M%S")
    part = target / f"{stamp}{PART}"
    part.mkdir(parents=True)
    counts = _copy_database(configuration.database, part / DATABASE)
    # Bytes are archived before the database names them: whatever the copy names is in the archive by now.
    known = _known_sums(target)
    sums: dict[str, str] = {}
    copied = 0
    for path in sorted(configuration.captures.glob("??/*.zst")):
        name = f"../{CAPTURES}/{path.parent.name}/{path.name}"
        place = part / name
        if name not in known or not place.exists():
            sums[name] = _copy(path, place)
            copied += 1
        else:
            sums[name] = known[name]
    captures = len(sums)
    if configuration.registry.is_dir():
        for path in sorted(path for path in configuration.registry.iterdir() if path.is_file()):
            sums[f"{REGISTRY}/{path.name}"] = _copy(path, part / REGISTRY / path.name)
    sums[DATABASE] = _sha256(part / DATABASE)
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "host": socket.gethostname(),
        "counts": counts,
        "captures": captures,
        "sha256": {name: digest for name, digest in sums.items() if not name.startswith("../")},
    }
    _write(part / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    sums[MANIFEST] = _sha256(part / MANIFEST)
    _write(part / SUMS, "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())))
    whole = part.with_name(stamp)
    if whole.exists():
        raise BackupError("backup_exists", whole)
    part.rename(whole)
    _sync_folder(target)
    removed = _thin_out(target, keep)
    _note(configuration, Act("backup", socket.gethostname(), now, now, ActOutcome.GOOD, detail={"captures": captures}))
    return Backup(whole, now, captures, copied, removed)


def _note(configuration: Configuration, act: Act) -> None:
    """Notes the act. A disk that takes nothing more costs the note, not the copy that was made elsewhere."""
    try:
        with closing(open_database(configuration.database)) as db:
            save_act(db, act)
    except DatabaseError as error:
        if error.key not in NO_FILE_BESIDE:
            raise


def restore_backup(folder: Path, target: Path, now: datetime) -> Backup:
    """Bring a copy back as the new data folder `target`, which must not be there yet, or be empty.

    `folder` is one copy, or the folder of copies, whose latest whole one is taken. Every file is held against
    its SHA-256 and the database is checked. What it has not sent may have been sent since the copy was made:
    for a while everything goes out marked as possibly a duplicate (`monitor.notices.restored`).
    BackupError where the copy is not whole, or where `target` holds anything.
    """
    source = _one_copy(folder)
    manifest = _manifest(source)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError("restore_target", target)
    part = target.with_name(target.name + PART)
    shutil.rmtree(part, ignore_errors=True)
    captures = 0
    for name, digest in _sums(source).items():
        if name == MANIFEST:
            continue
        place = part / name.removeprefix("../")
        if not (source / name).is_file():
            raise BackupError("backup_absent", source / name)
        if _copy(source / name, place) != digest:
            raise BackupError("backup_altered", source / name)
        captures += name.startswith("../")
    if (part / REGISTRY).exists():
        # The operator's own files are where they were; these are for whoever lost them too.
        (part / REGISTRY).rename(part / "registry-backup")
    _verify(part / DATABASE, manifest["counts"])
    made_at = datetime.fromisoformat(manifest["made_at"])
    with closing(open_database(part / DATABASE)) as db:
        save_act(db, Act("restore", socket.gethostname(), made_at, now, ActOutcome.GOOD))
    if target.exists():
        target.rmdir()
    part.rename(target)
    _sync_folder(target.parent)
    return Backup(source, made_at, captures, captures)


def _copy_database(source: Path, target: Path) -> dict[str, int]:
    """The database as of one moment, whoever writes meanwhile; how many rows its tables have."""
    with closing(open_any_reader(source)) as reader, closing(sqlite3.connect(target)) as copy:
        reader.conn.execute("BEGIN")
        counts = _counts(reader.conn)
        reader.conn.backup(copy)
        reader.conn.rollback()
        # A copy that lies still needs no log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    _sync(target)
    _verify(target, counts)
    return counts


def _verify(database: Path, counts: Mapping[str, int]) -> None:
    with closing(sqlite3.connect(database)) as conn:
        found = [row[0] for row in conn.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"]:
            raise BackupError("backup_damaged", database, "; ".join(found))
        if _counts(conn) != dict(counts):
            raise BackupError("backup_counts", database, counts, _counts(conn))


def _counts(conn: sqlite3.Connection) -> dict[str, int]:
    return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}  # noqa: S608 - our own tables


def _one_copy(folder: Path) -> Path:
    if (folder / MANIFEST).is_file():
        return folder
    whole = _copies(folder)
    if not whole:
        raise BackupError("backup_none", folder)
    return whole[-1]


def _copies(target: Path) -> list[Path]:
    """The whole copies below a folder, oldest first: their names sort by time."""
    return sorted(path.parent for path in target.glob(f"*/{MANIFEST}") if path.parent.suffix != PART)


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise BackupError("backup_format", folder, manifest["format"])
        return {"made_at": manifest["made_at"], "counts": manifest["counts"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError("backup_manifest", folder, repr(error)) from error


def _sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _known_sums(target: Path) -> dict[str, str]:
    """The sums of the archived bytes by the latest copy; nothing is ever taken out of the archive."""
    latest = _copies(target)[-1:]
    return {name: digest for folder in latest for name, digest in _sums(folder).items() if name.startswith("../")}


def _thin_out(target: Path, keep: int | None) -> int:
    old = _copies(target)[:-keep] if keep else []
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def _copy(source: Path, target: Path) -> str:
    """Copies a file, whole or not at all, and gives the SHA-256 of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    digest = hashlib.sha256()
    with source.open("rb") as given, part.open("wb") as taken:
        while chunk := given.read(_CHUNK):
            digest.update(chunk)
            taken.write(chunk)
        taken.flush()
        os.fsync(taken.fileno())
    part.replace(target)
    return digest.hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    _sync(path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
