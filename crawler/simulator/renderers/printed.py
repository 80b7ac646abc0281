"""What every shape prints, in order: title, paragraphs, headings, tables; labels and values as printed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from crawler.simulator.made_up import Medium
from storage.forms import FORMS

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from storage.forms import Group, Line
    from storage.report import Cell

_WIDE = str.maketrans({"(": "（", ")": "）", ",": "，", ":": "："})


class Kind(Enum):
    """What a part of a report is."""

    TITLE = auto()
    PARAGRAPH = auto()
    HEADING = auto()
    TABLE = auto()
    PICTURE = auto()
    ATTACHMENT = auto()
    SIGNATURE = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report in printed order; `table` is the key where the part is or replaces a table."""

    kind: Kind
    text: str
    table: str = ""


def wide(label: str) -> str:
    """A label of the form with the full-width punctuation of the official print."""
    return label.translate(_WIDE)


def official_label(line: Line | Group) -> str:
    """The label as the official form prints it."""
    return wide(line.label)


def varied_label(random: Random, line: Line | Group) -> str:
    """Now and then one of the label's variants met in real reports."""
    if line.aliases and random.randrange(4) == 0:
        return wide(random.choice(line.aliases))
    return wide(line.label)


def value_text(report: MadeUpReport, cell: Cell) -> str:
    """A cell as the author typed it; a blank is empty."""
    if cell in report.printed:
        return report.printed[cell]
    value = report.cells[cell]
    return "" if value is None else format(value, "f") if not isinstance(value, int) else str(value)


def long_date(day: date) -> str:
    """A date as documents write it, e.g. 2025年1月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def parts(report: MadeUpReport) -> tuple[Part, ...]:
    """The whole report in printed order."""
    found = [Part(Kind.TITLE, report.title)]
    found += [Part(Kind.PARAGRAPH, text) for text in report.preamble]
    for section in report.sections:
        found.append(Part(Kind.HEADING, section.line))
        found += [Part(Kind.PARAGRAPH, text) for text in section.paragraphs]
        found += [
            _table_part(report, table.key)
            for table in FORMS[report.form].tables
            if table.section == section.number and report.medium(table.key) != Medium.LOST
        ]
    if report.signed_on:
        found.append(Part(Kind.SIGNATURE, report.agency_name))
        found.append(Part(Kind.SIGNATURE, long_date(report.signed_on)))
    return tuple(found)


def _table_part(report: MadeUpReport, table: str) -> Part:
    day = f"{report.published_on:%Y%m%d}"
    match report.medium(table):
        case Medium.PICTURE:
            return Part(Kind.PICTURE, f"./W0{day}{len(table):04}.png", table)
        case Medium.ATTACHMENT:
            return Part(Kind.ATTACHMENT, f"./P0{day}{len(table):04}.xlsx", table)
        case Medium.TABLE:
            return Part(Kind.TABLE, "", table)
        case Medium.LOST:
            raise ValueError(table)
