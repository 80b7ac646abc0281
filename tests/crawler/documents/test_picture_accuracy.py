"""Scans of whole reports, worn as scans are: every number at its place, or doubted."""

from __future__ import annotations

from contextlib import suppress

import pytest

from crawler.documents.model import CellPlace, Document, Table
from crawler.documents.picture import SURE, recognise
from crawler.documents.picture.files import page_images
from crawler.parser import parse, read_report
from storage.errors import UnreadableError
from storage.forms.sums import SUMS
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
MOST_WRONG = 0.005
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


def silently_wrong(pdf, made, source, pages):
    """Of the first pages of a scan: wrong cells that neither a doubt nor a sum shows, all wrong ones, all cells."""
    report = read_report(scanned(pdf, source, 200, pages=pages))
    wrong = {cell for cell, fact in report.facts.items() if fact.value != made.cells[cell]}
    doubted = {doubt.where for doubt in report.doubts}
    summed = (
        {cell for each, _ in SUMS[report.form].broken(report.facts) for cell in each.cells} if report.form else set()
    )
    silent = {cell.path for cell in wrong - summed if not {cell.path, cell.path.rpartition("/")[0]} & doubted}
    return silent, len(wrong), len(report.facts)


@pytest.mark.office
def test_a_number_on_a_scan_of_what_libreoffice_printed_is_read_as_printed_or_doubted():
    ((made, source),) = random_reports("a scan by office", 1, has_blanks=False)
    (printed,) = libreoffice_pdfs([office_document(made, source)], "docx")

    silent, wrong, count = silently_wrong(printed, made, source, 2)

    assert silent == set()
    assert count > ENOUGH
    assert wrong <= MOST_WRONG * count


def test_a_number_on_a_scan_of_what_reportlab_drew_is_read_as_printed_or_doubted_or_the_scan_is_refused():
    cells = wrong = 0
    for made, source in random_reports("a scan by reportlab", 3, has_blanks=False):
        printed = reportlab_pdf(made, source)
        # Two of them have tables without lines, of which a scan shows too little.
        with suppress(UnreadableError):
            silent, mistaken, count = silently_wrong(printed, made, source, 3)
            assert silent == set()
            cells, wrong = cells + count, wrong + mistaken

    assert cells > ENOUGH
    assert wrong <= MOST_WRONG * cells


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
