"""Fake portals whose rows only a script draws: with links, with clicks that open a page, with a script's own routes."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.server import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.server import Asked

_PER_PAGE = 25
_CHANNEL = "/gongkai/channel_5f0c1a2b3c4d5e6f7a8b9c0d/"
_SCRIPT = "/static/app.js"
_DATA = "/api/list"
_JSON = "application/json;charset=UTF-8"
_CHALLENGE = "<html><head><meta id='q' r='m'></head><body><script>$_ts=window['$_ts'];_$gW();</script></body></html>"


def _channel(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """济南's kind: the list is an empty element that a script fills with links."""

    def address(entry: Entry) -> str:
        return f"{_CHANNEL}doc_{entry.number:024}.html"

    draw = """li.innerHTML='<a href="'+row.url+'" title="'+row.title+'">'+row.title+'</a><span>'+row.day+'</span>';"""
    return _portal(holding, quirks, _CHANNEL, address, draw)


def _clicked(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """Rows without an address: a click calls a function that opens the article."""

    def address(entry: Entry) -> str:
        return f"/xxgk/info/{entry.number}.html"

    draw = (
        "li.innerHTML='<a href=\"javascript:void(0)\" onclick=\"openInfo('+row.number+')\">'+row.title+"
        "'</a><span>'+row.day+'</span>';"
    )
    extra = "function openInfo(id){location.href='/xxgk/info/'+id+'.html';}"
    return _portal(holding, quirks, "/xxgk/nb/", address, draw, extra)


def _portal(
    holding: Holding,
    quirks: frozenset[str],
    column: str,
    address: Callable[[Entry], str],
    draw: str,
    extra: str = "",
) -> FakePortal:
    entries = holding.entries
    last = -(-len(entries) // _PER_PAGE)
    script = f"""{extra}
var current=1;
function show(data){{
  var list=document.getElementById('list');list.innerHTML='';
  data.rows.forEach(function(row){{var li=document.createElement('li');{draw}list.appendChild(li);}});
  var next=document.getElementById('next');next.className=current>={last}?'next disabled':'next';
  document.getElementById('total').textContent='共'+data.total+'条';
}}
function load(page){{fetch('{_DATA}?channel=7&page='+page).then(function(r){{return r.json();}})
  .then(function(data){{current=page;setTimeout(function(){{show(data);}},120);}});}}
document.getElementById('next').onclick=function(){{if(current<{last})load(current+1);}};
load(1);
"""

    def data(asked: Asked) -> Page:
        if "data_blocked" in quirks:
            return Page(_CHALLENGE.encode(), status=412)
        page = int(asked.query.get("page", "1"))
        if "stuck_pager" in quirks:
            page = 1
        rows = [
            {"number": entry.number, "url": address(entry), "title": entry.title, "day": str(entry.day)}
            for entry in entries[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        ]
        return Page(json.dumps({"total": len(entries), "rows": rows}, ensure_ascii=False).encode(), _JSON)

    shell = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(REPORT_COLUMN)}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div id="app"><ul id="list" class="list"></ul>
<div class="page"><span id="total"></span><button id="next">下一页</button></div></div>
<script src="{_SCRIPT}"></script><img src="/static/logo.png"><script src="http://tongji.example.com/t.js"></script>
{footer(holding.look)}</body></html>"""
    pages = {address(entry): article_page(holding.look, entry) for entry in entries}
    pages |= {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, column),)),
        column: Page(shell.encode(), UTF8),
        _SCRIPT: Page(script.encode(), "application/javascript"),
    }
    return FakePortal(Site(pages, (column,), {_DATA: data}), (column,))


def _routed(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """A page of 600 bytes whose script draws the list and, at a route of its own, each article."""
    entries = holding.entries
    details = {str(entry.number): entry for entry in entries}
    last = -(-len(entries) // _PER_PAGE)
    script = f"""
var app=document.getElementById('app'),current=1;
function get(url,then){{fetch(url).then(function(r){{return r.json();}}).then(function(d){{setTimeout(function(){{then(d);}},150);}});}}
function list(page){{get('{_DATA}?channel=7&page='+page,function(data){{current=page;app.innerHTML='';
  var ul=document.createElement('ul');ul.className='list';app.appendChild(ul);
  data.rows.forEach(function(row){{var li=document.createElement('li');li.style.cursor='pointer';
    li.innerHTML='<span class="t">'+row.title+'</span><em>'+row.day+'</em>';
    li.addEventListener('click',function(){{sessionStorage.page=current;location.hash='#/detail/'+row.number;}});ul.appendChild(li);}});
  var bar=document.createElement('div');bar.innerHTML='<span>共'+data.total+'条</span>';
  var next=document.createElement('button');next.textContent='下一页';next.disabled=current>={last};
  next.onclick=function(){{list(current+1);}};bar.appendChild(next);app.appendChild(bar);}});}}
function route(){{var m=location.hash.match(/^#\\/detail\\/(\\d+)/);
  if(m)get('/api/detail?id='+m[1],function(d){{app.innerHTML='<h1>'+d.title+'</h1><p>发布时间：'+d.day+'</p><div class="body">'+d.body+'</div>';}});
  else list(Number(sessionStorage.page||1));}}
addEventListener('hashchange',route);route();
""".replace("\\\\", "\\")

    def data(asked: Asked) -> Page:
        if "data_blocked" in quirks:
            return Page(_CHALLENGE.encode(), status=412)
        page = int(asked.query.get("page", "1"))
        chunk = entries[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        rows = [{"number": entry.number, "title": entry.title, "day": str(entry.day)} for entry in chunk]
        return Page(json.dumps({"total": len(entries), "rows": rows}, ensure_ascii=False).encode(), _JSON)

    def detail(asked: Asked) -> Page:
        entry = details[asked.query["id"]]
        shown = {"title": entry.title, "day": str(entry.day), "body": body_of(entry)}
        return Page(json.dumps(shown, ensure_ascii=False).encode(), _JSON)

    shell = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(holding.look.site_name)}</title></head><body>'
    )
    shell += f'<div id="app"></div><script src="{_SCRIPT}"></script></body></html>'
    column = "/xxgk/"
    pages = {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, column),)),
        column: Page(shell.encode(), UTF8),
        _SCRIPT: Page(script.encode(), "application/javascript"),
    }
    return FakePortal(Site(pages, (column,), {_DATA: data, "/api/detail": detail}), (column,))


_QUIRKS = (
    Quirk("data_blocked", "页面正常，列表接口被 412 拦截", Outcome.BLOCKED, finds_all=False),
    Quirk("stuck_pager", "翻页后内容不变", Outcome.INCOMPLETE, finds_all=False),
)

FAKES = (
    Fake("channel", "channel", "山东 channel_：脚本绘制的链接", _channel, _QUIRKS, needs_browser=True),
    Fake("clicked", "static", "脚本绘制、点击才打开的列表", _clicked, _QUIRKS, needs_browser=True),
    Fake("routed", "static", "单页应用：列表与正文都由脚本绘制", _routed, _QUIRKS[:1], needs_browser=True),
)
