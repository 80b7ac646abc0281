"""Whether a page's text layer is the page's own: what a scanner added, or a font without a key, is not read."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from crawler.documents.pdf import native

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.pdf.frame import Frame
    from crawler.documents.pdf.objects import Image, PageObjects

_USUAL = (
    r"\s\x21-\x7e\xa0-\xbf\xd7\xf7\u0370-\u03ff\u2000-\u22ff\u2460-\u266f"
    r"\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffee"
)
_ODD = re.compile(rf"[^{_USUAL}]")
_ODD_SHARE = 0.2
_FULL = 0.55
"""An image that covers so much of a page is the page."""
_PART = 0.25
_FEW = 40
_OUTLINES = 150
"""So many drawn shapes on a page without text are letters as shapes."""


class Layer(Enum):
    """What a page holds: text, nothing, or what only shows when it is rendered."""

    TEXT = auto()
    BLANK = auto()
    PICTURE = auto()


def layer_of(found: PageObjects, frame: Frame) -> Layer:
    """What of a page can be read."""
    covered = sum(_share(image, frame) for image in found.images) if found.images else 0.0
    if not found.texts:
        is_drawn = covered > _PART or found.paths > _OUTLINES
        return Layer.PICTURE if is_drawn else Layer.BLANK
    letters = len(found.text)
    if covered > _FULL and (letters < _FEW or _is_hidden(found.addresses, found.images, frame)):
        return Layer.PICTURE
    return Layer.PICTURE if len(_ODD.findall(found.text)) > _ODD_SHARE * letters else Layer.TEXT


def full_image(found: PageObjects, frame: Frame) -> Image | None:
    """The image that is the page, None where there is none or several make it."""
    return next((image for image in found.images if _share(image, frame) > _FULL), None)


def _share(image: Image, frame: Frame) -> float:
    left, bottom, right, top = image.box
    width = min(right, frame.right) - max(left, frame.left)
    height = min(top, frame.top) - max(bottom, frame.bottom)
    area = (frame.right - frame.left) * (frame.top - frame.bottom)
    return max(width, 0.0) * max(height, 0.0) / area if area > 0 else 0.0


def _is_hidden(texts: Sequence[int], images: Sequence[Image], frame: Frame) -> bool:
    """Is most of the text (objects by their addresses) not drawn, or drawn before the image that covers it?"""
    last = max(images, key=lambda image: _share(image, frame))
    if last.covered > len(texts) / 2 and _share(last, frame) > _FULL:
        return True
    hidden = sum(1 for address in texts if native.render_mode(address) == native.INVISIBLE)
    return 2 * hidden > len(texts)
