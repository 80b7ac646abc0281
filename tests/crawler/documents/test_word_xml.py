"""Word documents that are one XML file are read as the DOCX that they would be."""

import pytest

from crawler.documents import read_document
from crawler.documents.model import Paragraph
from crawler.documents.sniff import Kind, binary_kind
from crawler.parser import read_report
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells, wrong_words
from tests.writers.word_writer import python_docx_report
from tests.writers.word_xml_writer import flat_package, word_2003_xml

DOCUMENTS = [(made, python_docx_report(made, source)) for made, source in random_reports("word xml", 8)]
PAGE = """<?xml version="1.0"?>
<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"
 xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:aml="http://schemas.microsoft.com/aml/2001/core">
<w:body><wx:sect><wx:sub-section>{}</wx:sub-section></wx:sect></w:body></w:wordDocument>"""


@pytest.mark.parametrize("write", [word_2003_xml, flat_package])
def test_every_cell_of_word_xml_is_read(write):
    written = [(made, data) for made, docx in DOCUMENTS if (data := write(docx)) is not None]

    wrong = {
        made.title: (wrong_cells(made, read), wrong_words(made, read))
        for made, data in written
        if (read := read_report(data))
    }

    assert len(written) > 3
    assert {binary_kind(data) for _, data in written} == {Kind.WORD_XML}
    assert [found for found in wrong.values() if found != ([], [])] == []


def test_the_number_of_a_list_is_text_and_what_was_deleted_is_not():
    paragraph = """<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><wx:t wx:val="一、"/></w:listPr></w:pPr>
<w:r><w:t>总体情况</w:t></w:r><aml:annotation aml:id="0" w:type="Word.Deletion"><aml:content><w:r>
<w:delText>旧</w:delText></w:r></aml:content></aml:annotation></w:p>"""

    document = read_document(PAGE.format(paragraph).encode())

    assert document.media_type == Kind.WORD_XML
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["一、总体情况"]


HOSTILE = {
    "cut in the middle": PAGE[:200],
    "without a body": PAGE.replace("w:body", "w:nobody").format(""),
    "a bomb of entities": PAGE.replace("?>", '?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>').format(
        "&b;"
    ),
    "another's file": PAGE.replace("?>", '?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>').format("&a;"),
    "a package of nothing": '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_broken_word_xml_says_so_and_reads_nothing_else(name):
    with pytest.raises(UnreadableError) as refused:
        read_document(HOSTILE[name].encode())

    assert refused.value.reason == "damaged"


def test_paragraphs_in_groups_are_all_read():
    data = PAGE.format("<w:p><w:r><w:t>字</w:t></w:r></w:p>" * 20_000).encode()

    assert len(read_document(data).blocks) == 20_000
