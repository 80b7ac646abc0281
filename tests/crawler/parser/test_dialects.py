"""Tables as other programs write them down: extractors, converters and browsers that the simulator does not play."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace

import pytest

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.grids import spread, table_grid
from crawler.simulator.renderers.printed import Kind, parts
from storage.records import AgencyKind
from storage.report import DoubtKind

FORM_YEARS = (("2019", 2020), ("2021", 2024))


def made(form, year, seed, *, blanks=0):
    source = random.Random(f"{form} {seed}")
    report = made_up_report(source, year=year, agency="青岚县教育局", form=form, activity=0.9)
    cells = dict(report.cells)
    cells.update(dict.fromkeys(source.sample(sorted(cells), blanks)))
    return replace(report, cells=cells)


def printed(report, table):
    """The report as text, its tables by `table`: a function of the grid that gives lines."""
    lines = []
    for part in parts(report):
        lines += [*table(table_grid(report, part.table)), ""] if part.kind is Kind.TABLE else [part.text, ""]
    return "\n".join(lines)


def values(report):
    return {cell: fact.value for cell, fact in report.facts.items() if fact.value is not None}


def given(report):
    return {cell: value for cell, value in report.cells.items() if value is not None}


def width(grid):
    return sum(cell.column_span for cell in grid[0])


def bar_behind_every_cell(grid):
    """One cell a line with a bar behind it; the places that its row lacks are bars on a line of their own."""
    for row in grid:
        yield from (f"{cell.text} |".strip() for cell in row)
        if len(row) < width(grid):
            yield "|" * (width(grid) - len(row))


def bar_below_every_cell(grid):
    for row in grid:
        for cell in row:
            lines = (cell.text,) if cell.role.is_value else (cell.text[:4], cell.text[4:])
            yield from (*lines, "|")


def bars_without_the_first(grid):
    for row in grid:
        yield " | ".join(cell.text for cell in row) + " |"


def bars_padded_behind(grid):
    for row in grid:
        yield "| " + " | ".join(cell.text for cell in row) + " | " + "|" * (width(grid) - len(row))


def bars_with_covered_places(grid):
    for row in spread(grid):
        yield " | ".join(slot.cell.text if slot.is_origin else "" for slot in row)


def bold_bars(grid):
    for row in spread(grid):
        texts = [slot.cell.text if slot.is_origin else "" for slot in row]
        yield "|" + "|".join(f"**{text}**" if text and not text.isdigit() else text for text in texts) + "|"


def ruled_bars(grid):
    """A line of dashes between any two rows, with crosses where it meets the bars."""
    yield "+" + "---+" * width(grid)
    for number, row in enumerate(spread(grid)):
        yield "| " + " | ".join(slot.cell.text if slot.is_origin else "" for slot in row) + " |"
        yield "+" + ("---+" if number else "===+") * width(grid)


def broken_bars(grid):
    for row in spread(grid):
        texts = [slot.cell.text if slot.is_origin else "" for slot in row]
        yield "| " + " | ".join(text[:3] + "<br>" + text[3:] if text[:1] > "一" else text for text in texts) + " |"


def wide_gaps(grid):
    for row in grid:
        yield "   ".join(cell.text for cell in row)


def single_blanks(grid):
    for row in grid:
        yield " ".join(cell.text for cell in row)


def wrapped_lines(grid):
    for row in grid:
        for cell in row:
            is_long = len(cell.text) > 8 and not cell.role.is_value
            yield from (cell.text[:6], cell.text[6:]) if is_long else (cell.text,)


def indented_word_rows(grid):
    """A tab before every cell; blank lines hold blanks."""
    for row in spread(grid):
        yield from ("\t" + (slot.cell.text if slot.is_origin else "") for slot in row)
        yield "  "


KEEP_BLANKS = (
    bar_behind_every_cell,
    bar_below_every_cell,
    bars_without_the_first,
    bars_padded_behind,
    bars_with_covered_places,
    bold_bars,
    broken_bars,
    ruled_bars,
    indented_word_rows,
)
LOSE_BLANKS = (wide_gaps, single_blanks, wrapped_lines)


@pytest.mark.parametrize("table", KEEP_BLANKS + LOSE_BLANKS)
@pytest.mark.parametrize(("form", "year"), FORM_YEARS)
def test_every_cell_is_read_in_every_dialect(form, year, table):
    for seed in range(4):
        report = made(form, year, seed)

        read = read_report(printed(report, table).encode())

        assert values(read) == given(report)
        assert [part.number for part in read.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("table", KEEP_BLANKS)
@pytest.mark.parametrize(("form", "year"), FORM_YEARS)
def test_a_blank_cell_moves_no_other_in_any_dialect(form, year, table):
    for seed in range(4):
        report = made(form, year, seed, blanks=25)

        read = read_report(printed(report, table).encode())

        assert values(read) == given(report)


@pytest.mark.parametrize("table", LOSE_BLANKS)
@pytest.mark.parametrize(("form", "year"), FORM_YEARS)
def test_a_row_that_lost_its_blanks_gives_no_number_to_a_wrong_cell(form, year, table):
    for seed in range(4):
        report = made(form, year, seed, blanks=25)

        read = read_report(printed(report, table).encode())

        assert values(read).items() <= given(report).items()
        assert DoubtKind.CELL_COUNT in {doubt.kind for doubt in read.doubts}


@pytest.mark.parametrize("table", [bar_behind_every_cell, bars_padded_behind, single_blanks, wrapped_lines])
@pytest.mark.parametrize(
    "page",
    [
        lambda lines: "<html><body>" + "".join(f"<p>{line}</p>" for line in lines) + "</body></html>",
        lambda lines: "<html><body><p>" + "<br>".join(lines) + "</p></body></html>",
        lambda lines: "<html><body><table><tr><td>" + "<br/>".join(lines) + "</td></tr></table></body></html>",
    ],
    ids=["paragraphs", "breaks", "breaks in a cell"],
)
def test_tables_that_a_page_holds_as_lines_of_text_are_read_too(table, page):
    report = made("2021", 2024, 7)

    read = read_report(page(printed(report, table).split("\n")).encode())

    assert values(read) == given(report)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\r"),
        lambda text: "\ufeff" + text,
        lambda text: re.sub(r"(?m)^([二三四五])、", "\f\\1、", text),
        lambda text: text.replace("\n\n", "\n\f\n"),
        lambda text: text.replace("一、总体情况", "一、\t总体情况"),
        lambda text: re.sub(r"(?m)^([一二三四五六]、\S{3,30})$", r"## **\1**", text),
    ],
    ids=["CRLF", "CR", "mark", "page break before heading", "page breaks", "one tab", "Markdown"],
)
@pytest.mark.parametrize("table", [bars_with_covered_places, wrapped_lines, bar_behind_every_cell])
def test_line_ends_page_breaks_and_marks_change_nothing(table, change):
    report = made("2019", 2020, 9)

    read = read_report(change(printed(report, table)).encode())

    assert values(read) == given(report)
    assert [part.number for part in read.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("form", "year"), FORM_YEARS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_sheet_written_out_with_commas_is_a_sheet(form, year, encoding):
    report = made(form, year, 4, blanks=6)
    rows = []
    for part in parts(report):
        grid = spread(table_grid(report, part.table)) if part.kind is Kind.TABLE else ()
        rows += [[slot.cell.text if slot.is_origin else "" for slot in row] for row in grid] or [[part.text]]
    stream = io.StringIO()
    csv.writer(stream).writerows([*row, *[""] * (15 - len(row))] for row in rows)

    read = read_report(stream.getvalue().encode(encoding))

    assert values(read) == given(report)
    assert [part.number for part in read.sections] == [1, 2, 3, 4, 5, 6]
    assert read.section(5).text.split("\n")[0] in {part.text for part in parts(report)}


def test_keys_above_a_text_give_its_title_and_are_no_part_of_it():
    report = made("2021", 2024, 5)
    title, body = printed(report, bold_bars).split("\n", 1)

    read = read_report(f"---\ntitle: '{title}'\ndate: 2025-01-09\n---\n{body}".encode())

    assert (read.title, read.agency_name) == (title, "青岚县教育局")
    assert "date" not in read.preamble
    assert values(read) == given(report)


def test_a_page_number_between_values_is_no_value():
    report = made("2021", 2024, 3)
    lines = printed(report, wrapped_lines).split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("1.属于国家"))

    read = read_report("\n".join([*lines[: at + 3], "- 4 -", *lines[at + 3 :]]).encode())

    assert values(read) == given(report)


def test_tables_that_cannot_be_read_are_not_taken_for_missing():
    report = made_up_report(random.Random(5), year=2024, agency="青岚县教育局", kind=AgencyKind.LOCAL_DEPARTMENT)
    commas = printed(report, lambda grid: (",".join(cell.text for cell in row) for row in grid))

    read = read_report(commas.encode())

    assert read.tables == frozenset()
    assert [doubt.where for doubt in read.doubts if doubt.kind is DoubtKind.TABLE_UNUSED] == [
        "disclosure",
        "applications",
        "reviews",
    ]
