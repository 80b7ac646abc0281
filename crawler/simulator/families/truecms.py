"""Fake TrueCMS portals: sixty rows hidden in the page, the others from getMessage.do as a datastore in JSON."""

from __future__ import annotations

import json
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, shuffled
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

ENDPOINT = "/truecms/messageController/getMessage.do"
OTHER_ENDPOINT = "/TrueCMS/messageController/getMessage.do"
COLUMN = "/ctmzj/ndbg/ndbg.html"
_COLUMN_ID = "1cfdefeb-e9aa-4eea-9737-d46421fc97ff"
_HIDDEN, _PER_PAGE, _GROUP_SIZE = 60, 10, 3
_FEW_HIDDEN = 20
_GONE = Page(b"<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>", status=404)


def _address(entry: Entry) -> str:
    return f"/ctmzj/ndbg/content/8a3f2a6e-2b4c-4b8e-9d2f-0c5b7e1{entry.number}.html"


def _entries(holding: Holding) -> tuple[Entry, ...]:
    """The rows in no order that can be seen, a report last: it is one that only the endpoint hands out."""
    order = shuffled(holding.entries, holding.seed)
    last = next(entry for entry in order if entry.report)
    return (*(entry for entry in order if entry is not last), last)


def _hidden_rows(quirks: frozenset[str]) -> int:
    return _FEW_HIDDEN if quirks & {"few_hidden", "at_most_ten", "at_most_ten_404", "broken"} else _HIDDEN


def _column(holding: Holding, quirks: frozenset[str]) -> Page:
    entries = _entries(holding)
    path = OTHER_ENDPOINT if "other_path" in quirks else ENDPOINT
    click = "clicked" in quirks
    hidden = "\n".join(
        f'<ul><li class="change"><span style="float:left;"><a {_link(entry, is_clicked=click)} target="_blank">'
        f"{escape(entry.title)}</a></span>{entry.day}</li></ul>"
        for entry in entries[: _hidden_rows(quirks)]
    )
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{REPORT_COLUMN}</title>
<script src="/resources/jquery.jpage.js"></script></head>
<body><ul class="nav">{menu_items(holding.look)}</ul>
<div id="msgList"></div>
<div id="initData" style="display:none">
{hidden}
</div>
<script>$(function(){{
    var initData = '<datastore><totalrecord>{len(entries)}</totalrecord><recordset>';
    $('#initData ul').each(function(){{ initData += '<record><![CDATA[' + $(this).html() + ']]></record>'; }});
    initData += '</recordset></datastore>';
    $('#msgList').jpage({{
        cache:false,
        openCookies:false,
        dataStore:initData,
        totalRecord:{len(entries)},
        dataBefore:'<ul id="content" class="content">',
        dataAfter:'</ul>',
        proxyUrl:'{path}',
        perPage:{_PER_PAGE},
        groupSize:{_GROUP_SIZE},
        barPosition:'bottom',
        ajaxParam:{{
            columnId:'{_COLUMN_ID}'
        }}
    }});
}});</script>
{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _link(entry: Entry, *, is_clicked: bool) -> str:
    address = _address(entry)
    return f'href="javascript:;" onclick="name2(\'{address}\')"' if is_clicked else f'href="{address}"'


def _message(holding: Holding, quirks: frozenset[str], asked: Asked) -> Page:
    values = asked.query
    if "off" in quirks or not asked.headers.get("Referer", "").endswith(COLUMN) or values.get("columnId") != _COLUMN_ID:
        return _GONE
    if "broken" in quirks:
        return Page(b'cb({"result":"<datastore><totalrecord>', "text/html; charset=utf-8")
    entries = _entries(holding)
    first, last = int(values["startrecord"]) - 1, int(values["endrecord"])
    most = 10 if quirks & {"at_most_ten", "at_most_ten_404"} else 50
    is_too_much = max(last - first, int(values["perpage"])) > most
    if is_too_much and "at_most_ten_404" in quirks:
        return _GONE
    records = "".join(
        f'<record><![CDATA[<li><span style="float:left;"><a href="{_address(entry)}" target="_blank">'
        f"{escape(entry.title)}</a></span>{entry.day}</li>]]></record>"
        for entry in entries[first:last]
    )
    stated = f"<totalrecord>{len(entries)}</totalrecord>"
    result = "" if is_too_much else f"<datastore>{stated}<recordset>{records}</recordset></datastore>"
    text = json.dumps({"result": result}, ensure_ascii=False)
    padded = f"{values['callback']}({text})" if "callback" in values and "plain_json" not in quirks else text
    if "gbk" in quirks:
        # Old installations answer in GBK under a label that says UTF-8.
        return Page(padded.encode("gbk"), "application/json; charset=utf-8")
    return Page(padded.encode(), "application/json; charset=utf-8")


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = {
        _address(entry): article_page(holding.look, entry, container='<div id="zoomcon">') for entry in holding.entries
    }
    pages[COLUMN] = _column(holding, quirks)
    pages["/"] = homepage(holding.look, (Link("政府信息公开", "/zwgk/zwgk.html"),))
    pages["/zwgk/zwgk.html"] = homepage(holding.look, (Link("首页", "/"), Link("信息公开年报", COLUMN)))
    path = OTHER_ENDPOINT if "other_path" in quirks else ENDPOINT
    return FakePortal(Site(pages, ("/ctmzj/ndbg/",), {path: partial(_message, holding, quirks)}))


FAKES = (
    Fake(
        "truecms",
        "truecms",
        "TrueCMS：#initData 与 getMessage.do",
        _portal,
        (
            Quirk("other_path", "接口在 /TrueCMS/"),
            Quirk("few_hidden", "页面里只有 20 行"),
            Quirk("clicked", "行没有 href，只有 name2() 调用"),
            Quirk("plain_json", "不按 JSONP 回答"),
            Quirk("gbk", "接口用 GBK，却标为 UTF-8"),
            Quirk("at_most_ten", "一次多于 10 行即得空"),
            Quirk("at_most_ten_404", "一次多于 10 行即 404"),
            Quirk("off", "接口已停用（404），只见前 60 行", Outcome.INCOMPLETE, finds_all=False),
            Quirk("broken", "接口的 JSON 不完整", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
)
