"""Pictures of 64 points to a number: what is found in them is what OpenCV finds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from crawler.documents.picture.bits import packed

SIZES = [(1, 1), (3, 1), (1, 3), (2, 2), (7, 7), (36, 1), (1, 29), (29, 13), (64, 1), (65, 4), (150, 1), (1, 90)]


@pytest.mark.parametrize("shape", [(1, 1), (40, 63), (41, 64), (9, 65), (70, 200), (80, 128)])
def test_rectangles_find_what_those_of_opencv_find(shape: tuple[int, int]) -> None:
    source = np.random.default_rng(shape[1])
    noise = cv2.blur(source.integers(0, 256, shape, dtype=np.uint8), (9, 3))
    for shade in (110, 128, 140):
        ink = np.where(noise > shade, 255, 0).astype(np.uint8)
        own = packed(ink)
        assert own.count() == cv2.countNonZero(ink)
        assert own.any() == ink.any()
        for across, down in SIZES:
            area = np.ones((down, across), np.uint8)
            assert (own.dilated(across, down).pixels == cv2.dilate(ink, area)).all()
            assert (own.eroded(across, down).pixels == cv2.erode(ink, area)).all()
            assert (own.opened(across, down).pixels == cv2.morphologyEx(ink, cv2.MORPH_OPEN, area)).all()
            closed = own.closed(across, down)
            assert (closed.pixels == cv2.morphologyEx(ink, cv2.MORPH_CLOSE, area)).all()
            assert closed.counts().tolist() == (closed.pixels > 0).sum(axis=1).tolist()


def test_two_pictures_are_joined_point_by_point() -> None:
    source = np.random.default_rng(0)
    one, other = (source.random((30, 100)) < 0.5 for _ in range(2))
    first, second = packed(one), packed(other)
    assert ((first | second).pixels == np.where(one | other, 255, 0)).all()
    assert ((first & second).pixels == np.where(one & other, 255, 0)).all()
    assert ((first - second).pixels == np.where(one & ~other, 255, 0)).all()
