"""Fake portals with traps on their list pages: each bounded and named by a scan, none harming another portal."""

from __future__ import annotations

import gzip
import hashlib
from functools import partial
from html import escape
from itertools import count
from typing import TYPE_CHECKING

from crawler.simulator.families.fake import Fake, FakePortal, Quirk, article_page
from crawler.simulator.families.pages_of_lists import chunks, list_markup, row
from crawler.simulator.portals import REPORT_COLUMN, UTF8, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.site import Page, Site
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.site import Asked

COLUMN = "/zwgk/list.jsp"
DETAIL = "/zwgk/show.jsp"
_BIG = 10 * 1024 * 1024
_BOMB = gzip.compress(bytes(_BIG * 8))
# 64 MB of zeros.
_BROTLI_BOMB = bytes.fromhex(
    "cbffff3ff82700e2b14020f7fe8fffff7ff04f00c4611180eefd1fffffffe09f0088c30200ddfb3ffeffffc13f0110870500baf77ffcffff83"
    "7f02200e0b0074effff8ffff07ff04401c1600e8defff1ffff0ffe0980382c00d0bdffe3ffff1ffc1300715800a07bff37"
)


def _portal(holding: Holding, quirks: frozenset[str]) -> FakePortal:
    visits = count()
    endpoints: dict[str, Callable[[Asked], Page]] = {
        COLUMN: partial(_list, holding, quirks, visits),
        DETAIL: partial(_detail, holding),
        "/zwgk/there.jsp": lambda _: Page(b"", status=302, headers={"Location": f"{COLUMN}?page=2"}),
    }
    pages = {"/": homepage(holding.look, (Link(REPORT_COLUMN, COLUMN),))}
    return FakePortal(Site(pages, (COLUMN,), endpoints), (COLUMN,))


def _detail(holding: Holding, asked: Asked) -> Page:
    entry = next((entry for entry in holding.entries if asked.query.get("id") == str(entry.number)), None)
    return Page(b"<h1>404 Not Found</h1>", status=404) if entry is None else article_page(holding.look, entry)


def _list(holding: Holding, quirks: frozenset[str], visits: Iterator[int], asked: Asked) -> Page:
    """A page of the list; from page 2 on with the trap, so that there is something to lose."""
    lists = chunks(holding.entries)
    number = int(asked.query.get("page") or 1)
    visit = next(visits)
    if "endless" in quirks and number > len(lists):
        return _page(_more(number), _ahead(number + 1), holding)
    entries = lists[min(number, len(lists)) - 1]
    session = hashlib.sha256(f"session {visit}".encode()).hexdigest()[:24].upper()
    rows = [row(entry, _href(entry, session, quirks)) for entry in entries]
    if "odd_titles" in quirks:
        rows = [_odd(each) for each in rows]
    is_last = number >= len(lists) and "endless" not in quirks
    below = "<span>下一页</span>" if is_last else _ahead(number + 1, session, quirks)
    if number > 1:
        below = f'<a href="{COLUMN}?page={number - 1}">上一页</a>{below}'
    below += _calendar(asked) if "calendar" in quirks else ""
    page = _page(rows, below, holding)
    return page if number == 1 and "slow" not in quirks else _trapped(page, quirks, asked)


def _page(rows: list[str], below: str, holding: Holding) -> Page:
    return Page(list_markup(holding, rows, below).encode(), UTF8)


def _href(entry: Entry, session: str, quirks: frozenset[str]) -> str:
    if "session_path" in quirks:
        return f"{DETAIL.rpartition('/')[2]};jsessionid={session}.node1?id={entry.number}"
    if "session_field" in quirks:
        return f"{DETAIL}?s={session}&id={entry.number}"
    return f"{DETAIL}?id={entry.number}"


def _ahead(number: int, session: str = "", quirks: frozenset[str] = frozenset()) -> str:
    path = COLUMN + (f";jsessionid={session}.node1" if "session_path" in quirks else "")
    field = f"&amp;s={session}" if "session_field" in quirks else ""
    return f'<a href="{path}?page={number}{field}">下一页</a>'


def _more(number: int) -> list[str]:
    """Rows without end, each of them new."""
    text = '<li><a href="{0}?id=9{1:04}{2:02}">县图书馆第{1}-{2}期读书会</a><span>2020-01-02</span></li>'
    return [text.format(DETAIL, number, place) for place in range(20)]


def _calendar(asked: Asked) -> str:
    """A calendar whose every day, month and year is a link to the same list."""
    year = int(asked.query.get("year") or 2025)
    days = "".join(
        f'<td><a href="{COLUMN}?year={year}&amp;month=1&amp;day={day}">{day}</a></td>' for day in range(1, 32)
    )
    years = "".join(f'<a href="{COLUMN}?year={other}">{other}年</a>' for other in range(year - 2, year + 3))
    head = "".join(f"<th>{day}</th>" for day in "日一二三四五六")
    return (
        f'<div class="calendar"><p>{years}</p><table><tr><td><a href="{COLUMN}?year={year - 1}">&lt;</a></td>'
        f'<td>{year}年1月</td><td><a href="{COLUMN}?year={year + 1}">&gt;</a></td></tr>'
        f"<tr>{head}</tr><tr>{days}</tr></table></div>"
    )


def _odd(line: str) -> str:
    """A row whose title holds a script, and characters that nobody sees."""
    title = line.partition('title="')[2].partition('"')[0]
    odd = f"\u200b{title[:3]}\x00\x0b{title[3:]}\u202e<script>document.write('{escape('<b>')}')</script>\x1b"
    return line.replace(f'title="{title}"', "").replace(f">{title}<", f">{odd}<")


def _trapped(page: Page, quirks: frozenset[str], asked: Asked) -> Page:
    traps: dict[str, Callable[[], Page]] = {
        "redirect_loop": lambda: Page(b"", status=302, headers={"Location": "/zwgk/there.jsp"}),
        "cookie_loop": lambda: _with_cookie(page, asked),
        "slow": lambda: Page(page.body, UTF8, seconds=1.0),
        "gzip_bomb": lambda: Page(_BOMB, UTF8, headers={"Content-Encoding": "gzip"}),
        "brotli_bomb": lambda: Page(_BROTLI_BOMB, UTF8, headers={"Content-Encoding": "br"}),
        "torn": lambda: Page(page.body, UTF8, is_torn=True),
        "no_gzip": lambda: Page(page.body, UTF8, headers={"Content-Encoding": "gzip"}),
        "file_type": lambda: Page(page.body, "application/octet-stream"),
        "plain_type": lambda: Page(page.body, "text/plain; charset=iso-8859-1"),
        "gbk_as_utf8": lambda: Page(page.body.decode().encode("gb18030"), UTF8),
        "huge": lambda: Page(page.body + b"<!-- " + b" " * _BIG + b"-->", UTF8),
    }
    trap = next((traps[key] for key in quirks if key in traps), None)
    return trap() if trap is not None else page


def _with_cookie(page: Page, asked: Asked) -> Page:
    """Some servers send every visitor to the same address once more, with a cookie: nothing is to be solved there."""
    if "CT6T=" in asked.headers.get("Cookie", ""):
        return page
    here = f"{asked.path}?page={asked.query['page']}"
    return Page(b"", status=302, headers={"Location": here, "Set-Cookie": "CT6T=4f2a; path=/"})


FAKES = (
    Fake(
        "traps",
        "static",
        "列表页上的陷阱",
        _portal,
        (
            Quirk("endless", "每一页都有下一页，每一页都有新的行", Outcome.TRAPPED),
            Quirk("calendar", "列表旁有日历，日、月、年都是链接"),
            Quirk("session_path", "链接里带 ;jsessionid=，每次都不同"),
            Quirk("session_field", "链接里带 ?s=，每次都不同"),
            Quirk("redirect_loop", "第 2 页循环跳转", Outcome.INCOMPLETE, finds_all=False),
            Quirk("cookie_loop", "先带着 Cookie 跳转到自己，再给内容"),
            Quirk("slow", "内容一点一点地来"),
            Quirk("gzip_bomb", "第 2 页解压后 80 MB", Outcome.INCOMPLETE, finds_all=False),
            Quirk("brotli_bomb", "第 2 页解压后 64 MB（brotli）", Outcome.INCOMPLETE, finds_all=False),
            Quirk("torn", "第 2 页分块传输中断", Outcome.INCOMPLETE, finds_all=False),
            Quirk("no_gzip", "自称 gzip，其实没有压缩", Outcome.INCOMPLETE, finds_all=False),
            Quirk("file_type", "列表页的类型写成 application/octet-stream"),
            Quirk("plain_type", "列表页的类型写成 text/plain，编码写成 iso-8859-1"),
            Quirk("gbk_as_utf8", "自称 UTF-8，其实是 GBK"),
            Quirk("huge", "第 2 页 10 MB", Outcome.INCOMPLETE, finds_all=False),
            Quirk("odd_titles", "标题里有脚本、NUL 和看不见的字符"),
        ),
    ),
)
