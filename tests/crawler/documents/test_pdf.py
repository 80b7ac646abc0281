"""PDF: text however it was set, pages however they are turned, and files that are not what they should be."""

from __future__ import annotations

import io
import json
import math
import random
import re
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from crawler.documents import read_document
from crawler.documents.model import Paragraph, Picture, Table
from crawler.documents.pdf import read_pdf
from crawler.documents.pdf.second import second_opinion
from crawler.documents.pdf.words import plain
from crawler.parser import read_report
from monitor.checks import Subject, judge
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells
from tests.conftest import SHARED
from tests.writers.pdf_objects import plain_pdf
from tests.writers.pdf_writer import reportlab_pdf

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.documents.model import Document

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pdf(*pages: Callable[[Canvas], None], encrypt: StandardEncryption | None = None) -> bytes:
    """A PDF of A4 pages, each drawn by a function."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), encrypt=encrypt)
    for draw in pages:
        canvas.setFont(FONT, 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def table(canvas: Canvas) -> None:
    """Two rows of three cells; the first page of most tests."""
    for y in (700, 730, 760):
        canvas.line(50, y, 350, y)
    for x in (50, 150, 250, 350):
        canvas.line(x, 700, x, 760)
    for y, row in ((740, ("规章", "12", "345")), (710, ("行政许可", "0", "67"))):
        for x, text in zip((60, 160, 260), row, strict=True):
            canvas.drawString(x, y, text)


ROWS = [["规章", "12", "345"], ["行政许可", "0", "67"]]


def rows(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row] for block in document.blocks if isinstance(block, Table) for row in block.rows]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_pdf(data)
    return caught.value.reason


def test_a_table_with_lines_and_a_font_that_is_not_embedded() -> None:
    assert rows(read_pdf(pdf(table))) == ROWS


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_upright(turn: int) -> None:
    document = pypdfium2.PdfDocument(pdf(table))
    document[0].set_rotation(turn)
    out = io.BytesIO()
    document.save(out)

    assert rows(read_pdf(out.getvalue())) == ROWS


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_table_drawn_sideways_on_an_upright_page_is_read(angle: int) -> None:
    def sideways(canvas: Canvas) -> None:
        canvas.translate(297, 421)
        canvas.rotate(angle)
        canvas.translate(-200, -640)
        canvas.setFont(FONT, 10)
        table(canvas)

    assert rows(read_pdf(pdf(sideways))) == ROWS


def test_a_table_inside_a_scaled_form_is_read() -> None:
    def placed(canvas: Canvas) -> None:
        canvas.beginForm("part")
        canvas.setFont(FONT, 10)
        table(canvas)
        canvas.endForm()
        canvas.translate(100, 50)
        canvas.scale(0.8, 0.8)
        canvas.doForm("part")

    assert rows(read_pdf(pdf(placed))) == ROWS


def test_text_drawn_twice_to_look_bold_is_read_once() -> None:
    def bold(canvas: Canvas) -> None:
        table(canvas)
        canvas.translate(0.3, 0)
        table(canvas)

    assert rows(read_pdf(pdf(bold))) == ROWS


def test_a_whole_row_set_as_one_string_with_wide_gaps_is_torn_into_cells() -> None:
    def spaced(canvas: Canvas) -> None:
        for y in (700, 730):
            canvas.line(50, y, 350, y)
        for x in (50, 150, 250, 350):
            canvas.line(x, 700, x, 730)
        text = canvas.beginText(100, 710)
        text.setFont(FONT, 10)
        text.setCharSpace(95)
        text.textOut("123")
        canvas.drawText(text)

    assert rows(read_pdf(pdf(spaced))) == [["1", "2", "3"]]


def test_slanting_watermarks_and_text_beyond_the_edge_are_left_out() -> None:
    def marked(canvas: Canvas) -> None:
        table(canvas)
        canvas.drawString(900, 300, "页外的字")
        canvas.translate(100, 600)
        canvas.rotate(45)
        canvas.setFont(FONT, 60)
        canvas.drawString(0, 0, "水印")

    document = read_pdf(pdf(marked))

    assert (rows(document), texts(document)) == (ROWS, [])


def test_thin_filled_rectangles_are_lines() -> None:
    def filled(canvas: Canvas) -> None:
        for y in (700, 730):
            canvas.rect(50, y, 200, 0.5, stroke=0, fill=1)
        for x in (50, 150, 250):
            canvas.rect(x, 700, 0.5, 30, stroke=0, fill=1)
        canvas.drawString(60, 710, "规章")
        canvas.drawString(160, 710, "5")

    assert rows(read_pdf(pdf(filled))) == [["规章", "5"]]


def test_a_white_or_grey_ground_under_a_row_closes_no_cell() -> None:
    def shaded(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.rect(0, 0, 595, 842, stroke=0, fill=1)
        canvas.setFillGray(0.9)
        canvas.rect(50, 730, 300, 30, stroke=0, fill=1)
        canvas.setFillGray(0)
        table(canvas)

    assert rows(read_pdf(pdf(shaded))) == ROWS


def test_text_in_a_form_field_is_read() -> None:
    def field(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "联系电话")
        canvas.acroForm.textfield(name="phone", value="0600-8704030", x=150, y=690, width=120, height=20)

    assert "0600-8704030" in "".join(texts(read_pdf(pdf(field))))


def test_radicals_and_ligatures_are_the_characters_they_look_like() -> None:
    assert plain("⼀⽂⻅⻋ﬁ") == "一文见车fi"


def test_a_large_picture_between_text_stands_in_its_place_with_its_bytes() -> None:
    def illustrated(canvas: Canvas) -> None:
        canvas.drawString(60, 800, "正文。")
        canvas.drawImage(ImageReader(Image.new("RGB", (400, 200), "silver")), 60, 400, 450, 300)

    block = read_pdf(pdf(illustrated)).blocks[-1]

    assert isinstance(block, Picture)
    assert (block.data or b"").startswith(b"\x89PNG")


def test_the_scanner_s_own_text_layer_is_not_believed() -> None:
    def scanned(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (827, 1170), "white")), 0, 0, 595, 842)
        text = canvas.beginText(60, 700)
        text.setFont(FONT, 10)
        text.setTextRenderMode(3)
        for _ in range(20):
            text.textLine("扫描软件识别的文字不可信数字可能有误")
        canvas.drawText(text)

    assert reason(pdf(scanned)) in {"illegible", "picture_without_ocr"}


def test_a_file_that_asks_for_a_password_is_encrypted_and_one_that_only_forbids_printing_is_read() -> None:
    locked = pdf(table, encrypt=StandardEncryption("secret", "owner"))
    restricted = pdf(table, encrypt=StandardEncryption("", "owner", canPrint=0))

    assert (reason(locked), rows(read_pdf(restricted))) == ("encrypted", ROWS)


def test_too_many_pages_are_refused() -> None:
    assert reason(pdf(*[lambda _: None] * 601)) == "too_large"


def test_five_hundred_pages_of_text_are_read() -> None:
    document = read_pdf(pdf(*[table] * 500))

    assert sum(isinstance(block, Table) for block in document.blocks) >= 1
    assert len(rows(document)) == 1000


def test_a_page_without_anything_is_no_report() -> None:
    assert reason(pdf(lambda _: None)) == "damaged"


@pytest.fixture(scope="module")
def report() -> bytes:
    (made, source), *_ = random_reports("bad pdf", 1)
    return reportlab_pdf(made, source)


def test_a_file_cut_off_anywhere_is_truncated(report: bytes) -> None:
    assert {reason(report[: len(report) * part // 20]) for part in range(1, 20)} == {"truncated"}


def test_bytes_lost_in_the_middle_are_never_read_as_a_shorter_report(report: bytes) -> None:
    streams = [
        (match.end(), report.index(b"endstream", match.end())) for match in re.finditer(rb"(?<!end)stream\r?\n", report)
    ]
    torn = [
        report[: (start + end) // 2] + report[(start + end) // 2 + 40 :] for start, end in streams if end > start + 200
    ]

    assert len(torn) > 1
    assert {reason(data) for data in torn} == {"damaged"}


def test_mutated_files_are_read_or_refused(report: bytes) -> None:
    source = random.Random(3)
    outcomes = set()
    for number in range(45):
        data = bytearray(report)
        for _ in range((1, 10, 1000)[number % 3]):
            data[source.randrange(len(data))] = source.randrange(256)
        try:
            read_document(bytes(data))
        except UnreadableError as error:
            outcomes.add(error.reason)
        else:
            outcomes.add("read")

    assert "read" in outcomes
    assert outcomes <= {
        "read", "damaged", "truncated", "illegible", "encrypted", "picture_without_ocr", "undecodable", "too_large"
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2000), st.booleans())
def test_any_bytes_behind_the_signature_are_read_or_refused(noise: bytes, has_page: bool) -> None:
    page = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    page += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>endobj 4 0 obj<<>>stream\n"
    try:
        read_pdf(b"%PDF-1.4\n" + (page if has_page else b"") + noise + b"\nendstream endobj\n%%EOF")
    except UnreadableError:
        return


def test_pdfplumber_reads_the_same_cells() -> None:
    assert rows(second_opinion(pdf(table))) == ROWS


def test_a_second_look_is_another_reader_s() -> None:
    document = read_pdf(pdf(table))

    assert document.again is not None
    assert rows(document.again(set())) == ROWS


def test_blanks_of_a_broken_table_are_not_zeros() -> None:
    wrong = []
    for made, source in random_reports("pdf blanks", 6):
        wrong += wrong_cells(made, read_report(reportlab_pdf(made, source)))

    assert wrong == []


@pytest.mark.shared
def test_the_real_report_is_read_as_its_truth_says() -> None:
    truth = json.loads((SHARED / "samples" / "huaian_2024.truth.json").read_text())

    report = read_report((SHARED / "samples" / "huaian_2024.pdf").read_bytes())

    cells = {
        (name, row, column): value
        for name in ("disclosure", "applications", "reviews")
        for row, columns in truth[name].items()
        for column, value in columns.items()
    }
    read = {key: report.number(*key) for key in cells}
    differing = {
        key: (value, read[key])
        for key, value in cells.items()
        if read[key] is None or not math.isclose(float(read[key] or 0), value)
    }
    assert (len(cells), differing) == (200, {})
    assert (report.agency_name, report.report_year, report.form) == (
        truth["agency"], truth["report_year"], truth["form"]
    )  # fmt: skip
    assert [finding.rule for finding in judge(Subject(report)) if finding.severity == "error"] == []


def test_the_library_and_we_count_the_same_pages() -> None:
    data = pdf(table, table, table)

    assert len(pypdfium2.PdfDocument(data)) == 3
    assert len(rows(read_pdf(data))) == 6


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (b"[<33> -250 <31> -250 <2e> -250 <31>] TJ", "31.1"),
        (b"[<2033> -250 <31> -250 <2e> -250 <31>] TJ", "31.1"),
        (b"[<33> -900 <31>] TJ", "3 1"),
        (b"(3 1) Tj", "3 1"),
    ],
    ids=["set apart", "behind a space", "two numbers", "a space"],
)
def test_digits_set_a_little_apart_are_one_number(shown: bytes, expected: str) -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    content = b"BT /F 10 Tf 50 700 Td %s ET" % shown

    data = plain_pdf(content, more=[font], resources=b"<</Font<</F 5 0 R>>>>")

    assert [block.text for block in read_pdf(data).blocks if isinstance(block, Paragraph)] == [expected]


def test_a_page_whose_corner_lies_elsewhere_is_read_as_any_other() -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    drawn = b"50 700 200 40 re 150 700 m 150 740 l S BT /F 10 Tf 60 715 Td (12) Tj 100 0 Td (345) Tj ET"

    first, second = (
        read_pdf(plain_pdf(move + drawn, more=[font], resources=b"<</Font<</F 5 0 R>>>>", box=box))
        for move, box in ((b"", b"0 0 595 842"), (b"1 0 0 1 300 -90 cm ", b"300 -90 895 752"))
    )

    assert rows(second) == [["12", "345"]]
    assert second.blocks == first.blocks


def test_white_cells_on_a_dark_ground_are_a_table_with_lines() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.5)
        canvas.rect(98, 598, 206, 64, stroke=0, fill=1)
        canvas.setFillGray(1)
        for x in (100, 202):
            for y in (600, 631):
                canvas.rect(x, y, 100, 29, stroke=0, fill=1)
        canvas.setFillGray(0)
        for x, y, text in ((110, 640, "A"), (210, 640, "1"), (110, 610, "B")):
            canvas.drawString(x, y, text)

    (table,) = read_pdf(pdf(draw)).blocks

    assert isinstance(table, Table)
    assert not table.is_aligned
    assert [[cell.text for cell in row] for row in table.rows] == [["A", "1"], ["B", ""]]
