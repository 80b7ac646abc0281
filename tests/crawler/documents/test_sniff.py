"""A file is what its bytes are, whatever the portal calls it."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlwt

from crawler.documents import read_document
from crawler.documents.sniff import Kind, binary_kind, is_page
from storage.errors import UnreadableError

DOCX = ("[Content_Types].xml", "word/document.xml")


def zipped(*names, content=b"x"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, content)
    return stream.getvalue()


def workbook():
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


KINDS = {
    "pdf": (b"%PDF-1.7\n", Kind.PDF),
    "pdf after rubbish": (b"\r\nHTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n", Kind.PDF),
    "docx": (zipped(*DOCX), Kind.DOCX),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), Kind.XLSX),
    "xlsx with backslashes": (zipped("xl\\workbook.xml"), Kind.XLSX),
    "ofd": (zipped("OFD.xml", "Doc_0/Document.xml"), Kind.OFD),
    "ofd in small letters": (zipped("/ofd.xml"), Kind.OFD),
    "odt": (zipped("mimetype", "content.xml", content=b"application/vnd.oasis.opendocument.text"), Kind.ODT),
    "ods": (zipped("mimetype", "content.xml", content=b"application/vnd.oasis.opendocument.spreadsheet"), Kind.ODS),
    "zip": (zipped("report.docx"), Kind.ZIP),
    "zip of a folder": (zipped("files/word.docx", "files/xl.xlsx"), Kind.ZIP),
    "zip for several disks": (b"PK\x07\x08" + zipped("a"), Kind.ZIP),
    "xls": (workbook(), Kind.XLS),
    "rtf": (b"{\\rtf1\\ansi", Kind.RTF),
    "rar": (b"Rar!\x1a\x07\x01\x00", Kind.RAR),
    "7z": (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    "png": (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    "jpeg": (b"\xff\xd8\xff\xe0", Kind.JPEG),
    "webp": (b"RIFF\x00\x00\x00\x00WEBPVP8 ", Kind.WEBP),
    "bmp": (b"BM\x9a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\xff", Kind.BMP),
    "word xml": (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument>', Kind.WORD_XML),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n", Kind.MHTML),
    "html named doc": (b"<html><body><p>x</p></body></html>", None),
    "text": ("安丘市教育局2024年政府信息公开工作年度报告".encode(), None),
    "text that begins with BM": (b"BM, as they say, is a text like any other, of forty characters and more", None),
    "a page that names a pdf far down": (b"<html>" + b" " * 1100 + b"%PDF-1.7", None),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_file_is_known_by_its_content(name):
    data, kind = KINDS[name]

    assert binary_kind(data) is kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "unsupported"),
        (zipped("mimetype", "content.xml", content=b"application/vnd.oasis.opendocument.presentation"), "unsupported"),
        (b"PK\x03\x04 and no more", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "damaged"),
        (workbook()[:2000], "damaged"),
        (b"Rar!\x1a\x07\x01\x00", "unsupported"),
        (b"7z\xbc\xaf\x27\x1c", "unsupported"),
        (b"\x1f\x8b\x08\x00", "unsupported"),
        (b"", "empty"),
        (b"\x00" * 100, "empty"),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(UnreadableError) as refused:
        read_document(data)

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"<p>x</p>", True),
        (b"a<br>b", True),
        (b"| a<br>b | c | d |\n" * 9, False),
        (b"3 < 5 and 7 > 2", False),
    ],
)
def test_a_page_is_known_by_its_tags(text, expected):
    assert is_page(text) is expected
