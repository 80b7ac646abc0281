"""Text for a terminal: nothing beyond its edge, nothing lost."""

from __future__ import annotations

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from monitor.commands.layout import Styled, aligned, paragraph, wrapped

CASES = [
    ("两次完整检索均未检索到", 12, ["两次完整检索", "均未检索到"]),
    ("截至2026-02-11 09:00，在", 12, ["截至", "2026-02-11", "09:00，在"]),
    ("应公布日期（依据）", 12, ["应公布日期", "（依据）"]),
    ("应公布日期。", 10, ["应公布日", "期。"]),
    ("http://a/bcdefghijk", 10, ["http://a/b", "cdefghijk"]),
    ("", 10, [""]),
    ("一\x1b[31m二\n三", 20, ["一 [31m二 三"]),
]


@pytest.mark.parametrize(("text", "width", "lines"), CASES)
def test_a_text_is_broken_where_it_may_be(text, width, lines):
    assert wrapped(text, width) == lines


def test_columns_stand_under_each_other_and_the_last_one_hangs():
    rows = [("依据", "国务院令第711号第四十九条第一款"), ("期限很长", Styled("2026-01-31", "red", is_bold=True))]

    lines = [click.unstyle(line) for line in aligned(rows, 36)]

    assert lines == [
        "  依据      国务院令第711号第四十九",
        "            条第一款",
        "  期限很长  2026-01-31",
    ]


def test_a_last_column_without_room_goes_under_its_row():
    lines = aligned([("2026-02-10 09:00", "完整", "见到", "澄湖县水利局二〇二五年报告全文")], 40)

    assert lines == ["  2026-02-10 09:00  完整  见到", "      澄湖县水利局二〇二五年报告全文"]


TEXTS = st.text(st.sampled_from("年度报告，。（）《》0123456789 abc-/:.") | st.characters(codec="utf-8"), max_size=80)


@given(TEXTS, st.integers(8, 60))
def test_no_line_is_too_long_and_nothing_is_lost(text, width):
    lines = wrapped(text, width)

    printable = "".join(char for char in text if char.isprintable() and not char.isspace())
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(printable.split())


@given(st.lists(st.tuples(st.text("甲a", max_size=6), TEXTS), min_size=1, max_size=4), st.integers(40, 90))
def test_no_row_is_too_long(rows, width):
    assert max(map(cell_len, (*aligned(rows, width), *paragraph(rows[0][1], width, indent=6)))) <= width
