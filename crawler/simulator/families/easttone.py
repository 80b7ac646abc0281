"""Fake easttone portals: pages that only call `new CMS(…)`, rows as JSON, articles whole or as shells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import SHANGHAI, Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

COLUMN = "/zhengwu/zwgk-nb/"
CHANNEL = "1899"
SEARCH = "/front/api/data/search"
DETAIL = "/html/info/detail"
_NEWS = ("yw", "zwgk-qzfwj", "zwgk-rsrm", "hdjl", "zt", "ggtz")
"""Folders of the site's other channels."""


@dataclass(frozen=True)
class _Portal:
    """One such portal. `has_shells`: its articles are routes of one page."""

    holding: Holding
    quirks: frozenset[str]
    has_shells: bool = False

    def article(self, entry: Entry) -> str:
        """Where an article is."""
        if self.has_shells:
            return f"/art/info/{CHANNEL}/{_identity(entry)}"
        return f"{COLUMN}{entry.day.year}/{entry.day.timetuple().tm_yday}/{entry.number}.html"

    def answer_search(self, asked: Asked) -> Page:
        """Rows as JSON: of the channels in an array, else of the whole site."""
        values = json.loads(asked.body or b"{}")
        channels = values.get("channelList")
        if isinstance(channels, list) and channels and "ignores_channels" not in self.quirks:
            items = [self._item(entry) for entry in self.holding.entries] if CHANNEL in channels else []
        else:
            items = [*self._news(), *(self._item(entry) for entry in self.holding.entries)]
        size, index = int(values["pageSize"]), int(values["pageNo"])
        shown = items[(index - 1) * size : index * size]
        if "success_false" in self.quirks and index == 2:  # noqa: PLR2004 (the second page)
            return _json({"code": 500, "message": "search failed", "data": None})
        total = len(items) + (3 if "total_too_high" in self.quirks else 0)
        data = {
            "pageNo": index,
            "pageSize": size,
            "totalPage": -(-len(items) // size),
            "totalCount": total,
            "list": shown,
        }
        return _json({"code": 0, "message": "success", "data": data})

    def _item(self, entry: Entry) -> dict[str, object]:
        moment = datetime.combine(entry.day, time(0, 30), SHANGHAI)
        return {
            "id": str(entry.number),
            "title": entry.title,
            "display_date": int(moment.timestamp()) * 1000,
            "dispatch_agency": entry.agency,
            "url": self.article(entry),
        }

    def _news(self) -> list[dict[str, object]]:
        return [
            {
                "id": str(number),
                "title": f"{self.holding.place}要闻第{number}期",
                "display_date": 1_739_000_000_000 + number,
                "dispatch_agency": "",
                "url": f"/zhengwu/{_NEWS[number % len(_NEWS)]}/2025/40/{number}.html",
            }
            for number in range(500)
        ]

    def answer_detail(self, asked: Asked) -> Page:
        """The text of an article."""
        entry = next((entry for entry in self.holding.entries if _identity(entry) == asked.form.get("id")), None)
        if entry is None or "details_fail" in self.quirks:
            return _json({"success": False, "data": None})
        return _json({"success": True, "data": {"title": entry.title, "dept": entry.agency, "body": body_of(entry)}})

    def shell(self, asked: Asked) -> Page:
        """The one page of all routes."""
        del asked
        text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(self.holding.look.site_name)}</title>
</head><body><div id="app"></div><script src="/static/js/chunk-vendors.js"></script></body></html>"""
        return Page(text.encode(), UTF8)

    def site(self) -> Site:
        """Everything that the portal serves."""
        holding = self.holding
        column = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{REPORT_COLUMN}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div class="position">首页 &gt; {REPORT_COLUMN}</div>
<ul id="columnlist"><li v-for="item in list"><a :href="item.url">{{{{item.title}}}}</a></li></ul>
<script>new CMS('#columnlist',{{ids:'{CHANNEL}',http:'{SEARCH}',pageSize:15}})</script>
{footer(holding.look)}</body></html>"""
        pages = {"/": homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),)), COLUMN: Page(column.encode(), UTF8)}
        endpoints = {SEARCH: self.answer_search}
        if self.has_shells:
            endpoints |= {"/art/info/": self.shell, DETAIL: self.answer_detail}
        else:
            container = '<div id="ivs_content" class="Article_content">'
            pages |= {
                self.article(entry): article_page(holding.look, entry, container=container) for entry in holding.entries
            }
        return Site(pages, (COLUMN,), endpoints)


def _identity(entry: Entry) -> str:
    return f"i{entry.day:%Y%m%d}-{entry.number}"


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


def _portal(holding: Holding, quirks: frozenset[str], *, has_shells: bool) -> FakePortal:
    return FakePortal(_Portal(holding, quirks, has_shells).site())


FAKES = (
    Fake(
        "easttone",
        "easttone",
        "东网：new CMS，data/search",
        partial(_portal, has_shells=False),
        (
            Quirk("ignores_channels", "接口无视 channelList，给出全站内容", Outcome.INCOMPLETE, finds_all=False),
            Quirk("success_false", "第 2 页 code 500", Outcome.INCOMPLETE, finds_all=False),
            Quirk("total_too_high", "自称的总数比实有多 3 条", Outcome.INCOMPLETE),
        ),
    ),
    Fake(
        "easttone-shells",
        "easttone",
        "东网：奉贤，正文由 html/info/detail 给出",
        partial(_portal, has_shells=True),
        (Quirk("details_fail", "正文接口 success 为 false"),),
    ),
)
