"""Scans of whole reports, worn as scans are: every number at its place, or doubted."""

from __future__ import annotations

import pytest

from crawler.documents.model import CellPlace, Document, Table
from crawler.documents.pdf import read_pdf
from crawler.documents.picture import SURE, recognise
from crawler.documents.picture.files import page_images
from crawler.parser import parse
from tests.accuracy import random_reports, wrong_cells
from tests.writers.pdf_writer import libreoffice_pdfs, reportlab_pdf
from tests.writers.picture_writer import (
    as_jpeg,
    page_html,
    printed_by_chromium,
    random_wear,
    rendered,
    scanned,
    screenshots,
    worn,
)
from tests.writers.print_writer import office_document

DPI = 150
ENOUGH = 15
"""Cells on the first pages of a report: fewer, and no table was found."""


@pytest.mark.browser
def test_every_number_of_a_worn_scan_is_read_as_printed():
    ((made, source),) = random_reports("a worn scan", 1)
    (printed,) = printed_by_chromium([page_html(made, source)])
    pages = []
    for number, pixels in enumerate(rendered(printed, DPI)):
        wear = random_wear(source, has_stamp=number == 1)
        scan = as_jpeg(worn(pixels, wear, source, DPI), wear.quality, DPI)
        pages.append(page_images(scan)[0]._replace(number=number + 1))

    recognition = recognise(pages)

    report = parse(Document("application/pdf", recognition.blocks))
    assert wrong_cells(made, report) == []
    assert recognition.doubts == ()
    assert [section.heading for section in report.sections] == list(made.headings)


def scanned_pages_of(pdf, made, source, pages):
    """What the first pages of a scan say of cells, where it is not what was printed; and how many it says."""
    report = parse(read_pdf(scanned(pdf, source, 200, pages=pages)))
    read = {cell: fact.value for cell, fact in report.facts.items()}
    return {cell.path: value for cell, value in read.items() if made.cells[cell] != value}, len(read)


@pytest.mark.office
def test_the_numbers_on_a_scan_of_what_libreoffice_printed_are_read_as_printed():
    ((made, source),) = random_reports("a scan by office", 1, has_blanks=False)
    (printed,) = libreoffice_pdfs([office_document(made, source)], "docx")

    wrong, count = scanned_pages_of(printed, made, source, 2)

    assert wrong == {}
    assert count > ENOUGH


def test_the_numbers_on_a_scan_of_what_reportlab_drew_are_read_as_printed():
    ((made, source),) = random_reports("dashes by reportlab", 1, has_blanks=False)

    wrong, count = scanned_pages_of(reportlab_pdf(made, source), made, source, 3)

    assert wrong == {}
    assert count > ENOUGH


@pytest.mark.browser
def test_a_long_screenshot_is_read_and_a_second_look_agrees():
    ((made, source),) = random_reports("a long screenshot", 1)
    (picture,) = screenshots([page_html(made, source)])

    first = recognise(page_images(picture))
    unsure = [
        CellPlace(block.place, cell.row, cell.column)
        for block in first.blocks
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        if cell.text.isdecimal() and (cell.confidence < SURE or cell.text != "0")
    ]
    second = first.again(unsure)

    assert wrong_cells(made, parse(Document("image/png", first.blocks))) == []
    assert wrong_cells(made, parse(Document("image/png", second.blocks))) == []
