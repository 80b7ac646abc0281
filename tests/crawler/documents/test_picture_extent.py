"""How far the print of a page extends."""

from __future__ import annotations

import numpy as np
import pytest

from crawler.documents.picture.cells import Box
from crawler.documents.picture.cleaning import Clean
from crawler.documents.picture.extent import printed_part

EM = 20.0


def page(*inked: Box) -> Clean:
    ink = np.zeros((800, 600), dtype=np.uint8)
    for box in inked:
        ink[box.part] = 255
    return Clean(255 - ink, ink, EM, 1.0)


PRINT = Box(200, 240, 400, 500)
PART = Box(140, 180, 460, 560)


@pytest.mark.parametrize(
    "dirt",
    [
        [],
        [Box(100, 100, 101, 102)],
        [Box(0, 0, 12, 800)],
        [Box(0, 0, 12, 800), Box(0, 790, 600, 800), Box(590, 0, 600, 800), Box(0, 0, 600, 9)],
    ],
    ids=["nothing", "a speck", "the shadow of an edge", "the shadow of all edges"],
)
def test_what_is_beside_the_print_is_no_part_of_it(dirt: list[Box]) -> None:
    assert printed_part(page(PRINT, *dirt)) == PART


@pytest.mark.parametrize(
    "other",
    [Box(60, 100, 80, 120), Box(0, 260, 80, 262), Box(0, 240, 170, 500)],
    ids=["a page's number", "a line that the edge cuts off", "a table that the edge cuts off"],
)
def test_what_may_be_print_is_a_part_of_it(other: Box) -> None:
    part = printed_part(page(PRINT, other))
    assert part is not None
    assert part.left <= other.left
    assert part.top <= other.top


def test_a_page_that_is_printed_all_over_has_no_part() -> None:
    assert printed_part(page(Box(30, 30, 570, 770))) is None
    assert printed_part(page()) is None
