"""Which straight pieces of a page rule its tables: the long ones, and what ends on them at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.marks import connected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels
    from crawler.documents.picture.pieces import Pieces

    Marks = NDArray[np.bool_]

_SURELY_ACROSS, _SURELY_DOWN = 6.0, 3.0
"""Ems: no print has such strokes."""
_CORNER = 0.3
"""Ems by which a line may miss the line that it ends on."""
_ROUNDS = 4
_STROKE = 1.8
"""Ems: the tallest characters of a heading."""
_LETTER, _MANY, _ROWS = (0.45, 2.0), 0.25, 2
"""Ems: the least and the largest height of a character. The share of a row of print that is on characters; so many
rows at most look like lines."""
_SOLID, _FEW = 0.85, 0.3
"""The share of what was found of a solid line that is ink; the share of its rest that is."""


class Drawn(NamedTuple):
    """255 where lines lie, and where they stand."""

    across: Pixels
    down: Pixels


def surely_lines(across: Pieces, width: int, em: float) -> Pixels:
    """255 where pieces lie that are lines whatever ends on them, on a page of that width."""
    return _pixels(across.drawn(across.is_drawn & (across.length >= _SURELY_ACROSS * em), width))


def missed_lines(across: Pieces, lying: Pixels, ink: Pixels, em: float) -> Pixels:
    """255 where pieces lie that are surely lines, but are not among those that were found by their ink (`lying`).

    Not solid ones of which most was found: print above and below made the rest too pale, where dashes would be ink. Nor
    one or two rows of even print, as of an address: they lie on marks as tall as characters.
    """
    sure = across.is_drawn & (across.length >= _SURELY_ACROSS * em)
    _, marks, stats, _ = connected(ink)
    tall = stats[:, cv2.CC_STAT_HEIGHT]
    is_letter = (tall >= _LETTER[0] * em) & (tall <= _LETTER[1] * em)
    is_letter[0] = False
    step = ink.shape[1] // across.labels.shape[1]
    columns = slice(0, step * across.labels.shape[1], step)
    found, inked = cv2.dilate(lying, np.ones((7, 1), np.uint8))[:, columns] > 0, ink[:, columns] > 0
    of_found, of_both, of_ink, of_letters, of_all = (
        np.bincount(across.labels[points].ravel(), minlength=len(sure))
        for points in (found, found & inked, inked, is_letter[marks[:, columns]], slice(None))
    )
    is_solid = (2 * of_found >= of_all) & (of_both >= _SOLID * of_found)
    sure &= ~(is_solid & (of_ink - of_both <= _FEW * (of_all - of_found)))
    is_print = sure & (of_letters >= _MANY * of_all)
    if is_print.sum() <= _ROWS:
        sure &= ~is_print
    return _pixels(across.drawn(sure, lying.shape[1]))


def drawn_lines(across: Pieces, down: Pieces, em: float) -> Drawn:
    """Where the long lines of a page's tables are, dashed ones without their gaps."""
    flat = across.is_drawn & (across.length >= _SURELY_ACROSS * em)
    long = down.is_drawn & (down.length >= _SURELY_DOWN * em)
    upright = long & (_ends(down, across, flat, em).any(axis=1) | (down.length >= 2 * _SURELY_DOWN * em))
    for _ in range(_ROUNDS):
        before = int(flat.sum() + upright.sum())
        flat |= across.is_likely & _ends(across, down, upright, em).all(axis=1)
        upright |= down.is_likely & _ends(down, across, flat, em).all(axis=1)
        if before == flat.sum() + upright.sum():
            break
    height, width = len(across.labels), len(down.labels)
    lying = across.drawn(flat, width, _limits(across, down, upright, em))
    standing = down.drawn(upright, height, _limits(down, across, flat, em))
    return Drawn(_pixels(lying), _pixels(standing.T))


def _pixels(marks: Marks) -> Pixels:
    return np.ascontiguousarray(marks).astype(np.uint8) * np.uint8(255)


def _ends(pieces: Pieces, others: Pieces, kept: Marks, em: float) -> Marks:
    """For each piece, does its start and does its end lie on one of the others that are kept?"""
    near = max(_CORNER * em, 4.0)
    at, first, last, thick = (values[kept] for values in (others.at, others.start, others.end, others.thick))
    crosses = (first - near <= pieces.at[:, None]) & (pieces.at[:, None] <= last + near)
    touches = [np.abs(at - end[:, None]) <= near + thick / 2 for end in (pieces.start, pieces.end)]
    return np.stack([(crosses & touch).any(axis=1) for touch in touches], axis=1)


def _limits(pieces: Pieces, others: Pieces, kept: Marks, em: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """From where to where each piece goes: not beyond the last line that it meets by no more than a character.

    What seems to be its end is then a stroke of the heading above or below the table.
    """
    near = _CORNER * em
    at, start, end, thick = (values[kept] for values in (others.at, others.start, others.end, others.thick))
    meets = (start - near <= pieces.at[:, None]) & (pieces.at[:, None] <= end + near)
    meets &= (pieces.start[:, None] - near <= at) & (at <= pieces.end[:, None] + near)
    first = np.where(meets, at - thick, np.inf).min(axis=1, initial=np.inf)
    last = np.where(meets, at + thick, -np.inf).max(axis=1, initial=-np.inf)
    begins = (first > pieces.start) & (first - pieces.start < _STROKE * em)
    ends = (last < pieces.end) & (pieces.end - last < _STROKE * em)
    return np.where(begins, first, pieces.start), np.where(ends, last, pieces.end)
