"""Opening the database, and how every other module of this package reads and writes it.

WAL with synchronous=FULL: what was committed survives a power cut, and readers never block the one
writer. A write takes its lock at once (BEGIN IMMEDIATE), so that two writers wait instead of failing.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from storage.database.values import storable
from storage.errors import DatabaseError
from storage.schema import APPLICATION_ID, MIGRATIONS, migration_names
from storage.views import are_views_fresh, refresh_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

BUSY_TIMEOUT = 60_000
"""Milliseconds to wait for another writer before giving up."""

ROOM = 64 * 1024
"""Bytes; a disk with less free is full: even a reader makes a file of half that beside the database."""

_TROUBLES = {
    sqlite3.SQLITE_NOTADB: "not_sqlite",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked_here",
    sqlite3.SQLITE_CANTOPEN: "not_opened",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_PERM: "no_permission",
    sqlite3.SQLITE_AUTH: "no_permission",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_failed",
    sqlite3.SQLITE_PROTOCOL: "no_locking",
}
"""SQLite's primary result code → the key of what the person who meets it should know. Other codes are our bugs."""

NO_FILE_BESIDE = frozenset({"disk_full", "disk_failed", "not_opened", "read_only", "no_permission"})
"""Troubles that come of the files which even a reader makes beside the database: a full or read-only disk."""


def open_database(path: Path) -> Database:
    """The database at `path`, made or brought up to date where needed, for reading and writing.

    Close it when done; it belongs to the thread that opened it. Raises DatabaseError where the file is
    damaged, locked, another program's, or of a newer version than this program.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError("no_folder", path.parent, error.strerror) from error
    with _explained(path):
        was_there = path.exists()
        _refuse_emptied(path)
        conn = sqlite3.connect(path, timeout=BUSY_TIMEOUT / 1000, isolation_level=None)
        try:
            db = Database(conn)
            _refuse_foreign(db, path)
            if was_there:
                _refuse_emptied(path, db)
            db.execute("PRAGMA journal_mode = WAL")
            _settle(db)
            _bring_up_to_date(db, path)
        except BaseException:
            conn.close()
            raise
    return db


def open_reader(path: Path) -> Database:
    """The database at `path` for reading only; writing raises DatabaseError.

    Raises DatabaseError where there is none, or where it is of another version than this program.
    """
    return _opened(path, "mode=ro", Database)


def open_any_reader(path: Path) -> Database:
    """As `open_reader`; where the disk takes no file beside the database, and its log is empty, as it lies.

    For verbs that read and are done: what others write meanwhile is not noticed before the end.
    """
    try:
        return open_reader(path)
    except DatabaseError as error:
        if error.key not in NO_FILE_BESIDE or _size(_log_of(path)):
            raise
    return read_as_it_lies(path)


def read_as_it_lies(path: Path) -> Database:
    """The database file alone, without locks and log; `close` raises DatabaseError where it changed meanwhile."""
    before = _state(path)
    return _opened(path, "mode=ro&immutable=1", lambda conn: _StillDatabase(conn, path, before))


class _StillDatabase(Database):
    """A database file that must not change while it is read."""

    def __init__(self, conn: sqlite3.Connection, path: Path, before: tuple[int, ...]) -> None:
        super().__init__(conn)
        self._path, self._before = path, before

    def close(self) -> None:
        super().close()
        if _state(self._path) != self._before:
            raise DatabaseError("changed_meanwhile", self._path)


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, _size(_log_of(path))


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _opened(path: Path, options: str, wrapped: Callable[[sqlite3.Connection], Database]) -> Database:
    if not path.exists():
        raise DatabaseError("no_database", path)
    with _explained(path):
        _refuse_emptied(path)
        uri = f"{path.absolute().as_uri()}?{options}"
        conn = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT / 1000, isolation_level=None)
        try:
            db = wrapped(conn)
            _refuse_foreign(db, path)
            _refuse_emptied(path, db)
            _refuse_older(db, path)
            _settle(db)
        except BaseException:
            conn.close()
            raise
    return db


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction for writing: all of it or nothing; inside another one it is a part of that."""
    with _explained(db):
        if db.conn.in_transaction:
            with db.atomic():
                yield
            return
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


@contextmanager
def reading(db: Database) -> Iterator[None]:
    """One moment for several questions: what others commit meanwhile is not seen."""
    with _explained(db):
        if db.conn.in_transaction:
            yield
            return
        db.conn.execute("BEGIN")
        try:
            yield
        finally:
            db.rollback()


def answers(db: Database, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows that answer one question."""
    with _explained(db):
        return db.conn.execute(sql, values).fetchall()


def each_answer(db: Database, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The same one by one, for answers that are too many to hold."""
    with _explained(db):
        yield from db.conn.execute(sql, values)


def answer(db: Database, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...] | None:
    """The first row that answers one question, None where there is none."""
    with _explained(db):
        row: tuple[Any, ...] | None = db.conn.execute(sql, values).fetchone()
        return row


def put(db: Database, sql: str, row: tuple[Any, ...]) -> sqlite3.Cursor:
    """One row written; only within `writing`."""
    return db.conn.execute(sql, storable(row))


def put_all(db: Database, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows written by one statement, fast; only within `writing`."""
    db.conn.executemany(sql, map(storable, rows))


def _settle(db: Database) -> None:
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT:d}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "cache_size = -65536",
        "journal_size_limit = 67108864",
    ):
        db.execute(f"PRAGMA {pragma}")


def _bring_up_to_date(db: Database, path: Path) -> None:
    if MIGRATIONS.pending(db):
        with writing(db):
            # Another process may have been faster: what is pending is asked again under the lock.
            _refuse_foreign(db, path)
            MIGRATIONS.apply(db)
    if not are_views_fresh(db):
        with writing(db):
            refresh_views(db)


def _refuse_foreign(db: Database, path: Path) -> None:
    found = db.execute("PRAGMA application_id").fetchone()[0]
    if found != APPLICATION_ID and (found != 0 or db.table_names()):
        raise DatabaseError("other_program", path)
    newer = sorted({migration.name for migration in MIGRATIONS.applied(db)} - migration_names())
    if newer:
        raise DatabaseError("newer_database", path, ", ".join(newer))


def _refuse_emptied(path: Path, db: Database | None = None) -> None:
    """Nothing where there should be something: to begin anew there would hide that everything is lost.

    Without the `db` by the file's size alone: SQLite deletes the log beside an empty file as it opens it.
    """
    captures = path.parent / "captures"
    is_hollow = path.is_file() and path.stat().st_size == 0 if db is None else not db.table_names()
    if is_hollow and captures.is_dir() and any(captures.iterdir()):
        raise DatabaseError("emptied_database", path)


def _refuse_older(db: Database, path: Path) -> None:
    if MIGRATIONS.pending(db):
        raise DatabaseError("older_database", path)


@contextmanager
def _explained(place: Path | Database) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        key = _TROUBLES.get(code & 0xFF) if code is not None else None
        if key is None:
            raise
        name = _name(place)
        raise DatabaseError("disk_full" if key == "disk_failed" and _is_full(name) else key, name, error) from error


def _is_full(name: str) -> bool:
    """Is there no room left beside the database? SQLite calls most of what it cannot write then an I/O error."""
    try:
        room = os.statvfs(Path(name).parent)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < ROOM


def _name(place: Path | Database) -> str:
    if not isinstance(place, Database):
        return str(place)
    return next((str(row[2]) for row in place.conn.execute("PRAGMA database_list")), "the database")
