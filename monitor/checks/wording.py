"""Names of places, numbers and dates as the messages say them, in plain Chinese or English."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from monitor.checks.rules import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from storage.forms import Form, FormTable, Line
    from storage.report import Number

_NUMERALS = "〇一二三四五六七八九十"
_FULL_WIDTH = str.maketrans("()", "（）")
_NOTE_AT_END = re.compile(r"(?<=[^()])\([^()]*\)$")
_MAIN_NUMERAL = re.compile(r"^([一二三四五六])、")
_MAX_QUOTE = 40

_PLACES = {
    "": Words("报告", "The report"),
    "title": Words("标题", "Title"),
    "preamble": Words("报告开头", "Preamble"),
    "period": Words("统计期限", "Period"),
    "contact": Words("联系方式", "Contact line"),
    "signature": Words("落款", "Signature"),
    "sections": Words("报告", "The report"),
}


def section_numeral(number: int, language: str) -> str:
    """A section's number as the form prints it: 三, or 3 in English."""
    return _NUMERALS[number] if language == "zh" and 0 <= number < len(_NUMERALS) else str(number)


def place_name(where: str, form: Form, language: str) -> str:
    """Where a finding is, in words: `applications/granted/total` → 第三部分表格“（一）予以公开”行“总计”列.

    A place that is no path of the form (a page's own) is given back as it is.
    """
    fixed = _PLACES.get(where)
    if fixed is not None:
        return fixed.spoken(language)
    first, *rest = where.split("/")
    if first == "sections" and len(rest) == 1 and rest[0].isdigit():
        number = section_numeral(int(rest[0]), language)
        return f"第{number}部分" if language == "zh" else f"Section {number}"
    table = next((table for table in form.tables if table.key == first), None)
    keys = [row.key for row in table.rows] if table else []
    if table is None or (rest and rest[0] not in keys):
        return where
    return _table_place(table, rest, language)


def row_name(table: FormTable, row: str, language: str) -> str:
    """A row by its printed label, with that of its group where the label alone is not unique."""
    line = next(line for line in table.rows if line.key == row)
    if language != "zh":
        return line_key(line)
    group = next((group for group in table.groups if group.key == line.group), None)
    if group is None or _MAIN_NUMERAL.match(group.label):
        return printed(line.label)
    return f"{printed(group.label)}·{printed(line.label)}"


def column_name(table: FormTable, row: str, column: str, language: str) -> str:
    """A column by its printed label."""
    line = next(line for line in table.columns(row) if line.key == column)
    return printed(line.label) if language == "zh" else line_key(line)


def item_name(table: FormTable, row: str, language: str) -> str:
    """A row as an item of a sum: 第一项, 第三项（七）总计, （三）不予公开·1.属于国家秘密."""
    line = next(line for line in table.rows if line.key == row)
    if language != "zh":
        return line_key(line)
    main = _MAIN_NUMERAL.match(line.label)
    if main:
        return f"第{main[1]}项"
    group = next((group for group in table.groups if group.key == line.group), None)
    of_group = _MAIN_NUMERAL.match(group.label) if group else None
    return f"第{of_group[1]}项{printed(line.label)}" if of_group else row_name(table, row, language)


def line_key(line: Line) -> str:
    """A line in English: its key in words."""
    return line.key.replace("_", " ")


def printed(label: str) -> str:
    """A label without its closing note, in full-width brackets as Chinese text has them."""
    return _NOTE_AT_END.sub("", label).translate(_FULL_WIDTH)


def figure(value: Number) -> str:
    """A number in digits, never in exponents."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def plain(value: Number | None) -> int | float | None:
    """A number as evidence holds it, which must go into JSON."""
    return float(value) if isinstance(value, Decimal) else value


def sum_words(items: Sequence[tuple[str, Number]], language: str) -> str:
    """A sum with its items: 第一项12＋第二项0＝12. Of more than two items those of 0 are left out."""
    total = figure(sum(value for _, value in items))
    is_zh = language == "zh"
    if len(items) == 1:
        return f"{items[0][0]}为{total}" if is_zh else f"{items[0][0]} is {total}"
    shown = [item for item in items if item[1] != 0] if len(items) > 2 else list(items)  # noqa: PLR2004 (two fit on a line)
    if not shown:
        return "各项均为0" if is_zh else "all parts are 0"
    rest = ("（其余为0）" if is_zh else " (the rest 0)") if len(shown) < len(items) else ""
    if is_zh:
        return "＋".join(name + figure(value) for name, value in shown) + f"{rest}＝{total}"
    return " + ".join(f"{name} {figure(value)}" for name, value in shown) + f"{rest} = {total}"


def listed(words: Iterable[str], language: str) -> str:
    """Words in a row: 甲、乙, or a, b."""
    return ("、" if language == "zh" else ", ").join(words)


def day(value: date, language: str) -> str:
    """A date as people write it."""
    return f"{value.year}年{value.month}月{value.day}日" if language == "zh" else value.isoformat()


def quoted(text: str) -> str:
    """At most 40 characters of a text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_QUOTE else flat[: _MAX_QUOTE - 1] + "…"


def _table_place(table: FormTable, rest: Sequence[str], language: str) -> str:
    number = section_numeral(table.section, language)
    words = [f"第{number}部分表格" if language == "zh" else f"Section {number}"]
    if rest:
        name = row_name(table, rest[0], language)
        words.append(f"“{name}”{'一组' if table.is_flat else '行'}" if language == "zh" else f"row “{name}”")
    if len(rest) > 1:
        name = column_name(table, rest[0], rest[1], language)
        words.append(f"“{name}”列" if language == "zh" else f"column “{name}”")
    return "".join(words) if language == "zh" else ", ".join(words)
