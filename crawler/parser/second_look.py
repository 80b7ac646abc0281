"""Before a number that breaks a sum is believed, it is read again: by a sharper look, or by another reader."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from crawler.documents.picture import SURE
from crawler.parser.parsing import Parsed, parsed
from storage.errors import UnreadableError
from storage.forms import FORMS
from storage.forms.sums import SUMS
from storage.report import Cell, Doubt, DoubtKind, Fact, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from crawler.documents.model import Document
    from storage.forms.sums import Sum
    from storage.report import Report

    Facts = Mapping[Cell, Fact]
    _Readings = Mapping[Cell, tuple[Fact | None, Fact | None]]

_NO_NUMBER = frozenset({Reading.NOT_A_NUMBER, Reading.NOT_WHOLE})
_STRAY = frozenset({DoubtKind.ROW_UNEXPECTED, DoubtKind.CELL_UNUSED})
_STRUCTURAL = frozenset({DoubtKind.CELL_COUNT, DoubtKind.ROW_UNEXPECTED, DoubtKind.CELL_UNUSED})


def looked_again(document: Document, first: Parsed) -> Report:
    """The report with its suspect cells settled by a second reading, where the document allows one.

    Of two readings the one stands that makes its sums hold. A cell that neither sums nor a sure
    recognition confirm stays as it was first read, with a doubt that names both readings.
    """
    suspects = _suspects(first)
    aligned = _aligned(first)
    if document.again is None or not (suspects or _lacks_cells(first.report)):
        return _doubted(first.report, {}, aligned)
    try:
        second = parsed(document.again({first.origins[cell].place for cell in suspects if cell in first.origins}))
    except UnreadableError:
        return _doubted(first.report, {}, aligned)
    if second.report.form != first.report.form:
        return _doubted(first.report, {}, aligned)
    base, other = (second, first) if _merit(second.report) > _merit(first.report) else (first, second)
    settled, readings = _settled(base.report, other.report)
    return _doubted(settled, readings, aligned | _aligned(second))


def _suspects(read: Parsed) -> set[Cell]:
    """Cells in a broken sum, cells recognised with little confidence or as no number."""
    facts = read.report.facts
    cells = {cell for each in _broken(read.report.form, facts) for cell in each.cells}
    for cell, origin in read.origins.items():
        fact = facts.get(cell)
        if fact is None or origin.confidence < SURE or fact.reading in _NO_NUMBER:
            cells.add(cell)
    return cells | _blanks_that_break(read.report)


def _blanks_that_break(report: Report) -> set[Cell]:
    """Blank cells of recognised tables without which a sum does not hold: their figures may have been lost."""
    recognised = {cell.table for cell in report.confidences}
    blank = {cell for cell, fact in report.facts.items() if fact.reading is Reading.BLANK and cell.table in recognised}
    if not blank:
        return set()
    as_zero = {**report.facts, **{cell: Fact(0, "", Reading.NUMBER) for cell in blank}}
    return {cell for each in _broken(report.form, as_zero) for cell in each.cells if cell in blank}


def _lacks_cells(report: Report) -> bool:
    """Has a table lost cells, or been lost? The other reader may see them."""
    if report.form is None:
        return False
    expected = sum(table.cell_count for table in FORMS[report.form].tables)
    return len(report.facts) < expected or any(doubt.kind in _STRUCTURAL for doubt in report.doubts)


def _merit(report: Report) -> tuple[int, int, int]:
    """The better of two readings of one document has the greater merit: cells, sums that hold, order."""
    structural = sum(doubt.kind in _STRUCTURAL for doubt in report.doubts)
    return (len(report.facts), -len(_broken(report.form, report.facts)), -structural)


def _broken(form: str | None, facts: Facts) -> list[Sum]:
    return [each for each, _ in SUMS[form].broken(facts)] if form is not None else []


def _aligned(read: Parsed) -> set[Cell]:
    """Cells of tables without ruling lines."""
    return {cell for cell, origin in read.origins.items() if origin.is_aligned}


def _settled(base: Report, other: Report) -> tuple[Report, _Readings]:
    """The report with its cells settled, and what both readings said of those that differ."""
    readings = {
        cell: (base.facts.get(cell), other.facts.get(cell))
        for cell in base.facts.keys() | other.facts.keys()
        if _value(base.facts.get(cell)) != _value(other.facts.get(cell))
    }
    facts = _best(base, {cell: fact for cell, (_, fact) in readings.items() if fact is not None})
    confidences = dict(base.confidences)
    for cell, confidence in other.confidences.items():
        if (
            cell in facts
            and facts[cell] == other.facts.get(cell)
            and (facts[cell] != base.facts.get(cell) or cell in confidences)
        ):
            confidences[cell] = max(confidence, confidences.get(cell, 0) if cell not in readings else 0)
    settled = dataclasses.replace(
        base, facts=facts, confidences=confidences, tables=base.tables | {cell.table for cell in facts}
    )
    return settled, readings


def _best(base: Report, others: Facts) -> dict[Cell, Fact]:
    """The facts with those of the other reading that mend a sum, or that the first reading lacks."""
    facts = dict(base.facts)
    for cell, fact in others.items():
        if cell not in facts or (facts[cell].value is None and fact.value is not None):
            facts[cell] = fact
    broken = len(_broken(base.form, facts))
    everything = {**facts, **others}
    if broken and not _broken(base.form, everything):
        return everything
    for cell, fact in others.items():
        if broken and facts[cell] != fact:
            mended = len(_broken(base.form, {**facts, cell: fact}))
            if mended < broken:
                facts[cell], broken = fact, mended
    return facts


def _doubted(report: Report, readings: _Readings, aligned: set[Cell]) -> Report:
    """The report with a doubt for each cell that nothing confirms: neither a sum, nor a sure recognition, nor lines."""
    unruled = {table for table in {cell.table for cell in aligned} if not _is_whole(report, table)}
    doubts = [Doubt(DoubtKind.TABLE_UNRULED, table, "", "表格没有框线，且未能完整读出") for table in sorted(unruled)]
    doubts += _doubts(report, readings, {cell for cell in aligned if cell.table in unruled})
    doubts += _lost(report)
    return dataclasses.replace(report, doubts=(*report.doubts, *doubts)) if doubts else report


def _is_whole(report: Report, table: str) -> bool:
    """Has every cell of the table a number, and nothing of the tables been left over? Then none can have slipped."""
    if report.form is None or any(doubt.kind in _STRUCTURAL for doubt in report.doubts):
        return False
    numbers = sum(cell.table == table and fact.value is not None for cell, fact in report.facts.items())
    return numbers == FORMS[report.form].table(table).cell_count


def _doubts(report: Report, readings: _Readings, unruled: set[Cell]) -> Iterator[Doubt]:
    weak = {
        cell
        for cell, confidence in report.confidences.items()
        # What makes no number of a recognised cell may be a stray mark beside one.
        if confidence < SURE or (cell in report.facts and report.facts[cell].reading in _NO_NUMBER)
    }
    lost = _blanks_that_break(report)
    # Of a table with too few cells or too many nobody knows which of them is which.
    counted = {doubt.where for doubt in report.doubts if doubt.kind is DoubtKind.CELL_COUNT}
    recognised = {cell.table for cell in report.confidences}
    is_all = bool(recognised) and report.tables <= recognised | counted
    shifted = {cell for cell in report.facts if is_all and cell.table in counted} - weak
    if not (weak or readings or unruled or lost or shifted):
        return
    confirmed = _confirmed(report, weak | readings.keys() | shifted)
    for cell in sorted(weak | readings.keys() | unruled | lost | shifted):
        if cell in confirmed:
            continue
        fact = report.facts.get(cell)
        text = fact.text if fact else ""
        if cell in readings:
            texts = [each.text if each else "" for each in readings[cell]]
            why = "两次读取的结果不同：" + "、".join(f"“{each}”" for each in texts) + "，请核对原件"
            yield Doubt(DoubtKind.CELL_UNSURE, cell.path, text, why, {"readings": texts})
        elif cell in lost:
            why = "图片中这一格未识别出数字，但合计表明此处应有数字，请核对原件"
            yield Doubt(DoubtKind.CELL_UNSURE, cell.path, text, why, {"readings": [text]})
        elif cell in shifted:
            why = "图片中这张表的格数与格式不符，这一格可能错位，请核对原件"
            yield Doubt(DoubtKind.CELL_UNSURE, cell.path, text, why, {"readings": [text]})
        elif cell in weak:
            confidence = round(report.confidences[cell], 3)
            why = f"由图片识别，可信度{confidence:.2f}，请核对原件"
            yield Doubt(DoubtKind.CELL_UNSURE, cell.path, text, why, {"confidence": confidence})
        else:
            yield Doubt(
                DoubtKind.CELL_UNSURE, cell.path, text, "表格没有框线，按文字位置读取，请核对原件", {"unruled": True}
            )


def _lost(report: Report) -> Iterator[Doubt]:
    """A doubt for each row, or cell of a row, that a recognised table lacks: it may be printed for all we know.

    So may be the numbers of a row of blanks, where numbers were left over that belong to no row.
    """
    recognised = {cell.table for cell in report.confidences}
    if report.form is None or not recognised:
        return
    counted = {doubt.where for doubt in report.doubts if doubt.kind is DoubtKind.CELL_COUNT}
    has_stray = any(
        doubt.kind in _STRAY and not doubt.details.get("all_zero") and doubt.details.get("cause") != "repeated"
        for doubt in report.doubts
    )
    for table in FORMS[report.form].tables:
        for row in table.rows if table.key in recognised and table.key not in counted else ():
            cells = [Cell(table.key, row.key, column.key) for column in table.columns(row.key)]
            lost = [cell for cell in cells if cell not in report.facts]
            if len(lost) == len(cells) and f"{table.key}/{row.key}" not in counted:
                why = "图片中的这一行未能识别，请核对原件"
                yield Doubt(DoubtKind.CELL_UNSURE, f"{table.key}/{row.key}", "", why, {"readings": []})
            elif len(lost) < len(cells):
                why = "图片中的这一格未能识别，请核对原件"
                yield from (Doubt(DoubtKind.CELL_UNSURE, cell.path, "", why, {"readings": []}) for cell in lost)
            if has_stray and not lost and all(report.facts[cell].reading is Reading.BLANK for cell in cells):
                why = "图片中的这一行没有数，而另有一行数未能对应项目，请核对原件"
                yield Doubt(DoubtKind.CELL_UNSURE, f"{table.key}/{row.key}", "", why, {"readings": []})


def _confirmed(report: Report, doubtful: AbstractSet[Cell]) -> set[Cell]:
    """Cells of sums that hold, and of none that does not; a doubtful one only where it is the sum's only one.

    A figure and its total that were misread alike agree with each other.
    """
    if report.form is None:
        return set()
    broken = {cell for each in _broken(report.form, report.facts) for cell in each.cells}
    holding = [
        frozenset(each.cells)
        for each in SUMS[report.form].sums
        if not broken.issuperset(each.cells) and all(_value(report.facts.get(cell)) is not None for cell in each.cells)
    ]
    confirmed = {cell for cells in holding for cell in cells} - doubtful
    open_sums = [left for cells in holding if (left := cells & doubtful)]
    while single := {next(iter(left)) for left in open_sums if len(left) == 1}:
        confirmed |= single
        open_sums = [rest for left in open_sums if (rest := left - single)]
    return confirmed - broken


def _value(fact: Fact | None) -> object:
    return fact.value if fact is not None else None
