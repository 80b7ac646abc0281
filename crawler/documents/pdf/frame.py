"""How a page is turned: from a PDF's own coordinates to an upright page measured from its upper left corner."""

from __future__ import annotations

from typing import NamedTuple


class Frame(NamedTuple):
    """`turns` are the quarter turns, clockwise, after which the text stands upright; the box is the page's own."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the upright page."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.turns % 2 else (width, height)

    def upright(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page, as seen after the turns, from the upper left corner downwards."""
        if self.turns == 0:
            return x - self.left, self.top - y
        if self.turns == 1:
            return y - self.bottom, x - self.left
        if self.turns == 2:  # noqa: PLR2004
            return self.right - x, y - self.bottom
        return self.top - y, self.right - x

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A box of the page as left, top, right, bottom after the turns."""
        x1, y1 = self.upright(left, bottom)
        x2, y2 = self.upright(right, top)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def turns_of_text(a: float, b: float) -> int | None:
    """The clockwise quarter turns that make text upright whose line runs along (a, b); None for slanting text."""
    if abs(b) < 0.2 * abs(a):
        return 0 if a > 0 else 2
    if abs(a) < 0.2 * abs(b):
        return 1 if b > 0 else 3
    return None
