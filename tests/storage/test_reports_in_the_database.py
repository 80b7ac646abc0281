"""A report comes back from the database exactly as it was saved, and users can query its numbers."""

import dataclasses
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import (
    current_reports,
    load_report,
    load_reports,
    open_database,
    replace_readings,
    report_versions,
    save_registry,
    save_reports,
    search_sections,
)
from storage.errors import DatabaseError
from storage.forms import FORM_2019, FORM_2021
from storage.received import ReadCapture
from storage.records import SHANGHAI, Agency, AgencyKind, Capture, Portal, Registry
from storage.report import (
    Breakdown,
    Cell,
    Contact,
    DateSource,
    Doubt,
    DoubtKind,
    Fact,
    Reading,
    Report,
    Section,
    StatedDate,
    Statement,
    StatementKind,
)

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
EMPTY = Report(form=None, title=None, agency_name=None, report_year=None)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text("abc_年", min_size=1, max_size=6)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
maybe = {"text": st.none() | text, "day": st.none() | days}
years = st.integers(0, 9999)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | text, lambda inner: st.lists(inner, max_size=3), max_leaves=5
)
form_cells = st.sampled_from(
    [
        Cell(table.key, row.key, column.key)
        for form in (FORM_2019, FORM_2021)
        for table in form.tables
        for block in table.blocks
        for row in block.rows
        for column in block.columns
    ]
)
cells = form_cells | st.builds(Cell, names, names, names)
numbers = st.integers(-5, 2**70) | st.decimals(allow_nan=False, allow_infinity=False)
facts = st.one_of(
    numbers.map(lambda number: Fact(number, str(number), Reading.NUMBER)),
    st.builds(Fact, numbers, text, st.just(Reading.NUMBER)),
    st.builds(Fact, st.none(), text, st.sampled_from([kind for kind in Reading if kind is not Reading.NUMBER])),
)
reports = st.builds(
    Report,
    form=st.none() | st.sampled_from(["2019", "2021"]),
    title=maybe["text"],
    agency_name=maybe["text"],
    report_year=st.none() | years,
    published_on=maybe["day"],
    dates=st.lists(st.builds(StatedDate, days, st.sampled_from(DateSource)), max_size=3).map(tuple),
    period=st.none() | st.tuples(days, days),
    signed_on=maybe["day"],
    signature=maybe["text"],
    contact=st.builds(Contact, *[maybe["text"]] * 5),
    preamble=text,
    sections=st.lists(
        st.builds(
            Section, st.integers(1, 9), text, text, st.lists(text, max_size=2).map(tuple), st.lists(text).map(tuple)
        ),
        max_size=4,
    ).map(tuple),
    tables=st.frozensets(st.sampled_from(["disclosure", "applications", "reviews"])),
    facts=st.dictionaries(cells, facts, max_size=8),
    statements=st.lists(
        st.builds(Statement, st.sampled_from(StatementKind), st.none() | years, years, text), max_size=2
    ).map(tuple),
    breakdowns=st.lists(
        st.builds(Breakdown, years, st.lists(years, max_size=3).map(tuple), years, text), max_size=2
    ).map(tuple),
    year_readings=st.dictionaries(names, years, max_size=3),
    agency_readings=st.dictionaries(names, text, max_size=3),
    doubts=st.lists(
        st.builds(Doubt, st.sampled_from(DoubtKind), text, text, text, st.dictionaries(names, json_values, max_size=2)),
        max_size=3,
    ).map(tuple),
)


def fetched(url="http://127.0.0.1/report.html", digest="a" * 64, at=AT, **others):
    return Capture(
        digest=digest,
        scan="",
        url=url,
        final_url=url,
        status=200,
        media_type="text/html",
        fetched_at=at,
        size=1000,
        **others,
    )


def read(report, agency="edu", year=2024, version="1", **capture):
    return ReadCapture(fetched(**capture), agency, year, report, parser_version=version)


def unreadable(reason="unsupported", agency="edu", year=2024, **capture):
    return ReadCapture(fetched(**capture), agency, year, None, reason=reason, detail="PDF", parser_version="1")


def versions(db, agency="edu", year=2024):
    return [(version.url, version.digest[0], version.is_current) for version in report_versions(db, agency, year)]


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory):
    database = open_database(tmp_path_factory.mktemp("data") / "nianbao.db")
    yield database
    database.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(report=reports, number=st.integers(0, 10**12))
def test_any_report_is_loaded_exactly_as_it_was_saved(long_lived, report, number):
    agency = f"agency-{number}-{abs(hash(str(report)))}"

    save_reports(long_lived, [read(report, agency=agency)], at=AT)

    loaded = load_report(long_lived, current_reports(long_lived, 2024)[agency])
    assert loaded == report
    assert {cell: str(fact.value) for cell, fact in loaded.facts.items()} == {
        cell: str(fact.value) for cell, fact in report.facts.items()
    }


@pytest.mark.parametrize(
    ("fact", "row"),
    [
        (Fact(12, "12", Reading.NUMBER), (12, None, None, None)),
        (Fact(1234, "1,234", Reading.NUMBER), (1234, None, "1,234", None)),
        (Fact(Decimal("56580.00"), "56580.00", Reading.NUMBER), (56580.0, "56580.00", None, None)),
        (Fact(None, "", Reading.BLANK), (None, None, None, "blank")),
        (Fact(None, "/", Reading.BLANK), (None, None, "/", "blank")),
        (Fact(None, "若干", Reading.NOT_A_NUMBER), (None, None, "若干", "not_a_number")),
        (Fact(None, "1.5", Reading.NOT_WHOLE), (None, None, "1.5", "not_whole")),
    ],
)
def test_a_fact_keeps_its_print_only_where_that_says_more(db, fact, row):
    report = dataclasses.replace(EMPTY, form="2021", facts={Cell("applications", "granted", "total"): fact})

    save_reports(db, [read(report)], at=AT)

    stored = db.execute("SELECT value, digits, text, reading FROM facts").fetchall()
    assert (stored, load_report(db, 1)) == ([row], report)


def test_text_that_no_file_can_hold_does_not_stop_the_report(db):
    report = dataclasses.replace(EMPTY, title="年报\ud83d", sections=(Section(1, "总体情况", "好\udc00"),))

    save_reports(db, [read(report, title="列表\ud83d")], at=AT)

    loaded = load_report(db, 1)
    assert (loaded.title, loaded.sections[0].text) == ("年报?", "好?")


def test_many_reports_are_loaded_by_few_questions(db):
    count = 450
    save_reports(db, [read(dataclasses.replace(EMPTY, title=str(n)), agency=f"a{n:03}") for n in range(count)], at=AT)

    loaded = dict(load_reports(db, current_reports(db, 2024).values()))

    assert [report.title for report in loaded.values()] == [str(n) for n in range(count)]


def test_a_report_that_could_not_be_read_keeps_its_reason_and_its_row_s_title(db):
    save_reports(db, [unreadable(title="教育局2024年年报")], at=AT)

    with pytest.raises(DatabaseError, match="unsupported"):
        load_report(db, 1)
    (version,) = report_versions(db, "edu", 2024)
    row = db.execute("SELECT readable, content, detail FROM reports").fetchall()

    assert (version.reason, version.title, version.is_current) == ("unsupported", "教育局2024年年报", True)
    assert (row, current_reports(db, 2024)) == ([(0, "unreadable", "PDF")], {})


def test_a_report_that_nobody_saved_is_missing_by_number(db):
    with pytest.raises(DatabaseError, match="no report 7"):
        load_report(db, 7)


FIRST = dataclasses.replace(EMPTY, title="first")
SECOND = dataclasses.replace(EMPTY, title="second")
WITH_TABLES = dataclasses.replace(
    EMPTY,
    title="tables",
    form="2021",
    facts={Cell("reviews", "administrative_review", "total"): Fact(0, "0", Reading.NUMBER)},
)
LATER = AT + timedelta(days=1)
HTML, PDF = "http://127.0.0.1/report.html", "http://127.0.0.1/report.pdf"


def test_the_same_bytes_seen_again_only_move_when_they_were_last_seen(db):
    save_reports(db, [read(FIRST)], at=AT)

    save_reports(db, [read(FIRST, at=LATER), read(None, at=LATER)], at=LATER)

    seen = db.execute("SELECT first_seen_at, last_seen_at FROM reports").fetchall()
    assert seen == [("2025-02-01T09:00:00+08:00", "2025-02-02T09:00:00+08:00")]


def test_an_earlier_sighting_that_comes_in_later_moves_the_first_one(db):
    save_reports(db, [read(FIRST, at=LATER)], at=LATER)

    save_reports(db, [read(FIRST, at=AT)], at=LATER)

    (version,) = report_versions(db, "edu", 2024)
    assert version.first_seen_at == AT


def test_other_bytes_that_say_something_else_are_a_new_version_and_the_older_stays(db):
    save_reports(db, [read(FIRST)], at=AT)

    save_reports(db, [read(SECOND, digest="b" * 64, at=LATER)], at=LATER)

    assert versions(db) == [(HTML, "a", False), (HTML, "b", True)]
    assert [load_report(db, key).title for key in (1, 2)] == ["first", "second"]


def test_other_bytes_that_say_the_very_same_are_the_same_version(db):
    save_reports(db, [read(FIRST)], at=AT)

    save_reports(db, [read(FIRST, digest="b" * 64, at=LATER)], at=LATER)
    save_reports(db, [read(None, digest="b" * 64, at=LATER)], at=LATER)

    assert versions(db) == [(HTML, "a", True)]
    assert db.execute("SELECT last_seen_at FROM reports").fetchall() == [("2025-02-02T09:00:00+08:00",)]


@pytest.mark.parametrize(
    ("title", "published", "is_newer"),
    [("教育局2024年年报（更正）", 20, True), ("教育局2024年年报", 25, True), ("教育局2024年年报", 15, False)],
)
def test_of_two_addresses_seen_in_one_crawl_the_correction_or_the_later_date_is_current(db, title, published, is_newer):
    first = dataclasses.replace(EMPTY, title="教育局2024年年报", published_on=date(2025, 1, 20))
    other = dataclasses.replace(EMPTY, title=title, published_on=date(2025, 1, published))
    # A list shows the newest first, and so it is fetched first.
    save_reports(db, [read(other, url="http://127.0.0.1/2.html", digest="b" * 64)], at=AT)
    save_reports(db, [read(first, url="http://127.0.0.1/1.html", at=AT + timedelta(seconds=9))], at=AT)

    assert [is_current for _, digest, is_current in versions(db) if digest == "b"] == [is_newer]


def test_an_older_wording_that_comes_back_is_current_again(db):
    save_reports(db, [read(FIRST)], at=AT)
    save_reports(db, [read(SECOND, digest="b" * 64, at=LATER)], at=LATER)

    save_reports(db, [read(FIRST, at=LATER + timedelta(days=1))], at=LATER)

    assert versions(db) == [(HTML, "a", True), (HTML, "b", False)]


def test_a_page_that_can_no_longer_be_read_is_judged_no_more(db):
    save_reports(db, [read(FIRST)], at=AT)

    save_reports(db, [unreadable(digest="b" * 64, at=LATER)], at=LATER)

    assert (versions(db), current_reports(db, 2024)) == ([(HTML, "a", False), (HTML, "b", True)], {})


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_addresses_the_readable_one_with_tables_speaks_whichever_came_first(db, order):
    readings = [
        read(WITH_TABLES, url=HTML),
        unreadable(url=PDF, digest="b" * 64, at=LATER),
        read(FIRST, url="http://127.0.0.1/page.html", digest="c" * 64, at=LATER),
    ]

    save_reports(db, readings[::order], at=LATER)

    assert [version for version in versions(db) if version[2]] == [(HTML, "a", True)]


def test_a_report_said_to_be_stored_that_is_not_is_our_fault(db):
    with pytest.raises(DatabaseError, match="said to be stored"):
        save_reports(db, [read(None)], at=AT)

    assert versions(db) == []


def test_one_body_may_count_for_two_agencies(db):
    save_reports(db, [read(FIRST), read(FIRST, agency="tax")], at=AT)

    assert sorted(current_reports(db, 2024)) == ["edu", "tax"]


def test_a_new_reading_of_the_same_bytes_replaces_the_old_one_with_its_words(db):
    old = dataclasses.replace(WITH_TABLES, sections=(Section(1, "总体情况", "旧的文字"),))
    new = dataclasses.replace(FIRST, sections=(Section(1, "总体情况", "新的文字"),))
    save_reports(db, [read(old)], at=AT)

    replace_readings(db, [(1, read(new, version="2"))])

    found = [len(search_sections(db, words, 10)) for words in ("旧的", "新的")]
    assert (load_report(db, 1), found) == (new, [0, 1])


def test_a_newer_parser_s_reading_replaces_an_older_one_s_on_the_way(db):
    save_reports(db, [unreadable()], at=AT)

    save_reports(db, [read(FIRST, version="2")], at=AT)

    assert (versions(db), load_report(db, 1)) == ([(HTML, "a", True)], FIRST)


def test_reports_lead_to_the_agency_s_name_even_when_no_registry_ever_had_it(db):
    portal = Portal("anqiu", "安丘市人民政府", "http://127.0.0.1/", ("127.0.0.1:80",))
    agency = Agency("edu", "安丘市教育局", AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu")
    save_registry(db, Registry((agency,), (portal,), ()), AT)

    save_reports(db, [read(FIRST), read(FIRST, agency="ghost")], at=AT)

    rows = db.execute("SELECT agencies.name FROM reports JOIN agencies ON agencies.id = agency ORDER BY 1").fetchall()
    assert (rows, db.execute("PRAGMA foreign_key_check").fetchall()) == ([("ghost",), ("安丘市教育局",)], [])
