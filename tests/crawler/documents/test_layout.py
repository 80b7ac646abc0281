"""Words and ruling lines to paragraphs and tables: every way in which a table may be drawn."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from crawler.documents.layout import InkPage, Ruling, Word, blocks_of, blocks_of_print
from crawler.documents.model import Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SIZE = 10.0
WIDTH, HEIGHT = 500.0, 700.0


def word(left: float, top: float, text: str, size: float = SIZE, confidence: float = 1.0) -> Word:
    """Text at a place, an ideograph as wide as high."""
    width = sum(size if ord(character) > 0x2000 else size / 2 for character in text)
    return Word(left, top, left + width, top + size, text, confidence)


def flat(y: float, left: float, right: float) -> Ruling:
    return Ruling(left, y, right, y)


def upright(x: float, top: float, bottom: float) -> Ruling:
    return Ruling(x, top, x, bottom)


def page(words: Sequence[Word], rulings: Sequence[Ruling] = (), number: int = 1) -> InkPage:
    return InkPage(number, WIDTH, HEIGHT, tuple(words), tuple(rulings))


def tables(*pages: InkPage) -> list[list[list[tuple[int, int, str]]]]:
    return [
        [[(cell.column, cell.column_span, cell.text) for cell in row] for row in block.rows]
        for block in blocks_of(pages)
        if isinstance(block, Table)
    ]


def texts(*pages: InkPage) -> list[str]:
    return [block.text for block in blocks_of(pages) if isinstance(block, Paragraph)]


XS, YS = (50.0, 150.0, 200.0, 250.0), (100.0, 130.0, 160.0)
WORDS = (
    word(60, 110, "规章"),
    word(160, 110, "1"),
    word(210, 110, "20"),
    word(60, 140, "行政许可"),
    word(160, 140, "3"),
    word(210, 140, "4"),
)
EXPECTED = [[[(0, 1, "规章"), (1, 1, "1"), (2, 1, "20")], [(0, 1, "行政许可"), (1, 1, "3"), (2, 1, "4")]]]


def _whole_lines() -> list[Ruling]:
    return [flat(y, 50, 250) for y in YS] + [upright(x, 100, 160) for x in XS]


def _without_sides() -> list[Ruling]:
    return [flat(y, 50, 250) for y in YS] + [upright(x, 100, 160) for x in XS[1:-1]]


def _pieces() -> list[Ruling]:
    rulings = [flat(y, x, x + 3) for y in YS for x in range(50, 250, 5)]
    return rulings + [upright(x, y, y + 3) for x in XS for y in range(100, 160, 5)]


def _frames_of_cells() -> list[Ruling]:
    """Every cell with a frame of its own, a little apart from its neighbours'."""
    rulings = []
    for left, right in pairwise(XS):
        for top, bottom in pairwise(YS):
            inner = (left + 0.7, top + 0.7, right - 0.7, bottom - 0.7)
            rulings += [flat(inner[1], inner[0], inner[2]), flat(inner[3], inner[0], inner[2])]
            rulings += [upright(inner[0], inner[1], inner[3]), upright(inner[2], inner[1], inner[3])]
    return rulings


def _double_lines() -> list[Ruling]:
    return [
        Ruling(ruling.left + move, ruling.top + move, ruling.right + move, ruling.bottom + move)
        for ruling in _whole_lines()
        for move in (0, 1.8)
    ]


@pytest.mark.parametrize("lines", [_whole_lines, _without_sides, _pieces, _frames_of_cells, _double_lines])
def test_a_table_is_its_cells_however_its_lines_are_drawn(lines: Callable[[], list[Ruling]]) -> None:
    assert tables(page(WORDS, lines())) == EXPECTED


def test_a_line_that_is_missing_inside_makes_a_cell_that_spans() -> None:
    rulings = [flat(y, 50, 250) for y in YS] + [upright(x, 100, 160) for x in (50, 250)] + [upright(150, 130, 160)]

    read = tables(page([word(120, 110, "标题"), word(60, 140, "规章"), word(160, 140, "7")], rulings))

    assert read == [[[(0, 2, "标题")], [(0, 1, "规章"), (1, 1, "7")]]]


def test_a_blank_cell_is_a_cell_without_text() -> None:
    assert tables(page(WORDS[:-1], _whole_lines()))[0][1][-1] == (2, 1, "")


def test_a_frame_around_the_page_and_an_underline_are_no_tables() -> None:
    frame = [flat(20, 20, 480), flat(680, 20, 480), upright(20, 20, 680), upright(480, 20, 680)]

    blocks = blocks_of([page([word(60, 100, "一、总体情况")], [*frame, flat(112, 60, 120)])])

    assert [type(block) for block in blocks] == [Paragraph]


def test_the_title_of_a_block_alone_at_the_end_of_a_page_belongs_to_the_table_of_the_next() -> None:
    frame = [flat(640, 50, 250), flat(660, 50, 250), upright(50, 640, 660), upright(250, 640, 660)]
    above = [word(60, 600, "二、主动公开政府信息情况"), word(100, 645, "第二十条第（一）项")]

    blocks = blocks_of([page(above, frame), page(WORDS, _whole_lines(), number=2)])

    assert [type(block) for block in blocks] == [Paragraph, Table]
    assert tables(page(above, frame), page(WORDS, _whole_lines(), number=2)) == [
        [[(0, 3, "第二十条第（一）项")], *EXPECTED[0]]
    ]


def test_a_table_inside_a_frame_is_read() -> None:
    frame = [flat(20, 20, 480), flat(680, 20, 480), upright(20, 20, 680), upright(480, 20, 680)]

    assert tables(page(WORDS, [*_whole_lines(), *frame])) == EXPECTED


def test_a_number_wrapped_in_a_narrow_cell_is_one() -> None:
    words = [word(60, 110, "采购"), word(152, 101, "3805463"), word(152, 113, ".74")]
    rulings = [flat(y, 50, 190) for y in (100, 130)] + [upright(x, 100, 130) for x in (50, 150, 190)]

    assert tables(page(words, rulings)) == [[[(0, 1, "采购"), (1, 1, "3805463.74")]]]


def test_two_numbers_below_one_another_in_a_wide_cell_stay_two() -> None:
    words = [word(60, 110, "采购"), word(152, 101, "3"), word(152, 116, "5")]
    rulings = [flat(y, 50, 250) for y in (100, 130)] + [upright(x, 100, 130) for x in (50, 150, 250)]

    assert tables(page(words, rulings)) == [[[(0, 1, "采购"), (1, 1, "3\n5")]]]


def test_words_that_run_over_a_line_are_torn_there_but_a_long_number_is_not() -> None:
    words = [word(60, 110, "行政规范性文件结果维持"), word(60, 140, "规章"), word(130, 140, "12345678")]

    read = tables(page(words, [flat(y, 50, 250) for y in YS] + [upright(x, 100, 160) for x in (50, 120, 250)]))

    assert read == [
        [[(0, 1, "行政规范性文"), (1, 1, "件结果维持")], [(0, 1, "规章"), (1, 1, "12345678")]],
    ]


def test_a_letter_that_hangs_over_the_border_of_its_cell_stays_in_it() -> None:
    words = [word(51, 101, "三、本"), word(51, 113, "年度"), word(51, 125, "办理"), word(90, 110, "（一）予以公开")]
    rulings = [flat(y, 50, 250) for y in (100, 140)] + [upright(x, 100, 140) for x in (50, 75, 250)]

    assert tables(page(words, rulings)) == [[[(0, 1, "三、本\n年度\n办理"), (1, 1, "（一）予以公开")]]]


def test_a_cell_is_as_sure_as_its_least_sure_word() -> None:
    words = [word(60, 110, "规章"), word(160, 110, "1", confidence=0.6), word(168, 110, "2", confidence=0.8)]

    blocks = blocks_of([page(words, _whole_lines())])

    assert isinstance(blocks[0], Table)
    assert [cell.confidence for cell in blocks[0].rows[0]] == [1.0, 0.6, 1.0]


def test_of_two_tables_side_by_side_with_their_headings_the_left_comes_first() -> None:
    right = [Word(w.left + 240, w.top, w.right + 240, w.bottom, w.text) for w in WORDS]
    moved = [Ruling(r.left + 240, r.top, r.right + 240, r.bottom) for r in _whole_lines()]
    headings = [word(60, 80, "二、左边的一列"), word(300, 80, "三、右边的一列"), word(60, 180, "左边的正文。")]

    blocks = blocks_of([page([*WORDS, *right, *headings], [*_whole_lines(), *moved])])

    assert [block.text if isinstance(block, Paragraph) else block.place for block in blocks] == [
        "二、左边的一列",
        "page 1 table 1",
        "左边的正文。",
        "三、右边的一列",
        "page 1 table 2",
    ]


def test_headings_of_tables_side_by_side_below_a_text_go_with_their_tables() -> None:
    right = [Word(w.left + 240, w.top + 60, w.right + 240, w.bottom + 60, w.text) for w in WORDS]
    left = [w._replace(top=w.top + 60, bottom=w.bottom + 60) for w in WORDS]
    rulings = [
        Ruling(r.left + move, r.top + 60, r.right + move, r.bottom + 60) for r in _whole_lines() for move in (0, 240)
    ]
    text = [word(50, 60 + 16 * number, "文" * 44) for number in range(4)]
    headings = [word(60, 140, "二、左边的一列"), word(300, 140, "三、右边的一列")]
    below = [word(50, 250 + 16 * number, "字" * 44) for number in range(4)]

    blocks = blocks_of([page([*text, *left, *right, *headings, *below], rulings)])

    assert [block.text[:7] if isinstance(block, Paragraph) else block.place for block in blocks] == [
        "文" * 7,
        "二、左边的一列",
        "page 1 table 1",
        "三、右边的一列",
        "page 1 table 2",
        "字" * 7,
    ]


def test_a_row_that_the_page_break_tore_without_lines_there_is_one_row() -> None:
    top = [flat(600, 50, 250), *[upright(x, 600, 650) for x in XS]]
    rest = [flat(70, 50, 250), *[upright(x, 40, 70) for x in XS]]

    read = tables(
        page([word(60, 620, "其他法律行政"), word(160, 620, "1"), word(210, 620, "2")], top),
        page([word(60, 50, "法规禁止公开")], rest, number=2),
    )

    assert read == [[[(0, 1, "其他法律行政\n法规禁止公开"), (1, 1, "1"), (2, 1, "2")]]]


def test_letters_set_one_by_one_below_the_last_line_of_a_page_stay_in_their_cell() -> None:
    rulings = [flat(y, 50, 250) for y in (560, 600)] + [upright(x, 560, 632) for x in (50, 200, 250)]
    letters = [word(60 + 10 * number, 633, letter) for number, letter in enumerate("等于第三项")]

    read = tables(page([word(60, 570, "信息内容"), word(60, 620, "第一项加第二项，"), *letters], rulings))

    assert read == [[[(0, 1, "信息内容"), (1, 1, "")], [(0, 1, "第一项加第二项，\n等于第三项"), (1, 1, "")]]]


def test_two_rows_at_a_page_break_stay_two() -> None:
    top = [flat(600, 50, 250), *[upright(x, 600, 650) for x in XS]]
    rest = [flat(70, 50, 250), *[upright(x, 40, 70) for x in XS]]

    read = tables(
        page([word(60, 620, "规章"), word(160, 620, "1"), word(210, 620, "2")], top),
        page([word(60, 50, "文件"), word(160, 50, "3"), word(210, 50, "4")], rest, number=2),
    )

    assert [[text for _, _, text in row] for row in read[0]] == [["规章", "1", "2"], ["文件", "3", "4"]]


def test_a_row_of_few_numbers_behind_a_page_break_is_one_of_its_own_where_its_label_begins() -> None:
    xs = (50.0, 150.0, 180.0, 210.0, 240.0, 270.0)
    top = [flat(600, 50, 270), *[upright(x, 600, 650) for x in xs]]
    rest = [flat(70, 50, 270), *[upright(x, 40, 70) for x in xs]]
    full = [word(60, 620, "3.危及"), *[word(x, 620, "0") for x in (160, 190, 220, 250)]]

    read = tables(page(full, top), page([word(60, 50, "4.保护"), word(160, 50, "0")], rest, number=2))

    assert [[text for _, _, text in row] for row in read[0]] == [
        ["3.危及", "0", "0", "0", "0"],
        ["4.保护", "0", "", "", ""],
    ]


BORDERLESS = (
    *(word(60, 100, "信息内容"), word(210, 100, "本年制发件数"), word(330, 100, "本年废止件数")),
    *(word(60, 120, "规章"), word(235, 120, "1"), word(355, 120, "20")),
    *(word(60, 140, "行政规范性"), word(235, 140, "3"), word(355, 140, "0")),
    word(60, 152, "文件"),
    *(word(60, 172, "行政许可"), word(235, 172, "5"), word(355, 172, "6")),
)


def test_a_table_without_lines_is_read_by_its_alignment() -> None:
    read = tables(page([*BORDERLESS, word(60, 220, "三、收到和处理政府信息公开申请情况")]))

    assert [[text for _, _, text in row] for row in read[0]] == [
        ["信息内容", "本年制发件数", "本年废止件数"],
        ["规章", "1", "20"],
        ["行政规范性\n文件", "3", "0"],
        ["行政许可", "5", "6"],
    ]


def test_the_last_block_of_a_table_without_lines_may_stand_alone_on_the_next_page() -> None:
    upper = [one._replace(top=one.top + 480, bottom=one.bottom + 480) for one in BORDERLESS]
    title = "第二十条第（八）项"
    text = [word(60, 140 + 16 * number, "文" * 36) for number in range(4)]
    lower = [word(150, 26, title, 16), word(60, 60, "信息内容"), word(210, 60, "本年收费金额")]
    lower += [
        word(60, 80, "行政事业性收费"),
        word(235, 80, "7"),
        word(60, 110, "三、收到和处理政府信息公开申请情况"),
        *text,
    ]

    read = tables(page(upper), page(lower, number=2))

    assert [[text for _, _, text in row if text] for row in read[0]][-3:] == [
        [title],
        ["信息内容", "本年收费金额"],
        ["行政事业性收费", "7"],
    ]


def test_a_blank_in_a_table_without_lines_keeps_its_column() -> None:
    words = [w for w in BORDERLESS if w.text != "3"]

    assert [text for _, _, text in tables(page(words))[0][2]] == ["行政规范性\n文件", "", "0"]


def test_flat_lines_alone_part_the_rows_of_a_table() -> None:
    rulings = [flat(y, 50, 450) for y in (95, 115, 135, 167, 187)]

    read = tables(page(BORDERLESS, rulings))

    assert [[text for _, _, text in row] for row in read[0]][2] == ["行政规范性\n文件", "3", "0"]


def test_lines_of_a_paragraph_are_one_and_a_heading_stands_alone() -> None:
    lines = [
        word(50, 100, "一、总体情况"),
        word(70, 120, "我局按季度对照目录逐项清点栏目内容缺项当月补齐错项当日更正并"),
        word(50, 136, "公布结果。"),
        word(70, 152, "第二段。"),
    ]

    assert texts(page(lines)) == [
        "一、总体情况",
        "我局按季度对照目录逐项清点栏目内容缺项当月补齐错项当日更正并公布结果。",
        "第二段。",
    ]


def test_a_title_as_large_as_the_text_is_a_paragraph_of_its_own() -> None:
    lines = [
        word(66, 100, "白石县税务局2022年度政府信息公开工作年度报告"),
        word(70, 120, "本" * 23),
        word(50, 136, "报" * 24),
    ]

    assert texts(page(lines)) == [lines[0].text, "本" * 23 + "报" * 24]


def test_a_paragraph_goes_on_behind_page_number_and_head() -> None:
    first = [word(200, 20, "政府信息公开"), word(50, 600, "文" * 40), word(240, 680, "— 1 —")]
    second = [word(200, 20, "政府信息公开"), word(50, 60, "完。"), word(240, 680, "— 2 —")]

    assert texts(page(first), page(second, number=2)) == ["文" * 40 + "完。"]


@pytest.mark.parametrize("number", ["3", "— 3 —", "-3-", "第3页", "第 3 页 共 6 页", "3/6", "· 3 ·"])
def test_page_numbers_are_no_text(number: str) -> None:
    assert texts(page([word(50, 300, "正文。"), word(240, 680, number)])) == ["正文。"]


def test_a_page_without_ink_has_no_blocks() -> None:
    assert blocks_of([page([])]) == ()


def test_the_end_of_a_wrapped_number_behind_the_page_break_belongs_to_its_row() -> None:
    xs = (50.0, 120.0, 150.0, 180.0, 210.0, 240.0)
    top = [*[flat(y, 50, 240) for y in (600, 640)], *[upright(x, 600, 640) for x in xs]]
    rest = [*[flat(y, 50, 240) for y in (40, 60)], *[upright(x, 40, 60) for x in xs]]
    row = [word(x + 2, 610, text) for x, text in zip(xs, ("总计", "1", "2560", "3", "4"), strict=False)]

    read = tables(page(row, top), page([word(152, 45, "77")], rest, number=2))

    assert [[text for _, _, text in row] for row in read[0]] == [["总计", "1", "256077", "3", "4"]]


def _row(y: float, label: str, numbers: Sequence[str], shifts: Sequence[float] = (0, 0, 0, 0)) -> list[Word]:
    places = (200.0, 260.0, 320.0, 380.0)
    return [
        word(60, y, label),
        *(word(x + shift, y, text) for x, shift, text in zip(places, shifts, numbers, strict=True) if text),
    ]


HEAD = _row(600, "申请人情况", ("自然人", "企业", "其他", "总计"))
LEFT, MIDDLE = (0.0, 0.0, 0.0, 0.0), (22.0, 0.0, 22.0, 22.0)
UPPER = [
    *HEAD,
    *_row(630, "一、本年新收", ("3", "", "0", "3"), (0, 0, 22, 0)),
    *_row(650, "二、上年结转", ("1", "0", "0", "1"), MIDDLE),
    *_row(670, "（一）予以公", ("2", "4", "0", "6"), LEFT),
]


def test_a_table_without_lines_goes_on_behind_the_page_break_under_the_same_columns() -> None:
    lower = [
        *(word(60, 40, "开"), *_row(70, "（二）部分公开", ("", "7", "", ""), (0, 22, 0, 0))),
        *(
            *_row(90, "（三）其他", ("0", "0", "0", "0"), MIDDLE),
            word(60, 130, "四、政府信息公开行政复议、行政诉讼情况"),
        ),
    ]

    read = tables(page(UPPER), page(lower, number=2))

    assert [[text for _, _, text in row] for row in read[0]][1:] == [
        ["一、本年新收", "3", "", "0", "3"],
        ["二、上年结转", "1", "0", "0", "1"],
        ["（一）予以公\n开", "2", "4", "0", "6"],
        ["（二）部分公开", "", "7", "", ""],
        ["（三）其他", "0", "0", "0", "0"],
    ]


def test_a_head_repeated_behind_the_page_break_with_a_row_printed_over_it_is_left_out() -> None:
    again = [one._replace(top=one.top - 560, bottom=one.bottom - 560) for one in HEAD]
    lower = [*again, word(110, 46, "开"), *_row(70, "（二）部分公开", ("0", "7", "0", "7"))]

    read = tables(page(UPPER), page(lower, number=2))

    assert [[text for _, _, text in row] for row in read[0]][3:] == [
        ["（一）予以公\n开", "2", "4", "0", "6"],
        ["（二）部分公开", "0", "7", "0", "7"],
    ]


def test_the_end_of_a_wrapped_number_at_the_top_of_a_page_is_no_page_number() -> None:
    columns = [float(x) for x in range(60, 460, 80)]
    heads = [word(x, 640, text) for x, text in zip(columns, ("维持", "纠正", "其他", "未结", "总计"), strict=True)]
    row = [word(x, 670, text) for x, text in zip(columns, ("11", "0", "0", "0", "11"), strict=True)]

    read = tables(
        page([*heads, *row]), page([word(380, 40, "5"), word(50, 80, "五、存在的主要问题及改进情况")], number=2)
    )

    assert [text for _, _, text in read[0][-1]] == ["11", "0", "0", "0", "11\n5"]


def test_a_date_spread_over_the_line_is_no_table() -> None:
    places = (250, 276, 292, 303, 319, 330)
    date = [word(x, 500, text) for x, text in zip(places, ("2025", "年", "1", "月", "3", "日"), strict=True)]

    assert texts(page([word(50, 100, "六、其他需要报告的事项"), *date])) == [
        "六、其他需要报告的事项",
        "2025 年 1 月 3 日",
    ]


def print_texts(*pages: InkPage) -> list[str]:
    return [block.text for block in blocks_of_print(pages) if isinstance(block, Paragraph)]


def test_a_mark_across_the_text_is_no_part_of_it_and_a_large_title_is() -> None:
    title = word(60, 30, "年度报告", size=30)
    mark = (word(170, 95, "样本", size=60), word(320, 95, "77", size=60))

    with_mark = page([title, *WORDS, *mark], _whole_lines())

    assert [block.rows[0][0].text for block in blocks_of_print([with_mark]) if isinstance(block, Table)] == ["规章"]
    assert print_texts(with_mark) == ["年度报告"]


def test_a_large_mark_that_every_page_has_at_one_place_is_left_out_though_it_covers_nothing() -> None:
    words = [*(word(60, top, "无其他需要报告的事项。") for top in (300, 320, 340)), word(400, 95, "77", size=60)]

    both = print_texts(page(words), page(words, number=2))

    assert "77" not in "".join(both)
    assert "77" in "".join(print_texts(page(words)))


@pytest.mark.parametrize("crossing", [(), (word(330, 20, "年度报告横贯两栏的标题"),)], ids=["apart", "title across"])
def test_two_pages_on_one_sheet_are_read_one_after_the_other(crossing: tuple[Word, ...]) -> None:
    left = [
        word(40, top, f"左页第{top}行的文字足够长，占去这一页宽度的一大半，以成为一行。") for top in (100, 130, 160)
    ]
    right = [
        word(440, top, f"右页第{top}行的文字足够长，占去这一页宽度的一大半，以成为一行。") for top in (100, 130, 160)
    ]
    sheet = InkPage(1, 2 * 400.0, 560.0, (*crossing, *left, *right))

    found = "".join(print_texts(sheet))

    assert [found.count(part) for part in ("左页", "右页")] == [3, 3]
    assert (found.rindex("左页") < found.index("右页")) or crossing


def test_a_wide_page_with_a_table_without_lines_is_one_page() -> None:
    rows = [
        [word(40, top, "规章与行政规范性文件"), *(word(left, top, "12") for left in (250, 330, 450, 600, 720))]
        for top in (100, 130, 160, 190)
    ]
    sheet = InkPage(1, 800.0, 560.0, tuple(part for row in rows for part in row))

    found = [block for block in blocks_of_print([sheet]) if isinstance(block, Table)]

    assert [len(row) for row in found[0].rows] == [6] * 4


def test_a_wide_page_whose_text_is_set_letter_by_letter_is_one_page() -> None:
    line = "全年发布信息四条，其中规章一件，行政规范性文件三件，均已按规定时限在门户网站上公开并同步解读，欢迎查阅。"
    letters = [word(40 + SIZE * number, top, letter) for top in (100, 130) for number, letter in enumerate(line)]
    sheet = InkPage(1, 2 * (40 + SIZE * (len(line) // 2)), 420.0, tuple(letters))

    assert print_texts(sheet) == [line, line]


def test_a_wide_table_whose_lines_are_drawn_cell_by_cell_is_one_though_a_column_ends_in_the_middle() -> None:
    xs = (50.0, 300.0, 550.0)
    lines = [flat(y, left, right) for y in (100.0, 130.0, 160.0) for left, right in pairwise(xs)]
    words = [word(60, 110, "规章"), word(310, 110, "1"), word(60, 140, "行政许可"), word(310, 140, "2")]
    sheet = InkPage(1, 600.0, 420.0, tuple(words), (*lines, *(upright(x, 100, 160) for x in xs)))

    found = [block for block in blocks_of_print([sheet]) if isinstance(block, Table)]

    assert [[cell.text for cell in row] for row in found[0].rows] == [["规章", "1"], ["行政许可", "2"]]


def test_a_row_that_the_page_end_left_without_lines_does_not_take_those_of_the_others() -> None:
    xs = (50.0, 150.0, 200.0, 250.0, 300.0)
    rulings = [flat(100, 50, 300), flat(130, 50, 300), *(upright(x, 100, 130) for x in xs[1:-1])]
    rulings += [upright(50, 100, 160), upright(300, 100, 160)]
    full, torn = [
        [word(60, top, label), *(word(left, top, "1") for left in (160, 210, 260))]
        for top, label in ((110, "规章"), (140, "行政许可"))
    ]

    rows = tables(page([*full, *torn], rulings))[0]

    assert [text for *_, text in rows[0]] == ["规章", "1", "1", "1"]
    assert len(rows[1]) == 1


def test_a_report_that_is_one_ruled_table_has_its_text_and_its_tables() -> None:
    lines = ["一、总体情况", "全年发布信息四条。", "二、主动公开政府信息情况"]
    rulings = [flat(100 - 30 * number, 50, 250) for number in range(1, 4)] + [upright(x, 10, 100) for x in (50, 250)]
    words = [word(60, 20 + 30 * number, text) for number, text in enumerate(lines)]

    one = page([*words, *WORDS], [*rulings, *_whole_lines()])

    assert texts(one) == lines
    assert tables(one) == EXPECTED


def _stray_page(first: int, rulings: Sequence[Ruling] = (), words: Sequence[Word] = ()) -> InkPage:
    """Text from the left side of the page; a cell of the page before is drawn over it, with another inside of it."""
    lines = [word(50, y, "本机关全年主动公开政府信息共计若干条并及时回应社会关切。") for y in range(first, 320, 20)]
    stray = [upright(x, 90, 400) for x in (50, 90)] + [upright(x, 320, 390) for x in (90.8, 130)]
    stray += [flat(y, 50, 90) for y in (90, 400)] + [flat(y, 90.8, 130) for y in (320, 390)]
    own = [word(56, 240, "结果"), word(97, 350, "其他")]
    signed = word(300, 330, "2024年1月20日")
    return page([*lines, *own, signed, *words], [*stray, *rulings])


def test_a_cell_of_the_page_before_drawn_over_the_text_of_this_one_is_no_table_and_its_words_no_text() -> None:
    blocks = blocks_of_print([_stray_page(100)])

    assert all(isinstance(block, Paragraph) for block in blocks)
    printed = "".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert printed.count("本机关全年") == 11
    assert printed.endswith("2024年1月20日")
    assert "结果" not in printed
    assert "其他" not in printed


def test_a_table_over_which_a_stray_cell_begins_keeps_its_numbers() -> None:
    grid = [flat(y, 50, 250) for y in (80, 100, 120)] + [upright(x, 80, 120) for x in (50, 90, 250)]
    found = blocks_of_print([_stray_page(140, grid, [word(60, 105, "7"), word(100, 105, "8"), word(60, 85, "规")])])

    (table,) = (block for block in found if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in table.rows] == [["规", ""], ["7", "8"]]


def test_a_tall_cell_that_no_text_runs_over_stays() -> None:
    narrow = [word(56, y, "结果") for y in range(100, 200, 20)]
    beside = [word(100, y, "本机关全年主动公开政府信息") for y in range(100, 200, 20)]
    lines = [flat(y, 50, 400) for y in (90, 300)] + [upright(x, 90, 300) for x in (50, 90, 400)]

    (found,) = blocks_of_print([page([*narrow, *beside], lines)])

    assert isinstance(found, Table)
    assert "结果" in found.rows[0][0].text
