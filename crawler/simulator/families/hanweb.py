"""Fake Hanweb portals (大汉 JCMS): jpage lists with the first group as XML in the page, and older printed lists."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from crawler.simulator.enclosing import REFUSAL
from crawler.simulator.families.fake import Fake, FakePortal, Quirk, body_of, shuffled
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

PROXY = "/module/web/jpage/dataproxy.jsp"
OLD_PROXY = "/module/jpage/dataproxy.jsp"
DISCLOSURE = "/col/col275/index.html"
COLUMN = "/col/col284/index.html"
UNIT, PHONE_UNIT, TOWNS_UNIT, NEWS_UNIT = "423656", "427101", "423657", "430001"
# As nhsa and nrta have it: the endpoint knows nothing but these.
_SECRET = {"columnid": "0l8kTq%2BW4z%2F5mQ%3D%3D", "unitid": "Xr0u9gB%2FkzcY%3D"}
_PER_PAGE, _GROUP_SIZE = 10, 3
_CAP = 12
_EMPTY = "<datastore></datastore>"
LOGIN = (
    '<html><head><title>登录</title></head><body><form action="/sso/login"><a href="/">首页</a></form></body></html>'
)
_NO_PROXY = frozenset({"rows_in_page", "rows_in_page_cut", "wrong_unit"})
_NOT_ALLOWED = "<html><head><title>405 Not Allowed</title></head><body><h1>405 Not Allowed</h1></body></html>"
_NO_START = frozenset({"page_only", "page_from_one", "encrypted", "deep_page_empty", "get_only"})


def article(holding: Holding, entry: Entry, inside: str | None = None) -> Page:
    """The article page of an entry. Its Maketime is when the page was last generated, no date of the article."""
    day = f"{entry.day.year}-{entry.day.month:02}-{entry.day.day:02} 10:30"
    tags = {
        "WebId": "3",
        "Maketime": "2025-02-08 03:11:27",
        "SiteName": holding.look.site_name,
        "SiteIDCode": holding.look.site_id_code,
        "ColumnName": REPORT_COLUMN,
        "ArticleTitle": entry.title,
        "PubDate": day,
        "ContentSource": entry.agency or holding.look.site_name,
    }
    metas = "\n".join(f"<meta name='{name}' content='{escape(value)}'>" for name, value in tags.items())
    text = f"""<!DOCTYPE html>
<html><head><meta charset="UTF-8"><title>{escape(holding.look.site_name)} {REPORT_COLUMN} {escape(entry.title)}</title>
{metas}
</head><body><ul class="nav">{menu_items(holding.look)}</ul>
<table id="article"><tr><td class="title">{escape(entry.title)}</td></tr>
<tr><td>发布日期：{day}　　来源：{escape(entry.agency or holding.look.site_name)}　　浏览次数：<script
 src="/vc/vc/interface/artcount/artcount.jsp?i_id={entry.number}"></script></td></tr>
<tr><td class="bt_content"><div id="zoom"><meta name="ContentStart"/>
{body_of(entry) if inside is None else inside}
<meta name="ContentEnd"/></div></td></tr></table>
{footer(holding.look)}</body></html>
"""
    return Page(text.encode(), UTF8)


def front_pages(holding: Holding, column: str) -> dict[str, Page]:
    """The homepage, and the page on disclosure behind it that links the column."""
    look = holding.look
    blocks = (Link("政府信息公开指南", "/col/col276/index.html"), Link(REPORT_COLUMN, column))
    return {
        "/": homepage(look, (Link("首页", "/"), Link("政府信息公开", DISCLOSURE))),
        DISCLOSURE: homepage(look, (Link("首页", "/"), *blocks)),
    }


def _address(entry: Entry) -> str:
    day = entry.day
    return f"/art/{day.year}/{day.month}/{day.day}/art_284_{entry.number}.html"


def record(entry: Entry, host: str) -> str:
    """One row as the endpoint and the page hand it out: quotes, hosts and dates change from row to row."""
    kind = entry.number % 4
    address = _address(entry)
    address = (address, f"http://{host}{address}", f"//{host}{address}", address)[kind]
    cut = f"{entry.title[:14]}..." if len(entry.title) > 14 else entry.title  # noqa: PLR2004 (as some templates do)
    day = str(entry.day)
    if kind == 3:  # noqa: PLR2004
        day = "\n          " + f"{day[:5]}\n          {day[5:8]}\n          {day[8:]}" + "\n      "
    if kind % 2:
        link = f'<a target="_blank" href="{address}" title="{escape(entry.title)}">            {escape(cut)}</a>'
    else:
        link = f"<a title='{escape(entry.title)}' target=_blank href='{address}'>{escape(cut)}</a>"
    return f'<record><![CDATA[\n    <li class="clearfix bt-list-new">{link}<span>{day}</span>    </li>    ]]></record>'


class _Jpage:
    """A jpage column: `page` is what its address answers, `proxy` what the endpoint does."""

    def __init__(self, holding: Holding, quirks: frozenset[str]) -> None:
        self.holding = holding
        self.quirks = quirks
        entries = shuffled(holding.entries, holding.seed)
        self.lists = {UNIT: ("284", entries), PHONE_UNIT: ("284", entries)}
        self.per_page = _PER_PAGE
        if "several_lists" in quirks:
            news = [entry for entry in entries if not entry.report][::2]
            rest = tuple(entry for entry in entries if entry not in news)
            self.lists = {UNIT: ("284", rest[::2]), TOWNS_UNIT: ("285", rest[1::2]), NEWS_UNIT: ("281", tuple(news))}
            self.per_page = _PER_PAGE // 2
        self.group = self.per_page * _GROUP_SIZE
        self.proxy_path = OLD_PROXY if "old_proxy" in quirks else PROXY

    def page(self, asked: Asked) -> Page:
        host = asked.headers["Host"]
        printed = self.quirks & {"rows_in_page", "rows_in_page_cut"}
        units = "".join(
            f'<div class="{name}"><div id="{unit}">{self._inline(unit, host)}</div>{self._call(unit)}</div>'
            for unit, name in zip(self.lists, ("pclist", "moblist", "newslist"), strict=False)
        )
        if printed:
            rows = self.lists[UNIT][1][: 40 if "rows_in_page_cut" in printed else None]
            items = "".join(
                f'<li><a href="{_address(entry)}">{escape(entry.title)}</a><span>{entry.day}</span></li>'
                for entry in rows
            )
            units = f'<ul class="list">{items}</ul><div id="{UNIT}"></div>{self._call(UNIT)}'
        text = f"""<!DOCTYPE html>
<html><head><meta charset="UTF-8"><title>{REPORT_COLUMN}</title><meta name='WebId' content='3'>
<meta name='Maketime' content='2025-02-09 09:25:38'><meta name="ColumnName" content="{REPORT_COLUMN}">
<script>(function($){{$.fn.jpage=function(p){{p=$.extend({{dataStore:null,openCookies:true,themeName:"default",
proxyUrl:"dataproxy.jsp",perPage:15,totalRecord:1000,groupSize:1,barPosition:"top"}},p);}}}})(jQuery);</script></head>
<body><div class="bt-place"><a href="/index.html">首页</a> &gt; <a href="{DISCLOSURE}">政府信息公开</a></div>
<div class="list-group"><a href="{COLUMN}">{REPORT_COLUMN}</a><a href="/col/col281/index.html">时政要闻</a></div>
{units}
{footer(self.holding.look)}</body></html>
"""
        return Page(text.encode(), UTF8)

    def proxy(self, asked: Asked) -> Page:
        """A group of rows; everything may stand in the query or in a posted form."""
        values = {**asked.form, **asked.query}
        if "login" in self.quirks:
            return Page(LOGIN.encode(), UTF8)
        if "refused" in self.quirks:
            return REFUSAL
        if self._only_method(asked.method) != asked.method:
            return Page(_NOT_ALLOWED.encode(), UTF8, 405)
        unit = next((unit for unit in self.lists if self._is_asked(unit, values)), "")
        # The list for phones is the same, but nobody asks the endpoint for it.
        if not unit or unit == PHONE_UNIT or self.quirks & _NO_PROXY or self._is_wrong_method(asked.method):
            return Page(_EMPTY.encode(), "text/xml; charset=utf-8")
        return Page(self._group(unit, values, asked.headers["Host"]).encode(), "text/html; charset=utf-8")

    def _is_asked(self, unit: str, values: Mapping[str, str]) -> bool:
        names = {"columnid": self.lists[unit][0], "unitid": unit}
        if "encrypted" in self.quirks:
            # The query comes decoded once: whether it was sent as it stood in the page shows in what is left.
            names = {name: unquote(value) for name, value in _SECRET.items()}
        return all(values.get(name) == value for name, value in names.items())

    def _only_method(self, method: str) -> str:
        if self.quirks & {"post_by_method", "post_empty"}:
            return "POST"
        return "GET" if "get_by_method" in self.quirks else method

    def _is_wrong_method(self, method: str) -> bool:
        return "get_only" in self.quirks and method == "POST"

    def _group(self, unit: str, values: Mapping[str, str], host: str) -> str:
        entries = self.lists[unit][1]
        by_start = "startrecord" in values and not self.quirks & _NO_START
        number = int(values.get("page", "0"))
        first = int(values["startrecord"]) - 1 if by_start else (number - ("page_from_one" in self.quirks)) * self.group
        last = int(values["endrecord"]) if by_start else first + self.group
        if "capped" in self.quirks:
            last = min(last, first + _CAP)
        last += "look_ahead" in self.quirks
        if "deep_page_empty" in self.quirks and first >= self.group * 2:
            return _EMPTY
        if "post_empty" in self.quirks:
            return _EMPTY
        rows = "".join(record(entry, host) for entry in entries[max(first, 0) : last])
        stated = f"<totalrecord>{len(entries)}</totalrecord>"
        return f"<datastore>{stated}{self._next(unit, number + 1)}<recordset>{rows}</recordset></datastore>"

    def _inline(self, unit: str, host: str) -> str:
        rows = "\n".join(record(entry, host) for entry in self.lists[unit][1][: self.group])
        return (
            f'<script type="text/xml"><datastore>\n{self._next(unit, 1)}\n'
            f'<recordset>\n<ul class="column-list">\n    \n</ul>\n{rows}\n</recordset>\n</datastore></script>'
        )

    def _next(self, unit: str, number: int) -> str:
        if "no_next_group" in self.quirks:
            return ""
        names = _SECRET if "encrypted" in self.quirks else {"columnid": self.lists[unit][0], "unitid": self._unit(unit)}
        name = quote(quote(self.holding.look.site_name))
        return (
            f'<nextgroup><![CDATA[<a href="{self.proxy_path}?page={number}&appid=1&appid=1&webid=3&path=/'
            f'&columnid={names["columnid"]}&unitid={names["unitid"]}&webname={name}&permissiontype=0"></a>]]></nextgroup>'
        )

    def _unit(self, unit: str) -> str:
        return "1" + unit if "wrong_unit" in self.quirks else unit

    def _call(self, unit: str) -> str:
        total = len(self.lists[unit][1]) + 2 * ("total_wrong" in self.quirks)
        column = "'a1b2c3'" if "encrypted" in self.quirks else self.lists[unit][0]
        options = (
            f"themeName:'default',showMode:'full',totalRecord:{{}},openCookies:false,"
            f"dataBefore:'<ul class=\"column-list\">    ',{{}}dataAfter:'</ul>',groupSize:{_GROUP_SIZE},"
            f"proxyUrl:'{self.proxy_path}',perPage:{self.per_page},barPosition:'bottom',ajaxParam:param_{unit}"
        )
        store = f"dataStore:$('#{unit}').children('script').html(),"
        return (
            f"<script>var param_{unit} = {{col:1,appid:'1',webid:3,path:'/',columnid:{column},sourceContentType:1,"
            f"unitid:'{self._unit(unit)}',webname:'{self.holding.look.site_name}',permissiontype:0}}; "
            f"function jpage_{unit}(){{$('#{unit}').jpage({{{options.format(1000, '')}}});}};"
            f"$(function(){{$('#{unit}').jpage({{{options.format(total, store)}}});}});</script>"
        )


def _jpage_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    column = _Jpage(holding, quirks)
    pages = {_address(entry): article(holding, entry) for entry in holding.entries}
    endpoints = {COLUMN: column.page, column.proxy_path: column.proxy}
    return FakePortal(Site(pages | front_pages(holding, COLUMN), ("/col/col284/",), endpoints))


OLD_COLUMN = "/col/18073_668815/index.html"
_OLD_PER_PAGE = 15


def _old_address(entry: Entry) -> str:
    # Seconds since 1970, and more of them: nothing here is a date that a person wrote.
    return f"/col/18073_668815/art/17356608/17364738{entry.number}ffO7DUB.html"


def _old_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = {_old_address(entry): article(holding, entry) for entry in holding.entries}
    answer = partial(_old_page, holding, "ignores_page" in quirks)
    return FakePortal(
        Site(pages | front_pages(holding, OLD_COLUMN), ("/col/18073_668815/",), {OLD_COLUMN: answer}), (OLD_COLUMN,)
    )


def _old_page(holding: Holding, ignores_page: bool, asked: Asked) -> Page:  # noqa: FBT001 (bound above)
    number = 1 if ignores_page else int(asked.query.get("pageNum", "1"))
    count = -(-len(holding.entries) // _OLD_PER_PAGE)
    chunk: Sequence[Entry] = holding.entries[(number - 1) * _OLD_PER_PAGE : number * _OLD_PER_PAGE]
    items = "\n".join(
        f'<li><a href="{_old_address(entry)}" title="{escape(entry.title)}">{escape(entry.title)}</a>'
        f"<b>{entry.day}</b></li>"
        for entry in chunk
    )
    turning = f'<a href="{OLD_COLUMN}?pageNum={number + 1}">下一页</a>' if number < count else ""
    pager = f"共{len(holding.entries)}条 第{number}页/共{count}页 {turning}"
    text = f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{REPORT_COLUMN}</title>
<meta name='WebId' content='18'><meta name='Maketime' content='2025-02-09 09:25:38'></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><ul class="list">
{items}
</ul><div class="pages">{pager}</div>{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


FAKES = (
    Fake(
        "hanweb_jpage",
        "hanweb",
        "大汉 JCMS：jpage 与 dataproxy.jsp",
        _jpage_portal,
        (
            Quirk("old_proxy", "接口在旧地址 /module/jpage/"),
            Quirk("page_only", "接口不理会 startrecord，只认 page（0 起）"),
            Quirk("page_from_one", "接口只认 page，且从 1 起"),
            Quirk("look_ahead", "每组末尾多给一行，是下一组的首行"),
            Quirk("capped", "每次最多给 12 行，不作说明"),
            Quirk("get_only", "POST 得空，只有 nextgroup 的地址可用"),
            Quirk("get_by_method", "POST 得 405，只有 GET 可用"),
            Quirk("post_by_method", "GET 得 405，只有 POST 可用"),
            Quirk("post_empty", "GET 得 405，POST 得空", Outcome.INCOMPLETE, finds_all=False),
            Quirk("no_next_group", "没有 nextgroup，只能按行号取"),
            Quirk("encrypted", "columnid、unitid 加密，须原样送回"),
            Quirk("several_lists", "一页有两个年报列表，旁边是新闻"),
            Quirk("refused", "页面正常，接口被防火墙拦截", Outcome.BLOCKED, finds_all=False),
            Quirk("rows_in_page", "各行直接写在页面里，接口得空"),
            Quirk("rows_in_page_cut", "页面里只有前 40 行，接口得空", Outcome.INCOMPLETE, finds_all=False),
            Quirk("deep_page_empty", "深处的组得空", Outcome.INCOMPLETE, finds_all=False),
            Quirk("wrong_unit", "unitid 不对，接口得空", Outcome.INCOMPLETE, finds_all=False),
            Quirk("login", "接口给出登录页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("total_wrong", "总数比实有的多 2", Outcome.INCOMPLETE),
        ),
    ),
    Fake(
        "hanweb_old",
        "hanweb",
        "大汉旧栏目：?pageNum=2，文章地址如时间戳",
        _old_portal,
        (Quirk("ignores_page", "翻页后仍是第 1 页", Outcome.INCOMPLETE, finds_all=False),),
    ),
)
