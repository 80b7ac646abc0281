"""Sound documents of every format for the fuzzer to damage: a few of each, made once, small."""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean, html_gbk
from crawler.simulator.renderers.dialect_p import text_p
from crawler.simulator.renderers.unknown_template import html_unknown_template
from crawler.simulator.renderers.word import html_word
from tests.writers.ofd_writer import write_converted_ofd, write_ofd
from tests.writers.ooxml_writer import common_ooxml_report, raw_ooxml_report
from tests.writers.pdf_writer import reportlab_pdf
from tests.writers.picture_writer import drawn_table, encoded
from tests.writers.sheet_writer import write_xls, write_xlsx
from tests.writers.word_writer import python_docx_report
from tests.writers.word_xml_writer import flat_package, word_2003_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.simulator.made_up import MadeUpReport

AGENCY = "云河县水利局"
SOUND = 8
"""Documents of a format: damage makes the variety, and making a document takes longer than reading it."""

_ROWS = (
    ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
    ("规章", "0", "1", "3"),
    ("行政规范性文件", "12", "0", "407"),
)


def sound(kind: str, number: int) -> bytes:
    """The undamaged document of a format with that number, which counts from 0 to SOUND."""
    return _made(kind, number % SOUND)


@cache
def _made(kind: str, number: int) -> bytes:
    random = Random(f"{kind} {number}")
    report = made_up_report(random, year=random.choice((2019, 2020, 2021, 2024)), agency=AGENCY)
    return FORMATS[kind](report, random)


def _page(report: MadeUpReport, random: Random) -> bytes:
    made = random.choice((html_clean, html_gbk, html_word, html_unknown_template, text_p))(report, random)
    return made if isinstance(made, bytes) else made.encode()


def _docx(report: MadeUpReport, random: Random) -> bytes:
    return random.choice((python_docx_report, raw_ooxml_report, common_ooxml_report))(report, random)


def _word_xml(report: MadeUpReport, random: Random) -> bytes:
    docx = python_docx_report(report, random)
    return (word_2003_xml(docx) if random.randrange(2) else None) or flat_package(docx)


def _mhtml(report: MadeUpReport, random: Random) -> bytes:
    page = html_word(report, random).encode()
    is_plain = random.randrange(2)
    picture = b"--B\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n"
    return (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\nContent-Type: text/html; "
        b"charset=utf-8\r\nContent-Transfer-Encoding: "
        + (b"quoted-printable\r\n\r\n" if is_plain else b"base64\r\n\r\n")
        + (quopri.encodestring(page) if is_plain else base64.encodebytes(page))
        + b"\r\n"
        + picture
        + base64.encodebytes(_picture(report, random))
        + b"\r\n--B--\r\n"
    )


def _ofd(report: MadeUpReport, random: Random) -> bytes:
    return random.choice((write_ofd, write_converted_ofd))(report, random)


def _scan(report: MadeUpReport, random: Random) -> bytes:
    return encoded(_table(random), "PDF", resolution=150)


def _table(random: Random):
    rows = [*_ROWS[:1], *random.sample(_ROWS[1:], random.choice((1, 2)))]
    return drawn_table(rows, widths=(300, 180, 180, 180), size=24, margin=30)


def _picture(report: MadeUpReport, random: Random) -> bytes:
    return encoded(_table(random), random.choice(("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")))


def _bundle(report: MadeUpReport, random: Random) -> bytes:
    stream = io.BytesIO()
    members = random.sample(("docx", "xlsx", "ofd", "html", "xls"), 2)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"报告.{members[0]}", FORMATS[members[0]](report, random))
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as deeper:
            deeper.writestr(f"附件/{members[1]}", FORMATS[members[1]](report, random))
        archive.writestr("附件.zip", inner.getvalue())
    return stream.getvalue()


FORMATS: Mapping[str, Callable[[MadeUpReport, Random], bytes]] = {
    "html": _page,
    "docx": _docx,
    "word_xml": _word_xml,
    "mhtml": _mhtml,
    "xlsx": write_xlsx,
    "xls": write_xls,
    "ofd": _ofd,
    "zip": _bundle,
    "pdf": reportlab_pdf,
    "scan": _scan,
    "picture": _picture,
}
