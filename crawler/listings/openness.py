"""openness portals: a picker of branches, each branch's reports as links that say no more than their year."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from crawler.columns import COLUMN_NAMES
from crawler.listings.linked_pages import paging_of_links
from crawler.listings.model import InnerColumn, ListPage, PageRequest, Paging
from crawler.listings.pickers import picked
from crawler.outcomes import says_it_is_empty
from crawler.pagers import stated_totals
from crawler.pages import visible_words
from crawler.rows import list_rows, read_rows
from crawler.titles import may_be_report

if TYPE_CHECKING:
    from crawler.pages import Page
    from crawler.rows import Row

REPORT_NAME = "政府信息公开年度报告"
"""What stands behind a year that is the whole text of its link."""

_YEAR = re.compile(r"^((?:19|20)\d\d)\s*年?\s*度?(?:年报|年度报告)?$")
_BRANCH_ID = re.compile(r"/openness\w*/?\?(?:[^#]*&)?branch_id=(\w+)", re.IGNORECASE)
_BRANCH_PATH = re.compile(
    r"/(?:Xxgknb/(?!show/)\w+|(?:Branch)?OpennessContent/showList|openness\w*/branch)/(\w+)", re.IGNORECASE
)
_YEARS = "years"
_REPORTS = "/opennessAnnualReport/?branch_id={}"


def read_openness(_: Page, page: Page, number: int, __: PageRequest) -> ListPage:
    """What page `number` shows: the branches, or one branch's reports."""
    links = read_rows(page)
    rows = _reports(links, page.url)
    branches = picked(page, _place_of)
    is_branch = _place_of(page.url) is not None
    if branches and not is_branch:
        # The page to pick from may show one branch's years: they are not everybody's, and that branch is picked too.
        named = tuple(row for row in rows if row.group != _YEARS)
        return ListPage(named, paging_of_links(page, number), columns=branches, is_empty=not named)
    others = tuple(branch._replace(is_others=True) for branch in branches)
    if rows:
        return ListPage(rows, paging_of_links(page, number), stated_totals(page), columns=others)
    columns = _report_pages(links, page.url)
    if columns:
        return ListPage(columns=(*columns, *others), paging=paging_of_links(page, number), is_empty=True)
    is_empty = is_branch and says_it_is_empty(visible_words(page), page.text)
    paging = Paging(is_single=True) if is_empty else paging_of_links(page, number)
    shown = list_rows(links, page.url)
    return ListPage(shown, paging, stated_totals(page), links, others, is_empty)


def _reports(links: tuple[Row, ...], page_url: str) -> tuple[Row, ...]:
    """The reports that a branch's page links: by their year alone, or by a title of their own."""
    years = {row.url: year[1] for row in links if (year := _YEAR.match(row.title)) and _leads_to_report(row.url)}
    named = {row.url for row in list_rows(links, page_url) if may_be_report(row.title) and not _is_column_name(row)}
    found: dict[str, Row] = {}
    for row in links:
        if row.url in years:
            found.setdefault(row.url, replace(row, title=f"{years[row.url]}年{REPORT_NAME}", group=_YEARS))
        elif row.url in named:
            found.setdefault(row.url, row)
    return tuple(found.values())


def _is_column_name(row: Row) -> bool:
    return re.sub(r"\s", "", row.title) in COLUMN_NAMES


def _leads_to_report(url: str) -> bool:
    """Is this the address of one report, not of a year's column?"""
    return re.search(r"/show/\w+|/content/|[?&]id=\w+", url, re.IGNORECASE) is not None


def _place_of(url: str) -> tuple[str, str] | None:
    """Whose branch an address belongs to, and where that branch's reports are."""
    branch = _BRANCH_ID.search(url)
    if branch is not None:
        # Every page of a branch takes the same number, so the directory's address gives that of the reports.
        return branch[1], urljoin(url, _REPORTS.format(branch[1]))
    branch = _BRANCH_PATH.search(urlsplit(url).path)
    return (branch[1], url) if branch is not None else None


def _report_pages(links: tuple[Row, ...], page_url: str) -> tuple[InnerColumn, ...]:
    """The page of annual reports that a branch's page links by name."""
    host = urlsplit(page_url).netloc
    named = (row.url for row in links if _is_column_name(row))
    found = dict.fromkeys(url for url in named if url != page_url and urlsplit(url).netloc == host)
    return tuple(InnerColumn(url) for url in found)
