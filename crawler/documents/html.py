"""A web page to a document: one pass over the lxml tree, whatever produced the page.

The body is taken directly from the container that the portal's system names, or from the smallest
element that holds all six section headings. Only where neither is there does trafilatura say which
paragraphs are the article's; the tables always come from the same tree, with their spans.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from lxml import etree

from crawler.documents.blocks import Placed, placed_blocks
from crawler.documents.embedded import unfolded
from crawler.documents.isolation import isolate
from crawler.documents.model import Block, Document, Paragraph, Picture, Table
from crawler.documents.page_facts import page_facts, page_head
from crawler.documents.text import holds_text_tables, text_blocks
from crawler.documents.tree import empty, keep_the_visible, page_tree
from crawler.documents.whitespace import inner_text
from crawler.titles import read_title
from storage.errors import UnreadableError
from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml.etree import _Element

BODY_IDS = frozenset(
    {
        "zoom", "zoomcon", "vsb_content", "vsb_content_2", "vsb_content_4", "vsb_content_500", "vsb_content_501",
        "ucapcontent", "ucap-content", "ivs_content", "articlecontent", "article-content", "contentzoom", "fontzoom",
        "news_content", "j_content", "textzoom", "bszoom",
    }
)  # fmt: skip
BODY_CLASSES = frozenset(
    {
        "trs_editor", "trs_editor_view", "trs_ueditor", "article-content", "article_content", "v_news_content",
        "j-fontcontent", "wzcon", "ewb-article-info", "xxgk-article-content", "minh500",
    }
)  # fmt: skip
BODY_TAGS = frozenset({"ucapcontent", "ucap-content"})
"""Where the content systems put an article's body, lower case; a row is added when a system is met."""

MAX_BYTES = 24 * 1024 * 1024
_LOGIN = re.compile(rb"""<input[^>]+type\s*=\s*["']?password""", re.IGNORECASE)
_NAMED_CELLS = etree.XPath("descendant::td[@id or @class]")
_MIN_BODY = 40
_SECTIONS = 6
_MIN_HEADINGS = 2
_HUGE_LOSS = 0.02
_CODE = re.compile(rb"<(/?)(?:script|style)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(rb"<[^<>]*>|\s+")
# Pictures written into the page are megabytes that hold no text.
_EMBEDDED = re.compile(rb"data:image/[^\"'\s>)]*")
_EMBEDDED_NUMBER = re.compile(r"data:image/#(\d+)")
_BASE64 = b";base64,"
_MAX_EMBEDDED = 32 * 1024 * 1024
_HUGE = 4 * 1024 * 1024
_PORTAL_LINKS = 12
_TEXT_LINKS = 4
_DATE_LINE = 60
_TABLE_CELLS = 60


def read_html(data: bytes) -> Document:
    """The document of one page in UTF-8.

    Raises UnreadableError: `too_large`, `nested_too_deeply`, `truncated` (the tree holds next to
    nothing of what the page holds), `refused` (a login page).
    """
    data = unfolded(data)
    embedded: list[bytes] = []
    if data.find(b"data:image/") >= 0:
        data = _EMBEDDED.sub(partial(_taken_out, embedded), data)
    if len(data) > MAX_BYTES:
        raise UnreadableError("too_large", f"{len(data)} bytes, {MAX_BYTES} are read at most")
    root = page_tree(data)
    head = page_head(root)
    for element in list(root.iter("head")):
        empty(element)
    keep_the_visible(root, data)
    body = root.find("body")
    top = body if body is not None else root
    part = _in_container(top) or _among_headings(top)
    title, guessed = None, None
    if part.how == "trafilatura":
        isolated = isolate(root, [each.block for each in part.inside])
        part, title, guessed = _isolated(part, isolated.kept), isolated.title, isolated.date
    blocks = tuple(each.block for each in part.inside)
    facts = page_facts(head, part.above, part.inside[:8], part.below)
    if title and read_title(title).is_report and not (facts.title and read_title(facts.title).is_report):
        facts = facts._replace(title=title)
    _refuse_losses(data, blocks, facts.title)
    if embedded:
        blocks = tuple(_with_embedded(block, embedded) for block in blocks)
    return Document(
        "text/html",
        tuple(_with_text_tables(blocks)),
        title=facts.title,
        meta=facts.meta,
        items=facts.items,
        guessed_date=guessed,
        isolated_by=part.how,
    )


def _taken_out(embedded: list[bytes], match: re.Match[bytes]) -> bytes:
    """A short name for a picture that is written into the page, which is kept aside."""
    embedded.append(match[0])
    return b"data:image/#%d" % (len(embedded) - 1)


def _with_embedded(block: Block, embedded: Sequence[bytes]) -> Block:
    """The block with the pictures in it that were taken out of the page: their type as address, and their bytes."""
    if isinstance(block, Table):
        return replace(block, pictures=tuple(_embedded(source, embedded)[0] for source in block.pictures))
    if not isinstance(block, Picture):
        return block
    source, data = _embedded(block.source, embedded)
    return replace(block, source=source, data=data)


def _embedded(source: str, embedded: Sequence[bytes]) -> tuple[str, bytes | None]:
    number = _EMBEDDED_NUMBER.fullmatch(source)
    written = embedded[int(number[1])] if number and int(number[1]) < len(embedded) else b""
    head, mark, coded = written.partition(_BASE64)
    if not mark:
        return source, None
    name = f"{head.decode('utf-8', 'replace')}{_BASE64.decode()}…"
    try:
        return name, b64decode(unquote_to_bytes(coded)) if len(coded) <= _MAX_EMBEDDED else None
    except ValueError:
        return name, None


class _Part(NamedTuple):
    """The blocks of the body, those of the page around it, and how it was found."""

    above: list[Placed]
    inside: list[Placed]
    below: list[Placed]
    how: str


def _in_container(top: _Element) -> _Part | None:
    container = _container(top)
    if container is None:
        return None
    around = list(placed_blocks(top, skipping=container))
    # A page may name an empty shell so, and print the report elsewhere.
    inside = list(placed_blocks(container))
    if not inside or (len(_headings(around)) >= _MIN_HEADINGS and not _headings(inside)):
        return None
    cut = next((number for number, part in enumerate(around) if part.element is container), len(around))
    return _Part(around[:cut], inside, around[cut + 1 :], "container")


def _among_headings(top: _Element) -> _Part:
    placed = list(placed_blocks(top))
    headings = _headings(placed)
    holder = _with_preamble(placed, headings, _holder([placed[number].element for number in headings.values()]), top)
    first, last = _range_inside(placed, holder)
    is_found = len(headings) == _SECTIONS and (holder is not top or _is_bare(top))
    return _Part(placed[:first], placed[first:last], placed[last:], "headings" if is_found else "trafilatura")


def _container(top: _Element) -> _Element | None:
    best: _Element | None = None
    size = _MIN_BODY
    for element in chain(top.iter("div", "section", "article", *BODY_TAGS), _NAMED_CELLS(top)):
        if element.tag in BODY_TAGS or _is_body(element):
            length = len(inner_text(element).strip())
            if length > size or (best is None and element.find(".//img") is not None and length > 0):
                best, size = element, length
    return best


def _is_body(element: _Element) -> bool:
    identity = element.get("id")
    if identity is not None and identity.lower() in BODY_IDS:
        return True
    classes = element.get("class")
    return classes is not None and not BODY_CLASSES.isdisjoint(classes.lower().split())


def _isolated(part: _Part, kept: Sequence[int]) -> _Part:
    """The part with only these blocks inside; what stands before its first long text and behind it is around."""
    texts = [(number, part.inside[number].block) for number in kept]
    long = [number for number, block in texts if isinstance(block, Paragraph) and len(block.text) > _DATE_LINE]
    first, last = (long[0], long[-1] + 1) if long else (0, len(part.inside))
    return _Part(
        [*part.above, *part.inside[:first]],
        [part.inside[number] for number in kept],
        [*part.inside[last:], *part.below],
        part.how,
    )


def _headings(placed: Sequence[Placed]) -> dict[int, int]:
    """Section number → which block heads it; the last where there are several."""
    found: dict[int, int] = {}
    for number, (block, _) in enumerate(placed):
        if isinstance(block, Paragraph):
            heading = read_heading(block.text)
            if heading is not None and heading.number <= _SECTIONS:
                found[heading.number] = number
    return found


def _is_bare(top: _Element) -> bool:
    """Is the page nothing but the report, as a word processor saves it? A portal's page is full of links."""
    return sum(1 for _ in zip(range(_PORTAL_LINKS), top.iterfind(".//a[@href]"), strict=False)) < _PORTAL_LINKS


def _holder(elements: Sequence[_Element]) -> _Element | None:
    """The smallest element that holds all of these; None where they are too few to say."""
    if len(elements) < _MIN_HEADINGS:
        return None
    common = set.intersection(*(set(element.iterancestors()) for element in elements))
    return max(common, key=lambda element: sum(1 for _ in element.iterancestors()))


def _with_preamble(
    placed: Sequence[Placed], headings: Mapping[int, int], holder: _Element | None, top: _Element
) -> _Element | None:
    """The holder, or where it begins with a heading, the element around it that holds a preamble as well."""
    first, _ = _range_inside(placed, holder)
    wider = holder
    while wider is not None and headings and first == min(headings.values()):
        wider = _wider(wider, top)
        above, _ = _range_inside(placed, wider)
        if wider is not None and any(_is_sentence(block) for block, _ in placed[above:first]):
            return wider
        first = first if above == first else -1
    return holder


def _wider(holder: _Element, top: _Element) -> _Element | None:
    """The element around it; None where that is the whole page of a portal, or has more links than a text has."""
    around = holder.getparent()
    if around is None or holder is top:
        return None
    if around is top:
        return top if _is_bare(top) else None
    links = sum(1 for _ in around.iterfind(".//a[@href]")) - sum(1 for _ in holder.iterfind(".//a[@href]"))
    return around if links <= _TEXT_LINKS else None


def _is_sentence(block: Block) -> bool:
    return isinstance(block, Paragraph) and "。" in block.text and len(block.text) > _MIN_BODY


def _range_inside(placed: Sequence[Placed], holder: _Element | None) -> tuple[int, int]:
    """Which blocks stand inside the element: the first, and the one after the last."""
    if holder is None:
        return 0, len(placed)
    numbers = [
        number for number, part in enumerate(placed) if part.element is holder or holder in part.element.iterancestors()
    ]
    return (numbers[0], numbers[-1] + 1) if numbers else (0, len(placed))


def _with_text_tables(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks; where the page's tables are only lines of text, these are read as a text's are."""
    cells = sum(len(row) for block in blocks if isinstance(block, Table) for row in block.rows)
    if cells >= _TABLE_CELLS or not holds_text_tables([b.text for b in blocks if isinstance(b, Paragraph)]):
        yield from blocks
        return
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            yield from text_blocks(lines)
            lines = []
            yield block
    yield from text_blocks(lines)


def _refuse_losses(data: bytes, blocks: tuple[Block, ...], title: str | None) -> None:
    """Nothing out of much in is our failure: lxml drops a 30 MB text silently."""
    kept = sum(
        len(block.text) if isinstance(block, Paragraph) else sum(len(cell.text) for row in block.rows for cell in row)
        for block in blocks
        if isinstance(block, Paragraph | Table)
    )
    if kept > 200 and len(data) < _HUGE:  # noqa: PLR2004 (a page with that much text lost nothing of note)
        return
    if _LOGIN.search(data):
        raise UnreadableError("refused", f"a login page: {title or 'no title'}")
    visible = _visible_length(data)
    if visible > 200_000 and kept * 3 < visible * _HUGE_LOSS:  # noqa: PLR2004 (bytes of text no reader met)
        raise UnreadableError("truncated", f"{kept} characters were read of {visible} bytes of text")


def _visible_length(data: bytes) -> int:
    """Bytes of text outside tags, scripts and styles; linear in the page, whatever it holds."""
    length = start = 0
    is_code = False
    for tag in _CODE.finditer(data):
        if not is_code:
            length += len(_TAGS.sub(b"", data[start : tag.start()]))
        start, is_code = tag.end(), not tag[1]
    return length if is_code else length + len(_TAGS.sub(b"", data[start:]))
