"""Several titles of one address: no row of a report is lost because something else links its article too."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.answers import Answer
from crawler.list_evidence import ListWalk, ReadPage, SeenList
from crawler.listings import PageRequest
from crawler.listings.linked_pages import read_linked_page
from crawler.pages import read_page
from crawler.rows import Row
from crawler.walks import joined
from storage.records import SHANGHAI, EndProof

FOLDER = "http://www.example.gov.cn/nb/"
TITLE = "平川县水利局2024年政府信息公开工作年度报告"
OTHER = "平川县财政局2024年政府信息公开工作年度报告"
OTHERS = "".join(f'<li><a href="{n}.html">第{n}局2024年政府信息公开年报</a></li>' for n in range(3))


def seen_list(*bodies, words=""):
    """The list as far as these pages show it."""
    seen = SeenList(FOLDER)
    for number, body in enumerate(bodies, start=1):
        source = f"<html><body><ul class=list>{body}</ul>{words}</body></html>".encode()
        page = read_page(source, FOLDER)
        request = PageRequest(FOLDER)
        answer = Answer(FOLDER, FOLDER, datetime(2025, 2, 10, tzinfo=SHANGHAI), 200)
        seen.take(ReadPage(request, answer, page, read_linked_page(page, page, number, request)))
    seen.proof = EndProof.SINGLE_PAGE
    return seen


def walked(*bodies, words=""):
    """The list of these pages, as it is seen when nothing went wrong."""
    return seen_list(*bodies, words=words).walk(None)


def titles_of(walk, name="w.html"):
    return [row.title for row in (*walk.rows, *walk.wordings) if row.url == f"{FOLDER}{name}"]


@pytest.mark.parametrize(
    "row",
    [
        f'<li><a href="w.html">{TITLE}</a><a href="w.html">查看</a></li>',
        f'<li><a href="w.html">[原文]</a><a href="w.html">{TITLE}</a></li>',
        f'<li><a href="w.html">{TITLE}</a><a href="w.html"><img src="a.png" alt="图标"></a></li>',
        f'<li><a href="w.html">{TITLE}</a></li><li><a href="w.html">NEW</a></li>',
        f'<li><a href="w.html">{TITLE}</a><a href="w.html">水利局</a></li>',
    ],
)
def test_a_link_that_names_nothing_does_not_take_the_place_of_the_report_it_leads_to(row):
    walk = walked(OTHERS + row)

    assert (titles_of(walk), len(walk.rows), walk.pages[0].rows) == ([TITLE], 4, 4)


def test_every_title_of_an_address_that_several_rows_share_is_read():
    walk = walked(OTHERS + f'<li><a href="w.html">{TITLE}</a></li><li><a href="w.html">{OTHER}</a></li>')

    assert sorted(titles_of(walk)) == sorted([TITLE, OTHER])


def test_a_title_on_a_later_page_of_an_address_seen_before_is_read():
    pinned, page2 = '<li><a href="w.html">置顶</a></li>', f'<li><a href="w.html">{TITLE}</a></li>'

    assert TITLE in titles_of(walked(OTHERS + pinned, page2))


def test_every_title_of_an_address_is_remembered_with_a_list_that_is_not_walked_again():
    shared = f'<li><a href="w.html">{TITLE}</a></li><li><a href="w.html">{OTHER}</a></li>'
    before, now = seen_list(OTHERS, shared), seen_list(OTHERS)

    now.take_known(tuple(before.rows.values())[3:], before.beside)

    walk = now.walk(None)
    assert sorted([*titles_of(walk), *(row.title for row in walk.others)]) == sorted([TITLE, OTHER])


def test_an_address_counts_once_toward_the_total_that_its_list_states():
    shared = f'<li><a href="w.html">{TITLE}</a></li><li><a href="w.html">{OTHER}</a></li>'

    assert walked(OTHERS + shared, words="<p>共4条</p>").end_proof is EndProof.STATED_TOTAL
    assert walked(OTHERS + shared, words="<p>共5条</p>").trouble.key == "total_differs"


def test_a_title_beside_the_list_that_says_more_than_the_lists_own_is_read():
    hot = f'<div><p><a href="w.html">{TITLE}</a></p></div>'

    assert [row.title for row in walked(OTHERS + '<li><a href="w.html">置顶</a></li>', words=hot).others] == [TITLE]


def test_lists_that_are_joined_keep_every_title_of_an_address():
    parts = [ListWalk(rows=(Row(title, f"{FOLDER}w.html", None),)) for title in (OTHER, TITLE, TITLE)]

    assert titles_of(joined(parts)) == [OTHER, TITLE]
