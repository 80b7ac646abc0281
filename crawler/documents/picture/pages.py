"""One page: where its cells and lines are, and what is printed in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.borders import give_back_rims, keep_beside
from crawler.documents.picture.cells import Box
from crawler.documents.picture.cleaning import Clean, clean, find_ink
from crawler.documents.picture.dots import without_dots
from crawler.documents.picture.extent import printed_part
from crawler.documents.picture.grid import find_grids
from crawler.documents.picture.letters import BLANK, Reading, Strip, read_strips, side_by_side
from crawler.documents.picture.lines import free_lines, lines_in, without_rules, without_specks
from crawler.documents.picture.marks import marks_of
from crawler.documents.picture.remains import line_remains
from crawler.documents.picture.rules import find_rules
from crawler.documents.picture.seals import find_seals
from crawler.documents.picture.unsealing import without_seals
from crawler.documents.picture.wording import HARDLY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.picture.page import PageImage, Pixels
    from crawler.documents.picture.rules import Rules
    from crawler.documents.picture.seals import Seal

_MARGIN = 0.14
_SIDE = 0.12
_TALLEST_FREE = 4.0
_NARROWEST_FREE = 0.35
_LEGIBLE = 0.8
"""Print that stands on its head is read with half this certainty."""
_TOUCHING = 0.15
"""Ems along which print touches a ruling line."""
_PLAIN, _NEVER = 0.97, 2.0
"""A reading so sure is not doubted because print touches a line; none is as sure as this."""
_WIDEST_FIGURE, _ROOM = 0.68, 0.8
"""Ems: no figure is wider; what a number may be wider than its figures."""
_AWAY, _SEEN = 0.35, 0.15
"""Ems from a cell's side, where double lines end; the side of the least square of ink that is seen."""
_SHADE, _SHADED, _FEWEST = 210, 0.12, 3
"""What is darker may be of print: the side of its square in ems, the least of its points."""
_SMALLEST = 12.0
"""Pixels of an em, less than which a digit may be narrower than what is wiped with a line."""
_UNREAD = 0.3
"""How sure it is that a cell is blank in which something was seen, and nothing read."""
_TOUCHED = 0.5
"""Ems from the middle of a thick line within which digits were wiped with it."""
_RIM = 2
"""Pixels beside a wiped line that may be darker than the ground."""
_LAST_LATIN = 0x24F
_WORD = 3
_SAMPLED = 6


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of a ruled table: its box, the boxes of its lines, and the height of its print.

    `needed`: how sure a number in it must be at least, because its print touched a ruling line or a seal, and some
    of it may have been wiped away with that; 0 where it touched nothing.
    `is_bare`: nothing was ever seen in it, not even what was then taken for a line, a seal or dirt.
    """

    box: Box
    lines: tuple[Box, ...]
    em: float
    needed: float
    is_bare: bool


@dataclass(frozen=True, slots=True)
class Laid:
    """A page taken apart: `grey` without ruling lines, cells of tables, lines outside of them."""

    number: int
    grey: Pixels
    cells: tuple[PrintedCell, ...]
    lines: tuple[Box, ...]
    em: float
    scale: float

    def placed(self, shape: tuple[int, ...], box: Box) -> Laid:
        """A part of a page, which lies in that box of it, as the page of this shape; all around it is white."""

        def moved(own: Box) -> Box:
            return Box(own.left + box.left, own.top + box.top, own.right + box.left, own.bottom + box.top)

        grey = np.full(shape, 255, dtype=np.uint8)
        grey[box.part] = self.grey
        cells = tuple(
            replace(cell, box=moved(cell.box), lines=tuple(moved(line) for line in cell.lines)) for cell in self.cells
        )
        return replace(self, grey=grey, cells=cells, lines=tuple(moved(line) for line in self.lines))

    def crop(self, line: Box, em: float, within: Box | None = None) -> Pixels:
        """The picture of one line with some ground around it; nothing of what stands outside `within`."""
        height, width = self.grey.shape
        limits = within or Box(0, 0, width, height)
        tall = max(line.bottom - line.top, em * 0.9) + 2 * _MARGIN * em
        middle = (line.top + line.bottom) / 2
        top, bottom = round(middle - tall / 2), round(middle + tall / 2)
        left, right = round(line.left - _SIDE * em), round(line.right + _SIDE * em)
        crop = np.full((bottom - top, right - left), 255, dtype=np.uint8)
        first, last = max(top, limits.top, 0), min(bottom, limits.bottom, height)
        start, end = max(left, limits.left, 0), min(right, limits.right, width)
        crop[first - top : last - top, start - left : end - left] = self.grey[first:last, start:end]
        return crop


class Read(NamedTuple):
    """What a page says: a reading for each line of each cell, and for each line outside."""

    page: Laid
    cells: tuple[Reading, ...]
    lines: tuple[Reading, ...]


def lay(image: PageImage, quarters: int = 0) -> Laid:
    """The page taken apart, turned by so many quarters more than its print seems to ask for."""
    page = clean(without_dots(image.pixels), quarters=quarters)
    box = printed_part(page)
    if box is not None:
        grey, ink = (np.ascontiguousarray(each[box.part]) for each in (page.grey, page.ink))
        part = _ruled(page._replace(grey=grey, ink=ink))
        # Beyond what is ink, lines may go on that are too faint to be any.
        if not part.rules.is_banded:
            return _laid(image.number, part).placed(page.grey.shape, box)
    return _laid(image.number, _ruled(page))


class _Ruled(NamedTuple):
    """A clean page without its seals, what below them is a guess (255), and its lines."""

    page: Clean
    seals: list[Seal]
    guessed: Pixels
    rules: Rules


def _ruled(page: Clean) -> _Ruled:
    seals = find_seals(page.ink, page.em)
    guessed = np.zeros_like(page.ink)
    if seals:
        bare, guessed = without_seals(page.grey, page.ink, seals, page.em)
        page = page._replace(grey=bare, ink=find_ink(bare, page.em))
    return _Ruled(page, seals, guessed, find_rules(page.grey, page.ink, page.em))


def _laid(number: int, found: _Ruled) -> Laid:
    page, seals, guessed, rules = found
    grids, ruled = find_grids(page.grey, rules, page.em)
    remains = np.zeros_like(ruled)
    if not rules.is_banded:
        # Beside pale and dashed lines a stroke of a digit looks like what is left of one.
        remains = line_remains(page.ink, (cell for grid in grids for cell in grid.cells), page.em)
    rims = cv2.dilate(remains, np.ones((1, 3), np.uint8))
    ink = cv2.bitwise_and(page.ink, cv2.bitwise_not(cv2.bitwise_or(ruled, remains)))
    wiped = cv2.bitwise_or(cv2.dilate(ruled, np.ones((3, 3), np.uint8)), rims)
    grey = cv2.bitwise_or(page.grey, wiped)
    for grid in grids:
        part = grid.box.part
        ink[part] = cv2.bitwise_or(ink[part], _paler_ink(grey[part], wiped[part], page.em))
    seen = cv2.bitwise_or(page.ink, ink)
    marks = marks_of(ink)
    ems = [min(max(marks.within(*grid.box).em, page.em * 0.5), page.em * 1.3) for grid in grids]
    printed, ink = ink, without_specks(ink, marks, page.em)
    for grid, em in zip(grids, ems, strict=True):
        # In the small print of a table a minus is no larger than the dirt of the page.
        ink[grid.box.part] = without_specks(printed, marks.within(*grid.box), em)[grid.box.part]
    if not rules.is_banded:
        for grid in grids:
            for cell in grid.cells:
                keep_beside(grey, page.grey, cell.box, round(_TOUCHED * page.em))
        give_back_rims(grey, page.grey, cv2.bitwise_and(wiped, cv2.bitwise_not(ruled)), wiped)
    grey = cv2.bitwise_or(grey, rims)
    cut = cv2.bitwise_and(cv2.bitwise_and(ink, cv2.bitwise_not(wiped)), cv2.dilate(wiped, np.ones((3, 3), np.uint8)))
    # Of pale and dashed lines all is wiped, and what of a digit lies on them.
    needed = _NEVER if rules.is_banded else _PLAIN
    cells = []
    free = ink.copy()
    for grid, em in zip(grids, ems, strict=True):
        free[grid.box.part] = 0
        for cell in grid.cells:
            own = tuple(lines_in(ink, cell.box, em))
            is_sealed = any(seal.covers(*cell.box) for seal in seals)
            is_cut = is_sealed or any(cv2.countNonZero(cut[line.part]) > _TOUCHING * em for line in own)
            inner = _inner(cell.box, em)
            is_bare = not own and not is_sealed and cv2.countNonZero(seen[inner]) < (_SEEN * em) ** 2
            # Beside thick lines pale print is no ink; small print hides there wholly.
            is_bare &= min(em, page.em) >= _SMALLEST
            is_bare &= int(np.count_nonzero(page.grey[inner] < _SHADE)) < max((_SHADED * em) ** 2, _FEWEST)
            is_guess = cv2.countNonZero(guessed[cell.box.part]) > 0
            cells.append(PrintedCell(cell.box, own, em, _NEVER if is_guess else needed if is_cut else 0.0, is_bare))
    lines = free_lines(without_rules(free, rules.across, rules.down, page.em), marks, page.em)
    kept = tuple(line for line in lines if _is_print(line, page))
    return Laid(number, grey, tuple(cells), kept, page.em, page.scale)


def _paler_ink(grey: Pixels, wiped: Pixels, em: float) -> Pixels:
    """What is only dark enough once the lines around it are gone, but no rims of these lines."""
    rims = cv2.dilate(wiped, np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8))
    return cv2.bitwise_and(find_ink(grey, em), cv2.bitwise_not(rims))


def _inner(box: Box, em: float) -> tuple[slice, slice]:
    """What of a page is in a box and away from the lines at its sides, double ones too."""
    room = round(_AWAY * em)
    across, down = (min(room, (last - first) // 4) for first, last in ((box.left, box.right), (box.top, box.bottom)))
    return np.s_[box.top + down : box.bottom - down, box.left + across : box.right - across]


def _is_print(line: Box, page: Clean) -> bool:
    """Not the shadow at a scan's edge, a blot or a drawing."""
    height, width = page.grey.shape
    tall, wide = line.bottom - line.top, line.right - line.left
    is_cut = line.left <= 1 or line.top <= 1 or line.right >= width - 1 or line.bottom >= height - 1
    is_edge = is_cut and min(tall, wide) < page.em
    return not is_edge and tall < _TALLEST_FREE * page.em and max(tall, wide) > _NARROWEST_FREE * page.em


def read(page: Laid) -> Read:
    """The page with its cells and lines recognised."""
    strips = [Strip(cell_picture(page, cell), cell.em, is_cell=True) for cell in page.cells if cell.lines]
    count = len(strips)
    strips += [Strip(page.crop(line, _em(line)), _em(line), is_cell=False) for line in page.lines]
    readings = read_strips(strips)
    printed = iter(readings[:count])
    cells = tuple(_as_sure(next(printed) if cell.lines else BLANK, cell) for cell in page.cells)
    return Read(page, cells, tuple(readings[count:]))


def _as_sure(reading: Reading, cell: PrintedCell) -> Reading:
    """The reading, doubted where a number may have been cut, or is too short for what is printed."""
    text = reading.text.strip()
    if not text:
        return reading if cell.is_bare else reading._replace(text="", confidence=_UNREAD)
    if any(character.isalpha() for character in text if ord(character) > _LAST_LATIN):
        return reading
    wide = sum(line.right - line.left for line in cell.lines)
    is_short = wide > (_WIDEST_FIGURE * len(text) + _ROOM) * cell.em
    if is_short or reading.confidence < cell.needed:
        return reading._replace(confidence=min(reading.confidence, HARDLY - 0.01))
    return reading


def cell_picture(page: Laid, cell: PrintedCell) -> Pixels:
    """All lines of a cell as one."""
    crops = [page.crop(line, cell.em, _between(cell, number)) for number, line in enumerate(cell.lines)]
    return side_by_side(crops, cell.em)


def _em(line: Box) -> float:
    return float(line.bottom - line.top)


def _between(cell: PrintedCell, number: int) -> Box:
    """The part of a cell that belongs to one of its lines."""
    line = cell.lines[number]
    top = (cell.lines[number - 1].bottom + line.top) // 2 if number else cell.box.top
    bottom = (line.bottom + cell.lines[number + 1].top + 1) // 2 if number + 1 < len(cell.lines) else cell.box.bottom
    return Box(cell.box.left, top, cell.box.right, bottom)


def read_page(image: PageImage) -> Read:
    """The page as it lies, or turned where it lies on its side or head."""
    found = read(lay(image))
    strips = [*(reading for reading in found.cells if reading.text), *found.lines]
    if _legibility(strips) >= _LEGIBLE or not _has_room(found.page):
        return found
    # The recogniser knows many characters that lie on their side: the best of all ways is looked for.
    best, turned = _legibility(strips), None
    for quarters in (2, 1, 3):
        other = lay(image, quarters)
        legibility = _legibility(_sample(other))
        if legibility > best:
            best, turned = legibility, other
    return found if turned is None else read(turned)


def _has_room(page: Laid) -> bool:
    """Is there print enough on the page for one word, whichever way it lies?"""
    boxes = [*page.lines, *(line for cell in page.cells for line in cell.lines)]
    sides = [sorted((box.right - box.left, box.bottom - box.top)) for box in boxes]
    return sum(long / max(short, 1) for short, long in sides) >= _WORD


def _legibility(readings: Sequence[Reading]) -> float:
    """How sure the characters of words are on the whole, 0 to 1; 0 where there are none."""
    words = [reading for reading in readings if len(reading.text) >= _WORD]
    count = sum(len(reading.text) for reading in words)
    return sum(len(word.text) * word.confidence ** (1 / len(word.text)) for word in words) / count if count else 0.0


def _sample(page: Laid) -> list[Reading]:
    """Some of the page's longer lines."""
    cells = sorted(page.cells, key=lambda cell: sum(line.left - line.right for line in cell.lines))[:_SAMPLED]
    strips = [Strip(cell_picture(page, cell), cell.em, is_cell=False) for cell in cells if cell.lines]
    lines = sorted(page.lines, key=lambda line: line.left - line.right)[:_SAMPLED]
    return read_strips([*strips, *(Strip(page.crop(line, _em(line)), _em(line), is_cell=False) for line in lines)])
