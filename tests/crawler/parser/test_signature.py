"""Who signed under the text and when, in every way that reports are signed; nothing else is taken for it."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.parser.signature import take_signature

TEXT = "本年度没有其他需要报告的事项。"
SIGNED = ("澄湖县水务局", date(2025, 1, 9))


@pytest.mark.parametrize(
    "lines",
    [
        ["澄湖县水务局", "2025年1月9日"],
        ["澄湖县水务局　　2025年1月9日"],
        ["澄 湖 县 水 务 局", "2025 年 1 月 9 日"],
        ["澄湖县水务局", "二〇二五年一月九日"],
        ["澄湖县水务局", "2025.1.9"],
        ["（澄湖县水务局）", "（2025年1月9日）"],
        ["澄湖县水务局（盖章）", "2025年1月9日"],
        ["2025年1月9日", "澄湖县水务局"],
        ["澄湖县水务局", "2025年1月9日", "附件：年度报告.pdf"],
        ["澄湖县水务局", "2025年1月9日", "附件下载", "澄湖县水务局2024年报告.docx"],
    ],
)
def test_name_and_day_are_taken_out_of_the_text(lines):
    text = [TEXT, *lines]

    assert take_signature(text) == SIGNED
    assert text == [TEXT]


@pytest.mark.parametrize(
    ("lines", "signed"),
    [
        ([TEXT, "2025年1月9日"], (None, date(2025, 1, 9))),
        ([TEXT, "澄湖县水务局"], ("澄湖县水务局", None)),
        ([TEXT], (None, None)),
        (["无"], (None, None)),
        (["澄湖县水务局"], (None, None)),
        ([TEXT, "本报告自2025年1月9日起公布，欢迎查阅"], (None, None)),
        ([TEXT, "附件：年度报告.pdf"], (None, None)),
        ([], (None, None)),
    ],
)
def test_what_is_not_there_is_not_made_up(lines, signed):
    assert take_signature(list(lines)) == signed


def test_a_name_that_stands_behind_the_last_sentence_is_parted_from_it():
    lines = ["没有其他需要说明的情况。青岚县教育局", "2025年1月20日"]

    assert take_signature(lines) == ("青岚县教育局", date(2025, 1, 20))
    assert lines == ["没有其他需要说明的情况。"]


def test_a_sentence_signs_nothing():
    lines = ["本机关全年未收取费用。工作由办公室", "承担。"]

    assert take_signature(list(lines)) == (None, None)
