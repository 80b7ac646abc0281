"""Lines inside the cells of a grid that the scan left a shade of: found because they cross a whole cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from crawler.documents.picture.quantiles import median_of_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.picture.page import Pixels

_HAIR = 9
"""Pixels: the thickest hairline."""
_PIECE, _END = 0.35, 0.14
"""Ems along the line over which noise is evened out; at its ends less, where a digit that fills a row has ended."""
_SHADES = 8.0
"""How much darker than its ground a line is at least."""
_EVEN = 0.33
"""The palest piece of a line against the darkest: strokes of letters have gaps between them."""
_NARROWEST = 0.55
"""Ems from a line to the next: no row or column of print is narrower."""
_SHORT, _PALE, _DARK = 2.0, 60.0, 150.0
"""Nothing as dark as print is believed; across a cell of so few ems only what is far paler."""
_SOLID, _HALF = 0.95, 0.5


class Shades(NamedTuple):
    """How much darker than the ground above and below (beside) each point is; `down` is turned."""

    across: Pixels
    down: Pixels


def line_shades(grey: Pixels) -> Shades:
    """What speaks for a line at each point of a grid's picture."""
    return Shades(_shade(grey), _shade(cv2.transpose(grey)))


def _shade(grey: Pixels) -> Pixels:
    along = cv2.blur(grey, (3, 1))
    hat = cv2.morphologyEx(along, cv2.MORPH_BLACKHAT, np.ones((_HAIR, 1), np.uint8))
    # A line may lean by a pixel.
    return cv2.dilate(hat, np.ones((3, 1), np.uint8))


def crossing_lines(shade: Pixels, em: float) -> Iterator[int]:
    """The rows of a cell (its part of the shades) in which a line runs from its left side to its right."""
    height, width = shade.shape
    rim = max(round(em * 0.08), 2)
    inner = shade[:, rim : width - rim]
    edge = round(em * _NARROWEST)
    length = inner.shape[1]
    if length < em * _NARROWEST or height < 2 * edge + 1:
        return
    end = max(round(em * _END), 2)
    middle = inner[edge : height - edge]
    ends = np.minimum(middle[:, :end].mean(axis=1), middle[:, -end:].mean(axis=1))
    # In nearly all cells no row is dark at both its ends: nothing else need be looked at.
    if ends.max() < _SHADES:
        return
    ground = median_of_bytes(inner)
    rows = np.flatnonzero(ends - ground >= _SHADES)
    if not len(rows):
        return
    middle, ends = middle[rows].astype(np.float32), ends[rows] - ground
    count = max(int(length / (em * _PIECE)), 2)
    bounds = np.linspace(0, length, count + 1).astype(int)
    pieces = np.add.reduceat(middle, bounds[:-1], axis=1) / np.diff(bounds) - ground
    low, high = np.percentile(pieces, (8, 92), axis=1)
    is_line = (np.minimum(low, ends) >= _SHADES) & (np.minimum(low, ends) >= _EVEN * high)
    is_line &= (middle - ground >= np.maximum(low * _HALF, _SHADES * _HALF)[:, None]).mean(axis=1) >= _SOLID
    is_line &= high < (_PALE if length < _SHORT * em else _DARK)
    places, low = rows[is_line] + edge, low[is_line]
    if not len(places):
        return
    last = -edge
    breaks = np.flatnonzero(np.diff(places) > _HAIR) + 1
    for group, depth in zip(np.split(places, breaks), np.split(low, breaks), strict=True):
        row = int(group[int(np.argmax(depth))])
        if row - last >= edge and group[-1] - group[0] <= _HAIR:
            yield row
            last = row
