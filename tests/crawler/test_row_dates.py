"""The day of a row: nobody is late by a day on which something was changed, or by the next row's."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.pages import read_page
from crawler.row_dates import row_date
from crawler.rows import read_rows

SOON, LATE, OLD = date(2025, 1, 15), date(2025, 2, 5), date(2024, 1, 15)

TEXTS = {
    "更新日期：2025-02-05 发布日期：2025-01-15": SOON,
    "发布：2025-01-15 更新：2025-02-05": SOON,
    "成文日期 2025-01-15 发布日期 2025-02-05": SOON,
    "2025-02-05 2025-01-15": SOON,
    "发布时间 [2025-02-05] 2024-01-15": LATE,
    "更新于2025-02-05": None,
    "最近浏览 2025-02-05": None,
    "截止日期：2025年2月5日": None,
    "公开 2025-02-30": None,
    "信息更新后公开 2025-02-05": LATE,
}


@pytest.mark.parametrize("text", TEXTS)
def test_of_several_days_the_one_of_publication_counts_and_none_of_a_change(text):
    assert row_date(text) == TEXTS[text]


BOXES = {
    "2024-01-15 {0}<br>2025-01-15 {1}<br>2025-02-05 {2}<br>": [OLD, SOON, LATE],
    "{0} 2024-01-15<br>{1} 2025-01-15<br>{2} 2025-02-05": [OLD, SOON, LATE],
    "{0}<br>2024-01-15<br>{1}<br>2025-01-15<br>{2}<br>2025-02-05": [OLD, SOON, LATE],
    "<i>2024-01-15</i>{0}<i>2025-01-15</i>{1}<i>2025-02-05</i>{2}": [OLD, SOON, LATE],
    "{0}<i>2024-01-15</i>{1}<i>2025-01-15</i>{2}<i>2025-02-05</i>": [OLD, SOON, LATE],
    "<i>2025-01-15</i>{0}<i>2025-02-05</i>{1}<i>2025-02-05</i>{2}<i>2025-02-05</i>": [None, None, None],
    "{0}<i>2025-02-05</i>{1}{2}": [None, None, None],
    "{0}<br>2025-02-05 {1}<br>{2}<br>": [None, LATE, None],
}


@pytest.mark.parametrize("box", BOXES)
def test_a_date_that_may_be_the_next_rows_is_no_rows(box):
    links = [f'<a href="{number}.html">第{number}局年报</a>' for number in range(3)]
    page = read_page(f"<html><body><div>{box.format(*links)}</div></body></html>".encode(), "http://a.gov.cn/nb/")

    assert [row.listed_on for row in read_rows(page)] == BOXES[box]
