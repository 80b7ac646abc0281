"""Lines of text to paragraphs, by what a compositor does: indents, short last lines, wider gaps."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from storage.forms import read_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.lines import TextLine

_ITEM = re.compile(
    r"\s*(?:第?[一二三四五六七八九十]{1,3}(?:部分|章|、|[.．])|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．](?!\d))"
)
_TITLE = re.compile(r"[^。；：，]{,20}\d{4}[^。；：，]{1,30}报告")
_STOPS = tuple("。；：！？”…）:;!?)")
_SIZE_STEP = 1.12
_PITCH_STEP = 1.32
_INDENT = 1.1
_FAR = 4.0
_TITLE_STEP = 1.15
_FULL = 0.8
_LONGEST_HEADING = 40


class Measure(NamedTuple):
    """Where the lines of a column of text begin and end, how far apart they stand, how high their letters are."""

    left: float
    right: float
    pitch: float
    size: float


class TextBlock(NamedTuple):
    """A paragraph: its lines' texts as one, the first and the last line."""

    text: str
    first: TextLine
    last: TextLine


def measure_of(lines: Sequence[TextLine], size: float) -> Measure:
    """The measure of the lines of one column on one page."""
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    pitches = [
        after.bottom - before.bottom
        for before, after in pairwise(lines)
        if size < after.bottom - before.bottom < 3 * size
    ]
    return Measure(left, right, median(pitches) if pitches else 1.6 * size, size)


def paragraphs_of(lines: Sequence[TextLine], measure: Measure) -> list[TextBlock]:
    """The paragraphs of lines that stand below one another."""
    blocks: list[TextBlock] = []
    for line in lines:
        if blocks and (
            not begins_paragraph(blocks[-1].last, line, measure, is_same_page=True)
            or _is_title_line(blocks[-1].last, line, measure)
        ):
            blocks[-1] = continued(blocks[-1], TextBlock(line.text, line, line))
        else:
            blocks.append(TextBlock(line.text, line, line))
    return blocks


def continued(block: TextBlock, following: TextBlock) -> TextBlock:
    """One paragraph of two halves."""
    is_latin = block.text[-1:].isascii() and following.text[:1].isascii() and block.text[-1:].isalpha()
    return TextBlock(block.text + (" " if is_latin else "") + following.text, block.first, following.last)


def _is_title_line(before: TextLine, line: TextLine, measure: Measure) -> bool:
    """Are both lines of one title: larger than the text, in the middle, the first one full?"""
    own, other = line.bottom - line.top, before.bottom - before.top
    middle = (measure.left + measure.right) / 2
    return (
        min(own, other) > measure.size * _TITLE_STEP
        and max(own, other) < min(own, other) * _SIZE_STEP
        and line.top - before.bottom < 1.5 * own
        and abs(line.left + line.right - 2 * middle) < 2 * own
        and before.right - before.left > _FULL * (measure.right - measure.left)
        and _ITEM.match(line.text) is None
    )


def begins_paragraph(before: TextLine, line: TextLine, measure: Measure, *, is_same_page: bool) -> bool:
    """Is the line the first of a paragraph, and not the next of the line before?"""
    size = max(before.bottom - before.top, 0.01)
    own = line.bottom - line.top
    return (
        own > size * _SIZE_STEP
        or size > own * _SIZE_STEP
        or (is_same_page and line.bottom - before.bottom > max(measure.pitch, size * 1.2) * _PITCH_STEP)
        or (line.left > before.left + _INDENT * size and line.left > measure.left + _INDENT * size)
        or before.left > measure.left + _FAR * size
        or _is_heading(before)
        or _is_title(before, measure)
        or (before.words[-1].text.endswith(_STOPS) and _ITEM.match(line.text) is not None)
        or measure.right - before.right > _first_width(line, line.text, size) + 1.3 * size
    )


def _is_heading(line: TextLine) -> bool:
    """A heading of the form is a paragraph, though it may fill its line."""
    heading = read_heading(line.text) if len(line.words) < _LONGEST_HEADING else None
    return heading is not None and heading.is_official and heading.numeral is not None


def _is_title(line: TextLine, measure: Measure) -> bool:
    """A title that was set no larger than the text stands in the middle of its line, with room on both sides."""
    left, right = line.left - measure.left, measure.right - line.right
    size = line.bottom - line.top
    return min(left, right) > size and abs(left - right) < size and _TITLE.fullmatch(line.text) is not None


def _first_width(line: TextLine, text: str, size: float) -> float:
    """The width of what could not be parted from the line's begin: one ideograph, or a number or Latin word."""
    count = 0
    for character in text:
        if not character.isascii() or character == " ":
            break
        count += 1
    return min(count * 0.55 * size, line.right - line.left) if count else size
