"""Where pdfium writes the numbers of objects: made once, many at a time, since a report has thousands of objects."""

from __future__ import annotations

from array import array
from collections import deque
from ctypes import byref, c_float, c_int
from struct import Struct
from typing import TYPE_CHECKING

from crawler.documents.pdf import native
from crawler.documents.pdf.native import Handle

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.layout.matrices import Matrix, Rectangle

    Numbers = tuple[float, float, float, float, float, float, float, float, float, float, float]

SLOTS = 128
"""So many objects are asked about before their answers are looked at."""
_BOX, _MATRIX = 4, 6
_PLACES = _BOX + _MATRIX + 1
_ALL = Struct(f"{_PLACES}f")
_BOXES = Struct(f"{_BOX}f{4 * (_PLACES - _BOX)}x")
_MODES = Struct("2i")
_Floats, _Modes = c_float * (_PLACES * SLOTS), c_int * (2 * SLOTS)


class Buffer:
    """Slots of eleven numbers, each a box (left, bottom, right, top), a matrix, a size; and slots of two modes.

    Objects come as addresses. They are written into slots too, whose handles are made once: to make a handle of
    each address takes as long as to ask about it.
    """

    def __init__(self) -> None:
        items = (Handle * SLOTS)()
        self._items: list[Handle] = list(items)
        self._addresses = memoryview(items).cast("B").cast("Q")
        floats, modes = _Floats(), _Modes()
        self._floats, self._modes = memoryview(floats).cast("B"), memoryview(modes).cast("B")
        # For each number of a slot, where it is in all slots.
        self._places = [
            [byref(floats, at) for at in range(4 * place, SLOTS * _ALL.size, _ALL.size)] for place in range(_PLACES)
        ]
        self._mode_places = [
            [byref(modes, at) for at in range(4 * place, SLOTS * _MODES.size, _MODES.size)] for place in range(2)
        ]

    def texts(self, items: Sequence[int]) -> list[Numbers]:
        """Box, matrix and size of each text object."""
        found: list[Numbers] = []
        for some in self._portions(items):
            self._write_boxes(some)
            deque(map(native.object_matrix, some, self._places[_BOX]), 0)
            deque(map(native.font_size, some, self._places[-1]), 0)
            found += _ALL.iter_unpack(self._floats[: len(some) * _ALL.size])
        return found

    def boxes(self, items: Sequence[int]) -> list[Rectangle]:
        """The box around each page object."""
        found: list[Rectangle] = []
        for some in self._portions(items):
            self._write_boxes(some)
            found += _BOXES.iter_unpack(self._floats[: len(some) * _BOXES.size])
        return found

    def kinds(self, items: Sequence[int]) -> list[int]:
        """The type of each page object."""
        found: list[int] = []
        for some in self._portions(items):
            found += map(native.object_type, some)
        return found

    def draw_modes(self, paths: Sequence[int]) -> list[tuple[int, int]]:
        """Whether each path is filled, and whether its line is drawn."""
        found: list[tuple[int, int]] = []
        for some in self._portions(paths):
            deque(map(native.draw_mode, some, *self._mode_places), 0)
            found += _MODES.iter_unpack(self._modes[: len(some) * _MODES.size])
        return found

    def matrix(self, item: int) -> Matrix:
        """The matrix of a page object."""
        native.object_matrix(Handle(item), self._places[_BOX][0])
        return self._first()[_BOX : _BOX + _MATRIX]

    def stroke_width(self, path: int) -> float:
        """How thick a path is drawn, before its matrix."""
        native.stroke_width(path, self._places[-1][0])
        return self._first()[-1]

    def point(self, segment: int) -> tuple[float, float]:
        """Where a segment of a path ends, before its matrix."""
        native.segment_point(segment, self._places[0][0], self._places[1][0])
        x, y, *_ = self._first()
        return x, y

    def _first(self) -> Numbers:
        return _ALL.unpack_from(self._floats)

    def _portions(self, addresses: Sequence[int]) -> Iterator[Sequence[Handle]]:
        for first in range(0, len(addresses), SLOTS):
            some = array("Q", addresses[first : first + SLOTS])
            self._addresses[: len(some)] = memoryview(some)
            yield self._items[: len(some)]

    def _write_boxes(self, items: Sequence[Handle]) -> None:
        deque(map(native.object_bounds, items, *self._places[:_BOX]), 0)
