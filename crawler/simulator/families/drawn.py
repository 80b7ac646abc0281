"""Fake portals whose rows only a script draws: with links, with clicks that open a page, with a script's own routes."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

_PER_PAGE = 25
_CHANNEL = "/gongkai/channel_5f0c1a2b3c4d5e6f7a8b9c0d/"
_CLICKED = "/xxgk/nb/"
_ROUTED = "/xxgk/"
_SCRIPT = "/static/app.js"
_JSON = "application/json;charset=UTF-8"
_CHALLENGE = "<html><head><meta id='q' r='m'></head><body><script>$_ts=window['$_ts'];_$gW();</script></body></html>"


def _channel(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """济南's kind: the list is an empty element that a script fills with links."""

    def address(entry: Entry) -> str:
        return f"{_CHANNEL}doc_{entry.number:024}.html"

    return _listed(holding, quirks, _CHANNEL, address, "linked_rows.js")


def _clicked(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """Rows without an address: a click calls a function that opens the article."""

    def address(entry: Entry) -> str:
        return f"{_ROUTED}info/{entry.number}.html"

    return _listed(holding, quirks, _CLICKED, address, "clicked_rows.js")


def _routed(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """A page of some hundred bytes whose script draws the list and, at a route of its own, each article."""
    details = {str(entry.number): entry for entry in holding.entries}

    def detail(asked: Asked) -> Page:
        entry = details[asked.query["id"]]
        return _json({"title": entry.title, "day": str(entry.day), "body": body_of(entry)})

    shell = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(holding.look.site_name)}</title></head>'
        f'<body><div id="app"></div><script src="{_SCRIPT}"></script></body></html>'
    )
    pages = _entrance(holding, _ROUTED, shell, _script("routed.js"))
    endpoints = {"/api/list": _rows(holding, quirks, lambda entry: str(entry.number)), "/api/detail": detail}
    return FakePortal(Site(pages, (_ROUTED,), endpoints), (_ROUTED,))


def _listed(
    holding: Holding, quirks: frozenset[str], column: str, address: Callable[[Entry], str], item: str
) -> FakePortal:
    """A list whose script asks an endpoint for rows and writes each as `item` says."""
    shell = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(REPORT_COLUMN)}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div id="app"><ul id="list" class="list"></ul>
<div class="page"><span id="total"></span><button id="next">下一页</button></div></div>
<script src="{_SCRIPT}"></script><img src="/static/logo.png"><script src="http://tongji.example.com/t.js"></script>
{footer(holding.look)}</body></html>"""
    pages = _entrance(holding, column, shell, _script(item) + _script("list.js"))
    pages |= {address(entry): article_page(holding.look, entry) for entry in holding.entries}
    return FakePortal(Site(pages, (column,), {"/api/list": _rows(holding, quirks, address)}), (column,))


def _entrance(holding: Holding, column: str, shell: str, script: str) -> dict[str, Page]:
    return {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, column),)),
        column: Page(shell.encode(), UTF8),
        _SCRIPT: Page(script.encode(), "application/javascript"),
    }


def _rows(holding: Holding, quirks: frozenset[str], address: Callable[[Entry], str]) -> Callable[[Asked], Page]:
    """The endpoint that the scripts ask for rows."""
    entries = holding.entries

    def answer(asked: Asked) -> Page:
        if "data_blocked" in quirks:
            return Page(_CHALLENGE.encode(), status=412)
        page = 1 if "stuck_pager" in quirks else int(asked.query.get("page", "1"))
        rows = [
            {"number": entry.number, "url": address(entry), "title": entry.title, "day": str(entry.day)}
            for entry in entries[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        ]
        return _json({"total": len(entries), "pages": -(-len(entries) // _PER_PAGE), "rows": rows})

    return answer


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), _JSON)


def _script(name: str) -> str:
    return files("crawler.simulator.families").joinpath("scripts", name).read_text(encoding="utf-8")


_QUIRKS = (
    Quirk("data_blocked", "页面正常，列表接口被 412 拦截", Outcome.BLOCKED, finds_all=False),
    Quirk("stuck_pager", "翻页后内容不变", Outcome.INCOMPLETE, finds_all=False),
)

FAKES = (
    Fake("channel", "channel", "山东 channel_：脚本绘制的链接", _channel, _QUIRKS, needs_browser=True),
    Fake("clicked", "static", "脚本绘制、点击才打开的列表", _clicked, _QUIRKS, needs_browser=True),
    Fake("routed", "static", "单页应用：列表与正文都由脚本绘制", _routed, _QUIRKS[:1], needs_browser=True),
)
"""Those that need a browser; articles of the first two do not."""
