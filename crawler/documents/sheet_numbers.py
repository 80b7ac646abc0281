"""The text of a spreadsheet's number as the sheet shows it: a float is how it is kept, not what was published."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

SIGNIFICANT = 15
"""Digits that Excel shows of a number: 0.1 + 0.2 is 0.3 to every reader of the sheet."""
_LONGEST = 400
_MOST_DECIMALS = 15
_LAST_DAY = 2_958_465
"""31 December 9999 in the count of days since 1900."""
_FIRST_DAYS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 (a sheet knows no zone)
_FICTION = 60
"""The 1900 count holds a 29 February 1900: days before it lie one off."""

BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy", 31: "yyyy年m月d日",
    32: "h时mm分", 33: "h时mm分ss秒", 36: "yyyy年m月", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00",
    43: "#,##0.00", 44: "#,##0.00", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "0.0E+0", 50: "yyyy年m月",
    51: "m月d日", 52: "yyyy年m月", 53: "m月d日", 54: "m月d日", 57: "yyyy年m月", 58: "m月d日",
}  # fmt: skip
"""Number formats that a workbook uses by number alone (ECMA-376 §18.8.30, Chinese where they differ)."""

_IN_BRACKETS = re.compile(r"\[[^\]]*\]")
_LITERAL = re.compile(r"\"([^\"]*)\"|\\(.)|[_*].")
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs年月日时分秒]", re.IGNORECASE)
_NAMES = re.compile(r"General|G/通用格式|AM/PM|上午/下午", re.IGNORECASE)
_UNIT = re.compile(r"[件项条次个宗元万]+")
_FIXED = re.compile(r"[#0?,]*\.([#0?]+)|[#0?,]*[#0?][#0?,]*")


class NumberFormat(NamedTuple):
    """What a format code does to a number. `decimals` None: as many as the number has.

    `least` is how many decimals are printed though they are zeros; `unit` the words printed behind.
    """

    is_date: bool = False
    has_year: bool = False
    has_month: bool = False
    has_day: bool = False
    has_time: bool = False
    is_percent: bool = False
    decimals: int | None = None
    least: int = 0
    unit: str = ""


GENERAL = NumberFormat()


@lru_cache(maxsize=1024)
def number_format(code: str) -> NumberFormat:
    """The format of a code such as `#,##0.00` or `yyyy"年"m"月"`; what it means for positive numbers.

    Grouping, colour and currency are left out: they are ways to show a number, and none of its digits.
    """
    section = code[:_LONGEST].split(";", maxsplit=1)[0]
    is_elapsed = _ELAPSED.search(section) is not None
    literals = "".join(quoted or single or "" for quoted, single in _LITERAL.findall(section))
    bare = _LITERAL.sub("", _IN_BRACKETS.sub("", section))
    if _NAMES.fullmatch(bare.strip()) or bare.strip() in {"", "@"}:
        return GENERAL
    letters = {letter.lower() for letter in _DATE_LETTERS.findall(_NAMES.sub("", bare))}
    if letters or is_elapsed:
        clock = bool(letters & set("hs时分秒")) or is_elapsed
        return NumberFormat(
            is_date=True,
            has_year=bool(letters & set("y年")),
            # An m beside h or s is minutes unless a year or a day makes it a month.
            has_month=bool(letters & set("m月")) and (not clock or bool(letters & set("yd年日"))),
            has_day=bool(letters & set("d日")),
            has_time=clock,
        )
    fixed = _FIXED.search(bare)
    # Scaling commas (`0.0,`), fractions and exponents show another number than the cell holds: its own is given.
    if fixed is None or "/" in bare or "e" in bare.lower() or bare.rstrip().rstrip("%").endswith(","):
        return GENERAL
    decimals = fixed[1] or ""
    unit = _UNIT.fullmatch(literals.strip())
    return NumberFormat(
        is_percent="%" in bare,
        decimals=min(len(decimals), _MOST_DECIMALS),
        least=min(decimals.count("0"), _MOST_DECIMALS),
        unit=unit[0] if unit else "",
    )


def number_text(number: float, shown: NumberFormat = GENERAL, *, since_1904: bool = False) -> str:
    """The number as printed, without exponent and grouping: 5.0 is `5`, 0.05 in a percent format `5%`."""
    if not math.isfinite(number):
        return ""
    if shown.is_date and 0 <= number <= _LAST_DAY:
        return _day_text(number, shown, since_1904=since_1904)
    value = Decimal(f"{number:.{SIGNIFICANT}g}")
    if shown.is_percent:
        value = value.scaleb(2)
    if shown.decimals is None or shown.is_date:
        return _plain(value)
    return _decimals(value, shown) + ("%" if shown.is_percent else shown.unit)


def value_text(value: object) -> str:
    """The text of a value whose format nobody told: what calamine answers for one cell."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return number_text(value)
        case date():
            has_time = isinstance(value, datetime) and (value.hour, value.minute) != (0, 0)
            return f"{value.year}年{value.month}月{value.day}日" + (f" {value:%H:%M}" if has_time else "")
        case time():
            return f"{value:%H:%M}"
        case timedelta():
            return _elapsed(value)
        case _:
            return str(value)


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _decimals(value: Decimal, shown: NumberFormat) -> str:
    try:
        rounded = value.quantize(Decimal(1).scaleb(-(shown.decimals or 0)), rounding=ROUND_HALF_UP)
    except InvalidOperation:  # more digits than a Decimal's context holds
        return _plain(value)
    text = format(rounded, "f")
    if "." in text:
        whole, _, part = text.partition(".")
        part = part[: shown.least] + part[shown.least :].rstrip("0")
        text = f"{whole}.{part}" if part else whole
    return text.removeprefix("-") if not rounded else text


def _day_text(number: float, shown: NumberFormat, *, since_1904: bool) -> str:
    moment = timedelta(seconds=round(number * 86400))
    if not (shown.has_year or shown.has_month or shown.has_day):
        return _elapsed(moment)
    if not since_1904 and number < _FICTION:
        moment += timedelta(days=1)
    try:
        day = _FIRST_DAYS[since_1904] + moment
    except OverflowError:
        return _plain(Decimal(number))
    parts = (
        f"{day.year}年" if shown.has_year else "",
        f"{day.month}月" if shown.has_month else "",
        f"{day.day}日" if shown.has_day else "",
        f" {day:%H:%M}" if shown.has_time else "",
    )
    return "".join(parts)


def _elapsed(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
