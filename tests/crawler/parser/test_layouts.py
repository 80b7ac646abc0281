"""Tables laid out otherwise than in the official form are read by their own labels, or not at all."""

from __future__ import annotations

import pytest

from crawler.documents import read_document
from crawler.documents.model import Table
from crawler.parser.tables import read_tables
from storage.forms import FORMS
from storage.report import Cell, DoubtKind

FORM = FORMS["2021"]
APPLICATIONS = FORM.table("applications")
REVIEWS = FORM.table("reviews")
COLUMNS = APPLICATIONS.columns("granted")
GROUPS = {group.key: group.label for group in APPLICATIONS.groups}
RESULTS = tuple(column.label for column in REVIEWS.columns("administrative_review"))
VALUES = {
    Cell("applications", line.key, column.key): 100 * number + place
    for number, line in enumerate(APPLICATIONS.rows, start=1)
    for place, column in enumerate(COLUMNS)
}
FIFTEEN = {
    Cell("reviews", line.key, column.key): 5 * number + place
    for number, line in enumerate(REVIEWS.rows)
    for place, column in enumerate(REVIEWS.columns(line.key))
}


def read(html):
    document = read_document(f"<html><body>{html}</body></html>".encode())
    return read_tables([block for block in document.blocks if isinstance(block, Table)], 2024)


def row(*texts, spans=()):
    across = dict(enumerate(spans))
    return "<tr>" + "".join(f"<td colspan={across.get(at, 1)}>{text}</td>" for at, text in enumerate(texts)) + "</tr>"


def table(*rows):
    return f"<table>{''.join(rows)}</table>"


def applications(*, columns=COLUMNS, label=lambda line: (line.label,), header=None, after=()):
    """Table 3 as one row a line; `label` gives the cells before the numbers, `after` those behind."""
    lead = len(label(APPLICATIONS.rows[0]))
    head = row(*[""] * lead, *(column.label for column in columns)) if header is None else header
    return table(
        head,
        *(
            row(*label(line), *(VALUES["applications", line.key, column.key] for column in columns), *after)
            for line in APPLICATIONS.rows
        ),
    )


def values(report):
    return {cell: fact.value for cell, fact in report.facts.items() if fact.value is not None}


def in_group(line, *, joined):
    labels = [GROUPS["outcomes"]] if line.group else []
    labels += [GROUPS[line.group]] if line.group not in {"", "outcomes"} else []
    return ("".join([*labels, line.label]),) if joined else (*labels, *[""] * (2 - len(labels)), line.label)


NUMERALS = {
    "circled": lambda number: chr(ord("①") + number - 1),
    "bracket": lambda number: f"{number})",
    "brackets": lambda number: f"（{number}）",
    "full stop": lambda number: f"{number}。",
    "comma": lambda number: f"{number}、",
    "blank": lambda number: f"{number} ",
    "nothing": lambda number: f"{number}",
    "enclosed": lambda number: chr(ord("⑴") + number - 1),
}


@pytest.mark.parametrize("style", NUMERALS)
def test_a_row_is_found_with_any_numeral(style):
    def label(line):
        number, point, words = line.label.partition(".")
        return (NUMERALS[style](int(number)) + words if point else line.label,)

    report = read(applications(label=label))

    assert values(report) == VALUES
    assert DoubtKind.LABEL_VARIANT not in {doubt.kind for doubt in report.doubts}


@pytest.mark.parametrize(
    "label",
    [
        lambda line: in_group(line, joined=False),
        lambda line: in_group(line, joined=True),
        lambda line: (f"{line.label}[1]",),
        lambda line: (f"{line.label}（件）",),
        lambda line: (f"{line.label}<sup>2</sup>",),
        lambda line: (f"{line.label}★",),
        lambda line: (*line.label.partition(".")[:1], line.label.partition(".")[2] or line.label),
        lambda line: (line.label, "件"),
        lambda line: (str(APPLICATIONS.rows.index(line) + 1), line.label),
    ],
    ids=["groups", "group joined", "footnote", "unit", "raised", "star", "numeral apart", "unit column", "numbered"],
)
def test_a_row_is_found_beside_groups_notes_and_numbers(label):
    assert values(read(applications(label=label))) == VALUES


@pytest.mark.parametrize("remark", ["含网络申请", "", "&nbsp;"])
def test_a_column_of_remarks_is_not_a_column_of_numbers(remark):
    assert values(read(applications(after=(remark,)))) == VALUES


@pytest.mark.parametrize("order", [(6, 0, 1, 2, 3, 4, 5), (1, 0, 2, 3, 4, 5, 6), (6, 5, 4, 3, 2, 1, 0)])
def test_columns_in_another_order_are_read_by_their_header(order):
    report = read(applications(columns=tuple(COLUMNS[place] for place in order)))

    assert values(report) == VALUES


def test_a_header_of_two_rows_may_put_the_total_first():
    kinds = "".join(f"<td>{column.label}</td>" for column in COLUMNS[1:6])
    header = (
        "<tr><td rowspan=2></td><td rowspan=2>总计</td><td rowspan=2>自然人</td>"
        f"<td colspan=5>法人或其他组织</td></tr><tr>{kinds}</tr>"
    )

    report = read(applications(columns=(COLUMNS[6], *COLUMNS[:6]), header=header))

    assert values(report) == VALUES


def test_a_table_without_a_column_leaves_that_column_unknown():
    report = read(applications(columns=tuple(column for column in COLUMNS if column.key != "research_institute")))

    assert values(report) == {cell: value for cell, value in VALUES.items() if cell.column != "research_institute"}
    assert {doubt.kind for doubt in report.doubts} == {DoubtKind.CELL_COUNT}


def test_a_row_divided_into_parts_has_no_number_of_its_own():
    other_services = FORMS["2019"].table("disclosure").rows[3].label
    report = read(
        table(
            row("信息内容", "", "上一年项目数量", "本年增/减", "处理决定数量"),
            row("行政许可", "", 1, 2, 3),
            f"<tr><td rowspan=2>{other_services}</td><td>行政检查</td><td>4</td><td>5</td><td>6</td></tr>",
            row("行政确认", 7, 8, 9),
        )
    )

    assert {cell.row for cell in values(report)} == {"licensing"}
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.CELL_COUNT, DoubtKind.ROW_UNEXPECTED]


def test_a_row_with_numbers_in_both_of_its_torn_halves_is_uncertain():
    label = "2.其他法律行政法规禁止公开"
    report = read(
        table(row("1.属于国家秘密", *range(7)), row(label[:9], 1, 2, 3, 4, 5, 6, 9), row(label[9:], "", 5))
        + table(row("3.危及“三安全一稳定”", *range(7)))
    )

    assert {cell.row for cell in values(report)} == {"refused_state_secret", "refused_security_and_stability"}
    assert DoubtKind.CELL_COUNT in {doubt.kind for doubt in report.doubts}


@pytest.mark.parametrize(("printed", "read_as"), [((35, 35, 35), 35), ((0, 0, 0), 0), ((35, 35, 3), None)])
def test_a_merged_cell_that_is_repeated_under_its_repeated_head_is_one(printed, read_as):
    block = FORM.table("disclosure").blocks[2]
    name, head = block.rows[0].label, block.columns[0].label

    report = read(table(row(*["第二十条第（六）项"] * 4), row("信息内容", *[head] * 3), row(name, *printed)))

    assert [fact.value for fact in report.facts.values() if fact is not None] == ([] if read_as is None else [read_as])
    assert [doubt.kind for doubt in report.doubts] == ([DoubtKind.CELL_COUNT] if read_as is None else [])


@pytest.mark.parametrize(
    ("printed", "value", "kind"),
    [
        ((7000, "63<br>5", 7635), 635, DoubtKind.NUMBER_NORMALISED),
        ((7000, "63<br>5", "763<br>5"), 635, DoubtKind.NUMBER_NORMALISED),
        ((7000, "63<br>5", 7068), None, DoubtKind.CELL_UNSURE),
        ((7000, "63<br>5", ""), None, DoubtKind.CELL_UNSURE),
        ((7000, "63 5", 7635), None, None),
    ],
)
def test_digits_on_several_lines_of_a_cell_are_one_number_only_where_a_sum_proves_it(printed, value, kind):
    label = APPLICATIONS.rows[0].label

    report = read(
        table(row("", *(column.label for column in COLUMNS)), row(label, *printed[:2], 0, 0, 0, 0, printed[2]))
    )

    assert report.facts["applications", APPLICATIONS.rows[0].key, COLUMNS[1].key].value == value
    assert {doubt.kind for doubt in report.doubts} == ({kind} if kind else set())


def test_which_end_of_a_row_is_padded_is_learnt_from_the_other_rows():
    numbers = ("", 2, 3, 4, 5, 6, "")
    report = read(
        table(
            row("一、本年新收政府信息公开申请数量", "", *range(1, 8)),
            row("二、上年结转政府信息公开申请数量", "", *numbers),
            row("（一）予以公开", "", *range(8, 15)),
        )
    )

    assert [report.facts["applications", "carried_over", column.key].value for column in COLUMNS] == [
        None,
        *numbers[1:6],
        None,
    ]


def tall(names):
    return "".join(f"<td rowspan=2>{name}</td>" for name in names)


def review_header(results=RESULTS):
    return (
        "<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>"
        f"<tr>{tall(results)}<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td></tr>"
        f"{row(*results * 2)}"
    )


def lines_of(group):
    return [row(name, 5 * group + place) for place, name in enumerate(RESULTS)]


OFFICIAL_HEADER = review_header()
LITIGATION_FIRST = (
    "<tr><td colspan=10>行政诉讼</td><td colspan=5>行政复议</td></tr>"
    f"<tr><td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td>{tall(RESULTS)}</tr>"
    f"{row(*RESULTS * 2)}"
)
TOTALS_FIRST = (RESULTS[4], *RESULTS[:4])
NAMES = tuple(line.label for line in REVIEWS.rows)


def five(group):
    return tuple(range(5 * group, 5 * group + 5))


def totals_first(group):
    return (5 * group + 4, *range(5 * group, 5 * group + 4))


LAYOUTS = {
    "litigation first": table(LITIGATION_FIRST, row(*five(1), *five(2), *five(0))),
    "totals first": table(review_header(TOTALS_FIRST), row(*totals_first(0), *totals_first(1), *totals_first(2))),
    "no names of results": table(row("行政复议", "行政诉讼"), row("未经复议直接起诉", "复议后起诉"), row(*range(15))),
    "a label before the numbers": table(
        row("项目", "行政复议", "行政诉讼"), row("", *RESULTS * 3), row("数量", *range(15))
    ),
    "three tables": "".join(
        table(row(NAMES[group], spans=(5,)), row(*RESULTS), row(*five(group))) for group in (0, 1, 2)
    ),
    "three tables under paragraphs": "".join(
        f"<p>{NAMES[group]}</p>{table(row(*RESULTS), row(*five(group)))}" for group in (0, 1, 2)
    ),
    "review above litigation": table(
        row("行政复议", spans=(10,)),
        row(*RESULTS, spans=(2,) * 5),
        row(*five(0), spans=(2,) * 5),
        row("行政诉讼", spans=(10,)),
        row(*NAMES[1:], spans=(5, 5)),
        row(*RESULTS * 2),
        row(*five(1), *five(2)),
    ),
    "a line for each number": table(
        *(row(NAMES[group], name, 5 * group + place) for group in (0, 1, 2) for place, name in enumerate(RESULTS))
    ),
    "a line for each number below its group": table(
        *(line for group in (0, 1, 2) for line in (row(NAMES[group], spans=(2,)), *lines_of(group)))
    ),
    "groups side by side": table(
        row("结果", *NAMES), *(row(name, place, 5 + place, 10 + place) for place, name in enumerate(RESULTS))
    ),
    "labelled rows under litigation": table(
        row("类别", *RESULTS, spans=(2,)),
        row("行政复议", *five(0), spans=(2,)),
        f"<tr><td rowspan=2>行政诉讼</td>{row(NAMES[1], *five(1)).removeprefix('<tr>')}",
        row(NAMES[2], *five(2)),
    ),
}


SUITS = ("行政诉讼（{}）", "行政诉讼—{}", "{}行政诉讼情况", "因政府信息公开{}")


@pytest.mark.parametrize("words", SUITS)
def test_a_group_of_table_4_is_known_though_the_words_over_it_stand_beside_its_name(words):
    names = (NAMES[0], *(words.format(name) for name in NAMES[1:]))
    one = table(row("", *RESULTS), *(row(name, *five(group)) for group, name in enumerate(names)))
    three = "".join(table(row(name, spans=(5,)), row(*RESULTS), row(*five(group))) for group, name in enumerate(names))

    assert (values(read(one)), read(one).doubts) == (FIFTEEN, ())
    assert (values(read(three)), read(three).doubts) == (FIFTEEN, ())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_table_4_is_read_by_its_labels_in_every_layout(layout):
    report = read(LAYOUTS[layout])

    assert values(report) == FIFTEEN
    assert report.doubts == ()


def test_a_row_with_the_labels_of_two_is_none_of_them():
    one, two = (line.label for line in APPLICATIONS.rows[-3:-1])

    report = read(table(row("", *(column.label for column in COLUMNS)), row(f"{one}<br>{two}", *range(7))))

    assert report.facts == {}
    assert {doubt.where for doubt in report.doubts if doubt.kind is DoubtKind.CELL_UNSURE} == {
        f"applications/{line.key}" for line in APPLICATIONS.rows[-3:-1]
    }


def test_rows_that_run_together_are_no_numbers_though_their_digits_add_up():
    printed = ("7<br>2", *["0<br>0"] * 5, "7<br>2")

    report = read(table(row("", *(column.label for column in COLUMNS)), row(APPLICATIONS.rows[0].label, *printed)))

    assert {fact.value for fact in report.facts.values()} == {None}
    assert {doubt.kind for doubt in report.doubts} == {DoubtKind.CELL_UNSURE}


def test_digits_on_several_lines_are_a_value_of_table_4_and_no_name():
    printed = (6, 1, 0, 0, "<br>7", *range(4), 6, 60, 1, 0, 0, "6<br>1")

    report = read(table(OFFICIAL_HEADER, row(*printed)))

    assert [fact.value for fact in report.facts.values()] == [6, 1, 0, 0, 7, *range(4), 6, 60, 1, 0, 0, 61]


def test_a_number_behind_the_header_of_table_4_is_not_one_of_its_values():
    report = read(table(OFFICIAL_HEADER.replace("</td></tr>", "</td><td></td><td>555</td></tr>", 1), row(*range(15))))

    assert values(report) == FIFTEEN


def test_values_with_header_words_between_them_are_nobodys():
    report = read(
        table(*(row(text) for text in ("行政复议", "行政诉讼", *RESULTS)), row(1, 2, 3, 4), row("其他结果"), row(5, 6))
    )

    assert values(report) == {}
    assert DoubtKind.CELL_COUNT in {doubt.kind for doubt in report.doubts}


def test_a_second_table_4_is_told_and_changes_nothing():
    report = read(table(OFFICIAL_HEADER, row(*range(15))) + table(OFFICIAL_HEADER, row(*range(50, 65))))

    assert values(report) == FIFTEEN
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.ROW_UNEXPECTED]


def test_empty_cells_at_both_ends_of_table_4_leave_it_uncertain():
    report = read(table(row(*NAMES), row("", *range(1, 15), "")))

    assert values(report) == {}
    assert [doubt.kind for doubt in report.doubts] == [DoubtKind.CELL_COUNT]
