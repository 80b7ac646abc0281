"""Titles of an agency's own column that say next to nothing, and those that say something else."""

import pytest

from crawler.list_evidence import ListWalk
from crawler.own_column import may_be_own, with_own
from crawler.rows import Row
from storage.records import Agency, AgencyKind, ScanPage

COLUMN = "http://www.example.gov.cn/slj/"
WATER = Agency("sl", "澄湖县水利局", AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu", column_url=COLUMN)


@pytest.mark.parametrize(
    "title",
    [
        "2024年",
        "2024年度",
        "水利局2024.pdf",
        "年度报告（2024）.pdf",
        "本年度政府信息公开年报",
        "澄湖县水利局2024年度工作报告（政务公开）",
        "2024年政府信息公开工作年度报告",
    ],
)
def test_a_title_of_nothing_but_year_name_and_a_reports_words_may_be_the_agencys(title):
    assert may_be_own(title, WATER)


@pytest.mark.parametrize(
    "title",
    ["2024年部门决算", "澄湖县财政局2024年政府信息公开年报", "2024年工作要点", "水利局", "年报", "2024年水利工作会议"],
)
def test_a_title_that_says_anything_else_is_not(title):
    assert not may_be_own(title, WATER)


def test_a_row_of_the_column_or_beside_its_list_is_taken_and_a_column_inside_it_is_not():
    rows = tuple(Row("2024年", f"{COLUMN}{place}", None) for place in ("1.html", "2024/", "n/index.html"))
    pages = (ScanPage(f"{COLUMN}n/", 200, "a" * 64, 1, {}),)
    found = with_own([], ListWalk(pages=pages, rows=rows[:1], others=rows[1:]), WATER, "s")

    assert [(reading.candidate.url, reading.candidate.report_year, reading.may_be) for reading in found] == [
        (f"{COLUMN}1.html", 2024, {"sl"})
    ]
