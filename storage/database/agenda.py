"""What may have changed since a report year was checked last: by the evidence that came, and by time alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage.database.connection import answer, answers, put, put_all, writing
from storage.database.values import instant_text, json_text, read_instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class LastCheck:
    """The last check of a year. `whole_at` is when all agencies were judged last, `basis` what was the same for
    all of them then, `last_transition` the newest one of the alert book that it knew."""

    as_of: datetime
    whole_at: datetime | None
    basis: str | None
    last_transition: int


@dataclass(frozen=True, slots=True)
class Entry:
    """When an agency-year must be judged and looked at again though nothing new is known (None: never), when it
    was looked at last, and a mark of what its findings follow from."""

    agency: str
    check_at: datetime | None
    look_at: datetime | None
    looked_at: datetime | None
    mark: str


class PortalEntry(NamedTuple):
    """When a portal must be judged as a whole again (None: never), and whether it is cut off now."""

    check_at: datetime | None
    is_cut_off: bool


def last_check(db: Database, report_year: int) -> LastCheck | None:
    """The last check of that year, None where it never was checked."""
    sql = "SELECT as_of, whole_at, basis, last_transition FROM checks WHERE report_year = ?"
    row = answer(db, sql, (report_year,))
    if row is None:
        return None
    as_of, whole_at, basis, transition = row
    return LastCheck(read_instant(as_of), read_instant(whole_at) if whole_at else None, basis, transition)


def save_agenda(
    db: Database,
    report_year: int,
    entries: Iterable[Entry],
    portals: Mapping[str, PortalEntry],
    *,
    as_of: datetime,
    whole_basis: str | None = None,
) -> None:
    """Put what a check found out about the time to come in the place of what was known of these agencies and
    portals, and note that it has been. `whole_basis`: all agencies were judged, on that basis.

    Only within the transaction that judged and saved them: their portals count as checked from now on.
    """
    with writing(db):
        if whole_basis is not None:
            for table in ("agenda", "portal_agenda", "unchecked"):
                db.conn.execute(f"DELETE FROM {table} WHERE report_year = ?", (report_year,))
        put_all(
            db,
            "INSERT OR REPLACE INTO agenda (report_year, agency, check_at, look_at, looked_at, mark) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                (report_year, entry.agency, *map(_text, (entry.check_at, entry.look_at, entry.looked_at)), entry.mark)
                for entry in entries
            ),
        )
        for table in ("portal_agenda", "unchecked"):
            sql = f"DELETE FROM {table} WHERE report_year = ? AND portal = ?"
            put_all(db, sql, ((report_year, portal) for portal in portals))
        put_all(
            db,
            "INSERT INTO portal_agenda (report_year, portal, check_at, is_cut_off) VALUES (?, ?, ?, ?)",
            (
                (report_year, portal, _text(entry.check_at), entry.is_cut_off)
                for portal, entry in portals.items()
                if entry.check_at is not None or entry.is_cut_off
            ),
        )
        put(
            db,
            "INSERT INTO checks (report_year, as_of, whole_at, basis, last_transition) "
            "VALUES (?1, ?2, CASE WHEN ?3 IS NULL THEN NULL ELSE ?2 END, ?3, "
            "(SELECT coalesce(max(id), 0) FROM transitions)) "
            "ON CONFLICT (report_year) DO UPDATE SET as_of = excluded.as_of, "
            "whole_at = coalesce(excluded.whole_at, whole_at), basis = coalesce(excluded.basis, basis), "
            "last_transition = excluded.last_transition",
            (report_year, instant_text(as_of), whole_basis),
        )


def marks_of(db: Database, report_year: int, agencies: Collection[str] | None = None) -> dict[str, str]:
    """Agency → the mark of what its stored findings follow from, of all or of these agencies."""
    sql = "SELECT agency, mark FROM agenda WHERE report_year = ?"
    if agencies is None:
        return dict(answers(db, sql, (report_year,)))
    of = " AND agency IN (SELECT value FROM json_each(?))"
    return dict(answers(db, sql + of, (report_year, json_text(sorted(agencies)))))


def due_agencies(db: Database, report_year: int, now: datetime) -> frozenset[str]:
    """The agencies whose standing may have changed by `now` by time alone, asked of an index."""
    sql = "SELECT agency FROM agenda WHERE report_year = ? AND check_at <= ?"
    return frozenset(agency for (agency,) in answers(db, sql, (report_year, instant_text(now))))


def agencies_to_look_at(db: Database, report_year: int, now: datetime) -> frozenset[str]:
    """The agencies at which a look may be due by `now`, by what was known at the last check."""
    sql = "SELECT agency FROM agenda WHERE report_year = ? AND look_at <= ?"
    return frozenset(agency for (agency,) in answers(db, sql, (report_year, instant_text(now))))


def unchecked_portals(db: Database, report_year: int) -> frozenset[str]:
    """The portals about which something was stored since their agencies were judged."""
    sql = "SELECT portal FROM unchecked WHERE report_year = ?"
    return frozenset(portal for (portal,) in answers(db, sql, (report_year,)))


def portals_with_news(db: Database) -> frozenset[tuple[int | None, str | None]]:
    """The same of every report year: year and portal."""
    return frozenset(answers(db, "SELECT report_year, portal FROM unchecked"))


def due_portals(db: Database, report_year: int, now: datetime) -> frozenset[str]:
    """The portals that as a whole must be judged again by `now`."""
    sql = "SELECT portal FROM portal_agenda WHERE report_year = ? AND check_at <= ?"
    return frozenset(portal for (portal,) in answers(db, sql, (report_year, instant_text(now))))


def cut_off_portals(db: Database, report_year: int) -> frozenset[str]:
    """The portals that were cut off when they were judged last."""
    sql = "SELECT portal FROM portal_agenda WHERE report_year = ? AND is_cut_off = 1"
    return frozenset(portal for (portal,) in answers(db, sql, (report_year,)))


def agencies_in_news(db: Database, report_year: int, last_transition: int) -> frozenset[str | None]:
    """The agencies whose alerts were moved since that transition; None: the operator's incidents."""
    sql = (
        "SELECT DISTINCT a.agency FROM transitions AS t CROSS JOIN alerts AS a ON a.id = t.alert "
        "WHERE t.id > ? AND a.report_year = ?"
    )
    return frozenset(agency for (agency,) in answers(db, sql, (last_transition, report_year)))


def repeated_agencies(db: Database, report_year: int, since: datetime) -> frozenset[str]:
    """The agencies of which one and the same alert was opened more than once, and changed since then."""
    sql = (
        "SELECT DISTINCT a.agency FROM alerts AS a JOIN transitions AS t ON t.alert = a.id "
        'WHERE a.report_year = ?1 AND t."at" >= ?2 AND (a.agency, a.rule, a.subject) IN ('
        "SELECT agency, rule, subject FROM alerts WHERE report_year = ?1 AND agency IS NOT NULL "
        "GROUP BY agency, rule, subject HAVING count(*) > 1)"
    )
    return frozenset(agency for (agency,) in answers(db, sql, (report_year, instant_text(since))))


def settled_alerts(db: Database, report_year: int, agencies: Collection[str]) -> frozenset[tuple[str, str]]:
    """Agency and rule of every alert of these agency-years that is alive or waived."""
    sql = (
        "SELECT agency, rule FROM alerts "
        "WHERE agency IN (SELECT value FROM json_each(?)) AND report_year = ? AND state != 'resolved'"
    )
    return frozenset(answers(db, sql, (json_text(sorted(agencies)), report_year)))


def mark_agencies(db: Database, agencies: Iterable[str]) -> None:
    """Note that something new is stored about these agencies' portals. Only within the transaction that stores it."""
    put_all(
        db,
        "INSERT OR IGNORE INTO unchecked (report_year, portal) SELECT report_year, portal FROM checks, agencies "
        "WHERE agencies.id = ? AND portal IS NOT NULL",
        ((agency,) for agency in agencies),
    )


def mark_run(db: Database, run: str) -> None:
    """The same of all portals that a run bears on: those it looked at, and those of whom it saw or looked for."""
    put(
        db,
        """
        INSERT OR IGNORE INTO unchecked (report_year, portal)
        SELECT report_year, portal FROM checks, (
            SELECT portal FROM scans WHERE run = ?1
            UNION SELECT a.portal FROM scans AS s JOIN scan_agencies AS sa ON sa.scan = s.number
                JOIN agencies AS a ON a.id = sa.agency WHERE s.run = ?1 AND a.portal IS NOT NULL
        )
        """,
        (run,),
    )


def mark_owners(db: Database, addresses: Iterable[str]) -> None:
    """The same of whoever has a report at one of these addresses."""
    put(
        db,
        "INSERT OR IGNORE INTO unchecked (report_year, portal) SELECT checks.report_year, a.portal FROM checks, "
        "report_versions AS r JOIN agencies AS a ON a.id = r.agency "
        "WHERE r.url IN (SELECT value FROM json_each(?)) AND a.portal IS NOT NULL",
        (json_text(sorted(set(addresses))),),
    )


def mark_all(db: Database) -> None:
    """The same of every portal: the next check is a whole one."""
    db.conn.execute("UPDATE checks SET basis = NULL")


def _text(at: datetime | None) -> str | None:
    return instant_text(at) if at is not None else None
