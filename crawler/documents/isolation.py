"""Which paragraphs of an unknown template are the article's: trafilatura's part in the house."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree, html

from crawler.documents.model import Attachment, Block, Paragraph, Picture, Table
from crawler.documents.tree import writable
from crawler.documents.whitespace import LINE_BREAK
from crawler.titles import names_a_body
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.etree import _Element

MAX_ELEMENTS = 20_000
"""A long report pasted from Word has 5,000; trafilatura needs minutes for some pages of 300,000."""
MAX_TEXT = 4_000_000
_NOT_COMPARED = re.compile(r"[\s|]+")
_DAY = re.compile(r"[(（]?(?:(?:19|20)\d\d|二[\u3007○零一二三四五六七八九]{3})\s*[年./-].{2,14}")
_MIN_TEXT = 30
_LONG = 15


class Isolated(NamedTuple):
    """Which blocks are the article's, in page order; title and date as trafilatura read them, None where it did not."""

    kept: tuple[int, ...]
    title: str | None
    date: str | None


def isolate(root: _Element, blocks: Sequence[Block]) -> Isolated:
    """The blocks that belong to the page's article.

    Tables are taken out before trafilatura looks (it loses spans, and it is five times faster without);
    they all stay, since the parser knows the form's tables by their labels. Where trafilatura finds
    nothing, every block stays: losing text is worse than keeping the portal's own. So it is with a page
    of more than MAX_ELEMENTS or MAX_TEXT.
    """
    # It takes a third of a second to load, and most pages are of a known template.
    from trafilatura import bare_extraction  # noqa: PLC0415
    from trafilatura.settings import Document as TrafilaturaDocument  # noqa: PLC0415

    everything = tuple(range(len(blocks)))
    if next(islice(root.iter(), MAX_ELEMENTS, None), None) is not None:
        return Isolated(everything, None, None)
    page = etree.tostring(root, method="html", encoding="unicode").replace(LINE_BREAK, "\n")
    if len(page) > MAX_TEXT:
        return Isolated(everything, None, None)
    tree = html.document_fromstring(writable(page))
    for table in list(tree.iter("table")):
        if table.find(".//table") is None and len(table.findall(".//tr")) > 1:
            table.drop_tree()
    found = bare_extraction(tree, fast=True, include_tables=False, include_comments=False, with_metadata=True)
    if not isinstance(found, TrafilaturaDocument):
        return Isolated(everything, None, None)
    text = _comparable(found.text or "")
    if len(text) < _MIN_TEXT:
        return Isolated(everything, None, None)
    inside = _found_again(blocks, text, {_comparable(line) for line in (found.text or "").split("\n")})
    if not any(inside):
        return Isolated(everything, found.title, found.date)
    _keep_sections(inside, blocks)
    first = inside.index(True)
    last = len(inside) - 1 - inside[::-1].index(True)
    _keep_signature(inside, blocks, last)
    kept = tuple(
        number
        for number, block in enumerate(blocks)
        if inside[number]
        or isinstance(block, Table)
        or (isinstance(block, Picture | Attachment) and first <= number <= last + 1)
    )
    return Isolated(kept, found.title, found.date)


def _found_again(blocks: Sequence[Block], text: str, lines: set[str]) -> list[bool]:
    """Which paragraphs are in the article's text; a few words («信息公开») may be in it by chance, so they count
    only as a line of their own or among paragraphs that are."""
    words = [_comparable(block.text) if isinstance(block, Paragraph) else "" for block in blocks]
    sure = [bool(each) and (each in lines or (len(each) >= _LONG and each in text)) for each in words]
    if True not in sure:
        return [bool(each) and each in text for each in words]
    first, last = sure.index(True), len(sure) - 1 - sure[::-1].index(True)
    return [
        is_sure or (first < number < last and bool(each) and each in text)
        for number, (is_sure, each) in enumerate(zip(sure, words, strict=True))
    ]


def _keep_sections(inside: list[bool], blocks: Sequence[Block]) -> None:
    """Trafilatura leaves out headings and short lines; what stands between two headings is the report's."""
    headings = [
        number for number, block in enumerate(blocks) if isinstance(block, Paragraph) and read_heading(block.text)
    ]
    if headings:
        inside[headings[0] : headings[-1] + 1] = [True] * (headings[-1] + 1 - headings[0])


def _keep_signature(inside: list[bool], blocks: Sequence[Block], last: int) -> None:
    for number, block in enumerate(blocks[last + 1 : last + 3], start=last + 1):
        if not isinstance(block, Paragraph) or not (names_a_body(block.text) or _DAY.fullmatch(block.text)):
            return
        inside[number] = True


def _comparable(text: str) -> str:
    return _NOT_COMPARED.sub("", text)
