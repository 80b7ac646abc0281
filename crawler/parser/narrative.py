"""Figures that the narrative states about what the tables count, and breakdowns it adds up itself."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from storage.report import Breakdown, Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SPACE = re.compile(r"[^\S\n]+")
_SENTENCE = re.compile(r"[^。;!?\n]+")


class _Pattern(NamedTuple):
    kind: StatementKind
    words: re.Pattern[str]


_N = r"(?:共计?|合计|总计|为|有|了|约)?(\d+)"
_UNIT = r"(?:件|份|宗|条|起|次|例)"
_APPLICATION = r"(?:政府信息公开|信息公开|依申请公开|公开)?(?:的)?申请"
_LOST = r"(?:案件)?(?:中)?(?:被|败|纠错|撤销|改判|确认违法|后|维持|决定|结果|机关)"
"""How a dispute ended, or what it is about: that none ended so does not say that there was none."""

_PATTERNS = (
    _Pattern(
        StatementKind.APPLICATIONS_NONE,
        re.compile(
            r"(?:未|没有|无|尚未)(?:收到|发生|接到|受理|出现|有)?[^,。;]{0,14}(?:依申请|信息公开申请|公开申请|(?:收到|接到|受理)申请)"
            r"|未(?:收到|接到|受理)[^,。;]{0,20}申请"
            r"|(?:收到|接到|受理)[^,。;\d]{0,16}申请(?:共|数)?(?:为|量)?0(?:件|份|宗|条)"
        ),
    ),
    _Pattern(
        StatementKind.APPLICATIONS_RECEIVED,
        re.compile(
            rf"(?:新收|收到|接收|受理|接到)[^,。;\d]{{0,16}}{_APPLICATION}{_N}{_UNIT}(?!以上|左右|余)"
            rf"|(?:新收|收到|接收|受理|接到)(?:了)?{_N}{_UNIT}(?:政府信息公开|信息公开|依申请公开)(?:的)?申请"
        ),
    ),
    _Pattern(
        StatementKind.APPLICATIONS_HANDLED,
        re.compile(
            rf"(?:办结|办理完毕|已答复|按期答复|按时答复)(?:{_APPLICATION})?{_N}{_UNIT}(?:(?:政府信息公开|信息公开|依申请公开)?申请)?"
        ),
    ),
    _Pattern(
        StatementKind.APPLICATIONS_CARRIED_FORWARD,
        re.compile(rf"结转(?:至|到)?(?:下一?年度?|次年|\d{{4}}年度?)(?:继续)?(?:办理|答复)?(?:的)?{_N}{_UNIT}"),
    ),
    _Pattern(
        StatementKind.REVIEWS_NONE,
        re.compile(rf"(?:未|没有|无)(?:发生|出现|收到)?(?:(?!{_LOST})[^,。;\d]){{0,16}}复议(?!{_LOST})"),
    ),
    _Pattern(
        StatementKind.LITIGATION_NONE,
        re.compile(rf"(?:未|没有|无)(?:发生|出现|收到)?(?:(?!{_LOST})[^,。;\d]){{0,28}}诉讼(?!{_LOST})"),
    ),
    _Pattern(StatementKind.REVIEWS, re.compile(rf"行政复议(?:案件)?{_N}(?:件|起|宗|例)")),
    _Pattern(StatementKind.LITIGATION, re.compile(rf"行政诉讼(?:案件)?{_N}(?:件|起|宗|例)")),
)
"""One row a kind of sentence. A figure counts only about disclosure applications and their disputes."""

_ASKED = re.compile(
    r"(?:^|公开|收到|接到|接收|受理|新收|依|各类|各种|任何|公众|群众|[公村居市]民|自然人|个人|组织|社会|相关|有关|此类|书面|有效|网上|网络"
    r"|全部|所有|上述|以上|这些|全年|年度|有|次|件|份|宗|条)(?:的)?$"
)
"""What stands before 申请 where it is one for information: «行政许可申请» and «复议申请» are others."""
_APPLICATIONS = frozenset(
    {StatementKind.APPLICATIONS_NONE, StatementKind.APPLICATIONS_RECEIVED, StatementKind.APPLICATIONS_HANDLED}
)
_QUALIFIED = re.compile(r"[^,。;\d]{0,4}\(?(?:不含|不包括|除外|不计)(?![^,。;)]{0,6}结转)")
_WITH_CARRIED = re.compile(r"(?<!不)(?:含|包括|加上?)[^,。;]{0,6}(?:上年|上一年|去年)(?:度)?结转")
# Another year, another body, a month or a part of the whole: such a figure contradicts nothing.
_ELSEWHERE = re.compile(
    r"(?:\d{1,2}月|季度|上半年|下半年|同比|较上年|比上年|相比|去年|上一年度?[^结]|累计至|自\d{4}年以来|各(?:乡镇|街道|部门|单位)|其中|下属|全[市县区州省])"
)
_TOTAL = re.compile(
    r"(?:公开|发布)(?:各类|各项)?(?:政府|政务)?(?:信息|动态)(?:共|共计|总计|总数|达)?(\d+)(条|件|篇|次)(?!以上|左右|余|多)"
)
_LIST_START = re.compile(r"^[。,,::;]?(?:其中|包括|含|分别为|包含)[::,]?")
_PART = re.compile(r"(\d+)(条|件|篇|次)(余|多)?")
_OPEN_LIST = re.compile(r"(?:条|件|篇|次)等|等(?:等)?$")


NARRATIVE_SECTIONS = (1, 5, 6)
MAX_PROSE = 60_000
"""Characters of a section that are searched: ten times the longest met, so that noise costs no minutes."""


def plain_lines(text: str) -> str:
    """The text as it is searched here: NFKC, no white space but the ends of paragraphs."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text[:MAX_PROSE]))


def statements(prose: Mapping[int, str]) -> tuple[Statement, ...]:
    """The figures that the tables can confirm or contradict, in plain lines by section number."""
    return tuple(
        statement
        for number, text in prose.items()
        if "申请" in text or "复议" in text or "诉讼" in text
        for statement in _statements_in(text, number)
    )


def breakdowns(prose: Mapping[int, str]) -> tuple[Breakdown, ...]:
    """Totals of disclosed information that the text breaks down; two lists after one total are two partitions."""
    found: list[Breakdown] = []
    for number, text in prose.items():
        listed_to = 0
        for total in _TOTAL.finditer(text):
            # «通过网站公开信息104条» inside a list is a part, not a total.
            if total.start() < listed_to:
                continue
            rest = text[total.end() : total.end() + 400].split("\n")[0]
            for parts in _partitions(rest, total[2]):
                found.append(Breakdown(int(total[1]), parts, number, (total[0] + rest)[:160]))
                listed_to = total.end() + len(rest)
    return tuple(found)


def _statements_in(text: str, section: int) -> Iterator[Statement]:
    for sentence in _SENTENCE.finditer(text):
        words = sentence[0]
        if not ("申请" in words or "复议" in words or "诉讼" in words or "结转" in words or "办结" in words):
            continue
        for kind, pattern in _PATTERNS:
            match = pattern.search(words)
            if match is None or _ELSEWHERE.search(words[max(0, match.start() - 16) : match.end()]):
                continue
            figure = next((group for group in match.groups() if group), None)
            if kind is StatementKind.APPLICATIONS_HANDLED and "申请" not in words:
                continue
            if _QUALIFIED.match(words, match.end()) or (kind in _APPLICATIONS and not _asks(words, match)):
                continue
            if kind is StatementKind.APPLICATIONS_RECEIVED and _WITH_CARRIED.search(words):
                kind = StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER  # noqa: PLW2901
            if kind is StatementKind.APPLICATIONS_RECEIVED and figure == "0":
                continue
            yield Statement(kind, int(figure) if figure else None, section, words[:120])


def _asks(words: str, match: re.Match[str]) -> bool:
    """Are the applications that the figure counts such for information? They are named in it, or before it."""
    at = words.rfind("申请", 0, match.end())
    return at < 0 or _ASKED.search(words, 0, at) is not None


def _partitions(rest: str, unit: str) -> Iterator[tuple[int, ...]]:
    """Each «其中 a 条, b 条 …» that follows a total, up to the end of its sentence."""
    for sentence in re.split(r"[。;]", rest):
        if not sentence:
            continue
        start = _LIST_START.match(sentence)
        if start is None:
            return
        listed = sentence[start.end() :]
        parts = [match for match in _PART.finditer(listed) if match[2] == unit]
        # «余条» and percentages are not counts that add up; a single part is an example, not a list.
        if len(parts) < 2 or any(match[3] for match in parts) or _OPEN_LIST.search(listed) or "其中" in listed:  # noqa: PLR2004
            continue
        yield tuple(int(match[1]) for match in parts)
