"""Word documents that are damaged, senseless or made to harm."""

from __future__ import annotations

import contextlib
import io
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.documents.docx import read_docx
from crawler.documents.docx.tree import part_tree
from crawler.documents.model import Paragraph
from storage.errors import UnreadableError
from tests.bench.processes import measured
from tests.writers.ooxml import (
    NAMESPACES,
    document_xml,
    level,
    numbered,
    numbering,
    p,
    package,
    style,
    styles,
    tbl,
    tc,
    tr,
)

W = f'xmlns:w="{NAMESPACES["w"]}"'


def lines(body: str, **more: str | bytes) -> list[str]:
    """The paragraphs of a document with that body."""
    blocks = read_docx(package(document_xml(body), **more)).blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BAD = {
    "an entity bomb": (BOMB + document_xml(p("&b;")).partition("\n")[2], "damaged"),
    "a file of the machine": (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + document_xml(p("&x;")).partition("\n")[2],
        "damaged",
    ),
    "XML that ends too early": (document_xml(p("甲"))[:-30], "damaged"),
    "no XML": ("PK hello", "damaged"),
    "no body": (f"<w:document {W}/>", "damaged"),
    "elements without end": (document_xml("<w:sdt>" * 400 + "</w:sdt>" * 400), "nested_too_deeply"),
}


@pytest.mark.parametrize(("document", "reason"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_says_why(document: str, reason: str):
    with pytest.raises(UnreadableError) as refused:
        read_docx(package(document))

    assert refused.value.reason == reason


def test_a_package_without_its_main_part_is_damaged():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/styles.xml", "<x/>")

    with pytest.raises(UnreadableError) as refused:
        read_docx(file.getvalue())

    assert refused.value.reason == "damaged"


def test_a_bomb_in_another_part_is_refused_too():
    body = p("甲", '<w:numPr><w:numId w:val="1"/></w:numPr>')

    with pytest.raises(UnreadableError) as refused:
        read_docx(package(document_xml(body), numbering__xml=BOMB + numbering()))

    assert refused.value.reason == "damaged"


def test_more_elements_than_memory_holds_are_refused_unparsed():
    with pytest.raises(UnreadableError) as refused:
        part_tree(document_xml("<w:p/>" * 5_000_000).encode(), "word/document.xml")

    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (tbl(tr("甲", "1"), "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 100_000), 1),
        (p("甲") + "<w:p/>" * 1_000_000 + p("乙"), 2),
    ],
    ids=["empty rows", "empty paragraphs"],
)
def test_a_document_of_nothing_is_read_in_bounded_memory(tmp_path, body: str, kept: int):
    file = tmp_path / "empty.docx"
    file.write_bytes(package(document_xml(body)))
    code = "import sys; from pathlib import Path; from crawler.documents.docx import read_docx; "
    code += f"assert len(read_docx(Path(sys.argv[1]).read_bytes()).blocks) == {kept}"

    child = measured([sys.executable, "-c", code, str(file)])

    assert child.megabytes < 500


@pytest.mark.parametrize(
    "body",
    [
        "<w:tbl><w:tr><w:tc>" * 60 + p("甲") + "</w:tc></w:tr></w:tbl>" * 60,
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>' * 5_000 + p("甲"),
        "<w:p><w:r><w:txbxContent>" * 60 + p("甲") + "</w:txbxContent></w:r></w:p>" * 60,
        tbl(tr(tc("甲", '<w:gridSpan w:val="2000000000"/><w:vMerge w:val="restart"/>'), "1")) + p("甲"),
    ],
    ids=["tables in tables", "fields that never end", "boxes in boxes", "a span wider than any page"],
)
def test_senseless_documents_keep_their_text(body: str):
    assert lines(body) == ["甲"]


def test_thousands_of_styles_are_looked_up_in_one_reading():
    used = styles(*(style(f"s{number}", f"heading {number % 9 + 1}", "") for number in range(20_000)))
    body = "".join(p("甲", f'<w:pStyle w:val="s{number}"/>') for number in range(20_000))

    blocks = read_docx(package(document_xml(body), styles__xml=used)).blocks

    assert [block.level for block in blocks[:9] if isinstance(block, Paragraph)] == [1, 2, 3, 4, 5, 6, 0, 0, 0]
    assert len(blocks) == 20_000


@given(st.data())
def test_damaged_documents_are_read_or_refused_with_a_reason(data: st.DataObject):
    body = numbered("总体情况") + tbl(tr(tc("组", '<w:vMerge w:val="restart"/>'), "1"), tr(tc("", "<w:vMerge/>"), "2"))
    text = bytearray(document_xml(body).encode())
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=6))

    with contextlib.suppress(UnreadableError):
        read_docx(package(text.decode("utf-8", "replace"), numbering__xml=numbering(level(0, "decimal", "%1."))))
