"""Fake TRS portals: static list pages that a script numbers, in its dialects, and articles as they are published."""

from __future__ import annotations

from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page, body_of
from crawler.simulator.families.pages_of_lists import articles, chunks, list_markup, list_page, row
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.simulator.families.holding import Entry, Holding

COLUMN = "/zfxxgk/zfxxgknb/"
_STUB = b"<html><head><meta charset='utf-8'><title></title></head><body>\n\n</body></html>"


class _Dialect(NamedTuple):
    """How the pages of one portal's lists are named and its pager is written.

    `name`: the number of a page, from 1 on → its file; `pager`: pages, number, rows → what stands below the
    list. `is_named`: the registry names the column.
    """

    key: str
    title: str
    name: Callable[[int], str]
    pager: Callable[[int, int, int], str]
    quirks: tuple[Quirk, ...] = ()
    is_named: bool = True


def _suffixed(number: int, *, stem: str = "index", first: int = 0, ending: str = "html") -> str:
    return f"{stem}.{ending}" if number == 1 else f"{stem}_{number - 1 + first}.{ending}"


def _called(arguments: str) -> Callable[[int, int, int], str]:
    """A call whose arguments are filled in: {pages}, {at} (from 0), {number} (from 1), {rows}."""

    def pager(pages: int, number: int, rows: int) -> str:
        filled = arguments.format(pages=pages, at=number - 1, number=number, rows=rows)
        return f'<div class="page" id="paging"><script>createPageHTML({filled});</script></div>'

    return pager


def _inline(pages: int, number: int, _: int) -> str:
    return f"""<div class="page"><script>
var currentPage = {number - 1};//所在页从0开始
var prevPage = currentPage-1//上一页
var nextPage = currentPage+1//下一页
var countPage = {pages}//共多少页
//设置下一页代码
if(countPage>1&&currentPage!=(countPage-1))
\tdocument.write("<a href=\\"index"+"_" + nextPage + "."+"htm\\">下一页</a>&nbsp;");
else
\tdocument.write("下一页&nbsp;");
</script></div>"""


def _numbered(pages: int, number: int, _: int) -> str:
    return f"""<script>var currentPage = parseInt('{number}');
maxPage = parseInt('{pages}');
if (currentPage < maxPage) document.write('<a href="' + (currentPage + 1) + '.html">下一页</a>');</script>"""


def _encoded(pages: int, number: int, rows: int) -> str:
    """Links that stand in the page as data: percent-encoded, then base64."""
    ahead = f'<a href="{_suffixed(number + 1)}">下一页</a>' if number < pages else "<span>下一页</span>"
    links = f"<span>共{rows}条</span>{ahead}<span>第{number}页/共{pages}页</span>"
    data = b64encode(quote(links).encode()).decode()
    return f"""<div id="pages">{data}</div><script>
var box = document.getElementById('pages');box.innerHTML = decodeURIComponent(atob(box.innerText));</script>"""


_DIALECTS = (
    _Dialect(
        "trs",
        "拓尔思 WCM：index_1.html 是第 2 页",
        _suffixed,
        _called('{pages}, {at}, "index", "html"'),
        (
            Quirk("stub_page", "第 2 页是几百字节的空壳", Outcome.INCOMPLETE, finds_all=False),
            Quirk("gone_page", "第 3 页 404", Outcome.INCOMPLETE, finds_all=False),
            Quirk("cut_page", "第 2 页从中间断开，长度却对", Outcome.INCOMPLETE, finds_all=False),
            Quirk("wap_twins", "每篇另有手机版 _wap.html，列表里两种都有"),
            Quirk("foreign_copies", "列表里夹有别的网站转载的年报"),
            Quirk("split_article", "一篇年报分成两页"),
            Quirk("files_only", "年报只有 PDF 附件"),
            Quirk("old_encoding", "GB2312 的老页面，没有 title 属性，表格排版"),
        ),
    ),
    _Dialect(
        "trs-total",
        "拓尔思 WCM：景德镇式，带样式名和总数",
        partial(_suffixed, ending="shtml"),
        _called('{pages},{at},"index","shtml","black2",{rows}'),
        (Quirk("wrong_total", "脚本里的总数比列表多 3 条", Outcome.INCOMPLETE),),
    ),
    _Dialect(
        "trs-one-based",
        "拓尔思 WCM：湖南式，index_2.html 是第 2 页",
        partial(_suffixed, first=1),
        _called("'paging',{pages},{number},'index','html',{rows}"),
        (Quirk("first_again", "另有 index_1.html，与第 1 页相同"),),
    ),
    _Dialect("trs-inline", "拓尔思 WCM：页内脚本 countPage", partial(_suffixed, ending="htm"), _inline),
    _Dialect("trs-numbers", "拓尔思 WCM：延安式，1.html 2.html", lambda number: f"{number}.html", _numbered),
    _Dialect(
        "trs-base64",
        "拓尔思 WCM：云南式，翻页链接编成 base64",
        _suffixed,
        _encoded,
        (Quirk("torn_data", "翻页数据缺了开头，解不出来", Outcome.INCOMPLETE, finds_all=False),),
    ),
    _Dialect(
        "trs-list",
        "拓尔思 WCM：list.html、list_1.html，栏目要从首页找",
        partial(_suffixed, stem="list", ending="htm"),
        _called("{pages}, {at}, 'list', 'htm'"),
        is_named=False,
    ),
)


def _portal(dialect: _Dialect, holding: Holding, quirks: frozenset[str]) -> FakePortal:
    pages = articles(holding, _address) | _odd_articles(holding, quirks)
    lists = chunks(holding.entries)
    first = COLUMN + dialect.name(1)
    for number, entries in enumerate(lists, start=1):
        stated = len(holding.entries) + 3 * ("wrong_total" in quirks)
        below = dialect.pager(len(lists), number, stated)
        if "torn_data" in quirks:
            below = below.replace('id="pages">JTN', 'id="pages">')
        pages[COLUMN + dialect.name(number)] = _list_page(holding, entries, below, quirks)
    if "stub_page" in quirks:
        pages[COLUMN + dialect.name(2)] = Page(_STUB)
    if "cut_page" in quirks:
        whole = pages[COLUMN + dialect.name(2)]
        pages[COLUMN + dialect.name(2)] = Page(whole.body[: len(whole.body) * 2 // 3], whole.media_type)
    if "gone_page" in quirks:
        del pages[COLUMN + dialect.name(3)]
    if "first_again" in quirks:
        pages[COLUMN + "index_1.html"] = pages[first]
    if first.startswith(f"{COLUMN}index."):
        pages[COLUMN] = pages[first]
    column = COLUMN if COLUMN in pages else first
    pages["/"] = homepage(holding.look, (Link(REPORT_COLUMN, column),))
    return FakePortal(Site(pages, (COLUMN,)), (column,) if dialect.is_named else ())


def _address(entry: Entry) -> str:
    return f"{COLUMN}{entry.day:%Y%m}/t{entry.day:%Y%m%d}_{entry.number}.html"


def _twin(address: str) -> str:
    return address.replace(".html", "_wap.html")


def _list_page(holding: Holding, entries: Sequence[Entry], below: str, quirks: frozenset[str]) -> Page:
    hrefs = [(entry, "." + _address(entry).removeprefix(COLUMN[:-1])) for entry in entries]
    if "old_encoding" in quirks:
        return _old_page(holding, hrefs, below)
    rows = [row(entry, href) for entry, href in hrefs]
    if "wap_twins" in quirks:
        rows = [line for entry, href in hrefs for line in (row(entry, _twin(href)), row(entry, href))]
    if "foreign_copies" in quirks:
        rows[2:2] = [row(entry, f"http://www.zhuanzai.example{_address(entry)}") for entry in entries[:3]]
    return list_page(holding, rows, below)


def _old_page(holding: Holding, hrefs: Sequence[tuple[Entry, str]], below: str) -> Page:
    lines = "\n".join(
        f'<tr valign="top"><td width="25"><img src="../../images/ico2.jpg"></td><td width="550">\n'
        f'<a href="{href}">{entry.title}</a></td><td>\n{entry.day}\n</td></tr>'
        for entry, href in hrefs
    )
    head = '<object type="application/x-shockwave-flash" data="/images/top.swf"></object>'
    table = f'{head}<table width="682" class="gl_list">\n{lines}\n</table>{below}'
    text = list_markup(holding, (), table, charset="gb2312")
    return Page(text.encode("gb18030"), "text/html")


def _odd_articles(holding: Holding, quirks: frozenset[str]) -> dict[str, Page]:
    """Articles that are published in another way: at two addresses, in two parts, as a file."""
    reports = [entry for entry in holding.entries if entry.report]
    look, pages = holding.look, dict[str, Page]()
    if "wap_twins" in quirks:
        pages |= {_twin(_address(entry)): article_page(look, entry) for entry in holding.entries}
    if "split_article" in quirks:
        entry = reports[0]
        address = _address(entry)
        stem = address.rpartition("/")[2].removesuffix(".html")
        pager = '<script>createPageHTML(2, {0}, "{1}", "html");</script>'
        before, heading, after = body_of(entry).partition("<p><strong>四、")
        pages[address] = article_page(look, entry, body=before + pager.format(0, stem))
        second = article_page(look, entry, body=heading + after + pager.format(1, stem))
        pages[address.replace(".html", "_1.html")] = second
    if "files_only" in quirks:
        for entry in reports[:6]:
            name = f"P0{entry.day:%Y%m%d}{entry.number}.pdf"
            link = f'<p class="TRS_PreAppendix">附件：<a href="./{name}" appendix="true">{entry.title}.pdf</a></p>'
            pages[_address(entry)] = article_page(look, entry, body=link)
            pages[f"{COLUMN}{entry.day:%Y%m}/{name}"] = Page(b"%PDF-1.4\n%%EOF\n", "application/pdf")
    return pages


FAKES = tuple(
    Fake(dialect.key, "trs", dialect.title, partial(_portal, dialect), dialect.quirks) for dialect in _DIALECTS
)
