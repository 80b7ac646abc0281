"""The handler that draws what is to be drawn, and fetches the rest as the crawl without a browser does."""

from __future__ import annotations

from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawler.tls import Noting


class DrawingHandler(Noting, ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it is untyped
    """scrapy-playwright's handler, with our notes on TLS for what the browser is not asked for."""
