"""Portals' pages as readers print them: zoomed, tables side by side, behind watermarks, with borders of any kind."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import rows_markup
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

_BORDERS = (
    "table{border-collapse:collapse}td,th{border:1px solid #999}",
    "table{border-spacing:3px;background:#888}td,th{background:#fff}",
    (
        "table{border-collapse:separate;border-spacing:0;border-top:1px solid;border-left:1px solid}"
        "td,th{border-right:1px solid;border-bottom:1px solid}"
    ),
    "table{border-collapse:collapse}td,th{border:1px solid #ddd;background:#f7f7f7}",
    "table{border-spacing:1px;background:#000}td,th{background:#fff}",
    "table{border-collapse:collapse}td,th{outline:1px solid #000}",
    "table{border-collapse:collapse}td,th{box-shadow:0 0 0 1px #000}",
)
_LETTERS = (
    "",
    "",
    "body{letter-spacing:.08em}",
    "body{letter-spacing:-.03em}",
    "td{font-weight:bold;text-shadow:0 0 1px #888}",
    "td{-webkit-text-stroke:.3px #000}",
    "body{font-feature-settings:'palt'}",
    "p{text-align:justify;text-align-last:justify}",
)
_SCALES = ("", "", "body{zoom:.75}", "body{zoom:1.1}", "body{transform:scale(.9);transform-origin:0 0}")
_PAGES = ("A4", "A4 landscape", "A3 landscape", "letter")
_WATERMARK = "position:fixed;top:40%;left:20%;font-size:60px;color:#ddd;transform:rotate(-30deg)"


def portal_html(report: MadeUpReport, random: Random) -> bytes:
    """The article in a portal's page, with a style drawn at random, to be printed by a browser."""
    size = random.choice((12, 14, 16))
    rules = (
        f"@page{{size:{random.choice(_PAGES)};margin:{random.choice((8, 15))}mm}}",
        # Else a browser leaves out the grounds that are the only lines of some tables.
        "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}",
        f"body{{font:{size}px/1.6 'Noto Sans CJK SC';margin:0}}",
        f"table{{width:100%}}td,th{{padding:{random.choice((2, 5))}px;text-align:center;font-size:{size - 2}px}}",
        random.choice(_BORDERS),
        random.choice(_LETTERS),
        random.choice(_SCALES),
    )
    body = _beside(report) if random.randrange(3) == 0 else _article(report)
    if random.randrange(3) == 0:
        body = f"<div style='{_WATERMARK}'>政务公开</div>{body}"
    if random.randrange(3) == 0:
        body = f"<div style='font-size:10px'>您当前的位置：首页 &gt; 政府信息公开年报</div>{body}"
    head = f"<meta charset='utf-8'><style>{''.join(rules)}</style>"
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


def _article(report: MadeUpReport) -> str:
    pieces = []
    for part in parts(report):
        text = escape(part.text)
        match part.kind:
            case Kind.TITLE:
                pieces.append(f"<h2 style='text-align:center;text-align-last:center'>{text}</h2>")
            case Kind.TABLE:
                pieces.append(f"<table>{rows_markup(table_grid(report, part.table))}</table>")
            case Kind.SIGNATURE:
                pieces.append(f"<p style='text-align:right;text-align-last:right'>{text}</p>")
            case _:
                pieces.append(f"<p style='text-align-last:left'>{text}</p>")
    return "".join(pieces)


def _beside(report: MadeUpReport) -> str:
    """Tables 2 and 4 side by side below their headings, as in a leaflet."""
    pieces: list[str] = []
    held: dict[str, str] = {}
    heading = ""
    for part in parts(report):
        text = escape(part.text)
        if part.kind is Kind.TABLE:
            held[part.table] = f"<table>{rows_markup(table_grid(report, part.table))}</table>"
            if part.table == "disclosure":
                held["heading"] = heading
            elif part.table == "applications":
                cells = (
                    f"<div style='width:49%'><p>{held['heading']}</p>{held['disclosure']}</div>",
                    f"<div style='width:49%'><p>{heading}</p>{held['applications']}</div>",
                )
                pieces.append(f"<div style='display:flex;gap:2%;align-items:flex-start'>{''.join(cells)}</div>")
            else:
                pieces.append(f"<p>{heading}</p>{held[part.table]}")
            heading = ""
            continue
        if heading:
            pieces.append(f"<p>{heading}</p>")
            heading = ""
        if part.kind is Kind.HEADING:
            heading = text
        elif part.kind is Kind.TITLE:
            pieces.append(f"<h2 style='text-align:center;text-align-last:center'>{text}</h2>")
        else:
            pieces.append(f"<p style='text-align-last:left'>{text}</p>")
    return "".join(pieces)
