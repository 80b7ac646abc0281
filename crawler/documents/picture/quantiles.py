"""Quantiles of short rows of values, as numpy's percentiles, which take ten times as long over a few hundred values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def percentiles(values: NDArray[Any], *per_cent: float) -> tuple[float, ...]:
    """Of one row of values, at least one: what so many per cent of them are below, in between in proportion."""
    ordered = np.sort(values)
    found = []
    for share in per_cent:
        below, above, part = _places(share, len(ordered))
        low = float(ordered[below])
        found.append(low + (float(ordered[above]) - low) * part)
    return tuple(found)


def percentile_rows(values: NDArray[Any], per_cent: float) -> NDArray[np.float64]:
    """The same down each column of a table of values."""
    ordered = np.sort(values, axis=0)
    below, above, part = _places(per_cent, len(ordered))
    low, high = ordered[below].astype(np.float64), ordered[above].astype(np.float64)
    return np.asarray(low + (high - low) * part, dtype=np.float64)


def median_of_bytes(values: NDArray[np.uint8]) -> float:
    """The median of many whole numbers up to 255, at least one of them."""
    below = np.cumsum(np.bincount(values.ravel(), minlength=256))
    low, high = np.searchsorted(below, ((values.size + 1) // 2, values.size // 2 + 1))
    return float(low + high) / 2


def _places(per_cent: float, count: int) -> tuple[int, int, float]:
    """The places in order between which the quantile lies, and how far it is from the first to the second."""
    place = per_cent / 100 * (count - 1)
    return int(place), min(int(place) + 1, count - 1), place - int(place)
