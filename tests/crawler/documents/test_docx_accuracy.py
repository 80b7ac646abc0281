"""Random reports as Word documents by several programs: every cell, date and heading is read as it was printed."""

from __future__ import annotations

import pytest

from crawler.parser import read_report
from tests.accuracy import random_reports, wrong_cells, wrong_words
from tests.writers.ooxml_writer import common_ooxml_report
from tests.writers.word_writer import libreoffice_docx, python_docx_report, raw_ooxml_report

REPORTS = {python_docx_report: 30, raw_ooxml_report: 150}
"""python-docx takes ten times as long to write a report as we to read it."""
THROUGH_OFFICE = 5


@pytest.mark.parametrize(("write", "count"), REPORTS.items())
def test_every_cell_and_word_of_a_written_report_is_read(write, count):
    wrong = {}

    for number, (made, source) in enumerate(random_reports(write.__name__, count)):
        read = read_report(write(made, source))
        wrong[number] = wrong_cells(made, read) + wrong_words(made, read)

    assert {number: faults for number, faults in wrong.items() if faults} == {}


@pytest.mark.office
def test_every_cell_and_word_is_read_after_libreoffice_saved_the_report():
    reports = [
        (made, write(made, source))
        for write in (python_docx_report, common_ooxml_report)
        for made, source in random_reports(f"libreoffice {write.__name__}", THROUGH_OFFICE)
    ]

    saved = libreoffice_docx([data for _, data in reports])

    read = [read_report(data) for data in saved]
    wrong = [wrong_cells(made, one) + wrong_words(made, one) for (made, _), one in zip(reports, read, strict=True)]
    assert wrong == [[]] * len(reports)
