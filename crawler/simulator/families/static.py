"""Fake portals of no known system: their article addresses in every dialect, and pagers in every shape met."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.families.pages_of_lists import chunks, list_page, row
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked


class _Dialect(NamedTuple):
    """How one such portal names its pages. `names`: the number of a list page, from 1 on → its path and query;
    `article`: a row → its address; `pager`: pages, number, names → what stands below the list."""

    key: str
    title: str
    names: Callable[[int], str]
    article: Callable[[Entry], str]
    pager: Callable[[int, int, Callable[[int], str]], str]
    quirks: tuple[Quirk, ...] = ()
    is_named: bool = True
    frame: str = ""


def _hex(entry: Entry, length: int) -> str:
    """As many hexadecimal digits, the row's number among them."""
    return f"{entry.number}{hashlib.sha256(str(entry.number).encode()).hexdigest()}"[:length]


def _words(pages: int, number: int, name: Callable[[int], str]) -> str:
    ahead = f'<a href="{name(number + 1)}">下一页</a><a href="{name(pages)}">尾页</a>' if number < pages else ""
    back = f'<a href="{name(1)}">首页</a><a href="{name(number - 1)}">上一页</a>' if number > 1 else ""
    return f'<div class="page">{back}{ahead or "<span>下一页</span><span>尾页</span>"}</div>'


def _numbers(pages: int, number: int, name: Callable[[int], str]) -> str:
    links = "".join(f"<b>{to}</b>" if to == number else f'<a href="{name(to)}">{to}</a>' for to in range(1, pages + 1))
    return f'<div class="fy">{links}</div>'


def _options(pages: int, number: int, name: Callable[[int], str]) -> str:
    options = "".join(f'<option value="{name(to)}">第{to}页</option>' for to in range(1, pages + 1))
    return f'<p>第{number}页/共{pages}页</p><select onchange="location.href=this.value">{options}</select>'


def _clicks(pages: int, number: int, name: Callable[[int], str]) -> str:
    ahead = f"""<span onclick="window.location='{name(number + 1)}'">下一页</span>""" if number < pages else ""
    return f"<div>{number}/{pages} {ahead}<em>末页</em></div>"


def _script(pages: int, number: int, _: Callable[[int], str]) -> str:
    """A pager that only states where it is: the addresses come out of a script that is not in the page."""
    return f'<div id="pageDec">当前第 {number} 页 / 共 {pages} 页</div><script src="/js/page.js"></script>'


def _form(pages: int, number: int, _: Callable[[int], str]) -> str:
    """A pager that posts a form with the number of the page in it."""
    fields = f'<input type="hidden" name="channel" value="338"><input type="hidden" name="cpage" value="{number}">'
    ahead = f'<a href="javascript:toPage({number + 1})">下一页</a>' if number < pages else ""
    form = f'<form name="pageForm" method="post" action="list.do">{fields}</form>'
    return f"{form}<p>共{pages}页 {ahead}</p><script>function toPage(n) {{ document.pageForm.submit(); }}</script>"


def _file(folder: str, number: int, *, first: int = 1, stem: str = "index", ending: str = "html") -> str:
    return f"{folder}{stem}.{ending}" if number == 1 else f"{folder}{stem}_{number - 1 + first}.{ending}"


_COLUMN_ID = UUID("56a14661-1bd1-4d29-8f0c-33f1f5b3a9c2")

_DIALECTS = (
    _Dialect(
        "static",
        "静态页面：下一页、尾页",
        partial(_file, "/zwgk/zfxxgknb/"),
        lambda entry: f"/zwgk/zfxxgknb/{entry.day:%Y-%m}/{entry.day:%d}/content_{entry.number}.shtml",
        _words,
        (Quirk("circle", "第 3 页的下一页回到第 2 页", Outcome.INCOMPLETE, finds_all=False),),
    ),
    _Dialect(
        "static-numbers",
        "静态页面：只有页码；文章是 /数字/index.html",
        partial(_file, "/gknb/", stem="list", ending="htm"),
        lambda entry: f"/gknb/22{entry.number}/index.html",
        _numbers,
        is_named=False,
    ),
    _Dialect(
        "static-options",
        "静态页面：下拉框翻页；文章是 pnidpv 数字",
        partial(_file, "/xxgk/nb/", first=0),
        lambda entry: f"/xxgk/nb/{entry.day:%Y%m}/pnidpv{entry.number}.html",
        _options,
    ),
    _Dialect(
        "static-clicks",
        "静态页面：点击翻页，地址写在 onclick 里；文章是 /年月/32 位十六进制",
        partial(_file, "/ndbg/"),
        lambda entry: f"/ndbg/{entry.day:%Y}/{entry.day.month}/{entry.day.day}/{_hex(entry, 32)}.shtml",
        _clicks,
    ),
    _Dialect(
        "hebei-columns",
        "河北 columns：翻页脚本在页外",
        partial(_file, f"/columns/{_COLUMN_ID}/"),
        lambda entry: f"/columns/{_COLUMN_ID}/{entry.day:%Y%m}/{entry.day:%d}/{_uuid(entry)}.html",
        _script,
        (
            Quirk("first_page_only", "后续页一律 404", Outcome.INCOMPLETE, finds_all=False),
            Quirk("soft_pages", "后续页一律给出第 1 页", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    _Dialect(
        "static-frame",
        "常州式：列表在同站的内嵌页面 /class/代码/页",
        lambda number: f"/class/HFLDAALF/{number}",
        lambda entry: f"/html/czj/{entry.day:%Y}/{_hex(entry, 12).upper()}_{entry.number}.html",
        _words,
        frame="/czj/nb/index.html",
        is_named=False,
    ),
    _Dialect(
        "static-query",
        "安庆式：list.php?id= 和 show.php?id=",
        lambda number: f"/xxgk/list.php?id=338&page={number}",
        lambda entry: f"/xxgk/show.php?id={entry.number}",
        _script,
        (Quirk("soft_pages", "后续页一律给出第 1 页", Outcome.INCOMPLETE, finds_all=False),),
    ),
    _Dialect(
        "static-form",
        "gtapp 式：翻页提交表单，页号在 cpage",
        lambda number: f"/gtapp/list.do?channel=338&cpage={number}",
        lambda entry: f"/gtapp/content/{entry.number}.html",
        _form,
    ),
)


def _uuid(entry: Entry) -> UUID:
    return UUID(_hex(entry, 32))


def _portal(dialect: _Dialect, holding: Holding, quirks: frozenset[str]) -> FakePortal:
    lists = chunks(holding.entries)
    served = {dialect.article(entry): article_page(holding.look, entry) for entry in holding.entries}
    for number, entries in enumerate(lists, start=1):
        rows = [row(entry, dialect.article(entry)) for entry in entries]
        pager = dialect.pager(len(lists), number, dialect.names)
        served[dialect.names(number)] = list_page(holding, rows, pager)
    later = [dialect.names(number) for number in range(2, len(lists) + 1)]
    if "circle" in quirks:
        back = _words(len(lists), 1, dialect.names).replace(dialect.names(len(lists)), "")
        served[later[1]] = list_page(holding, [row(entry, dialect.article(entry)) for entry in lists[2]], back)
    if "first_page_only" in quirks:
        served = {path: page for path, page in served.items() if path not in later}
    if "soft_pages" in quirks:
        served |= dict.fromkeys(later, served[dialect.names(1)])
    first = dialect.names(1)
    if dialect.frame:
        frame = f'<iframe src="{first}" frameborder="0" width="100%" height="900"></iframe>'
        served[dialect.frame] = list_page(holding, (), frame)
    column = dialect.frame or first
    served["/"] = homepage(holding.look, (Link(REPORT_COLUMN, column),))
    plain = {path: page for path, page in served.items() if "?" not in path}
    scripts = {path.partition("?")[0] for path in served if "?" in path}
    endpoints = {path: partial(_asked, served) for path in scripts}
    return FakePortal(Site(plain, (column,), endpoints), (column,) if dialect.is_named else ())


def _asked(served: dict[str, Page], asked: Asked) -> Page:
    """The page of a script by the fields that it is asked with; the first page's need not be there."""
    fields = asked.form if asked.method == "POST" else asked.query
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    return served.get(f"{asked.path}?{query}") or Page(b"<html><body><p>404 Not Found</p></body></html>", status=404)


FAKES = tuple(
    Fake(dialect.key, "static", dialect.title, partial(_portal, dialect), dialect.quirks) for dialect in _DIALECTS
)
