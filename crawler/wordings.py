"""Several titles of one address: which is the row's own, and which say something else and are read beside it. Pure.

Beside its title a row may link its article as 查看 or 下载, by an icon or by its agency's short name; one archive may
be linked by the rows of every agency, and an editor may have linked another agency's article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.rows import row_key
from crawler.titles import may_be_report, read_title, unclear_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crawler.rows import Row


def by_address(rows: Iterable[Row]) -> Mapping[str, Row]:
    """Each address with the row whose title says most of a report; of titles that say as much, the last."""
    best: dict[str, Row] = {}
    for row in rows:
        if row.url not in best or _worth(row) >= _worth(best[row.url]):
            best[row.url] = row
    return best


def further_titles(rows: Iterable[Row], kept: Iterable[Row]) -> tuple[Row, ...]:
    """The rows at the addresses of those kept whose title says another thing than the kept one's, each thing once."""
    told: dict[str, set[tuple[object, ...]]] = {}
    for row in kept:
        told.setdefault(row_key(row.url), set()).add(_says(row.title))
    found = []
    for row in rows:
        said, known = _says(row.title), told.get(row_key(row.url))
        if known is not None and any(said) and said not in known:
            known.add(said)
            found.append(row)
    return tuple(found)


def _says(title: str) -> tuple[object, ...]:
    """What a title says of a report; nothing but falsehood where it says nothing."""
    reading = read_title(title)
    kind = reading.is_report or reading.of_many or reading.cut is not None
    name = reading.agency_name if reading.agency_name is not None else unclear_name(title)
    return (kind, name, reading.report_year)


def _worth(row: Row) -> tuple[bool, ...]:
    reading = read_title(row.title)
    return (
        may_be_report(row.title),
        reading.agency_name is not None,
        reading.report_year is not None,
        row.listed_on is not None,
    )
