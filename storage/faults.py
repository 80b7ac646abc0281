"""What is wrong in a file that an operator wrote: collected, worded in their language, raised at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from storage.errors import RegistryFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

T = TypeVar("T")

LANGUAGES = ("zh", "en")
MAX_SHOWN = 60
"""Characters of a faulty value that a message repeats."""

TEXTS: Mapping[str, tuple[str, str]] = {
    # files
    "absent": (
        "没有这个文件；可用 nianbao init 生成 (no such file: nianbao init writes one)",
        "no such file: nianbao init writes one",
    ),
    "absent_import": ("没有这个文件", "no such file"),
    "not_a_file": ("无法读取：{0}", "cannot be read: {0}"),
    "not_written": ("{0}: 无法写入：{1}", "{0}: cannot be written: {1}"),
    "too_large": ("文件超过 {0} MB", "larger than {0} MB"),
    "not_utf8": (
        "不是 UTF-8 编码{0}，请另存为 UTF-8（Excel：另存为“CSV UTF-8”）",
        "not UTF-8{0}: save it as UTF-8 (Excel: save as “CSV UTF-8”)",
    ),
    "utf16": (
        "是 UTF-16 编码，请另存为 UTF-8（Excel：另存为“CSV UTF-8”）",
        "this is UTF-16: save it as UTF-8 (Excel: save as “CSV UTF-8”)",
    ),
    "nul": ("含有 NUL 字节，文件已损坏或不是文本", "holds a NUL byte: damaged, or not a text file"),
    "toml": ("不是合法的 TOML：{0}", "not valid TOML: {0}"),
    "bad_sheet": (
        "既不是 CSV，也不是可以读取的 Excel 工作簿：{0}",
        "neither CSV nor an Excel workbook that can be read: {0}",
    ),
    "encrypted": ("工作簿已加密，请去掉密码后再导入", "the workbook is encrypted: remove the password first"),
    "two_sheets": (
        "有多张工作表都像机构名录（{0}），只留一张",
        "several sheets look like lists of agencies ({0}): keep one",
    ),
    "no_header": (
        "前 {0} 行里没有表头；应有下列各列：{1}",
        "no header in the first {0} rows; expected the columns {1}",
    ),
    "changed_meanwhile": (
        "在比较之后又被改过，没有写入；请重新导入",
        "was edited after it was compared, nothing was written: import again",
    ),
    # tables
    "no_header_row": ("文件是空的，第一行应为表头：{0}", "the file is empty; its first row must be the header {0}"),
    "delimiter": ("列以{0}分隔，应为英文逗号", "columns are separated by {0}, expected a comma"),
    "quote": ("引号不成对或位置不对：{0}", "unbalanced or misplaced quote: {0}"),
    "ragged": ("有 {0} 格，表头有 {1} 格", "{0} cells, the header has {1}"),
    "unknown_column": ("没有这一列；可用的列：{0}", "unknown column; known are {0}"),
    "missing_column": ("缺少这一列", "this column is missing"),
    "repeated_column": ("这一列出现了两次", "this column stands twice"),
    "unnamed_column": ("第 {0} 列有内容而没有列名", "column {0} has values but no name"),
    # values
    "required": ("不能为空", "must not be empty"),
    "one_line": ("不能含换行或控制字符，现为 {0}", "no line breaks or control characters allowed, found {0}"),
    "identifier": (
        "不能含空白、控制字符或“/”，现为 {0}",
        "no white space, control characters or “/” allowed, found {0}",
    ),
    "digits_lost": (
        "数字过长，Excel 已丢失后几位（{0}）；请把该列设为文本格式后重新填写",
        "too long a number, Excel lost its last digits ({0}): format the column as text and enter it again",
    ),
    "kind": ("应为下列之一：{1}；现为 {0}", "expected one of {1}; found {0}"),
    "region": (
        "应为 6 位或 9 位数字的行政区划代码，现为 {0}",
        "expected a region code of 6 or 9 digits, found {0}",
    ),
    "date": ("应为 YYYY-MM-DD 的日期，现为 {0}", "expected a date YYYY-MM-DD, found {0}"),
    "due": ("应为 MM-DD 且每年都有的日子，现为 {0}", "expected MM-DD, a day that every year has, found {0}"),
    "url": (
        "应为 http:// 或 https:// 开头的完整网址，不含用户名和空白，现为 {0}",
        "expected a whole http:// or https:// address without user name and white space, found {0}",
    ),
    "host": ("应为 主机 或 主机:端口，现为 {0}", "expected host or host:port, found {0}"),
    "text": ("应为非空的文字，现为 {0}", "expected a non-empty string, found {0}"),
    "texts": ('应为文字的列表，如 ["a", "b"]，现为 {0}', 'expected a list of strings such as ["a", "b"], found {0}'),
    "number": ("应为 {1} 到 {2} 之间的数，现为 {0}", "expected a number from {1} to {2}, found {0}"),
    "whole_number": ("应为 {1} 到 {2} 之间的整数，现为 {0}", "expected a whole number from {1} to {2}, found {0}"),
    "span": (
        '应为“数字加单位”的时长，如 "90s"、"10m"、"1h"，最长 "7d"，现为 {0}',
        'expected a length of time such as "90s", "10m" or "1h", at most "7d", found {0}',
    ),
    "spans": (
        '应为 {{ 名称 = "时长" }}，名称取自：{1}；现为 {0}',
        'expected {{ name = "length of time" }} with names out of {1}, found {0}',
    ),
    "heartbeat": (
        "应为空，或 http:// 或 https:// 开头的网址，其中可写 ${{变量}}",
        "expected nothing, or an http:// or https:// address, ${{VARIABLE}} allowed in it",
    ),
    "time": ('应为 "时:分"，如 "08:30"，现为 {0}', 'expected a time such as "08:30", found {0}'),
    "quiet_hours": (
        '应为两个不同的时刻，如 ["22:00", "07:00"]，或空列表，现为 {0}',
        'expected two different times such as ["22:00", "07:00"], or an empty list, found {0}',
    ),
    "never_comes": (
        "从 digest_at（{0}）到 24:00 全在免打扰时段内，汇总永远发不出去；请提前 digest_at，或缩短 quiet_hours",
        "from digest_at ({0}) to midnight all is quiet, no digest could ever leave: set it earlier, or cut the hours",
    ),
    "flag": ("应为 true 或 false，现为 {0}", "expected true or false, found {0}"),
    "table": ("应为一节 [{1}]，现为 {0}", "expected a table [{1}], found {0}"),
    "tables": ("应写成 [[{1}]]（可有多节），现为 {0}", "expected tables [[{1}]], found {0}"),
    "missing_key": ("缺少这个设置", "this key is missing"),
    "unknown_key": ("没有这个设置；可用的：{0}", "unknown key; known are {0}"),
    "choice": ("应为下列之一：{1}；现为 {0}", "expected one of {1}; found {0}"),
    "choices": ("应为非空的列表，取自：{1}；现为 {0}", "expected a non-empty list out of {1}; found {0}"),
    "contact": (
        "应为 mailto:邮箱 或 https:// 网址（会写进 User-Agent），现为 {0}",
        "expected mailto:address or an https:// address (it goes into the User-Agent), found {0}",
    ),
    "browser": (
        "应为 auto、never 或浏览器程序的路径，现为 {0}",
        "expected auto, never or the path of a browser's program, found {0}",
    ),
    "proxy": (
        "应为空或 http://主机:端口",
        "expected empty or http://host:port",
    ),
    "notify_url": (
        "应为 Apprise 网址（协议://…）；引用环境变量写成 ${{NAME}}",
        "expected an Apprise address (scheme://…); an environment variable is written ${{NAME}}",
    ),
    "regions": (
        "应为区划代码前缀（2 到 9 位数字）的列表，现为 {0}",
        "expected a list of region prefixes (2 to 9 digits), found {0}",
    ),
    "variable_absent": ("环境变量没有设置：{0}", "environment variables not set: {0}"),
    # across rows and files
    "id_repeated": ("编号 {0} 已用于第 {1} 行；编号不得重复", "id {0} is used in line {1} already"),
    "id_reused": (
        "编号 {0} 属于已撤下的机构“{1}”（见 {2}），不得改作他用；若是同一机构，请把旧名写进 aliases",
        "id {0} is that of the dropped agency “{1}” (see {2}), never reused; if it is the same one, add that alias",
    ),
    "no_such_portal": ("portals.toml 里没有 {0}", "portals.toml has no {0}"),
    "off_host": (
        "网址不在本网站的主机上；{0} 的主机：{1}",
        "the address is on none of the portal's own hosts; {0} has {1}",
    ),
    "no_such_parent": ("名录里没有编号 {0}", "no agency has the id {0}"),
    "parent_cycle": ("上级关系成环：{0}", "the superiors form a circle: {0}"),
    "dates_reversed": ("早于 active_from（{0}）", "lies before active_from ({0})"),
    "name_repeated": (
        "同一网站 {0} 下，第 {2} 行已有同名机构 {1}，且存续时间重叠",
        "portal {0} has an agency named {1} in line {2} already, active at the same time",
    ),
    "without_due": ("写了 due_basis 就要写 due", "due_basis needs a due date"),
    "without_basis": ("写了 due 就要写依据 due_basis", "a due date needs due_basis, the paper that says so"),
    "no_such_agency": ("agencies.csv 里没有 {0}", "agencies.csv has no {0}"),
    "succeeds_itself": ("承继机关不能是它自己：{0}", "an agency cannot succeed itself: {0}"),
    "succession_cycle": ("承继关系成环：{0}", "the successions form a circle: {0}"),
    "ended_twice": (
        "{0} 已在第 {1} 行终止（merged、renamed、dissolved 每个机关只能有一节）",
        "{0} ends in line {1} already (one section of merged, renamed or dissolved an agency)",
    ),
    "split_twice": ("{0} 由 {1} 分设，已写在第 {2} 行", "that {1} took over from {0} stands in line {2} already"),
    "ended_otherwise": (
        "与 agencies.csv 不符：{0} 的 active_to 为 {1}，应为 {2}（前一日）或留空",
        "contradicts agencies.csv: active_to of {0} is {1}, expected {2} (the day before) or nothing",
    ),
    "not_founded_yet": (
        "与 agencies.csv 不符：{0} 的 active_from 为 {1}，此日尚未设立",
        "contradicts agencies.csv: active_from of {0} is {1}, on that day it did not exist yet",
    ),
    "ended_before": (
        "与 agencies.csv 不符：{0} 的 active_to 为 {1}，此日已不存在",
        "contradicts agencies.csv: active_to of {0} is {1}, on that day it existed no longer",
    ),
    "renamed_before": (
        "与 agencies.csv 不符：更名后的 {0} 的 active_from 为 {1}，此前已存在；并入已有的机关请写 merged",
        "contradicts agencies.csv: active_from of {0}, the new name, is {1}, before that day; else write merged",
    ),
}
"""Key → what was expected, in Chinese and in English; `{0}` is mostly what was found."""


class WrongValueError(Exception):
    """A value is not what its place expects; `key` is one of TEXTS, `values` fill its braces."""

    def __init__(self, key: str, *values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def shown(value: object) -> str:
    """A faulty value as messages repeat it: as it is written in a file, cut, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    text = value.isoformat() if isinstance(value, date) else repr(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


def wording(key: str, language: str, *values: object) -> str:
    """The text of a fault in a language."""
    return TEXTS[key][LANGUAGES.index(language)].format(*values)


@dataclass(slots=True)
class Faults:
    """The faults met so far in one file. `headers` gives the printed name of a column where it differs."""

    path: Path
    language: str = "zh"
    headers: Mapping[str, str] = field(default_factory=dict)
    found: list[RegistryFault] = field(default_factory=list)

    def add(self, line: int, column: str, key: str, *values: object) -> None:
        """Note one fault: `line` counts from 1, `values` fill the text of `key`."""
        text = wording(key, self.language, *values)
        self.found.append(RegistryFault(self.path, line, self.headers.get(column, column), text))

    def read(self, line: int, column: str, reader: Callable[[object], T], value: object) -> T | None:
        """What the reader makes of a value; None after noting why it cannot be read."""
        try:
            return reader(value)
        except WrongValueError as wrong:
            self.add(line, column, wrong.key, *wrong.values)
            return None
