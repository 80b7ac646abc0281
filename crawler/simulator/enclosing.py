"""The ways in which portals hang a report's file onto its article, given the file's bytes and name."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from crawler.simulator.portals import TEXT, UTF8, Enclosed
from crawler.simulator.site import Page

VIEWER = "/pdfjs/web/viewer.html"
_VIEWER_PAGE = Page(b"<!DOCTYPE html><html><body><div id=viewer class=pdfViewer></div></body></html>", UTF8)
_FILE = "application/octet-stream"
REFUSAL = Page(
    "<html><head><title>403</title></head><body>当前访问疑似黑客攻击，已被网站管理员设置为拦截</body></html>".encode(),
    UTF8,
    status=403,
)
"""What a firewall answers for a file."""


def attached(name: str, data: bytes | Page, words: str, *, keeps_text: bool = True) -> Enclosed:
    """A link to a file under the article's text, or in its place."""
    link = f'<p>附件：<a href="./{name}" appendix="true" otheroperation="false">{escape(words)}</a></p>'
    return Enclosed((TEXT if keeps_text else "") + link, {name: _served(data)})


def linked(address: str, words: str) -> Enclosed:
    """A link to a file that lies somewhere else, in place of a text."""
    return Enclosed(f'<p><a href="{escape(address)}">{escape(words)}</a></p>', {})


def downloaded(name: str, data: bytes) -> Enclosed:
    """A link to a handler that hands the file out, as Hanweb has it."""
    handler = "/module/download/downfile.jsp"
    link = f'<p><a href="{handler}?classid=0&amp;filename={name}">点击下载</a></p>'
    return Enclosed(link, {handler: Page(data, _FILE, headers={"Content-Disposition": f"attachment; filename={name}"})})


def viewed(name: str, data: bytes, folder: str) -> Enclosed:
    """An iframe with pdf.js; `folder` is the path of the article's folder."""
    frame = f'<iframe src="{VIEWER}?file={quote(folder + name, safe="")}" width="100%" height="900"></iframe>'
    return Enclosed(frame, {name: Page(data, "application/pdf"), VIEWER: _VIEWER_PAGE})


def shown_by_script(name: str, data: bytes, folder: str) -> Enclosed:
    """An element from which a script takes the file's address, as jpaas has it."""
    return Enclosed(f'<div id="pdfshow" data-value="{folder}{name}"></div>', {name: Page(data, "application/pdf")})


def embedded(name: str, data: bytes) -> Enclosed:
    """The file in an embed element."""
    markup = f'<embed src="{name}" type="application/pdf" width="800" height="1000">'
    return Enclosed(markup, {name: Page(data, "application/pdf")})


def framed(name: str, html: str) -> Enclosed:
    """The article's text as a page of its own in an iframe."""
    return Enclosed(f'<iframe src="./{name}" width="100%" height="2000"></iframe>', {name: Page(html.encode(), UTF8)})


def _served(data: bytes | Page) -> Page:
    return data if isinstance(data, Page) else Page(data, _FILE)
