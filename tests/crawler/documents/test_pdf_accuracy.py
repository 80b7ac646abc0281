"""Random reports as PDFs of three programs: every cell at its place, rows and headers broken over pages included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.parser import read_report
from tests.accuracy import random_reports, wrong_cells
from tests.cut_off import excused, missing_digits
from tests.writers.pdf_writer import chromium_pdfs, libreoffice_pdfs, print_html, reportlab_pdf
from tests.writers.portal_print import portal_html
from tests.writers.print_writer import office_document
from tests.writers.raw_pdf_writer import write_raw_pdf

if TYPE_CHECKING:
    from crawler.simulator.made_up import MadeUpReport

BY_REPORTLAB = 20
BY_DRIVERS = 10
BY_CHROMIUM = 20
BY_PORTALS = 6
BY_LIBREOFFICE = 20


def faults(made: list[MadeUpReport], written: list[bytes]) -> dict[int, list[str]]:
    """What was read otherwise than it was printed, by the number of the report."""
    found = {}
    for number, (one, data) in enumerate(zip(made, written, strict=True)):
        wrong = wrong_cells(one, read_report(data))
        # A page that is wider than its paper is cut off there.
        lost = excused(wrong, missing_digits(one, data)) if wrong else set()
        if len(wrong) > len(lost):
            found[number] = [text for text in wrong if text not in lost]
    return found


def test_every_cell_of_reports_by_reportlab_is_read() -> None:
    reports = list(random_reports("reportlab", BY_REPORTLAB))

    written = [reportlab_pdf(made, source) for made, source in reports]

    assert faults([made for made, _ in reports], written) == {}


def test_every_cell_is_read_however_a_driver_sets_text_and_draws_lines() -> None:
    reports = list(random_reports("drivers", BY_DRIVERS))

    written = [write_raw_pdf(made, source) for made, source in reports]

    assert faults([made for made, _ in reports], written) == {}


@pytest.mark.browser
def test_every_cell_of_portals_pages_printed_by_chromium_is_read() -> None:
    reports = list(random_reports("portals", BY_PORTALS))

    written = chromium_pdfs([portal_html(made, source) for made, source in reports])

    assert faults([made for made, _ in reports], written) == {}


@pytest.mark.browser
def test_every_cell_of_reports_printed_by_chromium_is_read() -> None:
    reports = list(random_reports("chromium", BY_CHROMIUM))

    written = chromium_pdfs([print_html(made, source) for made, source in reports])

    assert faults([made for made, _ in reports], written) == {}


@pytest.mark.office
def test_every_cell_of_reports_exported_by_libreoffice_is_read() -> None:
    reports = list(random_reports("libreoffice", BY_LIBREOFFICE))

    written = libreoffice_pdfs([office_document(made, source) for made, source in reports], "docx")

    assert faults([made for made, _ in reports], written) == {}
