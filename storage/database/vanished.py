"""Which reports a list once showed and shows no more, so that the next crawl asks for them at their own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.database.connection import answers, reading
from storage.database.evidence import evidence_of_year
from storage.database.values import json_text, read_day, read_instant
from storage.records import Candidate, EndProof, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database


_NOT_LISTED_LAST = """
    SELECT c.agency, c.url, c.title, c.listed_on, n.id, max(n.started_at) FROM candidates AS c
    JOIN sightings AS s ON s.candidate = c.id JOIN scans AS n ON n.number = s.scan
    WHERE c.report_year = :year AND n.end_proof IS NOT :own_address AND c.agency IN (
        SELECT a.id FROM agencies AS a
        WHERE a.dropped_at IS NULL AND a.portal IN (SELECT value FROM json_each(:portals)) AND NOT EXISTS (
            SELECT 1 FROM candidates AS k JOIN sightings AS g ON g.candidate = k.id
            JOIN scans AS m ON m.number = g.scan
            WHERE k.agency = a.id AND k.report_year = :year AND m.end_proof IS NOT :own_address
                AND g.scan = (SELECT max(scan) FROM scan_agencies WHERE agency = a.id)))
    GROUP BY c.id ORDER BY c.agency, max(n.started_at), c.url
"""
"""Rows of agencies none of whose rows the newest scan shows, each with the last list that did; of one agency the row
seen last comes last. More than have vanished: a crawl may look at several lists."""


def vanished_reports(db: Database, portals: Iterable[str], years: Iterable[int]) -> tuple[Candidate, ...]:
    """The rows of reports on these years that the lists of these portals showed and, when last read whole, showed no
    more: of each agency and year the row that was seen last."""
    asked = json_text(sorted(set(portals)))
    found = []
    with reading(db):
        for year in years:
            rows = {
                row[0]: row[1:]
                for row in answers(
                    db, _NOT_LISTED_LAST, {"year": year, "portals": asked, "own_address": EndProof.OWN_ADDRESS.value}
                )
            }
            evidence = evidence_of_year(db, year, agencies=rows) if rows else {}
            for agency, (url, title, listed_on, scan, last_listed) in rows.items():
                looks = evidence[agency].looks if agency in evidence else ()
                whole = [look for look in looks if look.outcome is Outcome.COMPLETE and not look.is_time_doubted]
                if whole and whole[-1].started_at > read_instant(last_listed):
                    found.append(Candidate(scan, title, url, read_day(listed_on), agency, year))
    return tuple(found)
