"""Reports for tests: complete and valid unless told otherwise, so that a test states only what matters.

The agency, 平川市柳河镇人民政府, and its texts are made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from storage.forms import FORMS
from storage.records import Agency, AgencyKind
from storage.report import (
    Cell,
    Contact,
    DateSource,
    Doubt,
    DoubtKind,
    Fact,
    Number,
    Reading,
    Report,
    Section,
    StatedDate,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "平川市柳河镇人民政府"
YEARS = {"2019": 2020, "2021": 2024}

TEXTS = {
    1: (
        "{year}年，柳河镇人民政府围绕群众关心的事项公开信息，全年在市政府网站发布动态、公告和政策说明。\n"
        "收到的申请均在法定期限内答复。信息发布前由党政综合办审核，栏目按季度自查。\n"
        "政务公开列入站所年度工作考核，并通过问卷开展社会评议；全年没有发生需要责任追究的情形。"
    ),
    2: "",
    3: "",
    4: "",
    5: (
        "一是部分站所报送信息不及时，二是政策说明的形式单一。\n"
        "下一步将按月通报报送情况，并用图表和短片说明惠民政策，请村民代表试读后再发布。"
    ),
    6: "本年度没有依申请提供信息收取信息处理费的情况。",
}

RECEIVED = {
    "applications/new_received": {"natural_person": 11, "commercial_enterprise": 3},
    "applications/carried_over": {"natural_person": 1},
    "applications/granted": {"natural_person": 7, "commercial_enterprise": 3},
    "applications/partly_granted": {"natural_person": 2},
    "applications/unavailable_not_held": {"natural_person": 2},
    "applications/outcome_total": {"natural_person": 11, "commercial_enterprise": 3},
    "applications/carried_forward": {"natural_person": 1},
    "reviews/administrative_review": {"upheld": 2, "pending": 1},
}
"""What the usual report counts; every total follows from it, everything else is 0."""


def report(
    form: str = "2021",
    *,
    year: int | None = None,
    cells: Mapping[str, Number | str | Fact | None] | None = None,
    texts: Mapping[int, str | None] | None = None,
) -> Report:
    """A complete report in that form on 2024 (or 2020), in which every identity holds.

    `cells` overrides single cells by path: a number, None for a blank, text for what is no number.
    `texts` overrides sections; None leaves the section out.
    """
    year = year or YEARS[form]
    facts = balanced_facts(form)
    for path, value in (cells or {}).items():
        facts[Cell(*path.split("/"))] = fact(value)
    spoken = {**TEXTS, **(texts or {})}
    sections = tuple(
        Section(section.number, section.heading, spoken[section.number].format(year=year))
        for section in FORMS[form].sections
        if spoken[section.number] is not None
    )
    return Report(
        form=form,
        title=f"{NAME}{year}年政府信息公开工作年度报告",
        agency_name=NAME,
        report_year=year,
        published_on=date(year + 1, 1, 20),
        dates=(StatedDate(date(year + 1, 1, 20), DateSource.META_PUBDATE),),
        period=(date(year, 1, 1), date(year, 12, 31)),
        signed_on=date(year + 1, 1, 18),
        signature=NAME,
        contact=Contact(phone="0536-7654321", address="平川市柳河镇兴柳街1号"),
        preamble="本报告由柳河镇人民政府编制。联系电话：0536-7654321，地址：平川市柳河镇兴柳街1号。",
        sections=sections,
        tables=frozenset(table.key for table in FORMS[form].tables),
        facts=facts,
        year_readings={"title": year, "period": year, "body": year},
        agency_readings={"title": NAME, "body": "柳河镇人民政府", "signature": NAME},
    )


def balanced_facts(form: str, counts: Mapping[str, Mapping[str, int]] | None = None) -> dict[Cell, Fact]:
    """A fact for every cell of the form: `counts` by row path and column, totals added, the rest 0."""
    counts = RECEIVED if counts is None else counts
    facts = {}
    for table in FORMS[form].tables:
        for row in table.rows:
            given = counts.get(f"{table.key}/{row.key}", {})
            for column in table.columns(row.key):
                value: Number = given.get(column.key, 0)
                if column.key == "total" and "total" not in given:
                    value = sum(given.values())
                facts[Cell(table.key, row.key, column.key)] = fact(Decimal(value) if column.is_money else value)
    return facts


def fact(value: Number | str | Fact | None) -> Fact:
    """A number, None for a blank, text for what is no number; a Fact stays as it is."""
    if isinstance(value, Fact):
        return value
    if value is None:
        return Fact(None, "", Reading.BLANK)
    if isinstance(value, str):
        return Fact(None, value, Reading.NOT_A_NUMBER)
    return Fact(value, str(value), Reading.NUMBER)


def without_row(given: Report, table: str, row: str) -> Report:
    """The report with no cell of that row."""
    return replace(given, facts={cell: each for cell, each in given.facts.items() if cell[:2] != (table, row)})


def without_table(given: Report, table: str) -> Report:
    """The report as if that table had not been printed."""
    facts = {cell: each for cell, each in given.facts.items() if cell.table != table}
    return replace(given, facts=facts, tables=given.tables - {table})


def with_doubt(given: Report, kind: DoubtKind, where: str, text: str, details: Mapping[str, object]) -> Report:
    """The report with one more doubt of its parser."""
    return replace(given, doubts=(*given.doubts, Doubt(kind, where, text, "", details)))


def with_section(given: Report, section: Section) -> Report:
    """The report with that section in the place of the one of its number, at the end if it is new."""
    if given.section(section.number) is None:
        return replace(given, sections=(*given.sections, section))
    sections = tuple(section if part.number == section.number else part for part in given.sections)
    return replace(given, sections=sections)


def agency(kind: AgencyKind = AgencyKind.TOWNSHIP_GOVERNMENT, *, name: str = NAME, region: str = "370799101") -> Agency:
    """A registered agency."""
    return Agency(id="liuhe", name=name, kind=kind, region=region, portal="pingchuan")
