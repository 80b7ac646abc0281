"""One way from bytes to reports: in order, several at a time, converted and unpacked where that is needed."""

import io
import zipfile

import pytest

import crawler.reading.room
from crawler.documents.sniff import Kind
from crawler.reading import ReadingRoom, Source, SourceFile, read_capture
from crawler.reading.in_worker import ORDINARY, limits_of, read_source
from crawler.reading.records import Bundle, OfficeMember, Unconverted
from crawler.simulator.renderers.shapes import SHAPES
from tests.accuracy import random_reports, wrong_cells
from tests.writers.office_writer import saved_as
from tests.writers.word_writer import python_docx_report

REPORTS = [(made, SHAPES["html_clean"].render(made, source)) for made, source in random_reports("reading", 12)]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(64)


def bundle(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


@pytest.fixture(scope="module")
def room():
    with ReadingRoom() as made:
        yield made


def read(room, *sources):
    return [outcomes for _, outcomes in room.read_all((None, source) for source in sources)]


def reason(outcome):
    return outcome.reason or outcome.report.title


def test_many_sources_come_out_in_their_order_with_what_was_given_beside_them(room):
    items = [(number, Source(data) if number % 3 else None) for number, (_, data) in enumerate(REPORTS * 10)]

    given = list(room.read_all(items))

    assert [key for key, _ in given] == list(range(len(items)))
    assert all(
        wrong_cells(REPORTS[key % len(REPORTS)][0], outcomes[0].report) == [] if key % 3 else outcomes == ()
        for key, outcomes in given
    )


def test_what_is_known_from_outside_is_read_with_the_bytes(room):
    ((outcome,),) = read(room, Source(REPORTS[0][1], "text/html", "http://x.cn/t20250123_1.html"))

    assert (outcome.media_type, outcome.report.dates[-1].date.isoformat()) == ("text/html", "2025-01-23")


def test_every_member_of_a_bundle_is_read_and_a_broken_one_says_why(room):
    inner = bundle(**{"三.html": REPORTS[2][1]})
    data = bundle(**{"一.html": REPORTS[0][1], "附件/二.png": PICTURE[:20], "里面.zip": inner, "Thumbs.db": b"x"})

    before, outcomes, after = read(room, Source(REPORTS[3][1]), Source(data), Source(REPORTS[4][1]))

    assert [outcome.member for outcome in outcomes] == ["一.html", "附件/二.png", "里面.zip/三.html"]
    assert [outcome.data for outcome in outcomes] == [REPORTS[0][1], PICTURE[:20], REPORTS[2][1]]
    assert [outcome.report is None for outcome in outcomes] == [False, True, False]
    assert wrong_cells(REPORTS[2][0], outcomes[2].report) == []
    assert [reason(one[0]) for one in (before, after)] == [REPORTS[3][0].title, REPORTS[4][0].title]


HOSTILE = {
    "an archive in archives": (bundle(a=bundle(b=bundle(c=bundle(d=REPORTS[0][1])))), "unsupported"),
    "an archive of nothing": (bundle(**{"Thumbs.db": b"x"}), "empty"),
    "a bomb": (bundle(**{"a.html": b"0" * 60_000_000}), "unsafe_archive"),
    "half an archive": (bundle(a=REPORTS[0][1])[:900], "damaged"),
    "nothing": (b"", "empty"),
    "too much": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 7_000_000, "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_says_why(name):
    data, expected = HOSTILE[name]

    assert read_capture(data, media_type="", url=None, listed_on=None).reason == expected


def test_of_a_bundle_its_only_report_is_the_report_and_of_two_none_is():
    one = bundle(**{"说明.png": PICTURE, "报告.html": REPORTS[0][1]})
    two = bundle(**{"甲.html": REPORTS[0][1], "乙.html": REPORTS[1][1]})

    outcomes = [read_capture(data, media_type="", url=None, listed_on=None) for data in (one, two)]

    assert [(outcome.report is not None, outcome.reason) for outcome in outcomes] == [
        (True, None),
        (False, "unsupported"),
    ]
    assert "甲.html, 乙.html" in outcomes[1].detail


def test_a_source_with_many_pictures_is_given_more_time_and_a_page_is_not():
    page = Source(REPORTS[0][1])

    pictured = limits_of(page._replace(pictures={"1.png": PICTURE, "2.png": PICTURE}))
    scanned = limits_of(page._replace(files=(SourceFile("http://x.cn/1.png", "image/png", PICTURE),)))

    assert limits_of(page) == ORDINARY
    assert ORDINARY.wall_seconds < scanned.wall_seconds < pictured.wall_seconds
    assert pictured.memory > ORDINARY.memory


def test_pictures_inside_a_page_and_scans_in_an_archive_are_given_time_too():
    page = Source(REPORTS[0][1])
    embedded = page._replace(data=page.data.replace(b"</body>", b'<img src="data:image/png;base64,AAAA"></body>'))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("scan.pdf", b"%PDF-1.7")
        archive.writestr("page.png", PICTURE)
    attached = page._replace(files=(SourceFile("http://x.cn/1.zip", "", zipped.getvalue()),))

    assert embedded.data != page.data
    assert ORDINARY.wall_seconds < limits_of(embedded).wall_seconds < limits_of(attached).wall_seconds
    assert ORDINARY.wall_seconds < limits_of(Source(zipped.getvalue())).wall_seconds


def test_a_fault_of_ours_is_told_to_the_log_with_its_place(room, monkeypatch, caplog):
    monkeypatch.setattr(crawler.reading.room, "read_source", faulty)

    ((outcome,),) = read(room, Source(b"<html>", url="http://x.cn/fault.html"))

    assert (outcome.reason, outcome.detail) == ("parser_failed", "ZeroDivisionError: division by zero")
    assert "http://x.cn/fault.html" in caplog.text
    assert "in faulty" in caplog.text


def faulty(_source):
    return 1 / 0


@pytest.mark.office
def test_office_files_anywhere_are_converted_and_keep_their_own_type(room):
    written = [(made, python_docx_report(made, source)) for made, source in random_reports("doc", 10)]
    docs = saved_as(Kind.DOC, [data for _, data in written])
    sources = [Source(data) for data in docs]
    sources.insert(4, Source(REPORTS[0][1]))
    sources.append(Source(bundle(**{"报告.doc": docs[0], "图.png": PICTURE})))

    *singles, packed = read(room, *sources)

    page = singles.pop(4)
    assert wrong_cells(REPORTS[0][0], page[0].report) == []
    assert [wrong_cells(made, outcome.report) for (made, _), (outcome,) in zip(written, singles, strict=True)] == [
        []
    ] * 10
    assert {outcome.media_type for (outcome,) in singles} == {"application/msword"}
    assert (packed[0].member, packed[0].media_type, packed[0].data) == ("报告.doc", "application/msword", docs[0])
    assert wrong_cells(written[0][0], packed[0].report) == []


@pytest.mark.office
def test_a_word_97_file_in_an_attached_archive_is_converted_like_any(room):
    ((made, source),) = random_reports("doc in an archive", 1)
    (doc,) = saved_as(Kind.DOC, [python_docx_report(made, source)])
    title = f"<html><title>{made.title}</title><body><a href='1.zip'>附件</a></body></html>".encode()
    file = SourceFile("http://x.cn/1.zip", "application/zip", bundle(**{"附件/报告.doc": doc}))

    ((outcome,),) = read(room, Source(title, "text/html", "http://x.cn/1.html", files=(file,)))

    assert outcome.report is not None
    assert wrong_cells(made, outcome.report) == []


@pytest.mark.office
def test_without_libreoffice_the_rest_is_read_and_a_word_file_says_what_is_missing(monkeypatch):
    ((made, source),) = random_reports("no office", 1)
    (doc,) = saved_as(Kind.DOC, [python_docx_report(made, source)])
    monkeypatch.setenv("PATH", "")

    with ReadingRoom() as room:
        (refused,), (page,) = read(room, Source(doc, "application/octet-stream"), Source(REPORTS[0][1]))

    assert (refused.reason, refused.media_type) == ("office_missing", "application/msword")
    assert page.report is not None


def test_what_a_worker_cannot_read_by_itself_it_asks_for():
    bundled = read_source(Source(bundle(**{"报告.html": REPORTS[0][1]})))
    rich_text = read_source(Source(b"<html>", files=(SourceFile("http://x.cn/1.rtf", "", b"{\\rtf1 x}"),)))

    inside = SourceFile("http://x.cn/1.zip", "", bundle(**{"a.rtf": b"{\\rtf1 x}", "b.html": b"<html>"}))
    packed = read_source(Source(b"<html>", files=(inside,)))

    assert bundled == Bundle((("报告.html", REPORTS[0][1]),))
    assert rich_text == Unconverted({1: Kind.RTF})
    assert packed == Unconverted({}, (OfficeMember(1, "a.rtf", Kind.RTF, b"{\\rtf1 x}"),))
