"""One document model for every format: blocks in reading order, tables as grids of cells with spans."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from storage.report import Doubt

    Again = Callable[[Collection["CellPlace"]], "Document"]


class TableCell(NamedTuple):
    """One printed cell. `row` and `column` count from 0 in the expanded grid; `text` keeps line breaks.

    `confidence` is below 1 only where the text was recognised from a picture.
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    confidence: float = 1.0


class CellPlace(NamedTuple):
    """Where a printed cell stands in a document: its table's `place`, which is unique, and its row and column."""

    table: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """A grid. A place without a cell of its own is covered by a span or was never written.

    `rows` are the printed cells of each row, left to right. `place` says where in the source it
    stands. `is_grid` False: a text dump whose columns may drift, so a cell's column proves nothing.
    `is_aligned`: no lines rule it, its cells were told apart by the places of the words alone.
    `keeps_blanks` False: an empty field of the dump may be padding, so nobody can say which cell is blank.
    """

    rows: tuple[tuple[TableCell, ...], ...]
    place: str
    is_grid: bool = True
    keeps_blanks: bool = True
    is_aligned: bool = False
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text. `level` 1–6 where the source marks it as a heading, else 0."""

    text: str
    place: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that stands in the text; `source` is its address as written.

    `data` are its bytes where the document itself holds them.
    """

    source: str
    place: str
    data: bytes | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A linked file (by its ending), with the link's words."""

    source: str
    text: str
    place: str


Block = Paragraph | Table | Picture | Attachment


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw.

    `title` is the page's own (article title, else `<title>`), None where there is none. `meta` holds
    the page's meta tags with lower-case names; `items` the label/value pairs of the portal's item
    table and date line (发布日期, 发布机构 …). `url` is where it was fetched, None for a bare file.
    `isolated_by` says how the body was found: `container`, `headings`, `trafilatura` or `whole`.
    `is_recognised`: some of its text was recognised from pixels. `doubts` are the reader's own. `again`
    reads the document once more, with more care for the cells named, and answers another document of the
    same blocks; None where a second look would see the same.
    """

    media_type: str
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, str] = field(default_factory=dict)
    guessed_date: str | None = None
    isolated_by: str = "whole"
    is_recognised: bool = False
    doubts: tuple[Doubt, ...] = ()
    again: Again | None = field(default=None, repr=False, compare=False)
