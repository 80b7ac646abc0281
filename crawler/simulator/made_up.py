"""Made-up reports of which every cell and every date is known, so that a reader can be held against them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from crawler.simulator import prose
from crawler.simulator.figures import figures
from storage.forms import FORM_2021, FORMS, form_for_year
from storage.records import AgencyKind
from storage.report import Cell, Contact, Number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

NUMERALS = "一二三四五六七八九"


class Medium(StrEnum):
    """How a statistical table stands in the document."""

    TABLE = "table"
    PICTURE = "picture"
    ATTACHMENT = "attachment"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class MadeUpSection:
    """One section as printed: `heading` without its numeral, one string a paragraph, without its table."""

    number: int
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def line(self) -> str:
        """The heading's line with its numeral."""
        return f"{NUMERALS[self.number - 1]}、{self.heading}"


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A row that the form does not know, printed after the row with key `after`."""

    table: str
    after: str
    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class MadeUpReport:
    """A report as its author meant it: what a perfect reader returns, apart from the shape's own losses.

    `cells`: a None is printed blank; a cell that is absent is not printed, a row without any cell
    is missing. `printed` holds cells whose print is not just their number (`/`, `无`); such a cell's
    value in `cells` is what it means (None for no number). Compare texts without white space: some
    shapes break lines inside words. `published_on` is the portal's date, not part of the report.
    """

    form: str
    kind: AgencyKind
    agency_name: str
    report_year: int
    title: str
    period: tuple[date, date] | None
    contact: Contact
    published_on: date
    signed_on: date | None
    preamble: tuple[str, ...]
    sections: tuple[MadeUpSection, ...]
    cells: Mapping[Cell, Number | None]
    printed: Mapping[Cell, str] = field(default_factory=dict)
    extra_rows: tuple[ExtraRow, ...] = ()
    media: Mapping[str, Medium] = field(default_factory=dict)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in printed order, without numerals."""
        return tuple(section.heading for section in self.sections)

    @property
    def signature(self) -> str | None:
        """The agency's name under the text, None where nothing is signed."""
        return self.agency_name if self.signed_on else None

    def section(self, number: int) -> MadeUpSection | None:
        """The first section of that number, None where it is missing."""
        return next((section for section in self.sections if section.number == number), None)

    def medium(self, table: str) -> Medium:
        """How that table stands in the document."""
        return self.media.get(table, Medium.TABLE)


def made_up_report(
    random: Random,
    *,
    year: int,
    agency: str,
    kind: AgencyKind = AgencyKind.LOCAL_DEPARTMENT,
    form: str | None = None,
    activity: float | None = None,
    previous: MadeUpReport | None = None,
    published_on: date | None = None,
) -> MadeUpReport:
    """A report that breaks no rule.

    `form` None: the form that the year must use. `activity`: 0 for all zeros (as small townships
    report), 1 for numbers nearly everywhere, None for any of them. `previous` is last year's report
    of the same agency: its figures and contact are carried on.
    """
    used = FORMS[form] if form else form_for_year(year)
    if used is None:
        raise ValueError(f"there is no unified form for reports on {year}")
    busy = random.choice((0.0, 0.1, 0.4, 1.0)) if activity is None else activity
    cells = figures(random, used, kind, activity=busy, previous=previous.cells if previous else None)
    totals = _totals(cells)
    published = published_on or date(year + 1, 1, 4) + timedelta(days=random.randrange(27))
    contact = previous.contact if previous else _contact(random)
    period = (date(year, 1, 1), date(year, 12, 31))
    paragraphs = {
        1: prose.general_situation(random, kind=kind, year=year, totals=totals),
        5: prose.problems(random),
        6: prose.other_matters(random, year=year, totals=totals, has_fee_rule=used == FORM_2021),
    }
    return MadeUpReport(
        form=used.key,
        kind=kind,
        agency_name=agency,
        report_year=year,
        title=_title(random, agency, year),
        period=period,
        contact=contact,
        published_on=published,
        signed_on=published - timedelta(days=random.randrange(3)) if random.randrange(2) else None,
        preamble=prose.preamble(
            random, agency=agency, year=year, period=_period_phrase(random, period), contact=_contact_phrase(contact)
        ),
        sections=tuple(
            MadeUpSection(section.number, section.heading, paragraphs.get(section.number, ()))
            for section in used.sections
        ),
        cells=cells,
    )


def _totals(cells: Mapping[Cell, Number]) -> prose.Totals:
    def total(table: str, row: str) -> int:
        return int(cells.get(Cell(table, row, "total"), 0))

    return prose.Totals(
        received=total("applications", "new_received"),
        carried_over=total("applications", "carried_over"),
        handled=total("applications", "outcome_total"),
        carried_forward=total("applications", "carried_forward"),
        fee_unpaid=total("applications", "other_fee_unpaid"),
        reviews=total("reviews", "administrative_review"),
        litigation=total("reviews", "litigation_without_review") + total("reviews", "litigation_after_review"),
    )


def _title(random: Random, agency: str, year: int) -> str:
    return random.choice(
        (
            f"{agency}{year}年政府信息公开工作年度报告",
            f"{agency}{year}年度政府信息公开工作年度报告",
            f"{agency}{year}年政府信息公开年度报告",
            f"{year}年度{agency}政府信息公开工作年度报告",
        )
    )


def _contact(random: Random) -> Contact:
    """Numbers and addresses that belong to nobody: area code 0600 and the `example` domains are unassigned."""
    number = random.randint(2_000_000, 8_999_999)
    street = random.choice(("文汇路", "迎宾大道", "学苑街", "沿河东路", "广场北路"))
    return Contact(
        phone=f"0600{random.choice('-—')}{number}",
        address=f"{street}{random.randint(1, 300)}号",
        email=f"gkb{random.randint(10, 99)}@mail.example.org" if random.randrange(2) else None,
        postcode=f"99{random.randint(1000, 9999)}" if random.randrange(2) else None,
        url="http://www.zwgk.example.org/" if random.randrange(3) == 0 else None,
    )


def _contact_phrase(contact: Contact) -> str:
    parts = (
        ("地址", contact.address),
        ("邮政编码", contact.postcode),
        ("电话", contact.phone),
        ("电子邮箱", contact.email),
        ("网址", contact.url),
    )
    return "，".join(f"{name}：{value}" for name, value in parts if value)


def _period_phrase(random: Random, period: tuple[date, date]) -> str:
    first, last = (f"{day.year}年{day.month}月{day.day}日" for day in period)
    return random.choice((f"自{first}起至{last}止", f"{first}至{last}", f"自{first}起，至{last}止"))
