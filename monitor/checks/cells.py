"""Does every cell hold a number, and one that it can hold?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.wording import column_name, figure, listed, place_name, quoted
from storage.forms import FORMS
from storage.records import Severity
from storage.report import Cell, DoubtKind, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.checks.subject import Subject
    from storage.forms import Form, FormTable, Line
    from storage.records import Finding
    from storage.report import Fact

_COLUMNS: dict[str, dict[Cell, Line]] = {
    form.key: {
        Cell(table.key, row.key, column.key): column
        for table in form.tables
        for row in table.rows
        for column in table.columns(row.key)
    }
    for form in FORMS.values()
}


def cell_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Rows with a wrong count of numbers, blanks, cells that hold no possible number or that two sources differ in."""
    yield from _counts(subject, form)
    yield from _differing_sources(subject, form)
    blank: dict[str, list[Cell]] = {}
    unsure = subject.unsure
    for cell, fact in subject.report.facts.items():
        if (type(fact.value) is int and fact.value >= 0) or cell.path in unsure:
            continue
        if fact.reading is Reading.BLANK:
            blank.setdefault(cell.table, []).append(cell)
            continue
        column = _COLUMNS[form.key].get(cell)
        if column is not None:
            yield from _unfit(subject, form, cell, fact, column)
    for key, cells in blank.items():
        yield from _blanks(subject, form, form.table(key), cells)


def _counts(subject: Subject, form: Form) -> Iterator[Finding]:
    doubted = {where.rpartition("/")[0] for where in subject.unsure}
    # Recognition may miss a figure, or see one where a line is drawn; the cells of such a row are then not known.
    uncountable = {cell.table for cell in subject.report.confidences}
    uncountable |= {doubt.where for doubt in subject.report.doubts if doubt.kind is DoubtKind.TABLE_UNRULED}
    for doubt in subject.report.doubts:
        if doubt.kind is not DoubtKind.CELL_COUNT or doubt.where in doubted:
            continue
        if doubt.where.partition("/")[0] in uncountable:
            continue
        all_zero = bool(doubt.details["all_zero"])
        evidence = {"expected": doubt.details["expected"], "found": doubt.details["found"], "all_zero": all_zero}
        yield found(
            "cell-count",
            doubt.where,
            subject.language,
            {"place": place_name(doubt.where, form, subject.language), **evidence},
            evidence=evidence,
            variant="all_zero" if all_zero else "",
            severity=Severity.WARNING if all_zero else None,
        )


def _differing_sources(subject: Subject, form: Form) -> Iterator[Finding]:
    for doubt in subject.report.doubts:
        if doubt.kind is not DoubtKind.SOURCES_DIFFER:
            continue
        sources: dict[str, str] = {address: quoted(text) for address, text in doubt.details["sources"].items()}
        shown = (_said(address, text, subject.language) for address, text in sources.items())
        words = {"place": place_name(doubt.where, form, subject.language), "sources": listed(shown, subject.language)}
        yield found("sources-differ", doubt.where, subject.language, words, evidence={"sources": sources})


def _said(address: str, text: str, language: str) -> str:
    if language == "zh":
        return f"{address}为“{text}”" if text else f"{address}为空"
    return f"“{text}” at {address}" if text else f"nothing at {address}"


def _unfit(subject: Subject, form: Form, cell: Cell, fact: Fact, column: Line) -> Iterator[Finding]:
    value = fact.value
    rule = None
    if fact.reading is Reading.NOT_A_NUMBER:
        rule = "cell-not-a-number"
    elif fact.reading is Reading.NOT_WHOLE or (value is not None and not column.is_money and value != int(value)):
        rule = "cell-not-whole"
    elif value is not None and value < 0 and not column.is_signed:
        rule = "cell-negative"
    if rule is not None:
        shown = quoted(fact.text) or (figure(value) if value is not None else "")
        words = {"place": place_name(cell.path, form, subject.language), "printed": shown}
        yield found(rule, cell.path, subject.language, words, evidence={"printed": shown})


def _blanks(subject: Subject, form: Form, table: FormTable, cells: Sequence[Cell]) -> Iterator[Finding]:
    """One finding for what is blank together: the whole table, a row's cells, or one cell."""
    language = subject.language
    if len(cells) == table.cell_count:
        words: dict[str, object] = {"place": place_name(table.key, form, language), "count": len(cells)}
        yield found("cell-blank", table.key, language, words, evidence={"count": len(cells)}, variant="table")
        return
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    for row, members in rows.items():
        paths = [cell.path for cell in members]
        if len(members) == 1:
            text = quoted(subject.report.facts[members[0]].text)
            shown = {"zh": f"（填写的是“{text}”）", "en": f" (it holds “{text}”)"}[language] if text else ""
            words = {"place": place_name(paths[0], form, language), "printed": shown}
            yield found("cell-blank", paths[0], language, words, evidence={"printed": text}, variant="one")
            continue
        where = f"{table.key}/{row}"
        names = listed((column_name(table, row, cell.column, language) for cell in members), language)
        words = {"place": place_name(where, form, language), "count": len(members), "columns": names}
        yield found("cell-blank", where, language, words, evidence={"cells": paths}, variant="several")
