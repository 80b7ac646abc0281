"""Every label finds its row; numbers keep their places whatever the table looks like; the rest is in doubt."""

from __future__ import annotations

import re

import pytest

from crawler.documents import read_document
from crawler.documents.model import Table
from crawler.parser.tables import read_tables
from storage.forms import FORMS
from storage.report import Cell, DoubtKind, Reading

SPELLINGS = tuple(
    (form.key, table.key, line.key, text)
    for form in FORMS.values()
    for table in form.tables
    if not table.is_flat
    for line in table.rows
    for text in (line.label, *line.aliases)
)
APPLICANTS = tuple(column.key for column in FORMS["2021"].table("applications").columns("granted"))
MARKERS = {"2019": ("上一年项目数量", "采购总金额"), "2021": ("本年制发件数", "本年废止件数")}
NUMERAL = re.compile(r"^(?:[一二三四]、|\([一二三四五六七]\)|[1-8]\.)")
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
DISGUISES = {
    "as it is": str,
    "spaced": " ".join,
    "non-breaking": "&nbsp;&nbsp;".join,
    "ideographic spaces": "　".join,
    "broken": "<br>".join,
    "full width": lambda text: text.translate(FULL_WIDTH),
    "spans": lambda text: "".join(f"<span>{character}</span>" for character in text),
    "without numeral": lambda text: NUMERAL.sub("", text),
}


def tables_of(html):
    return [
        block
        for block in read_document(f"<html><body>{html}</body></html>".encode()).blocks
        if isinstance(block, Table)
    ]


def read(html, year=None):
    return read_tables(tables_of(html), year)


def row(label, *values, spans=""):
    return f"<tr><td{spans}>{label}</td>" + "".join(f"<td>{value}</td>" for value in values) + "</tr>"


def table(*rows):
    return f"<table>{''.join(rows)}</table>"


def application_values(report, key):
    return tuple(
        report.facts[Cell("applications", key, column)].value
        if Cell("applications", key, column) in report.facts
        else "absent"
        for column in APPLICANTS
    )


KNOWN = row("一、本年新收政府信息公开申请数量", *range(1, 8))


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(("form", "kind", "key", "text"), SPELLINGS)
def test_every_spelling_of_every_row_finds_its_place(form, kind, key, text, disguise):
    columns = FORMS[form].table(kind).columns(key)
    marker = row("信息内容", *MARKERS[form])
    values = range(10, 10 + len(columns))

    report = read(table(marker, row(DISGUISES[disguise](text), *values)), 2020 if form == "2019" else 2024)

    assert [report.facts[Cell(kind, key, column.key)].value for column in columns] == list(values)


def test_a_misspelt_label_is_taken_and_told():
    report = read(table(KNOWN, row("5.要求行政机关确认或者重新出具已获取的信息", *range(7))))

    assert application_values(report, "not_processed_reissue") == tuple(range(7))
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.LABEL_VARIANT]


def test_a_label_that_could_be_two_is_nobodys():
    report = read(table(KNOWN, row("属于四类信息", *range(7))))

    assert len(report.facts) == 7
    assert [doubt.details["cause"] for doubt in report.doubts] == ["unknown_label"]


def test_one_number_too_many_shifts_nothing():
    report = read(table(KNOWN, row("1.属于国家秘密", 9, 9, 9, 9, 9, 9, 9, 9), row("2.重复申请", *range(7))))

    assert application_values(report, "refused_state_secret") == ("absent",) * 7
    assert application_values(report, "not_processed_repeat") == tuple(range(7))
    assert [(doubt.kind, doubt.details["found"]) for doubt in report.doubts] == [(DoubtKind.CELL_COUNT, 8)]


def test_one_number_too_few_shifts_nothing():
    report = read(table(KNOWN, row("1.属于国家秘密", 9, 9, 9, 9, 9, 9), row("2.重复申请", *range(7))))

    assert application_values(report, "refused_state_secret") == ("absent",) * 7
    assert application_values(report, "not_processed_repeat") == tuple(range(7))
    assert [doubt.details["expected"] for doubt in report.doubts] == [7]


def test_a_gap_in_a_text_dump_is_nobodys_blank():
    dump = "一、本年新收政府信息公开申请数量\t\t1\t2\t3\t4\t5\t6\t7\n1.属于国家秘密\t\t1\t2\t3\t4\t5\t6\t\n"
    blocks = read_document(dump.encode()).blocks

    report = read_tables([block for block in blocks if isinstance(block, Table)], None)

    assert application_values(report, "new_received") == (1, 2, 3, 4, 5, 6, 7)
    assert application_values(report, "refused_state_secret") == ("absent",) * 7
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.CELL_COUNT]


def test_too_many_zeros_are_zeros_with_a_doubt():
    report = read(table(KNOWN, row("1.属于国家秘密", *[0] * 9)))

    assert application_values(report, "refused_state_secret") == (0,) * 7
    assert [doubt.details["all_zero"] for doubt in report.doubts] == [True]


def test_a_blank_cell_is_blank_where_it_stands():
    report = read(table(KNOWN, row("1.属于国家秘密", 1, "", 3, "/", 5, "&nbsp;", 7)))

    assert application_values(report, "refused_state_secret") == (1, None, 3, None, 5, None, 7)
    assert report.facts[Cell("applications", "refused_state_secret", "social_welfare_org")].reading is Reading.BLANK


def test_padding_cells_before_and_after_the_numbers_are_nothing():
    report = read(table(KNOWN, row("1.属于国家秘密", "", *range(7), "")))

    assert application_values(report, "refused_state_secret") == tuple(range(7))


def test_a_number_over_two_columns_is_a_number_of_neither():
    merged = "<tr><td>1.属于国家秘密</td><td>1</td><td colspan=2>5</td><td>0</td><td>0</td><td>0</td><td>6</td></tr>"

    report = read(table(KNOWN, merged))

    assert application_values(report, "refused_state_secret") == (1, "absent", "absent", 0, 0, 0, 6)
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.CELL_COUNT]


def test_a_group_with_numbers_of_its_own_is_a_phantom():
    report = read(table(KNOWN, row("（三）不予公开", *[0] * 7), row("4.保护第三方合法权益", *range(7))))

    assert application_values(report, "refused_third_party_rights") == tuple(range(7))
    assert [(doubt.kind, doubt.details["cause"]) for doubt in report.doubts] == [
        (DoubtKind.ROW_UNEXPECTED, "group_with_numbers")
    ]


def test_a_row_printed_twice_counts_once():
    report = read(table(KNOWN, row("1.属于国家秘密", *[1] * 7), row("1.属于国家秘密", *[2] * 7)))

    assert application_values(report, "refused_state_secret") == (1,) * 7
    assert [doubt.details["cause"] for doubt in report.doubts] == ["repeated"]


@pytest.mark.parametrize(
    "halves",
    [
        (row("5.要求行政机关确认或重新", *range(7)), row("出具已获取信息", *[""] * 7)),
        (row("5.要求行政机关确认或重新", *[""] * 7), row("出具已获取信息", *range(7))),
        (row("5.要求行政机关确认或重新"), row("出具已获取信息", *range(7))),
    ],
)
def test_a_row_torn_by_a_page_is_one_row(halves):
    report = read(table(KNOWN, halves[0]) + table(halves[1], row("2.重复申请", *range(7))))

    assert application_values(report, "not_processed_reissue") == tuple(range(7))
    assert application_values(report, "not_processed_repeat") == tuple(range(7))
    assert DoubtKind.ROW_UNEXPECTED not in {doubt.kind for doubt in report.doubts}


def test_a_table_that_mixes_both_forms_says_so():
    report = read(table(row("行政规范性文件", 1, 0, 5), row("其他对外管理服务事项", 1, 2, 3)))

    marked = next(doubt for doubt in report.doubts if doubt.kind is DoubtKind.FORM_MARKERS)
    assert (marked.details["markers_2019"], marked.details["markers_2021"]) == (
        ["其他对外管理服务事项"],
        ["行政规范性文件"],
    )


REVIEW_HEADER = (
    "<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>"
    "<tr>" + "".join(f"<td rowspan=2>{name}</td>" for name in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"))
    + "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
    + "<tr>" + "<td>结果维持</td><td>结果纠正</td><td>其他结果</td><td>尚未审结</td><td>总计</td>" * 2 + "</tr>"
)  # fmt: skip
EMPTY = "<tr>" + "<td>&nbsp;</td>" * 15 + "</tr>"
FIFTEEN = "<tr>" + "".join(f"<td>{number}</td>" for number in range(1, 16)) + "</tr>"
REVIEW_LAYOUTS = {
    "one row": table(REVIEW_HEADER, FIFTEEN),
    "empty rows before": table(REVIEW_HEADER, EMPTY, EMPTY, FIFTEEN),
    "values on the next page": table(REVIEW_HEADER) + table(FIFTEEN),
    "a labelled row a group": table(
        row("", "结果维持", "结果纠正", "其他结果", "尚未审结", "总计"),
        row("行政复议", *range(1, 6)),
        row("未经复议直接起诉", *range(6, 11)),
        row("复议后起诉", *range(11, 16)),
    ),
}


@pytest.mark.parametrize("layout", REVIEW_LAYOUTS)
def test_the_fifteen_numbers_of_table_4_are_read_in_every_layout(layout):
    report = read(REVIEW_LAYOUTS[layout])

    assert [fact.value for cell, fact in report.facts.items() if cell.table == "reviews"] == list(range(1, 16))


def test_an_empty_table_4_is_blank_and_not_zero():
    report = read(table(REVIEW_HEADER, EMPTY))

    assert {fact.reading for fact in report.facts.values()} == {Reading.BLANK}
    assert len(report.facts) == 15


def test_a_row_whose_edges_differ_from_the_rows_above_is_read_where_each_cell_covers_its_column():
    """The second page of a table may be ruled at other places than the first."""
    upper = "".join(
        f'<td colspan="{span}">{value}</td>' for value, span in zip(range(1, 8), (1, 2, 2, 2, 2, 2, 1), strict=True)
    )
    lower = "".join(
        f'<td colspan="{span}">{value}</td>' for value, span in zip(range(11, 18), (1, 1, 2, 2, 2, 2, 2), strict=True)
    )
    page = (
        f"<table><tr><td>一、本年新收政府信息公开申请数量</td>{upper}</tr>"
        f"<tr><td>1.属于国家秘密</td>{lower}</tr></table>"
    )

    report = read_tables([block for block in read_document(page.encode()).blocks if isinstance(block, Table)], None)

    assert application_values(report, "new_received") == (1, 2, 3, 4, 5, 6, 7)
    assert application_values(report, "refused_state_secret") == (11, 12, 13, 14, 15, 16, 17)


def test_a_header_torn_by_a_page_break_orders_no_columns():
    """Columns are counted anew on every page: 总计 was the third of the first, 商业企业 is the fifth of the next."""
    upper = "<table><tr><td>申请人</td><td>自然人</td><td>法人或其他组织</td><td>总计</td></tr></table>"
    names = "".join(f"<td>{name}</td>" for name in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"))
    values = "".join(f"<td>{value}</td>" for value in range(1, 8))
    lower = (
        f"<table><tr><td></td><td></td><td></td><td></td>{names}<td></td></tr>"
        f"<tr><td colspan=3>一、本年新收政府信息公开申请数量</td>{values}</tr></table>"
    )

    page = read_document((upper + lower).encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "new_received") == (1, 2, 3, 4, 5, 6, 7)


@pytest.mark.parametrize("head", ["", "<tr><td></td><td>自然人</td><td>法人或其他组织</td><td>总计</td></tr>"])
@pytest.mark.parametrize("is_below", [False, True], ids=["numbers above the break", "numbers below the break"])
def test_a_row_torn_together_with_its_group_is_one_row(is_below, head):
    """A page break runs through the group's cell as through the row's: «（四）无 | 1.本机关», «法提供 | 不掌握…»."""
    numbers = "".join(f"<td>{value}</td>" for value in range(1, 8))
    blanks = "<td></td>" * 7
    upper = (
        f"<table><tr><td></td><td></td><td>8.属于行政查询事项</td>{numbers}</tr>"
        f"<tr><td></td><td>（四）无</td><td>1.本机关</td>{blanks if is_below else numbers}</tr></table>"
    )
    lower = (
        f"<table>{head}<tr><td></td><td>法提供</td><td>不掌握相关政府信息</td>{numbers if is_below else blanks}</tr>"
        f"<tr><td></td><td></td><td>2.没有现成信息需要另行制作</td>{numbers}</tr></table>"
    )

    page = read_document((upper + lower).encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "unavailable_not_held") == (1, 2, 3, 4, 5, 6, 7)
    assert application_values(report, "unavailable_needs_creation") == (1, 2, 3, 4, 5, 6, 7)


def test_a_group_torn_after_its_first_words_is_not_taken_for_the_row_of_that_name():
    """«（六）其他处理» torn as «（六）其他 | 1.申请人» and «处理 | 无正当理由…»: 3.其他 is another row."""
    numbers = "".join(f"<td>{value}</td>" for value in range(1, 8))
    upper = f"<table><tr><td>（六）其他</td><td>1.申请人</td>{numbers}</tr></table>"
    lower = (
        "<table><tr><td>处理</td><td>无正当理由逾期不补正、行政机关不再处理其政府信息公开申请</td>"
        f"{'<td></td>' * 7}</tr><tr><td></td><td>3.其他</td>{'<td>0</td>' * 7}</tr></table>"
    )

    page = read_document((upper + lower).encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "other_not_corrected_in_time") == (1, 2, 3, 4, 5, 6, 7)
    assert application_values(report, "other") == (0,) * 7
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.ROWS_JOINED]


def test_a_label_beside_the_lower_half_of_its_numbers_is_their_rows():
    """Chromium draws the border of «三、本年度办理结果» too high behind a page break, through the row above it."""
    numbers = "".join(f"<td rowspan=2>{value}</td>" for value in range(1, 8))
    html = (
        f"<table><tr><td></td><td></td>{numbers}</tr><tr><td></td><td>（七）总计</td></tr>"
        f"<tr><td></td><td>四、结转下年度继续办理</td>{'<td>0</td>' * 7}</tr></table>"
    )

    page = read_document(html.encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "outcome_total") == (1, 2, 3, 4, 5, 6, 7)
    assert application_values(report, "carried_forward") == (0,) * 7
    assert report.doubts == ()


def test_a_number_torn_by_a_page_break_is_one_where_its_row_adds_up():
    """«8769» is wrapped in a narrow cell, and the page ends between its two lines."""
    upper = ("0", "0", "0", "87", "0", "574", "93")
    lower = ("", "", "", "69", "", "", "43")

    rows = "".join(
        f"<tr><td>{label}</td>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
        for label, values in (("一、本年新收政府信息公开申请数量", upper), ("", lower))
    )
    page = read_document(f"<table>{rows}</table>".encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "new_received") == (0, 0, 0, 8769, 0, 574, 9343)
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.ROWS_JOINED]


def test_numbers_under_a_row_are_no_part_of_it_where_nothing_proves_it():
    rows = (
        "<tr><td>一、本年新收政府信息公开申请数量</td>"
        + "<td>1</td>" * 6
        + "<td>6</td></tr><tr><td></td>"
        + "<td>1</td>" * 7
    )
    page = read_document(f"<table>{rows}</tr></table>".encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "new_received") == (1, 1, 1, 1, 1, 1, 6)
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.CELL_UNUSED]


def test_a_label_of_three_lines_with_its_numbers_on_the_middle_one_is_one_row():
    numbers = "".join(f"<td>{value}</td>" for value in range(1, 8))
    blanks = "<td></td>" * 7
    lines = (
        ("8.属于行政查询事项", numbers),
        ("5.要求行政机关", blanks),
        ("确认或重新出具", numbers),
        ("已获取信息", blanks),
    )
    rows = "".join(f"<tr><td>{label}</td>{values}</tr>" for label, values in lines)
    page = read_document(f"<table>{rows}</table>".encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], None)

    assert application_values(report, "not_processed_reissue") == (1, 2, 3, 4, 5, 6, 7)


def test_columns_of_one_block_say_nothing_of_another_with_as_many():
    """收费 and 采购 of the form of 2019 both have two columns; the last cell of a row fills the table's width."""
    fees = "<tr><td>信息内容</td><td>上一年项目数量</td><td colspan=2>本年增/减</td></tr>"
    fees += "<tr><td>行政事业性收费</td><td>3</td><td colspan=2>0</td></tr>"
    procurement = "<tr><td>信息内容</td><td colspan=2>采购项目数量</td><td>采购总金额</td></tr>"
    procurement += "<tr><td>政府集中采购</td><td colspan=2>4</td><td>56580</td></tr>"
    page = read_document(f"<table>{fees}{procurement}</table>".encode())
    report = read_tables([block for block in page.blocks if isinstance(block, Table)], 2019)

    assert {cell.path: fact.value for cell, fact in report.facts.items()} == {
        "disclosure/fees/previous_items": 3,
        "disclosure/fees/change": 0,
        "disclosure/procurement/items": 4,
        "disclosure/procurement/amount": 56580,
    }
