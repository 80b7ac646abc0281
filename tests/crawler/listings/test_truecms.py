"""TrueCMS's lists: the rows hidden in the page, the groups that getMessage.do hands out, and what it does else."""

import json
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.listings import PageRequest, Paging, read_list
from crawler.listings.truecms import read_truecms
from crawler.pages import read_page
from crawler.portals import family_of

SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"
SITE = "http://www.example.gov.cn"
COLUMN = f"{SITE}/pcmzj/ndbg/ndbg.html"
REPORT = "平川县民政局2023年政府信息公开工作年度报告"
CALL = """<script>var initData = '<datastore><totalrecord>{0}</totalrecord><recordset>';
$('#msgList').jpage({{
    dataStore:initData,
    totalRecord:{0},
    dataAfter:'</ul>',
    contentTemplate:'<datastore><totalrecord>9</totalrecord></datastore>',
    proxyUrl:'/truecms/messageController/getMessage.do',
    perPage:10,
    groupSize:3,
    ajaxParam:{{
        columnId:'1cfdefeb-e9aa'
    }}
}});</script>"""


def item(number):
    address = f"/pcmzj/ndbg/content/8a3f-{number}.html"
    return f'<li><span style="float:left;"><a href="{address}" target="_blank">{REPORT}</a></span>2024-01-26</li>'


def opening(count, *, total=61, call=CALL):
    hidden = "".join(f"<ul>{item(number)}</ul>" for number in range(1, count + 1))
    script = call.format(total) if call else ""
    return f"<div id='msgList'></div><div id='initData' style='display:none'>{hidden}</div>{script}"


def page(body):
    return read_page(f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode(), COLUMN)


def first(body):
    this = page(body)
    assert family_of(this.text).key == "truecms"
    return read_list(family_of(this.text).listing(this.text), this, this, 1, PageRequest(COLUMN))


def message(count, start=1, total=61):
    records = "".join(f"<record><![CDATA[{item(number)}]]></record>" for number in range(start, start + count))
    store = f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"
    return json.dumps({"result": store}, ensure_ascii=False)


def answered(body, text, request=None, number=2):
    request = request or first(body).paging.requests[0]
    return read_truecms(page(body), read_page(text.encode(), request.url), number, request)


def query(request):
    return {name: values[-1] for name, values in parse_qs(urlsplit(request.url).query).items()}


def test_the_hidden_rows_are_read_and_the_rest_asked_for_as_the_script_does():
    shown = first(opening(60))

    assert (len(shown.rows), shown.totals) == (60, {61})
    assert (shown.rows[0].title, shown.rows[0].listed_on) == (REPORT, date(2024, 1, 26))
    request = shown.paging.requests[0]
    assert urlsplit(request.url).path == "/truecms/messageController/getMessage.do"
    asked = query(request)
    assert (asked["startrecord"], asked["endrecord"], asked["perpage"], asked["columnId"]) == (
        "61", "90", "10", "1cfdefeb-e9aa",
    )  # fmt: skip
    # Without the address of its page the endpoint says 404.
    assert dict(request.headers)["Referer"] == COLUMN


def test_a_site_that_gives_fewer_rows_at_once_is_asked_for_fewer():
    requests = first(opening(20)).paging.requests

    assert [(query(request)["startrecord"], query(request)["endrecord"]) for request in requests] == [
        ("21", "50"), ("21", "30"),
    ]  # fmt: skip
    shown = answered(opening(20), message(10, start=21), requests[1])
    assert (query(shown.paging.requests[0])["startrecord"], query(shown.paging.requests[0])["endrecord"]) == (
        "31",
        "40",
    )


@pytest.mark.shared
def test_an_answer_in_jsonp_is_read():
    shown = answered(opening(60), (SAMPLES / "truecms_getMessage.json").read_text(encoding="utf-8"))

    assert [(row.url, row.title, row.listed_on) for row in shown.rows] == [
        (
            f"{SITE}/ntsmzj/ndbg/content/8a3f2a6e-2b4c-4b8e-9d2f-0c5b7e1a9d11.html",
            "XX局2023年政府信息公开工作年度报告",
            date(2024, 1, 26),
        )
    ]
    assert shown.paging == Paging(is_end=True)


@pytest.mark.parametrize("wrapping", ["{}", "cb({})", " jQuery1.fn_2 ({}) ;\n"])
def test_an_answer_is_read_in_json_and_however_it_is_padded(wrapping):
    shown = answered(opening(60), wrapping.replace("{}", message(1, start=61)))

    assert [row.url for row in shown.rows] == [f"{SITE}/pcmzj/ndbg/content/8a3f-61.html"]


@pytest.mark.parametrize(
    "text",
    [
        'cb({"result":"<datastore><totalrecord>',
        '{"result":null}',
        '{"result":""}',
        '{"success":false}',
        "[]",
        "<html><body><form action='/login'>登录</form></body></html>",
    ],
)
def test_an_answer_of_another_shape_is_a_fault(text):
    shown = answered(opening(60), text)

    assert (shown.rows, shown.is_empty) == ((), False)
    assert shown.paging.fault == "answer_not_understood"


def test_a_group_without_rows_is_no_end():
    shown = answered(opening(60), message(0))

    assert (shown.rows, shown.is_empty, shown.paging) == ((), False, Paging())


def test_a_list_that_is_hidden_in_the_page_as_a_whole_asks_for_nothing():
    assert first(opening(7, total=7)).paging == Paging(is_end=True)
    assert first(opening(0, total=0)).is_empty


def test_hidden_rows_without_a_call_are_not_said_to_be_all():
    assert first(opening(60, call="")).paging == Paging(fault="pager_unreadable")


def test_a_link_that_only_a_click_opens_is_read():
    body = opening(1, total=1).replace('href="/pcmzj', "href='javascript:;' onclick=\"name2('/pcmzj")
    body = body.replace('.html" target', ".html')\" target")

    assert [row.url for row in first(body).rows] == [f"{SITE}/pcmzj/ndbg/content/8a3f-1.html"]
