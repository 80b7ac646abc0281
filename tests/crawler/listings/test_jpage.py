"""Hanweb's jpage lists: the group that lies in the page, the groups that the endpoint hands out, and the end."""

from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listings import PageRequest, Paging, read_list
from crawler.listings.jpage import read_jpage
from crawler.pages import read_page
from crawler.portals import Listing, family_of

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
SITE = "http://www.example.gov.cn"
COLUMN = f"{SITE}/col/col284/index.html"
PROXY = f"{SITE}/module/web/jpage/dataproxy.jsp"
REPORT = "平川县财政局2023年政府信息公开工作年度报告"


def record(number, title=REPORT, day="2024-01-29", column=284):
    address = f"/art/2024/1/29/art_{column}_{number}.html"
    return f"<record><![CDATA[<li><a title='{title}' href=\"{address}\">{title[:6]}...</a><b>{day}</b></li>]]></record>"


def records(count, start=1, **options):
    return "".join(record(number, **options) for number in range(start, start + count))


def nextgroup(page=1, fields="&columnid=284&unitid=11"):
    return f'<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page={page}{fields}"></a>]]></nextgroup>'


def store(inside, following="", total=None):
    stated = f"<totalrecord>{total}</totalrecord>" if total is not None else ""
    return f"<datastore>{stated}{following}<recordset>{inside}</recordset></datastore>"


def unit(inside, *, total=None, unit_id=11, column=284, following=None):
    following = nextgroup() if following is None else following
    stated = f"totalRecord:{total}," if total is not None else ""
    return (
        f'<div id="{unit_id}"><script type="text/xml">{store(inside, following)}</script></div><script>'
        f"var param_{unit_id} = {{col:1,webid:3,path:'/',columnid:{column},unitid:'{unit_id}',webname:'平川县'}};"
        f"$('#{unit_id}').jpage({{{stated}dataStore:$('#{unit_id}').html(),groupSize:3,perPage:10,"
        f"proxyUrl:'/module/web/jpage/dataproxy.jsp',ajaxParam:param_{unit_id}}});</script>"
    )


def page(body, url=COLUMN):
    return read_page(f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode(), url)


def first(body, url=COLUMN):
    opening = page(body, url)
    return read_jpage(opening, opening, 1, PageRequest(url))


def answered(body, text, request=None, number=2):
    opening = page(body)
    request = request or first(body).paging.requests[0]
    return read_jpage(opening, read_page(text.encode(), request.url), number, request)


def query(request):
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query).items()}


@pytest.mark.shared
def test_a_real_column_shows_its_rows_once_and_its_own_total():
    opening = read_page((SAMPLES / "hanweb_jcms_js_fzggw_col284_index.html").read_bytes(), COLUMN)
    family = family_of(opening.text)
    shown = read_list(family.listing(opening.text), opening, opening, 1, PageRequest(COLUMN))

    assert (family.key, family.listing(opening.text)) == ("hanweb", Listing.JPAGE)
    # The rows for phones are the same; the call for searches says 1000.
    assert len(shown.rows) == 5
    assert shown.rows[3].title == "国家公布2026年稻谷最低收购价格"
    assert shown.rows[3].listed_on == date(2026, 4, 13)
    assert shown.totals == {138}
    posted, by_page, _ = shown.paging.requests
    # The sample keeps 5 of the 30 rows of the first group.
    assert posted.url == f"{PROXY}?startrecord=6&endrecord=35&perpage=10"
    fields = parse_qs(posted.body.decode())
    assert (fields["columnid"], fields["unitid"], fields["webname"]) == (
        ["284"],
        ["423656"],
        ["江苏省发展和改革委员会"],
    )
    assert dict(posted.headers)["X-Requested-With"] == "XMLHttpRequest"
    assert dict(posted.headers)["Referer"] == COLUMN
    assert by_page.url.startswith(
        f"{PROXY}?page=1&appid=1&appid=1&webid=3&path=/&columnid=284&unitid=423656&webname=%25E6"
    )


@pytest.mark.shared
def test_a_group_of_the_endpoint_is_read_with_dates_broken_over_lines():
    answer = (SAMPLES / "hanweb_dataproxy_response.xml").read_text(encoding="utf-8")
    shown = answered(unit(records(3, start=9), total=138), answer)

    assert [(row.title, row.listed_on) for row in shown.rows] == [
        ("XX局2023年政府信息公开工作年度报告", date(2024, 1, 29)),
        ("XX局2022年政府信息公开工作年度报告", date(2023, 1, 19)),
    ]
    assert query(shown.paging.requests[0])["startrecord"] == "6"


@pytest.mark.parametrize(
    ("link", "row"),
    [
        (
            "<a href='/art/2024/1/29/art_284_1.html' title=\"{}\">平川县...</a>2024-01-29",
            "/art/2024/1/29/art_284_1.html",
        ),
        (
            "<a target=_blank href=/art/2024/1/29/art_284_1.html title='{}'></a>[2024-01-29]",
            "/art/2024/1/29/art_284_1.html",
        ),
        ("<a href='http://www.example.gov.cn/art/1.html'>{}</a><i>2024年1月29日</i>", "/art/1.html"),
        ("<a href='//www.example.gov.cn/art/1.html'>{}</a><i>2024-\n 01-\n 29</i>", "/art/1.html"),
        ("<a href='/col/col9/index.html'>财政局</a><a href='/art/1.html'>{}</a><i>2024/1/29</i>", "/art/1.html"),
        ("<a href='javascript:;' onclick=\"name2('/art/1.html')\">{}</a><i>2024-01-29</i>", "/art/1.html"),
    ],
)
def test_a_row_is_read_however_its_link_is_written(link, row):
    shown = first(unit(f"<record><![CDATA[<li>{link.format(REPORT)}</li>]]></record>", total=1))

    assert [(each.url, each.title, each.listed_on) for each in shown.rows] == [(SITE + row, REPORT, date(2024, 1, 29))]


def test_a_row_of_a_table_is_read():
    row = f"<tr><td><img src='/i.gif'></td><td><a href='/art/1.html'>{REPORT}</a></td><td>2024-01-29</td></tr>"
    shown = first(unit(f"<record><![CDATA[{row}]]></record>", total=1))

    assert [(each.title, each.listed_on) for each in shown.rows] == [(REPORT, date(2024, 1, 29))]


def test_records_without_cdata_are_read_as_what_they_escape():
    row = record(1).replace("<![CDATA[", "").replace("]]>", "").replace("<li>", "&lt;li&gt;").replace("<a ", "&lt;a ")

    assert [row.title for row in first(unit(row, total=1)).rows] == [REPORT]


def test_script_and_control_characters_of_a_title_stay_behind():
    bad = record(31).replace("title='", "title='<script>alert(1)</script>\x08\u202e")
    shown = answered(unit(records(30), total=31), store(bad))

    assert [row.title for row in shown.rows] == ["alert(1)" + REPORT]
    # In the page itself such a title ends the script that holds the rows: they are asked of the endpoint.
    assert query(first(unit(bad, total=1)).paging.requests[0])["startrecord"] == "1"


def test_a_list_that_lies_in_the_page_as_a_whole_asks_for_nothing():
    shown = first(unit(records(7), total=7))

    assert shown.paging == Paging(is_end=True)
    assert shown.totals == {7}


def test_an_empty_list_is_empty_only_where_it_has_a_datastore():
    assert first(unit("", total=0)).is_empty
    shown = first(unit("", total=0).replace("<datastore>", "<x>"))
    assert not shown.is_empty
    assert query(shown.paging.requests[0])["startrecord"] == "1"


def test_the_default_of_the_library_is_no_total():
    library = "<script>$.fn.jpage=function(p){p=$.extend({totalRecord:1000,proxyUrl:'dataproxy.jsp'},p);}</script>"

    assert first(library + unit(records(7), total=7)).totals == {7}
    assert first(library + unit(records(7), following="<nextgroup></nextgroup>")).paging == Paging(is_end=True)


def test_without_any_total_only_the_endpoint_says_that_there_is_no_more():
    body = unit(records(30))
    goes_on = answered(body, store(records(30, start=31), nextgroup(2)))
    ends = answered(body, store(records(4, start=31), "<nextgroup></nextgroup>"))
    is_silent = answered(body, store(records(4, start=31)))

    assert query(goes_on.paging.requests[0])["startrecord"] == "61"
    assert ends.paging == Paging(is_end=True)
    assert is_silent.paging == Paging(fault="pager_unreadable")


def test_a_total_that_only_the_endpoint_states_is_the_lists():
    shown = answered(unit(records(30)), store(records(4, start=31), total=34))

    assert shown.totals == {34}
    assert shown.paging == Paging(is_end=True)


def test_a_group_that_came_short_is_gone_on_with_where_it_ended():
    shown = answered(unit(records(30), total=64), store(records(12, start=31)))

    assert query(shown.paging.requests[0]) == {"startrecord": "43", "endrecord": "72", "perpage": "10"}


def test_a_row_that_is_shown_ahead_is_not_counted_twice():
    body = unit(records(30), total=61)
    second = answered(body, store(records(31, start=31)))
    whole = answered(body, store(records(30, start=31)))

    assert second.paging == Paging(is_end=True)
    # Of these 60 the last group is still to come.
    assert query(whole.paging.requests[0])["startrecord"] == "61"
    third = answered(body, store(records(2, start=60)), whole.paging.requests[0], 3)
    assert third.paging == Paging(is_end=True)


def test_what_is_encrypted_is_sent_back_as_it_was_written():
    fields = "&webid=3&columnid=0l8k%2BW4z/mQ==&unitid=Xr0u9gB+kzcY%3D&webname=%25E5%25B9%25B3"
    body = unit(records(30), total=64, following=nextgroup(1, fields))
    by_page = first(body).paging.requests[1]
    again = answered(body, store(records(30, start=31)), by_page)

    assert by_page.url == f"{PROXY}?page=1{fields}"
    assert [request.url for request in again.paging.requests] == [f"{PROXY}?page=2{fields}"]


def test_each_list_of_a_page_is_walked_and_the_news_beside_it_is_not():
    news = unit(records(30, title="全县教育工作会议召开", column=281), total=900, unit_id=13, column=281)
    towns = unit(records(30, start=101, column=285), total=31, unit_id=12, column=285)
    body = unit(records(30), total=31) + towns + news
    shown = first(body)
    second = answered(body, store(record(31)))
    third = answered(body, store(record(131, column=285)), second.paging.requests[0], 3)

    assert len(shown.rows) == 60
    assert shown.totals == {62}
    assert "unitid=11" in first(body).paging.requests[0].body.decode()
    assert "unitid=12" in second.paging.requests[0].body.decode()
    assert third.paging == Paging(is_end=True)


def test_lists_of_other_columns_are_walked_where_nothing_else_is_there():
    news = unit(records(30, title="全县教育工作会议召开", column=281), total=31, column=281)
    printed = f"<ul><li><a href='/art/2024/1/29/art_284_1.html'>{REPORT}</a>2024-01-29</li></ul>"

    assert len(first(news).paging.requests) == 3
    assert [row.title for row in first(news + printed).rows] == [REPORT]


def test_a_datastore_is_drawn_by_the_call_for_the_unit_that_it_names():
    body = unit(records(30), total=64).replace('<div id="11">', '<div id="box"><div>')

    assert first(body).totals == {64}
    other = unit(records(30), total=64, following="").replace('<div id="11">', "<div>")
    assert first(other).totals == {64}


def test_rows_that_are_printed_are_the_lists_although_the_script_is_called():
    options = "totalRecord:%d,perPage:10,proxyUrl:'/p/dataproxy.jsp',ajaxParam:{columnid:284}"
    call = f"<script>$('#11').jpage({{{options}}});</script>"
    items = "".join(f"<li><a href='/art/2024/1/29/art_284_{n}.html'>{REPORT}</a>2024-01-29</li>" for n in range(3))
    body = f"<ul>{items}</ul><div id='11'></div>"

    assert first(body + call % 3).paging == Paging(is_end=True)
    more = first(body + call % 13).paging.requests[0]
    assert more.url == f"{SITE}/p/dataproxy.jsp?startrecord=4&endrecord=13&perpage=10"


def test_a_pager_of_links_is_followed_where_the_rows_are_printed():
    items = "".join(f"<li><a href='/art/2024/1/29/art_284_{n}.html'>{REPORT}</a>2024-01-29</li>" for n in range(3))
    call = "<script>$('#11').jpage({totalRecord:13,proxyUrl:'/p/dataproxy.jsp'});</script>"
    shown = first(f"<ul>{items}</ul><a href='?pageNum=2'>下一页</a>{call}")

    assert shown.paging == Paging((PageRequest(f"{COLUMN}?pageNum=2"),))


@pytest.mark.parametrize(
    "text",
    [
        "<html><head><title>登录</title></head><body><form action='/login'><a href='/'>首页</a></form></body></html>",
        "not found",
        "{}",
        "<",
    ],
)
def test_an_answer_that_is_no_datastore_is_a_fault(text):
    shown = answered(unit(records(30), total=64), text)

    assert shown.rows == ()
    assert shown.paging.fault == "answer_not_understood"


@pytest.mark.parametrize("text", ["<datastore></datastore>", "<datastore/>", store("")])
def test_an_empty_group_is_no_end(text):
    shown = answered(unit(records(30), total=64), text)

    assert (shown.rows, shown.is_empty) == ((), False)
    assert not shown.paging.is_end


@pytest.mark.parametrize(
    ("source", "family"),
    [
        ("<a href='/col/col275/index.html'>信息公开</a>", "hanweb"),
        ("<a href='/col/18073_668815/index.html'>年报</a>", "hanweb"),
        ("<meta name='Maketime' content='2025-02-09'>", "hanweb"),
        ("<a href='/art/2024/1/29/art_284_1.html'>年报</a>", "hanweb"),
        ("<a href='/col/col1229123351/index.html'></a><script src='/unitbuild.js'></script>", "jpaas"),
        ("<a href='//www.other.gov.cn/art/2024/1/29/art_284_1.html'>转载</a>", "static"),
    ],
)
def test_hanweb_is_known_by_its_addresses_too(source, family):
    assert family_of(source).key == family
