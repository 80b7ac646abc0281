"""Fake jpaas portals: shells whose blocks come from the publish-server, and a column that is a search."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.families.holding import YEARS
from crawler.simulator.portals import BLOCKS, REPORT_COLUMN, UTF8, footer, homepage, menu_items
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Asked, Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.simulator.families.holding import Entry, Holding

COLUMN = "/col/col1229565788/index.html"
YEARLY = "/xxgk/zfxxgknb/"
SEARCHED = "/zwgk/zfxxgknb/index.html"
_DISCLOSURE = "/col/col1599521/index.html"
_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_SEARCH = "/search-front-server/api/search/info"
_PER_PAGE = 15
_CUT = 20
_LOGIN = Page(b'<html><head><title>login</title></head><body><form><input type="password"></form></body></html>', UTF8)


class _Block(NamedTuple):
    """One unit of a shell: what its editors call it, and what it lists; None for a block of markup without rows."""

    tag: str
    entries: Sequence[Entry] | None = None


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    entries = holding.entries
    halves = (_Block("信息列表", entries[::2]), _Block("部门列表", entries[1::2]))
    lists = halves if "two_lists" in quirks else (_Block("信息列表", entries),)
    # The newest news beside the list are a unit as well: articles, but no report.
    beside = _Block("右侧内容", [entry for entry in entries if entry.report is None][:5])
    blocks = (_Block("导航"), *lists, beside, _Block("通用底部"))
    pages = {_address(entry): article_page(holding.look, entry, container='<div id="zoom">') for entry in entries}
    pages |= {
        "/": homepage(holding.look, (Link("政务公开", _DISCLOSURE),)),
        _DISCLOSURE: _disclosure(holding),
        COLUMN: _shell(holding, COLUMN, blocks),
    }
    endpoint = _unit_endpoint({COLUMN: blocks}, quirks)
    return FakePortal(Site(pages, (COLUMN,), {_UNIT: endpoint}))


def _yearly_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    entries = holding.entries
    pages = {_address(entry): article_page(holding.look, entry, container='<div id="zoom">') for entry in entries}
    links = "".join(f'<li><a href="{YEARLY}{year}n/index.html">{year}年</a></li>' for year in YEARS)
    page = _shell(holding, YEARLY, (), f'<ul class="xxgk-zcnr">{links}</ul>')
    pages |= {"/": homepage(holding.look, (Link(REPORT_COLUMN, YEARLY),)), YEARLY: page, f"{YEARLY}index.html": page}
    shells: dict[str, tuple[_Block, ...]] = {}
    news = [entry for entry in entries if entry.report is None][:5]
    for year in YEARS:
        folder = f"{YEARLY}{year}n/"
        inner = (
            f'<div class="xxgk-zcnr"><a class="xxgk_more" href="{folder}szfgzbm/index.html">市政府工作部门</a></div>'
        )
        pages[f"{folder}index.html"] = _shell(holding, folder, (), inner)
        # What is no report stands in the folder of the year in which it came.
        own = [entry for entry in entries if (entry.report_year or entry.day.year - 1) == year]
        path = f"{folder}szfgzbm/index.html"
        shells[path] = (_Block("当前位置"), _Block("分页列表", own), _Block("右侧内容", news))
        pages[path] = _shell(holding, path, shells[path])
    site = Site(pages, (YEARLY,), {_UNIT: _unit_endpoint(shells, quirks)})
    return FakePortal(site, (YEARLY,), is_by_year=True)


def _search_portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    entries = holding.entries
    pages = {_address(entry): article_page(holding.look, entry, container='<div id="con_con">') for entry in entries}
    query = "websiteid=110000000000000&scope=basic&q=&pg=15&cateid=58&pos=title_text%2Cinfocontent&p=1"
    script = f"""<div id="resultlist"></div><script>
var searchUrl = '{_SEARCH}?{query}';
$.get(searchUrl, function (data) {{ render(data.data.searchResult.dataResults); }});
</script>"""
    pages |= {
        "/": homepage(holding.look, (Link(REPORT_COLUMN, SEARCHED),)),
        SEARCHED: _shell(holding, SEARCHED, (), script),
    }

    def search(asked: Asked) -> Page:
        number, size = int(asked.query.get("p", "1")), int(asked.query.get("pg", "10"))
        if asked.query.get("websiteid") != "110000000000000":
            return _json({"success": True, "code": "200", "data": {}})
        if "capped_search" in quirks:
            size = min(size, 10)
        chunk = entries[(number - 1) * size : number * size]
        found = [{"groupName": None, "data": _found(entry)} for entry in chunk]
        total = len(entries) + (7 if "more_stated" in quirks else 0)
        return _json({"success": True, "code": "200", "data": {"searchResult": {"total": total, "dataResults": found}}})

    return FakePortal(Site(pages, (SEARCHED,), {_SEARCH: search}))


def _found(entry: Entry) -> dict[str, str]:
    return {
        "title": entry.title.replace("信息公开", "<em>信息公开</em>"),
        "url": _address(entry),
        "jsearch_date": f"{entry.day.isoformat()} 10:30:00",
    }


def _address(entry: Entry) -> str:
    shapes = (
        f"/col/col1229123351/art/{entry.day.year}/art_{entry.number:032}.html",
        f"/xwfb/tz/art/{entry.day.year}/art_{entry.number:032}.html",
        f"/art/{entry.day.year}/{entry.day.month}/{entry.day.day}/art_1229123351_{entry.number}.html",
        f"/col/col1229565788/hd/zjdc/art/{entry.day.year}/art_{entry.number:032}.html",
    )
    return shapes[entry.number % len(shapes)]


def _href(entry: Entry, host: str, *, is_below: bool) -> str:
    """The link as one list mixes them: from the root, without a scheme, or relative to the column."""
    address = _address(entry)
    if entry.number % 4 == 2:  # noqa: PLR2004 (the third of the shapes)
        return f"//{host}{address}"
    return address.removeprefix("/col/col1229565788/") if is_below else address


def _unit_endpoint(shells: dict[str, tuple[_Block, ...]], quirks: frozenset[str]) -> Callable[[Asked], Page]:
    by_id = {_page_id(path): {block.tag: block for block in blocks} for path, blocks in shells.items()}

    def answer(asked: Asked) -> Page:
        query = asked.query
        blocks = by_id.get(query.get("pageId", ""), {})
        # An unknown name, or one in GBK, is no error to this server.
        block = blocks.get(query.get("tagId", "")) if query.get("parseType") == "bulidstatic" else None
        if block is not None and "unknown_unit" in quirks and block.tag == "信息列表":
            block = None
        if block is None:
            return _json({"success": False, "message": "生成失败", "code": "500", "data": {}})
        if "login_page" in quirks and block.entries is not None:
            return _LOGIN
        if block.entries is None:
            markup = f'<div class="bt-nav"><a href="/index.html">首页</a><a href="{_DISCLOSURE}">政务公开</a></div>'
        else:
            markup = _unit_markup(block, _page_number(query, quirks), asked.headers.get("Host", ""), quirks)
        return _json({
            "roles": None, "permissions": None, "success": True, "message": "生成成功", "code": "200",
            "data": {"html": markup}, "traceId": "6ca703fecd20455cb0e523a217f80848", "messageType": 2,
        })  # fmt: skip

    return answer


def _page_number(query: object, quirks: frozenset[str]) -> int:
    fields = dict(query) if isinstance(query, dict) else {}
    if "ignores_paging" in quirks:
        return 1
    if "bare_page_number" in quirks:
        return int(fields.get("pageNo", "1"))
    given = json.loads(fields.get("paramJson", "{}"))
    return int(given.get("pageNo", 1))


def _unit_markup(block: _Block, number: int, host: str, quirks: frozenset[str]) -> str:
    entries = block.entries or ()
    is_list = block.tag != "右侧内容"
    chunk = entries[(number - 1) * _PER_PAGE : number * _PER_PAGE]
    items = "\n".join(
        f'<li class="clearfix"><a class="bt-left" title="{escape(entry.title[:6])}\n{escape(entry.title[6:])}" '
        f'href="{escape(_href(entry, host, is_below=block.tag != "分页列表"))}" target="_blank">'
        f"{escape(entry.title[:_CUT])}...</a>"
        f'<span class="bt-right">{entry.day}</span></li>'
        for entry in chunk
    )
    pager = _pager(block, number, len(entries), quirks) if is_list else ""
    return f'<ul>  <div id="{block.tag}">\n<div class="page-content">\n{items}\n</div></div>\n</ul>\n{pager}'


def _pager(block: _Block, number: int, total: int, quirks: frozenset[str]) -> str:
    if "no_total" in quirks:
        return ""
    if "total_in_call" in quirks:
        return f'<script>oLayPageRender({{rows:"{_PER_PAGE}",count:"{total}",pageNo:"{number}"}});</script>'
    if "total_in_div" in quirks:
        return f'<div class="pagination" rows={_PER_PAGE} count={total} pageNo={number}></div>'
    if "total_in_print" in quirks:
        return f'<div class="fanye">共{total}条 第{number}页</div>'
    return (
        f'<table class="pagination default_pgToolbar" width="100%" newPagination="1" rows="{_PER_PAGE}" '
        f'unitid="{block.tag}" count="{total}" pageNo="{number}" unitUrl="{_UNIT}"><tbody><tr><td>第 '
        '<input class="default_pgCurrentPage" type="number" title="页码" /> 页 / 共 '
        '<span class="default_pgTotalPage">0</span> 页 检索到 <span class="default_pgTotalRecord">0</span> 条记录'
        '<a class="default_pgBtn default_pgNext" title="下页"></a></td></tr></tbody></table>'
    )


def _shell(holding: Holding, path: str, blocks: Sequence[_Block], inside: str = "") -> Page:
    scripts = "\n".join(
        f'<script id="{number:032x}" src="/cms_files/default/script/AuthorizedRead/unitbuild.js?v=4.5.12.1" '
        f'webId="3185" parseType="bulidstatic" url="{_UNIT}" queryData="{_query_data(path, block.tag)}"></script>'
        for number, block in enumerate(blocks)
    )
    title = REPORT_COLUMN if path in {COLUMN, YEARLY, SEARCHED} else "市政府工作部门"
    text = f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><title>{title}</title>
<meta name="SiteName" content="{escape(holding.look.site_name)}"><meta name="ColumnName" content="{title}">
<script src="/cms_files/default/script/AuthorizedRead/unitbuild.js"></script></head>
<body><ul class="nav">{menu_items(holding.look)}</ul><div class="bt-column-cen">{inside}
{scripts}
</div>{footer(holding.look)}</body></html>
"""
    return Page(text.encode(), UTF8)


def _query_data(path: str, tag: str) -> str:
    fields = {
        "parseType": "bulidstatic", "webId": "3185", "tplSetId": "o0YcVHHq5vWtr3uiCp4SY", "pageType": "column",
        "tagId": tag, "editType": "null", "pageId": _page_id(path),
    }  # fmt: skip
    return "{" + ",".join(f"'{name}':'{value}'" for name, value in fields.items()) + "}"


def _page_id(path: str) -> str:
    return "".join(character for character in path if character.isalnum())


def _disclosure(holding: Holding) -> Page:
    items = "".join(
        f'<li><a href="{COLUMN if name == REPORT_COLUMN else "/col/col15/index.html"}">{name}</a></li>'
        for name in BLOCKS
    )
    text = f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>政务公开</title></head>
<body><ul>{items}</ul>{footer(holding.look)}</body></html>"""
    return Page(text.encode(), UTF8)


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), "application/json;charset=UTF-8")


FAKES = (
    Fake(
        "jpaas",
        "jpaas",
        "大汉 jpaas：单元接口，paramJson 翻页",
        _portal,
        (
            Quirk("bare_page_number", "只认 pageNo，不认 paramJson"),
            Quirk("ignores_paging", "翻页参数无效，总是第 1 页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("unknown_unit", "列表单元返回 success:false", Outcome.INCOMPLETE, finds_all=False),
            Quirk("login_page", "单元返回登录页", Outcome.INCOMPLETE, finds_all=False),
            Quirk("two_lists", "一页中有两个列表单元"),
            Quirk("total_in_call", "总数写在 oLayPageRender 里"),
            Quirk("total_in_div", "总数写在 div 的属性里"),
            Quirk("total_in_print", "总数只是一行字"),
            Quirk("no_total", "不说总数"),
        ),
    ),
    Fake(
        "jpaas_years",
        "jpaas",
        "大汉 jpaas：按年份、部门分栏",
        _yearly_portal,
        (Quirk("no_total", "不说总数"),),
    ),
    Fake(
        "jpaas_search",
        "jpaas",
        "大汉 jpaas：栏目是检索接口",
        _search_portal,
        (
            Quirk("capped_search", "每页条数有上限"),
            Quirk("more_stated", "接口称有更多条", Outcome.INCOMPLETE),
        ),
    ),
)
