"""Reports that came as several files: a file for every page, a file for every table."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from crawler.parser import read_parts, read_report
from crawler.parser.parts import natural_order
from crawler.simulator.made_up import Medium, made_up_report
from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import page, plain_body, rows_markup
from tests.accuracy import wrong_cells, wrong_words
from tests.writers.picture_writer import as_jpeg, page_html, printed_by_chromium, rendered

TABLES = ("disclosure", "applications", "reviews")
MADE = made_up_report(Random("parts"), year=2024, agency="澄湖县财政局", activity=0.4)
OTHER = made_up_report(Random("others"), year=2024, agency="澄湖县水利局", activity=0.4)


def html(report):
    return page(head="", body=plain_body(report), title=report.title).encode()


def table_alone(report, key):
    rows = rows_markup(table_grid(report, key))
    return page(head="", body=f"<table>{rows}</table>", title="").encode()


def body_alone(report):
    return html(replace(report, media=dict.fromkeys(TABLES, Medium.LOST)))


TABLE_FILES = tuple((f"附表{number}.html", table_alone(MADE, key)) for number, key in enumerate(TABLES, start=1))


@pytest.mark.parametrize("key", ["disclosure", "reviews"])
def test_a_file_that_holds_one_whole_table_is_read(key):
    report = read_report(table_alone(MADE, key))

    own = {cell: value for cell, value in MADE.cells.items() if cell.table == key}
    assert wrong_cells(replace(MADE, cells=own), report) == []


def test_a_text_and_its_tables_in_files_of_their_own_are_one_report():
    read = read_parts([*TABLE_FILES, ("正文.html", body_alone(MADE))])

    assert read is not None
    assert (wrong_cells(MADE, read), wrong_words(MADE, read)) == ([], [])


def test_tables_alone_in_files_of_their_own_are_one_report():
    read = read_parts(TABLE_FILES)

    assert read is not None
    assert wrong_cells(MADE, read) == []


def test_a_doubt_names_the_file_it_stands_in():
    more = table_alone(MADE, "reviews").replace(b"</table>", "<tr><td>规章</td><td>1</td></tr></table>".encode())

    read = read_parts([*TABLE_FILES[1:2], ("附表3.html", more), ("正文.html", body_alone(MADE))])

    assert read is not None
    assert [doubt.where for doubt in read.doubts if doubt.text.startswith("规章")] == ["disclosure/rules"]


@pytest.mark.parametrize(
    "members",
    [
        (("甲.html", html(MADE)), ("乙.html", html(OTHER))),
        (("报告.html", html(MADE)), ("通知.html", page(head="", body="<p>请各单位按时报送。</p>", title="").encode())),
        (*TABLE_FILES, ("乙.html", table_alone(OTHER, "reviews"))),
        (("甲.html", body_alone(MADE)), ("乙.html", table_alone(OTHER, "reviews")), ("坏.pdf", b"%PDF-1.7 torn")),
        (("甲.html", body_alone(MADE)), ("乙.html", body_alone(OTHER))),
        (("报告.html", html(MADE)),),
    ],
    ids=["two reports", "a report and a letter", "a table twice", "a broken file", "two texts", "one file"],
)
def test_files_that_are_no_parts_of_one_report_are_left_to_be_read_one_by_one(members):
    assert read_parts(members) is None


@pytest.mark.browser
def test_pages_as_pictures_are_one_report_in_the_order_of_their_numbers():
    (printed,) = printed_by_chromium([page_html(MADE, Random("pages"))])
    pages = [(f"第{number}页.jpg", as_jpeg(pixels, 90, 200)) for number, pixels in enumerate(rendered(printed, 200), 1)]

    read = read_parts([*pages[1:], pages[0]])

    assert read is not None
    assert wrong_cells(MADE, read) == []
    assert [section.heading for section in read.sections] == list(MADE.headings)


def test_names_are_ordered_as_a_person_would():
    names = ["第十一页.png", "第二页.png", "第十页.png", "第一页.png", "第二十一页.png"]

    assert sorted(names, key=natural_order) == [
        "第一页.png",
        "第二页.png",
        "第十页.png",
        "第十一页.png",
        "第二十一页.png",
    ]
    assert sorted(["page10.png", "page2.png"], key=natural_order) == ["page2.png", "page10.png"]
