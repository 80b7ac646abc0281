"""Pages that came with 200 in another's place: an index or the home page for a column, an index for an article.

Some firewalls, and some systems whose pages are gone, answer so. Read for what was asked for, such a page would
prove that nobody has published.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.files import holds
from crawler.outcomes import Trouble
from crawler.pages import index_key, page_title, read_page, squeezed, words, words_outside_links
from crawler.rows import list_rows, read_rows
from crawler.titles import read_title
from storage.errors import UnreadableError
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.downloads import Visit
    from crawler.list_evidence import ListWalk
    from crawler.pages import Page
    from crawler.rows import Row

MIN_LINKS = 5
"""An index has so many links at least; an article that is only a file or a picture has its title beside it."""

_NAME = re.compile(r"年\s*报|年度(?:工作)?报告")
_MARKED = re.compile(
    r"(?:^|[\s_-])(?:on|cur|curr|current|active|selected|here|checked|position|location|(?:bread)?crumbs?|dqwz|weizhi|path)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST_PLACE = 80
_NOT_WORD = re.compile(r"[\W_]+")
_SHOWN_OF_TITLE = 12
"""Characters of a title that may be cut after that in one of the two places."""


async def unproven_column(visit: Visit, url: str, walk: ListWalk) -> Trouble | None:
    """Why a list that was read to its end may be another's: it shows no report of any year and is not named for them.

    `url` is the list's first page, which was asked for before.
    """
    page = await page_at(visit, url)
    if page is None:
        return None
    if await _is_front_page(visit, page):
        return Trouble(Outcome.SOFT_404, "front_page", (url,))
    if any(_is_control(row) for row in walk.rows) or names_reports(page):
        return None
    return Trouble(Outcome.INCOMPLETE, "not_the_column", (url,))


async def page_at(visit: Visit, url: str) -> Page | None:
    """The page at an address that was asked for before; None where none came."""
    answer = await visit.fetch(url)
    try:
        return read_page(answer.body, answer.final_url) if answer.trouble is None else None
    except UnreadableError:
        return None


async def _is_front_page(visit: Visit, page: Page) -> bool:
    """Is a page that calls itself the portal's front page that page: does it show nothing that is not there?

    The portal is only asked for it where the page's name makes one think so: many call every page by their own name.
    """
    home = visit.portal.base_url
    name = _bare(_own_names(page)[0])
    is_called_so = "首页" in name or _bare(visit.portal.name) == name or name.endswith("门户网站")
    if not is_called_so or index_key(page.url) == index_key(home) or any(map(_NAME.search, _where_it_stands(page))):
        return False
    front = await page_at(visit, home)
    if front is None:
        return False
    there = {row.url for row in read_rows(front)}
    shown = {row.url for row in list_rows(read_rows(page), page.url)}
    return bool(shown) and shown <= there


def names_reports(page: Page) -> bool:
    """Does the page call itself a column of annual reports: in its head, beside its links, where it shows its place?"""
    return any(_NAME.search(name) for name in (*_own_names(page), words_outside_links(page), *_where_it_stands(page)))


def is_index_instead(page: Page, title: str) -> bool:
    """Did an index come in the place of the article that a row called `title`?"""
    if not holds(page).is_nothing or len(read_rows(page)) < MIN_LINKS:
        return False
    wanted = _bare(title)[:_SHOWN_OF_TITLE]
    shown = _bare("".join((*_own_names(page), words_outside_links(page))))
    return bool(wanted) and wanted not in shown and not _NAME.search(page_title(page))


def _is_control(row: Row) -> bool:
    reading = read_title(row.title)
    return reading.is_report and reading.report_year is not None


def _own_names(page: Page) -> list[str]:
    """What a page calls itself in its head."""
    metas = {(meta.get("name") or "").lower(): meta.get("content") or "" for meta in page.root.iter("meta")}
    title = page.root.find(".//title")
    return [
        squeezed((title.text or "") if title is not None else ""),
        *(metas.get(name, "") for name in ("columnname", "articletitle")),
    ]


def _where_it_stands(page: Page) -> Iterator[str]:
    """What the page marks as the place where its reader is; and its scripts, in which some keep their columns."""
    for element in page.root.iter():
        if element.tag == "script":
            yield element.text or ""
        elif isinstance(element.tag, str) and _MARKED.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            yield words(element)[:_LONGEST_PLACE]


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", text)
