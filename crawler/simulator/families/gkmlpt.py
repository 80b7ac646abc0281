"""Fake gkmlpt portals: shells with a tree in a script, rows as JSON, articles inside a script, nodes that lead away."""

from __future__ import annotations

import json
from datetime import datetime, time
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.portals import REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Asked, Page, Site
from storage.records import SHANGHAI, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.simulator.families.holding import Entry, Holding

COLUMN = "/gkmlpt/annualreport"
OWN_COLUMN = "/zqhjj/gkmlpt/index"
_LIST = "/zwgk/zfxxgknb/jd/"
_SID, _OWN_SID = "175", "758019"
_NODE, _DEPARTMENTS, _TOWNS, _OWN_NODE = 2629, 2631, 2632, 20641
_PER_PAGE = 20
_OWN_AGENCY = 3
"""Which agency has the platform in a folder of its own."""


class _Column(NamedTuple):
    """One node of the tree as its endpoint knows it."""

    name: str
    entries: Sequence[Entry]


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    own = () if quirks else holding.of(holding.agencies[_OWN_AGENCY])
    entries = [entry for entry in holding.entries if entry not in own]
    tree = [_node(2624, "政府信息公开指南", 1), _node(_NODE, REPORT_COLUMN, len(entries))]
    if "no_node" in quirks:
        tree.pop()
    tree.append(_node(2630, "法定主动公开内容", 145, children=[_node(2634, "机构职能", 3)]))
    sid = "" if "no_sid" in quirks else _SID
    shell = _shell(holding, sid, tree)
    pages = {_address("", entry): _article(holding, entry, _SID) for entry in entries}
    is_linked = "index_alone" not in quirks
    link = Link(REPORT_COLUMN, f"{COLUMN}#{_NODE}") if is_linked else Link("政府信息公开", "/gkmlpt/index")
    pages |= {
        "/": homepage(holding.look, (link,)),
        COLUMN: shell,
        "/gkmlpt/index": shell,
    }
    endpoints = {"/gkmlpt/api/all/": _endpoint("", sid, {_NODE: _Column(REPORT_COLUMN, entries)}, quirks)}
    if not own:
        return FakePortal(Site(pages, ("/gkmlpt/",), endpoints))
    pages |= {_address("/zqhjj", entry): _article(holding, entry, _OWN_SID) for entry in own}
    pages[OWN_COLUMN] = _shell(holding, _OWN_SID, [_node(_OWN_NODE, "政府信息公开年度报告", len(own))])
    columns = {_OWN_NODE: _Column("政府信息公开年度报告", own)}
    endpoints["/zqhjj/gkmlpt/api/all/"] = _endpoint("/zqhjj", _OWN_SID, columns, frozenset({"bare_titles"}))
    site = Site(pages, ("/gkmlpt/", "/zqhjj/gkmlpt/"), endpoints)
    return FakePortal(site, agency_columns={holding.agencies[_OWN_AGENCY]: OWN_COLUMN})


def _grouped_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    """Two groups of agencies: one on the platform, one in a list of links outside of it."""
    entries = holding.entries
    inside = [entry for entry in entries if entry.number % 3]
    outside = [entry for entry in entries if not entry.number % 3]
    groups = [
        _node(_DEPARTMENTS, "市直部门", len(inside)),
        _node(_TOWNS, "镇街", len(outside), jump_url=f"{_LIST}index.html"),
    ]
    tree = [_node(_NODE, REPORT_COLUMN, 0, children=groups), _node(2630, "法定主动公开内容", 145)]
    pages = {_address("", entry): _article(holding, entry, _SID) for entry in inside}
    pages |= {_listed(entry): _plain_article(holding, entry) for entry in outside}
    count = -(-len(outside) // _PER_PAGE)
    for number in range(1, count + 1):
        if number == 1 or "list_page_gone" not in quirks:
            chunk = outside[(number - 1) * _PER_PAGE : number * _PER_PAGE]
            pages[f"{_LIST}index{'' if number == 1 else f'_{number}'}.html"] = _linked_list(
                holding, chunk, number, count
            )
    pages |= {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, f"{COLUMN}#{_NODE}"),)),
        COLUMN: _shell(holding, _SID, tree),
    }
    columns = {_NODE: _Column(REPORT_COLUMN, ()), _DEPARTMENTS: _Column("市直部门", inside)}
    endpoints = {"/gkmlpt/api/all/": _endpoint("", _SID, columns, quirks)}
    return FakePortal(Site(pages, ("/gkmlpt/",), endpoints), (COLUMN,))


def _endpoint(folder: str, sid: str, columns: Mapping[int, _Column], quirks: frozenset[str]) -> Callable[[Asked], Page]:
    def answer(asked: Asked) -> Page:
        key = int(asked.path.rpartition("/")[2] or 0)
        column = columns.get(key)
        # Page 0 is page 1.
        number = max(int(asked.query.get("page", "1")), 1)
        if column is None or asked.query.get("sid", "") != sid or ("no_second_page" in quirks and number > 1):
            return Page(b"<html><head><title>404</title></head><body>404</body></html>", UTF8, 404)
        if "html_answer" in quirks:
            return Page(b"<html><body><a href='/'>home</a><input type='password'></body></html>", UTF8)
        entries = column.entries
        chunk = entries[(number - 1) * _PER_PAGE : number * _PER_PAGE]
        counted = len(entries) + ("count_higher" in quirks) * 7 - ("count_lower" in quirks) * 7
        classify = {"id": 0 if "other_column" in quirks else key, "name": column.name, "post_count": counted}
        host = asked.headers.get("Host", "")
        articles = [_row(folder, entry, host, quirks) for entry in chunk]
        return _json(
            {"total": len(entries), "offset": (number - 1) * _PER_PAGE, "classify": classify, "articles": articles}
        )

    return answer


def _row(folder: str, entry: Entry, host: str, quirks: frozenset[str]) -> dict[str, object]:
    title = entry.title
    if "bare_titles" in quirks and entry.report_year is not None:
        title = f"{entry.report_year}年政府信息公开工作年度报告"
    if "escaped_titles" in quirks:
        title = "".join(f"%u{ord(character):04X}" if character > "\x7f" else character for character in title)
    return {
        "id": entry.number, "title": title, "url": f"http://{host}{_address(folder, entry)}", "post_url": "",
        "created_at": f"{entry.day.isoformat()} 16:25:04", "create_time": _instant(entry),
        "date": f"{entry.day.isoformat()} 16:25:04", "display_publish_time": _instant(entry), "publisher": "本网",
        "attachment": [], "relation": "[]",
    }  # fmt: skip


def _instant(entry: Entry) -> int:
    return int(datetime.combine(entry.day, time(16, 25, 4), SHANGHAI).timestamp())


def _node(
    key: int, name: str, count: int, *, jump_url: str = "", children: Sequence[Mapping[str, object]] = ()
) -> dict[str, object]:
    return {
        "id": key,
        "name": name,
        "parent": 0,
        "post_count": count,
        "jump_url": jump_url,
        "children": list(children),
    }


def _address(folder: str, entry: Entry) -> str:
    return f"{folder}/gkmlpt/content/0/{entry.number // 1000}/post_{entry.number}.html"


def _listed(entry: Entry) -> str:
    return f"{_LIST}content/post_{entry.number}.html"


def _shell(holding: Holding, sid: str, tree: Sequence[Mapping[str, object]], detail: str = "") -> Page:
    named = f" SID: '{sid}'," if sid else ""
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8">
<title>{escape(holding.look.site_name)}政府信息公开</title></head>
<body><div id="app"></div>
<script>
window._CONFIG = {{
  SITE_NAME: '{holding.look.site_name}',{named} IS_HTTPS: 0, SKIN: {{theme: 'blue', 'menu': ["a}}"]}},
  {detail}TREE: {_in_script(tree)},
  SERVICE_AREA_ID: '1'
}}
</script>
<script src="/gkmlpt/static/js/app.js"></script></body></html>"""
    return Page(text.encode(), UTF8)


def _article(holding: Holding, entry: Entry, sid: str) -> Page:
    detail = {
        "id": entry.number,
        "title": entry.title,
        "content": body_of(entry),
        "publisher": entry.agency or "本网",
        "create_time": _instant(entry),
        "attachment": [],
    }
    return _shell(holding, sid, [], f"DETAIL: {_in_script(detail)},\n  ")


def _plain_article(holding: Holding, entry: Entry) -> Page:
    """An article of the list of links: its text stands in the page."""
    return article_page(holding.look, entry, container='<div class="article-content">')


def _linked_list(holding: Holding, entries: Sequence[Entry], number: int, count: int) -> Page:
    items = "".join(
        f'<li><a href="{_listed(entry)}" title="{escape(entry.title)}">{escape(entry.title)}</a>'
        f"<span>{entry.day}</span></li>"
        for entry in entries
    )
    name = f"index_{number + 1}.html"
    following = (
        f'<a class="next" href="{_LIST}{name}">下一页</a>' if number < count else '<span class="dis">下一页</span>'
    )
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{REPORT_COLUMN}</title></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><ul class="news_list">{items}</ul>
<div class="page"><a href="{_LIST}index.html">首页</a>{following}</div>{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _in_script(value: object) -> str:
    """JSON as PHP writes it into a script: no character of markup in it."""
    text = json.dumps(value)
    return text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026").replace("'", "\\u0027")


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json")


FAKES = (
    Fake(
        "gkmlpt",
        "gkmlpt",
        "南方 gkmlpt：目录树和 gkmlpt/api",
        _portal,
        (
            Quirk("no_second_page", "第 2 页起 404", Outcome.INCOMPLETE, finds_all=False),
            Quirk("count_higher", "栏目计数多于接口的总数"),
            Quirk("count_lower", "栏目计数少于接口的总数"),
            Quirk("escaped_titles", "标题是 %uXXXX"),
            Quirk("no_sid", "页面没有 SID"),
            Quirk("index_alone", "首页只链接目录，年报栏目只在目录树里"),
            Quirk("no_node", "目录树中没有年报栏目", Outcome.INCOMPLETE, finds_all=False),
            Quirk("other_column", "接口返回另一栏目", Outcome.INCOMPLETE, finds_all=False),
            Quirk("html_answer", "接口返回登录页", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake(
        "gkmlpt_groups",
        "gkmlpt",
        "南方 gkmlpt：部分栏目跳到 NFCMS 列表",
        _grouped_portal,
        (
            Quirk("list_page_gone", "跳转列表第 2 页不存在", Outcome.INCOMPLETE, finds_all=False),
            Quirk("no_second_page", "接口第 2 页起 404", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
)
