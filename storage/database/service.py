"""What the service asks of the database about itself: portals' clocks, its own open alerts, counts, damage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.database.connection import answer, answers, reading
from storage.database.values import instant_text, read_instant, read_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlite_utils import Database

_MOST_CLOCKS = 2000
"""Captures whose headers are looked at: the newest; the whole archive would take seconds."""


class Count(NamedTuple):
    """One number with what it counts, in the order of the question's columns; None reads as an empty text."""

    labels: tuple[str, ...]
    value: int


class Counts(NamedTuple):
    """The numbers that a monitoring system draws.

    `obligations`: report year, status. `alerts`: rule, state. `attempts`: channel, state. `scans`: outcome of
    those begun since.
    """

    obligations: tuple[Count, ...]
    alerts: tuple[Count, ...]
    attempts: tuple[Count, ...]
    scans: tuple[Count, ...]


def portal_answers(db: Database, since: datetime) -> list[tuple[str, datetime, Mapping[str, str]]]:
    """Portal, when, and the headers of what was fetched once since then, the newest first, a few thousand at most."""
    rows = answers(
        db,
        "SELECT s.portal, c.last_fetched_at, c.headers FROM captures AS c JOIN scans AS s ON s.id = c.scan "
        f"WHERE c.id > (SELECT max(id) FROM captures) - {_MOST_CLOCKS:d} "
        "AND c.last_fetched_at >= ? AND c.first_fetched_at = c.last_fetched_at AND c.status = 200 ORDER BY c.id DESC",
        (instant_text(since),),
    )
    return [(portal, read_instant(at), read_json(headers)) for portal, at, headers in rows]


def scans_ingested_since(db: Database, since: datetime) -> list[str]:
    """The ids of the scans that came into the database since then."""
    rows = answers(
        db,
        "SELECT s.id FROM scans AS s JOIN runs AS r ON r.id = s.run WHERE r.ingested_at >= ? ORDER BY s.number",
        (instant_text(since),),
    )
    return [key for (key,) in rows]


def service_counts(db: Database, scans_since: datetime) -> Counts:
    """All the numbers, as of one moment."""
    with reading(db):
        return Counts(
            obligations=_counts(db, "SELECT report_year, status, count(*) FROM obligations GROUP BY 1, 2"),
            alerts=_counts(db, "SELECT rule, state, count(*) FROM alerts GROUP BY 1, 2"),
            attempts=_counts(db, "SELECT channel, state, count(*) FROM attempts GROUP BY 1, 2"),
            scans=_counts(
                db,
                "SELECT outcome, count(*) FROM scans WHERE started_at >= ? GROUP BY 1",
                (instant_text(scans_since),),
            ),
        )


def has_live_trouble(db: Database, subject: str) -> bool:
    """Is there a live alert of the service about itself on that subject?"""
    row = answer(
        db,
        "SELECT 1 FROM alerts WHERE rule = 'operator' AND agency IS NULL AND report_year IS NULL AND subject = ? "
        "AND state IN ('open', 'acknowledged', 'objected')",
        (subject,),
    )
    return row is not None


def damage(db: Database) -> tuple[str, ...]:
    """What SQLite finds wrong in the file; nothing where it is sound. Takes long on a large database."""
    return tuple(row[0] for row in answers(db, "PRAGMA quick_check(10)") if row[0] != "ok")


def _counts(db: Database, sql: str, values: tuple[str, ...] = ()) -> tuple[Count, ...]:
    return tuple(
        Count(tuple("" if label is None else str(label) for label in labels), value)
        for *labels, value in answers(db, sql, values)
    )
