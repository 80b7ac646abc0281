"""Signs without an address that a list goes on, and what only looks like one."""

from __future__ import annotations

import pytest

from crawler.listings.linked_pages import paging_of_links
from crawler.pages import read_page

URL = "http://www.example.gov.cn/nb/"
ROWS = 15
LIST = "".join(
    f'<li><a href="{n}.html">第{n}局2023年政府信息公开年报</a><span>2024-01-{n:02}</span></li>' for n in range(1, 16)
)


def paging(body):
    return paging_of_links(read_page(f"<html><body><ul>{LIST}</ul>{body}</body></html>".encode(), URL), 1, rows=ROWS)


@pytest.mark.parametrize(
    "body",
    [
        '<div><span class="cur">1</span><span data-page="2">2</span></div>',
        '<div><a href="#">1</a><a href="#" onclick="go(2)">2</a><a href="#" onclick="go(3)">3</a></div>',
        "<ul><li><span>1</span></li><li><span>2</span></li></ul>",
        "<div><button>1</button><button>2</button></div>",
        '<el-pagination :page-size="15" :total="60"></el-pagination>',
        '<div class="pg" data-total="60" data-size="15"></div>',
        "<div><button>&lt;</button> 1/4 <button>&gt;</button></div>",
        '<p class="tip">下拉加载更多</p>',
        '<div class="loading">数据加载中，请稍候...</div>',
        "<div><p>正在加载…</p></div>",
        "<script>pageList(60,15,1);</script>",
        '<form><input type="image" src="/images/next.gif"></form>',
        '<div class="more" id="more">加载更多</div>',
        '<a class="more">查看更多</a>',
        '<div><b>1</b> <a href="/list.php?cid=5&page=2">2</a></div>',
        '<div class="pages d-flex"><a onclick="go(1)">上一页</a><a onclick="go(2)">下一页</a></div>',
        '<ul><li class="d-inline-block"><a onclick="go(2)">下一页</a></li></ul>',
        '<div class="fy text-end"><span>上一页</span><span>下一页</span></div>',
        '<div class="justify-content-end"><button onclick="go(2)">下一页</button></div>',
        '<a onclick="go(2)" class="page-end">下一页</a>',
        '<a onclick="go(2)" class="end">下一页</a>',
        '<a href="/nb/" id="next">下一页</a>',
        "<p>共1页</p><p>共3页</p>",
        '<div>本页共15条 <a onclick="go(2)">下一页</a></div>',
    ],
)
def test_a_list_that_shows_in_some_way_that_it_goes_on_is_not_whole(body):
    assert (paging(body).fault, paging(body).is_single) == ("pager_unreadable", False)


def test_the_picture_of_an_arrow_that_is_linked_leads_to_the_next_page():
    assert [request.url for request in paging('<a href="index_2.html"><img src="next.gif"></a>').requests] == [
        f"{URL}index_2.html"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<ol><li><em>1</em><a href='/xw/1.html'>会议召开</a></li><li><em>2</em><a href='/xw/2.html'>调研</a></li></ol>",
        "<table class='rl'><tr>" + "".join(f"<td>{day}</td>" for day in range(1, 32)) + "</tr></table>",
        "<p>进度 1/4</p>",
        '<div class="loading" style="display: none">数据加载中，请稍候...</div>',
        '<div class="mask hide"><span>正在加载</span></div>',
        "<p>主办：平川市人民政府</p><div>加载中</div>",
        "<p>年报数据加载中心成立</p>",
        '<a href="/xw/">查看更多</a>',
        '<div style="display:none">加载更多</div>',
        "<div><span>1</span></div>",
        '<div data-total="15" data-size="15"></div>',
        "<script>showPage(15,15,1);</script>",
        "<dl><dd>1</dd><dd>2</dd>次</dl>",
    ],
)
def test_numbers_that_turn_no_page_leave_a_list_whole(body):
    assert paging(body).is_single
