"""Tables without ruling lines, or with flat ones only: by words that stand under one another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.alignment import columns_of, first_value_column, fitting, spanned, torn, without_stray
from crawler.documents.layout.placed import PlacedCell, PlacedTable
from crawler.documents.layout.regions import STARTS
from crawler.documents.layout.values import with_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.alignment import AlignedRow, Part
    from crawler.documents.layout.ink import Word

_FEW = 6
_BREAKS_SHARE = 0.6
_FULL = 0.75
_CLOSE = 0.6
_CLEAR = 0.8
_SIDES = 2.6
_PAGE = 1000.0


def aligned_table(rows: Sequence[AlignedRow], breaks: Sequence[float], size: float) -> PlacedTable | None:
    """The table of rows of words, None where they form no columns.

    `breaks` are the y of flat ruling lines that stand alone, `size` the height of the page's letters.
    """
    columns = columns_of(rows)
    rows = [torn(row, columns, size) for row in rows]
    found = with_values(rows, size)
    if found is not None:
        rows, columns, values = found
    else:
        columns = columns_of(rows)
        values = first_value_column(rows, columns)
        if len(rows) > _FEW:
            columns, values = without_stray(rows, columns, values)
    if len(columns) < 2 or values >= len(columns):  # noqa: PLR2004 (labels and numbers)
        return None
    groups = _rows_of(rows, columns, values, breaks, size)
    edges = [columns[0][0] - size, *[(a[1] + b[0]) / 2 for a, b in pairwise(columns)]]
    edges.append(columns[-1][1] + size)
    cells: list[PlacedCell] = []
    for number, group in enumerate(groups):
        cells += _cells(group, number, columns, values, edges)
    top, bottom = rows[0].line.top, max(row.line.bottom for row in rows)
    return PlacedTable(edges[0], top, edges[-1], bottom, cells, edges, size, is_aligned=True)


class _Group(NamedTuple):
    """Lines of one row of the table."""

    rows: list[AlignedRow]
    is_header: bool


def _rows_of(
    rows: Sequence[AlignedRow],
    columns: Sequence[tuple[float, float]],
    values: int,
    breaks: Sequence[float],
    size: float,
) -> list[_Group]:
    """The rows of a table: each begins with its label's numeral, with numbers, or below a line."""
    lines = sorted(at for at in breaks if rows[0].line.top < at < rows[-1].line.bottom)
    is_banded = len(lines) >= _BREAKS_SHARE * sum(row.numbers > 0 for row in rows)
    groups: list[_Group] = []
    has_numbers = False
    for row in rows:
        heads = [part for part in row.parts if not part.is_number and spanned(part, columns)[1] >= values]
        labels = [part for part in row.parts if not part.is_number and spanned(part, columns)[1] < values]
        is_header = bool(heads) and not row.numbers
        before = groups[-1].rows[-1].line if groups else None
        crossed = before is not None and any(
            before.bottom - 0.3 * size < at < row.line.top + 0.3 * size for at in lines
        )
        starts = any(STARTS.match(part.text) for part in labels[-1:])
        wraps = bool(groups) and row.numbers > 0 and not starts and _wraps(groups[-1].rows, row, columns, values, size)
        gap = row.line.top - before.bottom if before is not None else 0.0
        if not groups or is_header != groups[-1].is_header:
            is_new = True
        elif is_banded:
            is_new = crossed
        elif is_header:
            is_new = crossed or gap > 0.8 * size or _stands_under(groups[-1].rows, row, columns)
        else:
            # A line without numbers far above a row's numbers is a row of its own: its numbers are blank.
            is_new = (
                crossed
                or starts
                or (row.numbers > 0 and (has_numbers or (bool(labels) and gap > _CLEAR * size)) and not wraps)
            )
        if is_new:
            groups.append(_Group([row], is_header))
            has_numbers = row.numbers > 0
        else:
            groups[-1].rows.append(row)
            has_numbers = has_numbers or row.numbers > 0
    return groups


def _stands_under(above: Sequence[AlignedRow], row: AlignedRow, columns: Sequence[tuple[float, float]]) -> bool:
    """Are several parts of this line heads of columns that one head above spans?"""
    spans = {span for one in above for part in one.parts if (span := spanned(part, columns))[0] < span[1]}
    own = [spanned(part, columns) for part in row.parts]
    return any(sum(first <= a and b <= last for a, b in own) > 1 for first, last in spans)


def _wraps(
    above: Sequence[AlignedRow], row: AlignedRow, columns: Sequence[tuple[float, float]], values: int, size: float
) -> bool:
    """Are the numbers of this line the ends of numbers above, each of which fills its column?"""
    gap = row.line.top - above[-1].line.bottom
    if not (gap < _CLOSE * size or gap > _PAGE * size):
        return False
    held: dict[int, Part] = {}
    for one in above:
        held.update({spanned(part, columns)[0]: part for part in one.parts if part.is_number})
    ends = {spanned(part, columns)[0]: part for part in row.parts if part.is_number}
    if not ends.keys() <= held.keys():
        return False
    is_bare = all(part.is_number for part in row.parts)
    if values == 0 and is_bare and (gap < _CLOSE * size or len(ends) < len(held)):
        return True
    if is_bare and gap < _CLOSE * size:
        return all(len(held[column].text) > 1 and _is_shorter(part, held[column]) for column, part in ends.items())
    # The rest of the row's label may stand on the same line; but then it is not every number that goes on.
    return len(ends) < len(held) and all(
        len(held[column].text) > 1 and _is_shorter(part, held[column]) and _fills(held[column], column, columns, size)
        for column, part in ends.items()
    )


def _is_shorter(part: Part, above: Part) -> bool:
    return part.right - part.left <= above.right - above.left + 0.1 * (part.words[0].bottom - part.words[0].top)


def _fills(part: Part, column: int, columns: Sequence[tuple[float, float]], size: float) -> bool:
    """Would one more digit not fit, with the room that cells leave at their sides?"""
    width = part.right - part.left
    left = columns[column - 1][1] if column else columns[column][0] - size
    right = columns[column + 1][0] if column + 1 < len(columns) else columns[column][1] + size
    is_widest = width > _FULL * (columns[column][1] - columns[column][0])
    return is_widest and width + 0.5 * size > right - left - _SIDES * size


def _cells(
    group: _Group, number: int, columns: Sequence[tuple[float, float]], values: int, edges: Sequence[float]
) -> list[PlacedCell]:
    held: dict[tuple[int, int], list[Word]] = {}
    for row in group.rows:
        for part in row.parts:
            span = spanned(part, columns)
            if part.is_number and span[0] != span[1]:
                # An amount wider than its column: it begins or ends there, and reaches over others' places.
                span = fitting(part, span, columns)
            held.setdefault(span, []).extend(part.words)
    taken: set[int] = set()
    spans: dict[tuple[int, int], list[Word]] = {}
    for (first, last), words in sorted(held.items(), key=lambda item: item[0][1] - item[0][0], reverse=True):
        # A label over two columns and another line of it over one of them are one cell.
        whole = next((span for span in spans if span[0] <= first and last <= span[1]), None)
        if whole is not None:
            spans[whole] += words
        elif taken.isdisjoint(range(first, last + 1)):
            spans[first, last] = list(words)
            taken.update(range(first, last + 1))
        else:
            nearest = next(span for span in spans if span[0] <= last and first <= span[1])
            spans[nearest] += words
    if not group.is_header:
        _widen_label(spans, values, taken)
    spans.update({(column, column): [] for column in range(len(columns)) if column not in taken})
    return [
        PlacedCell(number, first, 1, last - first + 1, words, edges[last + 1] - edges[first])
        for (first, last), words in sorted(spans.items())
    ]


def _widen_label(spans: dict[tuple[int, int], list[Word]], values: int, taken: set[int]) -> None:
    """The last label of a row reaches to its numbers: an empty place before them is no blank number."""
    labels = [span for span in spans if span[0] < values]
    if not labels:
        return
    first, last = max(labels)
    if last < values - 1:
        spans[first, values - 1] = spans.pop((first, last))
        taken.update(range(first, values))
