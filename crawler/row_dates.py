"""The day on which a row says that its article came: of several the earliest, never one on which it was only changed
or read, and none where it may be another row's. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_CHANGED = re.compile(
    r"(?:更新|修改|修订|编辑|浏览|访问|点击|阅读|截至|截止|失效|废止)(?:日期|时间|日|于)?[\s:：\[【（(]*$"
)
_CAME = re.compile(r"(?:发布|发文|公开|公布|上传|生成|发表|印发|成文)(?:日期|时间|日|于)?[\s:：\[【（(]*$")
_LABEL = 14
"""Characters before a date in which its label stands."""
_FIRST_YEAR = 2008
"""No report on government information disclosure came before: an earlier instant is a field left empty."""


def read_date(text: str) -> date | None:
    """The first date in a text that the calendar knows, None for none."""
    return next((day for _, day in _dates(text)), None)


def row_date(text: str) -> date | None:
    """The day on which an article came, by the words beside it: the earliest of those said to be of publication, else
    of those of which nothing is said. None where all are of something else."""
    known = [(text[max(0, start - _LABEL) : start], day) for start, day in _dates(text)]
    open_days = [(label, day) for label, day in known if not _CHANGED.search(label)]
    came = [day for label, day in open_days if _CAME.search(label)]
    return min(came or (day for _, day in open_days), default=None)


def earliest(days: Iterable[date | None]) -> date | None:
    """The first of the days that the fields of an answer give; of those that cannot be a report's the first named."""
    known = [day for day in days if day is not None]
    return min((day for day in known if day.year >= _FIRST_YEAR), default=next(iter(known), None))


def texts_inside(row: _Element, anchor: _Element) -> Iterator[str]:
    """What stands in the element of a row beside its link."""
    if row is anchor:
        return
    inside = set(anchor.iter())
    for element in row.iter():
        if element not in inside and isinstance(element.tag, str) and element.text:
            yield element.text
        if element is not row and element.tail and (element not in inside or element is anchor):
            yield element.tail


def texts_around(box: _Element) -> dict[_Element, str]:
    """What belongs to each of the rows that share a box: on its own line, or behind it, or before it where all rows
    have their dates there.

    Where neither is clear, because a date stands before the first row and behind the last or at neither end, what
    stands between two rows may be the other's, and belongs to none.
    """
    gaps: list[str] = [box.text or ""]
    lines: list[list[_Element | str]] = [[gaps[0]]]
    rows: list[_Element] = []
    for child in box:
        if child.tag == "br":
            lines.append([])
        elif child.tag in {"dt", "a"} or child.find(".//a") is not None:
            rows.append(child)
            gaps.append("")
            lines[-1].append(child)
        elif isinstance(child.tag, str):
            gaps[-1] += " " + "".join(child.itertext())
            lines[-1].append("".join(child.itertext()))
        gaps[-1] += " " + (child.tail or "")
        lines[-1].append(child.tail or "")
    is_before, is_behind = (row_date(gap) is not None for gap in (gaps[0], gaps[-1]))
    told = dict.fromkeys(rows, "")
    if is_before != is_behind:
        told = {row: gaps[number + is_behind] for number, row in enumerate(rows)}
    for line in lines if len(lines) > 1 else ():
        alone = [part for part in line if not isinstance(part, str)]
        text = " ".join(part for part in line if isinstance(part, str))
        if len(alone) == 1 and row_date(text) is not None:
            told[alone[0]] = text
    return told


def _dates(text: str) -> Iterator[tuple[int, date]]:
    for match in DATE.finditer(text):
        try:
            yield match.start(), date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
