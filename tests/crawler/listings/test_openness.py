"""openness portals: branches to pick from, reports that are linked by their year alone."""

import pytest

from crawler.listings import InnerColumn, PageRequest, Paging
from crawler.listings.openness import read_openness
from crawler.pages import read_page
from crawler.portals import Listing, family_of

SITE = "http://www.example.gov.cn"
COLUMN = f"{SITE}/Xxgknb/"
BRANCH = f"{SITE}/Xxgknb/index/301.html"


def shown(body, url=BRANCH, number=1):
    page = read_page(f"<html><body>{body}</body></html>".encode(), url)
    return read_openness(page, page, number, PageRequest(url))


def link(href, text):
    return f'<li><a href="{href}">{text}</a></li>'


def test_a_year_alone_is_that_years_report():
    years = link("/Xxgknb/show/4021.html", "2023年") + link("/Xxgknb/show/4020.html", "2022年度")

    read = shown(f"<ul>{years}</ul>")

    assert [(row.title, row.url) for row in read.rows] == [
        ("2023年政府信息公开年度报告", f"{SITE}/Xxgknb/show/4021.html"),
        ("2022年政府信息公开年度报告", f"{SITE}/Xxgknb/show/4020.html"),
    ]
    assert read.paging == Paging(is_single=True)
    assert not read.columns


def test_branches_are_lists_of_their_own():
    branches = link("/Xxgknb/index/301.html", "财政局") + link("/Xxgknb/index/302.html", "教育局")

    read = shown(f"<ul>{branches}</ul>", COLUMN)

    assert read.columns == (
        InnerColumn(f"{SITE}/Xxgknb/index/301.html", "财政局"),
        InnerColumn(f"{SITE}/Xxgknb/index/302.html", "教育局"),
    )


def test_a_branchs_number_leads_from_its_directory_to_its_reports():
    options = "".join(
        f'<option value="/opennessContent/?branch_id={key}">{name}</option>'
        for key, name in [("5a1", "财政局"), ("5a2", "教育局")]
    )

    read = shown(f"<select>{options}</select>", f"{SITE}/opennessAnnualReport/")

    assert read.columns == (
        InnerColumn(f"{SITE}/opennessAnnualReport/?branch_id=5a1", "财政局"),
        InnerColumn(f"{SITE}/opennessAnnualReport/?branch_id=5a2", "教育局"),
    )


def test_the_picker_on_a_branchs_own_page_is_not_walked_from_there():
    branches = link("/Xxgknb/index/301.html", "财政局") + link("/Xxgknb/index/302.html", "教育局")

    read = shown(f"<ul>{branches}</ul><p>暂无信息</p>")

    assert [column.is_others for column in read.columns] == [True, True]
    assert read.is_empty


def test_the_years_of_a_branch_that_is_shown_beside_the_picker_are_not_everybodys():
    branches = link("/Xxgknb/index/301.html", "财政局") + link("/Xxgknb/index/302.html", "教育局")
    years = link("/Xxgknb/show/4021.html", "2023年")
    named = link("/Xxgknb/show/4022.html", "平川县教育局2023年政府信息公开工作年度报告")

    read = shown(f"<ul class='b'>{branches}</ul><ul>{years}{named}</ul>", COLUMN)

    assert [row.url for row in read.rows] == [f"{SITE}/Xxgknb/show/4022.html"]
    assert [column.publisher for column in read.columns] == ["财政局", "教育局"]


@pytest.mark.parametrize(
    ("below", "paging"),
    [
        ('<a href="javascript:void(0)" onclick="more(2)">查看更多</a>', Paging(fault="pager_unreadable")),
        ("第1页/共1页", Paging(is_end=True)),
    ],
    ids=["more by script", "one page"],
)
def test_the_years_end_where_the_page_says_so(below, paging):
    years = link("/Xxgknb/show/4021.html", "2023年")

    assert shown(f"<ul>{years}</ul>{below}").paging == paging


def test_a_branch_page_leads_on_to_its_page_of_reports():
    read = shown(
        link("/Xxgknb/index/301.html", "政府信息公开年报"), f"{SITE}/OpennessContent/showList/301/7/page_1.html"
    )

    assert read.columns == (InnerColumn(BRANCH),)


def test_every_age_of_the_system_gives_itself_away():
    for source in (
        '<a href="/opennessContent/?branch_id=5a1">',
        '<a href="/Xxgknb/show/1.html">',
        "/BranchOpennessContent/showList/1/2/",
    ):
        assert family_of(source).listing(source) is Listing.OPENNESS
