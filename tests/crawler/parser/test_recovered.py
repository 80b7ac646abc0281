"""Rows of a scan whose label was not read: known by their neighbours, doubted; and misread numbers of table 4."""

from __future__ import annotations

import dataclasses
import random

import pytest

from crawler.documents import read_document
from crawler.documents.model import Table
from crawler.parser.parsing import parsed
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from storage.forms import FORMS
from storage.report import Cell, DoubtKind

MADE = made_up_report(random.Random("recovered"), year=2024, agency="安丘市教育局", activity=1.0)
APPLICATIONS = FORMS[MADE.form].table("applications")


def read_with(garbled: dict[str, str], *, is_scan: bool = True, lost: str = ""):
    """The made-up report with some texts replaced and the row of a label gone, recognised from pictures or not."""
    plain = read_document(SHAPES["html_clean"].render(MADE, random.Random(1)))

    def changed(cell):
        return cell._replace(text=garbled.get(cell.text, cell.text), confidence=0.99 if is_scan and cell.text else 1.0)

    blocks = tuple(
        dataclasses.replace(
            block,
            rows=tuple(
                tuple(map(changed, row)) for row in block.rows if not lost or all(cell.text != lost for cell in row)
            ),
        )
        if isinstance(block, Table)
        else block
        for block in plain.blocks
    )
    return parsed(dataclasses.replace(plain, blocks=blocks, is_recognised=is_scan)).report


def printed(key: str) -> dict[Cell, object]:
    return {cell: value for cell, value in MADE.cells.items() if (cell.table, cell.row) == ("applications", key)}


def read_of(report, key: str) -> dict[Cell, object]:
    return {cell: fact.value for cell, fact in report.facts.items() if (cell.table, cell.row) == ("applications", key)}


def doubted(report) -> set[str]:
    return {doubt.where for doubt in report.doubts if doubt.kind is DoubtKind.CELL_UNSURE}


@pytest.mark.parametrize(
    "keys",
    [("carried_over",), ("refused_internal_affairs", "refused_process_information"), (APPLICATIONS.rows[-1].key,)],
)
def test_a_row_of_a_scan_whose_label_is_illegible_is_placed_by_its_neighbours_and_doubted(keys):
    labels = [row.label for row in APPLICATIONS.rows if row.key in keys]

    report = read_with(dict.fromkeys(labels, "二、上午功生公并"))

    for key in keys:
        assert read_of(report, key) == printed(key)
    assert {f"applications/{key}" for key in keys} <= doubted(report)


def test_a_row_whose_label_is_illegible_is_not_placed_where_the_text_is_no_recognition():
    (label,) = (row.label for row in APPLICATIONS.rows if row.key == "carried_over")

    report = read_with({label: "二、上午功生公并"}, is_scan=False)

    assert read_of(report, "carried_over") == {}


def test_rows_of_which_one_is_missing_are_placed_nowhere():
    first, second = (row.label for row in APPLICATIONS.rows if row.key in {"new_received", "carried_over"})

    report = read_with({first: "一、上午功生公并"}, lost=second)

    assert read_of(report, "new_received") == {}


def test_one_misread_number_of_table_4_costs_no_other():
    plain = read_document(SHAPES["html_clean"].render(MADE, random.Random(1)))
    *_, last = (block for block in plain.blocks if isinstance(block, Table))
    *_, values = last.rows
    rows = tuple(
        tuple(
            cell._replace(text="h" if cell is values[2] else cell.text, confidence=0.4 if cell is values[2] else 0.99)
            for cell in row
        )
        for row in last.rows
    )
    blocks = tuple(dataclasses.replace(last, rows=rows) if block is last else block for block in plain.blocks)

    report = parsed(dataclasses.replace(plain, blocks=blocks, is_recognised=True)).report

    misread = [cell for cell in MADE.cells if cell.table == "reviews" and report.facts[cell].value != MADE.cells[cell]]
    assert len(misread) == 1
    assert report.facts[misread[0]].value is None
