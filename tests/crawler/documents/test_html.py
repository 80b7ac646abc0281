"""A page gives what its reader sees: every cell with its own text, nothing hidden, nothing run together."""

from __future__ import annotations

import pytest

from crawler.documents import read_document
from crawler.documents.model import Paragraph, Table
from crawler.parser import read_report
from storage.report import DoubtKind

HEADINGS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)
TITLE = "澄湖县水务局2024年政府信息公开工作年度报告"
PREAMBLE = "根据条例编制本报告，所列数据的统计期限自2024年1月1日起至2024年12月31日止。联系电话：0600-7654321。"
WORDS = "全年围绕供水、河道和防汛发布信息，按时答复群众来信，每季度核对栏目，没有发生延误。"
ITEMS = "<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"


def grid(html):
    tables = [
        block
        for block in read_document(f"<html><body>{html}</body></html>".encode()).blocks
        if isinstance(block, Table)
    ]
    return [[cell.text for cell in row] for row in tables[0].rows]


def issued(cell):
    """What is read of a cell that holds this HTML."""
    rows = f"<tr><td>行政规范性文件</td><td>{cell}</td><td>1</td><td>9</td></tr>"
    return read_report(page(f"<table>{ITEMS}{rows}</table>").encode())


def page(table="", *, heading="<h2>{}</h2>", frame="{}", texts=None):
    """A whole report; `frame` is what the portal puts around it."""
    bodies = [f"<p>{WORDS}</p>", table, "", "", f"<p>{WORDS}</p>", "<p>无。</p>"]
    parts = "".join(heading.format(text) + body for text, body in zip(texts or HEADINGS, bodies, strict=True))
    body = f"<h1>{TITLE}</h1><p>{PREAMBLE}</p>{parts}<p>澄湖县水务局</p><p>2025年1月9日</p>"
    return f"<html><body>{frame.format(body)}</body></html>"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        ("<span>1</span><span>2</span>", 12),
        ("<p>\n <span>1</span><span lang=EN-US>2</span>\n</p>", 12),
        ("<p>&nbsp;</p><p>12</p>", 12),
        ("<!-- 7 -->12<!--[if mso]>8<![endif]-->", 12),
        ("12<script>write(5)</script><style>td{}</style>", 12),
        ("12<span style='display: none'>9</span>", 12),
        ("12<i hidden>9</i>", 12),
        ("<del>7</del>12", 12),
        ("<input type=text value='12'>", 12),
        ("<input type='hidden' value='9'>12", 12),
        ("12<sup>1</sup>", 12),
        ("12<sup>①</sup>", 12),
        ("<sup>12</sup>", 12),
        ("<p>12（其中修订3件）</p>", 12),
        ("12<p>34</p>", None),
        ("<p>12</p>34", None),
        ("<div>12</div><div>34</div>", None),
        ("12<br>34", None),
        ("<img src='12.png'>", None),
    ],
)
def test_a_cell_is_what_its_reader_sees(cell, value):
    assert issued(cell).number("disclosure", "normative_documents", "issued") == value


def test_a_footnote_beside_a_number_is_told():
    assert [doubt.kind for doubt in issued("12<sup>1</sup>").doubts] == [DoubtKind.NOTE_IN_CELL]


ROWS = {
    "no ends": "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
    "first row unopened": "<table><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
    "row unopened": "<table><tr><td>a</td><td>b</td></tr><td>c</td><td>d</td></tr></table>",
    "upper case": "<TABLE><TBODY><TR><TD>a<TD>b</TR></TBODY><TBODY><TR><TD>c</TD><TD>d</TD></TR></TBODY></TABLE>",
    "parts": "<table><colgroup><col></colgroup><thead><tr><th>a</th><th>b</th></tr></thead>"
    "<tfoot><tr><td>c</td><td>d</td></tr></tfoot></table>",
    "font": "<table><tr><font><td>a</td><td>b</td></font></tr><tr><td>c</td><td>d</td></tr></table>",
    "roles": "<div role=table><div role=rowgroup><p role=row><b role=columnheader>a</b><i role=cell>b</i></p></div>"
    "<div role='row'><span role='rowheader'>c</span><span role='gridcell'>d</span></div></div>",
    "hidden": "<table><tr><td>a</td><td>b</td></tr><tr style='DISPLAY:none'><td>x</td><td>y</td></tr>"
    "<tr><td>c</td><td>d</td><td style='display:none'>z</td></tr></table>",
}


@pytest.mark.parametrize("html", ROWS.values(), ids=ROWS)
def test_rows_are_found_however_the_table_is_written(html):
    assert grid(html) == [["a", "b"], ["c", "d"]]


def test_cells_after_a_row_span_keep_their_columns():
    blocks = read_document(
        "<html><body><table><tr><td rowspan=2>组</td><td>一</td><td>1</td></tr>"
        "<tr><td>二</td><td>2</td></tr></table></body></html>".encode()
    ).blocks

    assert [[(cell.column, cell.text) for cell in row] for row in blocks[0].rows] == [
        [(0, "组"), (1, "一"), (2, "1")],
        [(1, "二"), (2, "2")],
    ]


def test_a_grid_of_other_elements_tells_its_spans():
    cells = "<div role=row><i role=cell aria-colspan=2>组</i><i role=cell aria-rowspan=2>1</i></div>"
    below = "<div role=row><i role=cell>一</i><i role=cell>2</i></div>"

    blocks = read_document(f"<html><body><div role=grid>{cells}{below}</div></body></html>".encode()).blocks

    assert [[cell[1:5] for cell in row] for row in blocks[0].rows] == [
        [(0, "组", 1, 2), (2, "1", 2, 1)],
        [(0, "一", 1, 1), (1, "2", 1, 1)],
    ]


@pytest.mark.parametrize("tag", ["h2", "h3", "p", "div", "center", "dt", "li"])
def test_six_headings_are_found_in_whatever_element(tag):
    report = read_report(page(heading=f"<{tag}><b>&nbsp;{{}}</b></{tag}>").encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]
    assert report.section(1).text == WORDS
    assert (report.signature, str(report.signed_on)) == ("澄湖县水务局", "2025-01-09")


@pytest.mark.parametrize("numeral", ["第{}部分 ", "第{}部分：", "（{}）", "{}.", "{} ", "{}，", "第{}章 ", "{}）", ""])
def test_a_heading_in_the_forms_words_needs_no_certain_numeral(numeral):
    texts = [numeral.format(text[0]) + text[2:] for text in HEADINGS]

    report = read_report(page(texts=texts).encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]
    assert [part.heading for part in report.sections] == [text[2:] for text in HEADINGS]


@pytest.mark.parametrize("gap", ["<br>", "</h2><h2>"])
def test_a_heading_over_two_lines_is_one(gap):
    texts = [text[:10] + gap + text[10:] if len(text) > 12 else text for text in HEADINGS]

    report = read_report(page(texts=texts).encode())

    assert [part.heading for part in report.sections] == [text[2:] for text in HEADINGS]
    assert report.section(2).text == ""


@pytest.mark.parametrize("line", ["<p>{}</p>", "<p>{}………………3</p>", "<p><a href='#a'>{}</a> 12</p>", "<li>{}；</li>"])
def test_a_list_of_contents_is_not_the_report(line):
    contents = "<p>目　录</p>" + "".join(line.format(text) for text in HEADINGS)

    report = read_report(page().replace("<h2>一、", contents + "<h2>一、", 1).encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]
    assert report.section(1).text == WORDS


def test_a_report_that_is_one_table_has_its_sections_and_its_numbers():
    rows = "".join(
        f"<tr><td colspan=4>{text}</td></tr><tr><td colspan=4>{WORDS * 4}</td></tr>"
        f"{ITEMS + '<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>' if text == HEADINGS[1] else ''}"
        for text in HEADINGS
    )

    report = read_report(f"<html><body><h1>{TITLE}</h1><table>{rows}</table></body></html>".encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]
    assert report.section(5).text == WORDS * 4
    assert report.number("disclosure", "rules", "in_force") == 3


@pytest.mark.parametrize("unit", ["", "<td>（单位：件）</td>", "<td>单位：件、万元</td>"])
def test_a_heading_that_is_the_first_row_of_its_table_may_have_a_unit_beside_it(unit):
    table = f"<table><tr><td colspan=3>{HEADINGS[1]}</td>{unit}</tr>{ITEMS}<tr><td>规章</td><td>1</td></tr></table>"
    body = "".join(f"<h2>{text}</h2><p>{WORDS}</p>" if number != 1 else table for number, text in enumerate(HEADINGS))

    report = read_report(f"<html><body><h1>{TITLE}</h1>{body}</body></html>".encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("blank", ["", "<td></td><td></td>"], ids=["merged", "blanks behind"])
def test_short_lines_of_a_report_that_is_one_table_are_text_and_lone_labels_are_rows(blank):
    def line(text):
        return f"<tr><td {'' if blank else 'colspan=4'}>{text}</td>{blank}</tr>"

    lines = ("（一）问题。信息更新不及时。", "下一步：按月通报；逐项整改。")
    rule = "<tr><td colspan=4>第二十条第（一）项</td></tr>"
    unfilled = "<tr><td>行政规范性文件</td><td></td><td></td><td></td></tr>"
    bodies = ["".join(map(line, lines))] * 6
    bodies[1] = f"{rule}{ITEMS}<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>{unfilled}"
    rows = "".join(line(text) + body for text, body in zip(HEADINGS, bodies, strict=True))

    report = read_report(f"<html><body><table>{line(TITLE)}{rows}</table></body></html>".encode())

    assert report.title == TITLE
    assert [part.text for part in report.sections] == ["\n".join(lines) if n != 2 else "" for n in range(1, 7)]
    assert report.number("disclosure", "rules", "in_force") == 3
    assert report.facts["disclosure", "normative_documents", "in_force"].text == ""


def test_what_is_hidden_is_dropped_only_where_something_like_it_is_shown():
    rows = "".join(
        f"<tr><td>{name}</td><td>1</td><td>2</td><td>3</td></tr>" for name in ("规章", "行政规范性文件", "备注")
    )
    shown = f"<table>{ITEMS}{rows}</table>"
    other = shown.replace("<td>1</td>", "<td>7</td>")

    both = read_report(page(f"<div style='display:none'>{other}</div>{shown}").encode())
    alone = read_report(page(f"<div style='display:none'>{other}</div>").encode())

    assert both.number("disclosure", "rules", "issued") == 1
    assert alone.number("disclosure", "rules", "issued") == 7


@pytest.mark.parametrize("kind", ["class=pane", ""], ids=["of one class", "without class"])
def test_panels_of_which_one_is_shown_at_a_time_are_all_read(kind):
    names = ("规章", "行政规范性文件")
    rows = "".join(f"<tr><td>{name}</td><td>1</td><td>2</td><td>3</td></tr>" for name in names)
    bodies = (f"<p>{WORDS}</p>", f"<table>{ITEMS}{rows}</table>", "", "", f"<p>{WORDS}</p>", "<p>无。</p>")
    panes = "".join(
        f"<div {kind} style='display:{'none' if number else 'block'}'><h3>{text}</h3>{body}</div>"
        for number, (text, body) in enumerate(zip(HEADINGS, bodies, strict=True))
    )
    tabs = "".join(f"<li><a href='#{text}'>{text}</a></li>" for text in HEADINGS)
    trap = f"<div style='display:none'><h3>{HEADINGS[4]}</h3></div>"

    report = read_report(f"<html><body><h1>{TITLE}</h1><ul>{tabs}</ul>{panes}<div>{trap}</div></body></html>".encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]
    assert [report.section(number).text for number in (1, 5, 6)] == [WORDS, WORDS, "无。"]
    assert report.number("disclosure", "rules", "in_force") == 3


def test_two_hidden_copies_of_a_table_are_no_panels():
    rows = "".join(f"<tr><td>{name}</td><td>1</td><td>2</td><td>3</td></tr>" for name in ("规章", "行政规范性文件"))
    copy = f"<div style='display:none'><table>{ITEMS}{rows}</table></div>"

    report = read_report(page(copy + copy.replace("<td>1</td>", "<td>7</td>")).encode())

    assert report.number("disclosure", "rules", "issued") is None


def test_a_container_that_is_an_empty_shell_is_not_the_body():
    shell = f"<div id='zoom'><p>页面正在加载，{WORDS}</p></div>"
    report = read_report(page(frame=shell + "<div class='x'>{}</div>").encode())

    assert [part.number for part in report.sections] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("frame", ["<div>{}</div>", "<main><div>{}</div></main>", "{}"], ids=["div", "nested", "body"])
@pytest.mark.parametrize("wrap", ["<ol>{}</ol>", "<div><div>{}</div></div>"], ids=["list", "div"])
def test_preamble_and_signature_may_stand_around_the_element_that_holds_the_sections(frame, wrap):
    links = "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(20 if frame != "{}" else 5))
    sections = "".join(f"<li><b>{text}</b><p>{WORDS}</p></li>" for text in HEADINGS)
    around = f"<h1>{TITLE}</h1><p>{PREAMBLE}</p>{wrap.format(sections)}<p>澄湖县水务局</p><p>2025年1月9日</p>"

    report = read_report(f"<html><body><ul>{links}</ul>{frame.format(around)}</body></html>".encode())

    assert (str(report.signed_on), report.contact.phone) == ("2025-01-09", "0600-7654321")
    assert report.period is not None
    assert report.preamble == PREAMBLE
    assert report.section(6).text == WORDS


def test_a_page_with_headings_in_its_body_does_not_lose_short_lines_to_the_portals_text():
    links = "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(20))

    document = read_document(page(frame=f"<ul>{links}</ul>{{}}<ul>{links}</ul>").encode())
    texts = [block.text for block in document.blocks if isinstance(block, Paragraph)]

    assert [text for text in texts if text in HEADINGS] == list(HEADINGS)
    assert texts[-3:] == ["无。", "澄湖县水务局", "2025年1月9日"]
    assert "栏目3" not in texts
