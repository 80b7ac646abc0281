"""Reports and years that a page names and does not link: whose absence is then not proven."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.doubts import ROUND_NUMBERS, rows_beyond, stale_page, unlinked_rows
from crawler.links import read_row
from crawler.list_evidence import ListWalk
from crawler.pages import read_page
from crawler.rows import Row, read_rows
from crawler.unread import Unread, linked_years, unread_entries
from storage.records import Agency, AgencyKind, EndProof, ScanPage

URL = "http://www.example.gov.cn/zfxxgk/nb/"
FINANCE, CIVIL = (
    Agency(key, f"澄湖县{name}", AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu")
    for key, name in (("cz", "财政局"), ("mz", "民政局"))
)
BOTH = (FINANCE, CIVIL)
TITLE = "澄湖县财政局2024年政府信息公开工作年度报告"
OLDER = '<ul><li><a href="1.html">澄湖县财政局2023年政府信息公开工作年度报告</a><span>2024-01-20</span></li></ul>'


def page(body):
    return read_page(f"<html><body>{body}{OLDER}</body></html>".encode(), URL)


def walk(body, *, rows=None, proof=EndProof.SINGLE_PAGE, headers=None):
    shown = page(body)
    kept = ScanPage(URL, 200, "a" * 64, 1, headers or {})
    return ListWalk(
        pages=(kept,), rows=read_rows(shown) if rows is None else rows, end_proof=proof, unread=unread_entries(shown)
    )


def doubted(body):
    """Agency → the years in which its absence is left unproven."""
    found = [reading for reading, _ in unlinked_rows(BOTH, walk(body), URL, "s") if reading.may_be]
    return {(owner, reading.candidate.report_year) for reading in found for owner in reading.may_be}


@pytest.mark.parametrize(
    "body",
    [
        f"<ul><li onclick=\"location.href='2.html'\"><span>{TITLE}</span></li></ul>",
        f'<ul><li><a href="javascript:void(0)" onclick="openInfo(1)">{TITLE}</a></li></ul>',
        f"<p>{TITLE}</p>",
        f'<div data-href="2.html">{TITLE}</div>',
        f'<img alt="{TITLE}" src="a.jpg">',
    ],
)
def test_a_report_that_is_named_without_a_link_may_be_its_agencys_and_nobody_elses(body):
    assert doubted(body) == {("cz", 2024)}


@pytest.mark.parametrize(
    "body",
    [
        '<ul><li class="on">2023年</li><li data-id="2024">2024年</li></ul>',
        '<a href="#" class="cur">2023</a><a href="javascript:toYear(2024)">2024</a>',
        "<select><option selected>二〇二三年</option><option value='2024'>二〇二四年</option></select>",
        "<div><span>2023年度</span><span>2024年度</span></div>",
        "<ul><li>2024年政府信息公开工作年度报告</li></ul>",
    ],
)
def test_a_year_behind_a_click_may_hold_anybodys_report(body):
    assert doubted(body) >= {("cz", 2024), ("mz", 2024)}


@pytest.mark.parametrize(
    "body",
    [
        '<ul><li class="on">2024年</li><li data-id="2022">2022年</li></ul><a href="2.html">' + TITLE + "</a>",
        '<a href="2024/">2024年</a><a href="2023/">2023年</a>',
        "<select><option>全部年份</option><option>2024年</option><option>2023年</option></select>",
        '<ul><li class="on">全部</li><li>2024年</li><li>2023年</li></ul>',
        '<div class="calendar"><select><option>2023</option><option>2024</option></select></div>',
        "<ul><li><span>2024</span><a href='3.html'>通告</a></li><li><span>2023</span><a href='4.html'>公告</a></ul>",
        "<h2>2024年政府信息公开工作年度报告</h2>",
        '<div class="position"><span>首页</span><span>2024年政府信息公开年报</span></div>',
        f'<a href="2.html" title="{TITLE}">{TITLE}</a>',
        "<p>请各单位于1月31日前公布2024年政府信息公开工作年度报告。</p>",
        "<p>高密市税务局2024年政府信息公开工作年度报告</p>",
    ],
)
def test_what_is_read_or_leads_somewhere_or_is_no_entry_leaves_no_doubt(body):
    assert {owner for owner, year in doubted(body) if year == 2024} == set()


def test_a_menu_of_the_years_of_publication_keeps_the_report_on_the_year_before():
    menu = "<ul><li onclick='y(2025)'>2025年</li><li class='on'>2024年</li><li onclick='y(2023)'>2023年</li></ul>"

    assert doubted(menu) >= {("cz", 2024), ("mz", 2024)}
    assert {year for _, year in doubted(f'{menu}<a href="2.html">{TITLE}</a>')} == {2025}


def test_a_menu_of_years_whose_choices_are_addresses_is_followed():
    shown = page(
        '<select><option value="/zfxxgk/nb/2024/">二〇二四年</option><option selected>二〇二三年</option></select>'
    )

    assert linked_years(shown) == (Row("2024年", f"{URL}2024/", None),)
    assert unread_entries(shown) == ()


def test_an_entry_says_what_it_shows_and_of_which_year_it_is():
    assert unread_entries(page(f"<p>{TITLE}</p>")) == (Unread(TITLE, 2024, is_year=False),)


def rows(count):
    return tuple(Row(f"澄湖县财政局{year}年政府信息公开年报", f"{URL}{year}.html", None) for year in range(count))


@pytest.mark.parametrize(
    ("count", "proof", "agencies", "unsure"),
    [
        (15, EndProof.SINGLE_PAGE, BOTH, {"mz"}),
        (14, EndProof.SINGLE_PAGE, BOTH, set()),
        (15, EndProof.LAST_PAGE, BOTH, set()),
        (15, EndProof.SINGLE_PAGE, (CIVIL,), set()),
    ],
)
def test_one_page_of_a_round_number_of_rows_proves_nothing_of_whom_it_never_names(count, proof, agencies, unsure):
    assert 14 not in ROUND_NUMBERS
    shown = rows(count)
    readings = [read_row(row.title, row.url, None, scan="s", agencies=agencies, is_in_list=True) for row in shown]
    beyond = rows_beyond(agencies, walk("", rows=shown, proof=proof), URL, "s", [one for one in readings if one])

    assert {owner for reading, _ in beyond for owner in reading.may_be} == unsure


@pytest.mark.parametrize(("headers", "is_stale"), [({"Age": "172800"}, True), ({"Age": "600"}, False), ({}, False)])
def test_a_copy_that_a_cache_kept_for_days_tells_nothing_of_today(headers, is_stale):
    assert (stale_page(walk("", headers=headers)) is not None) is is_stale


def test_a_link_that_is_a_picture_says_what_the_picture_says():
    shown = page(
        '<a href="/zt/"><img alt="2024年政府信息公开工作年度报告专题" src="a.jpg"></a>'
        '<a href="all/"><img src="/i/more.gif"></a>'
        '<ul><li><a href="5.html">[应急管理局]2024年政府信息公开年报</a>[2025-01-20]</li></ul>'
    )
    found = {row.url: (row.title, row.listed_on) for row in read_rows(shown)}

    assert found["http://www.example.gov.cn/zt/"] == ("2024年政府信息公开工作年度报告专题", None)
    assert found[f"{URL}all/"] == ("更多", None)
    assert found[f"{URL}5.html"] == ("[应急管理局]2024年政府信息公开年报", date(2025, 1, 20))
