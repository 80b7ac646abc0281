"""Whatever comes in, a report comes out or a clear reason does."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from storage.errors import UnreadableError
from storage.report import UNREADABLE_REASONS, Report

SOURCE = random.Random(7)
PAGE = SHAPES["html_clean"].render(made_up_report(SOURCE, year=2024, agency="青岚县教育局", activity=0.5), SOURCE)
TITLED = "<html><body><h1>青岚县教育局2024年政府信息公开工作年度报告</h1>{}</body></html>"

REFUSED = {
    "an empty file": (b"", "empty"),
    "nothing but blanks": (b" \r\n\t", "empty"),
    "noise": (random.Random(1).randbytes(100_000), "undecodable"),
    "a page cut in the middle": (PAGE[: len(PAGE) * 2 // 3], "truncated"),
    "a cell of 30 MB": (PAGE.replace(b"<td>", b"<td>" + b"7" * 30_000_000, 1), "too_large"),
    "a text that the parser drops silently": (TITLED.format("<p>" + "7" * 11_000_000 + "</p>").encode(), "truncated"),
    "20,000 nested elements": (PAGE.replace(b"<body>", b"<body>" + b"<div>" * 20_000), "nested_too_deeply"),
    "a login page named .doc": (
        "<html><head><title>统一身份认证</title></head><body><input type='password'></body></html>".encode(),
        "refused",
    ),
    "a report on the rule of law": (
        "<html><body><h1>青岚县教育局2024年法治政府建设年度报告</h1><p>推进依法行政。</p></body></html>".encode(),
        "not_a_report",
    ),
    "a table of websites": (
        "<html><body><h1>政府网站工作年度报表（2024年度）</h1><table><tr><td>网站名称</td><td>总访问量</td></tr>"
        "<tr><td>青岚县政府网</td><td>1024</td></tr></table></body></html>".encode(),
        "not_a_report",
    ),
    "final accounts": ("2024年度青岚县教育局部门决算\n\n一、部门概况\n收入 100\n支出 98\n".encode(), "not_a_report"),
    "an answer of an interface": (b'{"code":200,"data":[]}', "not_a_report"),
    "a title and nothing else": (TITLED.format("").encode(), "not_a_report"),
    "pictures alone": (TITLED.format("<p><img src='1.png'></p>").encode(), "picture_without_ocr"),
    "attached files alone": (TITLED.format("<p><a href='1.pdf'>附件</a></p>").encode(), "unsupported"),
    "the first line of a PDF": (b"%PDF-1.7\n", "truncated"),
    "the first bytes of a Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 512, "damaged"),
    "the first bytes of a picture": (b"\x89PNG\r\n\x1a\n" + b"0" * 64, "damaged"),
    "the first bytes of a zip archive": (b"PK\x03\x04" + b"0" * 64, "damaged"),
    "a format that only LibreOffice reads": (b"{\\rtf1 x}", "office_missing"),
    "an archive that is not opened": (b"7z\xbc\xaf\x27\x1c" + b"0" * 64, "unsupported"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named(name):
    data, reason = REFUSED[name]

    with pytest.raises(UnreadableError) as refused:
        read_report(data)

    assert refused.value.reason == reason
    assert reason in UNREADABLE_REASONS


def test_spans_of_ten_thousand_mean_nothing():
    report = read_report(PAGE.replace(b"<td>", b'<td colspan="10000" rowspan="10000">'))

    assert report.facts == read_report(PAGE).facts


def test_a_report_without_a_single_table_is_read_and_keeps_its_form():
    words = "依法公开政府信息，按时办理各项申请，定期更新栏目内容。" * 10
    headings = ("一、总体情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项")

    report = read_report(TITLED.format("".join(f"<p>{heading}</p><p>{words}</p>" for heading in headings)).encode())

    assert (report.form, report.tables, len(report.sections)) == ("2021", frozenset(), 3)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    assert _read_or_refused(data)


@given(st.lists(st.tuples(st.integers(0, len(PAGE) - 1), st.binary(max_size=6)), max_size=8))
def test_a_mutated_page_is_read_or_refused(changes):
    data = bytearray(PAGE)
    for at, new in changes:
        data[at : at + len(new)] = new

    assert _read_or_refused(bytes(data))


def _read_or_refused(data):
    try:
        return isinstance(read_report(data), Report)
    except UnreadableError as refused:
        return refused.reason in UNREADABLE_REASONS
