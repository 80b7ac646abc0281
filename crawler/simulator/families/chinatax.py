"""Fake portals of the tax authorities' system: a page with a channel's number, the rows from getFileListByCodeId."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Asked, Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding

_PAGE = "/chinatax/n810214/c102384r/index.html"
COLUMN = f"{_PAGE}?tab=gknb"
CHANNEL = "61eaab3127b040d4950fff177f09e561"
_OTHER = "29a88b67e4b149cfa9fac7919dfb08a5"
_ENDPOINT = "/getFileListByCodeId"
_CAP = 10


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = {
        _address(entry): article_page(holding.look, entry, container='<div id="fontzoom">') for entry in holding.entries
    }
    pages |= {"/": homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),)), _PAGE: _column(holding, quirks)}

    def answer(asked: Asked) -> Page:
        form = asked.form
        if "server_error" in quirks:
            return _json({"code": 500, "err": {"errno": "ECONNRESET"}})
        if asked.method != "POST" or form.get("channelId") not in {CHANNEL, _OTHER}:
            return _json({"code": 200, "results": {"data": None}})
        entries = holding.entries if form["channelId"] == CHANNEL else ()
        if form.get("relateSubChannels") != "true":
            # The reports lie in a channel inside this one.
            entries = tuple(entry for entry in entries if entry.report is None)
        size = int(form.get("size") or 20)
        size = min(size, _CAP) if "capped" in quirks else size
        number = 1 if "ignores_paging" in quirks else int(form.get("page") or 1)
        chunk = entries[(number - 1) * size : number * size]
        data = {"total": len(entries), "page": number, "rows": size, "results": [_result(entry) for entry in chunk]}
        return _json({"code": 200, "results": {"data": data}})

    return FakePortal(Site(pages, ("/chinatax/n810214/",), {_ENDPOINT: answer}))


def _result(entry: Entry) -> dict[str, object]:
    return {
        "titleHtml": entry.title.replace("政府信息", "<em>政府信息</em>"),
        "subTitleHtml": "null",
        "url": _address(entry),
        "redirectUrl": "",
        "publishedTimeStr": f"{entry.day.isoformat()} 09:00:00",
    }


def _address(entry: Entry) -> str:
    return f"/chinatax/n810214/n810641/c{entry.number}/content.html"


def _column(holding: Holding, quirks: frozenset[str]) -> Page:
    if "tabs" in quirks:
        channels = f"""var tabs = [
{{ tab: 'zdgk', name: '主动公开目录', channelId: '{_OTHER}', rows: 20, template: 'xxgk_list', parent: 'n810214',
   show: function () {{ draw('zdgk'); }}, hide: function () {{ clear('zdgk'); }}, keep: true, more: '/zdgk/' }},
{{ tab: 'gknb', name: '公开年报', channelId: '{CHANNEL}', rows: 20, template: 'xxgk_list' }}];"""
    else:
        channels = f'var channelId = "{CHANNEL}";'
    look = holding.look
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开</title>
<meta name="SiteIDCode" content="{look.site_id_code}"></head>
<body><ul class="nav">{menu_items(look)}</ul><ul id="list"></ul><script>
{channels}
function list(page) {{ $.ajax({{ url: "{_ENDPOINT}", type: "POST",
data: {{ channelId: channelId, page: page, size: 20, relateSubChannels: true }},
success: function (back) {{ draw(back.results.data.results); }} }}); }}
</script><p>{escape(look.site_name)}</p>{footer(look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")


FAKES = (
    Fake(
        "chinatax",
        "chinatax",
        "税务、国资委：getFileListByCodeId",
        _portal,
        (
            Quirk("capped", "size 有上限"),
            Quirk("tabs", "一页有几个栏目，按 tab 区分"),
            Quirk("ignores_paging", "翻页参数无效，总是第 1 页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("server_error", "接口说 500，状态是 200", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
)
