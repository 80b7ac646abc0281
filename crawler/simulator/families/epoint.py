"""Fake Epoint portals: an empty page, a script that says what the site is called, rows as JSON, articles as shells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of, shuffled
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
CATEGORY = "003002"
COLUMN = "/dynamic/zwgk/govInfoPub.html"
LIST_ACTION = "/rest/lightfrontaction/getgovinfolist"
DETAIL_ACTION = "/rest/frontAppNotNeedLoginAction/getGovInfoDetail"
_CUT = 16
_CAP = 15
_FILE = Page(b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n", "application/pdf")
_LOGIN = Page(b"<!DOCTYPE html><html><head><title>login</title></head><body><form>sso</form></body></html>", UTF8)
_REFUSED = Page(b"<html><head><title>403 Forbidden</title></head><body>403</body></html>", UTF8, 403)


@dataclass(frozen=True)
class _Portal:
    """One such portal. `first`: the number of its first page; `wraps`: it reads its fields inside `params`."""

    holding: Holding
    quirks: frozenset[str]
    project: str = "/EWB-FRONT"
    script: str = "/js/webBuilderCommon.js"
    first: int = 0
    wraps: bool = False
    has_shells: bool = False

    @property
    def address(self) -> str:
        """The column of annual reports."""
        return f"{COLUMN}?deptcode=&categorynum={CATEGORY}"

    def article(self, entry: Entry) -> str:
        """Where an article is."""
        if self.has_shells:
            return f"/govxxgk/showinfo.html?infoGuid={_guid(entry)}"
        return f"/003/{CATEGORY}/{entry.day:%Y%m%d}/{_guid(entry)}.html"

    def answer_list(self, asked: Asked) -> Page:
        """Rows of the category as JSON."""
        if "html_for_json" in self.quirks:
            return _LOGIN
        if "refused" in self.quirks:
            return _REFUSED
        values = json.loads(asked.body or b"{}")
        values = values.get("params", {}) if self.wraps else values
        if not isinstance(values, dict) or values.get("siteGuid") != GUID or values.get("categorynum") != CATEGORY:
            return _json({"custom": {"total": 0, "data": []}, "status": {"code": "1", "text": ""}})
        entries = shuffled(self.holding.entries, 8)
        size = min(int(values["pageSize"]), _CAP if "capped" in self.quirks else 50)
        # Where pages are counted from 1 on, 0 is the first one too.
        place = max(int(values["pageIndex"]) - self.first, 0)
        shown = entries[place * size : (place + 1) * size]
        if "same_page" in self.quirks:
            shown = entries[:size]
        if "dries_up" in self.quirks and place > 1:
            shown = ()
        custom = {"total": len(entries), "data": [self._item(number, entry) for number, entry in enumerate(shown)]}
        return _json({"custom": custom, "status": {"code": "1", "text": ""}})

    def _item(self, number: int, entry: Entry) -> dict[str, str]:
        links = {"visiturl": "", "linkurl": "", "infourl": self.article(entry)}
        if number % 5 == 1:
            links = {"visiturl": "", "linkurl": self.article(entry), "infourl": f"/003/gone/{entry.day:%Y%m%d}.html"}
        title = entry.title if len(entry.title) <= _CUT else f"{entry.title[:_CUT]}…"
        return {"title": title, "realtitle": entry.title, "infodate": str(entry.day), "handsdate": "", **links}

    def answer_detail(self, asked: Asked) -> Page:
        """The text of an article; that of every seventh is a file."""
        guid = json.loads(asked.form.get("params") or "{}").get("infoid")
        entry = next((entry for entry in self.holding.entries if _guid(entry) == guid), None)
        if entry is None:
            return _json({"custom": {"status": "false"}})
        data: dict[str, object] = {"title": entry.title, "infodate": str(entry.day), "infotype": "", "infocontent": ""}
        if "empty_details" in self.quirks:
            return _json({"custom": {"data": data}})
        if entry.report is not None and entry.number % 7 == 0:
            files = [{"attachname": f"{entry.title}.pdf", "attachurl": _file(entry), "attachtype": "pdf"}]
            return _json({"custom": {"data": {**data, "infotype": "pdf", "pdflist": files}}})
        return _json({"custom": {"data": {**data, "infocontent": body_of(entry)}}})

    def shell(self, asked: Asked) -> Page:
        """The page that every article of such a portal has."""
        del asked
        text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>信息详情</title>
<script src="{self.script}"></script></head><body><ul class="nav">{menu_items(self.holding.look)}</ul>
<h2 id="info_title"></h2><div id="info_spnContent"></div>
<script>webbuilder.post(siteInfo.projectName + "{DETAIL_ACTION}",
{{params: JSON.stringify({{infoid: guid}})}});</script>
{footer(self.holding.look)}</body></html>"""
        return Page(text.encode(), UTF8)

    def site(self) -> Site:
        """Everything that the portal serves."""
        holding = self.holding
        wrapper = "data: JSON.stringify({params: str})" if self.wraps else "data: JSON.stringify(str)"
        script = f"""/* webBuilder */ var siteInfo = {{"siteName":"{holding.look.site_name}","siteGuid":"{GUID}",
"projectName":"{self.project}","userName":""}};
var Util = {{ post: function (url, str) {{
  $.ajax({{ url: siteInfo.projectName + url, type: "POST", {wrapper} }}); }} }};"""
        column = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{REPORT_COLUMN}</title>
<script src="{self.script}"></script><script src="/js/govInfoPub.js"></script></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div class="ewb-list" id="infolist"></div>
<div id="page"></div>{footer(holding.look)}</body></html>"""
        pages = {
            "/": homepage(holding.look, (Link("政府信息公开", "/zwgk/govinfo.html"),)),
            "/zwgk/govinfo.html": _links(holding, self.address),
            self.script: Page(script.encode(), "application/javascript"),
            COLUMN: Page(column.encode(), UTF8),
        }
        endpoints = {f"{self.project}{LIST_ACTION}": self.answer_list}
        if self.has_shells:
            endpoints |= {"/govxxgk/showinfo.html": self.shell, f"{self.project}{DETAIL_ACTION}": self.answer_detail}
            pages |= {
                _file(entry): _FILE for entry in holding.entries if entry.report is not None and entry.number % 7 == 0
            }
        else:
            pages |= {self.article(entry): article_page(holding.look, entry) for entry in holding.entries}
        return Site(pages, (COLUMN,), endpoints)


def _guid(entry: Entry) -> str:
    return f"7eb5f7f1-9041-43ad-8e13-{entry.number:012}"


def _file(entry: Entry) -> str:
    return f"/ewb-file/{entry.number}.pdf"


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def _links(holding: Holding, column: str) -> Page:
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开</title></head>
<body><ul><li><a href="{escape(column)}">{REPORT_COLUMN}</a></li></ul>{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _bare(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """Counts from 0 on; found from the homepage."""
    return FakePortal(_Portal(holding, quirks).site())


def _shifted(holding: Holding, quirks: frozenset[str], *, wraps: bool) -> FakePortal:
    """Counts from 1 on; articles are shells."""
    portal = _Portal(
        holding, quirks, "/shhk-zwgk" if not wraps else "/EWB_YK_Mid", "/js/ajaxReq.js", 1, wraps, has_shells=True
    )
    return FakePortal(portal.site(), (portal.address,))


FAKES = (
    Fake(
        "epoint",
        "epoint",
        "新点：getgovinfolist，页码从 0 起",
        _bare,
        (
            Quirk("capped", "每页最多 15 条，要多少都只给 15 条"),
            Quirk("dries_up", "总数之内，第 3 页起没有内容", Outcome.INCOMPLETE, finds_all=False),
            Quirk("same_page", "接口无视 pageIndex，总给第一页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("html_for_json", "接口返回登录页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("refused", "页面正常，接口返回 403", Outcome.BLOCKED, finds_all=False),
        ),
    ),
    Fake(
        "epoint-shells",
        "epoint",
        "新点：页码从 1 起，正文由接口给出",
        partial(_shifted, wraps=False),
        (Quirk("empty_details", "正文接口不给内容"),),
    ),
    Fake("epoint-wrapped", "epoint", "新点：参数在 params 里", partial(_shifted, wraps=True)),
)
