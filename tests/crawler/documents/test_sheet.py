"""Workbooks are read cell by cell as they show their numbers, whoever wrote them and however large they claim to be."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from datetime import date

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook

from crawler.documents import read_document
from crawler.documents.model import Paragraph, Table
from crawler.documents.sheet import read_sheet
from crawler.documents.sheet_numbers import number_format, number_text
from crawler.parser import read_report
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells, wrong_words
from tests.writers.sheet_writer import with_shared_strings, write_xls, write_xlsx

LABELS = (
    "规章",
    "行政规范性文件",
    "行政许可",
    "行政处罚",
    "行政强制",
    "行政事业性收费",
    "属于国家秘密",
    "重复申请",
    "申请信息内容不明确",
    "行政复议",
)
COUNTS = {write_xlsx: 50, write_xls: 60}
SHOWN = (
    (3805463.74, "General", "3805463.74"),
    (3805463.7400000002, "General", "3805463.74"),
    (5.0, "General", "5"),
    (0.1 + 0.2, "General", "0.3"),
    (1e15, "General", "1000000000000000"),
    (123456789012.34, "#,##0.00", "123456789012.34"),
    (12.5, "0.00", "12.50"),
    (12.345, "0.00", "12.35"),
    (1234567, "#,##0_);(#,##0)", "1234567"),
    (0.5, "0.00_ ", "0.50"),
    (0.05, "0%", "5%"),
    (0.12345, "0.00%", "12.35%"),
    (12.50, "0.##", "12.5"),
    (16, '0"件"', "16件"),
    (7, "[Red]0", "7"),
    (7.25, "¥#,##0.00", "7.25"),
    (12345, "0.0,", "12345"),
    (-0.001, "0.00", "0.00"),
    (3, "@", "3"),
    (1e300, "0.00", "1" + "0" * 300),
    (45665, "yyyy/m/d", "2025年1月8日"),
    (45665, 'yyyy"年"m"月"d"日"', "2025年1月8日"),
    (45665, "[$-804]yyyy\\年m\\月", "2025年1月"),
    (45665.5, "yyyy/m/d h:mm", "2025年1月8日 12:00"),
    (0.75, "h:mm", "18:00"),
    (1.5, "[h]:mm", "36:00"),
    (1, "yyyy-mm-dd", "1900年1月1日"),
    (float("inf"), "0", ""),
)


def book_of(*rows, name="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    return book


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def grid(table):
    return [[cell.text for cell in row] for row in table.rows]


def tables(document):
    return [grid(block) for block in document.blocks if isinstance(block, Table)]


def paragraphs(document):
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def with_part(data, name, content):
    """The package with one part exchanged or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            if each != name:
                new.writestr(each, old.read(each))
        new.writestr(name, content)
    return stream.getvalue()


def sheet_xml(rows, *, head="", tail=""):
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{head}<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData>{tail}</worksheet>'


def with_sheet(rows, **around):
    return with_part(saved(book_of(["x", "y"])), "xl/worksheets/sheet1.xml", sheet_xml(rows, **around))


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_every_cell_and_word_of_a_workbook_is_read_as_it_was_written(write):
    wrong = {}
    for number, (made, source) in enumerate(random_reports(f"sheet {write.__name__}", COUNTS[write])):
        read = read_report(write(made, source))
        faults = wrong_cells(made, read) + wrong_words(made, read)
        if faults:
            wrong[number] = faults

    assert wrong == {}


@pytest.mark.parametrize(("number", "code", "text"), SHOWN)
def test_a_number_is_read_as_its_format_shows_it(number, code, text):
    assert number_text(number, number_format(code)) == text


@given(st.floats(), st.text(alphabet='0#?.,%;ymdhs年月日[]"\\_*eE/@+-¥$ GeneralRd', max_size=20))
def test_any_number_in_any_format_has_a_text(number, code):
    assert isinstance(number_text(number, number_format(code)), str)


def test_a_workbook_that_counts_days_from_1904_says_the_same_days():
    book = book_of(["日期", date(2025, 1, 8)], ["一", "二"])
    book.epoch = CALENDAR_MAC_1904

    assert tables(read_sheet(saved(book))) == [[["日期", "2025年1月8日"], ["一", "二"]]]


def test_text_errors_and_truths_are_read_as_they_stand():
    book = book_of(["编号", "00123", True, "#REF!", "多行\n文字"])
    book.active["D1"].data_type = "e"

    assert tables(read_sheet(saved(book))) == [[["编号", "00123", "TRUE", "#REF!", "多行\n文字"]]]


def test_errors_and_formats_of_an_old_workbook_are_read_too():
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for column, (value, code) in enumerate(((12.5, "0.00"), (0.05, "0%"), (45665, "yyyy/m/d"), (1234.0, "#,##0"))):
        page.write(0, column, value, xlwt.easyxf(num_format_str=code))
    page.row(0).set_cell_error(4, "#REF!")
    page.row(0).set_cell_boolean(5, value=True)
    page.write(0, 6, xlwt.Formula("1+1"))
    page.write(0, 7, "007")

    assert tables(read_sheet(saved(book))) == [
        [["12.50", "5%", "2025年1月8日", "1234", "#REF!", "TRUE", "", "007"]],
    ]


def test_a_formula_that_nobody_calculated_is_a_blank():
    book = book_of(["总计", "=SUM(C1:D1)", 3, 4], ["一", 1, 2, 3])

    assert tables(read_sheet(saved(book))) == [[["总计", "", "3", "4"], ["一", "1", "2", "3"]]]


def test_a_calculated_formula_is_its_result():
    data = with_sheet(
        '<row r="1"><c r="A1" t="str"><f>"一"</f><v>一</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )

    assert tables(read_sheet(data)) == [[["一", "2", "#DIV/0!"]]]


def test_cells_that_do_not_tell_their_place_stand_in_order():
    data = with_sheet(
        '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="2"><c><v>4</v></c><c r="C2"><v>6</v></c></row>'
        '<row r="3"><c r="A3"/><c/><c><v>7</v></c></row>'
        '<row r="4"><c r="A4"/><c r="B4"><v>8</v></c><c><v>9</v></c></row>'
    )

    assert tables(read_sheet(data)) == [[["1", "", "3"], ["4", "", "6"], ["", "", "7"], ["", "8", "9"]]]


def test_rich_strings_lose_their_phonetic_readings_and_keep_their_runs():
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>行政</t></r><r><t>许可</t></r>'
        "<rPh><t>xingzheng</t></rPh></si><si><t>a_x000D_\nb</t></si></sst>"
    )
    data = with_part(with_shared_strings(saved(book_of(["x", "y"]))), "xl/sharedStrings.xml", strings)

    assert tables(read_sheet(data)) == [[["行政许可", "a\nb"]]]


def test_a_blank_place_is_a_cell_and_a_covered_one_is_none():
    book = book_of(["项目", "合计", None, "备注"], ["甲", None, 2, None])
    book.active.merge_cells("B1:C1")
    book.active.merge_cells("A3:A4")
    book.active["A3"], book.active["B3"], book.active["B4"] = "乙", 3, 4

    (table,) = (block for block in read_sheet(saved(book)).blocks if isinstance(block, Table))

    assert [[(cell.column, cell.text, cell.row_span, cell.column_span) for cell in row] for row in table.rows] == [
        [(0, "项目", 1, 1), (1, "合计", 1, 2), (3, "备注", 1, 1)],
        [(0, "甲", 1, 1), (1, "", 1, 1), (2, "2", 1, 1), (3, "", 1, 1)],
        [(0, "乙", 2, 1), (1, "3", 1, 1), (2, "", 1, 1), (3, "", 1, 1)],
        [(1, "4", 1, 1), (2, "", 1, 1), (3, "", 1, 1)],
    ]


def test_what_lies_hidden_under_a_merged_area_is_not_read():
    data = with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>',
        tail='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    )

    assert tables(read_sheet(data)) == [[["1", "3"]]]


def test_hidden_sheets_rows_and_columns_are_not_read():
    book = book_of(["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    other = book.create_sheet("other")
    other.append(["j", "k"])
    other.sheet_state = "veryHidden"

    assert tables(read_sheet(saved(book))) == [[["a", "c"], ["g", "i"]]]


def test_a_merged_area_keeps_its_text_when_its_first_row_is_hidden():
    book = book_of(["a", "b"], [None, "c"], ["d", "e"])
    book.active.merge_cells("A1:A2")
    book.active.row_dimensions[1].hidden = True

    assert tables(read_sheet(saved(book))) == [[["a", "c"], ["d", "e"]]]


def test_titles_headings_and_sentences_are_paragraphs_between_tables():
    book = book_of(
        ["安丘市教育局2024年政府信息公开工作年度报告"],
        ["一、总体情况"],
        ["全年公开信息。"],
        ["二、主动公开政府信息情况"],
        ["第二十条第（一）项"],
        ["信息内容", "本年制发件数"],
        ["规章", 0],
        ["第二十条第（五）项"],
        ["行政许可", 1],
        ["三、收到和处理政府信息公开申请情况"],
        [None],
        ["申请人情况", "自然人"],
    )

    document = read_sheet(saved(book))

    assert paragraphs(document) == [
        "安丘市教育局2024年政府信息公开工作年度报告",
        "一、总体情况",
        "全年公开信息。",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ]
    assert [len(table) for table in tables(document)] == [5, 1]


def test_an_empty_form_keeps_its_rows_of_blanks():
    book = book_of(["信息内容", "本年制发件数", "本年废止件数"], ["规章", None, None], ["行政规范性文件", None, None])

    assert tables(read_sheet(saved(book))) == [
        [["信息内容", "本年制发件数", "本年废止件数"], ["规章", "", ""], ["行政规范性文件", "", ""]]
    ]


def test_the_name_of_a_sheet_heads_its_table_where_nothing_else_does():
    book = book_of(["信息内容", "本年制发件数"], ["规章", 1], name="二、主动公开政府信息情况")

    assert paragraphs(read_sheet(saved(book))) == ["二、主动公开政府信息情况"]


def test_a_table_in_a_sheet_of_its_own_belongs_to_the_section_that_another_sheet_heads():
    book = openpyxl.Workbook()
    headings = ("一、总体情况", "二、主动公开政府信息情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项")
    for text in (*headings, "无。", "澄湖县水务局", "2025年1月9日"):
        book.active.append([text])
    other = book.create_sheet("主动公开政府信息情况")
    other.append(["规章", 1, 2, 3])

    blocks = read_document(saved(book)).blocks

    texts = [block.text if isinstance(block, Paragraph) else "table" for block in blocks]
    assert texts == [*headings[:2], "table", *headings[2:], "无。", "澄湖县水务局", "2025年1月9日"]


def test_a_sheet_for_every_agency_is_not_one_report():
    book = book_of(*([label, number] for number, label in enumerate(LABELS)), name="教育局")
    other = book.create_sheet("民政局")
    for label in LABELS:
        other.append([label, 9])

    with pytest.raises(UnreadableError, match=r"教育局.*民政局") as refused:
        read_sheet(saved(book))

    assert refused.value.reason == "unsupported"


def test_the_empty_form_beside_the_filled_one_is_left_out():
    book = book_of(*([label] for label in LABELS), name="样表")
    other = book.create_sheet("报表")
    for label in LABELS:
        other.append([label, 9])

    assert tables(read_sheet(saved(book))) == [[[label, "9"] for label in LABELS]]


def test_our_reading_of_xml_agrees_with_calamine():
    source = random.Random("calamine")
    rows = [
        [source.choice((source.randrange(10**6), source.random(), "甲\n乙", "00", None)) for _ in range(9)] + ["end"]
        for _ in range(200)
    ]
    data = saved(book_of(*rows))

    (table,) = (block for block in read_sheet(data).blocks if isinstance(block, Table))
    read = {(cell.row, cell.column): cell.text for row in table.rows for cell in row}

    values = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    for row, cells in enumerate(values):
        for column, value in enumerate(cells):
            text = read[row, column]
            assert value == (text if isinstance(value, str) else pytest.approx(float(text), rel=1e-14))


def test_a_hundred_thousand_empty_rows_are_passed_over():
    empty = "".join(f'<row r="{row}"><c r="A{row}" s="0"/><c r="B{row}" s="0"/></row>' for row in range(2, 100_002))
    data = with_sheet(
        f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>{empty}'
        '<row r="100002"><c r="A100002"><v>3</v></c><c r="B100002"><v>4</v></c></row>'
    )

    assert tables(read_sheet(data)) == [[["1", "2"], ["3", "4"]]]


def test_two_cells_in_opposite_corners_take_no_more_room_than_two_cells():
    data = with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        tail='<mergeCells><mergeCell ref="C3:C1048576"/></mergeCells>',
    )

    assert paragraphs(read_sheet(data)) == ["1"]


def test_an_old_workbook_whose_cells_lie_too_far_apart_is_refused():
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    page.write(0, 0, "x")
    page.write(65535, 255, "y")

    with pytest.raises(UnreadableError) as refused:
        read_sheet(saved(book))

    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("rows", "tail", "reason"),
    [
        ("".join('<row r="1"><c r="A1"><v>1</v></c></row>' for _ in range(3)), "<unclosed>", "damaged"),
        ("", "", "empty"),
        ("<row>" + "<c><v>1</v></c>" * 20_000 + "</row>", "", None),
        ("".join(f"<row><c><v>{number}</v></c></row>" for number in range(100_001)), "", "too_large"),
        ("<row><c><v>1</v></c></row>" * 400_000, "", "unsafe_archive"),
        (
            '<row r="1"><c r="A1"><v>1</v></c></row>',
            "<mergeCells>" + '<mergeCell ref="A1:OJ5000"/>' * 3 + "</mergeCells>",
            "too_large",
        ),
    ],
)
def test_a_strange_sheet_is_read_or_refused_for_its_reason(rows, tail, reason):
    data = with_sheet(rows, tail=tail)

    if reason is None:
        assert read_sheet(data).blocks
    else:
        with pytest.raises(UnreadableError) as refused:
            read_sheet(data)
        assert refused.value.reason == reason


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]
)
def test_a_part_with_a_document_type_is_refused(head, part):
    data = with_shared_strings(saved(book_of(["x", "y"])))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(part).decode().removeprefix('<?xml version="1.0"?>')
    text = text.partition("?>")[2] if text.startswith("<?xml") else text

    with pytest.raises(UnreadableError) as refused:
        read_sheet(with_part(data, part, f"{head}{text}"))

    assert refused.value.reason == "damaged"


def test_a_workbook_is_found_under_another_name_and_with_backslashes():
    data = saved(book_of(["x", "y"]))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "_rels/.rels":
                content = content.replace(b"xl/workbook.xml", b"xl/Book.xml")
            info = zipfile.ZipInfo("xl/placeholder")
            info.filename = (
                name.replace("xl/workbook.xml", "XL/book.xml")
                .replace("workbook.xml.rels", "Book.xml.rels")
                .replace("/", "\\")
            )
            new.writestr(info, content)

    assert tables(read_document(stream.getvalue())) == [[["x", "y"]]]


@pytest.mark.parametrize("write", [write_xlsx, write_xls])
def test_a_damaged_workbook_is_read_or_refused_and_nothing_else(write):
    made, source = next(random_reports("damaged", 1))
    whole = write(made, source)
    outcomes = set()
    for number in range(60):
        data = bytearray(whole[: source.randrange(len(whole))] if number % 3 == 0 else whole)
        for _ in range(source.randrange(1, 40)):
            data[source.randrange(len(data))] = source.randrange(256)
        try:
            read_sheet(bytes(data))
            outcomes.add("read")
        except UnreadableError as error:
            outcomes.add(error.reason)

    assert outcomes <= {"read", "damaged", "encrypted", "empty", "unsafe_archive", "too_large", "unsupported"}
    assert "damaged" in outcomes


def record(kind, body=b""):
    """A record of an XLSB part: kind and length in seven bits a byte."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def wide_text(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_cell(column, value, before):
    """A cell's record; the short one, without the column, where it stands right behind the cell before."""
    is_short = column == before + 1
    place = b"" if is_short else struct.pack("<I", column)
    kind, content = (6, wide_text(value)) if isinstance(value, str) else (5, struct.pack("<d", value))
    if isinstance(value, int):
        kind, content = 2, struct.pack("<I", value << 2 & 0xFFFFFFFF | 2)
    return record(kind + 11 * is_short, place + bytes(4) + content)


def xlsb(cells, *, merged=(), hidden=(), is_short=False):
    """A workbook of one sheet, with the text or number at each place; `merged`: first and last row and column."""
    rows = b""
    for row in sorted({at for at, _ in cells}):
        rows += record(0, struct.pack("<IIHBBI", row, 0, 300, 0, 0x10 * (row in hidden), 0))
        before = -2
        for (at, column), value in sorted(cells.items()):
            if at == row:
                rows += xlsb_cell(column, value, before)
                before = column if is_short else -2
    last = max(row for row, _ in cells), max(column for _, column in cells)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    parts = {
        "xl/workbook.bin": record(131)
        + record(143)
        + record(156, struct.pack("<II", 0, 1) + wide_text("rId1") + wide_text("表"))
        + record(144)
        + record(132),
        "xl/_rels/workbook.bin.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}" Target="worksheets/sheet1.bin"/></Relationships>',
        "xl/worksheets/sheet1.bin": record(129)
        + record(148, struct.pack("<4I", 0, last[0], 0, last[1]))
        + record(145)
        + rows
        + record(146)
        + b"".join(record(176, struct.pack("<4I", *area)) for area in merged)
        + record(130),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def test_a_workbook_in_one_xml_file_is_read_as_it_shows_its_cells():
    data = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<ss:Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:h="http://www.w3.org/TR/REC-html40"><ss:Styles>
<ss:Style ss:ID="m"><ss:NumberFormat ss:Format="Fixed"/></ss:Style></ss:Styles><ss:Worksheet ss:Name="隐藏"><ss:Table>
<ss:Row><ss:Cell><ss:Data ss:Type="String">不可见</ss:Data></ss:Cell></ss:Row></ss:Table><x:WorksheetOptions
xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></ss:Worksheet>
<ss:Worksheet ss:Name="表"><ss:Table><ss:Column ss:Index="5" ss:Hidden="1"/>
<ss:Row ss:Index="3"><ss:Cell ss:MergeDown="1"><ss:Data ss:Type="String">规章</ss:Data></ss:Cell>
<ss:Cell ss:Index="3"><ss:Data ss:Type="Number">7</ss:Data></ss:Cell>
<ss:Cell ss:StyleID="m"><ss:Data ss:Type="Number">12.5</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="Number">99</ss:Data></ss:Cell></ss:Row>
<ss:Row><ss:Cell ss:Index="2" ss:MergeAcross="1"><ss:Data ss:Type="String"><h:B>许</h:B>可</ss:Data></ss:Cell>
<ss:Cell><ss:Data ss:Type="DateTime">2025-01-09T00:00:00.000</ss:Data></ss:Cell></ss:Row>
<ss:Row ss:Hidden="1"><ss:Cell><ss:Data ss:Type="Number">1</ss:Data></ss:Cell></ss:Row></ss:Table></ss:Worksheet>
</ss:Workbook>"""

    blocks = read_document(data.encode()).blocks

    assert [[cell[1:5] for cell in row] for row in blocks[0].rows] == [
        [(0, "规章", 2, 1), (1, "", 1, 1), (2, "7", 1, 1), (3, "12.50", 1, 1)],
        [(1, "许可", 1, 2), (3, "2025年1月9日", 1, 1)],
    ]


OPEN = "urn:oasis:names:tc:opendocument:xmlns:"
OPEN_SHEET = f"""<office:document xmlns:office="{OPEN}office:1.0" xmlns:t="{OPEN}table:1.0" xmlns:x="{OPEN}text:1.0">
<office:body><office:spreadsheet><t:table t:name="表"><t:table-column t:number-columns-repeated="4"/>
<t:table-column t:visibility="collapse"/><t:table-row t:number-rows-repeated="1000000"/>
<t:table-row><t:table-cell t:number-rows-spanned="2"><x:p>规<x:span>章</x:span></x:p>
<office:annotation><x:p>批注</x:p></office:annotation></t:table-cell><t:table-cell/>
<t:table-cell office:value="0" t:number-columns-repeated="3"><x:p>0</x:p></t:table-cell></t:table-row>
<t:table-row><t:covered-table-cell/><t:table-cell t:number-columns-spanned="2"><x:p>许</x:p>
<x:p>可</x:p></t:table-cell><t:covered-table-cell/><t:table-cell office:value="12.5"/></t:table-row>
<t:table-row t:visibility="collapse"><t:table-cell><x:p>不可见</x:p></t:table-cell></t:table-row>
</t:table></office:spreadsheet></office:body></office:document>"""


@pytest.mark.parametrize("is_packed", [False, True], ids=["flat", "package"])
def test_an_open_spreadsheet_is_read_as_it_shows_its_cells(is_packed):
    data = OPEN_SHEET.encode()
    if is_packed:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", data, zipfile.ZIP_DEFLATED)
        data = stream.getvalue()

    blocks = read_document(data).blocks

    assert [[cell[1:5] for cell in row] for row in blocks[0].rows] == [
        [(0, "规章", 2, 1), (1, "", 1, 1), (2, "0", 1, 1), (3, "0", 1, 1)],
        [(1, "许\n可", 1, 2), (3, "12.5", 1, 1)],
    ]


def test_a_flat_open_document_that_is_no_sheet_is_refused_by_name():
    data = f'<?xml version="1.0"?><office:document xmlns:office="{OPEN}office:1.0"/>'.encode()

    with pytest.raises(UnreadableError) as refused:
        read_document(data)

    assert refused.value.reason == "unsupported"


@pytest.mark.parametrize("is_short", [False, True], ids=["every cell with its column", "columns implied"])
def test_a_binary_workbook_is_read(is_short):
    cells = {(0, 0): "规章", (0, 1): 3805463.74, (1, 0): "行政许可", (1, 1): 5.0, (1, 2): -7, (1, 4): 12}

    found = tables(read_document(xlsb(cells, is_short=is_short)))

    assert found == [[["规章", "3805463.74", "", "", ""], ["行政许可", "5", "-7", "", "12"]]]


def test_a_binary_workbook_has_merged_areas_and_hidden_rows():
    cells = {(0, 0): "信息内容", (0, 1): "件数", (1, 0): "规章", (1, 1): 9, (2, 0): "规章", (2, 1): 1, (2, 3): 3}

    document = read_document(xlsb(cells, merged=[(0, 0, 1, 3), (2, 2, 1, 2)], hidden=[1], is_short=True))

    assert [[cell[2:5] for cell in row] for row in document.blocks[0].rows] == [
        [("信息内容", 1, 1), ("件数", 1, 3)],
        [("规章", 1, 1), ("1", 1, 2), ("3", 1, 1)],
    ]


def test_a_binary_workbook_whose_cells_lie_far_apart_is_read_as_sparse_as_it_is():
    document = read_document(xlsb({(0, 0): "x", (0, 1): "y", (1_048_575, 16_383): 1.0}))

    assert tables(document) == [[["x", "y"]]]


def test_a_binary_workbook_cut_inside_a_record_is_damaged():
    whole = xlsb({(0, 0): "规章", (0, 1): 5})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.bin"] = parts["xl/worksheets/sheet1.bin"][:-9]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    with pytest.raises(UnreadableError) as refused:
        read_document(stream.getvalue())

    assert refused.value.reason == "damaged"
