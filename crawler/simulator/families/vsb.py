"""Fake 博达 VSB portals: list pages that are numbered backwards, attachments that want to know who led to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.families.pages_of_lists import chunks, list_page, row
from crawler.simulator.portals import REPORT_COLUMN, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

STEM = "/zwgk/gknb"
_DOWNLOAD = "/system/_content/download.jsp"
_PER_PAGE = 6
_CONTAINER = '<div id="vsb_content_4"><div class="v_news_content">'
_NOT_LED = b"<html><head><meta charset='utf-8'></head><body><script>alert('illegal access');</script></body></html>"


def _portal(is_named: bool, holding: Holding, quirks: frozenset[str]) -> FakePortal:  # noqa: FBT001 (bound in FAKES)
    lists = chunks(holding.entries, _PER_PAGE)
    count = len(lists)
    pages = {_address(entry): article_page(holding.look, entry, container=_CONTAINER) for entry in holding.entries}
    endpoints = {}
    if "attachments" in quirks or "captcha" in quirks:
        pages |= {_address(entry): _attached(holding, entry) for entry in holding.entries if entry.report}
        endpoints[_DOWNLOAD] = partial(_download, asks_for_code="captcha" in quirks)
    for number, entries in enumerate(lists, start=1):
        depth = ".." if number == 1 else "../.."
        rows = [row(entry, depth + _address(entry)) for entry in entries]
        pager = _pager(count, number, len(holding.entries), is_silent="silent" in quirks)
        path = f"{STEM}.htm" if number == 1 else f"{STEM}/{count + 1 - number}.htm"
        pages[path] = list_page(holding, rows, pager)
    if "gone_page" in quirks:
        del pages[f"{STEM}/{count - 4}.htm"]
    pages["/"] = homepage(holding.look, (Link(REPORT_COLUMN, f"{STEM}.htm"),))
    return FakePortal(Site(pages, (STEM,), endpoints), (f"{STEM}.htm",) if is_named else ())


def _address(entry: Entry) -> str:
    return f"/info/1021/{entry.number}.htm"


def _pager(count: int, number: int, rows: int, *, is_silent: bool) -> str:
    """The pager as the system writes it: page n of m lies at m + 1 - n, from page 2 on beside the others."""
    folder = f"{STEM.rpartition('/')[2]}/" if number == 1 else ""

    def link(to: int) -> str:
        return f"../{STEM.rpartition('/')[2]}.htm" if to == 1 else f"{folder}{count + 1 - to}.htm"

    def turn(name: str, text: str, to: int) -> str:
        if not 1 <= to <= count or to == number:
            return f'<span class="{name}_d p_fun_d">{text}</span>'
        return f'<span class="{name} p_fun"><a href="{link(to)}">{text}</a></span>'

    shown = sorted({1, count} | {to for to in range(number - 2, number + 4) if 1 <= to <= count})
    numbers = "".join(
        f'<span class="p_no_d">{to}</span>'
        if to == number
        else f'<span class="p_no"><a href="{link(to)}">{to}</a></span>'
        for to in shown
    )
    total = "" if is_silent else f'<span class="p_t">共{rows}条</span> '
    place = "" if is_silent else f' <span class="p_t">{number}/{count}</span>'
    return (
        '<div class="pb_sys_common pb_sys_normal pb_sys_style1">'
        f'{total}<span class="p_pages">{turn("p_first", "首页", 1)}{turn("p_prev", "上页", number - 1)}{numbers}'
        f"{turn('p_next', '下页', number + 1)}{turn('p_last', '尾页', count)}</span>{place}</div>"
        "<script>_showDynClickBatch(['dynclicks_u5_1'],[1],\"wbnews\", 1632666717)</script>"
    )


def _attached(holding: Holding, entry: Entry) -> Page:
    href = f"{_DOWNLOAD}?urltype=news.DownloadAttachUrl&owner=1632666717&wbfileid={entry.number}"
    body = f'<p>附件：<a href="{href}">{entry.title}.pdf</a></p></div>'
    return article_page(holding.look, entry, container=_CONTAINER, body=body)


def _download(asked: Asked, *, asks_for_code: bool) -> Page:
    code = "请输入验证码后继续访问"
    if asks_for_code:
        return Page(f"<html><body><p>{code}</p><input name=codeValue></body></html>".encode())
    if f"/{asked.query.get('wbfileid')}.htm" not in asked.headers.get("Referer", ""):
        return Page(_NOT_LED)
    return Page(b"%PDF-1.4\n%%EOF\n", "application/octet-stream", headers={"Content-Disposition": "attachment"})


FAKES = (
    Fake(
        "vsb",
        "vsb",
        "博达 VSB：页号倒数",
        partial(_portal, True),  # noqa: FBT003 (is_named)
        (
            Quirk("attachments", "年报只是附件，下载要带来源页"),
            Quirk("captcha", "附件要验证码"),
            Quirk("silent", "翻页处没有总数和页数，末页的下页没有链接"),
            Quirk("gone_page", "中间一页 404", Outcome.INCOMPLETE, finds_all=False),
        ),
    ),
    Fake("vsb-found", "vsb", "博达 VSB：栏目要从首页找", partial(_portal, False)),  # noqa: FBT003
)
