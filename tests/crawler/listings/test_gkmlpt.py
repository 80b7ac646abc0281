"""gkmlpt: which nodes of the tree hold reports, how their rows are asked for, and what proves nothing."""

import json
from pathlib import Path

import pytest

from crawler.columns import report_columns
from crawler.listings import InnerColumn, PageRequest, read_list
from crawler.listings.gkmlpt import MAX_DEPTH, read_tree, tree_links, tree_of
from crawler.pages import read_page
from crawler.portals import Listing, family_of

COLUMN = "http://www.example.gov.cn/gkmlpt/annualreport"
SAMPLES = Path(__file__).parents[3].parent / "shared" / "portal_samples"


def node(key, name, *, jump_url="", children=()):
    return {"id": key, "name": name, "post_count": 3, "jump_url": jump_url, "children": list(children)}


def shell(*nodes, url=COLUMN, sid="SID: '175',"):
    text = f"<html><body><script>window._CONFIG = {{ {sid} TREE: {json.dumps(nodes)}, A: '1' }}</script></body></html>"
    return read_page(text.encode(), url)


def opened(page, url=None):
    return read_tree(page, page, 1, PageRequest(url or page.url))


def urls(shown):
    return [request.url for request in shown.paging.requests]


def answer(value, *, page=None, place=2, request=None):
    page = page or shell(node(2629, "政府信息公开年报"))
    request = request or opened(page).paging.requests[0]
    text = value if isinstance(value, str) else json.dumps(value)
    return read_tree(page, read_page(text.encode(), request.url), place, request)


def articles(*numbers, total, count=None, key=2629, **more):
    rows = [
        {
            "id": number,
            "title": f"平川县{number}局2023年政府信息公开工作年度报告",
            "url": f"http://www.example.gov.cn/gkmlpt/content/0/{number}/post_{number}.html",
            "create_time": 1706603104,
            "date": "2023-12-31 00:00:00",
            **more,
        }
        for number in numbers
    ]
    counted = total if count is None else count
    return {"total": total, "classify": {"id": key, "name": "年报", "post_count": counted}, "articles": rows}


def test_the_column_is_found_by_its_name():
    page = shell(node(1, "指南"), node(5, "法定主动公开内容", children=[node(7, "统计年鉴"), node(8, "年报")]))

    assert urls(opened(page)) == ["http://www.example.gov.cn/gkmlpt/api/all/8?page=1&sid=175"]


def test_an_ambiguous_name_counts_only_where_there_is_no_other():
    page = shell(node(7, "年报"), node(5, "信息公开", children=[node(8, "政府信息公开工作年度报告")]))

    assert urls(opened(page)) == ["http://www.example.gov.cn/gkmlpt/api/all/8?page=1&sid=175"]


def test_the_column_is_the_one_behind_the_hash_where_the_registry_names_one():
    page = shell(node(8, "年报"), node(9, "信息公开年报"))

    assert urls(opened(page, f"{COLUMN}#9")) == ["http://www.example.gov.cn/gkmlpt/api/all/9?page=1&sid=175"]


def test_an_agency_that_shares_the_host_has_its_own_folder():
    page = shell(node(8, "年报"), url="http://www.example.gov.cn/zqhjj/gkmlpt/index", sid="'SID': 758019,")

    assert urls(opened(page)) == ["http://www.example.gov.cn/zqhjj/gkmlpt/api/all/8?page=1&sid=758019"]


def test_a_page_without_a_sid_asks_without():
    assert urls(opened(shell(node(8, "年报"), sid=""))) == ["http://www.example.gov.cn/gkmlpt/api/all/8?page=1"]


def test_nodes_inside_the_column_are_lists_of_their_own():
    page = shell(
        node(8, "政府信息公开年报", children=[
            node(9, "2023年"), node(10, "市直部门"), node(11, "平川县水利局"),
            node(12, "镇街", jump_url="https://www.example.gov.cn/zwgk/nb/index.html"),
            node(13, "其他", jump_url="http://other.example.gov.cn/gkmlpt/annualreport#77"),
        ])
    )  # fmt: skip

    assert opened(page).columns == (
        InnerColumn(f"{COLUMN}#8-own"),
        InnerColumn(f"{COLUMN}#9-own"),
        InnerColumn(f"{COLUMN}#10-own"),
        InnerColumn(f"{COLUMN}#11-own", "平川县水利局"),
        InnerColumn("http://www.example.gov.cn/zwgk/nb/index.html"),
        InnerColumn("http://other.example.gov.cn/gkmlpt/annualreport#77"),
    )
    assert urls(opened(page, f"{COLUMN}#8-own")) == ["http://www.example.gov.cn/gkmlpt/api/all/8?page=1&sid=175"]


def test_the_tree_is_links_for_those_who_look_for_the_column():
    page = shell(node(5, "法定主动公开内容", children=[node(8, "政府信息公开年报")]), node(9, ""))

    assert report_columns(tree_links(page), lambda _: False) == (f"{COLUMN}#8",)
    assert tree_links(read_page(b"<html><body>x</body></html>", COLUMN)) == ()


def test_a_tree_without_the_column_is_a_fault():
    assert opened(shell(node(1, "指南"), node(2, "财政预决算"))).paging.fault == "no_report_node"


def test_a_list_that_a_node_leads_to_is_made_of_links():
    rows = "".join(
        f'<li><a href="content/post_{number}.html">平川县{number}局2023年政府信息公开工作年度报告</a></li>'
        for number in range(3)
    )
    script = "<script>window._CONFIG = {A: '1'}</script>"
    text = f"<html><body>{script}<ul>{rows}</ul><a href='index_2.html'>下一页</a></body></html>"
    page = read_page(text.encode(), "http://www.example.gov.cn/zwgk/nb/index.html")

    shown = read_list(family_of(page.text).listing(page.text), page, page, 1, PageRequest(page.url))

    assert len(shown.rows) == 3
    assert urls(shown) == ["http://www.example.gov.cn/zwgk/nb/index_2.html"]


def test_a_row_that_was_put_in_anew_has_the_day_on_which_it_came_first():
    (row,) = answer(articles(7, total=1, create_time=1738720000, display_publish_time=1736900000)).rows

    assert str(row.listed_on) == "2025-01-15"


def test_a_row_has_the_day_on_which_it_was_published():
    (row,) = answer(articles(7, total=1)).rows

    assert str(row.listed_on) == "2024-01-30"
    assert row.url == "http://www.example.gov.cn/gkmlpt/content/0/7/post_7.html"


def test_a_row_without_an_address_of_its_own_leads_to_the_list_of_links():
    value = articles(7, total=1, url="", post_url="http://www.example.gov.cn/zwgk/post_7.html")

    assert answer(value).rows[0].url == "http://www.example.gov.cn/zwgk/post_7.html"


def test_titles_are_plain():
    value = articles(7, total=1, title="%u5E73%u5DDD<em>县</em>&amp;\x07<script>x</script>财政局")

    assert answer(value).rows[0].title == "平川县&x财政局"


def test_pages_are_asked_for_until_all_rows_have_come():
    page = shell(node(2629, "政府信息公开年报"))
    first = answer(articles(*range(20), total=25), page=page)
    second = answer(articles(*range(20, 25), total=25), page=page, place=3, request=first.paging.requests[0])

    assert urls(first) == ["http://www.example.gov.cn/gkmlpt/api/all/2629?page=2&sid=175"]
    assert second.paging.is_end
    assert second.totals == {25}


def test_what_the_column_counts_of_itself_is_no_statement_about_the_list():
    assert answer(articles(7, total=1, count=20)).totals == {1}
    assert answer(articles(7, 8, total=2, count=1)).totals == {2}


def test_a_column_without_posts_is_empty():
    assert answer(articles(total=0)).is_empty


@pytest.mark.parametrize(
    "value",
    [
        "<html>请登录</html>",
        "{broken",
        "null",
        {},
        {"total": 3},
        {"articles": []},
        {"total": "many", "articles": []},
        articles(7, total=1, key=0),
    ],
)
def test_what_is_no_answer_for_this_column_is_a_fault(value):
    assert answer(value).paging.fault == "answer_not_understood"


def test_a_tree_inside_itself_without_end_is_cut():
    value = {"id": 1, "name": "年报", "children": []}
    for key in range(2, 50):
        value = {"id": key, "name": "层", "children": [value]}

    (top,) = tree_of([value])

    assert len(list(top.all())) == MAX_DEPTH


@pytest.mark.shared
def test_the_samples_are_read():
    page = read_page((SAMPLES / "gkmlpt_index_skeleton.html").read_bytes(), "http://whly.gd.gov.cn/gkmlpt/index")
    listing = family_of(page.text).listing(page.text)

    shown = read_list(listing, page, page, 1, PageRequest(page.url))
    value = (SAMPLES / "gkmlpt_api_all.json").read_text()
    rows = answer(value, page=page, request=shown.paging.requests[0])

    assert listing is Listing.GKMLPT
    assert urls(shown) == ["http://whly.gd.gov.cn/gkmlpt/api/all/2629?page=1&sid=175"]
    assert {(row.title, str(row.listed_on)) for row in rows.rows} == {("2025年政府信息公开工作年度报告", "2026-01-28")}


def test_half_a_character_spoils_no_row():
    text = json.dumps(articles(7, total=1)).replace("/gkmlpt/content", "/gkmlpt/\\ud800content")

    (row,) = answer(text).rows

    assert row.url == "http://www.example.gov.cn/gkmlpt/content/0/7/post_7.html"


def test_a_character_that_a_script_escaped_in_two_halves_is_one():
    (row,) = answer(json.dumps(articles(7, total=1, title="%uD842%uDFB7%u6CB3镇\ud83d2023年政府信息公开年报"))).rows

    assert row.title == "𠮷河镇2023年政府信息公开年报"
