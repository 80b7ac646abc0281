"""Dates that prove nothing of any report, because a migration gave them to all that it moved.

Such a date is found in three ways: 20 or more rows of one list bear it, which the scan itself counted; 20 or more
pages of one portal state it; or 20 or more rows of all the lists of one portal bear it, and they are of years that
nobody publishes together. The last is needed where each agency has a list of its own. A day on which a county's
offices published the reports of one year is no migration, however many they were: its rows are all of the year
that was due then. Rows of older years are what tells, if they are half of all, or those of three agencies.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from storage.database.connection import each_answer
from storage.database.values import json_text, read_day, read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date

    from storage.database.asking import Asked, Place

_Key = TypeVar("_Key")

OLDER_AGENCIES = 3
"""So many agencies with rows of years older than the one that was due tell a migration from a day of publishing."""

# In every question `{these}` and `{on}` are nothing, or the dates that are asked about, each with its portal behind it.
_ON = ' ON d.portal = substr(p.value, 11) AND d."date" = substr(p.value, 1, 10)'
_THESE = "json_each(:days) AS p CROSS JOIN "

_BY_LISTS = "SELECT DISTINCT portal, column_url, bulk_dates FROM scans WHERE bulk_dates != '[]' {of}"

_BY_PAGES = """
    SELECT portal, "date" FROM (
        SELECT d.portal AS portal, d."date" AS "date", d.source AS source FROM {these} stated_dates AS d {on}
        GROUP BY d.portal, d."date", d.source HAVING count(*) >= :bulk
    ) AS alike
    WHERE :bulk <= (
        SELECT count(DISTINCT r.url) FROM stated_dates AS s JOIN report_versions AS r ON r.id = s.report
        WHERE s.portal = alike.portal AND s."date" = alike."date" AND s.source = alike.source)
"""

_BY_ROWS = """
    SELECT d.portal, d."date" FROM (
        SELECT d.portal AS portal, d."date" AS "date" FROM {these} listed_dates AS d {on}
        GROUP BY d.portal, d."date" HAVING count(*) >= :bulk
    ) AS alike
    JOIN listed_dates AS d ON d.portal = alike.portal AND d."date" = alike."date"
    JOIN candidates AS c ON c.id = d.candidate
    GROUP BY d.portal, d."date"
    HAVING count(DISTINCT c.url) >= :bulk AND (
        2 * count(DISTINCT CASE WHEN {is_older} THEN c.url END) >= count(DISTINCT c.url)
        OR count(DISTINCT CASE WHEN {is_older} THEN coalesce(c.agency, c.url) END) >= :agencies)
"""
_IS_OLDER = 'c.report_year < CAST(substr(d."date", 1, 4) AS INTEGER) - 1'


class Bulk(NamedTuple):
    """Dates that prove nothing: of the rows of a list by its place, of all rows and of all reports by portal."""

    lists: Mapping[Place, frozenset[date]]
    rows: Mapping[str, frozenset[date]]
    reports: Mapping[str, frozenset[date]]

    def has_row(self, day: date | None, places: Iterable[Place]) -> bool:
        """Does it prove nothing that a row of these lists bears the date?"""
        return day is not None and any(
            day in self.lists.get(place, ()) or day in self.rows.get(place[0], ()) for place in places
        )


def bulk_dates(asked: Asked, days: Collection[tuple[str, str]] | None) -> Bulk:
    """The dates that prove nothing; `days` are those that are asked about, each with its portal, None: all."""
    values, of, these, on = {**asked.values, "agencies": OLDER_AGENCIES}, "", "", ""
    if days is not None:
        values["days"] = json_text(sorted(day + portal for portal, day in days))
        values["portals"] = json_text(sorted({portal for portal, _ in days}))
        of, these, on = "AND portal IN (SELECT value FROM json_each(:portals))", _THESE, _ON
    lists: dict[Place, set[date]] = defaultdict(set)
    rows: dict[str, set[date]] = defaultdict(set)
    reports: dict[str, set[date]] = defaultdict(set)
    for portal, column_url, texts in each_answer(asked.db, _BY_LISTS.format(of=of), values):
        dates = {day for text in read_json(texts) if (day := read_day(text))}
        lists[portal, column_url] |= dates
        reports[portal] |= dates
    for portal, day in _days(asked, _BY_ROWS.format(these=these, on=on, is_older=_IS_OLDER), values):
        rows[portal].add(day)
        reports[portal].add(day)
    for portal, day in _days(asked, _BY_PAGES.format(these=these, on=on), values):
        reports[portal].add(day)
    return Bulk(_frozen(lists), _frozen(rows), _frozen(reports))


def _days(asked: Asked, sql: str, values: Mapping[str, int | str]) -> Iterator[tuple[str, date]]:
    for portal, text in each_answer(asked.db, sql, values):
        if day := read_day(text):
            yield portal, day


def _frozen(sets: Mapping[_Key, set[date]]) -> dict[_Key, frozenset[date]]:
    return {key: frozenset(dates) for key, dates in sets.items()}
