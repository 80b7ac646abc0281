"""Which file an address shows or hands out, in the shapes that portals use."""

import base64

import pytest

from crawler.viewers import leads_to_file, shown_file

WRAPPED = base64.b64encode(b"http://127.0.0.1/u/1.pdf").decode()


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("http://127.0.0.1/pdfjs/web/viewer.html?file=4F2A.PDF", "http://127.0.0.1/pdfjs/web/4F2A.PDF"),
        ("http://127.0.0.1/pdfjs/web/viewer.html?file=%2Fu%2F1.pdf", "http://127.0.0.1/u/1.pdf"),
        ("http://127.0.0.1/pdfjs/web/viewer.html?file=%252Fu%252F1.pdf", "http://127.0.0.1/u/1.pdf"),
        ("http://127.0.0.1/a/viewer.html?x=1&file=../u/1.pdf#page=2", "http://127.0.0.1/u/1.pdf"),
        ("http://127.0.0.1/a/viewer.html#file=/u/1.ofd", "http://127.0.0.1/u/1.ofd"),
        ("http://127.0.0.1/generic/web/viewer.html?file=http://127.0.0.2/1.pdf", "http://127.0.0.2/1.pdf"),
        (f"http://127.0.0.1/onlinePreview?url={WRAPPED}", "http://127.0.0.1/u/1.pdf"),
        ("http://127.0.0.1/v/viewer.html?file=/module/download/downfile.jsp%3Ffilename%3Da1.pdf",
         "http://127.0.0.1/module/download/downfile.jsp?filename=a1.pdf"),
        ("http://127.0.0.1/pdfjs/web/viewer.html", None),
        ("http://127.0.0.1/pdfjs/web/viewer.html?file=", None),
        ("http://127.0.0.1/weather.html?url=/city", None),
        ("http://127.0.0.1/share.html?url=http://127.0.0.1/a/1.html", None),
        ("http://127.0.0.1/viewer.html?file=javascript:alert(1).pdf", None),
        ("http://127.0.0.1/u/1.pdf?file=2.pdf", None),
    ],
)  # fmt: skip
def test_a_viewers_address_names_its_file(url, file):
    assert shown_file(url) == file


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a/P020241012473250068661.pdf",
        "http://127.0.0.1/a/1.DOCX?v=2",
        "http://127.0.0.1/u/%E5%B9%B4%E6%8A%A5.ofd",
        "http://127.0.0.1/module/download/downfile.jsp?classid=0&filename=18060416.xlsx",
        "http://127.0.0.1/module/download/down.jsp?i_ID=7&colID=8",
        "http://127.0.0.1/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=2",
        "http://127.0.0.1/group2/M00/0A/1B/rBABA2abc",
        "http://127.0.0.1/UploadFiles/2024/1.wps",
    ],
)
def test_these_addresses_lead_to_files(url):
    assert leads_to_file(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/col/col284/index.html",
        "http://127.0.0.1/art/2024/1/29/art_284_1.html",
        "http://127.0.0.1/download/",
        "http://127.0.0.1/a/pdf",
        "http://127.0.0.1/search?q=docx",
    ],
)
def test_these_do_not(url):
    assert not leads_to_file(url)
