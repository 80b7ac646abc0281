"""How operators' own lists name the columns and kinds of the registry, and write dates and codes."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING

from storage.agency_table import ALIAS_MARK, COLUMNS
from storage.errors import ConfigurationError
from storage.faults import WrongValueError, shown
from storage.forms import Label, label
from storage.records import AgencyKind

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER_WORDS: Mapping[str, tuple[str, ...]] = {
    "id": (
        "编号",
        "编码",
        "机构编号",
        "机构编码",
        "机构代码",
        "单位编号",
        "单位编码",
        "单位代码",
        "统一社会信用代码",
    ),
    "name": ("名称", "机构名称", "单位名称", "机关名称", "行政机关名称", "全称", "机构全称", "单位全称", "规范名称"),
    "kind": ("类型", "类别", "机构类型", "机构类别", "机关类型", "单位类型", "单位类别", "单位性质"),
    "region": ("行政区划代码", "行政区划编码", "行政区划", "区划代码", "区划编码", "地区代码"),
    "portal": ("门户", "门户编号", "门户网站", "网站", "网站编号", "所属门户", "所属网站", "发布网站"),
    "column_url": ("栏目地址", "栏目网址", "栏目链接", "年报栏目", "年报栏目地址", "年报栏目网址", "年报网址"),
    "aliases": ("别名", "简称", "曾用名", "又名", "其他名称"),
    "parent": ("上级", "上级编号", "上级机构", "上级机关", "上级单位", "上级机构编号", "主管部门"),
    "active_from": ("设立日期", "成立日期", "启用日期", "起始日期", "生效日期"),
    "active_to": ("撤销日期", "终止日期", "停用日期", "失效日期"),
    "due": ("期限", "报告期限", "公布期限", "发布期限", "应公布日期"),
    "due_basis": ("依据", "期限依据", "依据文件"),
}
"""Column of `agencies.csv` → what lists call it; the column's own name counts too."""

IGNORED_WORDS = ("序号", "备注", "联系人", "联系电话", "电话", "负责人", "地址", "单位地址", "邮编", "更新时间")
"""Columns that such lists have and the registry does not; they are left out, and the plan says so."""

KIND_WORDS: Mapping[AgencyKind, tuple[str, ...]] = {
    AgencyKind.STATE_COUNCIL_DEPARTMENT: ("国务院部门", "国务院部委", "国务院组成部门", "国务院直属机构"),
    AgencyKind.LOCAL_DEPARTMENT: (
        "部门",
        "工作部门",
        "政府部门",
        "政府工作部门",
        "地方政府部门",
        "地方政府工作部门",
        "省直部门",
        "市直部门",
        "县直部门",
        "区直部门",
    ),
    AgencyKind.VERTICAL_AGENCY: ("垂直管理部门", "垂直管理机构", "垂直管理单位", "垂管部门", "垂管机构", "垂管单位"),
    AgencyKind.AUTHORISED_ORGANISATION: (
        "授权组织",
        "法律法规授权组织",
        "法律、法规授权的组织",
        "法律、法规授权的具有管理公共事务职能的组织",
    ),
    AgencyKind.PROVINCE_GOVERNMENT: (
        "省人民政府",
        "省级人民政府",
        "省级政府",
        "自治区人民政府",
        "直辖市人民政府",
    ),
    # 市人民政府 alone may be a prefecture's or a county-level city's: it is not guessed.
    AgencyKind.CITY_GOVERNMENT: (
        "市级人民政府",
        "市级政府",
        "地级市人民政府",
        "设区的市人民政府",
        "自治州人民政府",
    ),
    AgencyKind.COUNTY_GOVERNMENT: (
        "县人民政府",
        "县级人民政府",
        "县级政府",
        "县级市人民政府",
        "县(市、区)人民政府",
        "区人民政府",
        "市辖区人民政府",
        "旗人民政府",
        "自治县人民政府",
    ),
    AgencyKind.TOWNSHIP_GOVERNMENT: (
        "乡镇",
        "乡镇政府",
        "乡镇人民政府",
        "乡人民政府",
        "镇人民政府",
        "民族乡人民政府",
    ),
    AgencyKind.STREET_OFFICE: ("街道", "街道办", "街道办事处"),
    AgencyKind.DEVELOPMENT_ZONE: ("开发区", "开发区管委会", "开发区管理委员会", "功能区管委会"),
}

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOTE = re.compile(r"\([^()]*\)")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00)?)?")
_DUE = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_WHOLE = re.compile(r"(\d+)\.0+")
_ALIAS_MARKS = re.compile(r"[\n\r;；｜]+")

EXACT_DIGITS = 15
"""A spreadsheet's numbers keep that many digits; longer ids typed as numbers have lost their end."""


def column_of_header(text: str) -> str | None:
    """The column that a printed header means, None where it is not known."""
    return _COLUMNS.get(label(_NOTE.sub("", unicodedata.normalize("NFKC", text))))


def is_ignored_header(text: str) -> bool:
    """Is this a column that lists have and the registry leaves out?"""
    return label(_NOTE.sub("", unicodedata.normalize("NFKC", text))) in _IGNORED


def cell_text(column: str, value: object) -> str:
    """A cell as `agencies.csv` writes it: dates ISO, codes without a fraction, kinds by their key.

    What cannot be understood stays as it is, for the column's own reader to refuse; WrongValueError
    where a spreadsheet has destroyed a number.
    """
    if isinstance(value, datetime | date):
        return f"{value:%m-%d}" if column == "due" else f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        value = f"{value:.0f}"
        if column in _TYPED_AS_TEXT and len(value) > EXACT_DIGITS:
            raise WrongValueError("digits_lost", shown(value))
    text = str(value).strip()
    if column in _TYPED_AS_TEXT and _SCIENTIFIC.fullmatch(text):
        raise WrongValueError("digits_lost", shown(text))
    return _SPELLINGS.get(column, str)(text)


def _code(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text)
    whole = _WHOLE.fullmatch(flat)
    return whole[1] if whole else flat


def _kind(text: str) -> str:
    return _KINDS.get(label(text), text)


def _date(text: str) -> str:
    match = _DATE.fullmatch(unicodedata.normalize("NFKC", text))
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else text


def _due(text: str) -> str:
    flat = unicodedata.normalize("NFKC", text)
    if match := _DUE.fullmatch(flat):
        return f"{int(match[1]):02}-{int(match[2]):02}"
    if match := _DATE.fullmatch(flat):
        return f"{int(match[2]):02}-{int(match[3]):02}"
    # An English Excel shows 01-31 as 31-Jan.
    if match := re.fullmatch(r"(\d{1,2})-([A-Za-z]{3})", flat):
        month = match[2].lower()
        if month in _MONTHS:
            return f"{_MONTHS.index(month) + 1:02}-{int(match[1]):02}"
    return text


def _aliases(text: str) -> str:
    return ALIAS_MARK.join(part.strip() for part in _ALIAS_MARKS.split(text) if part.strip())


_TYPED_AS_TEXT = frozenset({"id", "region", "portal", "parent"})
_SPELLINGS = {
    "id": _code,
    "region": _code,
    "parent": _code,
    "kind": _kind,
    "active_from": _date,
    "active_to": _date,
    "due": _due,
    "aliases": _aliases,
}
_IGNORED = frozenset(label(text) for text in IGNORED_WORDS)
_COLUMNS = {label(text.replace("_", "")): column for column, words in HEADER_WORDS.items() for text in (column, *words)}
_KINDS: Mapping[Label, str] = {
    label(text): kind.value for kind, words in KIND_WORDS.items() for text in (kind.value, *words)
}


def _check_words() -> None:
    faults = [f"no words for column {column}" for column in COLUMNS if column not in HEADER_WORDS]
    faults += [f"no words for kind {kind}" for kind in AgencyKind if kind not in KIND_WORDS]
    for words in (HEADER_WORDS, KIND_WORDS):
        texts = [label(text) for row in words.values() for text in row]
        faults += [f"{text} stands for two things" for text in sorted(set(texts)) if texts.count(text) > 1]
    if faults:
        raise ConfigurationError("; ".join(faults))


_check_words()
