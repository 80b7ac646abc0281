"""What a page says about itself around its body: meta tags, title, and its line or table of dates."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import Paragraph, Table
from crawler.documents.whitespace import inner_text, squeeze
from crawler.titles import read_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml.etree import _Element

    from crawler.documents.model import Block

ITEM_LABELS = {
    "发布日期": "published",
    "发布时间": "published",
    "公开日期": "published",
    "公开时间": "published",
    "发文日期": "issued",
    "成文日期": "issued",
    "生成日期": "issued",
    "发布机构": "agency",
    "发文机关": "agency",
    "发文机构": "agency",
    "信息来源": "agency",
    "来源": "agency",
    "日期": "published",
    "时间": "published",
}
"""Printed label → what it is. 发文日期 is the day of signing, not of publication."""

TITLE_TAGS = frozenset({"h1", "h2", "ucaptitle"})
TITLE_NAMES = frozenset(
    {
        "ucaptitle", "articletitle", "title", "article-title", "article_title", "arttitle", "ewb-article-tt",
        "wz-title", "con-title", "xl-title", "news-title", "content-title", "detail-title", "info-title", "main-title",
    }
)  # fmt: skip
"""Ids and classes, lower case, under which the content systems print an article's title."""

_ANY_LABEL = re.compile("|".join(sorted((r"\s{0,4}".join(label) for label in ITEM_LABELS), key=len, reverse=True)))
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?!\d)")
_NAME = re.compile(r"^[\u4e00-\u9fff()()]{2,40}")
_LEAD = " \t::]】)"
_SPACE = re.compile(r"\s")
_LINES_ABOVE = 12
_DATE_LINE = 60


class Placed(NamedTuple):
    """A block with the element it was read from."""

    block: Block
    element: _Element


class PageHead(NamedTuple):
    """`title` is empty where there is none; `meta` has names in lower case."""

    title: str
    meta: Mapping[str, str]


class PageFacts(NamedTuple):
    """`title` None where the page has none; `items` by kind of ITEM_LABELS (`published` …), first met wins."""

    title: str | None
    meta: Mapping[str, str]
    items: Mapping[str, str]


def page_facts(head: PageHead, above: Sequence[Placed], below: Sequence[Placed]) -> PageFacts:
    """Title and items of a page from its head and the blocks around its body, in page order."""
    items = _items([*above, *below])
    if "published" not in items and "pubdate" not in head.meta:
        items |= _unlabelled_date(above)
    return PageFacts(_title(head, [*above, *below[:6]], above), head.meta, items)


def page_head(root: _Element) -> PageHead:
    """The page's `<title>` and meta tags."""
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property")
        content = element.get("content")
        if name and content and content.strip():
            meta.setdefault(name.strip().lower(), squeeze(content))
    title = root.find(".//title")
    return PageHead(squeeze(inner_text(title)) if title is not None else "", meta)


def _title(head: PageHead, around: Sequence[Placed], above: Sequence[Placed]) -> str | None:
    """The article's title: meta tag, an element named for it, a title just above the body, `<title>`."""
    if head.meta.get("articletitle"):
        return head.meta["articletitle"]
    named = [
        block.text
        for block, element in around
        if isinstance(block, Paragraph) and 4 < len(block.text) <= 120 and _is_title(element)  # noqa: PLR2004 (a site's name is shorter, a paragraph longer)
    ]
    # A portal's logo is often an h1 too; the article's title speaks of a report.
    reports = [text for text in named if read_title(text).is_report]
    if reports:
        return reports[0]
    near = [block.text for block, _ in above[-_LINES_ABOVE:] if isinstance(block, Paragraph) and len(block.text) <= 80]  # noqa: PLR2004
    dated = [text for text in near if (reading := read_title(text)).is_report and reading.report_year is not None]
    if dated:
        return dated[-1]
    if named and not read_title(head.title).is_report:
        return named[0]
    return head.title or None


def _is_title(element: _Element) -> bool:
    if element.tag in TITLE_TAGS:
        return True
    names = f"{element.get('id') or ''} {element.get('class') or ''}".lower().split()
    return not TITLE_NAMES.isdisjoint(names)


def _items(placed: Sequence[Placed]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in _lines(placed):
        for match in _ANY_LABEL.finditer(text):
            before = text[match.start() - 1] if match.start() else ""
            if "\u4e00" <= before <= "\u9fff":
                continue
            kind = ITEM_LABELS[_SPACE.sub("", match[0])]
            rest = text[match.end() :].lstrip(_LEAD + "[【(")
            value = _NAME.match(rest) if kind == "agency" else _DATE.match(rest)
            if value is not None:
                found.setdefault(kind, _SPACE.sub("", value[0]))
    return found


def _lines(placed: Sequence[Placed]) -> Iterator[str]:
    for block, _ in placed:
        if isinstance(block, Paragraph):
            if len(block.text) <= 300:  # noqa: PLR2004 (an item line, not a paragraph of text)
                yield block.text
        elif isinstance(block, Table):
            for row in block.rows:
                for label, value in pairwise(row):
                    yield f"{label.text} {value.text}"


def _unlabelled_date(above: Sequence[Placed]) -> dict[str, str]:
    """A bare date between title and body («2024-01-20 阅读 12 次») is the day of publication."""
    for block, _ in reversed(above[-_LINES_ABOVE:]):
        if isinstance(block, Paragraph) and len(block.text) <= _DATE_LINE:
            match = _DATE.search(block.text)
            if match is not None and not read_title(block.text).is_report:
                return {"published": _SPACE.sub("", match[0])}
    return {}
