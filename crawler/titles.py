"""What a title says: is it an annual report on government information disclosure, whose, of which year."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from storage.agency_names import names_agree

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFUSERS = (
    ("法治政府", "法治政府建设年度报告"),
    ("网站", "政府网站工作年度报表"),
    ("新媒体", "政务新媒体年度报表"),
    ("决算", "部门决算"),
    ("预算", "部门预算"),
    ("行政执法", "行政执法统计年报"),
    ("企事业单位", "公共企事业单位信息公开年报"),
    ("统计公报", "统计公报"),
    ("培训", "培训消息"),
    ("政府采购", "政府采购信息公开"),
    ("招标投标", "招标投标信息公开"),
    ("公开指南", "信息公开指南"),
    ("公开目录", "信息公开目录"),
    ("公开制度", "信息公开制度"),
)
"""What a page is about → what it is instead of a report. Not where the word is part of the agency's own name
(综合行政执法局, 新媒体中心)."""

OTHER_PAGES = (
    ("工作要点", "政务公开工作要点"),
    ("要点落实", "政务公开要点落实情况"),
    ("实施方案", "工作方案"),
    ("图解", "图解"),
    ("图读懂", "图解"),
    ("图看懂", "图解"),
    ("图说", "图解"),
    ("漫画", "图解"),
    ("长图", "图解"),
    ("解读", "解读"),
    ("新闻发布会", "消息"),
    ("更正说明", "更正说明"),
    ("勘误", "更正说明"),
    ("编制说明", "编制说明"),
    ("报告格式", "年报格式"),
    ("报告模板", "年报格式"),
    ("年报模板", "年报格式"),
    ("评估报告", "第三方评估"),
    ("落实情况", "落实情况"),
    ("标准化规范化", "基层政务公开总结"),
    ("查阅点", "查阅点总结"),
    ("环境信息公开", "环境信息公开"),
    ("上半年", "半年总结"),
    ("下半年", "半年总结"),
    ("季度", "季度总结"),
    ("依申请公开年", "依申请公开年报"),
    ("依申请公开工作", "依申请公开年报"),
    ("关于做好", "布置编制年报的通知"),
    ("关于编制", "布置编制年报的通知"),
    ("关于开展", "布置工作的通知"),
    ("关于报送", "布置报送年报的通知"),
    ("关于进一步", "布置工作的通知"),
)
"""Words that say what a page is wherever they stand. Order decides between two."""

OF_MANY = re.compile(
    r"各(?:乡|镇|街|部门|单位|县|区|市|旗|州|委办|直属|有关|机关|党政|政府|级)"
    r"|(?:乡镇|镇街|街道|部门|单位|县区|区县)[^年]{0,6}(?:政府)?(?:信息|政务)公开.{0,8}(?:合集|汇编|合编|汇总)"
    r"|(?:19|20)\d\d年.{0,8}公开.{0,6}(?:年报|报告).{0,4}(?:专栏|专题|专区|专页|合集|汇总|集中公[开布示])$"
)
"""Titles of a bundle: the reports of many agencies in one archive, or on one page of links."""

MAX_TITLE = 120

_DIGIT = "0Oo〇○零一二三四五六七八九"
_YEAR = re.compile(
    rf"(?<![\d〔\[(])((?:19|20)\d\d)(?!\d)\s*(?:年度|年)?(?![〕\]])|([二][{_DIGIT}]{{3}})年度?|\(((?:19|20)\d\d)\s*年?度?\)"
)
_SEVERAL_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d年?度?(?:[-–—~、和及与至到]|--)(?:19|20)\d\d(?!\d)")
_CORE = re.compile(r"(?:政府|政务)?信息公开|政务公开")
_REPORT = re.compile(r"年度?报告?|报告|工作总结|年度总结")
_UNCLEAR = re.compile(r"^(.*?)(?:工作|年度|政府信息|政务|信息|公开|主动|情况|的)*(?:年报|报告)")
_PUBLISHING = re.compile(
    r"关于(?:发布|公布|印发|公开|公示|更正|修订|报送)?|^(?:发布|公布|更正|修订)|(?:发布|公布|公示|印发)$"
)
_SENT_IN = re.compile(r"关于报送.*报告的报告$")
_FORWARDED = re.compile(r"^(.*?)关于(?:发布|公布|印发|公开|公示|更正|修订|报送)?+(.{2,})$")
"""X关于印发Y…: the report is Y's, whoever sends it out; X's where what stands behind is nobody's name."""
_BRACKETED = re.compile(r"^[【\[(《「〔]([^】\])》」〕]{0,30})[】\])」〕]")
_LONGEST_NOTE = 8
_LEADING = re.compile(r"^(?:附件?\d{0,2}[:、.]?|(?:标题|名称|题名|信息名称):|\d{1,2}[.、]|[#*·•>]+)")
_TRAILING = re.compile(r"报告?\s*(?:[(（]([^()（）]{2,30})[)）]|[—–-]{1,2}\s*([^—–-]{2,30}))\s*$")
_BODY_WORD = re.compile(
    r"(?:政府|厅|局|委|办|处|部|署|院|会|镇|乡|街道|区|县|市|省|旗|中心|队|行|公司|所|站|社|库|室|台|校|馆|团|苏木)$"
)
_OWN_BODIES = ("局", "委", "办", "厅", "部", "院", "镇", "乡", "街道", "中心", "办公室", "管委会")
_CUT = re.compile(r"(?:\.{2,}|·{2,}|⋯+|。{2,})[》」”\"')\]】]*$")
_CUT_REPORT = re.compile(r"^(?:工作)?年度?$")
_OURSELVES = frozenset(
    {"", "本机关", "本单位", "我单位", "本级"} | {one + body for one in "本我" for body in _OWN_BODIES}
)
"""How a title names its own agency without saying which."""

_LAST_WORDS = (
    "工作年度报告",
    "年度报告",
    "工作年报",
    "工作报告",
    "工作情况报告",
    "工作情况的报告",
    "情况年度报告",
    "工作总结",
)
REPORT_WORDS = ("政府信息公开", "信息公开", "政务公开")
"""The words behind the agency and the year in a report's title."""

_ASIDE = re.compile(r"[(\[【]([^()\[\]【】]{1,24})[)\]】]")
_COMPANION = re.compile(
    r"^(?:政策|图文|文字|图片|视频)?(?:解读|图解|图说|漫画|长图|勘误|更正说明|编制说明|一[张]?图[读看]懂)$|^(?:解读|图解)版$"
)
_ADDED = re.compile(r"[-–—_|][^-–—_|]{0,20}网站?$|(?:来源|浏览|点击)(?:次数|量)?:.*$|(?:19|20)\d\d-\d\d-\d\d.*$")
_JOINER = re.compile(r"暨|及|和|与|、")
_CORE_LAST = re.compile(r"公开(?:工作)?$")
_SENDING = re.compile(r"关于(?:报送|编制|开展|做好|进一步)")
_CALL = re.compile(r"通知|要求|方案|安排|部署|培训|会议")
_TOLD_OTHERWISE = re.compile(r"^(?:工作)?(?:年度)?(?:开展)?(?:情况)?的?(?:公示|公告|通告|通报|汇报|说明)$")
"""What agencies call a report now and then: 情况公示, 工作汇报."""

_EDGE = " \t\u3000\xa0·、,,。:::《》〈〉“”\"'-—–_|"


class TitleReading(NamedTuple):
    """`agency_name` and `report_year` are None where the title does not say.

    `confuser` names the other kind of page that the title announces, None for none; `is_report` is
    then False. `cut`: the title is cut before it says what it is and may be a report's; as much of the
    agency's name as is seen, perhaps with the first words behind it, and "" for nothing of it. None for a title
    that says what it is. `of_many`: the title announces the reports of many agencies together.
    """

    is_report: bool
    agency_name: str | None
    report_year: int | None
    confuser: str | None
    cut: str | None = None
    of_many: bool = False


def read_title(text: str) -> TitleReading:
    """What a list row's or page's title says; all None and False where it is about something else."""
    return _read(text[: MAX_TITLE * 2])


@lru_cache(maxsize=4096)
def _read(text: str) -> TitleReading:
    flat = _LEADING.sub("", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))
    year = report_year(flat)
    core = _core(flat)
    if core is None and _CUT.search(flat):
        return _cut_before_core(_CUT.sub("", flat), year)
    if core is None or len(flat) > MAX_TITLE:
        return TitleReading(False, None, year, _confuser(flat, ""))  # noqa: FBT003
    agency = _agency(flat, core.start())
    confuser = _confuser(flat, agency or "")
    is_report = confuser is None and _REPORT.search(flat, core.end()) is not None
    if is_report and OF_MANY.search(flat):
        return TitleReading(False, None, year, None, of_many=True)  # noqa: FBT003
    if not is_report and confuser is None and (_CUT.search(flat) or (year is not None and agency is not None)):
        rest = _CUT.sub("", flat)[core.end() :]
        is_report = _CUT.search(flat) is not None and _CUT_REPORT.search(rest) is not None
        if not is_report and _begins(_YEAR.sub("", rest), _LAST_WORDS):
            return TitleReading(False, agency, year, None, agency or "")  # noqa: FBT003
    return TitleReading(is_report, agency, year, confuser)


def may_be_report(text: str) -> bool:
    """Is the title a report's, or cut where no more than the report's last words can be missing?"""
    reading = read_title(text)
    is_cut_report = reading.cut is not None and (reading.agency_name is not None or _has_core(text))
    return reading.is_report or reading.of_many or is_cut_report


def unclear_name(text: str) -> str | None:
    """Of a title with a year and 年报 or 报告 that does not say what is reported on: whom it names, "" for nobody.

    None for every other title. «司法局2024年年报» in a column of reports may be one; its page says. So may «…年度报告
    (含图解)» and «第四季度暨全年…年度报告» be the report itself, and «…公开工作情况公示» one by another name.
    """
    reading = read_title(text)
    flat = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if reading.is_report or reading.of_many or reading.report_year is None:
        return None
    core = _core(flat)
    if core is not None and _is_perhaps_one(flat, core):
        plain = _without_asides(flat)
        own = _core(plain)
        return _agency(plain, own.start()) or None if own is not None else None
    if reading.cut is not None or reading.confuser is not None:
        return None
    unclear = _UNCLEAR.match(_YEAR.sub("", flat))
    return _cleaned(unclear[1]) if unclear is not None else None


def _is_perhaps_one(flat: str, core: re.Match[str]) -> bool:
    """Does a title that reads like another page's, or lacks the word for a report, announce a report all the same?

    Where the word that makes it another page stands in a note, behind the title, or in a clause joined by 和, 及, 暨;
    where the report is sent in and not called for; and where it is called 公示, 公告 or 汇报.
    """
    if _TOLD_OTHERWISE.match(_YEAR.sub("", flat[core.end() :])) and _other_page(flat) is None:
        return True
    plain = _without_asides(flat)
    sent = _SENDING.sub("", plain)
    forms = [plain, *([sent] if sent != plain and not _CALL.search(plain) else [])]
    for joiner in _JOINER.finditer(plain):
        left, right = plain[: joiner.start()], plain[joiner.end() :]
        forms += [right, f"{left}年度报告" if _CORE_LAST.search(left) else left]
    return any(form != flat and read_title(form).is_report for form in forms)


def _without_asides(flat: str) -> str:
    """The title without its notes in brackets and what a portal adds; what says that it is a companion stays."""
    plain = _ASIDE.sub(lambda note: note[0] if _COMPANION.search(note[1]) or _YEAR.search(note[0]) else "", flat)
    return _ADDED.sub("", plain)


def begins_like_words(text: str) -> bool:
    """Is the text a beginning of the words that stand behind agency and year, or empty?"""
    return _begins(text, REPORT_WORDS)


def names_a_body(text: str) -> bool:
    """Could this line be nothing but the name of an agency?"""
    flat = re.sub(r"\s+", "", text)
    return 2 < len(flat) <= 40 and _BODY_WORD.search(flat) is not None and not re.search(r"[。,，:：;；]", flat)  # noqa: PLR2004


def same_agency(printed: str, names: Iterable[str]) -> bool:
    """Does the name as printed mean the agency that goes by one of these names?"""
    return any(names_agree(printed, name) for name in names)


def report_year(flat: str) -> int | None:
    """The first year that a title names, in digits or Chinese numerals; years of document numbers are not it.

    None for a title of several years (2023—2024年): its report says itself which it is on.
    """
    match = _YEAR.search(flat)
    if match is None or _SEVERAL_YEARS.search(flat):
        return None
    digits = match[1] or match[3]
    if digits:
        return int(digits)
    return int("".join(str(max(_DIGIT.index(character) - 5, 0)) for character in match[2]))


def _core(flat: str) -> re.Match[str] | None:
    """The words 政府信息公开 that the report is about: an agency's own name may hold them too."""
    first = _CORE.search(flat)
    if first is None:
        return None
    report = _REPORT.search(flat, first.end())
    end = report.start() if report is not None else first.end()
    return list(_CORE.finditer(flat, 0, end))[-1]


def _begins(text: str, phrases: Iterable[str]) -> bool:
    return any(phrase.startswith(text) for phrase in phrases)


def _has_core(text: str) -> bool:
    return _CORE.search(re.sub(r"\s+", "", text)) is not None


def _cut_before_core(seen: str, year: int | None) -> TitleReading:
    """A title that breaks off before 信息公开: in its first words, in the year or in the agency's name."""
    confuser = _other_page(seen)
    match = _YEAR.search(seen)
    before = _cleaned(seen[: match.start()] if match else re.sub(r"\d+$", "", seen))
    behind = _cleaned(seen[match.end() :]) if match else ""
    if confuser is not None or (before and behind and not begins_like_words(behind)):
        return TitleReading(False, None, year, confuser)  # noqa: FBT003
    agency = before if match and before else None
    return TitleReading(False, agency, year, None, before or ("" if begins_like_words(behind) else behind))  # noqa: FBT003


def _cleaned(text: str) -> str:
    return _PUBLISHING.sub("", _unbracketed(text)).strip(_EDGE)


def _unbracketed(text: str) -> str:
    """The text without the brackets that it begins with: «[应急管理局]2024年…» names an agency, «[图文]…» nobody."""
    match = _BRACKETED.match(text)
    if match is None:
        return text
    rest = text[match.end() :]
    if _BODY_WORD.search(match[1]) and not _YEAR.sub("", rest).strip(_EDGE):
        return match[1]
    return rest if len(match[1]) <= _LONGEST_NOTE or _BODY_WORD.search(match[1]) else text


def _confuser(flat: str, agency: str) -> str | None:
    own = agency if _BODY_WORD.search(agency) else ""
    for word, kind in CONFUSERS:
        # «…政府网站» is a site, «…网站管理局» an agency.
        named = 1 if word in own and not own.endswith(word) else 0
        if flat.count(word) > named:
            return kind
    return _other_page(flat)


def _other_page(flat: str) -> str | None:
    # «…关于报送2024年…年度报告的报告» is the report as it was sent to the office above; a call for them is a 通知.
    seen = flat.replace("关于报送", "", 1) if _SENT_IN.search(flat) else flat
    return next((kind for word, kind in OTHER_PAGES if word in seen), None)


def _agency(flat: str, core: int) -> str | None:
    head = _unbracketed(flat[:core]) if not flat.startswith("《") else flat[1:core]
    head = _YEAR.sub("", head).strip(_EDGE)
    forwarded = _FORWARDED.search(head)
    if forwarded is not None:
        head = forwarded[2] if _BODY_WORD.search(forwarded[2]) else forwarded[1]
    head = _PUBLISHING.sub("", head).strip(_EDGE)
    # «蓬溪县人民政府信息公开年报» has one 政府 where the grammar wants two.
    if head.endswith("人民") and flat.startswith("政府", core):
        head += "政府"
    if head in _OURSELVES:
        tail = _TRAILING.search(flat)
        name = (tail[1] or tail[2]) if tail else None
        return name if name and _BODY_WORD.search(name) else None
    return head
