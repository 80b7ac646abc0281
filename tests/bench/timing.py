"""Two things timed in turn, by their processor time.

A noisy machine is noisy for both, and its other work counts for neither.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Measured:
    """Median milliseconds of processor time of ours and of its limit; `ratio` is the median of the pairs' ratios."""

    ours: float
    limit: float
    ratio: float


def against(ours: Callable[[], object], limit: Callable[[], object], *, pairs: int) -> Measured:
    """Ours and its limit, A B A B …, after one unmeasured pair."""
    timed = [(_milliseconds(ours), _milliseconds(limit)) for _ in range(pairs + 1)][1:]
    return Measured(
        statistics.median(mine for mine, _ in timed),
        statistics.median(other for _, other in timed),
        statistics.median(mine / other for mine, other in timed),
    )


def _milliseconds(act: Callable[[], object]) -> float:
    begin = time.process_time()
    act()
    return (time.process_time() - begin) * 1000
