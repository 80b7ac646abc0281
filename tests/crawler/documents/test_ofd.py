"""OFD packages are read letter by letter where they stand, whoever wrote them and however their files are named."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

from crawler.documents import read_document
from crawler.documents.archive import Archive
from crawler.documents.model import Paragraph, Picture, Table
from crawler.documents.ofd import read_ofd
from crawler.documents.ofd_package import Package, page_files
from crawler.documents.ofd_page import ink_page
from crawler.documents.ofd_path import rulings_of
from crawler.documents.ofd_text import deltas
from crawler.parser import read_report
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells
from tests.writers.ofd_from_pdf import ofd_of_pdf
from tests.writers.ofd_writer import write_converted_ofd, write_ofd
from tests.writers.pdf_writer import chromium_pdfs, print_html, reportlab_pdf

NAMESPACE = 'xmlns="http://www.ofdspec.org/2016"'
ROOT = f"<OFD {NAMESPACE}><DocBody><DocRoot>Doc_0/Document.xml</DocRoot></DocBody></OFD>"
DOCUMENT = (
    f"<Document {NAMESPACE}><CommonData><PageArea><PhysicalBox>0 0 100 50</PhysicalBox></PageArea></CommonData>"
    '<Pages><Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></Pages></Document>'
)
CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def content(objects, *, before=""):
    return f'<Page {NAMESPACE}>{before}<Content><Layer ID="1">{objects}</Layer></Content></Page>'


def zipped(parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def ofd(objects="", *, before="", **changed):
    parts = {
        "OFD.xml": ROOT,
        "Doc_0/Document.xml": DOCUMENT,
        "Doc_0/Pages/Page_0/Content.xml": content(objects, before=before),
    }
    return zipped({**parts, **{name.replace("__", "/"): part for name, part in changed.items()}})


def text(words, *, boundary="10 10 50 5", attributes="", code='X="0" Y="4"'):
    return f'<TextObject Boundary="{boundary}" Size="4" {attributes}><TextCode {code}>{words}</TextCode></TextObject>'


def path(data, *, boundary="10 10 50 20", attributes="", inner=""):
    return (
        f'<PathObject Boundary="{boundary}" {attributes}>{inner}<AbbreviatedData>{data}</AbbreviatedData></PathObject>'
    )


def ink(data):
    with Archive(data) as archive:
        package = Package(archive)
        return [ink_page(number, page, package.read) for number, page in enumerate(page_files(package), start=1)]


def words(objects, **more):
    return [(word.text, *(round(side, 2) for side in word[:4])) for word in sorted(ink(ofd(objects, **more))[0].words)]


def rulings(objects):
    return [tuple(round(side, 2) for side in line) for line in ink(ofd(objects))[0].rulings]


def texts(data):
    return [block.text for block in read_ofd(data).blocks if isinstance(block, Paragraph)]


def faults(name, count, write):
    found = {}
    for number, (made, source) in enumerate(random_reports(name, count)):
        wrong = wrong_cells(made, read_report(write(made, source)))
        if wrong:
            found[number] = wrong
    return found


@pytest.mark.parametrize("write", [write_ofd, write_converted_ofd])
def test_every_cell_of_a_package_is_read_as_it_was_written(write):
    assert faults(f"ofd {write.__name__}", 40, write) == {}


def test_a_pdf_made_into_a_package_says_what_the_pdf_says():
    for made, source in random_reports("ofd of pdf", 6):
        data = reportlab_pdf(made, source)

        assert read_report(ofd_of_pdf(data)).facts == read_report(data).facts


@pytest.mark.browser
def test_every_cell_of_a_page_that_a_browser_laid_out_is_read():
    made, printed = zip(
        *((made, print_html(made, source)) for made, source in random_reports("ofd of chromium", 4)), strict=True
    )

    for report, data in zip(made, chromium_pdfs(printed), strict=True):
        assert wrong_cells(report, read_report(ofd_of_pdf(data))) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('X="0" Y="4" DeltaX="4 4 4"', [("公开年报", 10, 10.48, 26, 14.48)]),
        ('X="0" Y="4" DeltaX="g 3 4"', [("公开年报", 10, 10.48, 26, 14.48)]),
        ('X="0" Y="4"', [("公开年报", 10, 10.48, 26, 14.48)]),
        ('X="1.5" Y="4" DeltaX="g 1 4 12 4"', [("公开", 11.5, 10.48, 19.5, 14.48), ("年报", 27.5, 10.48, 35.5, 14.48)]),
        (
            'X="0" Y="4" DeltaX="4 -4 4" DeltaY="0 5 0"',
            [("公开", 10, 10.48, 18, 14.48), ("年报", 10, 15.48, 18, 19.48)],
        ),
        (
            'X="0" Y="4" DeltaX="0 0 0" DeltaY="g 3 4"',
            [
                ("公", 10, 10.48, 14, 14.48),
                ("开", 10, 14.48, 14, 18.48),
                ("年", 10, 18.48, 14, 22.48),
                ("报", 10, 22.48, 14, 26.48),
            ],
        ),
        ('X="0" Y="4" DeltaX="g 99999999999 4"', [("公开年报", 10, 10.48, 26, 14.48)]),
        ('X="0" Y="4" DeltaX="g"', [("公开年报", 10, 10.48, 26, 14.48)]),
    ],
)
def test_letters_stand_where_their_deltas_put_them(code, expected):
    found = words(text("公开年报", code=code))

    assert found[: len(expected)] == sorted(expected, key=lambda word: word[1:])


@given(st.text(alphabet="MSLQBACZg0123456789.-+e ,", max_size=60))
def test_any_path_and_any_deltas_are_drawn_somehow(data):
    element = etree.fromstring(path(data))

    assert all(left <= right and top <= bottom for left, top, right, bottom in rulings_of(element, (1, 0, 0, 1, 0, 0)))
    assert len(deltas(data, 9)) <= 9 + 9


@pytest.mark.parametrize("number", ["1e999", "-1e999", "nan", "inf", "1e300", "", "x", "9" * 400])
@pytest.mark.parametrize(
    "objects",
    [
        "<TextObject Size='#' HScale='#'><TextCode X='#' Y='#' DeltaX='g # # #'>公开</TextCode></TextObject>",
        "<TextObject CTM='# # # # # #' Size='4'><TextCode X='1' Y='1' DeltaY='#'>公开</TextCode></TextObject>",
        "<PathObject Boundary='# # # #' CTM='# 0 0 # # #'><AbbreviatedData>M # L 5 # C</AbbreviatedData></PathObject>",
        "<ImageObject Boundary='# # # #' CTM='# # # # # #' ResourceID='#'/>",
    ],
)
def test_numbers_beyond_all_measure_break_nothing(objects, number):
    assert texts(ofd(text("公开") + objects.replace("#", number)))[0].startswith("公")


def test_numbers_of_neighbouring_cells_in_one_run_are_two_words():
    found = words(text("1254", code='X="0" Y="4" DeltaX="2 3.2 2"'))

    assert [word[0] for word in found] == ["12", "54"]


def test_a_matrix_scales_and_moves_what_it_holds():
    scaled = text("公", boundary="10 20 9 9", attributes='CTM="0.5 0 0 0.5 3 1"', code='X="2" Y="8"')

    assert words(scaled) == [("公", 14, 23.24, 16, 25.24)]


def test_a_second_run_begins_where_the_first_did_unless_it_says_otherwise():
    two = text('公</TextCode><TextCode Y="9">开', code='X="1" Y="4"')

    assert words(two) == [("公", 11, 10.48, 15, 14.48), ("开", 11, 15.48, 15, 19.48)]


def test_blanks_take_room_and_are_no_letters():
    assert [word[0] for word in words(text("　公 开", code='X="0" Y="4" DeltaX="4 4 4"'))] == ["公", "开"]


@pytest.mark.parametrize(
    ("matrix", "place"),
    [
        ("0 1 -1 0 0 0", (10, 50, 100)),
        ("0 -1 1 0 0 0", (10, 50, 100)),
        ("-1 0 0 -1 0 0", (10, 100, 50)),
    ],
)
def test_a_page_whose_text_lies_on_its_side_is_turned_upright(matrix, place):
    page = ink(ofd(text("公开年报", boundary="40 25 9 9", attributes=f'CTM="{matrix}"', code='X="0" Y="0"')))[0]

    (word,) = page.words
    assert word.text == "公开年报"
    assert (page.width, page.height) == place[1:]
    assert round(word.right - word.left, 3) == 16
    assert round(word.bottom - word.top, 3) == 4
    assert 0 <= word.left < word.right <= page.width
    assert 0 <= word.top < word.bottom <= page.height


def test_slanting_text_is_a_watermark():
    slanting = text("仅供参考", attributes='CTM="0.7 -0.7 0.7 0.7 0 0"')

    assert [word[0] for word in words(text("公开") + slanting)] == ["公开"]


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        (path("M 0 0 L 50 0"), [(10, 10, 60, 10)]),
        (path("M0,0L0,20"), [(10, 10, 10, 30)]),
        (path("S 0 0 L 50 0 M 0 20 L 50 20"), [(10, 10, 60, 10), (10, 30, 60, 30)]),
        (
            path("M 0 0 L 50 0 L 50 20 L 0 20 C"),
            [(10, 10, 60, 10), (60, 10, 60, 30), (10, 30, 60, 30), (10, 10, 10, 30)],
        ),
        (path("M 0 0 50 0 50 20"), [(10, 10, 60, 10), (60, 10, 60, 30)]),
        (path("M 0 0 L 100 0", attributes='CTM="0.5 0 0 0.5 0 5"'), [(10, 15, 60, 15)]),
        (path("M 0 0 L 50 0 L 50 0.2 L 0 0.2 C", attributes='Stroke="false" Fill="true"'), [(10, 10.1, 60, 10.1)]),
        (path("M 0 0 L 50 0 L 50 20 L 0 20 C", attributes='Stroke="false" Fill="true"'), []),
        (path("M 0 0 L 50 0", inner='<StrokeColor Value="255 255 255"/>'), []),
        (path("M 0 0 L 50 0", attributes='Visible="false"'), []),
        (path("M 0 0 L 50 0", attributes='Stroke="false"'), []),
        (path("M 0 0 L 50 20"), [(10, 10, 60, 30)][:0]),
        (path("M 0 0 B 9 9 20 9 50 0 L 50 20"), [(10, 10, 60, 10), (60, 10, 60, 30)]),
        (path("M 0 0 Q 9 9 50 20 A 5 5 0 0 1 50 0"), [(60, 10, 60, 30)]),
        (path("M 0 0 L 50"), []),
        (path("L"), []),
        (path(""), []),
    ],
)
def test_paths_become_the_lines_they_draw(objects, expected):
    assert rulings(objects) == expected


def test_layers_blocks_and_drawings_hold_objects_at_their_places():
    unit = (
        f"<Res {NAMESPACE}><CompositeGraphicUnits><CompositeGraphicUnit ID='8' Width='9' Height='9'><Content>"
        f"{text('印', boundary='1 1 5 5')}</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>"
    )
    document = DOCUMENT.replace("<CommonData>", "<CommonData><PublicRes>PublicRes.xml</PublicRes>")
    objects = (
        f"<PageBlock><PageBlock>{text('公')}</PageBlock></PageBlock>"
        '<CompositeObject Boundary="50 20 9 9" CTM="2 0 0 2 0 0" ResourceID="8"/>'
    )

    found = words(objects, **{"Doc_0/Document.xml": document, "Doc_0/PublicRes.xml": unit})

    assert found == [("公", 10, 10.48, 14, 14.48), ("印", 52, 22.96, 60, 30.96)]


def test_a_page_bears_what_its_template_prints():
    document = DOCUMENT.replace("<CommonData>", '<CommonData><TemplatePage ID="3" BaseLoc="Tpls/T.xml"/>')
    data = ofd(
        text("公", boundary="10 30 9 9"),
        before='<Template TemplateID="3" ZOrder="Background"/><Template TemplateID="4"/>',
        **{"Doc_0/Document.xml": document, "Doc_0/Tpls/T.xml": content(text("开"))},
    )

    assert [word.text for word in ink(data)[0].words] == ["开", "公"]


@pytest.mark.parametrize(
    ("root", "page", "stored"),
    [
        ("Doc_0/Document.xml", "Pages/Page_0/Content.xml", {}),
        ("/Doc_0/Document.xml", "/Doc_0/Pages/Page_0/Content.xml", {}),
        ("Doc_0\\Document.xml", ".\\Pages\\Page_0\\Content.xml", {}),
        ("doc_0/document.XML", "pages/page_0/content.xml", {}),
        ("./Doc_0/Document.xml", "../Doc_0/Pages/Page_0/Content.xml", {}),
        ("Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml", {}),
        (
            "Doc_0/Document.xml",
            "Pages/Page_0/Content.xml",
            {"OFD.xml": "/OFD.XML", "Doc_0/Document.xml": "Doc_0\\Document.xml"},
        ),
    ],
)
def test_files_are_found_however_they_are_named(root, page, stored):
    parts = {
        "OFD.xml": ROOT.replace("Doc_0/Document.xml", root),
        "Doc_0/Document.xml": DOCUMENT.replace("Pages/Page_0/Content.xml", page),
        "Doc_0/Pages/Page_0/Content.xml": content(text("公开")),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename = stored.get(name, name)
            archive.writestr(info, part)

    assert [block.text for block in read_document(stream.getvalue()).blocks] == ["公开"]


def test_any_prefix_of_the_namespace_will_do():
    def prefixed(part):
        marked = part.replace("xmlns=", "xmlns:ofd=").replace("</", "\0").replace("<", "<ofd:").replace("\0", "</ofd:")
        return f'<?xml version="1.0" encoding="UTF-8"?>{marked}'

    data = zipped(
        {
            "OFD.xml": prefixed(ROOT),
            "Doc_0/Document.xml": DOCUMENT.replace(f" {NAMESPACE}", ""),
            "Doc_0/Pages/Page_0/Content.xml": prefixed(content(text("公开"))),
        }
    )

    assert texts(data) == ["公开"]


def test_the_current_version_of_the_first_document_is_read():
    root = (
        f'<OFD {NAMESPACE}><DocBody><Versions><Version ID="1" BaseLoc="V1.xml"/><Version ID="2" Current="true"'
        ' BaseLoc="V2.xml"/></Versions><DocRoot>Doc_0/Document.xml</DocRoot></DocBody>'
        "<DocBody><DocRoot>Doc_1/Document.xml</DocRoot></DocBody></OFD>"
    )
    version = f"<DocVersion {NAMESPACE}><DocRoot>/Doc_0/New.xml</DocRoot></DocVersion>"
    data = ofd(
        text("旧"),
        **{
            "OFD.xml": root,
            "V2.xml": version,
            "Doc_0/New.xml": DOCUMENT.replace("Page_0", "Page_9"),
            "Doc_0/Pages/Page_9/Content.xml": content(text("新")),
        },
    )

    assert texts(data) == ["新"]


def test_a_page_may_have_a_size_of_its_own():
    data = ofd(text("公"), before="<Area><PhysicalBox>5 5 200 300</PhysicalBox></Area>")

    page = ink(data)[0]

    assert (page.width, page.height) == (200, 300)
    assert (page.words[0].left, round(page.words[0].top, 2)) == (5, 5.48)


def test_characters_that_xml_forbids_do_not_lose_the_page():
    assert texts(ofd(text("公\x01开&#2;"))) == ["公开"]


def picture(size, lines=()):
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((60, 60 + 70 * number), line, font=ImageFont.truetype(CJK_FONT, 40, index=2), fill=0)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def with_picture(data, objects, file="image.png"):
    medium = '<MultiMedia ID="5" Type="Image"><MediaFile>image.png</MediaFile></MultiMedia>'
    resources = f'<Res {NAMESPACE} BaseLoc="Res"><MultiMedias>{medium}</MultiMedias></Res>'
    document = DOCUMENT.replace("<CommonData>", "<CommonData><DocumentRes>DocumentRes.xml</DocumentRes>")
    return ofd(
        objects,
        **{"Doc_0/Document.xml": document, "Doc_0/DocumentRes.xml": resources, f"Doc_0/Res/{file}": data},
    )


def test_a_picture_in_the_text_is_a_picture():
    data = picture((200, 100))
    image = '<ImageObject Boundary="10 20 40 20" CTM="40 0 0 20 0 0" ResourceID="5"/>'

    blocks = read_ofd(with_picture(data, text("公开") + image)).blocks

    assert [block.data for block in blocks if isinstance(block, Picture)] == [data]


def test_a_page_that_is_a_picture_is_recognised():
    pytest.importorskip("rapidocr")
    data = picture((1200, 600), ("一、总体情况", "全年主动公开信息十二条。"))
    image = '<ImageObject Boundary="0 0 100 50" CTM="100 0 0 50 0 0" ResourceID="5"/>'

    assert "".join(texts(with_picture(data, image))) == "一、总体情况全年主动公开信息十二条。"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (ofd(), "empty"),
        (ofd(text("公"), **{"Doc_0/Document.xml": DOCUMENT.replace("Page_0", "Page_7")}), "damaged"),
        (ofd(text("公"), **{"OFD.xml": f"<OFD {NAMESPACE}/>"}), "damaged"),
        (ofd(text("公"), **{"OFD.xml": "no xml"}), "damaged"),
        (ofd(text("公"), **{"Encryptions.xml": "<Encryptions/>"}), "encrypted"),
        (
            ofd(
                text("公"),
                **{"Doc_0/Document.xml": DOCUMENT.replace("</Pages>", '<Page BaseLoc="x"/>' * 601 + "</Pages>")},
            ),
            "too_large",
        ),
        (ofd("<PageBlock/>" * 60_001), "too_large"),
        (ofd("<PageBlock>" * 400 + "</PageBlock>" * 400), "damaged"),
        (ofd(text("公"))[:-40], "damaged"),
        (with_picture(b"no picture", '<ImageObject Boundary="0 0 100 50" ResourceID="5"/>'), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(UnreadableError) as refused:
        read_ofd(data)

    assert refused.value.reason == reason


@pytest.mark.parametrize("part", ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"])
@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    ],
)
def test_a_part_with_a_document_type_is_refused(part, declaration):
    parts = {"OFD.xml": ROOT, "Doc_0/Document.xml": DOCUMENT, "Doc_0/Pages/Page_0/Content.xml": content(text("&x;"))}
    parts[part] = declaration + parts[part]

    with pytest.raises(UnreadableError) as refused:
        read_ofd(zipped(parts))

    assert refused.value.reason == "damaged"


def test_a_drawing_that_holds_itself_ends():
    unit = (
        f"<Res {NAMESPACE}><CompositeGraphicUnit ID='8'><Content>"
        + '<CompositeObject ResourceID="8"/>' * 9
        + "</Content></CompositeGraphicUnit></Res>"
    )
    document = DOCUMENT.replace("<CommonData>", "<CommonData><PublicRes>PublicRes.xml</PublicRes>")
    data = ofd('<CompositeObject ResourceID="8"/>', **{"Doc_0/Document.xml": document, "Doc_0/PublicRes.xml": unit})

    with pytest.raises(UnreadableError) as refused:
        read_ofd(data)

    assert refused.value.reason == "too_large"


def test_a_damaged_package_is_read_or_refused_and_nothing_else():
    made, source = next(random_reports("damaged ofd", 1))
    whole = write_ofd(made, source)
    outcomes = set()
    for number in range(60):
        data = bytearray(whole[: source.randrange(len(whole))] if number % 4 == 0 else whole)
        for _ in range(source.randrange(1, 30)):
            data[source.randrange(len(data))] = source.randrange(256)
        try:
            read_ofd(bytes(data))
            outcomes.add("read")
        except UnreadableError as error:
            outcomes.add(error.reason)

    assert "damaged" in outcomes
    assert outcomes <= {"read", "damaged", "encrypted", "unsafe_archive", "unsupported", "empty", "too_large"}


def test_tables_of_a_package_stand_between_its_paragraphs():
    made, source = next(random_reports("order", 1))

    kinds = [type(block) for block in read_ofd(write_ofd(made, source)).blocks]

    assert Table in kinds
    assert kinds[0] is Paragraph
