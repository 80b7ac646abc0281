"""PDF: words and ruling lines of every page, and the pages that hold no text as pictures."""

from __future__ import annotations

from crawler.documents.pdf.reading import read_pdf

__all__ = ["read_pdf"]
