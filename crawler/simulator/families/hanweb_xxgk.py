"""Fake Hanweb directories (module/xxgk): a shell for each area, its table as fragments from search.jsp."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk
from crawler.simulator.families.hanweb import LOGIN, article, front_pages
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, menu_items
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

ENDPOINT = "/module/xxgk/search.jsp"
COLUMN = "/col/col33381/index.html"
_GROUPS = {"11370800004312466C-ZF": "政府部门", "002276772": "乡镇街道"}


def _address(entry: Entry) -> str:
    """Reports lie in this column, other rows of the directory in others."""
    column = 33381 if entry.report else 33390
    return f"/art/{entry.day.year}/{entry.day.month}/{entry.day.day}/art_{column}_{entry.number}.html"


@dataclass(frozen=True)
class _Directories:
    """The directories of a portal: area → its name in the picker and its rows. `method` is the one that is answered."""

    holding: Holding
    quirks: frozenset[str]
    areas: Mapping[str, tuple[str, tuple[Entry, ...]]]
    method: str
    per_page: int
    is_bare: bool

    def shell(self, asked: Asked) -> Page:
        """A column's page: with an area its shell, without one the picker."""
        area = asked.query.get("vc_xxgkarea", "")
        links = "".join(
            f'<li><a href="{COLUMN}?vc_xxgkarea={code}&amp;number=B0303&amp;jh=263">{escape(name)}</a></li>'
            for code, (name, _) in self.areas.items()
        )
        call = self._call(area) if area else ""
        table = self._table(area, 1, asked.headers["Host"]) if "first_in_shell" in self.quirks and area else ""
        own = f"{COLUMN}?vc_xxgkarea={next(iter(self.areas))}"
        text = f"""<!DOCTYPE html><html><head><meta charset="UTF-8"><title>{REPORT_COLUMN}</title>
<meta name='WebId' content='263'><meta name='Maketime' content='2025-02-09 09:25:38'></head>
<body><ul class="nav">{menu_items(self.holding.look)}<li><a href="{own}">政府信息公开</a></li></ul>
<div class="organs"><ul>{links}</ul></div>
<div id="div11565">{table}</div>{call}{footer(self.holding.look)}</body></html>"""
        return Page(text.encode(), UTF8)

    def _call(self, area: str) -> str:
        if self.method == "GET":
            address = f"'{ENDPOINT}?standardXxgk=1&infotypeId='+a+'&vc_title='+encodeURI(b)+'&vc_number='+encodeURI(c)+"
            tree = f"/module/xxgk/tree.jsp?standardXxgk=1&amp;area={area}&amp;divid=div11565"
            return (
                f'<iframe src="{tree}" width="180"></iframe>'
                f"<script>function find(a,b,c){{loadDynamic({address}'&area={area}', "
                "'div11565', '0','0','950','2','','');}</script>"
            )
        query = "standardXxgk=0&isAllList=1&texttype=1&fbtime=-1&vc_all=&vc_filenumber=&vc_title=&vc_number=&currpage=1"
        return (
            f"<script>$.ajax({{type:'POST',url:'{ENDPOINT}?{query}&sortfield=,createdatetime:0,orderid:0',"
            f'data:"infotypeId=B0303&jdid=263&area={area}&divid=div11565",success:show}});</script>'
        )

    def search(self, asked: Asked) -> Page:
        """One page of a table; asked for in another way than the portal's own it is empty."""
        values = {**asked.form, **asked.query}
        if "login" in self.quirks:
            return Page(LOGIN.encode(), UTF8)
        area = values.get("area", "")
        is_right = asked.method == self.method and values.get("divid") == "div11565" and area in self.areas
        number = 1 if "ignores_page" in self.quirks else int(values.get("currpage") or 1)
        text = self._table(area if is_right else "", number, asked.headers["Host"])
        return Page(text.encode(), UTF8)

    def _table(self, area: str, number: int, host: str) -> str:
        entries = self.areas[area][1] if area else ()
        count = -(-len(entries) // self.per_page)
        first = (number - 1) * self.per_page
        chunk = entries[first : first + self.per_page]
        if "last_page_empty" in self.quirks and number == count:
            chunk = ()
        rows = "\n".join(
            f'<tr class="tr_main_value_{"even" if place % 2 else "odd"}"><td>{first + place + 1}</td>'
            f'<td><a href="http://{host}{_address(entry)}" title="{escape(self._title(entry))}" target="_blank">'
            f"{escape(self._title(entry)[:15])}…</a></td><td>{entry.day}</td></tr>"
            for place, entry in enumerate(chunk)
        )
        turning = f'<a class="bt_link" href="javascript:void(0)" onclick="gotopage({number + 1})">下一页</a>'
        stated = f"共有 {len(entries)} 条&nbsp;&nbsp;共{count}页&nbsp;&nbsp;"
        pager = f"{'' if 'no_totals' in self.quirks else stated}第{number}页&nbsp;{turning if number < count else ''}"
        last = f'<a class="bt_link" href="javascript:void(0)" onclick="gotopage({count})">尾页</a>' if count else ""
        return (
            '<table width="100%" class="tr_main"><tr class="tr_main_title"><td>序号</td><td>标题</td>'
            f'<td>发布日期</td></tr>{rows}</table><div class="pagecss">{pager}{last}</div>'
        )

    def _title(self, entry: Entry) -> str:
        return f"{entry.report_year}年政府信息公开工作年度报告" if self.is_bare and entry.report else entry.title


def _by_group(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """Two directories, of several agencies each, asked for by POST."""
    first = set(holding.agencies[:5])
    strays = [entry for entry in holding.entries if not entry.agency]
    halves = (
        tuple(entry for entry in holding.entries if entry.agency in first or entry in strays[::2]),
        tuple(entry for entry in holding.entries if entry.agency not in first and entry not in strays[::2]),
    )
    areas = {code: (name, entries) for (code, name), entries in zip(_GROUPS.items(), halves, strict=True)}
    return _portal(_Directories(holding, quirks, areas, "POST", 10, is_bare=False), (COLUMN,))


def _by_agency(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """A directory for each agency, asked for by GET; the reports' titles do not say whose they are."""
    strays = [entry for entry in holding.entries if not entry.agency]
    areas = {
        f"0022767{place:02}": (name, (*holding.of(name), *strays[place :: len(holding.agencies)]))
        for place, name in enumerate(holding.agencies)
    }
    return _portal(_Directories(holding, quirks, areas, "GET", 3, is_bare=True), ())


def _portal(directories: _Directories, columns: tuple[str, ...]) -> FakePortal:
    holding = directories.holding
    pages = {_address(entry): article(holding, entry) for entry in holding.entries} | front_pages(holding, COLUMN)
    endpoints = {COLUMN: directories.shell, ENDPOINT: directories.search}
    return FakePortal(Site(pages, ("/col/col33381/",), endpoints), columns)


_CUT_SHORT = (
    Quirk("ignores_page", "翻页后仍是第 1 页", Outcome.INCOMPLETE, finds_all=False),
    Quirk("login", "接口给出登录页", Outcome.INCOMPLETE, finds_all=False),
)
FAKES = (
    Fake(
        "hanweb_xxgk",
        "hanweb",
        "大汉信息公开目录：两个 area，POST search.jsp",
        _by_group,
        (
            Quirk("first_in_shell", "第 1 页已在页面里"),
            Quirk("no_totals", "不写共几条、共几页，只有 gotopage"),
            Quirk("last_page_empty", "末页得空", Outcome.INCOMPLETE, finds_all=False),
            *_CUT_SHORT,
        ),
    ),
    Fake("hanweb_xxgk_get", "hanweb", "大汉信息公开目录：各机关一个 area，GET", _by_agency, _CUT_SHORT),
)
