"""What thick lines, low rows and stamps do to the print beside and below them, and that it is read all the same."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.model import Table
from crawler.documents.picture import SURE, recognise
from crawler.documents.picture.cells import Box, GridCell
from crawler.documents.picture.cells import cells_of as cells_in
from crawler.documents.picture.cleaning import clean, find_ink
from crawler.documents.picture.files import page_images
from crawler.documents.picture.pages import lay
from crawler.documents.picture.rules import find_rules
from crawler.documents.picture.seals import find_seals
from crawler.documents.picture.stamps import without_stamps
from crawler.documents.picture.strokes import Dark, without_strokes
from crawler.documents.picture.unsealing import without_seals
from tests.writers.picture_writer import FONT_FILES, SC_FACE, STAMP_RED, Wear, as_jpeg, worn

NUMBERS = [[str((row * 7 + column * 5) % 90 * (column % 3)) for column in range(7)] for row in range(6)]


def ruled_numbers(size: int, line: int, row: int, beside: int | None, shade: int) -> Image.Image:
    """The numbers in a table of lines so thick; `beside` pixels from the line on the left, or in the middle."""
    font = ImageFont.truetype(FONT_FILES[0], size, index=SC_FACE)
    wide, margin = size * 4, 60
    page = Image.new("RGB", (wide * 7 + 2 * margin, row * 6 + 2 * margin + 200), "white")
    pen = ImageDraw.Draw(page)
    bottom, right = margin + row * 6, margin + wide * 7
    for number in range(7):
        level = margin + row * number
        pen.rectangle((margin, level - line // 2, right, level - line // 2 + line - 1), fill="black")
    for number in range(8):
        column = margin + wide * number
        pen.rectangle((column - line // 2, margin, column - line // 2 + line - 1, bottom), fill="black")
    ink = (shade, shade, shade)
    for number, texts in enumerate(NUMBERS):
        level = margin + row * number + row / 2
        for column, text in enumerate(texts):
            left = margin + wide * column
            if beside is None:
                pen.text((left + wide / 2, level), text, font=font, fill=ink, anchor="mm")
            else:
                pen.text((left + line // 2 + beside, level), text, font=font, fill=ink, anchor="lm")
    for line_number in range(3):
        pen.text((margin, bottom + 40 + 40 * line_number), "政府信息公开工作年度报告情况说明", font=font, fill=ink)
    return page


def scan(page: Image.Image, wear: Wear, quality: int = 80) -> bytes:
    drawn = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])
    return as_jpeg(worn(drawn, wear, random.Random(3), 150), quality, 150)


def cells_of(data: bytes) -> list[list[tuple[str, float]]]:
    (table,) = (block for block in recognise(page_images(data)).blocks if isinstance(block, Table))
    return [[(cell.text, cell.confidence) for cell in row] for row in table.rows]


def test_pale_digits_of_low_rows_between_thick_lines_are_read_and_are_no_lines():
    page = scan(ruled_numbers(15, 6, 23, None, 60), Wear(degrees=0.4, blur=0.7, noise=5))

    whole = clean(page_images(page)[0].pixels)
    rows = cells_of(page)

    assert not find_rules(whole.grey, whole.ink, whole.em).is_banded
    assert [[text for text, _ in row] for row in rows] == NUMBERS


def test_digits_that_touch_a_thick_line_are_not_cut_with_it():
    rows = cells_of(scan(ruled_numbers(24, 10, 44, 1, 0), Wear(degrees=0.2, blur=0.6, noise=3)))

    assert [[text for text, _ in row] for row in rows] == NUMBERS
    assert min(confidence for row in rows for _, confidence in row) >= SURE


def test_no_cell_is_surely_blank_where_print_is_so_small_and_pale_that_thick_lines_hide_it():
    page = scan(ruled_numbers(10, 4, 19, 1, 165), Wear(degrees=0.2, blur=0.9, noise=2))

    cells = lay(page_images(page)[0]).cells

    assert len(cells) == sum(len(row) for row in NUMBERS)
    assert not [cell for cell in cells if cell.is_bare]


def test_where_a_red_stamp_was_the_paper_is_as_bright_as_beside_it_and_print_below_it_stays():
    page = np.full((900, 900, 3), 180, dtype=np.uint8)
    stamp = np.zeros((900, 900), dtype=np.uint8)
    cv2.circle(stamp, (450, 450), 150, (255.0,), 9)
    cv2.circle(stamp, (450, 450), 45, (255.0,), -1)
    page[stamp > 0] = [round(180 * share / 255) for share in STAMP_RED]
    page[:, 446:450] = 20

    bare = without_stamps(page)

    paper = stamp.copy()
    paper[:, 436:460] = 0
    assert (np.abs(bare[paper > 0].astype(int) - 180) <= 12).mean() > 0.95
    assert (bare[stamp[:, 447] > 0, 447] < 90).all()


def test_of_a_red_stamp_whose_rim_thick_lines_part_nothing_is_left():
    page = np.full((1754, 1240, 3), 255, dtype=np.uint8)
    cv2.circle(page, (600, 600), 112, STAMP_RED, 7)
    cv2.circle(page, (600, 600), 25, STAMP_RED, -1)
    for level in (520, 668):
        page[level : level + 14, 100:1100] = 0
    for column in (506, 760):
        page[300:900, column : column + 14] = 0
    (scan,) = page_images(as_jpeg(worn(page, Wear(blur=0.7), random.Random(3), 150), 55, 150))

    bare = without_stamps(scan.pixels)

    assert bare[545:655, 480:500].min() > 200


@pytest.mark.parametrize("off", [0, 8])
def test_a_grey_seal_is_found_on_a_page_of_small_print_though_its_star_is_not_in_its_middle(off):
    ink = np.zeros((400, 400), dtype=np.uint8)
    cv2.circle(ink, (200, 200), 104, (255.0,), 6)
    cv2.circle(ink, (200, 200 + off), 22, (255.0,), -1)

    (seal,) = find_seals(ink, 15.0)

    assert np.hypot(seal.x - 200, seal.y - 200) < 2
    assert abs(seal.radius - 104) < 2


def test_a_digit_below_the_rim_of_a_grey_seal_is_as_dark_as_beside_it():
    page = np.full((400, 400), 255, dtype=np.uint8)
    page[60:341:20, 90:100] = 70
    bare = page.copy()
    seal = np.zeros_like(page)
    cv2.circle(seal, (200, 200), 104, (255.0,), 8)
    cv2.circle(seal, (200, 200), 22, (255.0,), -1)
    page[seal > 0] = (page[seal > 0] * 0.55).astype(np.uint8)
    ink = find_ink(page, 20.0)

    found = without_seals(page, ink, find_seals(ink, 20.0), 20.0).grey

    assert (found[bare == 255] > 220).mean() > 0.995
    assert (np.abs(found[bare == 70].astype(int) - 70) <= 15).mean() > 0.95


def test_a_stroke_in_line_with_a_column_is_no_side_of_a_cell_and_a_line_is():
    grey = np.full((121, 300), 255, dtype=np.uint8)
    grey[[0, 40, 80, 120]] = 0
    grey[:, [0, 299]] = 0
    grey[40:, 150] = 0
    grey[5:36, 150] = 0
    down = np.zeros(grey.shape, dtype=bool)
    down[:, [0, 150, 299]] = True
    cells = [
        GridCell(row, column, 1, 1, Box(left, 40 * row, right + 1, 40 * row + 41))
        for row in range(3)
        for column, (left, right) in enumerate(((0, 150), (150, 299)))
    ]

    kept = without_strokes(down, cells, Dark(255 - grey, 255 - grey), Box(0, 0, 300, 121), 30.0)

    assert not kept[4:37, 150].any()
    assert kept[44:, 150].all()
    grey[:, 150] = 0
    assert (without_strokes(down, cells, Dark(255 - grey, 255 - grey), Box(0, 0, 300, 121), 30.0) == down).all()
    leaning = [cell._replace(box=cell.box._replace(right=156)) if cell.column == 0 else cell for cell in cells]
    leaning = [cell._replace(box=cell.box._replace(left=155)) if cell.column else cell for cell in leaning]
    assert (without_strokes(down, leaning, Dark(255 - grey, 255 - grey), Box(0, 0, 300, 121), 30.0) == down).all()


TIGHT = ("一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "行政许可行政处罚", "信息内容本年")


@pytest.mark.parametrize(("font", "blur"), [(0, 0.0), (0, 0.5), (1, 0.5)])
def test_strokes_of_labels_in_rows_as_low_as_their_print_are_no_sides_of_cells(font, blur):
    face = ImageFont.truetype(FONT_FILES[font], 30, index=SC_FACE)
    page = Image.new("RGB", (1040, 560), "white")
    pen = ImageDraw.Draw(page)
    for number in range(8):
        top = 60 + 33 * number
        for left, right in pairwise((60, 680, 780, 880, 980)):
            pen.rectangle((left, top, right, top + 33), outline="black")
            text = TIGHT[number % 4] if left == 60 else str(number * left % 7)
            pen.text((left + 11, top + 17), text, font=face, fill="black", anchor="lm")
    for number in range(4):
        pen.text((60, 350 + 50 * number), "政府信息公开工作年度报告情况说明", font=face, fill="black")

    cells = lay(page_images(scan(page, Wear(blur=blur, noise=6 * blur)))[0]).cells

    assert Counter(Counter(cell.box.top for cell in cells).values()) == {4: 8}


def test_a_column_of_strokes_is_none_of_the_table_and_a_line_with_a_digit_close_to_it_is():
    seen = np.zeros((161, 300), dtype=np.uint8)
    seen[::40] = 200
    seen[:, [0, 150, 299]] = 200
    seen[:, 24:27] = np.where(np.arange(161) % 40 < 10, 120, 200)[:, None]
    seen[:, 32:60:4] = 160
    seen[10:30, 154:162] = 200
    down = np.zeros(seen.shape, dtype=bool)
    down[:, [0, 25, 150, 299]] = True
    cells = [
        GridCell(row, column, 1, 1, Box(left, 40 * row, right + 1, 40 * row + 41))
        for row in range(4)
        for column, (left, right) in enumerate(((0, 25), (25, 150), (150, 299)))
    ]

    kept = without_strokes(down, cells, Dark(seen, seen), Box(0, 0, 300, 161), 30.0)

    assert not any(kept[40 * row + 5 : 40 * row + 36, 25].any() for row in range(4))
    assert (kept[:, 26:] == down[:, 26:]).all()


def test_a_heading_as_high_as_the_room_between_two_tables_joins_them_to_none():
    page = Image.new("RGB", (1040, 560), "white")
    pen = ImageDraw.Draw(page)
    small, large = (ImageFont.truetype(FONT_FILES[1], size, index=SC_FACE) for size in (16, 27))

    def table(top: int, columns: int, word: str) -> None:
        for row in range(5):
            for column in range(columns):
                box = [
                    60 + column * 900 // columns,
                    top + 30 * row,
                    60 + (column + 1) * 900 // columns,
                    top + 30 * row + 30,
                ]
                pen.rectangle(box, outline="black", width=1)
                pen.text((box[0] + 14, box[1] + 15), word, font=small, fill="black", anchor="lm")

    table(40, 6, "总计")
    pen.text((100, 205), "四、政府信息公开行政复议、行政诉讼情况", font=large, fill="black", anchor="lm")
    table(220, 9, "其他")
    pen.text((60, 420), "政府信息公开工作年度报告情况说明" * 2, font=small, fill="black")

    blocks = recognise(page_images(scan(page, Wear(degrees=0.3, blur=0.5)))).blocks

    tables = [block for block in blocks if isinstance(block, Table)]
    assert [[len(row) for row in each.rows] for each in tables] == [[6] * 5, [9] * 5]


def test_strokes_from_line_to_line_of_a_low_row_are_no_line_and_move_none():
    across = np.zeros((49, 300), dtype=bool)
    across[[0, 24, 48]] = True
    across[2:23:2, 40:90] = True
    down = np.zeros_like(across)
    down[:, [0, 150, 299]] = True

    boxes = [cell.box for cell in cells_in(across, down, 20.0, Box(0, 0, 300, 49))]

    assert [(box.top, box.bottom) for box in boxes] == [(0, 25), (0, 25), (24, 49), (24, 49)]
