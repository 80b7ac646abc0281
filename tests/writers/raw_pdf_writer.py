"""PDFs as drivers, converters and office programs of all kinds write them: the same pages, put down otherwise.

Letters by themselves or a cell's line at once, kerned, condensed, spaced, drawn twice to look bold; lines as
strokes, thin areas, boxes of cells, or what white cells leave of a black ground; in any order, without spaces.
"""

from __future__ import annotations

import io
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.writers.paginated import paginated, random_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from crawler.simulator.made_up import MadeUpReport
    from tests.writers.paginated import Frame, Letter, Run, Setting

_POINT = 72 / 25.4
_FONT = "STSong-Light"
_BORDER = 0.5
_BOLD = 0.35


def write_raw_pdf(report: MadeUpReport, random: Random) -> bytes:
    """The report with one way of setting text and one of drawing lines."""
    setting = random_setting(random)
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(setting.width * _POINT, setting.height * _POINT))
    canvas.setFont(_FONT, 9)
    font = canvas._doc.getInternalFontName(_FONT)  # noqa: SLF001 (reportlab writes no such text itself)
    write = _Text(font, setting, random)
    set_run = random.choice((write.letters, write.lines, write.kerned, write.spaced, write.condensed))
    draw = random.choice((_strokes, _thin_areas, _cell_boxes, _four_sides, _white_on_black))
    is_bold, is_shuffled = random.randrange(4) == 0, random.randrange(3) == 0
    for page in paginated(report, random, setting):
        lines = list(draw(page.frames, setting.height))
        words = [text for run in page.runs for text in set_run(run)]
        if is_bold:
            words = [twice for text in words for twice in (text, f"q 1 0 0 1 {_BOLD} 0 cm {text} Q")]
        if is_shuffled:
            random.shuffle(words)
        # White cells lie on the ground that they leave a border of, and the text on them.
        canvas._code += [*lines, *words] if draw is _white_on_black or random.randrange(2) else [*words, *lines]  # noqa: SLF001
        canvas.showPage()
        canvas.setFont(_FONT, 9)
    canvas.save()
    return out.getvalue()


class _Text:
    """Ways to set a run of letters."""

    def __init__(self, font: str, setting: Setting, random: Random) -> None:
        self.font = font
        self.height = setting.height
        self.random = random

    def letters(self, run: Run) -> Iterator[str]:
        """Each letter by itself, spaces left out."""
        return (self._shown(letter, run.size, f"<{_code(letter)}> Tj") for letter in run.letters if letter.text != " ")

    def lines(self, run: Run) -> Iterator[str]:
        """A line of a cell at once, every letter moved to its place."""
        yield self._array(run, lambda: 0.0)

    def kerned(self, run: Run) -> Iterator[str]:
        """As a justified text: every letter a little off its place, in pieces of any length."""
        yield self._array(run, partial(self.random.uniform, -30.0, 30.0))

    def spaced(self, run: Run) -> Iterator[str]:
        """With one distance between all letters of the line."""
        advances = [after.x - before.x for before, after in pairwise(run.letters)]
        widths = [_width(letter, run.size) for letter in run.letters[:-1]]
        gap = (sum(advances) - sum(widths)) / len(widths) * _POINT if widths else 0.0
        codes = "".join(map(_code, run.letters))
        yield self._shown(run.letters[0], run.size, f"{gap:.3f} Tc <{codes}> Tj")

    def condensed(self, run: Run) -> Iterator[str]:
        """Scaled in width until the line has its length."""
        first, last = run.letters[0], run.letters[-1]
        natural = sum(_width(letter, run.size) for letter in run.letters)
        share = 100 * (last.x + last.width - first.x) / natural
        yield self._shown(first, run.size, f"{share:.2f} Tz <{''.join(map(_code, run.letters))}> Tj")

    def _array(self, run: Run, slip: Callable[[], float]) -> str:
        parts = []
        for before, after in pairwise(run.letters):
            # In thousandths of the size, to the left.
            kern = 1000 * (_width(before, run.size) - (after.x - before.x)) / run.size
            parts.append(f"<{_code(before)}> {kern + slip():.1f}")
        return self._shown(run.letters[0], run.size, f"[{' '.join(parts)} <{_code(run.letters[-1])}>] TJ")

    def _shown(self, first: Letter, size: float, text: str) -> str:
        x, y = first.x * _POINT, (self.height - first.y) * _POINT
        return f"q BT /{self.font[1:]} {size * _POINT:.3f} Tf {x:.3f} {y:.3f} Td {text} ET Q"


def _code(letter: Letter) -> str:
    return letter.text.encode("utf-16-be").hex()


def _width(letter: Letter, size: float) -> float:
    """In millimetres, as the font has it."""
    return float(pdfmetrics.stringWidth(letter.text, _FONT, size))


def _corners(frame: Frame, height: float) -> tuple[float, float, float, float]:
    left, top, right, bottom = frame
    return left * _POINT, (height - bottom) * _POINT, right * _POINT, (height - top) * _POINT


def _strokes(frames: list[Frame], height: float) -> Iterator[str]:
    sides = {tuple(round(each, 2) for each in side) for frame in frames for side in _sides(frame, height)}
    yield from (f"{_BORDER} w {a} {b} m {c} {d} l S" for a, b, c, d in sorted(sides))


def _four_sides(frames: list[Frame], height: float) -> Iterator[str]:
    yield from (
        f"{_BORDER} w {a:.3f} {b:.3f} m {c:.3f} {d:.3f} l S" for each in frames for a, b, c, d in _sides(each, height)
    )


def _thin_areas(frames: list[Frame], height: float) -> Iterator[str]:
    for frame in frames:
        for a, b, c, d in _sides(frame, height):
            width, tall = (c - a, _BORDER) if b == d else (_BORDER, d - b)
            yield f"{a - _BORDER / 2:.3f} {b - _BORDER / 2:.3f} {width:.3f} {tall:.3f} re f"


def _cell_boxes(frames: list[Frame], height: float) -> Iterator[str]:
    for frame in frames:
        left, bottom, right, top = _corners(frame, height)
        yield f"{_BORDER} w {left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re S"


def _white_on_black(frames: list[Frame], height: float) -> Iterator[str]:
    corners = [_corners(frame, height) for frame in frames]
    for left, bottom, right, top in corners:
        yield f"0 g {left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re f"
    for left, bottom, right, top in corners:
        inner = (left + _BORDER, bottom + _BORDER, right - left - 2 * _BORDER, top - bottom - 2 * _BORDER)
        yield "1 g {:.3f} {:.3f} {:.3f} {:.3f} re f 0 g".format(*inner)


def _sides(frame: Frame, height: float) -> Iterator[tuple[float, float, float, float]]:
    left, bottom, right, top = _corners(frame, height)
    yield from ((left, bottom, right, bottom), (left, top, right, top))
    yield from ((left, bottom, left, top), (right, bottom, right, top))
