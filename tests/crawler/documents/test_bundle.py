"""A bundle's files are listed by the names their authors typed, and read where there is only one."""

from __future__ import annotations

import io
import zipfile

import pytest

from crawler.documents import read_document
from crawler.documents.bundle import MAX_MEMBERS, members_of, read_bundle
from crawler.parser import read_report
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells
from tests.writers.sheet_writer import write_xlsx

PAGE = "<html><body><p>安丘市教育局2024年政府信息公开工作年度报告</p><p>{}</p></body></html>"


def page(text):
    return PAGE.format(text).encode()


def zipped(*members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def refused(act):
    with pytest.raises(UnreadableError) as error:
        act()
    return error.value


def test_members_of_inner_archives_are_named_below_them():
    data = zipped(("a.html", page("a")), ("b.zip", zipped(("c/d.html", page("d")), ("e.txt", b"e"))))

    assert members_of(data) == (("a.html", page("a")), ("b.zip/c/d.html", page("d")), ("b.zip/e.txt", b"e"))


def test_office_documents_are_members_though_they_are_archives():
    made, source = next(random_reports("bundle", 1))
    book = write_xlsx(made, source)

    assert members_of(zipped(("报表.xlsx", book))) == (("报表.xlsx", book),)


def test_what_programs_leave_behind_is_no_member():
    data = zipped(
        ("__MACOSX/._a.docx", b"x"),
        ("a/Thumbs.db", b"x"),
        (".DS_Store", b"x"),
        ("~$报告.docx", b"x"),
        ("a/._b.docx", b"x"),
        ("folder/", b""),
        ("empty.txt", b""),
        ("a/报告.html", page("a")),
    )

    assert [member.name for member in members_of(data)] == ["a/报告.html"]


def test_names_from_windows_are_read_as_they_were_typed():
    raw = "安丘市\\报告.html".encode("gbk")
    data = zipped(("x" * len(raw), page("a"))).replace(b"x" * len(raw), raw)

    assert [member.name for member in members_of(data)] == ["安丘市\\报告.html"]


def test_a_name_that_climbs_is_only_listed():
    names = ["../../../tmp/evil.html", "/etc/cron.d/evil", "C:\\evil.html"]

    assert [member.name for member in members_of(zipped(*((name, page(name)) for name in names)))] == names


def test_the_one_document_of_a_bundle_is_the_bundles_document():
    made, source = next(random_reports("bundle", 1))
    data = zipped(("说明.rar", b"Rar!\x1a\x07\x00"), ("报告/", b""), ("报告/表.xlsx", write_xlsx(made, source)))

    assert wrong_cells(made, read_report(data)) == []


def test_several_documents_are_not_one():
    error = refused(lambda: read_bundle(zipped(("甲.html", page("a")), ("乙.html", page("b")))))

    assert error.reason == "unsupported"
    assert "甲.html、乙.html" in error.detail


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ((), "empty"),
        ((("a.rar", b"Rar!\x1a\x07\x00"), ("b.pdf", b"%PDF-1.4")), "unsupported"),
        ((("a.doc", b"{\\rtf1 x}"),), "office_missing"),
        ((("a.zip", b"PK\x03\x04 torn"),), "damaged"),
        ((("a.zip", zipped(("b.zip", zipped(("c.html", page("c")))))),), "unsupported"),
        (tuple((f"{number}.html", page(number)) for number in range(MAX_MEMBERS + 1)), "unsafe_archive"),
        (tuple((f"{number}.zip", zipped(("__MACOSX/a", b"x"))) for number in range(99)), "unsafe_archive"),
    ],
)
def test_a_bundle_without_a_document_says_why(members, reason):
    assert refused(lambda: read_document(zipped(*members))).reason == reason


def test_inner_archives_unpack_to_no_more_than_a_share_all_together():
    inner = zipped(*((f"{number}.txt", bytes(7 * 1024 * 1024)) for number in range(10)))

    assert refused(lambda: members_of(zipped(("a.zip", inner), ("b.zip", inner)))).reason == "unsafe_archive"
