"""Numbers that exist only as settings of a list, as Word prints them."""

from __future__ import annotations

import pytest

from crawler.documents.docx import read_docx
from crawler.documents.docx.numerals import numeral
from crawler.documents.model import Paragraph, Table
from tests.writers.ooxml import document_xml, level, numbered, numbering, p, package, style, styles, tbl, tc, tr


def lines(body: str, **more: str | bytes) -> list[str]:
    """The paragraphs of a document with that body."""
    blocks = read_docx(package(document_xml(body), **more)).blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


NUMBERS = {
    "chineseCounting": "一 二 三 四 五 六 七 八 九 十 十一",
    "chineseCountingThousand": "一 二 三 四 五 六 七 八 九 十 十一",
    "taiwaneseCounting": "一 二 三 四 五 六 七 八 九 十 十一",
    "japaneseCounting": "一 二 三 四 五 六 七 八 九 十 十一",
    "ideographDigital": "一 二 三 四 五 六 七 八 九 一〇 一一",
    "chineseLegalSimplified": "壹 贰 叁 肆 伍 陆 柒 捌 玖 壹拾 壹拾壹",
    "decimal": "1 2 3 4 5 6 7 8 9 10 11",
    "decimalZero": "01 02 03 04 05 06 07 08 09 10 11",
    "decimalFullWidth": "１ ２ ３ ４ ５ ６ ７ ８ ９ １０ １１",
    "decimalEnclosedCircle": "① ② ③ ④ ⑤ ⑥ ⑦ ⑧ ⑨ ⑩ ⑪",
    "decimalEnclosedCircleChinese": "① ② ③ ④ ⑤ ⑥ ⑦ ⑧ ⑨ ⑩ ⑪",
    "decimalEnclosedParen": "⑴ ⑵ ⑶ ⑷ ⑸ ⑹ ⑺ ⑻ ⑼ ⑽ ⑾",
    "decimalEnclosedFullstop": "⒈ ⒉ ⒊ ⒋ ⒌ ⒍ ⒎ ⒏ ⒐ ⒑ ⒒",
    "ideographEnclosedCircle": "㊀ ㊁ ㊂ ㊃ ㊄ ㊅ ㊆ ㊇ ㊈ ㊉ 11",
    "ideographTraditional": "甲 乙 丙 丁 戊 己 庚 辛 壬 癸 甲",
    "ideographZodiac": "子 丑 寅 卯 辰 巳 午 未 申 酉 戌",
    "upperRoman": "I II III IV V VI VII VIII IX X XI",
    "lowerLetter": "a b c d e f g h i j k",
    "unheardOf": "1 2 3 4 5 6 7 8 9 10 11",
}


@pytest.mark.parametrize(("kind", "printed"), NUMBERS.items())
def test_lists_count_as_word_prints_them(kind: str, printed: str):
    assert [numeral(number, kind) for number in range(1, 12)] == printed.split()


@pytest.mark.parametrize(
    ("number", "kind", "printed"),
    [
        (20, "chineseCounting", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"),
        (2030, "chineseCountingThousand", "二千零三十"),
        (105, "chineseCounting", "一〇五"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "㉑"),
        (60, "decimalEnclosedCircle", "60"),
        (1994, "upperRoman", "MCMXCIV"),
        (28, "upperLetter", "BB"),
        (0, "decimal", "0"),
        (0, "upperRoman", "0"),
    ],
)
def test_large_numbers_and_zero_are_printed_too(number: int, kind: str, printed: str):
    assert numeral(number, kind) == printed


def test_automatic_numbers_stand_before_headings_and_labels():
    body = numbered("总体情况") + tbl(tr(tc(numbered("属于国家秘密", level=1)), "0")) + numbered("其他")
    lists = numbering(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2."))

    assert lines(body, numbering__xml=lists) == ["一、总体情况", "二、其他"]
    (table,) = (
        block
        for block in read_docx(package(document_xml(body), numbering__xml=lists)).blocks
        if isinstance(block, Table)
    )
    assert table.rows[0][0].text == "1.属于国家秘密"


def test_deeper_levels_begin_anew():
    body = "".join(numbered("项", level=at) for at in (0, 1, 1, 2, 0, 1, 2))
    lists = numbering(
        level(0, "chineseCounting", "%1、"),
        level(1, "decimal", "%1.%2", "<w:isLgl/>"),
        level(2, "lowerLetter", "(%3)", '<w:lvlRestart w:val="0"/>'),
    )

    assert lines(body, numbering__xml=lists) == ["一、项", "1.1 项", "1.2 项", "(a)项", "二、项", "2.1 项", "(b)项"]


def test_a_list_may_begin_anew_and_lists_of_one_family_count_on():
    more = (
        '<w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="3"/>'
        '</w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="5"/></w:num>'
    )
    body = "".join(numbered("项", number) for number in ("1", "1", "3", "2", "2"))

    printed = lines(body, numbering__xml=numbering(level(0, "decimal", "%1."), more=more))

    assert printed == ["1.项", "2.项", "3.项", "3.项", "4.项"]


def test_a_style_numbers_its_paragraphs_and_says_their_level():
    used = styles(
        style("a", "Normal", ""),
        style("1", "heading 1", '<w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
        style("2", "章", '<w:basedOn w:val="1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'),
        style("3", "标题 3", ""),
    )
    marks = '<w:pStyle w:val="{}"/>'
    body = (
        p("总体情况", marks.format(2))
        + p("不编号", marks.format(2) + '<w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("三级", marks.format(3))
        + p("正文", marks.format("a"))
        + p("一级", '<w:outlineLvl w:val="0"/>')
    )
    lists = numbering(level(0, "chineseCounting", "%1、", '<w:pStyle w:val="2"/>'))

    blocks = read_docx(package(document_xml(body), styles__xml=used, numbering__xml=lists)).blocks

    assert [(block.text, block.level) for block in blocks if isinstance(block, Paragraph)] == [
        ("一、总体情况", 1),
        ("不编号", 1),
        ("三级", 3),
        ("正文", 0),
        ("一级", 1),
    ]


def test_a_list_may_name_the_style_that_holds_its_levels():
    used = styles(style("L", "表", '<w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr>', kind="numbering"))
    more = (
        '<w:abstractNum w:abstractNumId="6"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="5"/></w:num><w:num w:numId="8"><w:abstractNumId w:val="6"/></w:num>'
    )
    body = numbered("项", "8") + p("x", '<w:pStyle w:val="none"/>')

    printed = lines(body, styles__xml=used, numbering__xml=numbering(level(0, "decimal", "%1)"), more=more))

    assert printed == ["1)项", "x"]


def test_a_deleted_paragraph_takes_no_number():
    gone = (
        '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:del w:id="2"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>'
    )

    printed = lines(numbered("甲") + gone + numbered("乙"), numbering__xml=numbering(level(0, "decimal", "%1.")))

    assert printed == ["1.甲", "2.乙"]


def test_bullets_are_no_text():
    assert lines(numbered("甲"), numbering__xml=numbering(level(0, "bullet", "\uf06c"))) == ["甲"]
