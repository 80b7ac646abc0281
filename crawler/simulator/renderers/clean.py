"""HTML as the form's authors would write it, and the same with full-width digits or in other encodings."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import is_value_row, table_grid
from crawler.simulator.renderers.markup import file_markup, page, plain_body, rows_markup
from crawler.simulator.renderers.printed import Kind, parts, value_text

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid

_FULL_WIDTH = {ord(half): ord(half) + 0xFEE0 for half in "0123456789.,-"}


def html_clean(report: MadeUpReport, random: Random) -> str:
    """Semantic HTML: h1, h2, thead and tbody, spans as in the official form."""
    pieces: list[str] = []
    for part in parts(report):
        text = escape(part.text)
        match part.kind:
            case Kind.TITLE:
                pieces.append(f"<h1>{text}</h1>")
            case Kind.HEADING:
                pieces.append(f"<h2>{text}</h2>")
            case Kind.PARAGRAPH:
                pieces.append(f"<p>{text}</p>")
            case Kind.SIGNATURE:
                pieces.append(f'<p class="signature">{text}</p>')
            case Kind.TABLE:
                pieces.append(_table(table_grid(report, part.table), has_caption=random.randrange(3) == 0))
            case Kind.PICTURE | Kind.ATTACHMENT:
                pieces.append(file_markup(part.kind, part.text))
    return page(head="", title=report.title, body="<article>\n" + "\n".join(pieces) + "\n</article>")


def _table(grid: Grid, *, has_caption: bool) -> str:
    first = next((number for number, row in enumerate(grid) if is_value_row(row)), 0)
    caption = "<caption>单位：件</caption>" if has_caption else ""
    return (
        f"<table>{caption}<thead>\n{rows_markup(grid[:first])}\n</thead>"
        f"<tbody>\n{rows_markup(grid[first:])}\n</tbody></table>"
    )


def html_fullwidth(report: MadeUpReport, random: Random) -> str:
    """Digits typed with a Chinese input method; zeros also as 〇, wide blanks around numbers."""
    printed = dict(report.printed)
    for cell, value in report.cells.items():
        if value is None or cell in printed:
            continue
        text = value_text(report, cell).translate(_FULL_WIDTH)
        zero = random.choice(("０", "〇", "0"))
        printed[cell] = random.choice(("", "　", "\xa0")) + (zero if value == 0 else text) + random.choice(("", "　"))
    return page(head="", title=report.title, body=plain_body(replace(report, printed=printed)))


def html_gbk(report: MadeUpReport, random: Random) -> bytes:
    """An old site: GBK, and the page says gb2312."""
    del random
    return page(head="", title=report.title, body=plain_body(report), charset="gb2312").encode("gb18030")


def html_gb18030_labelled_utf8(report: MadeUpReport, random: Random) -> bytes:
    """A converted template over an unconverted database: the page says utf-8, the bytes are GB18030."""
    del random
    return page(head="", title=report.title, body=plain_body(report), charset="utf-8").encode("gb18030")


def html_utf8_labelled_gb2312(report: MadeUpReport, random: Random) -> bytes:
    """The other way round: the page still says gb2312, the bytes are UTF-8."""
    del random
    return page(head="", title=report.title, body=plain_body(report), charset="gb2312").encode()
