"""Fake UCAP portals: a static list beside the same channel's rows as JSON, and a list that is JSON alone."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import BLOCKS, REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Asked, Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.simulator.families.holding import Entry, Holding

FOLDER = "/zgq/c108645/"
COLUMN = f"{FOLDER}xxgk_list.shtml"
CHANNEL = "61eaab3127b040d4950fff177f09e561"
_DISCLOSURE = "/zgq/zfxxgk/zfxxgk.shtml"
_PER_PAGE = 20
_CAP = 15
_CUT = 18
_TOKEN = "s4tQ="  # noqa: S105 (what the fake's script makes; nobody's secret)


def _static_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    entries = holding.entries
    pages = _articles(holding)
    written = entries[1:] if "static_lags" in quirks else entries
    indexed = entries[1:] if "index_lags" in quirks else entries
    is_cut = "static_cut" in quirks
    count = 1 if is_cut else -(-len(written) // _PER_PAGE)
    script = _script("/common/search", quirks) if quirks & {"static_lags", "index_lags", "not_there"} else ""
    for number in range(1, count + 1):
        chunk = written[: _PER_PAGE // 2] if is_cut else written[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        pager = f"createPageHTML('page_div',{count},{number},'xxgk_list','shtml',{len(written)})"
        name = COLUMN if number == 1 else f"{FOLDER}xxgk_list_{number}.shtml"
        if number == 1 or "later_gone" not in quirks:
            pages[name] = _list_page(holding, chunk, f'<div id="page_div"></div><script>{pager}</script>{script}')
    items = "".join(
        f'<li><a href="{COLUMN if name == REPORT_COLUMN else "/zgq/c1/list.shtml"}">{name}</a></li>' for name in BLOCKS
    )
    pages |= {
        "/": homepage(holding.look, (Link("政府信息公开", _DISCLOSURE),)),
        _DISCLOSURE: Page(
            f"<html><head><meta charset='utf-8'></head><body><ul>{items}</ul></body></html>".encode(), UTF8
        ),
    }
    endpoints = {} if "not_there" in quirks else {f"/common/search/{CHANNEL}": _endpoint(indexed, quirks)}
    return FakePortal(Site(pages, (FOLDER,), endpoints))


def _search_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    path = "/searchList" if "search_list" in quirks else "/search" if "search" in quirks else "/common/search"
    pages = _articles(holding)
    pages |= {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),)),
        COLUMN: _list_page(holding, (), _script(path, quirks)),
    }
    endpoints = {f"{path}/{CHANNEL}": _endpoint(holding.entries, quirks)}
    return FakePortal(Site(pages, (FOLDER,), endpoints), (COLUMN,))


def _endpoint(entries: Sequence[Entry], quirks: frozenset[str]) -> Callable[[Asked], Page]:
    def answer(asked: Asked) -> Page:
        query = asked.query
        if "token" in quirks and _TOKEN not in query:
            return Page(b"<html><head><title>403 Forbidden</title></head><body></body></html>", status=403)
        if "html_answer" in quirks:
            return Page(b"<html><body><a href='/'>home</a><form><input type='password'></form></body></html>", UTF8)
        if "empty_answer" in quirks:
            return _json({"data": {"total": 0, "page": 1, "rows": 15, "channelId": CHANNEL, "results": []}})
        size, number = int(query.get("_pageSize", "15")), int(query.get("page", "1"))
        size = min(size, _CAP) if "capped" in quirks else size
        chunk = entries[(number - 1) * size : number * size]
        total = len(entries) + (3 if "more_stated" in quirks else 0)
        results = [_result(entry, asked.headers.get("Host", "")) for entry in chunk]
        data = {"total": total, "page": number, "rows": size, "channelId": CHANNEL, "results": results}
        return _json({"data": data})

    return answer


def _result(entry: Entry, host: str) -> dict[str, object]:
    source = {"name": "来源", "value": entry.agency, "key": "source"}
    return {
        "title": entry.title,
        "subTitle": "null",
        "url": f"//{host}{_address(entry)}",
        "publishedTimeStr": f"{entry.day.isoformat()} 17:18:49",
        "channelName": "年度报告",
        "channelCodeName": "c108645",
        "contentHtml": "<p>…</p>",
        "domainMetaList": [{"domainMetadataName": "默认元数据集", "resultList": [source]}],
    }


def _articles(holding: Holding) -> dict[str, Page]:
    return {_address(entry): _article(holding, entry) for entry in holding.entries}


def _article(holding: Holding, entry: Entry) -> Page:
    container = (
        f"<UCAPTITLE>{escape(entry.title)}</UCAPTITLE><PUBLISHTIME>{entry.day.isoformat()} 17:18</PUBLISHTIME>"
        '<div class="article-content" id="zoomcon">'
    )
    body = f"<UCAPCONTENT>{body_of(entry)}</UCAPCONTENT>"
    return article_page(holding.look, entry, container=container, body=body)


def _address(entry: Entry) -> str:
    return f"{FOLDER}{entry.day:%Y%m}/{entry.number:032}.shtml"


def _script(path: str, quirks: frozenset[str]) -> str:
    token = '"?" + getToken() + "&' if "token" in quirks else '"?'
    return f"""<script>function list(page) {{
$.get("{path}/" + channelId + {token}_isAgg=true&_isJson=true&_pageSize=15&_template=index&_rangeTimeGte=&page=" + page,
function (back) {{ draw(back.data.results); }}); }}</script>"""


def _list_page(holding: Holding, entries: Sequence[Entry], below: str) -> Page:
    items = "\n".join(
        f'<li><a href="{_address(entry)}" title="{escape(entry.title)}">{escape(entry.title[:_CUT])}…</a>'
        f'<span class="time">{entry.day}</span></li>'
        for entry in entries
    )
    look = holding.look
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<meta name="SiteIDCode" content="{look.site_id_code}"><meta name="ColumnName" content="{REPORT_COLUMN}">
<meta name="channelId" content="{CHANNEL}"><title>{REPORT_COLUMN}</title>
<script>var channelId="{CHANNEL}";</script></head>
<body><ul class="nav">{menu_items(look)}</ul>
<ul class="pageList newsList">{items}</ul>
{below}
{footer(look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


FAKES = (
    Fake(
        "ucap",
        "ucap",
        "开普云：静态列表 xxgk_list_N.shtml",
        _static_portal,
        (
            Quirk("static_cut", "静态列表只有开头几条，接口有全部"),
            Quirk("later_gone", "静态列表的后续页不存在，接口有全部"),
            Quirk("static_lags", "最新一条只在接口里"),
            Quirk("index_lags", "最新一条只在静态列表里"),
            Quirk("not_there", "页面写了接口，接口不存在"),
        ),
    ),
    Fake(
        "ucap_search",
        "ucap",
        "开普云：列表只来自 common/search",
        _search_portal,
        (
            Quirk("capped", "_pageSize 有上限"),
            Quirk("search", "接口在 /search"),
            Quirk("search_list", "接口在 /searchList"),
            Quirk("token", "接口要浏览器生成的令牌", Outcome.NEEDS_BROWSER, finds_all=False),
            Quirk("empty_answer", "接口说没有内容", Outcome.NEEDS_BROWSER, finds_all=False),
            Quirk("html_answer", "接口返回登录页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("more_stated", "接口称有更多条", Outcome.INCOMPLETE),
        ),
    ),
)
