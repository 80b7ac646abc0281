"""Neither a table's upright line that leans nor the dots of a bilevel scan leave anything in a cell to be read."""

from __future__ import annotations

import numpy as np

from crawler.documents.picture.cells import Box, GridCell
from crawler.documents.picture.dots import without_dots
from crawler.documents.picture.remains import line_remains

EM = 24.0
CELL = GridCell(0, 0, 1, 1, Box(30, 10, 90, 90))


def sided(*thick: tuple[int, int, int, int]) -> np.ndarray:
    """Ink with those pieces of lines: first and last row, first and last column."""
    ink = np.zeros((100, 120), dtype=np.uint8)
    for first, last, left, right in thick:
        ink[first:last, left:right] = 255
    return ink


def test_a_line_that_leans_is_a_line_on_every_row():
    ink = sided((10, 40, 29, 33), (40, 70, 30, 35), (70, 90, 31, 35))

    assert (line_remains(ink, [CELL], EM) == ink).all()


def test_what_touches_a_line_or_stands_beside_it_is_print():
    line, touching, apart = (10, 90, 29, 33), (30, 45, 33, 40), (60, 75, 36, 38)

    remains = line_remains(sided(line, touching, apart), [CELL], EM)

    assert not remains[30:45].any()
    assert not remains[:, 33:].any()
    assert (remains[60:75, 29:33] == 255).all()


def test_a_digit_where_a_line_was_looked_for_is_no_line():
    assert not line_remains(sided((40, 58, 29, 32)), [CELL], EM).any()


def test_a_digit_beside_a_dashed_line_is_no_line_between_the_dashes():
    dashes = [(row, row + 10, 28, 32) for row in range(10, 90, 12)]
    digit = (40, 58, 33, 35)

    remains = line_remains(sided(*dashes, digit), [CELL], EM)

    assert not remains[:, 33:].any()
    assert (remains[60:66, 28:32] == 255).all()


def test_a_digit_that_touches_a_line_on_most_rows_of_a_low_cell_is_no_line():
    line, digit = (10, 90, 28, 32), (14, 40, 32, 34)
    cells = [GridCell(0, 0, 1, 1, Box(30, top, 90, bottom)) for top, bottom in ((10, 50), (50, 90), (10, 90))]

    remains = line_remains(sided(line, digit), cells, EM)

    assert not line_remains(sided(line, digit), cells[:1], EM)[14:40].any()
    assert not remains[14:40].any()
    assert (remains[60:90, 28:32] == 255).all()


def test_a_wide_piece_of_ink_at_the_side_of_a_cell_is_no_line():
    assert not line_remains(sided((10, 90, 26, 40)), [CELL], EM).any()


def page(*dots: tuple[int, int]) -> np.ndarray:
    """White, a stroke in black, and single dots."""
    pixels = np.full((100, 120), 255, dtype=np.uint8)
    pixels[40:60, 50:54] = 0
    for row, column in dots:
        pixels[row, column] = 0
    return pixels


def test_dots_far_from_print_are_wiped_from_a_page_of_two_shades():
    assert (without_dots(page((5, 5), (80, 100), (99, 119))) == page()).all()
    assert (without_dots(np.dstack([page((5, 5))] * 3)) == np.dstack([page()] * 3)).all()


def test_dots_beside_print_and_dots_of_dotted_lines_stay():
    spotted = page((59, 57), *((80, column) for column in range(10, 100, 4)))

    assert (without_dots(spotted) == spotted).all()


def test_dots_of_a_page_with_shades_and_the_grain_of_noise_stay():
    shaded, noise = page((5, 5)), page(*((row, column) for row in range(2, 38, 6) for column in range(2, 118, 6)))
    shaded[90:95, 90:95] = 128

    assert (without_dots(shaded) == shaded).all()
    assert (without_dots(noise) == noise).all()
