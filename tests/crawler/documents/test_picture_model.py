"""The recogniser's quick forms: what they tell apart, what is left to the whole model, and what is no model at all."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.picture.integers import integer_form
from crawler.documents.picture.letters import Strip, at_height, read_strips
from crawler.documents.picture.protobuf import UnknownModelError
from crawler.documents.picture.quick import LOW, is_usual, quick_form
from crawler.documents.picture.recogniser import MODEL, Recogniser, recogniser
from tests.writers.picture_writer import FONT_FILES, SC_FACE

USUAL = ("政", "府", "0", "a", "（", "。", "〇", "①", "㎡", "—", "“", "√", "□", "℃", " ")
UNUSUAL = ("規", "喆", "한", "❤", "ŵ")
EM = 32


def line(text: str) -> Strip:
    """A line of print as it is cropped from a page."""
    page = Image.new("L", (EM * len(text) + 8, round(EM * 1.28)), "white")
    font = ImageFont.truetype(FONT_FILES[0], EM, index=SC_FACE)
    ImageDraw.Draw(page).text((4, page.height / 2), text, font=font, fill=0, anchor="lm")
    return Strip(np.array(page), float(EM), is_cell=False)


@pytest.mark.parametrize("character", USUAL)
def test_what_reports_print_is_told_apart_quickly(character):
    assert is_usual(character)


@pytest.mark.parametrize("character", UNUSUAL)
def test_what_reports_do_not_print_is_left_to_the_whole_model(character):
    assert not is_usual(character)


@pytest.mark.parametrize(
    "text",
    [
        "联系人：李喆，电话请见首页",
        "对行政机关主动公开政府信息工作的监督保障情况",
        "本年度共收到政府信息公开申请1203件，其中网络申请86件",
    ],
)
def test_a_line_is_read_whether_its_characters_are_usual_or_rare(text):
    (reading,) = read_strips([line(text)])

    assert reading.text.replace(",", "，") == text


@pytest.mark.parametrize("model", [b"", b"\x3a\x00", b"\x3a\x05ab", b"\xff\xff", b"PK\x03\x04" * 9])
def test_bytes_that_are_another_model_have_no_quick_form(model):
    with pytest.raises(UnknownModelError):
        quick_form(model, [0, 1])
    with pytest.raises(UnknownModelError):
        integer_form(model)


def changed_model(tmp_path: Path, old: bytes, new: bytes) -> Recogniser:
    """The recogniser of a file in which some bytes are others, as in another version of the model."""
    data = (Path(find_spec("rapidocr").origin).parent / MODEL).read_bytes()
    assert old in data
    other = tmp_path / "other.onnx"
    other.write_bytes(data.replace(old, new))
    return Recogniser(other)


def test_the_model_that_is_installed_has_a_quick_form():
    assert recogniser().is_quick


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Its last table has another name: the quick form is not made.
        (b"linear_8.w_0", b"linear_9.w_0"),
        # Its rows are made one in another way: the quick form is made, but cannot be run.
        (b"kernel_shape@\x03@\x02", b"kernel_shape@\x03@\x03"),
    ],
)
def test_another_model_is_used_whole_and_low_lines_are_read_by_it(tmp_path, old, new):
    model = changed_model(tmp_path, old, new)

    pixels = line("行政许可1203件").pixels
    crop = cv2.resize(pixels, (pixels.shape[1] * 2 * LOW // len(pixels), LOW), interpolation=cv2.INTER_AREA)

    assert not model.is_quick
    assert model.read([crop])[0].text == "行政许可1203件"


def test_whole_numbers_are_read_as_by_the_model_as_it_comes(tmp_path):
    as_it_comes = changed_model(tmp_path, b"linear_8.w_0", b"linear_9.w_0")
    texts = ["0", "1", "7", "86", "1203", "90417", "3.5", "本年新收政府信息公开申请数量", "（一）予以公开"]
    crops = [at_height(line(text).pixels) for text in texts]
    is_number = [text[0].isdigit() for text in texts]

    quick, known = recogniser().read(crops, is_number), as_it_comes.read(crops, is_number)

    assert [read.text for read in quick] == [read.text for read in known] == texts
    assert max(abs(one.whole - other.whole) for one, other in zip(quick, known, strict=True)) < 0.1
