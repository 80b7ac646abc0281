"""The matrices of PDF and OFD: where a point or a box lies after them."""

from __future__ import annotations

Matrix = tuple[float, ...]
"""a b c d e f: (x, y) goes to (a x + c y + e, b x + d y + f)."""
Rectangle = tuple[float, float, float, float]
"""Its four sides; PDF counts upwards, OFD downwards."""


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point after a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def moved_box(matrix: Matrix, box: Rectangle) -> tuple[float, float, float, float]:
    """The box around a box after a matrix."""
    corners = [moved(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def product(outer: Matrix, inner: Matrix) -> Matrix:
    """One matrix that does what the inner one and then the outer one do."""
    a, b, c, d, _, _ = outer
    return (
        a * inner[0] + c * inner[1],
        b * inner[0] + d * inner[1],
        a * inner[2] + c * inner[3],
        b * inner[2] + d * inner[3],
        *moved(outer, inner[4], inner[5]),
    )
