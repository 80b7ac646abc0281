"""Rows of an agency's own column whose titles say next to nothing: «2024年», «水利局2024.pdf», a bare title in a box.

Elsewhere they are nobody's. There each may be the agency's report, and what it leads to says whose it is. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from crawler.links import RowReading
from crawler.pages import index_key
from crawler.titles import report_year
from storage.agency_names import own_place
from storage.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.list_evidence import ListWalk
    from storage.records import Agency

_YEAR = re.compile(r"(?:19|20)\d\d年?度?")
_OF_REPORTS = re.compile(
    r"政府|信息|公开|政务|工作|年度|年报|报告|总结|情况|附件|全文|最新|本年|本机关|本单位|单位|机关|我局|本局|的|[年度本]"
    r"|\.(?:pdf|docx?|wps|ofd|zip)$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[\W_]+")
_SAYS_SO = re.compile(r"公开.{0,4}(?:年报|年?度?报告)")


def may_be_own(title: str, agency: Agency) -> bool:
    """Does a title hold nothing but a year, the agency's name and the words of a report's title?"""
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title))
    if _YEAR.search(flat) is None and _SAYS_SO.search(flat) is None:
        return False
    names = sorted({each for name in (agency.name, *agency.aliases) for each in (name, own_place(name))}, key=len)
    rest = _YEAR.sub("", flat)
    for name in reversed(names):
        rest = rest.replace(name, "")
    return _NOT_WORD.sub("", _OF_REPORTS.sub("", rest)) == ""


def with_own(readings: Sequence[RowReading], walk: ListWalk, agency: Agency, scan_id: str) -> list[RowReading]:
    """The rows with those of the column's pages that may be its agency's and read like nothing or like another's."""
    mine = frozenset({agency.id})
    known = {reading.candidate.url for reading in readings if reading.may_be & mine}
    pages = {index_key(page.url) for page in walk.pages}
    found = {
        row.url: Candidate(scan_id, row.title, row.url, row.listed_on, None, report_year(row.title))
        for row in (*walk.rows, *walk.others)
        if row.url not in known
        and index_key(row.url) not in pages
        and not index_key(row.url).endswith("/")
        and may_be_own(row.title, agency)
    }
    kept: Iterable[RowReading] = (reading for reading in readings if reading.candidate.url not in found)
    unsure = (RowReading(row, names_agency=False, names_other=False, may_be=mine) for row in found.values())
    return [*kept, *unsure]
