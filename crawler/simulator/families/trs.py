"""Fake TRS portals: static list pages that a script numbers, in its dialects."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.server import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding

COLUMN = "/zfxxgk/zfxxgknb/"
_PER_PAGE = 20


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    entries = holding.entries
    pages = {_address(entry): article_page(holding.look, entry) for entry in entries}
    count = -(-len(entries) // _PER_PAGE)
    for number in range(count):
        chunk = entries[number * _PER_PAGE : (number + 1) * _PER_PAGE]
        page = _list_page(holding, chunk, f'createPageHTML({count}, {number}, "index", "html");')
        if number == 1 and "stub_page" in quirks:
            page = Page(b"<html><head><meta charset='utf-8'></head><body>\n\n</body></html>", UTF8)
        pages |= {f"{COLUMN}index_{number}.html": page} if number else {COLUMN: page, f"{COLUMN}index.html": page}
    pages["/"] = homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),))
    return FakePortal(Site(pages, (COLUMN,)), (COLUMN,))


def _address(entry: Entry) -> str:
    return f"{COLUMN}{entry.day:%Y%m}/t{entry.day:%Y%m%d}_{entry.number}.html"


def _list_page(holding: Holding, entries: tuple[Entry, ...], pager: str) -> Page:
    items = "\n".join(
        f'<li><a href=".{_address(entry).removeprefix(COLUMN[:-1])}" title="{escape(entry.title)}">'
        f"{escape(entry.title)}</a><span>{entry.day}</span></li>"
        for entry in entries
    )
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{REPORT_COLUMN}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><ul class="list">
{items}
</ul><div class="page"><script>{pager}</script></div>{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


FAKES = (
    Fake(
        "trs",
        "trs",
        "拓尔思 WCM：index_N.html",
        _portal,
        (Quirk("stub_page", "第 2 页是几百字节的空壳", Outcome.INCOMPLETE, finds_all=False),),
    ),
)
