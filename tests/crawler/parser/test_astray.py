"""Words of the form that a fixed layout prints at an unexpected place accuse nobody of having left them out."""

from __future__ import annotations

import pytest

from crawler.documents.model import Document, Paragraph, Table, TableCell
from crawler.parser.parsing import parse
from storage.errors import UnreadableError
from storage.forms import FORMS
from storage.report import DoubtKind

FORM = FORMS["2021"]
HEADINGS = tuple(f"{numeral}、{part.heading}" for numeral, part in zip("一二三四五六", FORM.sections, strict=True))
TITLE = "澄湖县水务局2024年政府信息公开工作年度报告"
PDF = "application/pdf"


def table(*rows):
    cells = (tuple(TableCell(at, column, text) for column, text in enumerate(row)) for at, row in enumerate(rows))
    return Table(tuple(cells), "page 1 table 1")


def report(media_type, *blocks, without=""):
    lines = [TITLE, *(text for text in HEADINGS if text[0] not in without)]
    return parse(Document(media_type, (*(Paragraph(text, "") for text in lines), *blocks)))


@pytest.mark.parametrize("text", [HEADINGS[4], f"{HEADINGS[4]}\n全年情况。", FORM.sections[4].heading])
def test_a_page_whose_heading_stands_in_a_cell_is_refused(text):
    with pytest.raises(UnreadableError) as refused:
        report(PDF, table(("三、本年度", text)), without="五")

    assert refused.value.reason == "illegible"


@pytest.mark.parametrize("media_type", [PDF, "text/html"])
def test_a_section_that_is_nowhere_is_missing(media_type):
    read = report(media_type, table(("规章", "1", "2", "3")), without="五")

    assert [part.number for part in read.sections] == [1, 2, 3, 4, 6]


def test_a_row_whose_label_is_printed_without_its_numbers_is_in_doubt_in_a_fixed_layout_only():
    blocks = table(("规章", "1", "2", "3")), table(("行政规范性文件",), ("行政许可",))

    doubts = {
        media_type: {doubt.where for doubt in report(media_type, *blocks).doubts if doubt.kind is DoubtKind.CELL_UNSURE}
        for media_type in (PDF, "text/html")
    }

    assert doubts == {PDF: {"disclosure/normative_documents", "disclosure/licensing"}, "text/html": set()}


def test_a_table_whose_labels_alone_are_printed_is_in_doubt():
    labels = [line.label for line in FORM.table("applications").rows[:6]]
    grid = table(("规章", "1", "2", "3")), table(*((text,) for text in labels))

    told = [doubt.where for doubt in report(PDF, *grid).doubts if doubt.kind is DoubtKind.TABLE_UNUSED]

    assert told == ["applications"]
