"""What a worker makes of an article with its files: archives opened, faults of one file kept to itself."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from crawler.reading import ReadOutcome, Source, SourceFile, as_captures, source_of
from crawler.reading.records import Converted, OtherReport
from crawler.reading.together import read_together
from crawler.simulator.made_up import Medium, made_up_report
from crawler.simulator.renderers.markup import page as whole_page
from crawler.simulator.renderers.markup import plain_body
from storage.captures import Captures
from storage.enclosures import Enclosure, EnclosureKind
from storage.records import SHANGHAI, Capture
from tests.accuracy import wrong_cells

URL = "http://127.0.0.1/a/t20250120_1.html"
BUNDLE = "http://127.0.0.1/a/1.zip"
AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)


def made(name):
    report = made_up_report(Random(name), year=2024, agency=f"澄湖县{name}", activity=0.4)
    return replace(report, title=f"澄湖县{name}2024年政府信息公开工作年度报告")


OWN, OTHER, THIRD = made("财政局"), made("教育局"), made("水利局")


def html(report):
    return whole_page(head="", body=plain_body(report), title=report.title).encode()


def page(title, body="<p>附件：<a href='1.zip'>1.zip</a></p>"):
    head = '<meta name="PubDate" content="2025-01-20 10:00">'
    return whole_page(head=head, body=f"<h1>{title}</h1><div class='TRS_Editor'>{body}</div>", title=title).encode()


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.html", data)
    return file.getvalue()


def together(data, *files, pictures=()):
    return read_together(Source(data, "text/html", URL, None, dict(pictures), tuple(files)))


def bundle(**members):
    return SourceFile(BUNDLE, "application/zip", zipped(**members))


def test_the_articles_own_report_is_found_in_its_archive():
    found = together(page(OWN.title), bundle(a=html(OTHER), b=html(OWN)))

    assert found.report is not None
    assert wrong_cells(OWN, found.report) == []
    assert str(found.report.published_on) == "2025-01-20"
    assert [(other.url, other.report.agency_name) for other in found.others] == [
        (f"{BUNDLE}#a.html", OTHER.agency_name)
    ]
    assert found.others[0].member == html(OTHER)


def test_an_archive_of_many_agencies_is_a_report_of_each_of_them_and_none_of_the_pages():
    found = together(page("2024年政府信息公开工作年度报告"), bundle(a=html(OWN), b=html(OTHER), c=html(THIRD)))

    assert found.report is None
    pairs = zip((OWN, OTHER, THIRD), found.others, strict=True)
    assert [wrong_cells(report, other.report) for report, other in pairs] == [[], [], []]


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"PK\x03\x04 torn", "damaged"), (b"Rar!\x1a\x07 and more", "unsupported"), (b"", "empty")],
)
def test_an_unreadable_file_makes_only_what_may_stand_in_it_unreadable(data, reason):
    file = SourceFile("http://127.0.0.1/a/1.bin", "", data)
    lacking = replace(OWN, media={"reviews": Medium.LOST})

    whole, torn, alone = (together(given, file) for given in (html(OWN), html(lacking), page(OWN.title)))

    assert (whole.reason, torn.reason, alone.reason) == (None, reason, reason)
    assert whole.report is not None


def test_a_file_that_was_not_had_is_named_with_the_reason():
    found = together(page(OWN.title), SourceFile(BUNDLE, "", b"", failure="status"))

    assert (found.reason, found.detail) == ("enclosure_absent", f"{BUNDLE} (status)")


def test_what_libreoffice_refused_keeps_its_reason():
    refused = SourceFile("http://127.0.0.1/a/1.doc", "", b"x", reason="office_missing", detail="install it")

    assert together(page(OWN.title), refused)[1:3] == ("office_missing", "http://127.0.0.1/a/1.doc: install it")


def test_a_framed_report_is_the_pages_own():
    frame = SourceFile("http://127.0.0.1/a/f.html", "text/html", html(OWN), EnclosureKind.FRAME, URL, "f.html")

    found = together(page(OWN.title, "<iframe src='f.html'></iframe>"), frame)

    assert found.report is not None
    assert (wrong_cells(OWN, found.report), found.report.doubts) == ([], ())


def test_each_attached_report_of_another_is_a_capture_of_its_own(tmp_path):
    captures = Captures(tmp_path)
    data = zipped(a=html(OTHER))
    part = Enclosure(EnclosureKind.FILE, BUNDLE, URL, "1.zip", captures.put(data))
    own = Capture(
        captures.put(page(OWN.title)), "s1", URL, URL, 200, "text/html", AT, 9, agency="own", report_year=2024
    )
    own = replace(own, enclosures=(part,), headers={"ETag": "1"})
    found = together(page(OWN.title), bundle(a=html(OTHER)))
    outcome = ReadOutcome(found.report, found.reason, found.detail, others=found.others)

    (first, _), (other, reading) = as_captures(own, [outcome], captures.put)

    assert first == own
    assert (other.url, other.agency, other.report_year, other.title) == (f"{BUNDLE}#a.html", None, None, "a")
    assert (other.enclosures, other.headers, other.part_of, other.size) == ((), {}, None, len(html(OTHER)))
    assert captures.get(other.digest) == html(OTHER)
    assert reading.report == found.others[0].report


def test_an_attached_file_of_another_is_captured_as_it_was_fetched(tmp_path):
    captures = Captures(tmp_path)
    part = Enclosure(EnclosureKind.FILE, f"{URL}.doc", URL, "1.doc", captures.put(html(OTHER)))
    own = Capture(captures.put(b"x"), "s1", URL, URL, 200, "text/html", AT, 1, enclosures=(part,))
    outcome = ReadOutcome(None, "unsupported", "", others=(OtherReport(part.url, made_report(), 7),))

    _, (other, _) = as_captures(own, [outcome], captures.put)

    assert (other.url, other.digest, other.size) == (part.url, part.digest, 7)


def made_report():
    report = together(html(OTHER)).report
    assert report is not None
    return report


def test_a_source_is_put_together_from_the_archive(tmp_path):
    captures = Captures(tmp_path)
    parts = (
        Enclosure(EnclosureKind.FILE, f"{URL}.pdf", URL, "1.pdf", captures.put(b"file"), "application/pdf"),
        Enclosure(EnclosureKind.PICTURE, f"{URL}.png", URL, "./1.png", captures.put(b"picture")),
        Enclosure(EnclosureKind.PICTURE, f"{URL}2.png", URL, "./2.png", None, failure="status"),
    )
    capture = Capture(captures.put(b"page"), "s1", URL, URL, 200, "text/html", AT, 4, enclosures=parts)

    source = source_of(capture, captures)

    assert (source.data, source.pictures) == (b"page", {"./1.png": b"picture"})
    assert [(file.url, file.data, file.failure) for file in source.files] == [
        (f"{URL}.pdf", b"file", ""),
        (f"{URL}2.png", b"", "status"),
    ]


def test_what_libreoffice_made_of_a_member_of_an_archive_is_read_and_its_own_bytes_are_kept():
    rich_text = b"{\\rtf1 x}"
    attached = SourceFile(BUNDLE, "", zipped(a=rich_text, b=html(OTHER)), converted={"a.html": Converted(html(OWN))})
    refused = bundle(a=rich_text)._replace(converted={"a.html": Converted(b"", "office_missing", "install it")})

    whole, alone = (together(page("2024年政府信息公开工作年度报告"), file) for file in (attached, refused))

    assert [(other.report.agency_name, other.member) for other in whole.others] == [
        (OWN.agency_name, rich_text),
        (OTHER.agency_name, html(OTHER)),
    ]
    assert alone[1:3] == ("office_missing", f"{BUNDLE}#a.html: install it")
