"""UCAP channels: the static list where it is whole, the JSON where it is not, and what neither proves."""

import json
from pathlib import Path

import pytest

from crawler.listings import PageRequest, read_list
from crawler.listings.ucap_search import channel_of, read_channel
from crawler.pages import read_page
from crawler.portals import Listing, family_of
from storage.records import Outcome

CHANNEL = "61eaab3127b040d4950fff177f09e561"
COLUMN = "http://www.example.gov.cn/zgq/c108645/xxgk_list.shtml"
ENDPOINT = f"http://www.example.gov.cn/common/search/{CHANNEL}"
SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
VARIABLE = f'<script>var channelId="{CHANNEL}";</script>'
NAMED = '<script>$.get("/common/search/" + channelId + "?_isJson=true&page=" + page)</script>'
GUARDED = '<script>$.get("/common/search/" + channelId + "?" + getToken() + "&_isJson=true&page=" + page)</script>'


def article(number):
    return f"/zgq/c108645/202401/{number:032}.shtml"


def opening(shown=0, *, pages=None, total=None, source=VARIABLE):
    rows = "".join(
        f'<li><a href="{article(number)}">平川县{number}局2023年政府信息公开年度报告</a><span>2024-01-24</span></li>'
        for number in range(shown)
    )
    pager = f"<script>createPageHTML('page_div',{pages},1,'xxgk_list','shtml',{total})</script>" if pages else ""
    body = f'<html><body><ul class="newsList">{rows}</ul>{source}{pager}</body></html>'
    return read_page(body.encode(), COLUMN)


def opened(page):
    return read_channel(page, page, 1, PageRequest(COLUMN))


def answer(page, value, *, request=None):
    request = request or next(each for each in opened(page).paging.requests if "search" in each.url)
    text = value if isinstance(value, str) else json.dumps(value)
    return read_channel(page, read_page(text.encode(), request.url), 2, request)


def found(*numbers, total):
    results = [
        {
            "title": f"平川县{number}局2023年政府信息公开年度报告",
            "subTitle": "null",
            "url": f"//www.example.gov.cn{article(number)}",
            "publishedTimeStr": "2024-01-24 17:18:49",
        }
        for number in numbers
    ]
    return {"data": {"total": total, "page": 1, "rows": 15, "results": results}}


def ways(shown):
    return [request.url.replace(ENDPOINT, "json").partition("?")[0] for request in shown.paging.requests]


def test_a_static_list_that_fits_what_it_states_is_walked():
    shown = opened(opening(20, pages=4, total=64))

    assert len(shown.rows) == 20
    assert shown.totals == {64}
    # The endpoint comes last, for where the static pages are not there.
    assert [each.rpartition("/")[2] for each in ways(shown)] == ["xxgk_list_2.shtml", "xxgk_list_1.shtml", "json"]


def test_a_static_list_that_lacks_rows_gives_way_to_the_endpoint():
    shown = opened(opening(10, pages=1, total=13))

    assert shown.rows == ()
    assert ways(shown) == ["json", f"{COLUMN}#static"]


def test_an_endpoint_that_the_page_names_is_asked_first():
    assert ways(opened(opening(20, pages=4, total=64, source=VARIABLE + NAMED)))[0] == "json"
    assert ways(opened(opening(source=VARIABLE + NAMED))) == ["json"]


@pytest.mark.parametrize(
    ("source", "url"),
    [
        (f"<script>u='/search/{CHANNEL}?_isJson=true'</script>", f"http://www.example.gov.cn/search/{CHANNEL}"),
        (f'<script>u="/searchList/{CHANNEL}"</script>', f"http://www.example.gov.cn/searchList/{CHANNEL}"),
        (VARIABLE + NAMED, ENDPOINT),
        (f"<meta name='channelId' content='{CHANNEL}'>", ENDPOINT),
        ('<script src="/search/js/common.js"></script>', None),
    ],
)
def test_the_channel_is_read_from_the_page(source, url):
    channel = channel_of(opening(source=source))

    assert (channel.url if channel else None) == url


def test_a_token_of_the_browser_is_not_made_up():
    alone = opened(opening(source=VARIABLE + GUARDED))
    cut = opened(opening(10, pages=1, total=13, source=VARIABLE + GUARDED))
    whole = opened(opening(13, pages=1, total=13, source=VARIABLE + GUARDED))

    for shown in (alone, cut):
        assert shown.paging.fault == "list_needs_token"
        assert shown.paging.outcome == Outcome.NEEDS_BROWSER
        assert shown.paging.requests == ()
    assert len(cut.rows) == 10
    assert whole.paging.is_end


def test_rows_of_an_answer_have_their_title_day_and_whole_address():
    shown = answer(opening(), found(1, total=1))

    (row,) = shown.rows
    assert row.url == f"http://www.example.gov.cn{article(1)}"
    assert str(row.listed_on) == "2024-01-24"
    assert shown.totals == {1}
    assert shown.paging.is_end


def test_a_size_that_is_capped_is_taken_for_the_next_pages():
    page = opening()

    (request,) = answer(page, found(*range(15), total=64)).paging.requests
    (later,) = answer(page, found(*range(15, 30), total=64), request=request).paging.requests

    assert "_pageSize=15" in request.url
    assert request.url.endswith("page=2")
    assert later.dialect == "json 30"


def test_a_row_that_only_the_static_list_has_is_a_row():
    page = opening(3, pages=1, total=3, source=VARIABLE + NAMED)

    shown = answer(page, found(1, 2, total=2))

    assert {row.url.rpartition("/")[2] for row in shown.rows} == {
        article(number).rpartition("/")[2] for number in range(3)
    }
    assert shown.totals == {3}


def test_a_title_that_says_null_is_none():
    value = {"data": {"total": 1, "results": [{"title": "null", "subTitle": "null", "url": "/a.shtml"}]}}

    shown = answer(opening(), value)

    assert shown.rows == ()
    assert shown.totals == {1}


@pytest.mark.parametrize(
    "text", ["", "{broken", "<html>请登录</html>", "null", '{"data":{}}', '{"data":{"total":"x","results":[]}}', "[1]"]
)
def test_what_is_no_answer_is_a_fault(text):
    assert answer(opening(), text or " <p>").paging.fault == "answer_not_understood"


def test_an_answer_without_anything_proves_nothing():
    shown = answer(opening(), found(total=0))

    assert shown.paging.fault == "answer_empty"
    assert shown.paging.outcome == Outcome.NEEDS_BROWSER
    assert not shown.is_empty


def test_the_static_list_is_read_again_from_its_first_page_where_there_is_no_endpoint():
    page = opening(10, pages=2, total=30)
    request = opened(page).paging.requests[-1]

    shown = read_channel(page, page, 2, request)

    assert request.url == f"{COLUMN}#static"
    assert len(shown.rows) == 10
    assert ways(shown)[0].endswith("xxgk_list_2.shtml")


@pytest.mark.shared
def test_the_samples_are_read():
    page = read_page((SAMPLES / "ucap_list_page.html").read_bytes(), COLUMN)
    listing = family_of(page.text).listing(page.text)

    shown = read_list(listing, page, page, 1, PageRequest(COLUMN))
    rows = answer(page, (SAMPLES / "ucap_common_search.json").read_text()).rows

    assert listing is Listing.UCAP_SEARCH
    # One of 149 rows is there: the static list is not whole.
    assert ways(shown)[0] == "json"
    assert {(row.title, str(row.listed_on)) for row in rows} == {("XX局2023年政府信息公开工作年度报告", "2024-01-24")}
