"""Ruling lines to networks: the pieces of a line made whole, and lines that meet taken together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.documents.layout.ink import Ruling

    Piece = tuple[float, float, float]
    """What a line is, before it is whole: a page may have a thousand, and named tuples take long to sort."""

MAX_RULINGS = 3000
"""Merged lines of one direction on a page. The largest table of the form has 50; a map has thousands."""
_NEAR = 0.28
"""Parallel lines closer than this, in letter heights, are one: double lines, frames of neighbouring cells."""
_GAP = 0.6
"""Pieces of a line with less between them are one: dashes, sides of cells with a gap. A row is higher than this."""
_REACH = 0.4
_SHORTEST = 0.9
_BESIDE = 0.8


class Line(NamedTuple):
    """A whole line: where it stands (y of a flat one, x of an upright one), and from where to where it runs."""

    at: float
    start: float
    end: float


class Network(NamedTuple):
    """Lines that meet one another: flat ones and upright ones."""

    flat: tuple[Line, ...]
    upright: tuple[Line, ...]


def networks(rulings: Iterable[Ruling], size: float) -> tuple[list[Network], list[Line]]:
    """The networks of a page, and its flat lines that meet no upright one; `size` is the height of its letters."""
    flats: list[Piece] = []
    uprights: list[Piece] = []
    near = _NEAR * size
    for left, top, right, bottom in rulings:
        width, height = right - left, bottom - top
        if height <= width:
            # A slanting line crosses out a corner; it closes no cell.
            if height <= near:
                flats.append(((top + bottom) / 2, left, right))
        elif width <= near:
            uprights.append(((left + right) / 2, top, bottom))
    flat, upright = _whole_lines(flats, size), _whole_lines(uprights, size)
    if not flat or len(flat) > MAX_RULINGS or len(upright) > MAX_RULINGS:
        return [], []
    return _connected(flat, upright, _REACH * size)


def _whole_lines(lines: list[Piece], size: float) -> list[Line]:
    lines.sort()
    near, gap, shortest = _NEAR * size, _GAP * size, _SHORTEST * size
    whole: list[Piece] = []
    first = 0
    for position in range(1, len(lines) + 1):
        if position < len(lines) and lines[position][0] - lines[first][0] <= near:
            continue
        if position - first == 1:
            whole.append(lines[first])
        else:
            whole += _joined(lines[first:position], gap)
        first = position
    # A named tuple's own constructor takes three times as long.
    new = tuple.__new__
    return [new(Line, line) for line in whole if line[2] - line[1] >= shortest]


def _joined(lines: list[Piece], gap: float) -> Iterable[Piece]:
    """The pieces of lines that stand as good as in one place, joined where they touch or nearly do."""
    lines.sort(key=itemgetter(1))
    low, start, end = lines[0]
    high = low
    for at, left, right in lines[1:]:
        if left > end + gap:
            yield (low + high) / 2, start, end
            low = high = at
            start, end = left, right
        else:
            low, high = min(low, at), max(high, at)
            end = max(end, right)
    yield (low + high) / 2, start, end


def _connected(flat: Sequence[Line], upright: Sequence[Line], reach: float) -> tuple[list[Network], list[Line]]:
    # The network of every line, as the number of one of its members: followed upwards to the representative.
    parents = list(range(len(flat) + len(upright)))

    def find(one: int) -> int:
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    heights = [line.at for line in flat]
    reaches = [(number, left - reach, right + reach) for number, (_, left, right) in enumerate(flat)]
    for second, (x, begin, end) in enumerate(upright, start=len(flat)):
        own = second
        for first, left, right in reaches[bisect_left(heights, begin - reach) : bisect_right(heights, end + reach)]:
            if left <= x <= right and parents[first] != own:
                parents[own] = own = find(first)
                # Most lines of a page are of one network: the next line need not follow this one upwards.
                parents[first] = own
    members: dict[int, tuple[list[Line], list[Line]]] = {}
    for number, line in enumerate(flat):
        members.setdefault(find(number), ([], []))[0].append(line)
    for number, line in enumerate(upright, start=len(flat)):
        members.setdefault(find(number), ([], []))[1].append(line)
    found = [Network(tuple(flats), tuple(uprights)) for flats, uprights in members.values() if flats and uprights]
    loose = [line for flats, uprights in members.values() if not flats for line in uprights]
    return [_with_loose(network, loose) for network in found] if loose else found, [
        line for flats, uprights in members.values() if not uprights for line in flats
    ]


def _with_loose(network: Network, loose: Sequence[Line]) -> Network:
    """A network with the upright lines beside it that no flat one meets.

    They bound cells which begin on the page before and go on to the next one: group labels.
    """
    top = min(line.start for line in network.upright)
    bottom = max(line.end for line in network.upright)
    beside = [line for line in loose if min(line.end, bottom) - max(line.start, top) > _BESIDE * (bottom - top)]
    if not beside or any(line.end - line.start > (bottom - top) / _BESIDE for line in beside):
        return network
    return Network(network.flat, (*network.upright, *beside))


def positions(places: Iterable[float], near: float) -> list[float]:
    """The places along one direction, with those nearer than `near` to the one before taken as one, in order."""
    groups: list[list[float]] = []
    for place in sorted(places):
        if groups and place - groups[-1][0] <= near:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [(group[0] + group[-1]) / 2 for group in groups]


def widths(places: Sequence[float]) -> list[float]:
    """The distances between successive places."""
    return [after - before for before, after in pairwise(places)]
