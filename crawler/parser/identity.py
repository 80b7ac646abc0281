"""Whose report it is, of which year, over which period, and how to reach the agency."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.calendar import in_digits
from crawler.parser.narrative import MAX_PROSE
from crawler.titles import TitleReading, names_a_body, read_title
from storage.report import Contact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_TITLE_LINES = 4
MAX_HEAD_LINES = 2000
_TITLE_LINE = 60
_LAST_WORD = "报告"
"""A fixed layout may set its last character on a line of its own."""

_NO_TITLE = re.compile(r"[:：;；,，>|]|\d{1,2}[-/.]\d{1,2}")
_SPACE = re.compile(r"\s+")
_PERIOD = re.compile(
    r"((?:19|20)\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?(?:0?0时|0?0:00)?(?:起|开始)?,?(?:截?至|到|—+|-+|~|–)"
    r"(?:((?:19|20)\d\d)[年./-]|当年|同年)?(\d{1,2})[月./-](\d{1,2})日?"
)
_PERIOD_HINT = re.compile(r"期限|统计|数据|时限|时间")
_SENTENCE_YEAR = re.compile(
    r"(?:^|[。;;\n!])(?:截[至止])?(?:[一二三四五六]、|\([一二三四五六七八]\)|\d[.、])?((?:19|20)\d\d)年度?(?!\d{0,2}月\d{0,2}日?(?:印发|发布|施行|实施))",
    re.MULTILINE,
)
_PHONE_LABEL = r"(?:联系电话|咨询电话|办公电话|联系方式|电话号码|电话/传真|电话及传真|电话|TEL|Tel|tel)"
_PHONE_NUMBER = (
    r"(?:\(?0\d{2,3}\)?[-—–―－─]*\d{7,8}(?:[-转]\d{1,6})?|1[3-9]\d{9}|400[-—]?\d{3,4}[-—]?\d{3,4}|\d{7,8}|12345)"
)
_PHONE = re.compile(rf"{_PHONE_LABEL}(?:\([^()]{{0,10}}\))?(?:为|是)?[::]?({_PHONE_NUMBER})(?!\d)")
_ADDRESS = re.compile(
    r"(?:通信地址|通讯地址|联系地址|办公地址|单位地址|(?<![箱件站页络])地址)(?:为|是|:)"
    r"((?:(?!联系电话|咨询电话|办公电话|电话|邮编|邮政编码|传真|邮箱|电子邮)[^,。;、()\n]){2,60}(?:\([^()]{1,20}\))?)"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_POSTCODE = re.compile(r"(?:邮\s*政\s*编\s*码|邮\s*编)(?:为|是)?[::]?\s*(\d{6})(?!\d)")
_URL = re.compile(r"(?:https?://|http//:|www\.)[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]+")
_ANNOUNCES = re.compile(
    r"(?:公布|发布|编制|现将)(?:了|并向社会公布)?(?:(?:19|20)\d\d年?度?)?([\u4e00-\u9fff]{2,40}?)"
    r"(?:(?:19|20)\d\d年?度?)?(?:政府|政务)?信息公开"
)
_MADE_BY = re.compile(r"报告由([\u4e00-\u9fff]{2,40}?)(?:按照|根据|依据|依照|遵照|负责|组织|结合|编制|编写|发布|公布)")

_RUN_INTO = re.compile(
    r"[^，。；：、《》“”\s]{2,50}?(?:政府|政务)信息公开(?:工作)?(?:年度)?(?:报告|年报)"
    r"(?=本(?:年度)?报告|根据|按照?|依[据照]|遵照|为|现将|一、)"
)
"""A title as small as the text, after which a page that says nothing of lines goes straight on."""


class Titles(NamedTuple):
    """The title as printed in the text, and what it says; `lines` is how many paragraphs it takes."""

    text: str | None
    reading: TitleReading | None
    lines: int


def title_in_text(head: Sequence[str], page_title: str | None) -> Titles:
    """The report's own title among the paragraphs before section 1; it may run over several lines.

    Where the portal's list of other reports stands there too, the page's own title tells which it is.
    """
    found = list(_titles(head))
    if not found:
        return _run_into_text(head)
    page = read_title(page_title) if page_title else None
    own = next((title for title in found if page and page.is_report and _means(title, page)), found[0])
    # A cover page or the portal prints the title once more; the preamble begins below the last.
    last = [title for title in found if title.reading == own.reading][-1]
    return own._replace(lines=last.lines)


def _run_into_text(head: Sequence[str]) -> Titles:
    """The title with which the first paragraph begins; that stays the preamble's."""
    title = _RUN_INTO.match(head[0]) if head else None
    reading = read_title(title[0]) if title else None
    if title is None or reading is None or not reading.is_report or reading.report_year is None:
        return Titles(None, None, 0)
    return Titles(title[0], reading, 0)


def _titles(head: Sequence[str]) -> Iterator[Titles]:
    """Every title among the lines, in order."""
    start = 0
    while start < min(len(head), MAX_HEAD_LINES):
        found = _title_at(head, start)
        if found is not None:
            yield _with_line_above(head, start, found)
        start = found.lines if found is not None else start + 1


def _title_at(head: Sequence[str], start: int) -> Titles | None:
    for count in range(1, MAX_TITLE_LINES + 1):
        lines = head[start : start + count]
        if len(lines) < count or any(len(line) > _TITLE_LINE or "。" in line for line in lines):
            return None
        # A line of dates or links above a title is no part of it.
        if count > 1 and (_NO_TITLE.search(lines[-2]) or _is_whole(lines[-1])):
            return None
        text = "".join(lines) if count > 1 else lines[0]
        reading = read_title(text)
        if reading.is_report and (reading.report_year is not None or (count == 1 and not _continues(head, start))):
            rest = head[start + count] if start + count < len(head) else ""
            if not text.endswith(_LAST_WORD) and len(rest) <= len(_LAST_WORD) and (text + rest).endswith(_LAST_WORD):
                return Titles(text + rest, read_title(text + rest), start + count + 1)
            return Titles(text, reading, start + count)
    return None


def _is_whole(line: str) -> bool:
    reading = read_title(line)
    return reading.is_report and reading.report_year is not None


def _means(title: Titles, page: TitleReading) -> bool:
    own = title.reading
    return own is not None and (own.agency_name, own.report_year) == (page.agency_name, page.report_year)


def _with_line_above(head: Sequence[str], start: int, found: Titles) -> Titles:
    """A title whose agency stands alone on the line above («X局» / «2024年…年度报告»)."""
    if found.reading is not None and found.reading.agency_name is None and start > 0 and names_a_body(head[start - 1]):
        joined = head[start - 1] + (found.text or "")
        above = read_title(joined)
        if above.is_report and above.agency_name:
            return Titles(joined, above, found.lines)
    return found


def _continues(head: Sequence[str], start: int) -> bool:
    return (
        start + 1 < len(head)
        and len(head[start + 1]) <= _TITLE_LINE
        and read_title(head[start] + head[start + 1]).report_year is not None
    )


def flatten(text: str) -> str:
    """NFKC without any white space: how prose is searched, since PDF dumps put blanks into words."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text[:MAX_PROSE]))


def period(text: str) -> tuple[date, date] | None:
    """The statistical period in a text without white space: the first range of days called one, else the
    first that ends a year it began."""
    fallback = None
    text = in_digits(text)
    for match in _PERIOD.finditer(text):
        found = _range(match)
        if found is None:
            continue
        if _PERIOD_HINT.search(text, max(0, match.start() - 30), match.start()):
            return found
        if fallback is None and (found[0].month, found[0].day) == (1, 1) and found[1].month == 12:  # noqa: PLR2004
            fallback = found
    return fallback


def _range(match: re.Match[str]) -> tuple[date, date] | None:
    try:
        start = date(int(match[1]), int(match[2]), int(match[3]))
        return start, date(int(match[4] or match[1]), int(match[5]), int(match[6]))
    except ValueError:
        return None


def body_year(flat: str) -> int | None:
    """The year most sentences of section 1 begin with; None where none does. Ties: the first met."""
    years = Counter(int(match[1]) for match in _SENTENCE_YEAR.finditer(flat))
    return years.most_common(1)[0][0] if years else None


def announced_agency(preamble: str) -> str | None:
    """The agency that the preamble says it publishes for («现公布X2024年政府信息公开…», «本报告由X编制»)."""
    found = (pattern.search(preamble) for pattern in (_ANNOUNCES, _MADE_BY))
    return next((match[1] for match in found if match and names_a_body(match[1])), None)


def contact(text: str) -> Contact:
    """The first contact line of a text whose white space is gone; parts that are not there are None."""
    phone = _PHONE.search(text)
    address = _ADDRESS.search(text)
    email = _EMAIL.search(text)
    postcode = _POSTCODE.search(text)
    url = _URL.search(text)
    return Contact(
        phone=phone[1] if phone else None,
        address=address[1] if address else None,
        email=email[0] if email else None,
        postcode=postcode[1] if postcode else None,
        url=url[0].rstrip(".,;:)]") if url else None,
    )
