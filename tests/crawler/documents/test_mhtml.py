"""Single file web pages of Word and WPS, and pictures written into a page."""

from __future__ import annotations

import base64
import contextlib
import quopri
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.documents import read_document
from crawler.documents.html import read_html
from crawler.documents.mhtml import read_mhtml
from crawler.documents.model import Paragraph, Picture, Table
from crawler.documents.sniff import Kind
from crawler.parser import read_report
from crawler.simulator.renderers.word import html_word
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells, wrong_words

PIXEL = b"\x89PNG\r\n\x1a\nrest of a picture"
CODED = base64.b64encode(PIXEL).decode()


def message(page: bytes, charset: str = "utf-8", coding: str = "quoted-printable", more: str = "") -> bytes:
    """A page as Word saves it into one file."""
    body = quopri.encodestring(page) if coding == "quoted-printable" else base64.encodebytes(page)
    head = (
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_NextPart_01"\r\n\r\n'
        "本文档为“单个文件网页”。\r\n\r\n------=_NextPart_01\r\nContent-Location: file:///C:/E1/report.htm\r\n"
        f'Content-Transfer-Encoding: {coding}\r\nContent-Type: text/html; charset="{charset}"\r\n\r\n'
    )
    return head.encode() + body + f"\r\n{more}------=_NextPart_01--\r\n".encode()


def picture_part(header: str) -> str:
    return (
        f"------=_NextPart_01\r\n{header}\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n"
        f"{CODED}\r\n"
    )


@pytest.mark.parametrize("coding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("charset", ["gb2312", "utf-8", "unicode"])
def test_the_page_is_read_in_any_coding_and_character_set(coding: str, charset: str):
    text = "<html><body><p>总体情况</p><table><tr><td>甲</td><td>1</td></tr></table></body></html>"
    page = text.encode("utf-16" if charset == "unicode" else charset)

    document = read_document(message(page, charset, coding))

    assert document.media_type == Kind.MHTML
    assert [block.text if isinstance(block, Paragraph) else type(block) for block in document.blocks] == [
        "总体情况",
        Table,
    ]


def test_random_reports_are_read_without_a_fault():
    for made, source in random_reports("mhtml", 12):
        charset = source.choice(("gb18030", "utf-8"))
        page = html_word(made, random.Random(1)).encode(charset)

        read = read_report(message(page, charset, source.choice(("base64", "quoted-printable"))))

        assert wrong_cells(made, read) + wrong_words(made, read) == []


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("Content-ID: <img1@x>", "cid:img1@x"),
        ("Content-Location: file:///C:/E1/report.files/image001.png", "report.files/image001.png"),
        ("Content-Location: file:///C:/E1/report.files/image001.png", "file:///C:/E1/report.files/image001.png"),
    ],
)
def test_pictures_of_the_file_come_with_their_bytes(header: str, source: str):
    page = f'<html><body><p>前</p><img src="{source}"><p>后</p></body></html>'.encode()

    blocks = read_mhtml(message(page, more=picture_part(header))).blocks

    assert [block.data if isinstance(block, Picture) else block.text for block in blocks] == ["前", PIXEL, "后"]


@pytest.mark.parametrize(
    "data",
    [
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x--\r\n",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nnothing",
        message(b""),
        message("<p>甲</p>".encode()).replace(b"text/html", b"text/rtf"),
    ],
    ids=["no part", "no boundary", "empty page", "no page"],
)
def test_a_file_without_a_page_is_damaged(data: bytes):
    with pytest.raises(UnreadableError) as refused:
        read_mhtml(data)

    assert refused.value.reason == "damaged"


def test_parts_in_parts_without_end_are_refused():
    nested = b"".join(b"Content-Type: multipart/related; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(5000))

    with pytest.raises(UnreadableError) as refused:
        read_mhtml(b"MIME-Version: 1.0\r\n" + nested)

    assert refused.value.reason in {"damaged", "too_large"}


@given(st.data())
def test_damaged_files_are_read_or_refused(data: st.DataObject):
    file = bytearray(message("<p>总体情况</p><img src=cid:1>".encode(), more=picture_part("Content-ID: <1>")))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        file[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))

    with contextlib.suppress(UnreadableError):
        read_mhtml(bytes(file))


@pytest.mark.parametrize("filler", ["", "<!-- " + "x" * 2_000_000 + " -->"], ids=["small page", "large page"])
def test_a_picture_written_into_the_page_comes_with_its_bytes(filler: str):
    page = f'<html><body><p>前</p><img src="data:image/png;base64,{CODED}">{filler}<p>后</p></body></html>'

    blocks = read_html(page.encode()).blocks

    assert [(block.source, block.data) if isinstance(block, Picture) else block.text for block in blocks] == [
        "前",
        ("data:image/png;base64,…", PIXEL),
        "后",
    ]


@pytest.mark.parametrize("coded", ["!", "QQ", ""])
def test_a_picture_written_wrongly_has_no_bytes(coded: str):
    blocks = read_html(f'<p>甲</p><img src="data:image/png;base64,{coded}">'.encode()).blocks

    assert [not block.data for block in blocks if isinstance(block, Picture)] == [True]
