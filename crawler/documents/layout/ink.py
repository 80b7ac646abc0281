"""What a reader of a fixed-layout format sees on a page: words, ruling lines and pictures, each in its box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Word(NamedTuple):
    """Characters that were set together. The box is in the page's units, from its upper left corner.

    `confidence` is below 1 only where the text was recognised from a picture.
    """

    left: float
    top: float
    right: float
    bottom: float
    text: str
    confidence: float = 1.0


class Ruling(NamedTuple):
    """A straight line that was drawn: as good as flat in one direction (`left == right` or `top == bottom`).

    A filled rectangle is its four sides, a thin one its middle line.
    """

    left: float
    top: float
    right: float
    bottom: float


class InkPicture(NamedTuple):
    """A picture on a page and its encoded bytes, None where they cannot be had."""

    left: float
    top: float
    right: float
    bottom: float
    data: bytes | None


@dataclass(frozen=True, slots=True)
class InkPage:
    """One page as printed, already turned upright. `number` counts from 1."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]
    rulings: tuple[Ruling, ...] = ()
    pictures: tuple[InkPicture, ...] = ()
