"""Pages of a PDF as pixels, for those that hold no text, and the pictures in pages that do."""

from __future__ import annotations

import io
from ctypes import byref, c_uint
from typing import TYPE_CHECKING

import pypdfium2

from crawler.documents.layout import InkPicture
from crawler.documents.pdf import native
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.layout import Word
    from crawler.documents.pdf.frame import Frame
    from crawler.documents.pdf.objects import Image, PageObjects
    from crawler.documents.picture import PageImage

USUAL_DPI = 200.0
_COARSEST = 60.0
MAX_PIXELS = 24_000_000
_SMALLEST = 0.06
"""The share of a page's area below which an image is a logo or a seal."""
_NARROWEST = 0.3
_MAX_WORDS = 3
MAX_PICTURES = 20


def native_dpi(image: Image) -> float | None:
    """The pixels per inch at which an image was scanned, as it stands on its page; None where nobody says."""
    width, height = c_uint(), c_uint()
    if not native.image_size(image.address, byref(width), byref(height)) or not width.value:
        return None
    left, bottom, right, top = image.box
    # A page that is turned has its image turned with it: the long side tells.
    inches = max(right - left, top - bottom) / 72
    return max(width.value, height.value) / inches if inches > 0 else None


def rendered(data: bytes, pages: Sequence[tuple[int, int, float | None]]) -> list[PageImage]:
    """Pages as pixels: each by its index, the quarter turns it needs, and the resolution it was scanned at."""
    try:
        from crawler.documents.picture import PageImage  # noqa: PLC0415 (loads numpy)
    except ImportError as error:
        raise UnreadableError("picture_without_ocr", f"the extra `ocr` is not installed ({error})") from error

    images = []
    document = pypdfium2.PdfDocument(data)
    try:
        for number, turns, scanned in pages:
            page = document[number]
            width, height = page.get_size()
            dpi = USUAL_DPI if scanned is None or scanned >= USUAL_DPI else max(scanned, _COARSEST)
            pixels = width * height * (dpi / 72) ** 2
            if pixels > MAX_PIXELS:
                dpi *= (MAX_PIXELS / pixels) ** 0.5
            bitmap = page.render(scale=_whole_scale(width, height, dpi), rotation=90 * turns, rev_byteorder=False)
            images.append(PageImage(number + 1, bitmap.to_numpy().copy(), dpi))
            page.close()
    finally:
        document.close()
    return images


def _whole_scale(width: float, height: float, dpi: float) -> float:
    """Pixels per point, so that a page has no pixel more than the scan in it: else every other row is blurred."""
    return min(max(round(side * dpi / 72), 1) / side for side in (width, height)) * (1 - 1e-9)


def ink_pictures(
    found: PageObjects, frame: Frame, words: Sequence[Word], data: bytes, number: int
) -> Iterator[InkPicture]:
    """The images of a page that may show a table: large ones, without text over them."""
    width, height = frame.size
    for image in found.images[:MAX_PICTURES]:
        left, top, right, bottom = frame.box(*image.box)
        if (right - left) * (bottom - top) < _SMALLEST * width * height or right - left < _NARROWEST * width:
            continue
        inside = sum(
            left < (word.left + word.right) / 2 < right and top < (word.top + word.bottom) / 2 < bottom
            for word in words
        )
        if inside <= _MAX_WORDS:
            box = (max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height))
            yield InkPicture(*box, _cut_out(data, number, frame, box))


def _cut_out(data: bytes, number: int, frame: Frame, box: tuple[float, float, float, float]) -> bytes | None:
    """The part of a page as a PNG, as it is seen: masks, turns and all."""
    document = pypdfium2.PdfDocument(data)
    try:
        page = document[number]
        turns = (frame.turns - page.get_rotation() // 90) % 4
        scale = min(USUAL_DPI / 72, (MAX_PIXELS / (frame.size[0] * frame.size[1])) ** 0.5)
        image = page.render(scale=scale, rotation=90 * turns).to_pil()
        out = io.BytesIO()
        image.crop(tuple(round(side * scale) for side in box)).convert("RGB").save(out, "PNG")
        return out.getvalue()
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return None
    finally:
        document.close()
