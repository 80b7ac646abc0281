"""Where pdfium writes the numbers of an object: made once, since a report has thousands of objects."""

from __future__ import annotations

from ctypes import addressof, c_float
from typing import TYPE_CHECKING

from crawler.documents.pdf import native
from crawler.documents.pdf.native import Handle

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.documents.layout.matrices import Matrix, Rectangle

_BOX, _MATRIX = 4, 6


class Buffer:
    """Eleven numbers: a box (left, bottom, right, top), a matrix, a size. `all` reads them at once, in one call."""

    def __init__(self) -> None:
        self._floats = (c_float * (_BOX + _MATRIX + 1))()
        view = memoryview(self._floats).cast("B").cast("f")
        self.all: Callable[[], list[float]] = view.tolist  # type: ignore[assignment]
        places = [Handle(addressof(self._floats) + 4 * number) for number in range(_BOX + _MATRIX + 1)]
        self.box_at = tuple(places[:_BOX])
        self.matrix_at, self.size_at = places[_BOX], places[-1]

    def box(self, item: Handle) -> Rectangle:
        """The box around a page object."""
        native.object_bounds(item, *self.box_at)
        left, bottom, right, top, *_ = self.all()
        return left, bottom, right, top

    def matrix(self, item: Handle) -> Matrix:
        """The matrix of a page object."""
        native.object_matrix(item, self.matrix_at)
        return tuple(self.all()[_BOX : _BOX + _MATRIX])

    def stroke_width(self, path: Handle) -> float:
        """How thick a path is drawn, before its matrix."""
        native.stroke_width(path, self.size_at)
        return self.all()[-1]

    def point(self, segment: int) -> tuple[float, float]:
        """Where a segment of a path ends, before its matrix."""
        native.segment_point(segment, *self.box_at[:2])
        x, y, *_ = self.all()
        return x, y
