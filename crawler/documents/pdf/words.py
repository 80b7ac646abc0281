"""Pieces of text to words in their boxes: torn where they hold wide gaps, in plain characters, each once."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from ctypes import byref, c_double
from typing import TYPE_CHECKING

from crawler.documents.layout import Word
from crawler.documents.pdf import native
from crawler.documents.pdf.frame import turns_of_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.documents.pdf.frame import Frame
    from crawler.documents.pdf.native import Handle
    from crawler.documents.pdf.objects import PageObjects, Piece

# Fonts subset by their glyphs give radicals for the ideographs that look alike, and ligatures.
_COMPATIBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]")
_RADICALS = {
    "⺠": "民", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻓": "长", "⻔": "门", "⻘": "青", "⻚": "页",
    "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤",
    "⻨": "麦", "⻩": "黄", "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟", "⻄": "西", "⻁": "虎", "⺟": "母",
    "⺎": "兀", "⺁": "厂", "⺅": "亻", "⺈": "刀", "⺌": "小", "⺐": "尢", "⺗": "心", "⺝": "月", "⺫": "目",
    "⻊": "足", "⻎": "辶", "⻏": "邑", "⻑": "長", "⻙": "韦", "⻟": "饣", "⻌": "辶", "⺼": "肉", "⻞": "食",
    "⺻": "聿", "⺶": "羊", "⻯": "竜", "⻪": "黾", "⻫": "斉", "⻭": "歯", "⻱": "亀", "⺢": "水",
}  # fmt: skip
"""CJK radicals that have no compatibility decomposition, by the ideograph they look like."""
_CLOSING = frozenset("，。、；：）”’》】〉」』！？")
_ROOM = 1.2
_SLACK = 0.8
_TALL = 1.9
_SMALL = 3.0
_LARGE = 12.0
_MIN_GAP = 0.75
_SPACED_DIGITS = re.compile(r"[\d.,] [\d.,]")
_DIGIT_STEP = 0.9
"""From one digit of a spaced number to the next, in letter heights; between two numbers it is more."""
_DOUBLE = 0.22


def main_turns(found: PageObjects) -> int | None:
    """The quarter turns that make most of the text upright; None where there is no text."""
    if not found.is_turned:
        return 0 if found.texts else None
    counts: dict[int, int] = {}
    for (_, _, _, _, a, b, *_), text, _ in found.pieces:
        turns = turns_of_text(a, b)
        if turns is not None:
            counts[turns] = counts.get(turns, 0) + len(text)
    return max(counts, key=lambda key: counts[key]) if counts else None


def words_of(found: PageObjects, frame: Frame, text_page: Handle) -> list[Word]:
    """The words of a page. Slanting text (watermarks) and text beyond the page's edge is left out."""
    words: list[Word] = []
    width, height = frame.size
    page_top, is_turned = frame.top, found.is_turned or frame.turns != 0
    odd = frozenset(_COMPATIBLE.findall(found.text))
    new = tuple.__new__
    for piece in found.pieces if is_turned or not frame.left else _shifted(found, frame.left):
        (left, bottom, right, top, a, b, _, scale, x, y, size), text, address = piece
        em = abs(size * scale)
        if is_turned:
            turns = turns_of_text(a, b)
            if turns is None:
                continue
            x, y = frame.upright(x, y)
            left, top, right, bottom = frame.box(left, bottom, right, top)
            if turns != frame.turns:
                words.append(Word(left, top, right, bottom, plain(text)))
                continue
        else:
            y, top, bottom = page_top - y, page_top - top, page_top - bottom
        if right < 0 or bottom < 0 or left > width or top > height:
            continue
        if " " in text or (odd and not odd.isdisjoint(text)):
            text = _with_close_digits(plain(text), found.starts[address], text_page, em)
        ink, across, count = bottom - top, right - left, len(text)
        if ink > _SMALL * em or (em > _LARGE * ink and em > _LARGE * across / count):
            # Type 3 fonts may count their size in any unit.
            em, y = ink, bottom
        if count > 1 and (ink > _TALL * em or across > (_advance(text) * _ROOM + _SLACK) * em):
            words.extend(_torn(address, found.starts[address], frame, text_page, em))
            continue
        if text[-1] in _CLOSING:
            right = max(right, min(x + _advance(text) * em, right + 0.6 * em))
        words.append(new(Word, (x if left - em < x < right else left, y - 0.88 * em, right, y + 0.12 * em, text, 1.0)))
    return _without_doubles(words)


def _shifted(found: PageObjects, by: float) -> Iterator[Piece]:
    """The pieces of text of a page whose left edge is not at 0."""
    for (left, bottom, right, top, a, b, c, scale, x, y, size), text, address in found.pieces:
        yield (left - by, bottom, right - by, top, a, b, c, scale, x - by, y, size), text, address


def _advance(text: str) -> float:
    """The width that a text takes, in letter heights."""
    return 0.5 * len(text) if text.isascii() else len(text)


def _with_close_digits(text: str, start: int, text_page: Handle, em: float) -> str:
    """The text without the spaces that pdfium put where digits of one number are set a little apart."""
    if _SPACED_DIGITS.search(text) is None:
        return text
    kept = []
    for place, letter in enumerate(text):
        if (
            letter == " "
            and _SPACED_DIGITS.match(text, place - 1) is not None
            and native.character(text_page, start + place + 1) == ord(text[place + 1])
            and native.is_generated(text_page, start + place) == 1
            and _distance(text_page, start + place - 1, start + place + 1) < _DIGIT_STEP * em
        ):
            continue
        kept.append(letter)
    return "".join(kept)


def _distance(text_page: Handle, one: int, other: int) -> float:
    """How far apart two characters begin."""
    x, y, at, level = c_double(), c_double(), c_double(), c_double()
    native.character_origin(text_page, one, byref(x), byref(y))
    native.character_origin(text_page, other, byref(at), byref(level))
    return max(abs(at.value - x.value), abs(level.value - y.value))


def _without_doubles(words: list[Word]) -> list[Word]:
    """The words without those that were drawn a second time at the same place, to look bold or shaded."""
    # Whole numbers are told apart in less time than fractions; around zero, some more are taken as one.
    with suppress(ValueError, OverflowError):
        if len({(text, int(0.25 * left), int(0.25 * top)) for left, top, _, _, text, _ in words}) == len(words):
            return words
    if len({(text, left // 4, top // 4) for left, top, _, _, text, _ in words}) == len(words):
        return words
    kept: list[Word] = []
    seen: dict[str, list[tuple[float, float]]] = {}
    for word in words:
        left, top, _, bottom, text, _ = word
        near = _DOUBLE * (bottom - top)
        others = seen.setdefault(text, [])
        for x, y in others:
            if abs(top - y) < near and abs(left - x) < near:
                break
        else:
            others.append((left, top))
            kept.append(word)
    return kept


def plain(text: str) -> str:
    """The text with ideographs for radicals and letters for ligatures."""
    if _COMPATIBLE.search(text) is None:
        return text
    return "".join(
        _RADICALS.get(character, unicodedata.normalize("NFKC", character))
        if _COMPATIBLE.match(character)
        else character
        for character in text
    )


def _torn(address: int, start: int, frame: Frame, text_page: Handle, em: float) -> Iterator[Word]:
    """The words of a piece that holds gaps, or runs downwards: by the boxes of its characters."""
    held: list[Word] = []
    for box in _characters(address, start, frame, text_page, em):
        if held:
            before = held[-1]
            overlap = min(before.bottom, box.bottom) - max(before.top, box.top)
            if box.left - before.right > _MIN_GAP * em or overlap < 0.5 * em:
                yield _whole(held)
                held = []
        held.append(box)
    if held:
        yield _whole(held)


def _whole(characters: Sequence[Word]) -> Word:
    text = ""
    right = characters[0].right
    for box in characters:
        if box.left - right > 0.3 * (box.bottom - box.top) and (text[-1:].isascii() or box.text.isascii()):
            text += " "
        text += box.text
        right = box.right
    first = characters[0]
    return Word(first.left, min(box.top for box in characters), right, max(box.bottom for box in characters), text)


def _characters(address: int, start: int, frame: Frame, text_page: Handle, em: float) -> Iterator[Word]:
    sides = [c_double() for _ in range(4)]
    left, right, bottom, top = sides
    x, y = c_double(), c_double()
    missed = 0
    for number in range(start, native.count_characters(text_page)):
        if native.character_object(text_page, number) != address:
            missed += 1
            if missed > 4:  # noqa: PLR2004 (a break that pdfium added)
                return
            continue
        missed = 0
        code = native.character(text_page, number)
        if code <= 0x20 or code == 0xA0 or not native.character_box(text_page, number, *map(byref, sides)):  # noqa: PLR2004 (controls, blanks)
            continue
        native.character_origin(text_page, number, byref(x), byref(y))
        box = frame.box(left.value, bottom.value, right.value, top.value)
        origin_x, origin_y = frame.upright(x.value, y.value)
        begin = origin_x if box[0] - em < origin_x < box[2] else box[0]
        middle = (box[1] + box[3]) / 2
        if not box[1] - em < origin_y < box[3] + em:
            origin_y = middle + 0.38 * em
        text = plain(chr(code))
        yield Word(begin, origin_y - 0.88 * em, max(box[2], begin + 0.1 * em), origin_y + 0.12 * em, text)
