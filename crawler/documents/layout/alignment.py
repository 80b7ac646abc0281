"""The columns of a table without upright lines: where its words stand under one another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.layout.lines import line_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.documents.layout.ink import Word
    from crawler.documents.layout.lines import TextLine

    Columns = Sequence[tuple[float, float]]

JOINED = 0.4
"""Letters with less between them, in letter heights, are one part; cells keep more apart."""
APART = 1.0
BORDER = 0.12
_MANY = 2
_TOUCH = 0.35
_GROUP = re.compile(r"[（(][一二三四五六七八九十]{1,2}[)）]")
_ITEM = re.compile(r"\d{1,2}[.．、](?!\d)")
_INNER = re.compile(r"(?<=[^第])(?=[（(][一二三四五六七八九十]{1,2}[)）])|(?<=[)）])(?=\d{1,2}[.．、](?!\d))")
_BRACKETS = frozenset("（()）")
_LONGEST = 24
_HANGING = frozenset("，。、；：）”’》】,.;:)")
NUMBER = re.compile(r"[-−－+]?[\d０-９][\d０-９,，.．]*%?|〇|/|／|-|—|——|－|无")


class Part(NamedTuple):
    """Words of a line with hardly any space between: what stands in one cell."""

    left: float
    right: float
    text: str
    words: tuple[Word, ...]
    is_number: bool


class AlignedRow(NamedTuple):
    """One line of the page, as parts."""

    line: TextLine
    parts: tuple[Part, ...]
    numbers: int
    is_apart: bool


def row_of(line: TextLine, size: float) -> AlignedRow:
    """A line of text as its parts; `size` is the height of the page's letters."""
    words = list(line.words)
    # Labels that were set as one are told by the brackets around their numerals.
    has_brackets = not _BRACKETS.isdisjoint(line.text)
    if has_brackets:
        words = [piece for word in words for piece in _pieces(word)]
    if len(words) == 1:
        part = Part(line.left, line.right, words[0].text, tuple(words), NUMBER.fullmatch(words[0].text) is not None)
        return AlignedRow(line, (part,), int(part.is_number), is_apart=False)
    groups: list[list[Word]] = []
    is_apart = False
    right = words[0].left
    for number, word in enumerate(words):
        gap = word.left - right
        if groups and gap <= JOINED * size and not (has_brackets and _begins_label(words, number)):
            groups[-1].append(word)
        else:
            groups.append([word])
            is_apart = is_apart or gap > APART * size
        right = max(right, word.right)
    if len(groups) > _MANY:
        groups = [part for group in groups for part in _without_number(group, size)]
    parts = tuple(_part(group) for group in groups)
    return AlignedRow(line, parts, sum(part.is_number for part in parts), is_apart)


def _pieces(word: Word) -> list[Word]:
    """The word as two where the label of a group and that of its row were set as one."""
    found = _INNER.search(word.text) if len(word.text) < _LONGEST else None
    if found is None or not found.start():
        return [word]
    at = word.left + (word.right - word.left) * _advance(word.text[: found.start()]) / _advance(word.text)
    return [
        word._replace(right=at, text=word.text[: found.start()]),
        *_pieces(word._replace(left=at, text=word.text[found.start() :])),
    ]


def _advance(text: str) -> float:
    return sum(1.0 if ord(letter) > 0x2E7F else 0.5 for letter in text)  # noqa: PLR2004 (the first ideographic block)


def _begins_label(words: Sequence[Word], number: int) -> bool:
    """Does the numeral of a row's label begin here, close behind the label of its group?"""
    before, word = words[number - 1].text[-1], words[number].text
    if before in ")）":
        return word[0].isdigit() and _ITEM.match("".join(one.text for one in words[number : number + 3])) is not None
    return (
        word[0] in "（("
        and before != "第"
        and _GROUP.match("".join(one.text for one in words[number : number + 4])) is not None
    )


def _part(words: Sequence[Word]) -> Part:
    text = line_text(words)
    last = words[-1]
    right = last.right
    if text[-1] in _HANGING and len(text) > 1:
        # A mark at the end of a line may hang over the border of its cell.
        right = max(right - (last.bottom - last.top), words[0].left + 0.1)
    return Part(words[0].left, right, text, tuple(words), NUMBER.fullmatch(text.strip()) is not None)


def _without_number(words: list[Word], size: float) -> list[list[Word]]:
    """The words of a label, and the number that stands close behind them, as two."""
    first = len(words)
    while first > 0 and NUMBER.fullmatch(words[first - 1].text):
        first -= 1
    if not 0 < first < len(words) or words[first].left - words[first - 1].right < BORDER * size:
        return [words]
    return [words[:first], words[first:]]


def columns_of(rows: Sequence[AlignedRow]) -> list[tuple[float, float]]:
    """The columns as intervals of x: narrow parts first, so that what spans several joins none."""
    parts = sorted((part for row in rows for part in row.parts), key=lambda part: part.right - part.left)
    columns: list[tuple[float, float]] = []
    for part in parts:
        met = _met(part, columns)
        if not met:
            columns.append((part.left, part.right))
            columns.sort()
        elif len(met) == 1:
            left, right = columns[met[0]]
            columns[met[0]] = (min(left, part.left), max(right, part.right))
    return columns


def _met(part: Part, columns: Columns) -> list[int]:
    """The columns over which a part stands, by more than a touch."""
    touch = _TOUCH * (part.words[0].bottom - part.words[0].top)
    return [
        number
        for number, (left, right) in enumerate(columns)
        if min(part.right, right) - max(part.left, left) > min(touch, (part.right - part.left) / 2, (right - left) / 2)
    ]


def spanned(part: Part, columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The first and last column over which a part stands."""
    met = _met(part, columns)
    if not met:
        middle = (part.left + part.right) / 2
        nearest = min(range(len(columns)), key=lambda number: abs(columns[number][0] + columns[number][1] - 2 * middle))
        return nearest, nearest
    return met[0], met[-1]


def torn(row: AlignedRow, columns: Sequence[tuple[float, float]], size: float) -> AlignedRow:
    """The row with parts as several where they stand over several columns, with a little space at the border."""
    parts: list[Part] = []
    for part in row.parts:
        first, last = spanned(part, columns)
        if first == last or len(part.words) == 1:
            parts.append(part)
            continue
        groups: list[list[Word]] = []
        for word in part.words:
            if groups and not _is_border(groups[-1][-1], word, columns, size):
                groups[-1].append(word)
            else:
                groups.append([word])
        for group in groups:
            text = line_text(group)
            is_number = NUMBER.fullmatch(text.strip()) is not None
            parts.append(Part(group[0].left, group[-1].right, text, tuple(group), is_number))
    return row._replace(parts=tuple(parts), numbers=sum(part.is_number for part in parts))


def _is_border(before: Word, word: Word, columns: Sequence[tuple[float, float]], size: float) -> bool:
    if word.left - before.right < BORDER * size:
        return False
    return _column_of(before, columns) != _column_of(word, columns)


def _column_of(word: Word, columns: Sequence[tuple[float, float]]) -> int:
    middle = (word.left + word.right) / 2
    return min(
        range(len(columns)),
        key=lambda number: max(columns[number][0] - middle, middle - columns[number][1], 0.0),
    )


def first_value_column(rows: Sequence[AlignedRow], columns: Sequence[tuple[float, float]]) -> int:
    """The first of the columns that hold numbers."""
    numbers = [0] * len(columns)
    others = [0] * len(columns)
    for row in rows:
        for part in row.parts:
            first, last = spanned(part, columns)
            if first == last:
                (numbers if part.is_number else others)[first] += 1
    first = len(columns)
    for number in range(len(columns) - 1, -1, -1):
        if numbers[number] and numbers[number] >= others[number] / 4:
            first = number
        elif others[number] > 2 and not numbers[number]:  # noqa: PLR2004 (a column of labels)
            break
    return first


def without_stray(
    rows: Sequence[AlignedRow], columns: Sequence[tuple[float, float]], values: int
) -> tuple[list[tuple[float, float]], int]:
    """The columns without those of labels in which one part stands only: a gap within a line."""
    counts = [0] * len(columns)
    for row in rows:
        right = row.line.left
        for part in row.parts:
            first, last = spanned(part, columns)
            if first == last:
                # A part that stands clear of the one before it is a label of its own.
                is_clear = part.left - right > 1.5 * (part.words[0].bottom - part.words[0].top)
                counts[first] += 2 if is_clear else 1
            right = part.right
    kept = [number for number in range(len(columns)) if number >= values or counts[number] > 1]
    return [columns[number] for number in kept], sum(number < values for number in kept)


def fitting(part: Part, span: tuple[int, int], columns: Sequence[tuple[float, float]]) -> tuple[int, int]:
    """The one column, of those from the first to the last of `span`, with whose sides or middle a part agrees best."""
    best = min(
        range(span[0], span[1] + 1),
        key=lambda number: min(
            abs(columns[number][0] - part.left),
            abs(columns[number][1] - part.right),
            abs(columns[number][0] + columns[number][1] - part.left - part.right) / 2,
        ),
    )
    return best, best
