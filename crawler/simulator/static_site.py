"""A plain old portal: GBK pages in layout tables, one page with every year for each agency."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.articles import BODIES
from crawler.simulator.portals import BLOCKS, REPORT_COLUMN, Row, footer, menu_cells
from crawler.simulator.renderers.portal_pages import nested_page
from crawler.simulator.site import Page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from crawler.simulator.portals import Look, Publication
    from crawler.simulator.renderers.portal_pages import Link


def static_column(
    look: Look, folder: str, publications: Sequence[Publication], random: Random, *, links: Sequence[Link] = ()
) -> dict[str, Page]:
    """A plain column of an old portal with its articles, in GBK: one page with every year of one agency.

    `links` lead to other columns and stand below the list. An article without dates is announced
    without a date.
    """
    rows: list[Row] = []
    pages: dict[str, Page] = {}
    for number, publication in enumerate(publications, start=1):
        report = publication.report
        day = report.published_on if publication.has_dates else None
        address = f"{number}.htm"
        rows.append(Row(report.title, address, day))
        body = BODIES[publication.body](report, random)
        # Some articles were typed into a converted template: they say utf-8 and are not.
        charset = "utf-8" if publication.body == "wps" else "gb2312"
        text = nested_page(
            report, look.chrome(report.agency_name), body, charset=charset, has_dates=publication.has_dates
        )
        pages[folder + address] = Page(text.encode("gb18030"))
    lines = "\n".join(
        f'<tr><td>·</td><td><a href="{escape(row.address)}" target="_blank">{escape(row.title)}</a></td>'
        f"<td>{f'[{row.day}]' if row.day else ''}</td></tr>"
        for row in reversed(rows)
    )
    others = "".join(f'<td><a href="{escape(link.address)}">{escape(link.title)}</a></td>' for link in links)
    pages[folder] = old_page(
        look,
        REPORT_COLUMN,
        f"<table>\n{lines}\n</table><table><tr>{others}</tr></table>" if others else f"<table>\n{lines}\n</table>",
    )
    return pages


def old_page(look: Look, title: str, content: str) -> Page:
    """A page of an old portal around some content, in GBK."""
    text = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>{escape(title)} - {escape(look.site_name)}</title></head>
<body><table width="1006" align="center"><tr><td><table><tr>{menu_cells(look)}</tr></table></td></tr>
<tr><td>当前位置：<a href="/">首页</a> - {escape(title)}</td></tr>
<tr><td>
{content}
</td></tr></table>
{footer(look)}</body></html>
"""
    return Page(text.encode("gb18030"))


def block_links(addresses: Mapping[str, str]) -> str:
    """The standard blocks of a disclosure page as links; a block without an address stays words."""
    return "".join(
        f'<td><a href="{escape(addresses[name])}">{name}</a></td>' if name in addresses else f"<td>{name}</td>"
        for name in BLOCKS
    )
