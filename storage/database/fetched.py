"""The bodies that were fetched, each once per address, and what they count for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from storage.database.connection import answer, answers, put
from storage.database.values import day_text, instant_text, json_text, read_day, read_instant, read_json
from storage.enclosures import enclosures_from_json, enclosures_to_json
from storage.records import Capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlite_utils import Database

    from storage.enclosures import Enclosure

_SAVE_CAPTURE = """
    INSERT INTO captures (url, digest, final_url, status, media_type, size, title, listed_on, agency, report_year,
        scan, headers, part_of, enclosures, first_fetched_at, last_fetched_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (url, digest) DO UPDATE SET
        final_url = excluded.final_url, status = excluded.status, media_type = excluded.media_type,
        title = excluded.title, listed_on = excluded.listed_on, agency = excluded.agency,
        report_year = excluded.report_year, scan = excluded.scan, headers = excluded.headers,
        part_of = CASE WHEN part_of IS NULL THEN NULL ELSE excluded.part_of END, enclosures = excluded.enclosures,
        first_fetched_at = min(first_fetched_at, excluded.first_fetched_at),
        last_fetched_at = max(last_fetched_at, excluded.last_fetched_at)
    RETURNING id
"""
# What a list links itself stays an article of its own, though another article has it attached.
_SEE_PART_AGAIN = """
    UPDATE captures SET first_fetched_at = min(first_fetched_at, ?), last_fetched_at = max(last_fetched_at, ?)
    WHERE url = ? AND digest = ? AND part_of IS NULL RETURNING id
"""

_STORED = """
    SELECT c.id, c.url, c.digest, c.final_url, c.status, c.media_type, c.size, c.title, c.listed_on, c.agency,
        c.report_year, c.headers, coalesce(r.enclosures, c.enclosures), c.scan, c.last_fetched_at, r.id, r.agency,
        r.report_year, r.reason, r.is_attested
    FROM captures AS c LEFT JOIN report_versions AS r ON r.capture = c.id
    WHERE c.id >= :capture AND (c.id, coalesce(r.id, 0)) > (:capture, :report) AND c.last_fetched_at >= :since
        AND c.part_of IS NULL
        AND (r.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM report_captures AS rc WHERE rc.capture = c.id))
    ORDER BY c.id, r.id LIMIT :many
"""

_COUNTS_ITSELF = """
    SELECT 1 FROM captures AS c JOIN report_captures AS rc ON rc.capture = c.id
    WHERE c.url = :url OR (c.url > :url || '#' AND c.url < :url || '$') LIMIT 1
"""
# Members of an archive stand behind a «#»; «$» is the next character.

CHUNK = 500
"""Bodies listed by one question."""


class StoredCapture(NamedTuple):
    """A body in the archive. `report` is the version that was read from it, with whose it is; all None
    where it counts for nobody. `looked_for` are the agencies of the scan that fetched it last."""

    capture: Capture
    report: int | None
    agency: str | None
    report_year: int | None
    reason: str | None
    is_attested: bool
    looked_for: tuple[str, ...]


def save_capture(db: Database, capture: Capture) -> int:
    """Record a body at an address, once however often it was fetched; gives its row. Within `writing`."""
    fetched = instant_text(capture.fetched_at)
    if capture.part_of is not None:
        seen = put(db, _SEE_PART_AGAIN, (fetched, fetched, capture.url, capture.digest)).fetchall()
        if seen:
            return int(seen[0][0])
    row = put(
        db,
        _SAVE_CAPTURE,
        (
            capture.url,
            capture.digest,
            capture.final_url,
            capture.status,
            capture.media_type,
            capture.size,
            capture.title,
            day_text(capture.listed_on),
            capture.agency,
            capture.report_year,
            capture.scan,
            json_text(dict(capture.headers)),
            capture.part_of,
            json_text(enclosures_to_json(capture.enclosures)),
            fetched,
            fetched,
        ),
    ).fetchall()
    return int(row[0][0])


def stored_attributions(
    db: Database, url: str, digest: str, parser_version: str, enclosures: Sequence[Enclosure] = ()
) -> tuple[tuple[str, int], ...]:
    """The agency-years that these bytes at this address count for, as far as this parser read them.

    An article whose files, frames or pictures are others than last time was not read. One to which a report
    is attached that counts by itself is read again each time, for only so that report is seen again.
    """
    if any(answer(db, _COUNTS_ITSELF, {"url": part.url}) for part in enclosures if part.digest is not None):
        return ()
    return tuple(
        (agency, year)
        for agency, year in answers(
            db,
            "SELECT r.agency, r.report_year FROM captures AS c JOIN report_captures AS rc ON rc.capture = c.id "
            "JOIN report_versions AS r ON r.id = rc.report "
            "WHERE c.url = ? AND c.digest = ? AND c.enclosures = ? AND r.parser_version = ?",
            (url, digest, json_text(enclosures_to_json(enclosures)), parser_version),
        )
    )


def stored_captures(db: Database, since: datetime | None = None) -> Iterator[StoredCapture]:
    """Every body that a version was read from or that counts for nobody, fetched at or after `since`.

    What was fetched for an article comes with that article, as `enclosures` of its capture, and not by itself.
    They come in the order in which they were first stored; what is saved meanwhile does not disturb.
    """
    first = instant_text(since) if since else ""
    last = (0, 0)
    while rows := answers(db, _STORED, {"capture": last[0], "report": last[1], "since": first, "many": CHUNK}):
        for key, *row, report, agency, report_year, reason, is_attested in rows:
            yield StoredCapture(
                capture=read_capture(row),
                report=report,
                agency=agency,
                report_year=report_year,
                reason=reason,
                is_attested=bool(is_attested),
                looked_for=() if report else _looked_for(db, row[-2]),
            )
            last = (key, report or 0)


def captures_of(db: Database, digests: Iterable[str]) -> tuple[Capture, ...]:
    """Every capture of these bytes, at whatever address, by digest and address."""
    rows = answers(
        db,
        "SELECT url, digest, final_url, status, media_type, size, title, listed_on, agency, report_year, headers, "
        "enclosures, scan, last_fetched_at FROM captures WHERE digest IN (SELECT value FROM json_each(?)) "
        "ORDER BY digest, url",
        (json_text(sorted(set(digests))),),
    )
    return tuple(read_capture(list(row)) for row in rows)


def count_stored(db: Database, since: datetime | None = None) -> int:
    """How many of `stored_captures` there are."""
    first = instant_text(since) if since else ""
    values = {"capture": 0, "report": 0, "since": first, "many": -1}
    return int(answers(db, f"SELECT count(*) FROM ({_STORED})", values)[0][0])


def is_stored(db: Database, capture: Capture) -> bool:
    """Is there a capture of these bytes at this address that stands for itself, and not for an article's part?"""
    sql = "SELECT 1 FROM captures WHERE url = ? AND digest = ? AND part_of IS NULL"
    return bool(answers(db, sql, (capture.url, capture.digest)))


def _looked_for(db: Database, scan: str) -> tuple[str, ...]:
    rows = answers(
        db, "SELECT agency FROM scans JOIN scan_agencies ON scan_agencies.scan = number WHERE id = ?", (scan,)
    )
    return tuple(agency for (agency,) in rows)


def read_capture(row: list[Any]) -> Capture:
    """A capture of the columns in the order of `_STORED`, from `url` to `last_fetched_at`."""
    url, digest, final_url, status, media_type, size, title, listed_on, agency, year, headers, *rest = row
    enclosures, scan, fetched = rest
    return Capture(
        digest=digest,
        scan=scan,
        url=url,
        final_url=final_url,
        status=status,
        media_type=media_type,
        fetched_at=read_instant(fetched),
        size=size,
        title=title,
        listed_on=read_day(listed_on),
        agency=agency,
        report_year=year,
        headers=read_json(headers),
        enclosures=enclosures_from_json(read_json(enclosures)),
    )
