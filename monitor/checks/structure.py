"""Are all parts of the form there, in order, and is it the form of that year?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.wording import listed, place_name, printed, quoted, section_numeral
from storage.forms import FORMS, form_for_year
from storage.report import DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.checks.subject import Subject
    from storage.forms import Form, FormTable
    from storage.records import Finding
    from storage.report import Doubt, Report, Section

SHORTEST_SECTION = 20
"""Characters without white space; less says nothing about a year's work."""
LAST_SECTION = 6

_UNREAD = (DoubtKind.TABLE_UNRULED, DoubtKind.TABLE_UNUSED)
"""Tables that are there, and of which we know that we did not read them whole."""

_CELL_COUNTS = {form.key: sum(table.cell_count for table in form.tables) for form in FORMS.values()}


def structure_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Faults in sections, in the choice of the form, and in the presence of tables and rows."""
    yield from _sections(subject, form)
    yield from _order(subject)
    yield from _extra_sections(subject)
    yield from _form(subject)
    if len(subject.report.facts) < _CELL_COUNTS[form.key]:
        yield from _tables(subject, form)
    yield from _recognised_tables(subject, form)
    yield from _attached_tables(subject, form)
    yield from _unexpected_rows(subject)


def _sections(subject: Subject, form: Form) -> Iterator[Finding]:
    for section in form.sections:
        parts = [part for part in subject.report.sections if part.number == section.number]
        where = f"sections/{section.number}"
        words = {"section": section_numeral(section.number, subject.language), "heading": section.heading}
        if subject.report.confidences and (not parts or not "".join(part.text for part in parts)):
            # A heading or a text that recognition lost is our loss, not the agency's.
            continue
        if not parts:
            yield found("section-missing", where, subject.language, words)
        elif not section.may_say_nothing and not _shows_files(parts):
            length = sum(len("".join(part.text.split())) for part in parts)
            if length < SHORTEST_SECTION:
                words["length"] = str(length)
                yield found("section-empty", where, subject.language, words, evidence={"length": length})


def _shows_files(parts: list[Section]) -> bool:
    """A section of pictures or attachments is not empty, only unread."""
    return any(part.pictures or part.attachments for part in parts)


def _order(subject: Subject) -> Iterator[Finding]:
    numbers = [part.number for part in subject.report.sections if part.number <= LAST_SECTION]
    if numbers == sorted(set(numbers)):
        doubt = next(_doubts(subject.report, DoubtKind.SECTION_ORDER), None)
        if doubt is None:
            return
        numbers = list(doubt.details["numbers"])
    order = listed((section_numeral(number, subject.language) for number in numbers), subject.language)
    yield found("section-order", "sections", subject.language, {"order": order}, evidence={"numbers": numbers})


def _extra_sections(subject: Subject) -> Iterator[Finding]:
    report = subject.report
    extra = {quoted(part.heading): f"sections/{part.number}" for part in report.sections if part.number > LAST_SECTION}
    for doubt in _doubts(report, DoubtKind.SECTION_EXTRA):
        extra.setdefault(quoted(doubt.text), doubt.where)
    headings = list(extra)
    for heading in headings:
        # A doubt quotes the heading with its numeral, the section without.
        if not any(heading != other and heading.endswith(other) for other in headings):
            yield found("section-extra", extra[heading], subject.language, {"heading": heading})
    for doubt in _doubts(report, DoubtKind.HEADING_VARIANT):
        yield found("heading-variant", doubt.where, subject.language, {"printed": quoted(doubt.text)})


def _form(subject: Subject) -> Iterator[Finding]:
    report, language = subject.report, subject.language
    due = form_for_year(subject.year) if subject.year is not None else None
    if report.form is not None and due is not None and due.key != report.form and not _suits_its_years(report):
        words = {"year": subject.year, "expected_notice": due.notice, "printed_notice": FORMS[report.form].notice}
        evidence = {"year": subject.year, "expected": due.key, "printed": report.form}
        yield found("form-outdated", "", language, words, evidence=evidence)
    for doubt in _doubts(report, DoubtKind.FORM_MARKERS):
        of_2019, of_2021 = list(doubt.details["markers_2019"]), list(doubt.details["markers_2021"])
        if of_2019 and of_2021:
            words = {"of_2019": listed(of_2019, language), "of_2021": listed(of_2021, language)}
            markers = {"markers_2019": of_2019, "markers_2021": of_2021}
            yield found("form-mixed", doubt.where, language, words, evidence=markers)


def _suits_its_years(report: Report) -> bool:
    """Is the form right for most of the years that the report prints? Then one of these is wrong, not the form."""
    # The title of the page and that of the text are one title mostly.
    years = [year for key, year in report.year_readings.items() if key != "heading"]
    forms = [due.key for year in years if (due := form_for_year(year)) is not None]
    return 2 * forms.count(report.form or "") > len(forms) > 1


def _tables(subject: Subject, form: Form) -> Iterator[Finding]:
    """A table without a single row (a header alone) is as absent as one that was never printed."""
    report = subject.report
    met = {(cell.table, cell.row) for cell in report.facts}
    # A row that was there, but whose numbers fitted no columns, is `cell-count`.
    doubted = {doubt.where for doubt in _doubts(report, DoubtKind.CELL_COUNT)}
    doubtful = {cell.table for cell in report.confidences}
    doubtful |= {doubt.where for kind in _UNREAD for doubt in _doubts(report, kind)}
    for table in form.tables:
        places = {row.key: f"{table.key}/{row.key}" for row in table.rows}
        missing = [row for row, where in places.items() if (table.key, row) not in met and where not in doubted]
        # We may lose a row of a picture, or of a table without lines; that proves nothing against who drew it.
        if table.key in doubted or table.key in doubtful:
            continue
        if len(missing) == len(places):
            yield _absent_table(subject, table)
            continue
        for row in missing:
            words = {"place": place_name(places[row], form, subject.language)}
            yield found("row-missing", places[row], subject.language, words)


def _absent_table(subject: Subject, table: FormTable) -> Finding:
    parts = [part for part in subject.report.sections if part.number == table.section]
    pictures = [source for part in parts for source in part.pictures]
    attachments = [source for part in parts for source in part.attachments]
    words = {"section": section_numeral(table.section, subject.language), "table": printed(table.title)}
    if pictures or subject.report.confidences:
        # Of a scan, a table that was not recognised is there for all we know.
        evidence = {"pictures": pictures}
        return found("table-as-picture", table.key, subject.language, words, evidence=evidence)
    if attachments:
        evidence = {"attachments": attachments}
        return found("table-as-attachment", table.key, subject.language, words, evidence=evidence)
    return found("table-missing", table.key, subject.language, words)


def _recognised_tables(subject: Subject, form: Form) -> Iterator[Finding]:
    """A picture that could be read is still no table that a citizen can search and copy."""
    recognised = {cell.table for cell in subject.report.confidences}
    for table in form.tables:
        if table.key in recognised:
            parts = [part for part in subject.report.sections if part.number == table.section]
            evidence = {"pictures": [source for part in parts for source in part.pictures]}
            words = {"section": section_numeral(table.section, subject.language), "table": printed(table.title)}
            yield found("table-as-picture", table.key, subject.language, words, evidence=evidence, variant="read")


def _attached_tables(subject: Subject, form: Form) -> Iterator[Finding]:
    for doubt in _doubts(subject.report, DoubtKind.TABLE_ATTACHED):
        table = form.table(doubt.where)
        files = list(doubt.details["attachments"])
        words = {
            "section": section_numeral(table.section, subject.language),
            "table": printed(table.title),
            "attachments": listed(files, subject.language),
        }
        evidence = {"attachments": files}
        yield found("table-as-attachment", table.key, subject.language, words, evidence=evidence, variant="read")


def _unexpected_rows(subject: Subject) -> Iterator[Finding]:
    for doubt in _doubts(subject.report, DoubtKind.ROW_UNEXPECTED):
        evidence = {"text": quoted(doubt.text), "all_zero": doubt.details["all_zero"], "cause": doubt.details["cause"]}
        words = {"label": quoted(doubt.details["label"])}
        variant = doubt.details["cause"]
        yield found("row-unexpected", doubt.where, subject.language, words, evidence=evidence, variant=variant)


def _doubts(report: Report, kind: DoubtKind) -> Iterator[Doubt]:
    return (doubt for doubt in report.doubts if doubt.kind is kind)
