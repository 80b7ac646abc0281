"""Which links lead to the column of annual reports, and which columns lie inside a column. All of it names, as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.pages import address, base_address
from crawler.portals import ARTICLE, FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crawler.pages import Page
    from crawler.rows import Row

COLUMN_NAMES = frozenset(
    {
        "政府信息公开工作年度报告", "政府信息公开年度报告", "政府信息公开工作年报", "政府信息公开年报",
        "信息公开工作年度报告", "信息公开年度报告", "信息公开工作年报", "信息公开年报", "信息公开工作报告",
        "政务公开年度报告", "政务公开年报", "公开年度报告", "公开年报", "政府信息公开报告", "政府信息公开工作报告",
    }
)  # fmt: skip
"""Link texts that can mean nothing else."""

AMBIGUOUS_NAMES = frozenset({"年报", "年度报告", "工作年报", "工作年度报告", "年度报告公开", "年报公开"})
"""Link texts that mean the column only under 信息公开: elsewhere they are statistics, budgets, rule of law."""

DISCLOSURE_NAMES = ("政府信息公开", "信息公开", "政务公开", "政府信息公开专栏", "法定主动公开内容", "政府信息公开平台")
"""Link texts of pages to look into next, most telling first."""

SITE_MAPS = ("网站地图", "站点地图")
"""Link texts of the page that links every column, where a portal has one."""

PATH_HINTS = ("zfxxgknb", "xxgknb", "zfxxgkndbg", "xxgkndbg", "gkndbg", "gknb", "ndbg", "gzndbg", "/nb/")
"""Path habits: they order links that are named alike and prove nothing."""

GROUP_NAMES = re.compile(
    r"^(?:各?[省市县区州旗]*(?:人民)?(?:政府)?(?:直属|直|级|属|本级)?(?:工作|职能|组成)?(?:部门|机构|单位|机关)(?:单位)?"
    r"|[省市县区州旗](?:人民)?政府(?:本级|办公室)?|[省市县区](?:本)?级"
    r"|各?(?:乡镇|镇街|镇乡|乡镇街道|镇街道|街镇|街道|镇|乡|镇办|乡镇办|镇\(街道\)|乡镇\(街道\)|乡镇、街道|街道办事处)(?:办事处|政府|人民政府)?"
    r"|各?(?:县区|区县|县市区|市县区|县\(市、?区\)|市县|旗县区|旗县)(?:政府|人民政府)?"
    r"|(?:开发区|园区|功能区|经开区|高新区|管委会)(?:管委会)?|(?:垂直管理|垂管|双管|驻[市县区])(?:部门|单位|机构)"
    r"|派出机[构关]|(?:公共)?企事业单位|其他(?:单位|部门|机构)|部门乡镇|部门街道)"
    r"(?:政府信息公开)?(?:工作)?(?:年度报告|年报)?$"
)
"""Link texts of columns that group agencies."""

YEAR_NAME = re.compile(r"^((?:19|20)\d\d)\s*年?\s*度?(?:政府)?(?:信息公开|政务公开)?(?:工作)?(?:年度报告|年报|报告)?$")
"""Link texts of columns that hold one year."""

TOPIC_NAME = re.compile(
    r"^.{0,16}?((?:19|20)\d\d)年?度?.{0,4}公开.{0,6}(?:年报|报告).{0,4}(?:专栏|专题|专区|专页|合集|汇总|集中公[开布示])$"
)
"""Link texts of a page apart, anywhere on the portal, for the reports on one year."""

_LONG_NAME = re.compile(r"信息公开.{0,4}(?:年报|年度报告)")
_YEAR = re.compile(r"\d|[〇零一二]{2}")
_MORE = re.compile(r"^(?:查看)?更多$|^more\+*$", re.IGNORECASE)
_BARE_YEAR = re.compile(r"^(?:19|20)\d\d年?度?$")

_FRONT = re.compile(r"/(?:index\.\w+)?$")
_LIST_SCRIPT = re.compile(
    r"/\w*(?:list|column|channel|class|more|catalog|infopublic)\w*\.(?:php|jsp|aspx?|do|action|s?html?)\?",
    re.IGNORECASE,
)
"""Addresses of scripts that show a list, whatever their fields are called (list.php?id=338)."""

MAX_COLUMNS = 8
"""Columns named alike that are looked at; where there are more, nobody's absence from all is shown."""
MAX_DISCLOSURE_PAGES = 4
_MAX_NAME = 24
_SURE = 1
"""The worst rank of a name that can only be the column's."""
_SPACE = re.compile(r"[\s\u3000\xa0·>»›\[\]【】|]+")


def report_columns(rows: Iterable[Row], ambiguous: Callable[[str], bool]) -> tuple[str, ...]:
    """The addresses of links that are named like the column, best first; those of ambiguous names for want of others.

    A portal may have a column of its own reports and another of its departments'. `ambiguous` says of an address
    whether a name such as 年报 means the column there.
    """
    ranked: dict[str, tuple[int, int]] = {}
    for row in rows:
        rank = _rank(_SPACE.sub("", row.title), takes_ambiguous=ambiguous(row.url))
        if rank is not None and not _is_article(row.url):
            hint = next((number for number, hint in enumerate(PATH_HINTS) if hint in row.url), len(PATH_HINTS))
            ranked[row.url] = min(ranked.get(row.url, (rank, hint)), (rank, hint))
    if not ranked:
        return ()
    is_sure = any(rank <= _SURE for rank, _ in ranked.values())
    return tuple(sorted((url for url in ranked if ranked[url][0] <= _SURE or not is_sure), key=lambda url: ranked[url]))


def doubtful_columns(rows: Iterable[Row]) -> tuple[str, ...]:
    """The addresses that are named like the column and look like an article's: some lead to the newest report.

    For want of any other: a report that stands where its column should be is found, and its list is not proven.
    """
    named = (row.url for row in rows if _SPACE.sub("", row.title) in COLUMN_NAMES)
    return tuple(dict.fromkeys(url for url in named if _is_article(url) and not FILE.search(url)))[:MAX_COLUMNS]


def disclosure_pages(rows: Iterable[Row]) -> tuple[str, ...]:
    """The addresses of pages on information disclosure, where the column is linked from; most telling first."""
    found: dict[str, int] = {}
    for row in rows:
        name = _SPACE.sub("", row.title)
        if name in DISCLOSURE_NAMES and not _is_article(row.url):
            found.setdefault(row.url, DISCLOSURE_NAMES.index(name))
    return tuple(sorted(found, key=lambda url: found[url])[:MAX_DISCLOSURE_PAGES])


def site_map(rows: Iterable[Row]) -> str | None:
    """The address of the portal's map of itself; None where it links none."""
    return next((row.url for row in rows if _SPACE.sub("", row.title) in SITE_MAPS), None)


def sub_columns(rows: Iterable[Row], column_url: str, *, from_year: int) -> tuple[str, ...]:
    """The columns inside a column: by year (from `from_year` on), by group of agencies, behind 更多; in page order.

    A report on a year may stand in the folder of the year in which it appeared, so later years are all entered.
    """
    found: dict[str, None] = {}
    for row in rows:
        name = _name(row)
        year = YEAR_NAME.match(name) or TOPIC_NAME.match(name)
        is_entered = year is None or int(year[1]) >= from_year
        if is_entered and is_sub_column(row, column_url):
            found[row.url] = None
    return tuple(found)


def is_sub_column(row: Row, column_url: str) -> bool:
    """Is this link of a column page a column inside it, or the rest of its list, rather than an article?"""
    name = _name(row)
    if TOPIC_NAME.match(name):
        return not _is_article(row.url) and row.url != column_url
    if len(name) > _MAX_NAME or FILE.search(row.url) or not _lies_inside(row.url, column_url):
        return False
    if _MORE.match(name) or _BARE_YEAR.match(name) or (GROUP_NAMES.match(name) and not re.search(r"年报|报告", name)):
        return True
    is_named = YEAR_NAME.match(name) or GROUP_NAMES.match(name)
    return is_named is not None and (ARTICLE.search(row.url) is None or "/index." in row.url)


def frames(page: Page) -> tuple[str, ...]:
    """The pages that a page shows inside itself: some columns are an empty frame around their list."""
    base = base_address(page)
    found = (address(base, element.get("src")) for element in page.root.iter("iframe", "frame"))
    return tuple(dict.fromkeys(url for url in found if url is not None and not FILE.search(url)))


def _rank(name: str, *, takes_ambiguous: bool) -> int | None:
    if name in COLUMN_NAMES:
        return 0
    if len(name) <= _MAX_NAME and _LONG_NAME.search(name) and not _YEAR.search(name):
        return 1
    if takes_ambiguous and (name in AMBIGUOUS_NAMES or re.fullmatch(r"20\d\d年年报", name)):
        return 2
    return None


def _is_article(url: str) -> bool:
    # The front page of a numbered folder is an article here and a column there (pbc: /4081330/4081347/index.html).
    is_list = _FRONT.search(urlsplit(url).path) is not None or _LIST_SCRIPT.search(url) is not None
    return bool(FILE.search(url) or (ARTICLE.search(url) and not is_list))


def _name(row: Row) -> str:
    return _SPACE.sub("", row.title).replace("（", "(").replace("）", ")")


def _lies_inside(url: str, column_url: str) -> bool:
    """Is the address below the column's folder, or in a sister folder that begins with its name (gknb → gknb2024)?"""
    own, other = urlsplit(column_url), urlsplit(url)
    prefix = own.path.rpartition("/")[0] or own.path.rpartition(".")[0] or own.path
    return url != column_url and own.netloc == other.netloc and other.path.startswith(prefix)
