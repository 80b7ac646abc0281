"""What a fake portal publishes: the reports of several agencies over several years, among rows that are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING

from crawler.simulator.made_up import made_up_report
from crawler.simulator.portals import Look
from crawler.simulator.renderers.portal_pages import Link
from storage.records import AgencyKind

if TYPE_CHECKING:
    from crawler.simulator.made_up import MadeUpReport

YEARS = (2020, 2021, 2022, 2023, 2024)
BODIES = (
    "财政局", "教育局", "民政局", "水利局", "司法局", "卫生健康局", "住房和城乡建设局", "人力资源和社会保障局",
    "市场监督管理局",
)  # fmt: skip
"""The agencies of a fake portal, behind the name of its place; the last has published nothing for the last year."""

STRAYS = (
    "{place}2024年法治政府建设年度报告",
    "{place}政府网站工作年度报表（2024年度）",
    "{place}2023年度部门决算公开",
    "{place}2024年政务公开工作要点落实情况",
    "一图读懂{place}2024年政府信息公开工作年度报告",
    "{place}召开政务公开工作推进会",
    "{place}档案馆新馆正式开放",
    "{place}组织开展政府信息公开业务培训",
    "关于做好2024年政府信息公开工作年度报告编制工作的通知",
    "{place}行政执法统计年报（2024年度）",
)
"""Rows that stand among the reports and are none."""


@dataclass(frozen=True)
class Entry:
    """One row of a fake portal's list, with the article behind it: `report` None where it is none.

    Its address holds `number` in decimal, whatever the family's addresses look like: tests know it by that.
    """

    number: int
    title: str
    day: date
    agency: str
    report_year: int | None
    report: MadeUpReport | None


@dataclass(frozen=True)
class Holding:
    """All that one fake portal publishes, newest first. `missing`: the agency-years that nothing is there of."""

    place: str
    seed: int

    @cached_property
    def agencies(self) -> tuple[str, ...]:
        """The official names."""
        return tuple(self.place + body for body in BODIES)

    @cached_property
    def missing(self) -> frozenset[tuple[str, int]]:
        """The agency-years without a report."""
        return frozenset({(self.agencies[-1], YEARS[-1])})

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every row: a report for each agency and year but the missing, and strays between them."""
        random = Random(self.seed)
        entries: list[Entry] = []
        for year in YEARS:
            for agency in self.agencies:
                if (agency, year) in self.missing:
                    continue
                report = made_up_report(
                    random, year=year, agency=agency, kind=AgencyKind.LOCAL_DEPARTMENT, activity=0.2
                )
                entries.append(Entry(0, report.title, report.published_on, agency, year, report))
        for count in range(2 * len(STRAYS)):
            title = STRAYS[count % len(STRAYS)].format(place=self.place) + ("" if count < len(STRAYS) else "（续）")
            day = date(2021, 2, 3) + timedelta(days=random.randrange(1400))
            entries.append(Entry(0, title, day, "", None, None))
        entries.sort(key=lambda entry: entry.day, reverse=True)
        return tuple(
            Entry(10_000 + number, entry.title, entry.day, entry.agency, entry.report_year, entry.report)
            for number, entry in enumerate(entries)
        )

    def of(self, agency: str) -> tuple[Entry, ...]:
        """The reports of one agency, newest first."""
        return tuple(entry for entry in self.entries if entry.agency == agency)

    @cached_property
    def look(self) -> Look:
        """How the portal signs its pages."""
        menu = (Link("首页", "/"), Link("要闻", "/xw/"))
        return Look(f"{self.place}人民政府", f"99{self.seed % 10**8:08}", menu)
