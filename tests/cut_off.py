"""How much of a report's tables its PDF does not even print: a writer may cut off what runs beyond its paper."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import pypdfium2

from crawler.simulator.renderers.printed import value_text
from storage.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.simulator.made_up import MadeUpReport


def missing_digits(made: MadeUpReport, pdf: bytes) -> Mapping[str, int]:
    """For each table that lacks any: how many digits of its cells are absent from the plain text of its section.

    pdfium's own text is asked, so that no reading of ours excuses itself. Labels' numerals, page numbers and
    anything else printed there only make it less.
    """
    text = _plain_text(pdf)
    missing = {}
    for table in FORMS[made.form].tables:
        printed = Counter(_section(text, made, table.section))
        needed = Counter("".join(value_text(made, cell) for cell in made.cells if cell.table == table.key))
        lacking = sum(max(0, count - printed[digit]) for digit, count in needed.items() if digit.isdigit())
        if lacking:
            missing[table.key] = lacking
    return missing


def excused(wrong: Sequence[str], missing: Mapping[str, int]) -> set[str]:
    """Those of the wrong cells (as `wrong_cells` tells them) that were not read at all, as many as are not printed."""
    left = dict(missing)
    found = set()
    for text in wrong:
        table = text.partition("/")[0]
        if left.get(table, 0) > 0 and text.endswith((", read None", ", read absent")):
            left[table] -= 1
            found.add(text)
    return found


def _plain_text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    flat = "".join("".join(pages).split())
    return unicodedata.normalize("NFKC", flat).replace("〇", "0")


def _section(text: str, made: MadeUpReport, number: int) -> str:
    """The text from the heading of a section to the next one's."""
    starts = []
    position = 0
    for section in made.sections:
        heading = unicodedata.normalize("NFKC", section.line)
        position = max(text.find(heading, position), position)
        starts.append(position)
    at = next(place for place, section in enumerate(made.sections) if section.number == number)
    return text[starts[at] : starts[at + 1]]
