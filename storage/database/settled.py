"""Of which portals nothing may be remembered in place of a look, because a verdict hangs on the next one.

What is remembered shows a place as it was. That is enough where all that is owed was seen last time; where a
report was not, a row that was mended on a page that is not read again would make its agency missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.database.connection import answers
from storage.database.evidence import evidence_of_year
from storage.database.values import day_text, json_text
from storage.records import SHANGHAI, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlite_utils import Database

_ACCUSED = json_text([Status.SUSPECTED_MISSING, Status.MISSING, Status.WITHDRAWN])

_AGENCIES_ACCUSED = """
    SELECT DISTINCT a.portal FROM obligations AS o JOIN agencies AS a ON a.id = o.agency
    WHERE o.status IN (SELECT value FROM json_each(:accused)) AND a.dropped_at IS NULL
        AND a.portal IN (SELECT value FROM json_each(:portals))
"""

_AGENCIES_OWING = """
    SELECT a.portal, a.id FROM agencies AS a
    LEFT JOIN obligations AS o ON o.agency = a.id AND o.report_year = :year
    WHERE a.dropped_at IS NULL AND a.portal IN (SELECT value FROM json_each(:portals))
        AND (o.agency IS NULL OR o.due < :today)
"""
"""Agencies whose due day is over, and those of whom no check has said yet when it is."""

_UNDER_DOUBT = """
    SELECT url FROM report_versions WHERE agency IN (
        SELECT agency FROM alerts WHERE rule = 'malformed' AND state IN ('open', 'acknowledged', 'objected'))
"""


def unsettled_portals(db: Database, portals: Iterable[str], now: datetime) -> frozenset[str]:
    """Those of these portals whose lists must be read whole at `now`. Within `reading`.

    An agency of theirs is accused of having published nothing, in any year; or its report on the year before
    is due, and its last look did not see it.
    """
    local = now.astimezone(SHANGHAI)
    asked: dict[str, int | str | None] = {
        "portals": json_text(sorted(set(portals))),
        "accused": _ACCUSED,
        "year": local.year - 1,
        "today": day_text(local.date()),
    }
    found = {portal for (portal,) in answers(db, _AGENCIES_ACCUSED, asked)}
    owing = {agency: portal for portal, agency in answers(db, _AGENCIES_OWING, asked) if portal not in found}
    evidence = evidence_of_year(db, local.year - 1, agencies=owing) if owing else {}
    for agency, portal in owing.items():
        looks = evidence[agency].looks if agency in evidence else ()
        if not looks or not looks[-1].found:
            found.add(portal)
    return frozenset(found)


def addresses_under_doubt(db: Database) -> frozenset[str]:
    """Where the reports stand whose agencies live accusations say to have published something malformed, with
    what belongs to them: a correction must be seen at the next look. Within `reading`."""
    urls = {url for (url,) in answers(db, _UNDER_DOUBT)}
    parts = answers(
        db,
        "SELECT url, final_url FROM captures WHERE url IN (SELECT value FROM json_each(:urls)) "
        "OR part_of IN (SELECT value FROM json_each(:urls))",
        {"urls": json_text(sorted(urls))},
    )
    return frozenset(urls | {address for pair in parts for address in pair})
