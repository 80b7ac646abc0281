"""Random reports of which everything is known, and what a reading of one got wrong.

The same measure for every format.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.simulator.made_up import MadeUpReport, made_up_report
from storage.records import AgencyKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.report import Report

AGENCIES = (
    ("安丘市教育局", AgencyKind.LOCAL_DEPARTMENT),
    ("青禾县柳泉镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT),
    ("临江区人民政府", AgencyKind.COUNTY_GOVERNMENT),
    ("云岭市市场监督管理局", AgencyKind.LOCAL_DEPARTMENT),
    ("东湖街道办事处", AgencyKind.STREET_OFFICE),
    ("白石县税务局", AgencyKind.VERTICAL_AGENCY),
    ("高新技术产业开发区管理委员会", AgencyKind.DEVELOPMENT_ZONE),
    ("南屿省人民政府", AgencyKind.PROVINCE_GOVERNMENT),
)
YEARS = (2024, 2020, 2021, 2019, 2025, 2022)
BLANK_SHARE = 0.04


def random_reports(name: str, count: int, *, has_blanks: bool = True) -> Iterator[tuple[MadeUpReport, random.Random]]:
    """Reports of both forms, and the source of chance for whoever writes them: the same for the same name.

    With `has_blanks`, every third leaves some cells blank.
    """
    for number in range(count):
        source = random.Random(f"{name} {number}")
        agency, kind = AGENCIES[source.randrange(len(AGENCIES))]
        report = made_up_report(source, year=YEARS[number % len(YEARS)], agency=agency, kind=kind)
        yield (_with_blanks(report, source) if has_blanks and number % 3 == 2 else report), source


def _with_blanks(report: MadeUpReport, source: random.Random) -> MadeUpReport:
    cells = {cell: None if source.random() < BLANK_SHARE else value for cell, value in report.cells.items()}
    return replace(report, cells=cells)


def wrong_cells(made: MadeUpReport, read: Report) -> list[str]:
    """Every cell that was read otherwise than it was printed, with both values; empty for a perfect reading."""
    wrong = []
    for cell in sorted(made.cells.keys() | read.facts.keys()):
        printed = made.cells.get(cell, "absent")
        value = read.facts[cell].value if cell in read.facts else "absent"
        if printed != value:
            wrong.append(f"{cell.path}: printed {printed}, read {value}")
    return wrong


def wrong_words(made: MadeUpReport, read: Report) -> list[str]:
    """Which of title, agency, year, period, signature, contact and headings was read otherwise than printed."""
    expected = {
        "title": (flat(made.title), flat(read.title)),
        "agency": (made.agency_name, read.agency_name),
        "year": (made.report_year, read.report_year),
        "form": (made.form, read.form),
        "period": (made.period, read.period),
        "signed_on": (made.signed_on, read.signed_on),
        "contact": (made.contact, read.contact),
        "headings": (made.headings, tuple(section.heading for section in read.sections)),
    }
    wrong = [f"{name}: printed {one}, read {other}" for name, (one, other) in expected.items() if one != other]
    for section in made.sections:
        text = next((part.text for part in read.sections if part.number == section.number), "")
        if flat("".join(section.paragraphs)) != flat(text):
            wrong.append(f"section {section.number}: printed {flat(''.join(section.paragraphs))}, read {flat(text)}")
    return wrong


def flat(text: str | None) -> str:
    """Text without white space: fixed layouts break lines anywhere."""
    return re.sub(r"\s+", "", text or "")
