"""What is recognised: the pixels of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[Any]


class PageImage(NamedTuple):
    """A page as pixels: grey (height × width) or colour (height × width × 3: blue, green, red), 8 bits.

    `number` counts from 1. `dpi` is what the page was rendered or scanned at, None where nobody says.
    """

    number: int
    pixels: Pixels
    dpi: float | None = None
