"""Quantiles of short rows are numpy's percentiles."""

from __future__ import annotations

import numpy as np
import pytest

from crawler.documents.picture.quantiles import median_of_bytes, percentile_rows, percentiles


@pytest.mark.parametrize("count", [1, 2, 3, 7, 100, 401])
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
def test_quantiles_are_those_of_numpy(count, dtype):
    values = np.random.default_rng(count).integers(0, 256, (count, 3)).astype(dtype)

    assert percentiles(values[:, 0], 0, 8, 75, 92, 100) == pytest.approx(
        np.percentile(values[:, 0], (0, 8, 75, 92, 100))
    )
    assert percentile_rows(values, 30) == pytest.approx(np.percentile(values, 30, axis=0))


@pytest.mark.parametrize("count", [1, 2, 5, 300])
def test_the_median_of_bytes_is_numpys(count: int) -> None:
    values = np.random.default_rng(count).integers(0, 256, (count, 3), dtype=np.uint8)
    for each in (values, values[:1], values[:, :2], values // 250):
        assert median_of_bytes(each) == np.median(each)
