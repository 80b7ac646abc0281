"""What Word and its like write into a file, and what of it is printed."""

from __future__ import annotations

import io
import zipfile

import pytest

from crawler.documents import read_document
from crawler.documents.docx import read_docx
from crawler.documents.model import Paragraph, Picture, Table
from crawler.parser import read_report
from storage.report import Reading
from tests.writers.ooxml import (
    STRICT,
    box,
    document_xml,
    p,
    package,
    span,
    style,
    styles,
    tbl,
    tc,
    tr,
    with_relation,
)

PIXEL = b"\x89PNG\r\n\x1a\nrest of a picture"


def lines(body: str, **more: str | bytes) -> list[str]:
    """The paragraphs of a document with that body."""
    blocks = read_docx(package(document_xml(body), **more)).blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def grids(body: str, **more: str | bytes) -> list[list[list[tuple[int, str, int, int]]]]:
    """The tables of a document: column, text, row span and column span of each cell."""
    blocks = read_docx(package(document_xml(body), **more)).blocks
    return [
        [[(cell.column, cell.text, cell.row_span, cell.column_span) for cell in row] for row in block.rows]
        for block in blocks
        if isinstance(block, Table)
    ]


RUNS = {
    "runs cut anywhere": ("<w:r><w:t>总体</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>情况</w:t></w:r>", "总体情况"),
    "empty runs and marks of spelling": (
        '<w:proofErr w:type="spellStart"/><w:r><w:t/></w:r><w:r><w:t>甲</w:t></w:r>',
        "甲",
    ),
    "content control": (
        "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent><w:r><w:t>甲</w:t></w:r></w:sdtContent></w:sdt>",
        "甲",
    ),
    "smart tag": ('<w:smartTag w:element="x"><w:smartTagPr/><w:r><w:t>甲</w:t></w:r></w:smartTag>', "甲"),
    "custom XML": ('<w:customXml w:element="x"><w:r><w:t>甲</w:t></w:r></w:customXml>', "甲"),
    "link": ('<w:hyperlink w:anchor="x"><w:r><w:t>甲</w:t></w:r></w:hyperlink>', "甲"),
    "simple field": ('<w:fldSimple w:instr="PAGE"><w:r><w:t>5</w:t></w:r></w:fldSimple>', "5"),
    "field": (
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF 9</w:instrText></w:r>'
            "<w:r><w:t>码</w:t></w:r>"
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>甲</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>乙</w:t></w:r>'
        ),
        "甲乙",
    ),
    "field in the code of a field": (
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>内</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>外</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        ),
        "外",
    ),
    "field that never ends": ('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>甲</w:t></w:r>', "甲"),
    "inserted and deleted": (
        '<w:ins w:id="1"><w:r><w:t>新</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>旧</w:delText></w:r></w:del>',
        "新",
    ),
    "moved": (
        "<w:moveFrom><w:r><w:t>旧</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>新</w:t></w:r></w:moveTo>",
        "新",
    ),
    "alternatives": (
        (
            '<mc:AlternateContent><mc:Choice Requires="x"><w:r><w:t>甲</w:t></w:r></mc:Choice>'
            "<mc:Fallback><w:r><w:t>乙</w:t></w:r></mc:Fallback></mc:AlternateContent>"
        ),
        "甲",
    ),
    "alternatives of which the first shows nothing": (
        (
            '<mc:AlternateContent><mc:Choice Requires="x"/><mc:Fallback><w:r><w:t>乙</w:t></w:r></mc:Fallback>'
            "</mc:AlternateContent>"
        ),
        "乙",
    ),
    "tab": ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", "甲 乙"),
    "hyphens": ("<w:r><w:t>0600</w:t><w:noBreakHyphen/><w:t>21</w:t><w:softHyphen/><w:t>34</w:t></w:r>", "0600-2134"),
    "symbol": (
        '<w:r><w:sym w:font="宋体" w:char="25CB"/><w:t>甲</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>',
        "○甲",
    ),
    "blanks that are not kept": ("<w:r><w:t> 总体 </w:t></w:r><w:r><w:t>\n情况\n</w:t></w:r>", "总体情况"),
    "blanks that are kept": ('<w:r><w:t xml:space="preserve">甲 </w:t></w:r><w:r><w:t>乙</w:t></w:r>', "甲 乙"),
    "hidden text": ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:t>甲</w:t></w:r>", "甲"),
    "text that is not hidden": ('<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>甲</w:t></w:r>', "甲"),
    "reading above a word": (
        (
            "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>jia</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>甲</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r>"
        ),
        "甲",
    ),
    "footnote": ('<w:r><w:t>12</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r>', "12"),
    "raised mark of a note": (
        '<w:r><w:t>12</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>',
        "12[1]",
    ),
}


@pytest.mark.parametrize(("runs", "printed"), RUNS.values(), ids=RUNS.keys())
def test_the_printed_text_of_a_paragraph_is_read(runs: str, printed: str):
    assert lines(f"<w:p>{runs}</w:p>") == [printed]


def test_a_break_begins_a_line():
    assert lines(
        '<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:cr/><w:t>丙</w:t><w:br w:type="page"/></w:r></w:p>'
    ) == [
        "甲",
        "乙",
        "丙",
    ]


def test_content_controls_around_paragraphs_are_looked_through():
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('甲')}{tbl(tr('一', '1'))}</w:sdtContent></w:sdt>"

    assert lines(body) == ["甲"]
    assert grids(body) == [[[(0, "一", 1, 1), (1, "1", 1, 1)]]]


def test_an_indented_file_prints_no_blanks_between_its_runs():
    assert lines("<w:p>\n  <w:r>\n    <w:t>1</w:t>\n  </w:r>\n  <w:r>\n    <w:t>2</w:t>\n  </w:r>\n</w:p>") == ["12"]


GRIDS = {
    "cells over several columns": (
        tbl(tr(tc("头", span(2)), "尾"), tr("1", "2", "3")),
        [[(0, "头", 1, 2), (2, "尾", 1, 1)], [(0, "1", 1, 1), (1, "2", 1, 1), (2, "3", 1, 1)]],
    ),
    "cells over several rows, with and without a value": (
        tbl(
            tr(tc("组", '<w:vMerge w:val="restart"/>'), "1"),
            tr(tc("藏", "<w:vMerge/>"), "2"),
            tr(tc("", '<w:vMerge w:val="continue"/>'), "3"),
        ),
        [[(0, "组", 3, 1), (1, "1", 1, 1)], [(1, "2", 1, 1)], [(1, "3", 1, 1)]],
    ),
    "one merged region right under another": (
        tbl(
            tr(tc("甲", '<w:vMerge w:val="restart"/>'), "1"),
            tr(tc("", "<w:vMerge/>"), "2"),
            tr(tc("乙", '<w:vMerge w:val="restart"/>'), "3"),
            tr(tc("", "<w:vMerge/>"), "4"),
        ),
        [[(0, "甲", 2, 1), (1, "1", 1, 1)], [(1, "2", 1, 1)], [(0, "乙", 2, 1), (1, "3", 1, 1)], [(1, "4", 1, 1)]],
    ),
    "a cell that continues nothing": (
        tbl(tr("甲", "1"), tr(tc("乙", "<w:vMerge/>"), "2")),
        [[(0, "甲", 1, 1), (1, "1", 1, 1)], [(0, "乙", 1, 1), (1, "2", 1, 1)]],
    ),
    "merged downwards and over columns": (
        tbl(tr(tc("角", f'{span(2)}<w:vMerge w:val="restart"/>'), "1"), tr(tc("", f"{span(2)}<w:vMerge/>"), "2")),
        [[(0, "角", 2, 2), (2, "1", 1, 1)], [(2, "2", 1, 1)]],
    ),
    "merged to the right as old Word does": (
        tbl(tr(tc("头", '<w:hMerge w:val="restart"/>'), tc("", "<w:hMerge/>"), "尾"), tr("1", "2", "3")),
        [[(0, "头", 1, 2), (2, "尾", 1, 1)], [(0, "1", 1, 1), (1, "2", 1, 1), (2, "3", 1, 1)]],
    ),
    "grid columns before and after a row": (
        tbl(tr("1", "2", "3"), tr("4", marks='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>')),
        [[(0, "1", 1, 1), (1, "2", 1, 1), (2, "3", 1, 1)], [(1, "4", 1, 1)]],
    ),
    "deleted rows and cells": (
        tbl(
            tr("1", "2"),
            tr("旧", "9", marks='<w:del w:id="1"/>'),
            tr("3", tc("旧", '<w:cellDel w:id="2"/>'), "4"),
            tr("5", "6", marks='<w:ins w:id="3"/>'),
        ),
        [
            [(0, "1", 1, 1), (1, "2", 1, 1)],
            [(0, "3", 1, 1), (1, "4", 1, 1)],
            [(0, "5", 1, 1), (1, "6", 1, 1)],
        ],
    ),
    "earlier formatting": (
        tbl(tr(tc("1", f"<w:tcPrChange w:id='1'><w:tcPr>{span(5)}<w:vMerge/></w:tcPr></w:tcPrChange>"), "2")),
        [[(0, "1", 1, 1), (1, "2", 1, 1)]],
    ),
    "content controls around rows and cells": (
        tbl(
            f"<w:sdt><w:sdtContent>{tr('1', '2')}</w:sdtContent></w:sdt>",
            f"<w:tr><w:sdt><w:sdtContent>{tc('3')}</w:sdtContent></w:sdt><w:customXml>{tc('4')}</w:customXml></w:tr>",
        ),
        [[(0, "1", 1, 1), (1, "2", 1, 1)], [(0, "3", 1, 1), (1, "4", 1, 1)]],
    ),
    "several paragraphs and breaks in a cell": (
        tbl(tr(tc(p("社会") + p("") + "<w:p><w:r><w:t>公益</w:t><w:br/><w:t>组织</w:t></w:r></w:p>"), "")),
        [[(0, "社会\n公益\n组织", 1, 1), (1, "", 1, 1)]],
    ),
    "two paragraphs in a cell without marks": (
        tbl(f"<w:tr><w:tc>{p('12')}{p('34')}</w:tc>{tc('5')}</w:tr>"),
        [[(0, "12\n34", 1, 1), (1, "5", 1, 1)]],
    ),
    "a frame around a number": (
        tbl(tr("数", tc(tbl(tr("7")) + p("")))),
        [[(0, "数", 1, 1), (1, "7", 1, 1)]],
    ),
    "a drawing in a cell": (
        tbl(tr("数", tc(f"<w:p><w:r>{box(p('注'))}</w:r><w:r><w:t>7</w:t></w:r></w:p>"))),
        [[(0, "数", 1, 1), (1, "7", 1, 1)]],
    ),
}


@pytest.mark.parametrize(("body", "grid"), GRIDS.values(), ids=GRIDS.keys())
def test_every_cell_stands_at_its_place(body: str, grid: list[list[tuple[int, str, int, int]]]):
    assert grids(body) == [grid]


def test_a_table_inside_a_data_table_stands_for_itself():
    inner = tbl(tr("甲", "1"), tr("乙", "2"))
    rows = [tr(str(number), *("0" * 4)) for number in range(5)]

    outer, nested = grids(tbl(*rows, tr("说明", tc(inner + p("见表")), "0")))

    assert outer[-1] == [(0, "说明", 1, 1), (1, "见表", 1, 1), (2, "0", 1, 1)]
    assert nested == [[(0, "甲", 1, 1), (1, "1", 1, 1)], [(0, "乙", 1, 1), (1, "2", 1, 1)]]


def test_a_table_that_only_frames_the_report_is_looked_through():
    body = tbl(tr(tc(p("一、总体情况") + tbl(tr("甲", "1"), tr("乙", "2")) + p("二、其他"))))

    blocks = read_docx(package(document_xml(body))).blocks

    assert [block.text if isinstance(block, Paragraph) else block.place for block in blocks] == [
        "一、总体情况",
        "table 1",
        "二、其他",
    ]


def test_tables_have_places_of_their_own():
    wordy = tr(tc(p("本机关全年共受理申请" + "若干" * 40 + "。"), span(2)))
    body = tbl(tr("甲", "1"), wordy, tr("乙", "2")) + tbl(tr("丙", "3"))

    blocks = read_docx(package(document_xml(body))).blocks

    assert [block.place for block in blocks if isinstance(block, Table)] == ["table 1", "table 2", "table 3"]


def test_text_boxes_follow_the_paragraph_they_are_anchored_to():
    boxed = box(p("框内") + tbl(tr("甲", "1")))
    body = f"<w:p><w:r><w:t>前</w:t></w:r><w:r>{boxed}</w:r><w:r><w:t>后</w:t></w:r></w:p>" + p("下一段")

    blocks = read_docx(package(document_xml(body))).blocks

    assert [block.text if isinstance(block, Paragraph) else block.place for block in blocks] == [
        "前后",
        "框内",
        "table 1",
        "下一段",
    ]


def test_a_text_box_in_a_text_box_is_read_once():
    body = f"<w:p><w:r>{box('<w:p><w:r><w:t>外</w:t></w:r><w:r>' + box(p('内')) + '</w:r></w:p>')}</w:r></w:p>"

    assert lines(body) == ["外", "内"]


def test_pictures_come_with_their_bytes():
    drawing = '<w:drawing><wp:inline><a:graphic><a:blip r:embed="p1"/></a:graphic></wp:inline></w:drawing>'
    old = '<w:pict><v:shape><v:imagedata r:id="p1"/></v:shape></w:pict>'
    body = p("前") + f"<w:p><w:r>{drawing}</w:r></w:p>" + tbl(tr(tc(f"<w:p><w:r>{old}</w:r></w:p>"))) + p("后")
    data = with_relation(package(document_xml(body)), "p1", "image", "media/1.png", {"word/media/1.png": PIXEL})

    blocks = read_docx(data).blocks

    assert [
        block.data if isinstance(block, Picture) else block.text for block in blocks if not isinstance(block, Table)
    ] == [
        "前",
        PIXEL,
        PIXEL,
        "后",
    ]


def test_a_linked_picture_has_its_address_only():
    body = '<w:p><w:r><w:drawing><a:blip r:link="p1"/></w:drawing></w:r></w:p>'
    target = "http://example.org/1.png"
    data = with_relation(package(document_xml(body)), "p1", "image", target, {}, mode=' TargetMode="External"')

    (picture,) = read_docx(data).blocks

    assert isinstance(picture, Picture)
    assert (picture.source, picture.data) == (target, None)


def test_an_embedded_page_is_read_where_it_stands():
    page = "<html><body><p>嵌入的网页</p><table><tr><td>甲</td><td>1</td></tr></table></body></html>".encode()
    body = p("前") + '<w:altChunk r:id="a1"/>' + p("后")
    data = with_relation(package(document_xml(body)), "a1", "aFChunk", "/word/chunk.html", {"word/chunk.html": page})

    blocks = read_docx(data).blocks

    assert [type(block).__name__ for block in blocks] == ["Paragraph", "Paragraph", "Table", "Paragraph"]


def test_text_in_a_hidden_style_is_not_read():
    used = styles(style("h", "隐", "<w:rPr><w:vanish/></w:rPr>", kind="character"))
    body = '<w:p><w:r><w:rPr><w:rStyle w:val="h"/></w:rPr><w:t>隐</w:t></w:r><w:r><w:t>甲</w:t></w:r></w:p>'

    assert lines(body, styles__xml=used) == ["甲"]


def test_the_strict_standard_and_another_prefix_are_read_alike():
    usual = document_xml(p("甲") + tbl(tr(tc("乙", span(2)), "1")))
    strict = usual
    for one, other in STRICT.items():
        strict = strict.replace(one, other)
    prefixed = usual.replace("<w:", "<x:").replace("</w:", "</x:").replace(" w:", " x:").replace("xmlns:w=", "xmlns:x=")

    expected = read_docx(package(usual)).blocks

    assert read_docx(package(strict)).blocks == expected
    assert read_docx(package(prefixed)).blocks == expected
    assert read_docx(package(usual, main="word/document7.xml")).blocks == expected


def test_a_part_in_utf_16_is_read():
    text = document_xml(p("甲")).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", text.encode("utf-16"))

    assert read_docx(file.getvalue()).blocks == (Paragraph("甲", "paragraph 1"),)


def test_the_title_word_keeps_is_not_the_reports():
    core = "<cp:coreProperties><dc:title>安丘市教育局2017年政府信息公开工作年度报告</dc:title></cp:coreProperties>"

    assert read_docx(package(document_xml(p("甲")), core__txt=core)).title is None


@pytest.mark.shared
def test_the_empty_official_template_has_blank_cells_and_no_zeros(shared):
    report = read_report((shared / "samples" / "official_template_2021.docx").read_bytes())

    readings = {(cell.table, fact.reading, fact.value) for cell, fact in report.facts.items()}
    assert readings == {(table, Reading.BLANK, None) for table in ("disclosure", "applications", "reviews")}
    assert len(report.facts) == 10 + 175 + 15
    assert report.report_year is None


def test_a_document_is_known_by_its_content():
    assert read_document(package(document_xml(p("甲"))), media_type="text/html").blocks == (
        Paragraph("甲", "paragraph 1"),
    )
