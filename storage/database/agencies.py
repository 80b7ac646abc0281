"""Who must report and where, as the registry said when it was last saved."""

from __future__ import annotations

import marshal
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from storage.database.connection import answer, answers, each_answer, put, put_all, writing
from storage.database.values import day_text, instant_text, json_text, read_day, read_json
from storage.records import Agency, AgencyKind, Portal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlite_utils import Database

    from storage.records import Registry

_AGENCY_COLUMNS = (
    "id, name, kind, region, portal, column_url, aliases, parent, active_from, active_to, due, due_basis, dropped_at"
)
_PORTAL_COLUMNS = "id, name, base_url, hosts, family, columns, delay, dropped_at"


def save_registry(db: Database, registry: Registry, at: datetime, *, digest: str | None = None) -> None:
    """Take over the registry as the one that holds from `at` on; what is so already is not written again.

    Agencies and portals that it no longer names keep their rows, marked as dropped, because reports,
    scans and alerts still speak of them. `digest`: its `registry_digest`, where that is known.
    """
    mark = digest or registry_digest(registry)
    if _is_saved(db, mark):
        return
    with writing(db):
        _save(db, "portals", _PORTAL_COLUMNS, map(_portal_row, registry.portals), at)
        ensure_portals(db, {agency.portal for agency in registry.agencies}, at)
        _save(db, "agencies", _AGENCY_COLUMNS, map(_agency_row, registry.agencies), at)
        put(db, "INSERT OR REPLACE INTO registry_stamp VALUES (1, ?)", (mark,))


def registry_digest(registry: Registry) -> str:
    """What tells one registry's agencies and portals from another's; their order counts."""
    digest = blake2b(digest_size=16)
    for row in (*map(_portal_row, registry.portals), *map(_agency_row, registry.agencies)):
        # Version 2 writes equal rows alike, whoever made them.
        digest.update(marshal.dumps(row, 2))
    return digest.hexdigest()


def _is_saved(db: Database, digest: str) -> bool:
    row = answer(db, "SELECT digest FROM registry_stamp")
    return row is not None and row[0] == digest


def _save(db: Database, table: str, columns: str, rows: Iterable[tuple[Any, ...]], at: datetime) -> None:
    """Write the rows that are new or other than the stored ones; mark as dropped those that are no more."""
    stored = {row[0]: row for row in each_answer(db, f"SELECT {columns} FROM {table}")}
    changed = [row for row in rows if stored.pop(row[0], None) != row]
    put_all(db, _upsert(table, columns), changed)
    gone = ((instant_text(at), key) for key, row in stored.items() if row[-1] is None)
    put_all(db, f"UPDATE {table} SET dropped_at = ? WHERE id = ?", gone)


def load_agencies(db: Database) -> tuple[Agency, ...]:
    """The agencies of the registry, by id; dropped ones are left out."""
    rows = answers(db, f"SELECT {_AGENCY_COLUMNS} FROM agencies WHERE dropped_at IS NULL ORDER BY id")
    return tuple(map(_read_agency, rows))


def named_agencies(db: Database, ids: Iterable[str]) -> dict[str, Agency]:
    """These agencies by their ids, dropped ones too; those that no registry ever named are absent."""
    rows = answers(
        db,
        f"SELECT {_AGENCY_COLUMNS} FROM agencies WHERE kind IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        (json_text(sorted(ids)),),
    )
    return {row[0]: _read_agency(row) for row in rows}


def load_portals(db: Database) -> tuple[Portal, ...]:
    """The portals of the registry, by id; dropped ones are left out."""
    rows = answers(db, f"SELECT {_PORTAL_COLUMNS} FROM portals WHERE dropped_at IS NULL ORDER BY id")
    return tuple(
        Portal(key, name, base_url, tuple(read_json(hosts)), family, tuple(read_json(columns)), delay)
        for key, name, base_url, hosts, family, columns, delay, _ in rows
    )


def portal_names(db: Database, ids: Iterable[str]) -> dict[str, str]:
    """Id → name of these portals, dropped ones too; those that no registry ever named go by their ids."""
    return dict(
        answers(
            db,
            "SELECT id, name FROM portals WHERE id IN (SELECT value FROM json_each(?))",
            (json_text(sorted(ids)),),
        )
    )


def ensure_agencies(db: Database, ids: Iterable[str], at: datetime) -> None:
    """Give agencies that no registry ever named a row, as dropped ones with their id for a name, so that
    what is known of them can be kept. Only within `writing`."""
    sql = "INSERT OR IGNORE INTO agencies (id, name, aliases, dropped_at) VALUES (?, ?, '[]', ?)"
    put_all(db, sql, ((key, key, instant_text(at)) for key in ids))


def ensure_portals(db: Database, ids: Iterable[str], at: datetime) -> None:
    """The same for portals."""
    sql = "INSERT OR IGNORE INTO portals (id, name, hosts, columns, dropped_at) VALUES (?, ?, '[]', '[]', ?)"
    put_all(db, sql, ((key, key, instant_text(at)) for key in ids))


def _upsert(table: str, columns: str) -> str:
    names = columns.split(", ")
    changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    marks = ", ".join("?" * len(names))
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT (id) DO UPDATE SET {changes}"


def _agency_row(agency: Agency) -> tuple[Any, ...]:
    return (
        agency.id,
        agency.name,
        agency.kind.value,
        agency.region,
        agency.portal,
        agency.column_url,
        json_text(agency.aliases),
        agency.parent,
        day_text(agency.active_from),
        day_text(agency.active_to),
        f"{agency.due[0]:02d}-{agency.due[1]:02d}" if agency.due else None,
        agency.due_basis,
        None,
    )


def _read_agency(row: tuple[Any, ...]) -> Agency:
    key, name, kind, region, portal, column_url, aliases, parent, active_from, active_to, due, due_basis, _ = row
    return Agency(
        id=key,
        name=name,
        kind=AgencyKind(kind),
        region=region,
        portal=portal,
        column_url=column_url,
        aliases=tuple(read_json(aliases)),
        parent=parent,
        active_from=read_day(active_from),
        active_to=read_day(active_to),
        due=(int(due[:2]), int(due[3:])) if due else None,
        due_basis=due_basis,
    )


def _portal_row(portal: Portal) -> tuple[Any, ...]:
    return (
        portal.id,
        portal.name,
        portal.base_url,
        json_text(portal.hosts),
        portal.family,
        json_text(portal.columns),
        portal.delay,
        None,
    )
