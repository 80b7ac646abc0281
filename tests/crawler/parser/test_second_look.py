"""A number that breaks a sum is read again before it is believed, and doubted where nothing confirms it."""

from __future__ import annotations

import dataclasses
import random

import pytest

from crawler.documents import read_document
from crawler.documents.model import CellPlace, Document, Table
from crawler.parser.parsing import parsed
from crawler.parser.second_look import looked_again
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from monitor.checks import Subject, judge
from storage.errors import UnreadableError
from storage.forms import FORMS, label
from storage.records import Severity
from storage.report import Cell, DoubtKind

MADE = made_up_report(random.Random("second look"), year=2024, agency="安丘市教育局", activity=1.0)
APPLICATIONS = FORMS[MADE.form].table("applications")
GRANTED = Cell("applications", "granted", "natural_person")
LICENSING = Cell("disclosure", "licensing", "decisions")
UPHELD = Cell("reviews", "administrative_review", "upheld")
UPHELD_TOTAL = Cell("reviews", "administrative_review", "total")


def recognised(texts: dict[Cell, str], confidences: dict[Cell, float], again=None) -> Document:
    """The made-up report as if it had been recognised from pictures, with some cells read otherwise."""
    plain = read_document(SHAPES["html_clean"].render(MADE, random.Random(1)))
    marked = _with_cells(plain, lambda _, cell: cell._replace(confidence=0.99 if cell.text else 1.0))
    places = {origin.place: cell for cell, origin in parsed(marked).origins.items()}

    def changed(table, printed):
        cell = places.get(CellPlace(table.place, printed.row, printed.column))
        if cell is None:
            return printed
        return printed._replace(
            text=texts.get(cell, printed.text), confidence=confidences.get(cell, printed.confidence)
        )

    return dataclasses.replace(_with_cells(marked, changed), again=again)


def _with_cells(document: Document, change) -> Document:
    blocks = tuple(
        dataclasses.replace(block, rows=tuple(tuple(change(block, cell) for cell in row) for row in block.rows))
        if isinstance(block, Table)
        else block
        for block in document.blocks
    )
    return dataclasses.replace(document, blocks=blocks)


def unsure(report) -> dict[str, object]:
    return {doubt.where: doubt.details for doubt in report.doubts if doubt.kind is DoubtKind.CELL_UNSURE}


def test_a_cell_that_breaks_its_sums_is_read_again_and_settled_by_them():
    asked = []

    def again(places):
        asked.extend(places)
        return recognised({}, {GRANTED: 0.97})

    document = recognised({GRANTED: "7777"}, {}, again)

    read = looked_again(document, parsed(document))

    assert read.facts[GRANTED].value == MADE.cells[GRANTED]
    assert unsure(read) == {}
    assert read.confidences[GRANTED] == 0.97
    assert asked


def test_only_cells_of_broken_sums_and_weak_ones_are_read_again():
    asked = set()

    def again(places):
        asked.update(places)
        return recognised({}, {})

    document = recognised({GRANTED: "7777"}, {LICENSING: 0.5}, again)
    first = parsed(document)

    looked_again(document, first)

    cells = {cell for cell, origin in first.origins.items() if origin.place in asked}
    assert {GRANTED, LICENSING} < cells
    assert UPHELD not in cells
    assert {cell.row for cell in cells if cell.column == "other_org"} == {GRANTED.row}


def test_a_cell_read_in_two_ways_that_no_sum_decides_is_doubted_with_both():
    document = recognised({LICENSING: "5"}, {LICENSING: 0.6}, lambda _: recognised({LICENSING: "6"}, {LICENSING: 0.7}))

    read = looked_again(document, parsed(document))

    assert sorted(unsure(read)[LICENSING.path]["readings"]) == ["5", "6"]


def test_a_weak_cell_is_doubted_unless_a_sum_confirms_it():
    document = recognised({}, {LICENSING: 0.6, GRANTED: 0.6})

    read = looked_again(document, parsed(document))

    assert unsure(read) == {LICENSING.path: {"confidence": 0.6}}


def test_a_figure_and_its_total_that_were_both_weak_do_not_confirm_each_other():
    alike = {cell: str(MADE.cells[cell] + 1) for cell in (UPHELD, UPHELD_TOTAL)}
    document = recognised(alike, dict.fromkeys(alike, 0.6))

    read = looked_again(document, parsed(document))

    assert set(unsure(read)) == {UPHELD.path, UPHELD_TOTAL.path}


def test_two_readings_that_agree_on_a_broken_sum_are_believed():
    """The agency's own mistake stays one: nobody mends what was published."""
    document = recognised({GRANTED: "7777"}, {}, lambda _: recognised({GRANTED: "7777"}, {}))

    read = looked_again(document, parsed(document))

    assert read.facts[GRANTED].value == 7777
    assert unsure(read) == {}


def test_a_second_reading_that_fails_leaves_the_first():
    def again(places):
        raise UnreadableError("illegible", "nothing")

    document = recognised({GRANTED: "7777"}, {}, again)

    assert looked_again(document, parsed(document)).facts[GRANTED].value == 7777


def test_a_reader_that_finds_the_rows_another_lost_is_heard():
    whole = recognised({}, {})
    torn = dataclasses.replace(
        whole,
        blocks=tuple(
            dataclasses.replace(block, rows=block.rows[:-4])
            if isinstance(block, Table) and len(block.rows) > 20
            else block
            for block in whole.blocks
        ),
        again=lambda _: whole,
    )
    assert len(parsed(torn).report.facts) < len(MADE.cells)

    read = looked_again(torn, parsed(torn))

    assert {cell: fact.value for cell, fact in read.facts.items()} == dict(MADE.cells)


@pytest.mark.parametrize("cell", [GRANTED, LICENSING, UPHELD])
def test_the_confidence_of_every_recognised_cell_is_kept(cell):
    read = looked_again(document := recognised({}, {}), parsed(document))

    assert read.confidences[cell] == 0.99
    assert len(read.confidences) == len(MADE.cells)


def unruled(change=lambda _, cell: cell) -> Document:
    """The made-up report as from a page whose tables have no lines."""
    plain = _with_cells(read_document(SHAPES["html_clean"].render(MADE, random.Random(1))), change)
    blocks = tuple(
        dataclasses.replace(block, is_aligned=True) if isinstance(block, Table) else block for block in plain.blocks
    )
    return dataclasses.replace(plain, blocks=blocks)


def test_a_table_without_lines_that_was_read_whole_is_believed():
    read = looked_again(document := unruled(), parsed(document))

    assert {cell: fact.value for cell, fact in read.facts.items()} == dict(MADE.cells)
    assert read.doubts == ()


def test_a_table_without_lines_that_lost_a_cell_is_doubted_where_no_sum_confirms_it():
    document = unruled(lambda _, cell: cell._replace(text="") if cell.text == str(MADE.cells[LICENSING]) else cell)

    read = looked_again(document, parsed(document))

    assert read.facts[LICENSING].value is None
    assert "disclosure" in {doubt.where for doubt in read.doubts if doubt.kind is DoubtKind.TABLE_UNRULED}
    assert unsure(read)[LICENSING.path] == {"unruled": True}
    assert [finding.rule for finding in judge(Subject(read)) if finding.severity is Severity.ERROR] == []


def test_a_blank_in_a_picture_that_breaks_a_sum_is_doubted_and_no_blank_of_theirs():
    total = Cell("applications", "new_received", "total")
    assert MADE.cells[total]
    document = recognised({total: ""}, {total: 1.0})

    read = looked_again(document, parsed(document))

    assert read.facts[total].value is None
    assert list(unsure(read)) == [total.path]
    assert "cell-blank" not in {finding.rule for finding in judge(Subject(read))}


def test_a_weak_cell_that_is_no_number_is_doubted():
    document = recognised(
        {LICENSING: "6F"}, {LICENSING: 0.44}, lambda _: recognised({LICENSING: "6F"}, {LICENSING: 0.44})
    )

    read = looked_again(document, parsed(document))

    assert read.facts[LICENSING].value is None
    assert LICENSING.path in unsure(read)


def test_a_cell_of_a_picture_that_is_no_number_is_doubted_however_sure_the_recognition_was():
    document = recognised({LICENSING: "6F"}, {}, lambda _: recognised({LICENSING: "6F"}, {}))

    read = looked_again(document, parsed(document))

    assert LICENSING.path in unsure(read)


def test_the_cells_of_a_recognised_table_that_lacks_one_are_doubted():
    def merged(block):
        """The table with two cells of its last row as one, as if the line between them had not been seen."""
        row = block.rows[-1]
        if len(row) != 15:
            return block
        wide = row[2]._replace(column_span=2)
        return dataclasses.replace(block, rows=(*block.rows[:-1], (*row[:2], wide, *row[4:])))

    whole = recognised({}, {})
    document = dataclasses.replace(
        whole, blocks=tuple(merged(block) if isinstance(block, Table) else block for block in whole.blocks)
    )

    read = looked_again(document, parsed(document))

    left = {cell.path for cell in read.facts if cell.table == "reviews" and cell.row == "administrative_review"}
    assert left
    assert left <= unsure(read).keys()
    assert unsure(looked_again(whole, parsed(whole))) == {}


def test_a_row_of_blanks_in_a_picture_is_doubted_where_a_row_of_numbers_has_no_label_of_the_form():
    line = next(each for each in APPLICATIONS.rows if each.key == "granted")
    cells = [Cell("applications", line.key, column.key) for column in APPLICATIONS.columns(line.key)]
    blanks = recognised(dict.fromkeys(cells, ""), dict.fromkeys(cells, 1.0))

    def torn(row):
        """The row as a page break tears it: its numbers above, under another label than was printed."""
        if label(line.label) not in {label(cell.text) for cell in row}:
            return (row,)
        words = [cell._replace(text="甲乙丙丁" if cell.text else "6", confidence=0.99) for cell in row]
        return (tuple(words), row)

    document = dataclasses.replace(
        blanks,
        blocks=tuple(
            dataclasses.replace(block, rows=tuple(part for row in block.rows for part in torn(row)))
            if isinstance(block, Table)
            else block
            for block in blanks.blocks
        ),
    )

    assert f"applications/{line.key}" not in unsure(looked_again(blanks, parsed(blanks)))
    assert f"applications/{line.key}" in unsure(looked_again(document, parsed(document)))


@pytest.mark.parametrize("lost", [("granted",), tuple(line.key for line in APPLICATIONS.rows[:20])])
def test_a_row_that_a_recognised_table_lacks_is_doubted(lost):
    labels = {label(line.label) for line in APPLICATIONS.rows if line.key in lost}
    whole = recognised({}, {})
    torn = dataclasses.replace(
        whole,
        blocks=tuple(
            dataclasses.replace(
                block, rows=tuple(row for row in block.rows if labels.isdisjoint(label(cell.text) for cell in row))
            )
            if isinstance(block, Table)
            else block
            for block in whole.blocks
        ),
    )

    read = looked_again(torn, parsed(torn))

    assert {cell.row for cell in read.facts if cell.table == "applications"}.isdisjoint(lost)
    assert set(unsure(read)) == {f"applications/{row}" for row in lost}
    assert unsure(looked_again(whole, parsed(whole))) == {}
