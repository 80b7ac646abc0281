"""Tables whose lines a scan broke or whose columns mislead: which cells there are, and what is left of a line."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.model import Table
from crawler.documents.picture import SURE, recognise
from crawler.documents.picture.files import page_images
from crawler.documents.picture.letters import Reading
from crawler.documents.picture.wording import cell_reading
from tests.writers.picture_writer import FONT_FILES, SC_FACE, Wear, as_jpeg, worn

ROWS = [
    ["信息内容", "本年新收", "结转下年", "总计"],
    ["行政许可决定数量", "0", "16", "16"],
    ["行政处罚决定数量", "382", "7", "389"],
    ["行政强制决定数量", "0", "0", "0"],
    ["行政事业性收费", "6", "54", "60"],
]
WIDTHS = (360, 180, 180, 140)
ROW, MARGIN, SIZE = 46, 60, 26


def dashed_table(dash: int, gap: int, thick: int) -> Image.Image:
    """The rows as a table whose lines are dashes of that length and thickness, in pixels."""
    font = ImageFont.truetype(FONT_FILES[0], SIZE, index=SC_FACE)
    page = Image.new("RGB", (sum(WIDTHS) + 2 * MARGIN, ROW * len(ROWS) + 2 * MARGIN), "white")
    pen = ImageDraw.Draw(page)
    columns = [MARGIN + sum(WIDTHS[:number]) for number in range(len(WIDTHS) + 1)]
    levels = [MARGIN + ROW * number for number in range(len(ROWS) + 1)]
    half = thick // 2
    for level in levels:
        for start in range(columns[0], columns[-1], dash + gap):
            pen.rectangle((start, level - half, start + dash - 1, level - half + thick - 1), fill="black")
    for column in columns:
        for start in range(levels[0], levels[-1], dash + gap):
            pen.rectangle((column - half, start, column - half + thick - 1, start + dash - 1), fill="black")
    for row, level in zip(ROWS, levels, strict=False):
        for text, column, width in zip(row, columns, WIDTHS, strict=False):
            pen.text((column + width / 2, level + ROW / 2), text, font=font, fill="black", anchor="mm")
    return page


@pytest.mark.parametrize(("dash", "gap", "thick"), [(4, 4, 4), (2, 3, 3), (9, 6, 3)])
def test_the_dashes_of_a_blurred_table_are_lines(dash, gap, thick):
    drawn = np.ascontiguousarray(np.asarray(dashed_table(dash, gap, thick))[:, :, ::-1])
    scan = as_jpeg(worn(drawn, Wear(degrees=0.3, blur=0.9, noise=4), random.Random(3), 200), 75, 200)

    blocks = recognise(page_images(scan)).blocks

    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == ROWS


@pytest.mark.parametrize("text", ["66-", "二66", "66_", "66一"])
def test_what_a_line_left_beside_a_number_is_dropped_and_the_number_doubted(text):
    reading = cell_reading(Reading(text, 0.99, 0.99))

    assert reading.text == "66"
    assert reading.confidence < SURE


@pytest.mark.parametrize("text", ["66", "-66", "60.85", "第一项", "二"])
def test_a_reading_with_nothing_left_of_a_line_stays(text):
    assert cell_reading(Reading(text, 0.99, 0.99)) == Reading(text, 0.99, 0.99)
