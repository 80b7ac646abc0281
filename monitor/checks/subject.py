"""What the checks are given: one report, and everything it may be held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.forms import FORMS, form_for_year
from storage.report import DoubtKind

if TYPE_CHECKING:
    from storage.forms import Form
    from storage.records import Agency
    from storage.report import Report


@dataclass(frozen=True, slots=True)
class Subject:
    """One report to be judged.

    `expected_names`, `agency` and `report_year` say whose report on which year it should be; where all
    are absent, the report's own parts are held against each other. `other_names` are names of other
    registered agencies. `previous` is the same agency's report on the year before, `earlier_version`
    what stood in this one's place before, `peers` other agencies' reports on the year, with their names.
    `language` (`zh` or `en`) is that of the messages.
    """

    report: Report
    expected_names: tuple[str, ...] = ()
    agency: Agency | None = None
    report_year: int | None = None
    previous: Report | None = None
    earlier_version: Report | None = None
    other_names: frozenset[str] = frozenset()
    peers: tuple[tuple[str, Report], ...] = ()
    language: str = "zh"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name by which the report may rightly call its agency; empty where none is expected."""
        if self.agency is None:
            return self.expected_names
        return (*self.expected_names, self.agency.name, *self.agency.aliases)

    @property
    def unsure(self) -> frozenset[str]:
        """The paths of cells whose print could not be read for certain: nothing is concluded from them."""
        return frozenset(doubt.where for doubt in self.report.doubts if doubt.kind is DoubtKind.CELL_UNSURE)

    @property
    def year(self) -> int | None:
        """The year the report should be about: the expected one, else the printed one."""
        return self.report_year or self.report.report_year

    @property
    def form(self) -> Form | None:
        """The form that the content is judged by: the one that was used, else the year's.

        None: a report on a year before 2019, or one of unknown year without tables. Its content is
        not judged.
        """
        if self.report.form is not None:
            return FORMS[self.report.form]
        year = self.report.report_year or self.report_year
        return form_for_year(year) if year is not None else None
