"""Files made to harm, or merely broken: each is read or refused for its reason, and nothing beside it is disturbed."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from functools import cache
from typing import TYPE_CHECKING

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from crawler.reading import ReadingRoom, Source
from storage.report import UNREADABLE_REASONS
from tests.accuracy import random_reports, wrong_cells
from tests.bench.fuzz_damage import pdf as damaged_pdf
from tests.bench.fuzz_damage import raw as damaged_bytes
from tests.writers.bad_files import jpeg, locked_office, png, zipped
from tests.writers.ofd_writer import write_ofd
from tests.writers.ooxml import document_xml, p, package
from tests.writers.pdf_objects import cid_font, form, image, plain_pdf
from tests.writers.pdf_writer import reportlab_pdf
from tests.writers.picture_writer import encoded
from tests.writers.sheet_writer import write_xls, write_xlsx
from tests.writers.word_writer import python_docx_report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.reading import ReadOutcome

WRITERS = {
    "docx": python_docx_report,
    "xlsx": write_xlsx,
    "xls": write_xls,
    "ofd": write_ofd,
    "pdf": reportlab_pdf,
}
GOOD = {
    kind: (made, write(made, source))
    for (kind, write), (made, source) in zip(
        WRITERS.items(), random_reports("good among bad", len(WRITERS), has_blanks=False), strict=True
    )
}
FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
MEGABYTE = 1024 * 1024
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
) + "]>"  # fmt: skip
OUTSIDE = "<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>]>"
BEYOND = "<!DOCTYPE x [<!ENTITY % d SYSTEM 'http://127.0.0.1:9/x.dtd'>%d;<!ENTITY a11 'x'>]>"


def changed(kind: str, name: str, change: Callable[[str], str]) -> bytes:
    """The good document of that kind with one part, whose name matches, changed."""
    with zipfile.ZipFile(io.BytesIO(GOOD[kind][1])) as archive:
        parts = [(each, archive.read(each)) for each in archive.namelist()]
    (found,) = [each for each, _ in parts if re.fullmatch(name, each)][:1]
    return zipped(*((each, change(part.decode()) if each == found else part) for each, part in parts))


def declared(kind: str, name: str, declaration: str) -> bytes:
    """With a document type, and its last entity where the first text stands."""

    def declare(text: str) -> str:
        head, sign, rest = text.partition("?>")
        if not sign:
            head, rest = "", text
        return head + sign + declaration + re.sub(r">(?=[^<\s])", ">&a11;", rest, count=1)

    return changed(kind, name, declare)


def pdf(draw: Callable[[Canvas], None], *, size=(595, 842), encrypt=None, pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, encrypt=encrypt)
    for _ in range(pages):
        canvas.setFont(FONT, 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def written(cmap: bytes) -> bytes:
    text = b"BT /F1 12 Tf 50 700 Td <00010002FFFF> Tj ET"
    return plain_pdf(text, more=cid_font(cmap), resources=b"<</Font<</F1 5 0 R>>>>")


def with_more_pages(count: int) -> bytes:
    """The good report, with so many pages of prose behind it."""

    def prose(canvas: Canvas) -> None:
        for line in range(9):
            canvas.drawString(60, 780 - 18 * line, "会议听取了各乡镇水利工作情况的汇报，并就下一步的工作作了安排。")

    document = pypdfium2.PdfDocument(GOOD["pdf"][1])
    document.import_pages(pypdfium2.PdfDocument(pdf(prose, pages=count)))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def nested(depth: int, data: bytes) -> bytes:
    for number in range(depth):
        data = zipped((f"{number}.zip" if number else "报告.docx", data))
    return data


def members(*names: str) -> bytes:
    return zipped(*((name, GOOD["docx"][1]) for name in names[:1]), *((name, b"x" * 40) for name in names[1:]))


def mixed(kind: str, extra: int) -> bytes:
    """A document of which a part unpacks to so many megabytes of nothing."""
    with zipfile.ZipFile(io.BytesIO(GOOD[kind][1])) as archive:
        parts = [(each, archive.read(each)) for each in archive.namelist()]
    return zipped(*parts, ("bomb.bin", bytes(extra * MEGABYTE)))


def rows_of_a_sheet(count: int) -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}"/><c r="B{n}"/></row>' for n in range(5001, 5001 + count))
    return changed(
        "xlsx", r"xl/worksheets/sheet1\.xml", lambda text: text.replace("</sheetData>", rows + "</sheetData>")
    )


READ = "read"
EXACT = "read exactly"
BODY = r"word/document\.xml"
SHEET = r"xl/worksheets/sheet1\.xml"
PAGE = r".*Content\.xml"
PARTS = (("docx", BODY), ("xlsx", SHEET), ("xlsx", r"xl/workbook\.xml"), ("ofd", PAGE), ("ofd", r"OFD\.xml"))
HUGE = 'TextObject CTM="1e308 0 0 1e308 9e307 9e307" '
NO_SIZE = "PhysicalBox>0 0 1e400 NaN<"
ROW = "<w:tr><w:tc><w:p/></w:tc></w:tr>"
CASES: Mapping[str, tuple[Callable[[], bytes], str]] = {
    # Behind a password.
    "pdf with a password": (
        lambda: pdf(lambda page: page.drawString(50, 700, "x"), encrypt=StandardEncryption("secret", "owner")),
        "encrypted",
    ),
    "pdf with a password of 128 bits": (
        lambda: pdf(
            lambda page: page.drawString(50, 700, "x"), encrypt=StandardEncryption("secret", "owner", strength=128)
        ),
        "encrypted",
    ),
    "pdf that forbids printing": (
        lambda: pdf(
            lambda page: page.drawString(50, 700, "总体情况"), encrypt=StandardEncryption("", "owner", canPrint=0)
        ),
        "not_a_report",
    ),
    "office document with a password": (locked_office, "encrypted"),
    # Archives.
    "zip bomb": (lambda: zipped(("zeros", bytes(60 * MEGABYTE))), "unsafe_archive"),
    "docx with a bomb beside its text": (lambda: mixed("docx", 40), "unsafe_archive"),
    "xlsx with a bomb beside its cells": (lambda: mixed("xlsx", 40), "unsafe_archive"),
    "ofd with a bomb beside its pages": (lambda: mixed("ofd", 40), "unsafe_archive"),
    "zip bomb in a zip": (lambda: zipped(("a.zip", zipped(("zeros", bytes(60 * MEGABYTE))))), "unsafe_archive"),
    "a document in a zip": (lambda: nested(1, GOOD["docx"][1]), EXACT),
    "a document two zips deep": (lambda: nested(2, GOOD["docx"][1]), EXACT),
    "a document five zips deep": (lambda: nested(5, GOOD["docx"][1]), "unsupported"),
    "names that climb": (lambda: members("../../../../tmp/nianbao-escaped.docx", "..\\..\\x", "/etc/x"), EXACT),
    "a name of a device": (lambda: members("/dev/stdout", "CON", "a\0b"), EXACT),
    "an empty zip": (zipped, "empty"),
    "zip cut in two": (lambda: nested(1, GOOD["docx"][1])[:5000], "damaged"),
    # Entities.
    **{
        f"{kind}: {harm} in {name}": ((lambda kind=kind, name=name, text=text: declared(kind, name, text)), "damaged")
        for kind, name in PARTS
        for harm, text in (("laughs", LAUGHS), ("a file", OUTSIDE), ("an address", BEYOND))
    },
    # Too much.
    "pdf of 500 pages": (lambda: with_more_pages(490), EXACT),
    "pdf of 700 pages": (lambda: pdf(lambda page: page.drawString(50, 700, "x"), pages=700), "too_large"),
    "pdf page of a million lines": (lambda: plain_pdf(b"0 0 m 9 9 l S\n" * 1_000_000), "illegible"),
    "pdf page of a million letters": (lambda: plain_pdf(b"BT /F 9 Tf (x) Tj ET\n" * 1_000_000), "damaged"),
    "pdf page as large as a house": (
        lambda: plain_pdf(
            b"q 14400 0 0 14400 0 0 cm /I Do Q",
            more=[image(8, 8, b"\xff" * 8)],
            resources=b"<</XObject<</I 5 0 R>>>>",
            box=b"0 0 14400 14400",
        ),
        "illegible",
    ),
    "pdf whose form draws itself": (
        lambda: plain_pdf(
            b"/X Do",
            more=[form(b"/X Do")],
            resources=b"<</XObject<</X 5 0 R>>>>",
        ),
        "damaged",
    ),
    "pdf whose form draws itself twice": (
        lambda: plain_pdf(
            b"/X Do",
            more=[form(b"/X Do /X Do")],
            resources=b"<</XObject<</X 5 0 R>>>>",
        ),
        "damaged",
    ),
    "pdf whose forms draw the next one ten times": (
        lambda: plain_pdf(
            b"/X Do",
            more=[form(b"/X Do " * 10).replace(b"5 0 R", b"%d 0 R" % number) for number in range(6, 16)],
            resources=b"<</XObject<</X 5 0 R>>>>",
        ),
        "damaged",
    ),
    "pdf whose pages hold themselves": (
        lambda: plain_pdf(b"").replace(b"/Kids[3 0 R]/Count 1", b"/Kids[2 0 R]/Count 9"),
        "damaged",
    ),
    "pdf with a picture of 100 megapixels": (
        lambda: plain_pdf(
            b"q 595 0 0 842 0 0 cm /I Do Q",
            more=[image(10_000, 10_000, WHITE, filters=b"/Filter/FlateDecode")],
            resources=b"<</XObject<</I 5 0 R>>>>",
        ),
        "illegible",
    ),
    "picture of 100 megapixels": (lambda: png(10_000, 10_000, 10_000), "too_large"),
    "picture that claims 3600 megapixels": (lambda: png(60_000, 60_000, 1), "too_large"),
    "picture that lacks most of its rows": (lambda: png(2000, 2000, 100), "illegible"),
    "jpeg that claims 4 gigapixels": (lambda: jpeg(65_000, 65_000), "too_large"),
    "jpeg that claims a larger size": (lambda: jpeg(2000, 3000), "illegible"),
    "docx with 100000 empty rows": (
        lambda: changed("docx", BODY, lambda text: text.replace("</w:tbl>", ROW * 100_000 + "</w:tbl>", 1)),
        EXACT,
    ),
    "docx with a million elements": (lambda: package(document_xml(p("") * 400_000 + p("甲"))), "unsafe_archive"),
    "xlsx with 100000 empty rows": (lambda: rows_of_a_sheet(100_000), EXACT),
    "xlsx with 100000 rows of numbers": (
        lambda: changed(
            "xlsx",
            SHEET,
            lambda text: re.sub(
                "<sheetData>.*</sheetData>",
                "<sheetData>"
                + "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 100_002))
                + "</sheetData>",
                text,
                flags=re.DOTALL,
            ),
        ),
        "too_large",
    ),
    "html of 49 megabytes": (lambda: b"<p>" + b"x" * 49 * MEGABYTE, "too_large"),
    "html nested without end": (lambda: b"<div>" * 100_000 + b"x", "nested_too_deeply"),
    # Senseless.
    "ofd with a matrix beyond all measure": (
        lambda: changed("ofd", PAGE, lambda text: text.replace("TextObject ", HUGE, 1)),
        READ,
    ),
    "ofd with a page of no size": (
        lambda: changed("ofd", r".*Document\.xml", lambda text: re.sub("PhysicalBox>[^<]*<", NO_SIZE, text)),
        READ,
    ),
    "pdf with a broken table of characters": (
        lambda: written(b"1 beginbfrange <0000> <FFFF> <00> endbfrange " + b"<" * 5000),
        "illegible",
    ),
    "pdf with a table of characters without end": (
        lambda: written(b"100 beginbfrange " + b"<0000> <FFFFFFFF> <D800DC00> " * 30_000),
        "illegible",
    ),
    "docx whose text is a picture": (lambda: zipped(("word/document.xml", encoded(Image.new("L", (9, 9))))), "damaged"),
    "nothing": (lambda: b"", "empty"),
    "zeros": (lambda: bytes(MEGABYTE), "empty"),
    "noise": (lambda: random.Random(1).randbytes(MEGABYTE), "undecodable"),
}  # fmt: skip
WHITE = zlib.compress(b"\xff" * 1250 * 10_000, 9)
MUTATED = 60


def mutated_pdf(number: int) -> bytes:
    """The good PDF, cut, or with bytes or objects damaged."""
    source = random.Random(number)
    whole = GOOD["pdf"][1]
    match number % 3:
        case 0:
            return whole[: source.randrange(100, len(whole) - 1100)]
        case 1:
            return damaged_bytes(whole, source)
    return damaged_pdf(whole, source)


@cache
def outcomes() -> dict[str, tuple[ReadOutcome, ...]]:
    """What every bad file came to in one room, with a good one before and behind each."""
    bad = {
        **{name: make for name, (make, _) in CASES.items()},
        **{f"mutated {number}": (lambda number=number: mutated_pdf(number)) for number in range(MUTATED)},
    }
    goods = list(GOOD)

    def items():
        for number, (name, make) in enumerate(bad.items()):
            good = goods[number % len(goods)]
            yield f"good {number} {good}", Source(GOOD[good][1])
            yield name, Source(make())
        yield f"good {len(bad)} docx", Source(GOOD["docx"][1])

    with ReadingRoom() as room:
        return dict(room.read_all(items()))


def said(outcome: ReadOutcome) -> str:
    return outcome.reason or READ


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_read_or_refused_for_its_reason(name):
    expected = CASES[name][1]

    found = [outcome for outcome in outcomes()[name] if outcome.report] or outcomes()[name]

    assert (said(found[0]), found[0].trace) == (READ if expected == EXACT else expected, "")
    assert found[0].report or found[0].detail
    if expected == EXACT:
        kind = next((kind for kind in GOOD if name.startswith(kind)), "docx")
        assert wrong_cells(GOOD[kind][0], found[0].report) == []


def test_mutated_pdfs_are_read_or_refused_by_the_reader_itself():
    found = [outcomes()[f"mutated {number}"][0] for number in range(MUTATED)]

    assert {said(outcome) for outcome in found[::3]} == {"truncated"}
    assert {said(outcome) for outcome in found} <= {READ, *UNREADABLE_REASONS} - {
        "parser_failed", "worker_died", "out_of_memory", "too_slow"
    }  # fmt: skip
    assert {READ, "damaged"} <= {said(outcome) for outcome in found}


def test_what_stands_beside_a_bad_file_is_read_exactly():
    goods = [(name.split(), found) for name, found in outcomes().items() if name.startswith("good ")]

    wrong = [
        (name, found[0].reason or wrong_cells(GOOD[name[2]][0], found[0].report))
        for name, found in goods
        if found[0].reason or wrong_cells(GOOD[name[2]][0], found[0].report)
    ]

    assert len(goods) == len(CASES) + MUTATED + 1
    assert wrong == []


def test_no_name_in_an_archive_was_written_to(tmp_path_factory):
    outcomes()

    assert not list(tmp_path_factory.getbasetemp().parents[1].glob("nianbao-escaped*"))
