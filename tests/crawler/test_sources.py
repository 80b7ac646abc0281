"""An article and what belongs to it make one report, in which nothing is overwritten and nobody is blamed for us."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from crawler.sources import Assembled, PageSays, ReadSource, assembled, joined, lacks_something
from storage.report import (
    Cell,
    Contact,
    DateSource,
    Doubt,
    DoubtKind,
    Report,
    Section,
    StatedDate,
    Statement,
    StatementKind,
)
from tests.builders import NAME, fact, report, with_doubt, with_section, without_row, without_table

PAGE, SHEET, SCAN = "http://a.cn/1.html", "http://a.cn/1.xlsx", "http://a.cn/1.pdf"
TITLE = f"{NAME}2024年政府信息公开工作年度报告"
ON_PAGE = PageSays(TITLE, (StatedDate(date(2025, 1, 20), DateSource.META_PUBDATE),))
UPHELD = "reviews/administrative_review/upheld"
NOTHING = ReadSource(PAGE, None, "unsupported", "nothing but attached files", is_attached=False)


def page(given):
    return ReadSource(PAGE, given, is_attached=False)


def sheet(given):
    return ReadSource(SHEET, given)


def of_file(given):
    """The report as a bare file says it: without dates of publication."""
    return replace(given, dates=(), published_on=None)


def together(article, *files):
    found = joined(article, files, ON_PAGE)
    assert found.report is not None
    return found.report


def test_an_attachment_that_says_the_same_changes_nothing():
    assert together(page(report()), sheet(of_file(report()))) == report()


def test_a_table_that_only_the_attachment_has_is_taken_from_it_and_still_told():
    lacking = without_table(report(), "applications")

    result = together(page(lacking), sheet(of_file(report())))

    assert (result.facts, result.tables) == (report().facts, report().tables)
    assert [(doubt.kind, doubt.where, doubt.details) for doubt in result.doubts] == [
        (DoubtKind.TABLE_ATTACHED, "applications", {"attachments": [SHEET]})
    ]


def test_a_table_of_a_frame_stands_in_the_page():
    lacking = without_table(report(), "applications")

    result = together(page(lacking), ReadSource(SHEET, report(), is_attached=False))

    assert (result.facts, result.doubts) == (report().facts, ())


def test_a_number_that_differs_is_a_doubt_and_the_pages_stands():
    result = together(page(report()), sheet(report(cells={UPHELD: 3})), ReadSource(SCAN, report(cells={UPHELD: 4})))

    (doubt,) = result.doubts
    assert result.facts == report().facts
    assert (doubt.kind, doubt.where, doubt.text) == (DoubtKind.SOURCES_DIFFER, UPHELD, "2")
    assert doubt.details == {"sources": {PAGE: "2", SHEET: "3", SCAN: "4"}}


def test_the_pages_number_stands_even_in_a_table_that_is_taken_from_the_file():
    torn = without_row(report(cells={"applications/granted/total": 10}), "applications", "outcome_total")

    result = together(page(torn), sheet(report(cells={"applications/granted/total": 12})))

    assert result.number("applications", "granted", "total") == 10
    assert result.number("applications", "outcome_total", "total") == 14
    assert [doubt.kind for doubt in result.doubts] == [DoubtKind.TABLE_ATTACHED, DoubtKind.SOURCES_DIFFER]


@pytest.mark.parametrize(("here", "there", "differ"), [(0, None, False), (None, 0, False), (2, None, True)])
def test_a_blank_differs_from_a_number_but_not_from_nothing(here, there, differ):
    cell = "disclosure/rules/issued"

    result = together(page(report(cells={cell: here})), sheet(report(cells={cell: there})))

    assert [doubt.kind for doubt in result.doubts] == [DoubtKind.SOURCES_DIFFER] * differ
    assert result.facts[Cell(*cell.split("/"))] == fact(here)


def test_what_recognition_is_unsure_of_proves_no_difference():
    scanned = with_doubt(report(cells={UPHELD: 8}), DoubtKind.CELL_UNSURE, UPHELD, "8", {"confidence": 0.4})

    assert together(page(report()), ReadSource(SCAN, scanned)).doubts == ()


def test_a_report_that_is_only_attached_is_published_by_its_page():
    bare = of_file(report())

    result = together(NOTHING, ReadSource(SCAN, bare))

    assert (result.title, result.published_on, result.dates) == (TITLE, date(2025, 1, 20), ON_PAGE.dates)
    assert result.facts == bare.facts
    assert {doubt.where for doubt in result.doubts if doubt.kind is DoubtKind.TABLE_ATTACHED} == set(bare.tables)


def test_dates_in_a_file_never_say_when_the_article_was_published():
    early = StatedDate(date(2024, 12, 1), DateSource.URL)
    signed = StatedDate(date(2025, 1, 18), DateSource.SIGNATURE)

    alone = together(NOTHING, sheet(replace(report(), dates=(early, signed))))
    beside = together(page(report()), sheet(replace(report(), dates=(early, signed))))

    assert alone.dates == (*ON_PAGE.dates, signed)
    assert beside.dates == (*report().dates, signed)
    assert beside.published_on == report().published_on


def test_the_text_is_taken_where_there_is_some_with_what_it_states():
    statement = Statement(StatementKind.APPLICATIONS_RECEIVED, 14, 3, "收到申请14件")
    pictured = report(texts={5: "", 6: None})
    pictured = with_section(pictured, Section(5, "存在的主要问题及改进情况", "", attachments=("1.pdf",)))
    written = replace(report(), statements=(statement,))
    no_contact = replace(pictured, contact=Contact(), preamble="")

    result = together(page(no_contact), sheet(written))

    assert [part.number for part in result.sections] == [1, 2, 3, 4, 5, 6]
    assert result.section(5) == replace(report().section(5), attachments=("1.pdf",))
    assert result.section(6) == report().section(6)
    assert (result.contact, result.preamble) == (report().contact, report().preamble)
    # Section 3 is the page's, which states nothing there.
    assert result.statements == ()


def test_doubts_on_what_was_not_taken_are_left_behind():
    broken = with_doubt(without_table(report(), "reviews"), DoubtKind.TABLE_UNUSED, "reviews", "", {})
    noted = with_doubt(of_file(report()), DoubtKind.LABEL_VARIANT, UPHELD, "维持", {})
    noted = with_doubt(noted, DoubtKind.LABEL_VARIANT, "applications/granted", "公开", {})

    result = together(page(broken), sheet(noted))

    assert [(doubt.kind, doubt.where) for doubt in result.doubts] == [
        (DoubtKind.LABEL_VARIANT, UPHELD),
        (DoubtKind.TABLE_ATTACHED, "reviews"),
    ]


OTHER_AGENCY = replace(report(), agency_name="平川市教育局", agency_readings={"title": "平川市教育局"})
SUPERIOR = replace(report(), agency_name="平川市人民政府", agency_readings={"title": "平川市人民政府"})
NAMELESS = replace(report(), agency_name=None, agency_readings={})


@pytest.mark.parametrize("other", [OTHER_AGENCY, SUPERIOR, report(year=2023)], ids=["agency", "superior", "year"])
def test_a_file_of_another_agency_or_year_is_another_document(other):
    found = joined(page(without_table(report(), "reviews")), [sheet(other)], ON_PAGE)

    assert found == (without_table(report(), "reviews"), ((SHEET, other),))


def test_a_file_that_names_nobody_is_the_articles():
    result = together(page(without_table(report(), "reviews")), sheet(NAMELESS))

    assert result.facts == report().facts


def test_a_date_of_the_page_that_cannot_be_read_is_a_doubt_on_the_file_as_well():
    unread = Doubt(DoubtKind.DATE_UNREAD, "published_on", "2025年初", "无法读出")

    found = joined(NOTHING, [sheet(report())], ON_PAGE._replace(unread=(unread,)))

    assert found.report is not None
    assert unread in found.report.doubts


def test_a_bundle_of_many_agencies_is_no_report_of_its_page():
    files = [sheet(OTHER_AGENCY), ReadSource(SCAN, report())]

    found = joined(NOTHING, files, PageSays("2024年政府信息公开工作年度报告"))

    assert found == (None, ((SHEET, OTHER_AGENCY), (SCAN, report())))


def test_of_a_bundle_the_pages_own_report_is_taken():
    found = joined(NOTHING, [sheet(OTHER_AGENCY), ReadSource(SCAN, report())], ON_PAGE)

    assert found.others == ((SHEET, OTHER_AGENCY),)
    assert found.report is not None
    assert found.report.agency_name == NAME


def test_tables_of_another_form_are_not_mixed_in():
    old = report("2019", year=2024)

    result = together(page(report()), sheet(old))

    assert result.facts == report().facts
    assert [doubt.kind for doubt in result.doubts] == [DoubtKind.TABLE_UNUSED]


ENCRYPTED = ReadSource(SCAN, None, "encrypted", "a password is asked for")
SOMETHING_ELSE = ReadSource(SCAN, None, "not_a_report", "a handbook")


@pytest.mark.parametrize(
    "lacking",
    [without_table(report(), "reviews"), without_row(report(), "applications", "granted"), report(texts={5: ""})],
    ids=["table", "row", "text"],
)
@pytest.mark.parametrize(
    ("files", "absent", "expected"),
    [
        ([], [SCAN], Assembled(None, "enclosure_absent", SCAN)),
        ([ENCRYPTED], [], Assembled(None, "encrypted", f"{SCAN}: a password is asked for")),
        ([ENCRYPTED], [SHEET], Assembled(None, "encrypted", f"{SCAN}: a password is asked for")),
    ],
    ids=["absent", "unread", "both"],
)
def test_what_may_stand_in_a_file_that_we_did_not_get_or_read_is_not_missing(lacking, files, absent, expected):
    assert assembled(page(lacking), files, absent, ON_PAGE) == expected


@pytest.mark.parametrize(("files", "absent"), [([], [SCAN]), ([ENCRYPTED], [])])
def test_a_whole_report_stands_whatever_else_could_not_be_had(files, absent):
    assert assembled(page(report()), files, absent, ON_PAGE) == Assembled(report())


def test_a_file_that_is_something_else_hides_nothing():
    lacking = without_table(report(), "reviews")

    assert assembled(page(lacking), [SOMETHING_ELSE], [], ON_PAGE) == Assembled(lacking)


def test_a_page_whose_files_were_not_had_is_not_called_no_report():
    empty = ReadSource(PAGE, None, "not_a_report", "nothing follows the title", is_attached=False)

    assert assembled(empty, [], [SCAN], ON_PAGE) == Assembled(None, "enclosure_absent", SCAN)
    assert assembled(empty, [], [], ON_PAGE) == Assembled(None, "not_a_report", "nothing follows the title")


def test_a_report_on_an_early_year_lacks_nothing():
    early = Report(None, TITLE, NAME, 2017)

    assert (lacks_something(early), lacks_something(replace(early, report_year=None))) == (False, True)


def test_a_doubt_of_a_whole_document_is_its_first_sources():
    doubt = Doubt(DoubtKind.TITLE_CONFLICT, "title", "2023", "")
    told = replace(report(), doubts=(doubt,))

    assert together(page(told), sheet(report())).doubts == (doubt,)
    assert together(page(report()), sheet(told)).doubts == ()
