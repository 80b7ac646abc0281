"""What static fakes share: list pages of rows with a pager below, an article for every row, rows cut into pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import article_page
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, menu_items
from crawler.simulator.site import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crawler.simulator.families.holding import Entry, Holding

PER_PAGE = 20


def chunks(entries: Sequence[Entry], size: int = PER_PAGE) -> list[Sequence[Entry]]:
    """The entries of each list page, in order; one empty page of nothing."""
    return [entries[start : start + size] for start in range(0, len(entries), size)] or [()]


def articles(holding: Holding, address: Callable[[Entry], str]) -> dict[str, Page]:
    """The page of every entry at its own address."""
    return {address(entry): article_page(holding.look, entry) for entry in holding.entries}


def row(entry: Entry, href: str) -> str:
    """A row of a list."""
    title = escape(entry.title)
    return f'<li><a href="{escape(href)}" title="{title}" target="_blank">{title}</a><span>{entry.day}</span></li>'


def list_markup(holding: Holding, rows: Iterable[str], below: str, *, charset: str = "utf-8") -> str:
    """The source of a list page: navigation, the rows, what stands below them."""
    items = "\n".join(rows)
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{REPORT_COLUMN}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul>
<div class="position">您现在的位置：<a href="/">首页</a> &gt; {REPORT_COLUMN}</div>
<ul class="list">
{items}
</ul>
{below}
{footer(holding.look)}</body></html>"""


def list_page(holding: Holding, rows: Iterable[str], below: str) -> Page:
    """A list page in UTF-8."""
    return Page(list_markup(holding, rows, below).encode(), UTF8)
