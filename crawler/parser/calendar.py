"""Dates as they are printed in reports, pages and addresses."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import NamedTuple

from storage.records import SHANGHAI

_DIGITS = {character: str(number) for number, character in enumerate("零一二三四五六七八九")} | {
    "〇": "0",
    "○": "0",
    "О": "0",
    "Ｏ": "0",
    "O": "0",
}
_PRINTED = re.compile(
    r"(?P<year>(?:19|20)\d\d|[二][〇○零OОＯ0一二三四五六七八九]{3})\s*[年./-]\s*"
    r"(?P<month>\d{1,2}|元|[一二三四五六七八九十]{1,2})\s*[月./-]\s*"
    r"(?P<day>\d{1,2}|[〇○零一二三四五六七八九十]{1,3})(?!\d)\s*日?"
)
_URL_DATES = (
    re.compile(r"/t((?:19|20)\d\d)(\d\d)(\d\d)_\d+"),
    re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)-(\d\d)/(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)(\d\d)/(\d\d)/"),
)
"""Address shapes of the content systems that carry the day of publication."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_STAMPS = tuple(
    re.compile(shape, re.IGNORECASE)
    for shape in (
        # 20250120, 202501200930, 20250120093000, 20250120T0930
        r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?:\d\d|\d{4}|\d{6}|\d{9}|[T ]\d\d[\d:.]*(?:Z|[+-][\d:]+)?)?",
        # Mon, 20 Jan 2025 09:05:00 GMT
        rf"(?:[a-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})[\s-]{_MONTH}[\s,-]+(?P<year>20\d\d)(?!\d).*",
        # Mon Jan 20 10:00:00 CST 2025 · Jan 20, 2025 9:05:00 AM
        rf"(?:[a-z]{{3,9}},?\s+)?{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?:\d\d?:\d\d:\d\d\s+(?:[\w:+]+\s+)?)?(?P<year>20\d\d)(?!\d).*",
        # 25-01-20 09:05: the year comes first, as everywhere in China
        r"(?P<year>2\d)\s*[-./年]\s*(?P<month>\d{1,2})\s*[-./月]\s*(?P<day>\d{1,2})\s*日?(?:[T\s].*)?",
    )
)
_COUNTED = re.compile(r"(?:/Date\()?(1\d{9})(\d{3})?(?:\)/)?")
"""Seconds or milliseconds since 1970, from 2001 to 2033."""


class PrintedDate(NamedTuple):
    """A date with the text around it."""

    date: date
    before: str
    after: str


def read_date(text: str) -> PrintedDate | None:
    """The first date in a text, in digits or Chinese numerals; None where there is none that exists."""
    flat = unicodedata.normalize("NFKC", text)
    for match in _PRINTED.finditer(flat):
        year = "".join(_DIGITS.get(character, character) for character in match["year"])
        found = _date(year, _number(match["month"]), _number(match["day"]))
        if found is not None:
            return PrintedDate(found, flat[: match.start()], flat[match.end() :])
    return None


def read_stamp(text: str) -> date | None:
    """The day of a moment as a content system writes it in a tag (`20250120093000`, `Mon Jan 20 10:00:00 CST 2025`).

    Also as printed. None where it cannot be told. It is the day that is written, whatever zone stands behind it:
    they are mostly Beijing's hours under another name. Only a count of seconds is turned into Beijing's day.
    """
    flat = unicodedata.normalize("NFKC", text).strip()
    printed = read_date(flat)
    if printed is not None:
        return printed.date
    counted = _COUNTED.fullmatch(flat)
    if counted is not None:
        return datetime.fromtimestamp(int(counted[1]), SHANGHAI).date()
    for shape in _STAMPS:
        match = shape.fullmatch(flat)
        if match is not None:
            month = match["month"].lower()
            number = int(month) if month.isdecimal() else _MONTHS.index(month) + 1
            return _date(f"20{match['year'][-2:]}", number, int(match["day"]))
    return None


def in_digits(text: str) -> str:
    """The text with its dates in Chinese numerals written in digits («二〇二四年一月五日» is 2024年1月5日)."""
    return _PRINTED.sub(_as_digits, text) if "二" in text else text


def _as_digits(match: re.Match[str]) -> str:
    if match[0].isascii() or match["year"].isdecimal():
        return match[0]
    year = "".join(_DIGITS.get(character, character) for character in match["year"])
    return f"{year}年{_number(match['month'])}月{_number(match['day'])}日"


def date_in_url(url: str) -> date | None:
    """The day of publication that an address carries, None where its shape carries none."""
    for shape in _URL_DATES:
        match = shape.search(url)
        if match is not None:
            found = _date(match[1], int(match[2]), int(match[3]))
            if found is not None:
                return found
    return None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text == "元":
        return 1
    if "十" not in text:
        return int("".join(_DIGITS.get(character, "") for character in text) or "0")
    tens, _, ones = text.rpartition("十")
    return (int(_DIGITS.get(tens, "0")) if tens else 1) * 10 + (int(_DIGITS.get(ones, "0")) if ones else 0)


def _date(year: str, month: int, day: int) -> date | None:
    try:
        return date(int(year), month, day)
    except ValueError:
        return None
