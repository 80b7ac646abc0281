"""What all sample portals share: what they publish, how they sign their pages, homepage and news."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.portal_pages import Chrome, Link
from crawler.simulator.site import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from crawler.simulator.made_up import MadeUpReport

UTF8 = "text/html; charset=utf-8"
REPORT_COLUMN = "政府信息公开年报"
BLOCKS = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", REPORT_COLUMN, "依申请公开")
"""The standard parts of a disclosure page (国办公开办函〔2019〕61号), with the neighbour they always have."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What an article has beside its own text, or in its place.

    `markup` stands inside the article's container, with TEXT where the report's own text goes, if it goes
    there at all; `pages` are served at their addresses, seen from the article's folder.
    """

    markup: str
    pages: Mapping[str, Page]


TEXT = "<!-- text -->"


@dataclass(frozen=True, slots=True)
class Publication:
    """One report as a portal publishes it: `body` names one of BODIES or TEXT_FILES."""

    report: MadeUpReport
    body: str
    has_dates: bool = True
    enclosed: Enclosed = Enclosed(TEXT, {})


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: where it leads, from the column's folder, and when it was put there."""

    title: str
    address: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Look:
    """How a portal signs its pages."""

    site_name: str
    site_id_code: str
    menu: tuple[Link, ...]

    def chrome(self, publisher: str, sidebar: Iterable[Row] = ()) -> Chrome:
        """The chrome around an article of that publisher."""
        links = tuple(Link(row.title, row.address, row.day.isoformat() if row.day else "") for row in sidebar)
        return Chrome(self.site_name, self.site_id_code, REPORT_COLUMN, self.menu, links, publisher)


def homepage(look: Look, links: Sequence[Link]) -> Page:
    """A homepage with those links among others."""
    items = "".join(f'<li><a href="{escape(link.address)}">{escape(link.title)}</a></li>' for link in links)
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(look.site_name)}</title>
<meta name="SiteName" content="{escape(look.site_name)}"><meta name="SiteIDCode" content="{look.site_id_code}"></head>
<body><ul class="nav">{items}</ul>
<div class="news"><h3>要闻</h3><ul><li><a href="/xw/1.html">环湖健身步道年内全线贯通</a></li>
<li><a href="/xw/2.html">县医院新院区开诊首日平稳有序</a></li></ul></div>
{footer(look)}</body></html>
"""
    return Page(text.encode(), UTF8)


def news_page(look: Look, title: str) -> Page:
    """An article that is no report."""
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta name="ArticleTitle" content="{escape(title)}"></head>
<body><h1>{escape(title)}</h1>
<div class="TRS_Editor"><p>记者从有关方面了解到，相关工作正在按计划推进，详情以正式公告为准。</p></div>
{footer(look)}</body></html>
"""
    return Page(text.encode(), UTF8)


def menu_items(look: Look) -> str:
    """The menu as list items."""
    return "".join(f'<li><a href="{escape(link.address)}">{escape(link.title)}</a></li>' for link in look.menu)


def menu_cells(look: Look) -> str:
    """The menu as table cells."""
    return "".join(f'<td><a href="{escape(link.address)}">{escape(link.title)}</a></td>' for link in look.menu)


def footer(look: Look) -> str:
    """Who runs the site, and its code."""
    return (
        f'<div class="footer">主办：{escape(look.site_name)}办公室　网站标识码：{look.site_id_code}　'
        '<a href="/wzdt/">网站地图</a></div>'
    )
