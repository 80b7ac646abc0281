"""Agencies that a list page's source names outside the rows that were read: their absence is not proven."""

from __future__ import annotations

import pytest

from crawler.doubts import named_in_source
from crawler.links import read_row
from crawler.list_evidence import ListWalk
from crawler.pages import read_page
from crawler.rows import read_rows, without_twins
from crawler.unread import source_entries
from storage.records import Agency, AgencyKind, EndProof

URL = "http://www.example.gov.cn/zfxxgk/nb/"
FINANCE, CIVIL, COUNTY = (
    Agency(key, name, kind, "990123", "chenghu")
    for key, name, kind in (
        ("cz", "澄湖县财政局", AgencyKind.LOCAL_DEPARTMENT),
        ("mz", "澄湖县民政局", AgencyKind.LOCAL_DEPARTMENT),
        ("xf", "澄湖县人民政府", AgencyKind.COUNTY_GOVERNMENT),
    )
)
TITLE = "澄湖县财政局2024年政府信息公开工作年度报告"
ESCAPED = "".join(f"\\u{ord(character):04x}" for character in TITLE)
ENTITIES = "".join(f"&#{ord(character)};" for character in TITLE)
READ = (
    '<ul><li><a href="1.html">澄湖县财政局2023年政府信息公开工作年度报告</a><span>2024-01-20</span></li>'
    '<li><a href="2.html">澄湖县民政局2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li></ul>'
)


def doubted(body, agencies=(FINANCE, CIVIL, COUNTY)):
    """The agencies that the source names of 2024, or of no year, beside the rows that were read."""
    page = read_page(f"<html><head><title>年度报告</title></head><body>{body}{READ}</body></html>".encode(), URL)
    rows = without_twins(read_rows(page))
    walk = ListWalk(rows=rows, end_proof=EndProof.SINGLE_PAGE, unread=tuple(source_entries(page)))
    found = [read_row(row.title, row.url, None, scan="s", agencies=agencies, is_in_list=True) for row in rows]
    named = named_in_source(agencies, walk, URL, "s", [reading for reading in found if reading is not None])
    return {owner for reading, _ in named if reading.candidate.report_year != 2023 for owner in reading.may_be}


@pytest.mark.parametrize(
    "body",
    [
        f'<script>var list=[{{"title":"{TITLE}","url":"9.html"}}];draw(list)</script>',
        f'<script>var list=[{{"title":"{ESCAPED}"}}]</script>',
        f'<div data-title="{ENTITIES}"></div>',
        f'<!--[if gte IE 9]><li><a href="9.html">{TITLE}</a></li><![endif]-->',
        f'<form action="9.html"><input type="submit" value="{TITLE}"></form>',
        "<table><tr><td>澄湖县财政局</td><td>2024年政府信息公开工作年度报告</td></tr></table>",
        "<table><tr><td>澄湖县财政局</td><td><a href='9.html'>查看</a></td></tr></table>",
        "<select><option>县教育局</option><option>县财政局</option></select>",
        '<ul class="tree"><li onclick="t(1)">县教育局</li><li onclick="t(2)"><span>县财政局</span></li></ul>',
        '<h3>2024年部门年报</h3><div><a href="9.html">县财政局</a> <a href="8.html">县教育局</a></div>',
    ],
)
def test_an_agency_that_the_source_names_outside_the_rows_is_not_proven_absent(body):
    assert doubted(body) == {"cz"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        f'<li><a href="9.html" title="澄湖县财政局2023年政府信息公开工作年度报告">{TITLE}</a></li>',
        '<div class="footer"><li>澄湖县财政局</li><li>澄湖县人民政府</li></div><p>主办：澄湖县财政局</p>',
        '<ul class="nav"><li onclick="t(1)">县教育局</li><li onclick="t(2)">县财政局</li></ul>',
        '<h3>部门网站</h3><a href="/czj/">县财政局</a><a href="http://jyj.example.gov.cn/">县教育局</a>',
        "<select><option>部门网站</option><option>县教育局</option><option>县财政局</option></select>",
        "<select><option>全部</option><option>县教育局</option><option>县财政局</option></select>",
        '<select><option value="/jyj/">县教育局</option><option value="/czj/">县财政局</option></select>',
        '<ul><li class="on">全部</li><li>县教育局</li><li>县财政局</li></ul>',
        '<ul><li><a href="/xw/7.html">澄湖县财政局召开工作会议</a></li><li><a href="/czj/">澄湖县财政局</a></li></ul>',
        "<tr><td>澄湖县财政局</td><td><a href='/xw/8.html'>关于拨付专项资金的通知</a></td></tr>",
        "<script>var site={name:'澄湖县人民政府',dept:'澄湖县财政局'}</script>",
        "<p>当前位置：首页 » 澄湖县财政局 » 澄湖县财政局2024年政府信息公开年报</p>",
        '<img alt="一图读懂澄湖县财政局2024年政府信息公开工作年度报告" src="a.png">',
        '<script>var a="澄湖县财政局2024年法治政府建设年度报告"</script>',
        "<script>var a='澄湖县财政局2023年政府信息公开工作年度报告'</script>",
    ],
)
def test_what_every_page_of_a_portal_names_and_what_was_read_leave_no_doubt(body):
    assert doubted(body) == set()


def test_the_names_on_an_agencys_own_column_say_nothing_of_its_reports():
    own = Agency("cz", "澄湖县财政局", AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu", column_url=URL)

    assert doubted("<ul><li>县教育局</li><li>县财政局</li></ul>", (own,)) == set()
    assert doubted(f"<!-- {TITLE} -->", (own,)) == {"cz"}
