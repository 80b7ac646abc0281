"""PDFs of random reports by three programs: reportlab, Chromium's print, LibreOffice's export."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tempfile
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
from playwright.sync_api import sync_playwright
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, A5, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table
from reportlab.platypus.doctemplate import LayoutError

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import rows_markup
from crawler.simulator.renderers.printed import Kind, parts
from crawler.simulator.renderers.shapes import SHAPES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid

CHROMIUM = "/usr/bin/chromium"
OFFICE_SECONDS = 240
_HTML_SHAPES = ("html_clean", "html_word", "html_wps", "html_fullwidth", "html_caption_rows")
_TRUETYPE = (
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)


def reportlab_pdf(report: MadeUpReport, random: Random) -> bytes:
    """The report by reportlab: any page size and margins, fonts embedded or not, rulings of any kind, or none."""
    while True:
        # A row that is higher than its page cannot be set: another page is drawn.
        with contextlib.suppress(LayoutError):
            return _set_by_reportlab(report, random)


def _set_by_reportlab(report: MadeUpReport, random: Random) -> bytes:
    font = random.choice(_fonts())
    size = random.choice((8, 9, 10, 10.5, 12))
    page = random.choice((A4, A4, landscape(A4), A5, (420, 500)))
    margin = random.choice((24, 40, 56))
    width = page[0] - 2 * margin
    body = ParagraphStyle("body", fontName=font, fontSize=size, leading=size * random.choice((1.3, 1.5, 1.8)))
    body.wordWrap = "CJK"
    body.firstLineIndent = random.choice((0, 2 * size, 2 * size))
    body.spaceAfter = random.choice((0, 0, size * 0.6)) if body.firstLineIndent else size * 0.7
    story: list[Any] = []
    # Without lines a column of blanks leaves no trace.
    has_lines = random.randrange(6) > 0 or None in report.cells.values()
    for part in parts(report):
        text = escape(part.text)
        match part.kind:
            case Kind.TITLE:
                style = ParagraphStyle("title", body, fontSize=size * 1.6, leading=size * 2.2, alignment=TA_CENTER)
                style.firstLineIndent, style.spaceAfter = 0, size
                story.append(Paragraph(text, style))
            case Kind.HEADING:
                style = ParagraphStyle("heading", body, fontSize=size * random.choice((1, 1.1, 1.3)))
                style.leading = style.fontSize * 1.5
                story.append(Paragraph(text, style))
            case Kind.SIGNATURE:
                story.append(Paragraph(text, ParagraphStyle("signature", body, alignment=TA_RIGHT, firstLineIndent=0)))
            case Kind.TABLE:
                grid = table_grid(report, part.table)
                story.append(_table(grid, body, width, random, has_lines=has_lines))
            case _:
                story.append(Paragraph(text, body))
    return _built(story, page, margin, random)


def _built(story: list[Any], page: tuple[float, float], margin: float, random: Random) -> bytes:
    out = io.BytesIO()
    numbers = random.choice((None, "{0}", "— {0} —", "第{0}页", "- {0} -"))
    rotation = random.choice((0, 0, 0, 0, 90, 180, 270))
    head = random.choice(("", "", "政府信息公开"))
    document = BaseDocTemplate(out, pagesize=page)

    def furnish(canvas: Any, template: Any) -> None:
        canvas.setFont(_fonts()[0], 8)
        if numbers:
            canvas.drawCentredString(page[0] / 2, margin * 0.4, numbers.format(template.page))
        if head:
            canvas.drawCentredString(page[0] / 2, page[1] - margin * 0.6, head)
            canvas.line(margin, page[1] - margin * 0.75, page[0] - margin, page[1] - margin * 0.75)

    frame = Frame(margin, margin, page[0] - 2 * margin, page[1] - 2 * margin, 0, 0, 0, 0)
    document.addPageTemplates([PageTemplate(frames=[frame], onPage=furnish)])
    document.build(story)
    return _turned(out.getvalue(), rotation) if rotation else out.getvalue()


def _turned(data: bytes, rotation: int) -> bytes:
    """The same pages with the entry that makes a viewer show them turned."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        page.set_rotation(rotation)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _table(grid: Grid, body: ParagraphStyle, width: float, random: Random, *, has_lines: bool) -> Table:
    columns = max(sum(cell.column_span for cell in row) for row in grid)
    size = min(body.fontSize, 0.8 * width / columns)
    style = ParagraphStyle("cell", body, firstLineIndent=0, spaceAfter=0, fontSize=size, leading=size * 1.25)
    style.alignment = random.choice((0, TA_CENTER))
    padding = random.choice((1, 2, 4))
    commands: list[Any] = [("LEFTPADDING", (0, 0), (-1, -1), padding), ("RIGHTPADDING", (0, 0), (-1, -1), padding)]
    align = random.choice(("MIDDLE", "TOP", "BOTTOM")) if has_lines else "TOP"
    commands.append(("VALIGN", (0, 0), (-1, -1), align))
    commands += [
        (side, (0, 0), (-1, -1), random.choice((1, 3, 6)) if has_lines else 5)
        for side in ("TOPPADDING", "BOTTOMPADDING")
    ]
    if has_lines:
        dash = random.choice((None, None, None, (3, 2), (1, 1)))
        line = (random.choice((0.25, 0.5, 1, 2)), colors.black, 0, dash)
        if random.randrange(4) == 0:
            commands.append(("BACKGROUND", (0, 0), (-1, 1), colors.lightgrey))
        if random.randrange(4) == 0:
            commands.append(("BOX", (0, 0), (-1, -1), 2.5, colors.black))
    texts: dict[tuple[int, int], str] = {}
    outlines: list[Any] = []
    for (first, last), text in _cells(grid):
        # reportlab breaks no table inside a cell that spans rows: such a cell is rows without lines between.
        outlines += [("SPAN", (first[0], row), (last[0], row)) for row in range(first[1], last[1] + 1)]
        for position, piece in enumerate(_pieces(text, last[1] - first[1] + 1)):
            texts[first[0], first[1] + position] = piece
        if has_lines:
            outlines += [
                ("LINEABOVE", first, (last[0], first[1]), *line),
                ("LINEBELOW", (first[0], last[1]), last, *line),
                ("LINEBEFORE", first, (first[0], last[1]), *line),
                ("LINEAFTER", (last[0], first[1]), last, *line),
            ]
    heads = sum(all(cell.role.is_header for cell in row) for row in grid[:3])
    return Table(
        [
            [
                Paragraph(escape(texts[column, row]), style) if texts.get((column, row)) else ""
                for column in range(columns)
            ]
            for row in range(len(grid))
        ],
        colWidths=_widths(columns, width, random),
        repeatRows=random.choice((0, 0, heads)),
        style=[*commands, *outlines],
        # Of a row that is not set at the top, reportlab draws the first half over the lines.
        splitInRow=random.randrange(2) if align == "TOP" else 0,
        hAlign="LEFT",
    )


def _pieces(text: str, rows: int) -> list[str]:
    """A text over the rows of its cell, a few letters in each."""
    length = -(-len(text) // rows)
    return [text[start : start + length] for start in range(0, len(text), length)] if length else []


def _cells(grid: Grid) -> list[tuple[tuple[tuple[int, int], tuple[int, int]], str]]:
    """Every cell as its first and last (column, row), and its text."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for row, members in enumerate(grid):
        column = 0
        for cell in members:
            while (column, row) in taken:
                column += 1
            last = column + cell.column_span - 1, min(row + cell.row_span, len(grid)) - 1
            taken |= {(right, below) for right in range(column, last[0] + 1) for below in range(row, last[1] + 1)}
            cells.append((((column, row), last), cell.text))
            column += cell.column_span
    return cells


def _widths(columns: int, width: float, random: Random) -> list[float]:
    """Columns of about even width, numbers' narrower where labels stand beside them."""
    labels = {10: 3, 4: 1}.get(columns, 0)
    shares = [random.uniform(1.4, 2.4) if column < labels else random.uniform(0.9, 1.1) for column in range(columns)]
    return [share / sum(shares) * width for share in shares]


@cache
def _fonts() -> tuple[str, ...]:
    """A font that is not embedded, and those of the machine that can be."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    found = ["STSong-Light"]
    for path in _TRUETYPE:
        if Path(path).exists():
            try:
                pdfmetrics.registerFont(TTFont(Path(path).stem, path))
            except TTFError:
                continue
            found.append(Path(path).stem)
    return tuple(found)


def print_html(report: MadeUpReport, random: Random) -> bytes:
    """The report as HTML with a style for print drawn at random: to be printed by a browser or an office program."""
    if random.randrange(3):
        markup = SHAPES[random.choice(_HTML_SHAPES)].render(report, random).decode("utf-8")
    else:
        markup = _own_html(report, random)
    style = _print_style(random)
    head = markup.lower().find("</head>")
    return (f"{markup[:head]}{style}{markup[head:]}" if head >= 0 else style + markup).encode()


def _print_style(random: Random) -> str:
    size = random.choice((9, 10, 10.5, 12, 14))
    font = random.choice(("'Noto Sans CJK SC'", "'Noto Serif CJK SC'", "'DejaVu Sans','Noto Sans CJK SC'"))
    page = random.choice(("A4", "A4", "A4 landscape", "A5", "B5"))
    collapse = random.choice(("collapse", "collapse", "collapse", "separate"))
    border = random.choice(
        ("1px solid #000", "0.5pt solid #000", "2px solid #333", "1px dashed #000", "3px double #000")
    )
    rules = (
        f"@page{{size:{page};margin:{random.choice((10, 15, 20, 25))}mm}}",
        f"body{{font-family:{font};font-size:{size}pt;line-height:{random.choice((1.2, 1.5, 1.8))}}}",
        f"table{{border-collapse:{collapse};width:{random.choice(('100%', 'auto', '90%'))}}}",
        (
            f"td,th{{border:{border} !important;padding:{random.choice((0, 2, 4, 8))}px;"
            f"font-size:{random.choice((size, size - 1, size - 2))}pt;"
            f"vertical-align:{random.choice(('middle', 'top', 'bottom'))};"
            f"text-align:{random.choice(('center', 'left'))};word-break:{random.choice(('normal', 'break-all'))}}}"
        ),
        random.choice(("", "tr{break-inside:avoid}", "thead{display:table-header-group}")),
        random.choice(("", "", "p{text-align:justify}", "p{margin:0}")),
    )
    return f"<style>{''.join(rules)}</style>"


def _own_html(report: MadeUpReport, random: Random) -> str:
    """A plain page whose tables have heads that are repeated on every page."""
    pieces = []
    has_indent = random.randrange(2)
    for part in parts(report):
        text = escape(part.text)
        match part.kind:
            case Kind.TITLE:
                pieces.append(f"<h1 style='text-align:center'>{text}</h1>")
            case Kind.HEADING:
                pieces.append(f"<h3>{text}</h3>" if random.randrange(2) else f"<p>{text}</p>")
            case Kind.SIGNATURE:
                pieces.append(f"<p style='text-align:right'>{text}</p>")
            case Kind.TABLE:
                grid = table_grid(report, part.table)
                heads = 3 if part.table == "applications" else 0
                head = f"<thead>{rows_markup(grid[:heads])}</thead>" if heads else ""
                pieces.append(f"<table>{head}<tbody>{rows_markup(grid[heads:])}</tbody></table>")
            case _:
                pieces.append(f"<p{' style=text-indent:2em' if has_indent else ''}>{text}</p>")
    body = "\n".join(pieces)
    return f"<!DOCTYPE html><html lang='zh'><head><meta charset='utf-8'></head><body>{body}</body></html>"


def chromium_pdfs(htmls: Sequence[bytes]) -> list[bytes]:
    """Each page printed by one running Chromium, without the network."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        printed = []
        for number, html in enumerate(htmls):
            page.set_content(html.decode(), wait_until="domcontentloaded")
            scale = (1, 1, 0.8, 1.2)[number % 4]
            printed.append(
                page.pdf(
                    prefer_css_page_size=True,
                    print_background=number % 2 == 0,
                    scale=scale,
                    display_header_footer=number % 3 == 0,
                    header_template="<span></span>",
                    footer_template="<div style='font-size:8px;width:100%;text-align:center'>"
                    "第 <span class=pageNumber></span> 页 共 <span class=totalPages></span> 页</div>",
                )
            )
        browser.close()
        return printed


def libreoffice_pdfs(documents: Sequence[bytes], ending: str) -> list[bytes]:
    """Each document (html, docx, odt) exported by LibreOffice, all in one run with a profile of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, data in enumerate(documents):
            (folder / f"{number}.{ending}").write_bytes(data)
        filters = ["--infilter=HTML (StarWriter)"] if ending == "html" else []
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                *filters,
                "--convert-to",
                "pdf:writer_pdf_Export",
                "--outdir",
                str(folder / "out"),
                *[str(folder / f"{number}.{ending}") for number in range(len(documents))],
            ],
            check=True,
            capture_output=True,
            timeout=OFFICE_SECONDS,
        )
        return [(folder / "out" / f"{number}.pdf").read_bytes() for number in range(len(documents))]
