"""Damaged documents of every format through its reader, and what the long runs of the fuzzer once found."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.documents.pdf import read_pdf
from crawler.parser import read_report
from crawler.simulator.renderers.unknown_template import html_unknown_template
from storage.errors import UnreadableError
from storage.report import UNREADABLE_REASONS
from tests.accuracy import random_reports, wrong_cells
from tests.bench.fuzz_corpus import FORMATS, SOUND, sound
from tests.bench.fuzz_damage import damaged, raw
from tests.bench.fuzz_oracle import verdict
from tests.writers.ooxml import document_xml, level, numbered, numbering, package, tbl, tr
from tests.writers.pdf_objects import packed_stream, plain_pdf

EXAMPLES = {"html": 20, "docx": 25, "word_xml": 6, "xlsx": 30, "xls": 80, "ofd": 24, "zip": 30, "mhtml": 20, "pdf": 10}
"""Those that need no recognition of pictures, which takes a second each; `make fuzz` has them all."""


def part_changed(data, name, change):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            part = old.read(each)
            new.writestr(each, change(part) if re.fullmatch(name, each) else part)
    return stream.getvalue()


def reason(data):
    with pytest.raises(UnreadableError) as refused:
        read_report(data)
    return refused.value.reason


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_damaged_document_is_read_or_refused_with_a_reason(kind):
    @settings(max_examples=EXAMPLES[kind], deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2), st.integers(0, 2**32))
    def read(number, seed):
        assert verdict(damaged(kind, sound(kind, number), random.Random(seed))) in {"read", *UNREADABLE_REASONS}

    read()


@pytest.mark.parametrize("kind", sorted(FORMATS.keys() - {"zip", "scan", "picture"}))
def test_what_the_fuzzer_damages_was_sound_before(kind):
    assert verdict(sound(kind, 0)) == "read"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FORMATS.keys() - {"scan", "picture"})), st.integers(0, 2**32), st.integers(0, 200))
def test_the_first_bytes_of_a_document_are_read_or_refused(kind, seed, length):
    head = raw(sound(kind, 0)[: length + 1], random.Random(seed))

    assert verdict(head) in {"read", *UNREADABLE_REASONS}


def test_a_bit_lost_in_the_text_of_a_pdf_is_not_a_cell_left_blank():
    whole = sound("pdf", 0)
    streams = [found.span(1) for found in re.finditer(rb"(?<!end)stream\r?\n(.*?)endstream", whole, re.DOTALL)]
    found = set()
    for start, end in streams:
        data = bytearray(whole)
        data[(start + end) // 2] ^= 1
        if end - start > 500:
            found.add(reason(bytes(data)))

    assert found == {"damaged"}


def test_pdfs_of_a_program_that_writes_wrong_check_sums_are_read():
    text = b"BT /F 12 Tf 50 700 Td (Report 2024) Tj ET"
    font = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    others = [packed_stream(b"%% nothing that is shown: %d" % number) for number in range(2)]
    whole = plain_pdf(text, resources=font, more=others)

    unsummed = re.sub(rb"(?s).{4}\nendstream", b"\0\0\0\2\nendstream", whole)

    assert unsummed != whole
    assert [block.text for block in read_pdf(unsummed).blocks] == ["Report 2024"]


def test_a_workbook_that_lost_some_of_its_texts_has_no_blank_cells():
    whole = next(sound("xlsx", number) for number in range(SOUND) if b"sharedStrings.xml" in sound("xlsx", number))
    data = part_changed(whole, r"xl/sharedStrings\.xml", lambda part: re.sub(rb"<si>.*?</si>", b"", part, count=1))

    assert reason(data) == "damaged"


@pytest.mark.parametrize(
    "damage",
    [("</table>", "</table>甲\x02乙"), ("<td>", "<td>\x02<p>"), ("<td>", "<td>&#2;<p>")],
    ids=["behind a table", "before a paragraph in a cell", "written as a number"],
)
def test_a_control_character_in_a_page_of_an_unknown_template_is_passed_over(damage):
    (made, source), *_ = random_reports("control", 1, has_blanks=False)

    page = html_unknown_template(made, source).replace(*damage)

    assert damage[1] in page
    assert wrong_cells(made, read_report(page.encode())) == []


@pytest.mark.parametrize("number", ["&#2;", "\x02"])
def test_a_control_character_in_a_word_document_is_passed_over_or_refused(number):
    body = numbered("总体情况") + tbl(tr("甲" + number, "1"))
    data = package(document_xml(body), numbering__xml=numbering(level(0, "decimal", "%1" + number)))

    assert verdict(data) in {"damaged", "not_a_report"}


def test_an_old_workbook_that_claims_to_end_before_it_begins_is_damaged():
    book = xlwt.Workbook()
    book.add_sheet("a").write(7, 1, "x")
    stream = io.BytesIO()
    book.save(stream)
    size = struct.pack("<HHIIHH", 0x0200, 14, 7, 8, 1, 2)
    assert stream.getvalue().count(size) == 1

    claimed = stream.getvalue().replace(size, struct.pack("<HHIIHH", 0x0200, 14, 7, 3, 1, 9))

    assert reason(claimed) == "damaged"
