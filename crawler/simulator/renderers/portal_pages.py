"""Article pages of portals: a report's body with the portal's own chrome around it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.markup import plain_body

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from crawler.simulator.made_up import MadeUpReport


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a list or a menu with the date beside it, empty for none."""

    title: str
    address: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Chrome:
    """What a portal prints around every article."""

    site_name: str
    site_id_code: str
    column_name: str
    menu: tuple[Link, ...]
    sidebar: tuple[Link, ...]
    publisher: str


_MENU_WORDS = ("首页", "要闻动态", "政务公开", "办事服务", "互动交流", "走进澄湖")
_NEIGHBOURS = ("望川街道办事处", "石梁镇人民政府", "青禾乡人民政府", "澄湖县气象局", "澄湖县档案馆")
_NEWS = (
    "全县春季农业生产现场会召开",
    "老旧小区改造项目集中开工",
    "县图书馆延长夜间开放时间",
    "冬季供暖保障热线开通",
    "中小学生冰雪运动会闭幕",
    "沿湖步道二期工程完成验收",
)


def random_chrome(random: Random, report: MadeUpReport) -> Chrome:
    """Chrome for a page that stands alone: other agencies' reports and news beside the article."""
    neighbours = [
        Link(f"{name}{report.report_year - age}年政府信息公开工作年度报告", f"./t{random.randrange(10**7)}.html", day)
        for age, name in enumerate(random.sample(_NEIGHBOURS, k=3))
        for day in (f"{report.report_year + 1 - age}-01-{random.randint(10, 28)}",)
    ]
    news = [
        Link(title, f"../xw/{random.randrange(10**6)}.html", f"{report.report_year + 1}-02-{random.randint(10, 28)}")
        for title in random.sample(_NEWS, k=4)
    ]
    return Chrome(
        site_name="澄湖县人民政府",
        site_id_code="9901230001",
        column_name="政府信息公开年报",
        menu=tuple(Link(word, f"../../{number}/") for number, word in enumerate(_MENU_WORDS)),
        sidebar=(*neighbours, *news),
        publisher=report.agency_name,
    )


def html_trs(report: MadeUpReport, random: Random) -> str:
    """A TRS article: meta tags, date line, the body in `.TRS_Editor`."""
    return trs_page(report, random_chrome(random, report), plain_body(report, has_title=False))


def html_nested(report: MadeUpReport, random: Random) -> str:
    """An old portal: layout tables in layout tables, an item table above the text, no meta tags."""
    return nested_page(report, random_chrome(random, report), plain_body(report, has_title=random.randrange(2) == 0))


def trs_page(report: MadeUpReport, chrome: Chrome, body: str) -> str:
    """The article template of a TRS portal around a body."""
    day = report.published_on.isoformat()
    tags = {
        "SiteName": chrome.site_name,
        "SiteDomain": "127.0.0.1",
        "SiteIDCode": chrome.site_id_code,
        "ColumnName": chrome.column_name,
        "ColumnType": chrome.column_name,
        "ArticleTitle": report.title,
        "PubDate": f"{day} 10:30",
        "ContentSource": chrome.publisher,
        "Keywords": "政府信息公开,年度报告",
        "Description": report.sections[0].paragraphs[0][:60] if report.sections[0].paragraphs else "",
    }
    metas = "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in tags.items())
    return f"""<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{escape(report.title)}_{escape(chrome.site_name)}</title>
{metas}
<link href="../../images/article.css" rel="stylesheet" type="text/css">
</head>
<body>
<div class="header"><ul class="nav">{_items(chrome.menu)}</ul></div>
<div class="position">您当前的位置：<a href="../../">首页</a> &gt; <a href="../">{escape(chrome.column_name)}</a></div>
<div class="main">
<h1 class="article-title">{escape(report.title)}</h1>
<div class="article-info"><span>发布日期：{day} 10:30</span><span>来源：{escape(chrome.publisher)}</span>
<span>字号：【<a href="javascript:void(0)">大</a> <a href="javascript:void(0)">小</a>】</span></div>
<div class="article-content"><div class="view TRS_UEDITOR TRS_Editor">
{body}
</div></div>
<div class="share">扫一扫在手机打开当前页</div>
</div>
<div class="sidebar"><h3>相关信息</h3><ul>{_items(chrome.sidebar)}</ul></div>
<div class="footer"><p>主办：{escape(chrome.site_name)}办公室　网站标识码：{chrome.site_id_code}</p>
<p>备案序号：示范备99000001号　<a href="../../wzdt/">网站地图</a></p></div>
</body>
</html>
"""


def nested_page(
    report: MadeUpReport, chrome: Chrome, body: str, *, charset: str = "utf-8", has_dates: bool = True
) -> str:
    """The article template of an old portal around a body; `has_dates` False prints no date at all."""
    day = report.published_on
    item_table = _item_table(report, chrome, day) if has_dates else ""
    date_line = (
        f'<td align="center">日期：{day.isoformat()}　浏览次数：{day.day * 17}</td>' if has_dates else "<td></td>"
    )
    sidebar = chrome.sidebar if has_dates else tuple(Link(link.title, link.address) for link in chrome.sidebar)
    return f"""<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{escape(chrome.site_name)}</title>
</head>
<body>
<table width="1006" border="0" cellspacing="0" cellpadding="0" align="center"><tbody>
<tr><td height="120"><img src="/images/top.jpg"></td></tr>
<tr><td><table width="100%" class="menu"><tr>{_menu_cells(chrome.menu)}</tr></table></td></tr>
<tr><td>
<table width="100%" border="0"><tbody><tr>
<td width="220" valign="top" bgcolor="#e1f1ff"><table width="200">{_sidebar_rows(sidebar)}</table></td>
<td valign="top">
<table width="760" border="0"><tbody>
<tr><td class="pos">您现在的位置是：<a href="/">首页</a>&nbsp;&gt;&gt;&nbsp;
<a href="./">{escape(chrome.column_name)}</a></td></tr>
<tr><td>{item_table}</td></tr>
<tr><td align="center" class="biaoti"><b>{escape(report.title)}</b></td></tr>
<tr>{date_line}</tr>
<tr><td class="nr">
{body}
</td></tr>
<tr><td align="right"><a href="javascript:window.print()">打印</a>
<a href="javascript:window.close()">关闭</a></td></tr>
</tbody></table>
</td></tr></tbody></table>
</td></tr>
<tr><td align="center"><table class="foot"><tr><td>主办：{escape(chrome.site_name)}</td>
<td>网站标识码：{chrome.site_id_code}</td></tr></table></td></tr>
</tbody></table>
</body>
</html>
"""


def _items(links: tuple[Link, ...]) -> str:
    return "".join(
        f'<li><a href="{escape(link.address)}" title="{escape(link.title)}">{escape(link.title)}</a>'
        f"{f'<span>{link.day}</span>' if link.day else ''}</li>"
        for link in links
    )


def _menu_cells(links: tuple[Link, ...]) -> str:
    line = '<td><img src="/images/line.jpg"></td>'
    return line.join(
        f'<td class="td3"><a href="{escape(link.address)}">{escape(link.title)}</a></td>' for link in links
    )


def _sidebar_rows(links: tuple[Link, ...]) -> str:
    return "".join(
        f'<tr><td width="19"><img src="/images/ico.jpg"></td>'
        f'<td><a href="{escape(link.address)}">{escape(link.title)}</a> {link.day}</td></tr>'
        for link in links
    )


def _item_table(report: MadeUpReport, chrome: Chrome, day: date) -> str:
    return (
        '<table class="xxgk" width="100%" border="1" cellspacing="0">'
        f"<tr><td>索引号：</td><td>9901230{day.day:02}/{day.year}-{day.month:05}</td><td>主题分类：</td>"
        "<td>综合政务\\政务公开</td></tr>"
        f"<tr><td>发布机构：</td><td>{escape(chrome.publisher)}</td><td>发布日期：</td><td>{day.isoformat()}</td></tr>"
        f"<tr><td>名　　称：</td><td colspan=3>{escape(report.title)}</td></tr>"
        "<tr><td>文　　号：</td><td></td><td>有效性：</td><td>有效</td></tr></table>"
    )
