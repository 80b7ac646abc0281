"""Lists drawn by TRS's search: JSON that is none, counts that prove the end, answers that are something else."""

import json
from datetime import date

import pytest

from crawler.listings import PageRequest, read_list
from crawler.pages import read_page
from crawler.portals import Listing, family_of

HOST = "http://www.example.gov.cn"
COLUMN = f"{HOST}/xxgk/nb/"
QUERY = "channelid=210831&templet=advsch.jsp&classsql=chnlid%3D224&prepage=2"
FIRST = PageRequest(f"{HOST}/was5/web/search?{QUERY}&page=1")
REPORT = "甲局2024年政府信息公开工作年度报告"


def opening(script=f'$.get("/was5/web/search?{QUERY}&page=" + n)'):
    return read_page(f"<html><body><div id=list></div><script>{script}</script></body></html>".encode(), COLUMN)


def answered(text, request=FIRST, first=None):
    return read_list(Listing.WAS_SEARCH, first or opening(), read_page(text.encode(), request.url), 2, request)


def docs(*numbers):
    return [{"title": REPORT, "url": f"/xxgk/nb/t20250120_{number}.htm", "pubtime": "2025-01-20"} for number in numbers]


def test_the_column_names_the_search_and_its_first_page_is_asked_for():
    this = opening()
    shown = read_list(family_of(this.text).listing(this.text), this, this, 1, PageRequest(COLUMN))

    assert [request.url for request in shown.paging.requests] == [FIRST.url, FIRST.url[:-1] + "2"]
    assert dict(shown.paging.requests[0].headers)["Referer"] == COLUMN


def test_the_search_box_of_the_whole_site_is_no_list():
    this = opening('<form action="/was5/web/search?channelid=1&templet=all.jsp&searchword=x"></form>')

    assert read_list(Listing.WAS_SEARCH, this, this, 1, PageRequest(COLUMN)).paging.is_single


def test_json_with_control_characters_and_trailing_commas_is_read():
    text = (
        '\r\n{"count":"3","docs":[\n{"title":"'
        + REPORT
        + '","content":"一\t二\x0b三\n四,]","url":"/a/t20250120_1.htm",'
        '"pubtime":"2025-01-20 10:30:00",},\n{"title":"文章标题","url":""},\n],}'
    )
    shown = answered(text)

    assert [(row.title, row.url, row.listed_on) for row in shown.rows] == [
        (REPORT, f"{HOST}/a/t20250120_1.htm", date(2025, 1, 20))
    ]
    assert shown.totals == {3}


def test_pages_are_asked_for_until_the_stated_number_of_rows_was_had():
    first = answered(json.dumps({"count": 3, "docs": docs(1, 2)}))
    (second,) = first.paging.requests
    last = answered(json.dumps({"count": 3, "docs": docs(3)}), second)

    assert second.url == FIRST.url[:-1] + "2"
    assert last.paging.is_end


def test_an_answer_without_a_count_proves_no_end():
    assert not answered(json.dumps({"docs": docs(1)})).paging.is_end


def test_a_search_that_finds_nothing_says_so():
    assert answered('{"count":"0","docs":[]}').is_empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        '{"count":5}',
        '{"count":5,"docs":"error"}',
        '{"count":5,"docs":[{"name":"x"}]}',
        '{"success":false,"data":{}}',
        "<html><body><form>用户登录</form></body></html>",
    ],
)
def test_what_is_no_answer_is_a_fault_and_no_empty_list(text):
    shown = answered(text or "<html></html>")

    assert shown.paging.fault == "answer_not_understood"
    assert not shown.is_empty


def test_a_page_of_results_states_about_how_many_it_found():
    items = "".join(f'<li><a href="/xxgk/nb/t20250120_{n}.htm">{REPORT}</a></li>' for n in (1, 2))
    text = f"<html><body><ul>{items}</ul><div>约有<b>3</b>项</div></body></html>"
    page = read_page(text.encode(), FIRST.url)
    shown = read_list(Listing.WAS_SEARCH, page, page, 1, FIRST)

    assert (len(shown.rows), shown.totals) == (2, {3})
    assert [request.url for request in shown.paging.requests] == [FIRST.url[:-1] + "2"]


def test_titles_of_an_answer_are_plain_words():
    doc = docs(1)[0] | {"title": f"<font color=red>{REPORT}</font><script>x()</script>"}

    assert "<" not in answered(json.dumps({"count": 1, "docs": [doc]})).rows[0].title
