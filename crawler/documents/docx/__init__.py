"""A Word document (DOCX, of Word, WPS or any other program) to a document: one pass over its main part.

The tree is first brought to what is printed (`tree`), with the automatic numbers written in (`numbering`);
after that a paragraph's text is all text under its element, and a table's grid its cells with their marks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.documents.archive import Archive
from crawler.documents.docx import names as n
from crawler.documents.docx.numbering import Lists, write_numbers
from crawler.documents.docx.parts import Parts
from crawler.documents.docx.styles import Styles, outline_level
from crawler.documents.docx.tables import MERGES, Grid, Merges, merges, read_grid
from crawler.documents.docx.tree import keep_the_printed, own_text, part_tree
from crawler.documents.model import Block, Document, Paragraph, Picture, Table
from crawler.documents.sniff import Kind, binary_kind
from crawler.documents.tables import grid_blocks
from crawler.documents.whitespace import LINE_BREAK, inner_text, squeeze
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

_EMBEDDING_DEPTH = 2
_DRAWINGS = (n.DRAWING, n.OLD_DRAWING, n.EMBEDDED_OBJECT)
_FLOATING = (n.TEXT_BOX, n.BITMAP, n.OLD_BITMAP, n.LETTERED_SHAPE)


def read_docx(data: bytes) -> Document:
    """The document in these bytes. Its title is None: Word keeps the title of the file it was once copied from.

    Raises UnreadableError: `damaged`, `encrypted`, `unsafe_archive`, `too_large`, `nested_too_deeply`.
    """
    with Archive(data) as archive:
        return Document(Kind.DOCX, tuple(_blocks(Parts(archive), 0)))


def _blocks(parts: Parts, depth: int) -> Iterator[Block]:
    source = parts.main()
    root = part_tree(source, parts.main_name)
    body = root.find(n.BODY)
    if body is None:
        raise UnreadableError("damaged", f"{parts.main_name} has no body")
    styles = Styles(lambda length: parts.related("styles", at_most=length) or b"")
    wanted = (n.STYLE_USED, n.OUTLINE_LEVEL, n.NUMBERED, n.TABLE, *MERGES)
    marks = keep_the_printed(root, source, styles.hides, *wanted)
    used = {style: styles.place(style) for style in {mark.get(n.VALUE) or "" for mark in marks[n.STYLE_USED]}}
    if marks[n.NUMBERED] or any(used.values()):
        numbering = parts.related("numbering")
        if numbering is not None:
            write_numbers(root, Lists(part_tree(numbering, "numbering"), styles), styles)
    anchored = _anchored(root)
    yield from _Reader(parts, merges(marks, anchored), _levels(marks, styles), anchored, depth).blocks(body)


def _levels(marks: Mapping[str, list[_Element]], styles: Styles) -> Mapping[_Element, int]:
    """The heading level of each paragraph that is one; its own outline level goes before that of its style."""
    said = [(mark, styles.level(mark.get(n.VALUE) or "")) for mark in marks[n.STYLE_USED]]
    said.extend((mark, outline_level(mark)) for mark in marks[n.OUTLINE_LEVEL])
    return {next(mark.iterancestors(n.PARAGRAPH), mark): level for mark, level in said if level}


def _anchored(root: _Element) -> Mapping[_Element, list[_Element]]:
    """What floats over the text, by the paragraph it is anchored to: text boxes, pictures, lettered shapes.

    A paragraph with any other drawing has an empty list: its text is read without what stands in the drawing.
    """
    anchored: dict[_Element, list[_Element]] = {}
    for element in root.iter(*_DRAWINGS, *_FLOATING):
        paragraph = next(element.iterancestors(n.PARAGRAPH), None)
        if paragraph is not None:
            found = anchored.setdefault(paragraph, [])
            if element.tag in _FLOATING:
                found.append(element)
    return anchored


@dataclass(slots=True)
class _Reader:
    """The walk over the body; `paragraphs` and `tables` count what was met, for the places of blocks."""

    parts: Parts
    merges: Merges
    levels: Mapping[_Element, int]
    anchored: Mapping[_Element, list[_Element]]
    depth: int
    paragraphs: int = 0
    tables: int = 0
    embedded: int = 0

    def blocks(self, holder: _Element) -> Iterator[Block]:
        """The blocks of the body, a cell or a text box."""
        for element in holder:
            if element.tag == n.PARAGRAPH:
                yield from self._paragraph(element)
            elif element.tag == n.TABLE:
                yield from self._table(element)
            elif element.tag == n.EMBEDDED_FILE:
                yield from self._embedded(element)
            elif len(element) and next(element.iter(n.PARAGRAPH, n.TABLE), None) is not None:
                yield from self.blocks(element)

    def _paragraph(self, element: _Element) -> Iterator[Block]:
        self.paragraphs += 1
        text = own_text(element) if element in self.anchored else inner_text(element)
        if text:
            place, level = f"paragraph {self.paragraphs}", self.levels.get(element, 0)
            for line in text.split(LINE_BREAK) if LINE_BREAK in text else (text,):
                words = squeeze(line)
                if words:
                    yield Paragraph(words, place, level)
        if element in self.anchored:
            yield from self._floating(element)

    def _floating(self, paragraph: _Element) -> Iterator[Block]:
        for element in self.anchored[paragraph]:
            place = f"beside paragraph {self.paragraphs}"
            if element.tag == n.TEXT_BOX:
                yield from self.blocks(element)
            elif element.tag == n.LETTERED_SHAPE:
                words = squeeze(element.get("string") or "")
                if words:
                    yield Paragraph(words, place)
            else:
                source, data = self._picture(element)
                yield Picture(source, place, data)

    def _picture(self, element: _Element) -> tuple[str, bytes | None]:
        """The name and bytes of a picture; a linked one has its address only."""
        inside = element.get(n.EMBEDDED) or element.get(n.TARGET_ID)
        return self.parts.picture(inside or element.get(n.LINKED) or "")

    def _table(self, element: _Element) -> Iterator[Block]:
        grid = read_grid(element, self.merges)
        floating = self._floating_in(element)
        pictures = tuple(
            self._picture(each)[0] for owner in floating for each in self.anchored[owner] if _is_picture(each)
        )
        told = None if grid.is_frame or _is_bare(grid, floating) else grid_blocks(grid.rows, "", pictures)
        if told is None:
            for cell in grid.printed:
                yield from self.blocks(cell)
            return
        for block in told:
            if isinstance(block, Table):
                self.tables += 1
                yield replace(block, place=f"table {self.tables}")
            else:
                yield replace(block, place=f"table {self.tables + 1}")
        for nested in grid.nested:
            yield from self._table(nested)
        for owner in floating:
            for box in self.anchored[owner]:
                if box.tag == n.TEXT_BOX:
                    yield from self.blocks(box)

    def _floating_in(self, table: _Element) -> list[_Element]:
        """The paragraphs of a table, without those of tables inside, that something is anchored to."""
        if not self.anchored:
            return []
        found = [each for each in table.iter(n.PARAGRAPH) if each in self.anchored]
        return [each for each in found if next(each.iterancestors(n.TABLE), None) is table]

    def _embedded(self, element: _Element) -> Iterator[Block]:
        """A whole file in the text, which Word shows as if it were typed there."""
        self.embedded += 1
        place = f"embedded file {self.embedded}"
        data = self.parts.target(element.get(n.TARGET_ID) or "")
        if data is None or self.depth >= _EMBEDDING_DEPTH:
            return
        for number, block in enumerate(_embedded_blocks(data, self.depth), start=1):
            yield replace(block, place=f"{place}, block {number}: {block.place}")


def _embedded_blocks(data: bytes, depth: int) -> tuple[Block, ...]:
    from crawler.documents import read_characters  # noqa: PLC0415 (it imports this reader by name)
    from crawler.documents.mhtml import read_mhtml  # noqa: PLC0415 (needed for few documents)

    if not data.strip():
        return ()
    kind = binary_kind(data)
    if kind is None:
        return read_characters(data).blocks
    if kind is Kind.MHTML:
        return read_mhtml(data).blocks
    if kind is Kind.DOCX:
        with Archive(data) as archive:
            return tuple(_blocks(Parts(archive), depth + 1))
    return ()


def _is_picture(element: _Element) -> bool:
    return element.tag in {n.BITMAP, n.OLD_BITMAP}


def _is_bare(grid: Grid, floating: list[_Element]) -> bool:
    """Is nothing in the table but what floats in it? Then it only sets pictures or boxes in order."""
    return bool(floating) and not any(cell.text for cells in grid.rows for cell in cells)
