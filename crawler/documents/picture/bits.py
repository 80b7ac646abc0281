"""Pictures of black and white, 64 points to a number: what goes on for long is found in a tenth of the time.

The results are those of OpenCV's rectangles, their borders and their anchors too: what is outside of a picture
neither wipes nor draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from crawler.documents.picture.page import Pixels

    Words = NDArray[np.uint64]

_WORD = 64
_ALL = np.uint64(2**64 - 1)


@dataclass(frozen=True, slots=True)
class Bits:
    """A picture: in `words` one row of it a row, its first point the lowest bit; beyond `width` all bits are 0."""

    words: Words
    width: int

    @property
    def pixels(self) -> Pixels:
        """0 and 255, a byte for each point."""
        own = np.unpackbits(self.words.view(np.uint8), axis=1, count=self.width, bitorder="little")
        return np.negative(own, out=own)

    def count(self) -> int:
        """How many points are set."""
        return int(self.counts().sum())

    def counts(self) -> NDArray[np.int64]:
        """How many points of each row are set."""
        return np.asarray(np.bitwise_count(self.words).sum(axis=1), dtype=np.int64)

    def any(self) -> bool:
        """Is one set?"""
        return bool(self.words.any())

    def __and__(self, other: Bits) -> Bits:
        """What is set in both."""
        return Bits(self.words & other.words, self.width)

    def __or__(self, other: Bits) -> Bits:
        """What is set in one of them."""
        return Bits(self.words | other.words, self.width)

    def __sub__(self, other: Bits) -> Bits:
        """What is set here and not there."""
        return Bits(self.words & ~other.words, self.width)

    def dilated(self, across: int, down: int) -> Bits:
        """With all points of the rectangle around each point set that is."""
        words = _beside(self.words, self.width, across, is_any=True)
        return Bits(_above(words, down, is_any=True), self.width)

    def eroded(self, across: int, down: int) -> Bits:
        """With those points whose rectangle is wholly set."""
        words = _above(self.words, down, is_any=False)
        return Bits(_beside(words, self.width, across, is_any=False), self.width)

    def opened(self, across: int, down: int) -> Bits:
        """What rectangles of that size, wholly set, come to."""
        return self.eroded(across, down).dilated(across, down)

    def closed(self, across: int, down: int) -> Bits:
        """With the gaps filled that no such rectangle goes into."""
        return self.dilated(across, down).eroded(across, down)


def packed(pixels: NDArray[Any]) -> Bits:
    """The picture whose points are set where these are not 0 (lines and columns)."""
    height, width = pixels.shape
    own = np.packbits(pixels, axis=1, bitorder="little")
    whole = np.zeros((height, -(-width // _WORD) * _WORD // 8), dtype=np.uint8)
    whole[:, : own.shape[1]] = own
    return Bits(whole.view(np.uint64), width)


def _above(words: Words, size: int, *, is_any: bool) -> Words:
    """For each point, is one of so many around it, above each other, set, or are all of them?"""
    if size == 1:
        return words
    height, count = words.shape
    before = size // 2
    room = np.full((height + size - 1, count), 0 if is_any else _ALL, dtype=np.uint64)
    room[before : before + height] = words
    join = np.bitwise_or if is_any else np.bitwise_and
    done = 1
    while done < size:
        more = min(done, size - done)
        room = join(room[:-more], room[more:])
        done += more
    return room


def _beside(words: Words, width: int, size: int, *, is_any: bool) -> Words:
    """The same of points beside each other."""
    if size == 1:
        return words
    height, count = words.shape
    # Between two rows there is as much room as is looked at: all rows are one.
    room = np.full((height + 1, count + -(-size // _WORD)), 0 if is_any else _ALL, dtype=np.uint64)
    room[1:, :count] = words
    last = np.uint64((1 << (width - 1) % _WORD + 1) - 1)
    if not is_any:
        room[1:, count - 1] |= ~last
    flat = room.ravel()
    done = 1
    while done < size:
        more = min(done, size - done)
        _join(flat, more, is_any=is_any)
        done += more
    found = np.full_like(flat, 0 if is_any else _ALL)
    words_up, bits_up = divmod(size // 2, _WORD)
    own = flat[: len(flat) - words_up]
    if bits_up:
        np.left_shift(own, np.uint64(bits_up), out=found[words_up:])
        found[words_up + 1 :] |= own[:-1] >> np.uint64(_WORD - bits_up)
    else:
        found[words_up:] = own
    rows = np.ascontiguousarray(found.reshape(room.shape)[1:, :count])
    rows[:, -1] &= last
    return rows


def _join(flat: Words, points: int, *, is_any: bool) -> None:
    """Joins each point of one long row with the one that lies so many points on."""
    words, bits = divmod(points, _WORD)
    ahead = flat[words:]
    if bits:
        moved = ahead[:-1] >> np.uint64(bits)
        moved |= ahead[1:] << np.uint64(_WORD - bits)
        ahead = moved
    own = flat[: len(ahead)]
    (np.bitwise_or if is_any else np.bitwise_and)(own, ahead, out=own)
