"""A PDF as OFD, object by object: the letters and lines of another program's layout, in our own package."""

from __future__ import annotations

import ctypes
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from tests.writers.ofd_writer import Habits, package

if TYPE_CHECKING:
    from collections.abc import Iterator

POINT = 25.4 / 72
HABITS = Habits(
    prefix="ofd:", root="Doc_0/", has_template=False, numbers_pages=False, nests_blocks=False, origin=(0, 0)
)
_LINE, _CURVE, _MOVE = 0, 1, 2


class Letter(NamedTuple):
    """A character: its place on the baseline, its right end and its size, in millimetres from the upper left.

    `holder` is the PDF's own text object, as a number.
    """

    x: float
    y: float
    right: float
    size: float
    text: str
    holder: int


def ofd_of_pdf(data: bytes) -> bytes:
    """The pages of a PDF as a converter would write them: letters at their places, paths as they are."""
    document = pdfium.PdfDocument(data)
    contents = []
    sizes = []
    for page in document:
        width, height = page.get_size()
        sizes.append((width * POINT, height * POINT))
        contents.append([*_paths(page, height), *_texts(page, height)])
    document.close()
    return package(contents, HABITS, *sizes[0])


def _texts(page: pdfium.PdfPage, height: float) -> Iterator[str]:
    held: list[Letter] = []
    for letter in _letters(page, height):
        if held and (
            letter.holder != held[-1].holder
            or abs(letter.y - held[-1].y) > 0.01
            or letter.size != held[-1].size
            or letter.x < held[-1].x
        ):
            yield _text_object(held)
            held = []
        held.append(letter)
    if held:
        yield _text_object(held)


def _letters(page: pdfium.PdfPage, height: float) -> Iterator[Letter]:
    text_page = page.get_textpage()
    x, y = ctypes.c_double(), ctypes.c_double()
    for number in range(text_page.count_chars()):
        text = chr(raw.FPDFText_GetUnicode(text_page, number))
        if text.isspace() or not text.isprintable():
            continue
        raw.FPDFText_GetCharOrigin(text_page, number, x, y)
        size = raw.FPDFText_GetFontSize(text_page, number)
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text_page, number, matrix)
        _, _, right, _ = text_page.get_charbox(number, loose=True)
        holder = raw.FPDFText_GetTextObject(text_page, number)
        yield Letter(
            x.value * POINT,
            (height - y.value) * POINT,
            right * POINT,
            round(size * abs(matrix.d) * POINT, 4),
            text,
            ctypes.cast(holder, ctypes.c_void_p).value or 0,
        )


def _text_object(letters: list[Letter]) -> str:
    first = letters[0]
    deltas = " ".join(f"{after.x - before.x:.4f}" for before, after in pairwise(letters))
    width = max(letter.right for letter in letters) - first.x
    text = escape("".join(letter.text for letter in letters))
    boundary = f"{first.x:.4f} {first.y - first.size:.4f} {width:.4f} {first.size * 1.2:.4f}"
    return (
        f'<TextObject ID="7" Boundary="{boundary}"'
        f' Font="3" Size="{first.size}"><TextCode X="0" Y="{first.size}" DeltaX="{deltas}">{text}</TextCode>'
        "</TextObject>"
    )


def _paths(page: pdfium.PdfPage, height: float) -> Iterator[str]:
    for each in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=1):
        mode, strokes = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(each, mode, strokes)
        matrix = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(each, matrix)
        # The page's y axis runs upwards, ours downwards.
        ctm = (
            matrix.a * POINT,
            -matrix.b * POINT,
            matrix.c * POINT,
            -matrix.d * POINT,
            matrix.e * POINT,
            (height - matrix.f) * POINT,
        )
        width = ctypes.c_float()
        raw.FPDFPageObj_GetStrokeWidth(each, width)
        yield (
            f'<PathObject ID="6" Boundary="0 0 1000 1000" CTM="{" ".join(f"{part:.6f}" for part in ctm)}"'
            f' LineWidth="{width.value * POINT:.4f}" Fill="{str(bool(mode.value)).lower()}"'
            f' Stroke="{str(bool(strokes.value)).lower()}">'
            f"{_color(each, raw.FPDFPageObj_GetFillColor, 'FillColor')}"
            f"{_color(each, raw.FPDFPageObj_GetStrokeColor, 'StrokeColor')}"
            f"<AbbreviatedData>{' '.join(_segments(each))}</AbbreviatedData></PathObject>"
        )


def _color(each: pdfium.PdfObject, ask: object, name: str) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    ask(each, *parts)
    return f'<{name} Value="{parts[0].value} {parts[1].value} {parts[2].value}"/>'


def _segments(each: pdfium.PdfObject) -> Iterator[str]:
    x, y = ctypes.c_float(), ctypes.c_float()
    curve: list[str] = []
    for number in range(raw.FPDFPath_CountSegments(each)):
        segment = raw.FPDFPath_GetPathSegment(each, number)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        place = f"{x.value:.4f} {y.value:.4f}"
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == _CURVE:
            curve.append(place)
            if len(curve) == 3:
                yield f"B {' '.join(curve)}"
                curve = []
        else:
            yield f"{'M' if kind == _MOVE else 'L'} {place}"
        if raw.FPDFPathSegment_GetClose(segment):
            yield "C"
