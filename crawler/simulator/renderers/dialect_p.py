"""Text as a PDF extractor writes it: a row a line, tabs between fields, labels adrift, page breaks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crawler.simulator.renderers.grids import is_value_row, spread, table_grid
from crawler.simulator.renderers.printed import Kind, parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from crawler.simulator.renderers.grids import Grid, Slot

_NUMBER = re.compile(r"(?<=[\u4e00-\u9fff（、，])(\d+)(?=[\u4e00-\u9fff）])")
_LABEL_NUMERAL = re.compile(r"^(?:（[一二三四五六七]）|\d\.)")
_WRAP_AT = 46


def text_p(report: MadeUpReport, random: Random) -> str:
    """The whole report. A blank cell is an empty field that drifts: this shape cannot carry blanks."""
    return _text(report, random, has_phantoms=False)


def text_p_phantom(report: MadeUpReport, random: Random) -> str:
    """The same with zeros that nobody printed: seven beside a merged group label, three more in table 4.

    Only for reports whose tables 3 and 4 are all zero; then every cell is still certain.
    """
    if any(report.cells.values()):
        raise ValueError(f"{report.title}: phantom zeros only beside zeros")
    return _text(report, random, has_phantoms=True)


def _text(report: MadeUpReport, random: Random, *, has_phantoms: bool) -> str:
    lines: list[str] = ["", ""]
    for part in parts(report):
        match part.kind:
            case Kind.TITLE | Kind.HEADING | Kind.SIGNATURE:
                lines += [_NUMBER.sub(r" \1 ", part.text) if part.kind == Kind.TITLE else part.text, ""]
            case Kind.PARAGRAPH:
                lines += [*_paragraph_lines(random, part.text), ""]
            case Kind.TABLE:
                grid = table_grid(report, part.table)
                lines += [*_table_lines(random, part.table, grid, has_phantoms=has_phantoms), ""]
            case Kind.PICTURE | Kind.ATTACHMENT:
                pass
    return "\n".join(lines)


def _paragraph_lines(random: Random, text: str) -> list[str]:
    """Blanks around figures, one inside a word, and now and then a page break in mid sentence."""
    text = _NUMBER.sub(r" \1 ", text)
    if len(text) > _WRAP_AT and random.randrange(4) == 0:
        at = random.randrange(_WRAP_AT // 2, len(text) - 4)
        if text[at - 1 : at + 1].isalpha():
            return [text[:at], "", text[at:]]
    return [text]


def _table_lines(random: Random, table: str, grid: Grid, *, has_phantoms: bool) -> list[str]:
    if table == "reviews":
        return _review_lines(random, grid, has_phantoms=has_phantoms)
    if table == "applications":
        lines = list(_application_lines(random, grid, has_phantoms=has_phantoms))
    else:
        lines = [_joined(_fields(row), random) for row in spread(grid)]
    breaks = random.sample(range(4, len(lines)), k=random.randrange(3))
    return [line for number, text in enumerate(lines) for line in (("", text) if number in breaks else (text,))]


def _fields(row: tuple[Slot, ...]) -> list[str]:
    return [slot.cell.text if slot.is_origin else "" for slot in row]


def _joined(fields: list[str], random: Random) -> str:
    return "\t".join(_spaced(random, text) for text in fields)


def _spaced(random: Random, text: str) -> str:
    """A label with a blank after its numeral, or inside a word; numbers stay as they are."""
    text = _LABEL_NUMERAL.sub(lambda match: match[0].replace("（", "(").replace("）", ")") + " ", text)
    if len(text) > 2 and "\u4e00" <= text[1] <= "\u9fff" and random.randrange(4) == 0:  # noqa: PLR2004
        at = random.randrange(2, len(text))
        return f"{text[:at]} {text[at:]}"
    return text


def _application_lines(random: Random, grid: Grid, *, has_phantoms: bool) -> Iterator[str]:
    """Table 3: labels in one to three leading fields, numbers in the last seven, now and then one more field."""
    rows = spread(grid)
    width = len(rows[-1])
    has_tail = random.randrange(2) == 0
    header = [number for number, row in enumerate(grid) if not is_value_row(row)]
    moves_group = random.randrange(2) == 0 or has_phantoms
    held_label = ""
    held_rows = 0
    for number, (cells, slots) in enumerate(zip(grid, rows, strict=True)):
        fields = _fields(slots)
        tail = [""] if has_tail else []
        if number in header:
            # The names stand one field further left than the numbers below them.
            names = fields if has_phantoms or random.randrange(2) else [fields[0], *fields[2:], ""]
            yield _joined([*names, *tail], random)
            continue
        values = [cell.text for cell in cells if cell.role.is_value]
        labels = fields[: width - len(values)]
        group = labels[1] if len(labels) > 1 and cells[0].row_span > 1 and cells[0].text == labels[1] else ""
        if group and moves_group and cells[0].row_span > 3 and not held_label:  # noqa: PLR2004
            # A label merged over eight rows is extracted where its middle stands.
            held_label, held_rows = group, cells[0].row_span // 2
            labels[1] = ""
        elif held_label:
            held_rows -= 1
            if held_rows == 0:
                zeros = ["0"] * len(values) if has_phantoms else [""] * len(values)
                yield _joined(["", held_label, "", *zeros, *tail], random)
                moves_group, held_label = False, ""
        if labels[0] == labels[1] == "" and random.randrange(6) == 0:
            labels = [labels[2], "", ""]
        yield _joined([*labels, *values, *tail], random)


def _review_lines(random: Random, grid: Grid, *, has_phantoms: bool) -> list[str]:
    """Table 4: its two-level header comes out in pieces, its fifteen numbers in one line."""
    top, middle, bottom, *values = grid
    per_group = top[0].column_span
    numbers = [cell.text for row in values for cell in row]
    if has_phantoms:
        # The first name is broken into two fields, the others have blanks inside: six fields for five columns.
        first, *others = (cell.text for cell in bottom[:per_group])
        names = [" ".join(first[:2]), " ".join(first[2:]), *(" ".join(name) for name in others)]
        blank = [""] * (len(names) - 1)
        return [
            "\t".join([top[0].text, *blank, top[1].text, *blank, "", *blank]),
            "\t".join([*names, middle[-2].text, *blank, middle[-1].text, *blank]),
            "\t".join([*[""] * len(names), *names, *names]),
            "\t".join([*numbers, *["0"] * (3 * len(names) - len(numbers))]),
        ]
    groups = "\t".join(cell.text for cell in top)
    rule = ["\t".join("------" for _ in top), ""] if random.randrange(2) else []
    suits = [text for cell in middle[-2:] for text in (cell.text, *[""] * (per_group - 1))]
    if random.randrange(2):
        upper = [cell.text[:2] if len(cell.text) > 2 else cell.text[:1] for cell in bottom]  # noqa: PLR2004
        lower = [cell.text[2:] if len(cell.text) > 2 else cell.text[1:] for cell in bottom]  # noqa: PLR2004
        names = [
            "\t".join([*upper[:per_group], *suits]),
            "\t".join([*[""] * per_group, *upper]),
            "\t".join([*[""] * per_group, *lower]),
        ]
    else:
        names = [
            "\t".join([*(cell.text for cell in bottom[:per_group]), *suits]),
            "\t".join([*[""] * per_group, *(cell.text for cell in bottom)]),
        ]
    return [groups, *rule, *names, "\t".join(numbers)]
