"""A column of a TRS portal: static list pages that a script numbers, articles with meta tags."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from crawler.simulator.articles import BODIES, TEXT_FILES, white_picture
from crawler.simulator.portals import BLOCKS, REPORT_COLUMN, TEXT, UTF8, Row, footer, menu_items, news_page
from crawler.simulator.renderers.portal_pages import trs_page
from crawler.simulator.renderers.printed import Kind, parts
from crawler.simulator.site import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.portals import Look, Publication

ROWS_PER_PAGE = 15


def trs_column(
    look: Look, folder: str, publications: Sequence[Publication], others: Sequence[Row], random: Random, *, is_old: bool
) -> dict[str, Page]:
    """A TRS column with its articles: list pages under `folder`, newest row first.

    `others` are rows that are no reports (news, plans): their articles are served too, where they lie
    in the folder. `is_old` draws the rows in layout tables and counts pages from 1, else in a list
    and from 0 (`index_1.html` is page 2).
    """
    rows: list[Row] = list(others)
    # An article lies one folder below its column.
    sidebar = [replace(row, address=f"../{row.address.removeprefix('./')}") for row in others[:5]]
    pages: dict[str, Page] = {}
    for number, publication in enumerate(publications):
        report = publication.report
        day = report.published_on
        stem = f"{day:%Y%m}/{{}}{day:%Y%m%d}"
        if publication.body in TEXT_FILES:
            address = f"./{stem.format('P0')}{number:012}.txt"
            text = TEXT_FILES[publication.body](report, random)
            page = Page(text.encode(), "text/plain")
        else:
            address = f"./{stem.format('t')}_{2_600_000 + number}.html"
            body = publication.enclosed.markup.replace(TEXT, BODIES[publication.body](report, random))
            page = Page(trs_page(report, look.chrome(report.agency_name, sidebar), body).encode(), UTF8)
        rows.append(Row(report.title, address, day))
        pages[folder + address.removeprefix("./")] = page
        pages |= _pictures(report, folder + f"{day:%Y%m}/")
        beside = f"{folder}{day:%Y%m}/"
        pages |= {urljoin(beside, name): page for name, page in publication.enclosed.pages.items()}
    for row in others:
        if row.address.startswith("./"):
            pages[folder + row.address.removeprefix("./")] = news_page(look, row.title)
    rows.sort(key=lambda row: str(row.day or ""), reverse=True)
    return pages | _trs_lists(look, folder, rows, is_old=is_old)


def _pictures(report: MadeUpReport, folder: str) -> dict[str, Page]:
    addresses = [part.text for part in parts(report) if part.kind == Kind.PICTURE]
    return {folder + address.removeprefix("./"): Page(white_picture(), "image/png") for address in addresses}


def _trs_lists(look: Look, folder: str, rows: Sequence[Row], *, is_old: bool) -> dict[str, Page]:
    chunks = [rows[start : start + ROWS_PER_PAGE] for start in range(0, len(rows), ROWS_PER_PAGE)] or [()]
    pages: dict[str, Page] = {}
    for number, chunk in enumerate(chunks):
        if is_old:
            pager = f"createPageHTML('paging',{len(chunks)},{number + 1},'index','html',{len(rows)});"
            text = _old_list(look, chunk, pager)
            name = f"index_{number + 1}.html"
        else:
            pager = f'createPageHTML({len(chunks)}, {number}, "index", "html");'
            text = _list(look, chunk, pager)
            name = f"index_{number}.html"
        page = Page(text.encode(), UTF8)
        if number == 0:
            pages |= {folder: page, f"{folder}index.html": page}
        else:
            pages[folder + name] = page
    return pages


def _list(look: Look, rows: Iterable[Row], pager: str) -> str:
    items = "\n".join(
        f'<li><a href="{escape(row.address)}" target="_blank" title="{escape(row.title)}">{escape(row.title)}</a>'
        f"<span>{row.day or ''}</span></li>"
        for row in rows
    )
    blocks = "".join(f'<li><a href="{"./" if name == REPORT_COLUMN else "../"}">{name}</a></li>' for name in BLOCKS)
    return f"""<!DOCTYPE html>
<html><head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{REPORT_COLUMN}_{escape(look.site_name)}</title>
<meta name="SiteName" content="{escape(look.site_name)}">
<meta name="SiteIDCode" content="{look.site_id_code}">
<meta name="ColumnName" content="{REPORT_COLUMN}">
<meta name="ColumnType" content="信息公开年报">
</head>
<body>
<div class="header"><ul class="nav">{menu_items(look)}</ul></div>
<div class="position">您当前的位置：<a href="../../">首页</a> &gt;
<a href="../">政府信息公开</a> &gt; {REPORT_COLUMN}</div>
<div class="left"><ul>{blocks}</ul></div>
<div class="list"><ul class="xxgk-list">
{items}
</ul></div>
<div class="page"><script language="JavaScript" type="text/javascript">{pager}</script></div>
{footer(look)}
</body></html>
"""


def _old_list(look: Look, rows: Iterable[Row], pager: str) -> str:
    lines = "\n".join(
        f'<tr valign="top"><td width="25"><img src="../../images/ico2.jpg"></td>\n'
        f'<td width="550">\n<a href="{escape(row.address)}">{escape(row.title)}</a>\n</td>\n'
        f"<td>\n{row.day or ''}\n</td></tr>"
        for row in rows
    )
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(look.site_name)}</title></head>
<body>
<table width="1006" align="center"><tr><td class="td1"><a href="../../">首页</a></td>
<td class="td3"><a href="../">信息公开</a></td></tr></table>
<table width="1006" align="center"><tr>
<td width="253"><table class="gl_left"><tr><td><a href="../zn/">信息公开指南</a></td></tr>
<tr><td><a href="./">信息公开年报</a></td></tr></table></td>
<td><table width="752"><tr><td class="pos">您现在的位置是：<a href="../../">首页</a>&nbsp;&gt;&gt;&nbsp;
<a href="../">信息公开</a>&nbsp;&gt;&gt;&nbsp;<a href="./">信息公开年报</a></td></tr>
<tr><td><table width="682" class="gl_list">
{lines}
</table></td></tr>
<tr><td class="page"><div id="paging"></div><script type="text/javascript">{pager}</script></td></tr></table></td>
</tr></table>
{footer(look)}
</body></html>
"""
