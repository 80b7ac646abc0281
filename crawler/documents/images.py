"""Where an image of a page really is: portals put a grey dot into `src` until the reader has scrolled there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

PICTURE_SOURCES = ("oldsrc", "data-original", "data-src", "data-lazy-src", "src")
"""Attributes that hold an image's address, the truest first. TRS keeps the uploaded name in `oldsrc`."""


def image_source(element: _Element) -> str:
    """The image's address as written, empty where it has none."""
    return next((value for name in PICTURE_SOURCES if (value := (element.get(name) or "").strip())), "")
