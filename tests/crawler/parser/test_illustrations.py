"""Tables that were published as pictures are read wherever the article sets them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import pytest

from crawler.parser import read_report
from crawler.simulator.made_up import Medium, made_up_report
from crawler.simulator.renderers.markup import page, plain_body
from storage.forms import FORMS
from tests.accuracy import wrong_cells
from tests.writers.picture_writer import drawn_table, encoded

MADE = made_up_report(Random("illustrations"), year=2024, agency="澄湖县财政局", activity=0.4)
MARK = "三、收到和处理政府信息公开申请情况"


@cache
def picture():
    """Table 3 as a picture, one row for each of the form's."""
    table = FORMS[MADE.form].table("applications")
    rows = []
    for line in table.rows:
        label = line.label
        lines = "\n".join(label[at : at + 16] for at in range(0, len(label), 16))
        rows.append(
            [lines, *(str(MADE.cells["applications", line.key, column.key]) for column in table.columns(line.key))]
        )
    return encoded(drawn_table(rows, widths=[520, *[130] * 7]))


SETTINGS = {
    "beside words": "<table><tr><td>统计表</td><td><img src='3.png'></td></tr></table>",
    "under a row of words": (
        "<table><tr><td>申请情况</td><td>（单位：件）</td></tr><tr><td colspan=2><img src='3.png'></td></tr></table>"
    ),
    "in a table with numbers": (
        "<table><tr><td>访问量</td><td>12</td></tr><tr><td>附图</td><td><img src='3.png'></td></tr></table>"
    ),
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_picture_of_a_table_is_read_wherever_it_is_set(setting):
    body = plain_body(replace(MADE, media={"applications": Medium.LOST}))
    html = page(head="", body=body.replace(MARK, f"{MARK}</p>{SETTINGS[setting]}<p>", 1), title=MADE.title).encode()

    report = read_report(html, pictures={"3.png": picture()})

    assert wrong_cells(MADE, report) == []
    assert report.section(3).pictures == ("3.png",)
