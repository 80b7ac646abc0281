"""The recogniser's quick form: what it tells apart, what it leaves to the whole model, and what is no model at all."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from crawler.documents.picture.letters import Strip, read_strips
from crawler.documents.picture.quick import UnknownModelError, is_usual, quick_form
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
