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

    from crawler.documents.blocks import Placed

ITEM_LABELS = {
    "发布日期": "published",
    "发布时间": "published",
    "公开日期": "published",
    "公开时间": "published",
    "公布日期": "published",
    "公布时间": "published",
    "发稿日期": "published",
    "发稿时间": "published",
    "上传日期": "published",
    "上传时间": "published",
    "录入日期": "entered",
    "录入时间": "entered",
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
"""Printed label → what it is. 发文日期 is the day of signing, not of publication; 录入日期, the day on which an editor
entered the article, counts as publication where the page names no other."""

TITLE_TAGS = frozenset({"h1", "h2", "ucaptitle"})
TITLE_NAMES = frozenset(
    {
        "ucaptitle", "articletitle", "title", "article-title", "article_title", "arttitle", "ewb-article-tt",
        "wz-title", "con-title", "xl-title", "news-title", "content-title", "detail-title", "info-title", "main-title",
    }
)  # fmt: skip
"""Ids and classes, lower case, under which the content systems print an article's title."""

_ANY_LABEL = re.compile("|".join(sorted((r"\s{0,4}".join(label) for label in ITEM_LABELS), key=len, reverse=True)))
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?!\d)"
    r"|二[〇○零О一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)
_STAMP = re.compile(
    r"(?<!\d)(?:20\d{6}(?:\d{6})?(?!\d)|1\d{9}(?:\d{3})?(?!\d)|2\d\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}(?!\d)"
    r"|[A-Z][a-z]{2}[\w\s,:+]{6,30}20\d\d)"
)
"""A day as only a whole label may announce it: 20250120, 25-01-20, seconds since 1970, Mon Jan 20 10:00:00 CST 2025."""
_TODAY = re.compile(r"星期|周[一二三四五六日]|今天|今日|现在|当前|天气|欢迎")
_DATE_LINE_WORDS = re.compile(r"阅读|浏览|点击|访问|来源|作者|字体|字号|打印|\d{1,2}:\d\d")
_NEXT_ITEM = re.compile("|".join((*ITEM_LABELS, "浏览", "阅读", "点击", "字体", "字号", "作者", "编辑", "访问")))
_TRAIL = re.compile(r"^.{0,4}(?:(?:您|你)?(?:现在|当前|目前)?(?:所在)?(?:的)?位置)\s*(?:是|为)?\s*[:：]?\s*")
_TRAIL_MARK = re.compile(r"\s*(?:>{1,2}|＞|›|»|→|/|\\|-{1,2}>)\s*")
_WHOLE_LABEL = 4
_DAY = re.compile(r"[1-9]")
"""What a tag must hold to say a day: not «0000-00-00», «null», a placeholder."""
_NAME = re.compile(r"^[\u4e00-\u9fff()（）]{2,40}")
_LEAD = " \t:：]】)）"
_SPACE = re.compile(r"\s")
_SITE = re.compile(r"\s*[_|>｜]+\s*|\s+[-–—]+\s*|\s*[-–—]+\s+|(?<=报告)[-–—]+")
_LINES_ABOVE = 12
_LONGEST_TITLE = 300
_LINES_INSIDE = 6
_COLONS = frozenset(":：")
_DATE_LINE = 60


class PageHead(NamedTuple):
    """`title` is empty where there is none; `meta` has names in lower case."""

    title: str
    meta: Mapping[str, str]


class PageFacts(NamedTuple):
    """`title` None where the page has none; `items` by kind of ITEM_LABELS (`published` …), first met wins.

    The item `trail` is the way from the front page to the article (当前位置：首页 > 区住建局 > 年度报告), its steps
    parted by `>`.
    """

    title: str | None
    meta: Mapping[str, str]
    items: Mapping[str, str]


def page_facts(head: PageHead, above: Sequence[Placed], inside: Sequence[Placed], below: Sequence[Placed]) -> PageFacts:
    """Title and items of a page from its head and the blocks around its body, in page order.

    `inside` are the first blocks of the body: portals put their item table there too. What stands
    nearest to the body is the article's; farther off are the dates of other news.
    """
    footer = [text for text in _lines(below) if _ANY_LABEL.match(text.lstrip(_LEAD + "[【"))]
    items = _items(footer) | _items([*_lines(inside)]) | _items([*_lines(above)][::-1])
    items.setdefault("published", items.pop("entered", ""))
    if not items["published"] and not _DAY.search(head.meta.get("pubdate", "")):
        items |= _unlabelled_date(above, inside)
    items = {kind: value for kind, value in items.items() if value}
    items |= _trail([*_lines(above)])
    return PageFacts(_title(head, above, inside), head.meta, items)


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


def _title(head: PageHead, above: Sequence[Placed], inside: Sequence[Placed]) -> str | None:
    """The article's title: meta tag, an element named for it, a title just above the body, `<title>`."""
    if head.meta.get("articletitle"):
        return head.meta["articletitle"]
    # A portal's logo is often an h1 too; the article's title speaks of a report, and stands by the body.
    named = _named_titles(above)[::-1] + _named_titles(inside)
    reports = [text for text in named if read_title(text).is_report]
    if reports:
        return reports[0]
    near = [block.text for block, _ in above[-_LINES_ABOVE:] if isinstance(block, Paragraph) and len(block.text) <= 80]  # noqa: PLR2004
    dated = [text for text in near if (reading := read_title(text)).is_report and reading.report_year is not None]
    if dated:
        return dated[-1]
    if named and not read_title(head.title).is_report:
        return named[-1]
    # «report_column_site»
    return (
        next((part for part in _SITE.split(head.title[:_LONGEST_TITLE]) if read_title(part).is_report), head.title)
        or None
    )


def _named_titles(placed: Sequence[Placed]) -> list[str]:
    return [
        block.text
        for block, element in placed
        if isinstance(block, Paragraph) and 4 < len(block.text) <= 120 and _is_title(element)  # noqa: PLR2004 (a site's name is shorter, a paragraph longer)
    ]


def _is_title(element: _Element) -> bool:
    if element.tag in TITLE_TAGS:
        return True
    names = f"{element.get('id') or ''} {element.get('class') or ''}".lower().split()
    return not TITLE_NAMES.isdisjoint(names)


def _items(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in lines:
        for match in _ANY_LABEL.finditer(text):
            before = text[match.start() - 1] if match.start() else ""
            label = _SPACE.sub("", match[0])
            # «更新日期», «打印时间» are other dates; a whole label may stand right behind a name.
            if len(label) < _WHOLE_LABEL and "\u4e00" <= before <= "\u9fff":
                continue
            kind = ITEM_LABELS[label]
            rest = text[match.end() :].lstrip(_LEAD + "[【(（")
            value = _NAME.match(rest) if kind == "agency" else _DATE.match(rest)
            if value is not None:
                found.setdefault(kind, _NEXT_ITEM.split(_SPACE.sub("", value[0]))[0])
            elif kind != "agency" and len(label) >= _WHOLE_LABEL and (stamp := _STAMP.match(rest)):
                found.setdefault(kind, stamp[0])
    return found


def _trail(lines: Sequence[str]) -> dict[str, str]:
    for text in reversed(lines):
        steps = _TRAIL_MARK.split(_TRAIL.sub("", text, count=1)) if _TRAIL.match(text) else []
        if len(steps) > 1:
            return {"trail": ">".join(_SPACE.sub("", step) for step in steps)}
    return {}


def _lines(placed: Sequence[Placed]) -> Iterator[str]:
    label = ""
    for block, element in placed:
        if isinstance(block, Paragraph):
            if len(block.text) <= 300:  # noqa: PLR2004 (an item line, not a paragraph of text)
                text = _with_days(block.text, element)
                # «发布日期» and its day may be two elements of a list.
                yield f"{label} {text}" if label else text
            label = block.text if _ANY_LABEL.fullmatch(block.text.rstrip(_LEAD)) else ""
        elif isinstance(block, Table):
            for row in block.rows:
                for name, value in pairwise(row):
                    yield f"{name.text} {value.text}"


def _with_days(text: str, element: _Element) -> str:
    """The text with the days that `<time datetime="2025-01-20">` means in place of how it words them («三天前»)."""
    for time in element.iter("time"):
        day, words = _DATE.match(time.get("datetime") or ""), squeeze(inner_text(time))
        if day is not None and words and not _DATE.search(words):
            text = text.replace(words, day[0], 1)
    return text


def _unlabelled_date(above: Sequence[Placed], inside: Sequence[Placed]) -> dict[str, str]:
    """A bare date between title and body («2024-01-20 阅读 12 次») is the day of publication."""
    near = [_with_days(block.text, part) for block, part in above[-_LINES_ABOVE:] if isinstance(block, Paragraph)]
    titled = [number for number, text in enumerate(near) if read_title(text).is_report]
    candidates = near[titled[-1] + 1 :] if titled else near[-2:]
    lines = [text for text in candidates[::-1] if len(text) <= _DATE_LINE and not _TODAY.search(text)]
    for block, _ in inside[:_LINES_INSIDE]:
        if isinstance(block, Paragraph) and len(block.text) <= _DATE_LINE and _DATE_LINE_WORDS.search(block.text):
            lines.append(block.text)
    for text in lines:
        match = _DATE.search(text)
        # «打印时间：…» is labelled, as something else.
        if match is not None and text[: match.start()].rstrip()[-1:] not in _COLONS and not read_title(text).is_report:
            return {"published": _SPACE.sub("", match[0])}
    return {}
