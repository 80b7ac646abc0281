"""What an agency's page shows beyond what `storage.database` answers: the agency, its years, the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.site.overview import OpenAlert
from storage.database.connection import answer, answers
from storage.database.values import read_json

if TYPE_CHECKING:
    from storage.database import Database


class AgencyRecord(NamedTuple):
    """One agency of the registry; `portal_name` and `parent_name` are empty where there are none."""

    id: str
    name: str
    kind: str | None
    region: str | None
    portal: str | None
    portal_name: str
    column_url: str | None
    aliases: tuple[str, ...]
    parent: str | None
    parent_name: str
    is_dropped: int


class AgencyYear(NamedTuple):
    """Where the agency stood for one year; `report` is the id of the current version, None where there is none."""

    report_year: int
    due: str | None
    basis: str
    exempt_reason: str | None
    status: str
    published_on: str | None
    days_late: int | None
    proof: str | None
    content: str | None
    errors: int
    warnings: int
    url: str | None
    reason: str | None
    as_of: str
    report: int | None


class Version(NamedTuple):
    """One stored version of a report."""

    id: int
    url: str
    digest: str
    title: str | None
    first_seen_at: str
    last_seen_at: str
    is_current: int
    readable: int
    reason: str | None
    is_attested: int
    dates: str


class ScanLine(NamedTuple):
    """One scan that looked for the agency."""

    number: int
    started_at: str
    outcome: str
    column_url: str
    rows_seen: int
    control_title: str | None
    detail: str
    is_time_doubted: int


def alerts_of(db: Database, agency: str, report_year: int) -> tuple[OpenAlert, ...]:
    """All alerts of one agency-year, the newest first, also those that have ended."""
    rows = answers(
        db,
        "SELECT l.id, l.agency, a.name, l.report_year, l.rule, l.state, l.opened_at, l.message FROM alerts AS l "
        "JOIN agencies AS a ON a.id = l.agency WHERE l.agency = ? AND l.report_year = ? "
        "ORDER BY l.opened_at DESC, l.id",
        (agency, report_year),
    )
    return tuple(OpenAlert(*row) for row in rows)


def agency_record(db: Database, agency: str) -> AgencyRecord | None:
    """The agency of that id, also one that has left the registry; None where there never was one."""
    row = answer(
        db,
        "SELECT a.id, a.name, a.kind, a.region, a.portal, coalesce(p.name, ''), a.column_url, "
        "a.aliases, a.parent, coalesce(s.name, ''), a.dropped_at IS NOT NULL FROM agencies AS a "
        "LEFT JOIN portals AS p ON p.id = a.portal LEFT JOIN agencies AS s ON s.id = a.parent WHERE a.id = ?",
        (agency,),
    )
    if row is None:
        return None
    found = AgencyRecord(*row)
    return found._replace(aliases=tuple(read_json(row[7])))


def agency_years(db: Database, agency: str) -> tuple[AgencyYear, ...]:
    """Where the agency stood for every year, the newest first."""
    rows = answers(
        db,
        "SELECT o.report_year, o.due, o.basis, o.exempt_reason, o.status, o.published_on, o.days_late, o.proof, "
        "o.content, o.errors, o.warnings, o.url, o.reason, coalesce(c.as_of, o.as_of), r.id FROM obligations AS o "
        "LEFT JOIN checks AS c ON c.report_year = o.report_year LEFT JOIN reports AS r "
        "ON r.agency = o.agency AND r.report_year = o.report_year "
        "WHERE o.agency = ? ORDER BY o.report_year DESC",
        (agency,),
    )
    return tuple(AgencyYear(*row) for row in rows)


def versions_of(db: Database, agency: str, report_year: int) -> tuple[Version, ...]:
    """Every version of one agency-year's report, the current one first."""
    rows = answers(
        db,
        "SELECT r.id, r.url, c.digest, r.title, r.first_seen_at, r.last_seen_at, r.is_current, r.readable, r.reason, "
        "r.is_attested, r.dates FROM report_versions AS r JOIN captures AS c ON c.id = r.capture "
        "WHERE r.agency = ? AND r.report_year = ? ORDER BY r.is_current DESC, r.last_seen_at DESC, r.id DESC",
        (agency, report_year),
    )
    return tuple(Version(*row) for row in rows)


def latest_scans(db: Database, agency: str, limit: int) -> tuple[ScanLine, ...]:
    """The latest scans that looked for the agency, the newest first."""
    rows = answers(
        db,
        "SELECT s.number, s.started_at, s.outcome, s.column_url, s.rows_seen, s.control_title, s.detail, "
        "s.is_time_doubted FROM scan_agencies AS x JOIN scans AS s ON s.number = x.scan WHERE x.agency = ? "
        "ORDER BY s.started_at DESC LIMIT ?",
        (agency, limit),
    )
    return tuple(ScanLine(*row) for row in rows)


def attestations_of(db: Database, agency: str, report_year: int) -> list[dict[str, Any]]:
    """What people attested of one agency-year, the latest first."""
    names = ("absent", "published_on", "url", "digest", "by", "reason", "at")
    rows = answers(
        db,
        'SELECT absent, published_on, url, digest, "by", reason, "at" FROM attestations '
        'WHERE report_year = ? AND agency = ? ORDER BY "at" DESC, id DESC',
        (report_year, agency),
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def media_type_of(db: Database, digest: str) -> str | None:
    """As what the bytes of that digest were sent, None where no capture has them."""
    row = answer(db, "SELECT media_type FROM captures WHERE digest = ? ORDER BY id LIMIT 1", (digest,))
    return str(row[0]) if row else None
