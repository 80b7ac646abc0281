"""The rows of a list page: every link with its full title and the date that stands beside it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.pages import address, base_address, calendar_links, picture_words, squeezed, words
from crawler.portals import leads_to_article
from crawler.row_dates import DATE, read_date, row_date, texts_around, texts_inside
from crawler.titles import may_be_report, read_title

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from lxml.etree import _Element

    from crawler.pages import Page

BULK_ROWS = 20
"""From this many rows on, one date is a migration's: it proves nothing about any of them."""

_ROW_TAGS = frozenset({"li", "tr", "dd", "dt", "article"})
_LIST_TAGS = frozenset({"ul", "ol", "dl", "table", "tbody", "body", "html", "form"})
_LINKS_IN_ROW = 4
_ANCHORS_IN_ROW = 40
_SESSION_LINKS = 3
_CLIMB = 6
_ELLIPSIS = re.compile(r"\s*(?:\.{2,}|…+|⋯+|·{2,})\s*$")
_UNSEEN = re.compile("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SESSION_FIELD = re.compile(r"(?<=[?&])(s|sess|sessid|session|token|ticket)=(?=\w*\d)(?=\w*[a-zA-Z])(\w{16,})(?:&|$)")
_CUT_BY_DOTS = re.compile(r"·{2,}\s*$")
_EDGE = " \u3000\xa0·•◆■▪●○>»›-|"
_BRACKETS = "[]【】()（）"
_EMPTY_BRACKETS = re.compile(r"[\[【(（]\s*[\]】)）]")
_TORN_OPEN, _TORN_CLOSE = re.compile(r"[\[【]+$"), re.compile(r"^[\]】]+")
_REPORT_WORTH, _OWN_WORTH, _DATE_WORTH, _ARTICLE_WORTH = 20, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Row:
    """One link of a page with the date beside it.

    `group` is the same for links that stand in one list, `place` for those that stand in one row of it.
    `publisher` is the agency in whose own list it stands, as the portal calls it; empty where it is not one's.
    """

    title: str
    url: str
    listed_on: date | None
    group: str = ""
    place: int = -1
    publisher: str = ""


def read_rows(page: Page) -> tuple[Row, ...]:
    """Every link of the page that leads to a web page or file, in page order; not the days of its calendars."""
    base = base_address(page)
    rows = []
    places: dict[_Element, int] = {}
    days = calendar_links(page)
    around: dict[_Element, dict[_Element, str]] = {}
    for anchor in page.root.iter("a"):
        url = address(base, anchor.get("href"))
        title, own_date = _title(anchor)
        if url is not None and title and anchor not in days:
            row = _row_element(anchor, base)
            place = places.setdefault(row, len(places))
            rows.append(Row(title, url, own_date or _date_beside(row, anchor, base, around), _group(row), place))
    return _without_sessions(tuple(rows))


def _without_sessions(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows without a field that is the visitor's session: a long random value that all links of a page share."""
    fields = {match.group(1, 2) for row in rows for match in _SESSION_FIELD.finditer(row.url)}
    for name in {name for name, _ in fields}:
        values = {value for other, value in fields if other == name}
        bearers = {row.url for row in rows if f"{name}=" in row.url}
        # An article's own key differs from link to link.
        if len(values) == 1 and len(bearers) >= _SESSION_LINKS:
            text = f"{name}={values.pop()}"
            rows = tuple(replace(row, url=_without_field(row.url, text)) if text in row.url else row for row in rows)
    return rows


def _without_field(url: str, field: str) -> str:
    before, _, query = url.partition("?")
    kept = "&".join(part for part in query.split("&") if part != field)
    return f"{before}?{kept}" if kept else before


def list_rows(rows: tuple[Row, ...], page_url: str) -> tuple[Row, ...]:
    """The rows of the page's own list: not its navigation, not the news beside it; empty where it has none.

    Of the groups of links that look like a list of articles, the one with the most reports is it,
    then the one with the most dated rows of this column.
    """
    folder = page_url.rpartition("/")[0] + "/"
    worth: Counter[str] = Counter()
    for row in rows:
        worth[row.group] += _worth(row, folder)
    best = max(worth, key=lambda group: worth[group], default=None)
    if best is None or worth[best] == 0:
        return ()
    own = [row for row in rows if row.group == best and (_worth(row, folder) or not _is_index(row.url))]
    # Beside an article its row may link the agency, the column or the page itself.
    articles = {row.place for row in own if not _is_index(row.url) or may_be_report(row.title)}
    return tuple(row for row in own if row.place not in articles or not _is_index(row.url) or may_be_report(row.title))


def row_key(url: str) -> str:
    """What two addresses of one article have in common: its phone twin `…_wap.html` is the same article."""
    return re.sub(r"_wap(?=\.s?html?$)", "", url.partition("://")[2])


def without_twins(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Each article once, at its address for computers where it has both."""
    kept: dict[str, Row] = {}
    for row in rows:
        key = row_key(row.url)
        if key not in kept or row.url.partition("://")[2] == key:
            kept[key] = row if key not in kept or kept[key].url != row.url else kept[key]
    return tuple(kept.values())


def bulk_dates(rows: Iterable[Row]) -> tuple[date, ...]:
    """The dates that so many rows share that they prove nothing."""
    counted = Counter(row.listed_on for row in rows if row.listed_on is not None)
    return tuple(sorted(day for day, number in counted.items() if number >= BULK_ROWS))


def _worth(row: Row, folder: str) -> int:
    is_report = may_be_report(row.title)
    looks_like_article = leads_to_article(row.url)
    if not (is_report or row.listed_on or looks_like_article) or (
        _is_index(row.url) and not (is_report or row.listed_on)
    ):
        return 0
    return (
        _REPORT_WORTH * is_report
        + _OWN_WORTH * row.url.startswith(folder)
        + _DATE_WORTH * (row.listed_on is not None)
        + _ARTICLE_WORTH * looks_like_article
    )


def _is_index(url: str) -> bool:
    """Is this the front page of a site or folder, where no article stands?"""
    path = urlsplit(url).path
    return path.endswith("/") or path == ""


def _title(anchor: _Element) -> tuple[str, date | None]:
    text = squeezed(_UNSEEN.sub("", words(anchor) or picture_words(anchor)))
    full = squeezed(_UNSEEN.sub("", anchor.get("title") or ""))
    shown = _ELLIPSIS.sub("", text)
    says_otherwise = full and _says_otherwise(text, full)
    if (
        full
        and not says_otherwise
        and (not shown or full.startswith(shown[:8]) or (shown != text and len(full) > len(shown)))
    ):
        text = full
    own_date = read_date(text)
    if own_date is not None:
        match = DATE.search(text)
        # Only a date at the edge is the row's; one in the middle belongs to the title.
        if match is not None and (
            match.end() >= len(text.rstrip(_EDGE + _BRACKETS)) or not text[: match.start()].strip(_EDGE + _BRACKETS)
        ):
            own_date = row_date(text)
            text = text[: match.start()] + text[match.end() :]
        else:
            own_date = None
    # A row of middle dots at the end says that the title is cut; one alone is a bullet.
    text = _EMPTY_BRACKETS.sub("", _CUT_BY_DOTS.sub("…", text)).strip(_EDGE)
    return _TORN_OPEN.sub("", _TORN_CLOSE.sub("", text)).strip(_EDGE), own_date


def _says_otherwise(shown: str, full: str) -> bool:
    """Does what a link shows name agency and year of a report, and its title attribute, left from a copy, others?"""
    seen, other = read_title(shown), read_title(full)
    is_whole = seen.is_report and seen.agency_name is not None and seen.report_year is not None
    return is_whole and (seen.agency_name, seen.report_year) != (other.agency_name, other.report_year)


def _row_element(anchor: _Element, base: str) -> _Element:
    """The largest element around a link that holds no other row."""
    element = anchor
    for number, parent in enumerate(anchor.iterancestors()):
        if parent.tag in _LIST_TAGS or number >= _CLIMB:
            break
        links = _links(parent, base)
        is_row = parent.tag in _ROW_TAGS
        if len(links) > (_LINKS_IN_ROW if is_row else 1) or sum(not _is_index(url) for url in links) > 1:
            break
        element = parent
        if parent.tag in _ROW_TAGS:
            break
    return element


def _links(element: _Element, base: str) -> set[str]:
    """The distinct addresses linked inside an element; of more than fit into a row, only so many."""
    found: set[str] = set()
    for number, anchor in enumerate(element.iter("a")):
        if number >= _ANCHORS_IN_ROW:
            # No row: a list whose rows all lead to one address.
            return found | {f"{base}#{each}" for each in range(_LINKS_IN_ROW + 1)}
        url = address(base, anchor.get("href"))
        if url is not None:
            found.add(url)
            if len(found) > _LINKS_IN_ROW:
                break
    return found


def _date_beside(
    row: _Element, anchor: _Element, base: str, around: dict[_Element, dict[_Element, str]]
) -> date | None:
    text = " ".join(texts_inside(row, anchor))
    parent = row.getparent()
    if parent is not None and (row is anchor or row.tag in {"dt", "td"}):
        if parent not in around:
            around[parent] = texts_around(parent)
        text = f"{text} {around[parent].get(row, '')}"
    found = row_date(text) or row_date(re.sub(r"\s+", "", text))
    # Some lists give each cell of a row its own list item.
    if found is None and row.tag == "li" and parent is not None and len(_links(parent, base)) == 1:
        found = row_date(" ".join("".join(cell.itertext()) for cell in parent if cell is not row))
    return found


def _group(row: _Element) -> str:
    parent = row.getparent()
    if parent is None:
        return ""
    path = [parent, *parent.iterancestors()]
    return "/".join(f"{element.tag!s}.{element.get('class') or ''}#{element.get('id') or ''}" for element in path)
