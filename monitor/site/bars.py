"""Counts as stacked bars: how wide each part is, in thousandths of the bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.records import Content, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATUS_ORDER = (
    Status.ON_TIME,
    Status.LATE,
    Status.DATE_UNKNOWN,
    Status.MISSING,
    Status.WITHDRAWN,
    Status.SUSPECTED_MISSING,
    Status.UNKNOWN,
    Status.NOT_DUE,
    Status.EXEMPT,
)
CONTENT_ORDER = (Content.OK, Content.MALFORMED, Content.UNREADABLE)

WIDTH = 1000
LEAST = 6
"""A count above zero is never invisible: three missing among thousands are what the page is for."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: its key, its count, where it begins and how wide it is."""

    key: str
    count: int
    start: float
    width: float


def parts(counts: Mapping[str, int], order: Sequence[str]) -> tuple[Part, ...]:
    """The parts in that order, without empty ones; together they fill the bar."""
    present = [(str(key), counts[key]) for key in order if counts.get(key)]
    if not present:
        return ()
    total = sum(count for _, count in present)
    widths = [max(LEAST, WIDTH * count / total) for _, count in present]
    excess = sum(widths) - WIDTH
    widest = widths.index(max(widths))
    widths[widest] -= excess
    starts = [sum(widths[:position]) for position in range(len(widths))]
    return tuple(
        Part(key, count, round(start, 2), round(width, 2))
        for (key, count), start, width in zip(present, starts, widths, strict=True)
    )
