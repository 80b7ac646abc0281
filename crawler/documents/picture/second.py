"""A second look at single cells: larger, and in several ways; what most readings say is settled."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import cv2
import numpy as np

from crawler.documents.picture.letters import Reading, at_height
from crawler.documents.picture.recogniser import recogniser
from crawler.documents.picture.wording import HARDLY, cell_reading, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.picture.page import Pixels

_DARKEST, _AGREED = (0.35, 0.42, 0.5), 2
"""Shares of a picture's contrast; at so many of them the same number must be read."""
_UNSURE = 0.85
"""The most that can be said of what was hardly legible at first: below SURE."""


def settled(cells: Sequence[tuple[Pixels | None, float, Reading]]) -> list[Reading]:
    """For each cell (its picture, the height of its print, its first reading) what all readings come to.

    The confidence is the share of the readings that agree, times the best of them.
    """
    variants = [list(_variants(picture, em)) if picture is not None else [] for picture, em, _ in cells]
    crops = [pixels for own in variants for pixels in own]
    letters = iter(recogniser().read(crops, [True] * len(crops)))
    answers = []
    for own, (_, _, first) in zip(variants, cells, strict=True):
        readings = [
            first,
            *(cell_reading(Reading(read.text, read.whole, read.least)) for read in (next(letters) for _ in own)),
        ]
        answers.append(_settled(readings))
    return _with_darkest(cells, answers)


def _with_darkest(cells: Sequence[tuple[Pixels | None, float, Reading]], answers: list[Reading]) -> list[Reading]:
    """The answers, with numbers for those that are none but are read as one where only the darkest points are left.

    What is left of a stamp's strokes is paler than print. Such a number is never sure.
    """
    places = [
        (place, picture)
        for place, ((picture, _, _), answer) in enumerate(zip(cells, answers, strict=True))
        if picture is not None and not is_number(answer.text)
    ]
    crops = [crop for _, picture in places for crop in _darkest(picture)]
    letters = iter(recogniser().read(crops, [True] * len(crops)))
    for place, _ in places:
        own = [cell_reading(Reading(read.text, read.whole, read.least)) for read in (next(letters) for _ in _DARKEST)]
        texts = Counter(reading.text for reading in own if is_number(reading.text))
        text, count = texts.most_common(1)[0] if texts else ("", 0)
        if count >= _AGREED:
            best = max((reading for reading in own if reading.text == text), key=lambda reading: reading.confidence)
            answers[place] = best._replace(confidence=min(best.confidence, _UNSURE))
    return answers


def _darkest(picture: Pixels) -> Iterator[Pixels]:
    """The cell's picture at twice its size without what is paler than each share of its contrast."""
    low = float(np.percentile(picture, 1))
    for share in _DARKEST:
        kept = np.where(picture < low + share * (255 - low), picture, 255).astype(np.uint8)
        yield at_height(cv2.resize(kept, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def _settled(readings: Sequence[Reading]) -> Reading:
    weights: Counter[str] = Counter()
    for reading in readings:
        weights[reading.text] += reading.confidence  # type: ignore[assignment]
    text, weight = weights.most_common(1)[0]
    share = weight / (sum(weights.values()) or 1.0)
    best = max(reading.confidence for reading in readings if reading.text == text)
    least = max(reading.least for reading in readings if reading.text == text)
    most = 1.0 if readings[0].confidence >= HARDLY else _UNSURE
    return Reading(text, min(best * share, most), least)


def _variants(picture: Pixels, em: float) -> Iterator[Pixels]:
    """The cell's picture at twice its size: as it is, sharper, blacker, wider, with more ground around it."""
    height, width = picture.shape
    double = cv2.resize(picture, (2 * width, 2 * height), interpolation=cv2.INTER_CUBIC)
    yield at_height(double)
    soft = cv2.GaussianBlur(double, (0, 0), 2.0)
    yield at_height(cv2.addWeighted(double, 1.8, soft, -0.8, 0))
    _, black = cv2.threshold(cv2.GaussianBlur(double, (3, 3), 0), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield at_height(black)
    room = max(round(em * 0.5), 2)
    roomy = cv2.copyMakeBorder(double, room // 2, room // 2, room, room, cv2.BORDER_CONSTANT, value=(255.0,))
    yield at_height(roomy)
    fitted = at_height(double)
    yield cv2.resize(fitted, (round(fitted.shape[1] * 1.25), len(fitted)), interpolation=cv2.INTER_CUBIC)
    yield at_height(np.asarray(cv2.medianBlur(picture, 3)))
