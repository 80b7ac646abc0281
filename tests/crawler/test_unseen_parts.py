"""Parts of a list page that were not looked into, and what only looks like one."""

import pytest

from crawler.doubts import parts_unseen
from crawler.list_evidence import ListWalk
from crawler.pages import read_page
from crawler.unread import Unread
from crawler.unseen_parts import failure_shown, unseen_parts
from storage.records import Agency, AgencyKind, EndProof, ScanPage

URL = "http://www.example.gov.cn/nb/"
ROWS = '<ul><li><a href="1.html">澄湖县财政局2024年政府信息公开工作年度报告</a></li></ul>'
BOTH = tuple(
    Agency(key, f"澄湖县{key}局", AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu") for key in ("财政", "民政")
)


def page(body):
    return read_page(f"<html><body>{ROWS}{body}</body></html>".encode(), URL)


@pytest.mark.parametrize(
    "body",
    [
        '<iframe src="bm.html"></iframe>',
        '<object data="/nb/bm.html" type="text/html"></object>',
        '<div id="bm"></div><script>$("#bm").load("/nb/bm.html")</script>',
        '<div class="lazy" data-url="/nb/bm.html"></div>',
        '<a href="all.html">查看全部</a>',
        '<a href="all.html">更多年报&gt;&gt;</a>',
        '<ul><li class="on">县政府部门</li><li onclick="t(2)">乡镇街道</li></ul>',
        '<div class="list"><img src="/images/loading.gif"></div>',
        '<ul><li v-for="x in list"><a :href="x.url">{{x.title}}</a></li></ul>',
        '<a href="/nb2024/">2024年</a>',
    ],
)
def test_what_was_not_looked_into_is_a_part(body):
    assert list(unseen_parts(page(body)))


@pytest.mark.parametrize(
    "body",
    [
        "",
        '<iframe src="/common/top.html"></iframe><iframe src="http://tianqi.example.com/w.html"></iframe>',
        '<iframe src="bm.html" style="display:none"></iframe>',
        '<iframe src="1.html"></iframe>',
        '<script>$("#foot").load("/common/foot.html")</script>',
        '<div data-src="/nb/a.jpg"></div>',
        '<a href="/xw/">更多&gt;&gt;</a>',
        '<a href="/bm/">政府部门</a><a href="/xz/">乡镇街道</a>',
        '<p>本栏目<img src="/images/loading.gif"></p>',
        '<ul><li v-for="x in menu">{{x.name}}</li></ul>',
        '<a href="/nb/2024/">2024年</a>',
    ],
)
def test_what_belongs_to_every_page_or_was_read_is_none(body):
    assert list(unseen_parts(page(body))) == []


@pytest.mark.parametrize("body", ["<div>系统繁忙，请稍后再试</div>", "<p>您的请求存在异常，已被拦截</p>"])
def test_a_failure_that_a_page_shows_beside_its_rows_is_told(body):
    assert failure_shown(page(body))
    assert failure_shown(page(f'<div style="display: none">{body}</div><script>var s="{body}"</script>')) is None


@pytest.mark.parametrize(
    ("part", "year", "is_doubted"),
    [("乡镇街道", None, True), (f"{URL}2024/", 2024, False), ("/nb2024/", 2024, True), ("/nb2019/", 2019, False)],
)
def test_what_was_entered_in_the_end_or_is_of_older_years_leaves_no_doubt(part, year, is_doubted):
    pages = (ScanPage(URL, 200, "a" * 64, 1, {}), ScanPage(f"{URL}2024/index.html", 200, "b" * 64, 1, {}))
    unread = (Unread(part, year, is_year=False, is_part=True),)
    walk = ListWalk(pages=pages, end_proof=EndProof.SINGLE_PAGE, unread=unread)
    found = parts_unseen(BOTH, walk, URL, "s", [], from_year=2024)

    assert {owner for reading, _ in found for owner in reading.may_be} == ({"财政", "民政"} if is_doubted else set())
