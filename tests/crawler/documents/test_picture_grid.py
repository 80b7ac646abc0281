"""Tables whose lines a scan broke or whose columns mislead: which cells there are, and what is left of a line."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.model import Table
from crawler.documents.picture import SURE, recognise
from crawler.documents.picture.bearing import ending_on
from crawler.documents.picture.borders import keep_beside
from crawler.documents.picture.cells import Box
from crawler.documents.picture.cleaning import find_ink
from crawler.documents.picture.files import page_images
from crawler.documents.picture.letters import Reading
from crawler.documents.picture.network import missed_lines
from crawler.documents.picture.overhang import ends_of
from crawler.documents.picture.pieces import Pieces
from crawler.documents.picture.rules import find_rules
from crawler.documents.picture.uprights import upright_lines
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


def parted_table(dash: int, gap: int, thick: int, apart: int) -> Image.Image:
    """The rows as a table each of whose cells has a dashed border of its own, so many pixels from the next."""
    font = ImageFont.truetype(FONT_FILES[0], SIZE - 4, index=SC_FACE)
    widths = [width - 50 for width in WIDTHS]
    rows = ROWS + ROWS[1:] * 5
    page = Image.new("RGB", (sum(widths) + 2 * MARGIN, ROW * len(rows) + 2 * MARGIN), "white")
    pen = ImageDraw.Draw(page)
    for number, row in enumerate(rows):
        top, bottom = MARGIN + ROW * number, MARGIN + ROW * (number + 1) - apart - thick
        for text, left, width in zip(
            row, [MARGIN + sum(widths[:column]) for column in range(len(widths))], widths, strict=True
        ):
            right = left + width - apart - thick
            for start in range(left, right, dash + gap):
                for level in (top, bottom):
                    pen.rectangle((start, level, min(start + dash, right) - 1, level + thick - 1), fill="black")
            for start in range(top, bottom, dash + gap):
                for column in (left, right):
                    pen.rectangle((column, start, column + thick - 1, min(start + dash, bottom) - 1), fill="black")
            pen.text((left + width / 2, (top + bottom) / 2), text, font=font, fill="black", anchor="mm")
    return page


def test_where_each_cell_has_a_dashed_border_of_its_own_dashes_are_no_characters_and_two_lines_are_one():
    drawn = np.ascontiguousarray(np.asarray(parted_table(6, 4, 3, 3))[:, :, ::-1])
    scan = as_jpeg(worn(drawn, Wear(degrees=0.5, blur=0.9), random.Random(3), 200), 76, 200)

    blocks = recognise(page_images(scan)).blocks

    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == ROWS + ROWS[1:] * 5


@pytest.mark.parametrize(("dash", "gap", "shade", "thick"), [(12, 10, 90, 3), (14, 11, 140, 2)])
def test_where_lines_are_faint_a_short_one_of_wide_gaps_is_a_line(dash, gap, shade, thick):
    page = np.full((700, 1000), 250, dtype=np.uint8)
    page[60:660:60, 50:950] = 212
    page[60:630, 50:951:150] = 120
    for start in range(200, 440, dash + gap):
        page[318 : 318 + thick, start : start + dash] = shade
    scan = page_images(as_jpeg(worn(np.dstack([page] * 3), Wear(blur=0.7, noise=5), random.Random(3), 150), 90, 150))
    grey = scan[0].pixels[:, :, 0]

    across = find_rules(grey, find_ink(grey, 20.0), 20.0).across

    assert across[316:323, 205:430].any(axis=0).all()


def tight_table(dash: int, gap: int, tall: int = 34) -> Image.Image:
    """The rows as low as their print, which begins where the line ends; with a gap, dashed."""
    page = Image.new("RGB", (sum(WIDTHS) + 2 * MARGIN, tall * len(ROWS) + 2 * MARGIN), "white")
    font, pen = ImageFont.truetype(FONT_FILES[1], SIZE, index=SC_FACE), ImageDraw.Draw(page)
    columns = [MARGIN + sum(WIDTHS[:number]) for number in range(len(WIDTHS) + 1)]
    levels = [MARGIN + tall * number for number in range(len(ROWS) + 1)]
    for level in levels:
        for start in range(columns[0], columns[-1], dash + gap):
            pen.rectangle((start, level, min(start + dash - 1, columns[-1]), level + 1), fill="black")
    for column in columns:
        for start in range(levels[0], levels[-1], dash + gap):
            pen.rectangle((column, start, column + 1, min(start + dash - 1, levels[-1])), fill="black")
    for row, level in zip(ROWS, levels, strict=False):
        for text, column in zip(row, columns, strict=False):
            pen.text((column + 4, level + tall / 2), text, font=font, fill="black", anchor="lm")
    return page


@pytest.mark.parametrize(("dash", "gap", "tall"), [(9, 5, 34), (1000, 0, 34), (4, 3, 40), (6, 4, 40)])
def test_strokes_of_low_rows_are_no_lines_and_digits_beside_a_line_are_whole(dash, gap, tall):
    drawn = np.ascontiguousarray(np.asarray(tight_table(dash, gap, tall))[:, :, ::-1])
    scan = as_jpeg(worn(drawn, Wear(degrees=0.2, blur=0.5, noise=2), random.Random(5), 200), 80, 200)

    blocks = recognise(page_images(scan)).blocks

    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == ROWS


def test_empty_rows_without_any_height_are_one_thick_line():
    page = tight_table(1000, 0, 60)
    left, top, right = MARGIN, MARGIN + 60, MARGIN + sum(WIDTHS)
    ImageDraw.Draw(page).rectangle((left, top - 9, right, top + 9), fill="black")
    drawn = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])

    blocks = recognise(page_images(as_jpeg(worn(drawn, Wear(blur=0.5), random.Random(5), 200), 80, 200))).blocks

    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == ROWS


def test_a_minus_in_a_table_of_small_print_is_no_dirt_of_a_page_of_large_print():
    page = Image.new("RGB", (1000, 700), "white")
    pen = ImageDraw.Draw(page)
    large, small = (ImageFont.truetype(FONT_FILES[0], size, index=SC_FACE) for size in (40, 22))
    for line in range(4):
        pen.text((40, 20 + 70 * line), "政府信息公开工作年度报告情况说明", font=large, fill="black")
    for row, texts in enumerate((("本年增/减", "处理决定数量"), ("-1", "6134"), ("-104", "0"))):
        for column, text in enumerate(texts):
            left, top = 100 + 200 * column, 400 + 50 * row
            pen.rectangle((left, top, left + 200, top + 50), outline="black", width=2)
            pen.text((left + 100, top + 25), text, font=small, fill="black", anchor="mm")
    drawn = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])

    blocks = recognise(page_images(as_jpeg(worn(drawn, Wear(blur=0.6), random.Random(5), 200), 85, 200))).blocks

    (table,) = (block for block in blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows][1:] == [["-1", "6134"], ["-104", "0"]]


def test_a_table_ends_at_its_last_line_where_only_strokes_of_a_heading_go_on_and_below_it_where_its_sides_do():
    across, down = np.zeros((2, 130, 400), dtype=bool)
    across[[0, 50, 100]] = True
    down[:101, [0, 100, 200, 300, 399]] = True
    torn = down.copy()
    torn[:, [0, 100, 200, 300, 399]] = True
    down[100:, [130, 140, 199]] = True

    assert ends_of(across, down, 24.0) == (0, 102)
    assert ends_of(across, torn, 24.0) == (0, 130)


def test_a_line_that_a_heading_below_the_table_prolongs_is_one_as_far_as_the_table_goes():
    across, down, letters = np.zeros((3, 170, 400), dtype=bool)
    across[[0, 60, 120]] = True
    down[:121, [0, 150, 399]] = True
    down[121:148, 150] = letters[130:170, 200] = True
    ink = across | down | letters
    grey = np.where(ink, 0, 255).astype(np.uint8)

    kept = ending_on((down | letters).T, across.T, ink.T, grey.T, 30.0, are_turned=True).T

    assert kept[:121, [0, 150, 399]].all()
    assert not kept[122:].any()


def test_lines_that_were_not_found_are_dashed_or_pale_ones_but_no_row_of_letters_and_no_line_with_a_pale_piece():
    ink, lying = np.zeros((2, 200, 800), dtype=np.uint8)
    lying[40:42, :600] = lying[80:82, :600] = ink[40:42, :600] = 255
    ink[80:82, np.arange(800) // 4 % 2 == 0] = 255
    ink[110:130, np.arange(800) // 8 % 2 == 0] = 255
    labels = np.zeros((200, 200), dtype=np.int32)
    for number, level in enumerate((40, 80, 120, 160), start=1):
        labels[level : level + 2] = number
    length, are = np.array([0.0, 800, 800, 800, 800]), np.ones(5, dtype=bool)

    missed = missed_lines(Pieces(length, length * 0, length, length, are, are, labels), lying, ink, 24.0)

    assert np.flatnonzero(missed.any(axis=1)).tolist() == [80, 81, 160, 161]


def test_dashes_above_dashes_and_strokes_make_no_upright_line():
    grey = np.asarray(tight_table(4, 3, 40).convert("L"))
    levels = np.zeros_like(grey)
    for number in range(len(ROWS) + 1):
        levels[MARGIN + 40 * number : MARGIN + 40 * number + 2, MARGIN : MARGIN + sum(WIDTHS)] = 255

    down = upright_lines(grey, levels, 26.0)

    inked = np.flatnonzero(down.any(axis=0))
    lines = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    drawn = [MARGIN + sum(WIDTHS[:number]) for number in range(len(WIDTHS) + 1)]
    assert [int(line.mean()) for line in lines] == drawn
    assert all(len(line) <= 5 for line in lines)


def test_of_what_is_wiped_with_a_solid_line_the_digit_that_touches_it_is_given_back():
    grey = np.full((60, 80), 255, dtype=np.uint8)
    grey[:, 10:12] = 20
    grey[:, 12] = 190
    grey[20:40, 13] = 60
    wiped = grey.copy()
    wiped[:, 8:15] = 255

    keep_beside(wiped, grey, Box(11, 0, 70, 60))

    assert (wiped[20:40, 13] == 60).all()
    assert (np.delete(wiped, 13, axis=1) == 255).all()


@pytest.mark.parametrize("text", ["66-", "二66", "66_", "66一"])
def test_what_a_line_left_beside_a_number_is_dropped_and_the_number_doubted(text):
    reading = cell_reading(Reading(text, 0.99, 0.99))

    assert reading.text == "66"
    assert reading.confidence < SURE


@pytest.mark.parametrize("text", ["66", "-66", "60.85", "第一项", "二"])
def test_a_reading_with_nothing_left_of_a_line_stays(text):
    assert cell_reading(Reading(text, 0.99, 0.99)) == Reading(text, 0.99, 0.99)
