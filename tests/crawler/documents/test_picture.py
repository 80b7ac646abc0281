"""Pictures: what is read of a drawn table, however it is stored, turned and worn; and what is refused."""

from __future__ import annotations

import random
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.model import CellPlace, Document, Table
from crawler.documents.picture import SURE, PageImage, read_picture, recognise
from crawler.documents.picture.letters import Reading
from crawler.documents.picture.second import settled
from storage.errors import UnreadableError
from storage.report import DoubtKind
from tests.writers.picture_writer import FONT_FILES, SC_FACE, Wear, as_jpeg, drawn_table, encoded, worn

ROWS = (
    ("信息内容", "本年新收", "结转下年", "总计"),
    ("行政许可决定数量", "0", "16", "16"),
    ("行政处罚决定数量", "382", "", "10\n4598"),
    ("行政事业性收费", "0", "6", "60.85"),
)
READ = [[text.replace("\n", "") for text in row] for row in ROWS]
WIDTHS = (360, 180, 180, 140)
MOST_SEALED = 1
"""Cells that a grey seal may make illegible where one of its letters lies on a digit: it lies over six."""


@pytest.fixture(scope="module")
def table() -> Image.Image:
    return drawn_table(ROWS, widths=WIDTHS)


def read_rows(document: Document) -> list[list[str]]:
    (found,) = (block for block in document.blocks if isinstance(block, Table))
    return [[cell.text for cell in row] for row in found.rows]


def test_every_cell_of_a_table_stands_at_its_place_and_a_number_on_two_lines_is_one(table):
    assert read_rows(read_picture(encoded(table))) == READ


def test_a_blank_cell_is_blank_and_a_recognised_one_is_never_wholly_certain(table):
    document = read_picture(encoded(table))

    (found,) = (block for block in document.blocks if isinstance(block, Table))
    sure = {cell.text: cell.confidence for row in found.rows for cell in row}
    assert all(SURE < confidence < 1 for text, confidence in sure.items() if text.isdecimal())
    assert sure[""] == 1


STORED = {
    "palette": lambda image: encoded(image.convert("P")),
    "one bit": lambda image: encoded(image.convert("1", dither=Image.Dither.NONE)),
    "grey": lambda image: encoded(image.convert("L"), "BMP"),
    "16 bits": lambda image: encoded(Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)),
    "CMYK": lambda image: encoded(image.convert("CMYK"), "JPEG", quality=90),
    "TIFF": lambda image: encoded(image, "TIFF", compression="tiff_lzw"),
    "WEBP": lambda image: encoded(image, "WEBP"),
    "GIF": lambda image: encoded(image, "GIF"),
    "animated": lambda image: encoded(
        image, "GIF", save_all=True, append_images=[Image.new("RGB", image.size, "white")], duration=100
    ),
    "black on transparent": lambda image: encoded(_transparent(image)),
    "turned by EXIF": lambda image: encoded(image.rotate(90, expand=True), "JPEG", exif=_exif(6)),
}


def _transparent(image: Image.Image) -> Image.Image:
    drawn = Image.new("RGBA", image.size, (0, 0, 0, 0))
    drawn.putalpha(Image.eval(image.convert("L"), lambda value: 255 - value))
    return drawn


def _exif(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


@pytest.mark.parametrize("kind", STORED)
def test_it_does_not_matter_how_the_picture_is_stored(table, kind):
    assert read_rows(read_picture(STORED[kind](table))) == READ


@pytest.mark.parametrize("degrees", [1, -1, 2.5, 90, 180, 270])
def test_a_page_that_lies_askew_on_its_side_or_head_is_put_upright(table, degrees):
    turned = table.rotate(degrees, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)

    assert read_rows(read_picture(encoded(turned))) == READ


def test_a_red_seal_over_the_table_hides_no_number():
    source = random.Random(5)
    page = Image.new("RGB", (1240, 1754), "white")
    page.paste(drawn_table(ROWS * 5, widths=(400, 200, 200, 160)), (60, 40))
    pixels = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])

    sealed = worn(pixels, Wear(degrees=0.4, blur=0.5, noise=3, has_stamp=True), source, 150)

    assert read_rows(read_picture(as_jpeg(sealed, 75, 150))) == READ * 5


@pytest.mark.parametrize(("place", "most"), [(3, 0), (4, 0), (5, MOST_SEALED)])
def test_of_a_table_below_a_grey_seal_every_wrong_number_is_unsure_and_no_cell_is_lost(place, most):
    source = random.Random(place)
    page = Image.new("RGB", (1240, 1754), "white")
    page.paste(drawn_table(ROWS * 5, widths=(400, 200, 200, 160)), (60, 40))
    pixels = np.ascontiguousarray(np.asarray(page)[:, :, ::-1])
    wear = Wear(degrees=0.4, blur=0.5, noise=3, has_stamp=True, is_grey=True)

    document = read_picture(as_jpeg(worn(pixels, wear, source, 150), 75, 150))

    (found,) = (block for block in document.blocks if isinstance(block, Table))
    cells = [cell for row in found.rows for cell in row]
    expected = [text for row in READ * 5 for text in row]
    assert len(cells) == len(expected)
    assert not [
        cell for cell, text in zip(cells, expected, strict=True) if cell.text != text and cell.confidence >= SURE
    ]
    assert sum(cell.text != text for cell, text in zip(cells, expected, strict=True)) <= most


def test_labels_set_downwards_do_not_turn_the_page():
    downwards = tuple("\n".join(text) for text in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    rows = (downwards, ("0", "66862", "6", "5", "66873"), downwards, ("4", "0", "8", "0", "12"))

    found = read_rows(read_picture(encoded(drawn_table(rows, widths=(60, 130, 60, 60, 130)))))

    assert found == [[text.replace("\n", "") for text in row] for row in rows]


def test_the_frames_of_a_tiff_are_pages(table):
    other = drawn_table((("规章", "7"), ("行政规范性文件", "19"), ("总计", "26")), widths=(300, 140))

    document = read_picture(encoded(table, "TIFF", save_all=True, append_images=[other]))

    places = [block.place for block in document.blocks if isinstance(block, Table)]
    assert places == ["page 1 table 1", "page 2 table 1"]


def test_cells_are_read_again_and_all_others_stay(table):
    document = read_picture(encoded(table))
    place = CellPlace("page 1 table 1", 2, 1)

    assert document.again is not None
    again = document.again([place, CellPlace("page 1 table 1", 2, 2), CellPlace("nowhere", 0, 0)])

    assert read_rows(again) == READ
    assert again.doubts == document.doubts


def test_a_page_below_150_dpi_is_a_doubt(table):
    small = Image.new("RGB", (827, 1169), "white")
    small.paste(table.resize((table.width * 2 // 3, table.height * 2 // 3)), (60, 60))

    document = read_picture(encoded(small, dpi=(100, 100)))

    (doubt,) = document.doubts
    assert (doubt.kind, doubt.where, doubt.details) == (DoubtKind.PICTURE_COARSE, "page 1", {"page": 1, "dpi": 100})


def test_pages_without_print_have_no_blocks():
    ground = np.full((400, 300), 255, dtype=np.uint8)

    assert recognise([PageImage(1, ground, 150)]).blocks == ()


def _header_of(width: int, height: int) -> bytes:
    small = bytearray(encoded(Image.new("1", (16, 16))))
    small[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return bytes(small[:29]) + zlib.crc32(small[12:29]).to_bytes(4, "big") + bytes(small[33:])


def _scribble() -> Image.Image:
    page = Image.new("L", (600, 400), 255)
    ImageDraw.Draw(page).ellipse((100, 100, 500, 300), outline=0, width=3)
    return page


BAD = {
    "no picture": (lambda: b"\x89PNG\r\n\x1a\n and then nothing", "damaged"),
    "a torn JPEG": (lambda: encoded(_scribble(), "JPEG")[:900], "damaged"),
    "a torn PNG": (lambda: encoded(_scribble())[:400], "damaged"),
    "100 megapixels": (lambda: _header_of(10_000, 10_000), "too_large"),
    "a bomb": (lambda: _header_of(60_000, 60_000), "too_large"),
    "a strip of pixels": (lambda: encoded(Image.new("L", (900, 2), 255)), "illegible"),
    "white paper": (lambda: encoded(Image.new("L", (600, 800), 255)), "illegible"),
    "black paper": (lambda: encoded(Image.new("L", (600, 800), 0)), "illegible"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_read_is_refused_with_the_reason(case):
    data, reason = BAD[case]

    with pytest.raises(UnreadableError) as refused:
        read_picture(data())

    assert refused.value.reason == reason


NOISE = {
    "every grey": lambda random: random.integers(0, 256, (1200, 900)).astype(np.uint8),
    "salt": lambda random: np.where(random.random((1200, 900)) < 0.02, 0, 255).astype(np.uint8),
    "grain": lambda random: _grain(random.normal(0, 250, (1200, 900))),
}


def _grain(values: np.ndarray) -> np.ndarray:
    return np.clip(160 + cv2.GaussianBlur(values, (0, 0), 1.0), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", NOISE)
def test_a_page_full_of_marks_that_are_no_print_is_refused_before_they_are_read(kind):
    pixels = NOISE[kind](np.random.default_rng(5))

    with pytest.raises(UnreadableError) as refused:
        recognise([PageImage(1, pixels)])

    assert refused.value.reason == "illegible"


def test_a_mutated_picture_is_read_or_refused_but_nothing_else():
    source = random.Random(11)
    whole = encoded(drawn_table(ROWS[:2], widths=WIDTHS), "JPEG")
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(8):
            data[source.randrange(200, len(data))] = source.randrange(256)
        reason, blocks = _outcome(bytes(data))

        assert blocks or reason in {"damaged", "illegible", "too_large"}


def _outcome(data: bytes) -> tuple[str | None, int]:
    try:
        return None, len(read_picture(data).blocks)
    except UnreadableError as refused:
        return refused.reason, 0


@pytest.mark.parametrize(("number", "left"), [("5", "县"), ("0", "禾"), ("7", "政")])
def test_what_a_stamp_left_pale_over_a_number_does_not_hide_it_but_the_number_stays_unsure(number, left):
    cell = Image.new("L", (60, 40), 255)
    pen = ImageDraw.Draw(cell)
    large, usual = (ImageFont.truetype(FONT_FILES[face], size, index=SC_FACE) for face, size in ((1, 30), (0, 26)))
    pen.text((20 if number == "7" else 18, 20), left, font=large, fill=172, anchor="lm")
    pen.text((14, 20), number, font=usual, fill=50, anchor="lm")

    (reading,) = settled([(np.asarray(cell), 26.0, Reading(left, 0.7, 0.7))])

    assert reading.text == number
    assert reading.confidence < SURE
