"""Pictures of pages: scans, photographs of tables, screenshots, and pages of a PDF that hold no text."""

from __future__ import annotations

from crawler.documents.picture.page import PageImage
from crawler.documents.picture.reading import SURE, Recognition, page_images, read_picture, recognise

__all__ = ["SURE", "PageImage", "Recognition", "page_images", "read_picture", "recognise"]
