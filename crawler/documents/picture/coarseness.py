"""Is a picture too coarse for its numbers to be believed?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.report import Doubt, DoubtKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.picture.page import PageImage
    from crawler.documents.picture.pages import Laid

COARSE = 150
"""Dots per inch below which every twentieth cell was misread."""
_TOLERANCE = 0.97
_A4_SHORT, _A4_LONG = 8.27, 11.69
_PAGE_SHAPES = (1.25, 1.55)
_SANE = (90.0, 1300.0)
_PAPER = (5.0, 17.0)
"""Inches: no page is narrower or wider, so a resolution that makes it so is an editor's default."""
_PRINT = 10.5 / 72
"""Inches: the usual height of the characters of a table, which tells where nothing else does."""


def coarse_doubt(image: PageImage, page: Laid) -> Iterator[Doubt]:
    """The doubt that the page's picture has too few dots, if it has."""
    dpi = resolution(image, page.em / page.scale)
    if dpi < COARSE * _TOLERANCE:
        yield Doubt(
            DoubtKind.PICTURE_COARSE,
            f"page {image.number}",
            "",
            f"图片约{round(dpi)}dpi，低于{COARSE}dpi，表中数字须人工核对",
            {"page": image.number, "dpi": round(dpi)},
        )


def resolution(image: PageImage, em: float) -> float:
    """Dots per inch: as stated where that makes a page of sane size, else by the shape of A4, else by the print."""
    height, width = image.pixels.shape[:2]
    short, long = min(height, width), max(height, width)
    if image.dpi and _SANE[0] <= image.dpi <= _SANE[1] and _PAPER[0] <= short / image.dpi <= _PAPER[1]:
        return image.dpi
    if _PAGE_SHAPES[0] <= long / short <= _PAGE_SHAPES[1]:
        return float(short / _A4_SHORT + long / _A4_LONG) / 2
    return em / _PRINT
