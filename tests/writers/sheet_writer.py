"""Reports as workbooks: XLSX by openpyxl, XLS by xlwt, in the ways in which offices fill a sheet."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING

import openpyxl
import xlwt
from lxml import etree
from openpyxl.styles import Alignment, Border, Font, Side

from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.printed import Kind, official_label, parts, varied_label

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, GridCell

DECIMALS = ("General", "0.00", "#,##0.00", "0.00_ ", "#,##0.00_);(#,##0.00)")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_RELATION = (
    b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"'
    b' Target="sharedStrings.xml" Id="rId99"/>'
)
WHOLE = ("General", "0", "#,##0", "0_ ", "@")


@dataclass(frozen=True, slots=True)
class Style:
    """One office's habits."""

    left: int
    top: int
    width: int
    gap: int
    sheet_each: bool
    text_numbers: bool
    merges_prose: bool
    merges_groups: bool
    merges_tails: bool
    writes_blanks: bool
    titles_tall: bool
    decimals: str
    whole: str


def random_style(random: Random) -> Style:
    return Style(
        left=random.choice((0, 0, 0, 1, 2)),
        top=random.choice((0, 0, 1, 3)),
        width=random.choice((10, 15, 16)),
        gap=random.choice((0, 0, 1, 2)),
        sheet_each=random.randrange(4) == 0,
        text_numbers=random.randrange(4) == 0,
        merges_prose=random.randrange(4) > 0,
        merges_groups=random.randrange(5) > 0,
        merges_tails=random.randrange(4) > 0,
        writes_blanks=random.randrange(2) == 0,
        titles_tall=random.randrange(4) == 0,
        decimals=random.choice(DECIMALS),
        whole=random.choice(WHOLE),
    )


def write_xlsx(report: MadeUpReport, random: Random, style: Style | None = None) -> bytes:
    """The report as openpyxl writes it."""
    style = style or random_style(random)
    book = openpyxl.Workbook()
    side = Side(style="thin")
    box = Border(left=side, right=side, top=side, bottom=side) if random.randrange(4) else Border()
    font = Font(name=random.choice(("宋体", "仿宋", "等线")), size=random.choice((10, 11, 12)))
    for number, sheet in enumerate(_sheets(report, random, style)):
        page = book.active if number == 0 else book.create_sheet()
        page.title = sheet.name
        for place in sheet.places:
            cell = page.cell(place.row + 1, place.column + 1)
            if place.value is not None:
                cell.value = place.value
            cell.number_format = place.shown
            cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")
            cell.font = font
            cell.border = box
            if place.height > 1 or place.width > 1:
                page.merge_cells(
                    start_row=place.row + 1,
                    start_column=place.column + 1,
                    end_row=place.row + place.height,
                    end_column=place.column + place.width,
                )
    if random.randrange(3) == 0:
        hidden = book.create_sheet("Sheet9")
        hidden.append(["单位", "一、本年新收政府信息公开申请数量", 5])
        hidden.sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    data = stream.getvalue()
    return with_shared_strings(data) if random.randrange(2) else data


def with_shared_strings(data: bytes) -> bytes:
    """The workbook with its strings in one part, as Excel and WPS keep them; openpyxl writes them into the cells."""
    strings: dict[str, int] = {}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                root = etree.fromstring(part)
                for cell in root.iter(f"{{{MAIN}}}c"):
                    if cell.get("t") == "inlineStr":
                        text = "".join(cell.itertext())
                        for child in list(cell):
                            cell.remove(child)
                        etree.SubElement(cell, f"{{{MAIN}}}v").text = str(strings.setdefault(text, len(strings)))
                        cell.set("t", "s")
                part = etree.tostring(root)
            elif name == "xl/_rels/workbook.xml.rels":
                part = part.replace(b"</Relationships>", SHARED_RELATION + b"</Relationships>")
            new.writestr(name, part)
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" count="{len(strings)}">{items}</sst>')
    return stream.getvalue()


def write_xls(report: MadeUpReport, random: Random, style: Style | None = None) -> bytes:
    """The report as xlwt writes it."""
    style = style or random_style(random)
    book = xlwt.Workbook(encoding="utf-8")
    for sheet in _sheets(report, random, style):
        page = book.add_sheet(sheet.name, cell_overwrite_ok=False)
        for place in sheet.places:
            shown = xlwt.easyxf("align: wrap on, horiz center", num_format_str=place.shown)
            value = "" if place.value is None else place.value
            if place.height > 1 or place.width > 1:
                page.write_merge(
                    place.row,
                    place.row + place.height - 1,
                    place.column,
                    place.column + place.width - 1,
                    value,
                    shown,
                )
            else:
                page.write(place.row, place.column, value, shown)
    if random.randrange(3) == 0:
        book.add_sheet("Sheet9").visibility = 1
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@dataclass(frozen=True, slots=True)
class Place:
    """One cell to write; `value` None for a blank that is there as a cell."""

    row: int
    column: int
    value: object
    height: int = 1
    width: int = 1
    shown: str = "General"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    places: tuple[Place, ...]


def _sheets(report: MadeUpReport, random: Random, style: Style) -> list[Sheet]:
    places: list[Place] = []
    sheets: list[Sheet] = []
    row = style.top

    def end_sheet(name: str) -> None:
        nonlocal places, row
        if places:
            sheets.append(Sheet(name, tuple(places)))
        places, row = [], style.top

    labels = official_label if random.randrange(3) else lambda line: varied_label(random, line)
    for part in parts(report):
        if part.kind is Kind.TABLE:
            grid = table_grid(report, part.table, labels=labels)
            places += _table_places(grid, row, style)
            row += len(grid) + style.gap
            if style.sheet_each:
                end_sheet(f"表{len(sheets) + 1}")
        else:
            places.append(_text_place(part.text, row, style, is_title=part.kind is Kind.TITLE))
            row += places[-1].height + (style.gap if part.kind is Kind.PARAGRAPH else 0)
    end_sheet("正文" if sheets else random.choice(("Sheet1", "年报")))
    return sheets


def _text_place(text: str, row: int, style: Style, *, is_title: bool) -> Place:
    height = 2 if is_title and style.titles_tall else 1
    return Place(row, style.left, text, height, style.width if style.merges_prose else 1)


def _table_places(grid: Grid, top: int, style: Style) -> list[Place]:
    found: list[Place] = []
    taken: set[tuple[int, int]] = set()
    width = sum(cell.column_span for cell in grid[0])
    for row, cells in enumerate(grid):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            taken.update(
                (row + down, column + right) for down in range(cell.row_span) for right in range(cell.column_span)
            )
            place = _cell_place(cell, top + row, style.left + column, style, is_tail=column + cell.column_span == width)
            if place is not None:
                found.append(place)
            column += cell.column_span
    return found


def _cell_place(cell: GridCell, row: int, column: int, style: Style, *, is_tail: bool) -> Place | None:
    height, width = cell.row_span, cell.column_span
    if not cell.role.is_header and height > 1 and not style.merges_groups:
        height = 1
    if cell.role.is_value and is_tail and not style.merges_tails:
        width = 1
    if not cell.text:
        is_written = style.writes_blanks or height > 1 or width > 1
        return Place(row, column, None, height, width) if is_written else None
    if not cell.role.is_value or style.text_numbers:
        return Place(row, column, cell.text, height, width)
    amount = Decimal(cell.text)
    if amount == amount.to_integral_value() and "." not in cell.text:
        return Place(row, column, int(amount), height, width, style.whole)
    return Place(row, column, float(amount), height, width, style.decimals)
