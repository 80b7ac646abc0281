"""Pieces of HTML that several shapes share: escaped text, tables from grids, plain bodies."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, GridCell

    TableMarkup = Callable[[str, Grid], str]


def spans(cell: GridCell) -> str:
    """The span attributes that the cell needs, each with a blank before it."""
    column = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    row = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    return column + row


def plain_cell(cell: GridCell) -> str:
    """A cell of hand-written HTML."""
    name = "th" if cell.role.is_header else "td"
    return f"<{name}{spans(cell)}>{escape(cell.text)}</{name}>"


def rows_markup(grid: Grid) -> str:
    """The `<tr>` elements of a grid."""
    return "\n".join(f"<tr>{''.join(map(plain_cell, row))}</tr>" for row in grid)


def table_markup(table: str, grid: Grid) -> str:
    """A bordered table as editors of portals make it; `table` is its key."""
    del table
    return f'<table border="1" cellspacing="0" cellpadding="0"><tbody>\n{rows_markup(grid)}\n</tbody></table>'


def plain_body(report: MadeUpReport, *, tables: TableMarkup = table_markup, has_title: bool = True) -> str:
    """The report as the body of an article: paragraphs and tables, headings as strong paragraphs.

    `tables` turns a table's key and grid into markup. `has_title` False leaves the title to the page.
    """
    pieces: list[str] = []
    for part in parts(report):
        text = escape(part.text)
        match part.kind:
            case Kind.TITLE:
                if has_title:
                    pieces.append(f'<p style="text-align:center"><strong>{text}</strong></p>')
            case Kind.HEADING:
                pieces.append(f"<p><strong>{text}</strong></p>")
            case Kind.PARAGRAPH:
                pieces.append(f"<p>　　{text}</p>")
            case Kind.SIGNATURE:
                pieces.append(f'<p style="text-align:right">{text}</p>')
            case Kind.TABLE:
                pieces.append(tables(part.table, table_grid(report, part.table)))
            case Kind.PICTURE | Kind.ATTACHMENT:
                pieces.append(file_markup(part.kind, part.text))
    return "\n".join(pieces)


def file_markup(kind: Kind, address: str) -> str:
    """A picture or a link to a file in place of a table."""
    if kind == Kind.PICTURE:
        name = address.removeprefix("./")
        return f'<p align="center"><img src="{escape(address)}" oldsrc="{escape(name)}" alt=""></p>'
    return f'<p><a href="{escape(address)}">附表.{escape(address.rsplit(".", 1)[-1])}</a></p>'


def page(*, head: str, body: str, charset: str = "utf-8", title: str = "") -> str:
    """A whole page around a body."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n'
        f"<title>{escape(title)}</title>\n{head}</head>\n<body>\n{body}\n</body>\n</html>\n"
    )
