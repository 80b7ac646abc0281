"""`make soak`, first part: random reports in every format, and every cell that was read otherwise than written.

`python -m tests.bench.accuracy [COUNT] [FORMAT]… [seed=WORD]`. COUNT reports of each writer (200), a quarter of it
for scans; another WORD draws other reports. Everything goes the way of `nianbao read`: through the reading room,
LibreOffice included. Ends with 1 where a cell was wrong that neither a sum nor a doubt shows. Cells that a PDF does
not even print, because its writer cut them off, are counted by themselves.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.table import Table

from crawler.documents.sniff import Kind
from crawler.reading import ReadingRoom, Source
from storage.forms.sums import SUMS
from storage.report import DoubtKind
from tests.accuracy import random_reports, wrong_cells, wrong_words
from tests.cut_off import excused, missing_digits
from tests.writers.ofd_from_pdf import ofd_of_pdf
from tests.writers.ofd_writer import write_converted_ofd, write_ofd
from tests.writers.office_writer import saved_as
from tests.writers.ooxml_writer import raw_ooxml_report
from tests.writers.pdf_writer import chromium_pdfs, libreoffice_pdfs, print_html, reportlab_pdf
from tests.writers.picture_writer import scanned
from tests.writers.portal_print import portal_html
from tests.writers.print_writer import office_document
from tests.writers.raw_pdf_writer import write_raw_pdf
from tests.writers.sheet_writer import write_xls, write_xlsx
from tests.writers.word_writer import libreoffice_docx, python_docx_report, unchanged_docx_report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from storage.report import Report

    Drawn = tuple[MadeUpReport, bytes]

COUNT = 200
_SEED = "seed="
BATCH = 20
"""Documents that LibreOffice or Chromium makes in one call."""


class Format(NamedTuple):
    """One way in which reports are made. `draw` makes so many, others for another seed.

    `share` of COUNT is enough where one takes long.
    """

    kind: str
    writer: str
    draw: Callable[[int, str], Iterator[Drawn]]
    share: float = 1.0


class Score(NamedTuple):
    """What came of one format. `silent` counts wrong cells that neither a broken sum nor a doubt shows.

    `cut_off` are cells that were not read and that are not printed either: not counted as wrong.
    """

    documents: int
    cells: int
    wrong: int
    silent: int
    cut_off: int
    unread: int
    other_words: int
    seconds: float


def _each(name: str, write: Callable[[MadeUpReport, Random], bytes]) -> Callable[[int, str], Iterator[Drawn]]:
    def draw(count: int, seed: str) -> Iterator[Drawn]:
        return ((made, write(made, source)) for made, source in random_reports(seed + name, count))

    return draw


def _batches(
    name: str,
    write: Callable[[MadeUpReport, Random], bytes],
    convert: Callable[[list[bytes]], Sequence[bytes]],
) -> Callable[[int, str], Iterator[Drawn]]:
    """What another program makes of files of ours, many at a time."""

    def draw(count: int, seed: str) -> Iterator[Drawn]:
        for some in _batched(random_reports(seed + name, count)):
            written = [write(made, source) for made, source in some]
            try:
                converted = convert(written)
            except subprocess.SubprocessError as error:
                print(f"{name}: {len(written)} documents could not be written: {type(error).__name__}", flush=True)
                continue
            yield from zip([made for made, _ in some], converted, strict=True)

    return draw


def _batched(pairs: Iterator[tuple[MadeUpReport, Random]]) -> Iterator[list[tuple[MadeUpReport, Random]]]:
    held: list[tuple[MadeUpReport, Random]] = []
    for pair in pairs:
        held.append(pair)
        if len(held) == BATCH:
            yield held
            held = []
    if held:
        yield held


def _scans(
    name: str,
    write: Callable[[MadeUpReport, Random], bytes],
    convert: Callable[[list[bytes]], Sequence[bytes]] = list,
) -> Callable[[int], Iterator[Drawn]]:
    """Pages that a program printed, scanned at 150 to 300 dpi, in one PDF without text."""

    def draw(count: int) -> Iterator[Drawn]:
        for some in _batched(random_reports(name, count, has_blanks=False)):
            printed = convert([write(made, source) for made, source in some])
            for (made, source), data in zip(some, printed, strict=True):
                yield made, scanned(data, source, source.choice((150, 200, 300)))

    return draw


FORMATS = (
    Format("DOCX", "python-docx", _each("python-docx", python_docx_report)),
    Format("DOCX", "raw WordprocessingML", _each("raw", raw_ooxml_report)),
    Format("DOCX", "LibreOffice", _batches("docx by office", python_docx_report, libreoffice_docx)),
    Format("DOC", "LibreOffice", _batches("doc", python_docx_report, lambda files: saved_as(Kind.DOC, files))),
    Format("RTF", "LibreOffice", _batches("rtf", python_docx_report, lambda files: saved_as(Kind.RTF, files)), 0.25),
    Format("XLSX", "openpyxl", _each("xlsx", write_xlsx)),
    Format("XLS", "xlwt", _each("xls", write_xls)),
    Format("PDF", "reportlab", _each("reportlab", reportlab_pdf)),
    Format("PDF", "Chromium", _batches("chromium", print_html, chromium_pdfs)),
    Format("PDF", "LibreOffice", _batches("pdf", office_document, lambda files: libreoffice_pdfs(files, "docx"))),
    Format(
        "PDF",
        "LibreOffice, python-docx",
        _batches("pdf of docx", unchanged_docx_report, lambda files: libreoffice_pdfs(files, "docx")),
    ),
    Format("PDF", "drivers of all kinds", _each("raw pdf", write_raw_pdf)),
    Format("PDF", "Chromium, portals", _batches("portals", portal_html, chromium_pdfs), 0.5),
    Format("OFD", "lines", _each("ofd", write_ofd)),
    Format("OFD", "converted", _each("converted ofd", write_converted_ofd)),
    Format(
        "OFD",
        "from Chromium's PDF",
        _batches("ofd of pdf", print_html, lambda files: [ofd_of_pdf(data) for data in chromium_pdfs(files)]),
    ),
    Format("scan", "Chromium, worn", _scans("scans", print_html, chromium_pdfs), 0.1),
    Format(
        "scan",
        "LibreOffice, worn",
        _scans("scans by office", office_document, lambda files: libreoffice_pdfs(files, "docx")),
        0.1,
    ),
    Format("scan", "reportlab, worn", _scans("scans by reportlab", reportlab_pdf), 0.1),
)


def measured(form: Format, count: int, room: ReadingRoom, seed: str = "") -> Score:
    """Draw and read so many reports of one format."""
    began = time.monotonic()
    drawn: dict[int, Drawn] = {}

    def sources() -> Iterator[tuple[int, Source]]:
        for number, (made, data) in enumerate(form.draw(count, seed)):
            drawn[number] = made, data
            yield number, Source(data)

    documents = cells = wrong = silent = cut_off = unread = other_words = 0
    for number, (outcome, *_) in room.read_all(sources()):
        made, data = drawn.pop(number)
        documents += 1
        cells += len(made.cells)
        if outcome.report is None:
            unread += 1
            print(f"{form.kind} {form.writer} {number}: {outcome.reason} {outcome.detail}")
            continue
        mistaken = wrong_cells(made, outcome.report)
        lost = excused(mistaken, missing_digits(made, data)) if mistaken and form.kind == "PDF" else set()
        mistaken = [each for each in mistaken if each not in lost]
        cut_off += len(lost)
        hidden = [each for each in mistaken if not _is_shown(outcome.report, each.partition(":")[0])]
        words = wrong_words(made, outcome.report)
        wrong, silent, other_words = wrong + len(mistaken), silent + len(hidden), other_words + bool(words)
        for text in (*mistaken[:2], *hidden[:2], *words[:1]):
            print(f"{form.kind} {form.writer} {number}: {text[:200]}")
    return Score(documents, cells, wrong, silent, cut_off, unread, other_words, time.monotonic() - began)


def _is_shown(report: Report, path: str) -> bool:
    """Would a person learn that this cell is not to be trusted: from a broken sum, a doubt, or its absence?"""
    places = {doubt.where for doubt in report.doubts if doubt.kind in {DoubtKind.CELL_UNSURE, DoubtKind.CELL_COUNT}}
    if path in places or path.rpartition("/")[0] in places or path not in {cell.path for cell in report.facts}:
        return True
    sums = SUMS[report.form].broken(report.facts) if report.form else ()
    return any(path == cell.path for each, _ in sums for cell in each.cells)


def main() -> int:
    """Measure the formats named, or all, and print one table."""
    seeds = [word for word in sys.argv[1:] if word.startswith(_SEED)]
    words = [word for word in sys.argv[1:] if word not in seeds]
    count = int(words[0]) if words else COUNT
    wanted = set(words[1:])
    seed = "".join(word.removeprefix(_SEED) + " " for word in seeds)
    titles = (
        "format",
        "writer",
        "documents",
        "cells",
        "wrong",
        "of these silent",
        "cut off",
        "unread",
        "other words",
        "s",
    )
    table = Table(*titles, title="nianbao accuracy")
    hidden = 0
    for form in FORMATS:
        if wanted and form.kind not in wanted:
            continue
        with ReadingRoom() as room:
            score = measured(form, max(1, round(count * form.share)), room, seed)
        hidden += score.silent
        table.add_row(form.kind, form.writer, *(str(value) for value in score[:-1]), f"{score.seconds:.0f}")
        print(form.kind, form.writer, *score[:-1], flush=True)
    Console(width=140).print(table)
    return 1 if hidden else 0


if __name__ == "__main__":
    sys.exit(main())
