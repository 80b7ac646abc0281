"""A run is taken over once and whole, and what it saw bears on the year it was asked about."""

import contextlib
import dataclasses
from datetime import date, datetime, timedelta

import pytest

from storage.database import (
    evidence_of_year,
    ingested_runs,
    open_database,
    report_versions,
    save_attestation,
    save_reports,
    save_run,
)
from storage.database.asking import ScanMemory
from storage.database.scans import doubt_scans_after
from storage.received import Dismissal, ReadCapture
from storage.records import (
    SHANGHAI,
    Attestation,
    Candidate,
    Capture,
    EndProof,
    Evidence,
    Look,
    Outcome,
    Scan,
    ScanPage,
    Sighting,
    StoredReport,
)
from storage.report import DateSource, Doubt, DoubtKind, Report, StatedDate

pytestmark = pytest.mark.clock

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
LIST = "http://127.0.0.1/nb/"
URL = "http://127.0.0.1/nb/1.html"
EMPTY = Report(form=None, title=None, agency_name=None, report_year=None)


@pytest.fixture
def db(tmp_path):
    database = open_database(tmp_path / "nianbao.db")
    yield database
    database.close()


def scan(key, *, run="r1", at=AT, agencies=("edu",), outcome=Outcome.COMPLETE, column=LIST, **others):
    return Scan(
        id=key,
        run=run,
        portal="anqiu",
        column_url=column,
        agencies=agencies,
        started_at=at,
        finished_at=at + timedelta(minutes=1),
        outcome=outcome,
        **others,
    )


def row(key, *, url=URL, agency="edu", year=2024, listed_on=None, title="教育局2024年政府信息公开工作年度报告"):
    return Candidate(key, title, url, listed_on, agency, year)


def capture(key, *, url=URL, digest="a", at=AT, agency="edu", year=2024):
    return Capture(digest * 64, key, url, url, 200, "text/html", at, 100, agency=agency, report_year=year)


def read(fetched, *, agency="edu", year=2024, report=EMPTY):
    return ReadCapture(fetched, agency, year, report, parser_version="1")


def save(db, *, run="r1", scans=(), candidates=(), captures=(), reports=(), dismissals=()):
    return save_run(
        db,
        run_id=run,
        scans=scans,
        candidates=candidates,
        captures=captures,
        reports=reports,
        dismissals=dismissals,
        at=AT,
    )


def everything(db):
    """All rows of all tables, but the moment at which they came."""
    tables = [name for name in db.table_names() if not name.startswith(("_", "sqlite", "section_words"))]
    return {name: db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in tables}


def test_a_run_is_taken_over_once(db):
    run = {
        "scans": [scan("s1", pages=(ScanPage(LIST, 200, "f" * 64, 20),), stated_total=20)],
        "candidates": [row("s1")],
        "captures": [capture("s1")],
        "reports": [read(capture("s1"))],
    }

    first = save(db, **run)
    before = everything(db)
    second = save(db, **run)

    assert (first, second, ingested_runs(db)) == (True, False, frozenset({"r1"}))
    assert everything(db) == before


def test_a_run_that_fails_half_way_leaves_nothing(db):
    before = everything(db)

    def readings():
        yield read(capture("s1"))
        raise RuntimeError("the parser died")

    with pytest.raises(RuntimeError):
        save(db, scans=[scan("s1")], candidates=[row("s1")], captures=[capture("s1")], reports=readings())

    assert everything(db) == before


def test_reports_saved_on_the_way_are_tied_to_their_scans_by_the_run(db):
    save_reports(db, [read(capture("s1"))], at=AT)

    save(db, scans=[scan("s1")], captures=[capture("s1")], reports=[read(capture("s1"), report=None)])

    (look,) = evidence_of_year(db, 2024)["edu"].looks
    assert (look.found, len(report_versions(db, "edu", 2024))) == (True, 1)


def test_nothing_stored_is_no_evidence(db):
    assert evidence_of_year(db, 2024) == {}


def test_all_that_bears_on_an_agency_year_comes_together(db):
    attestation = Attestation("edu", 2024, True, None, None, None, "王敏", "电话核实", AT + DAY)
    report = dataclasses.replace(EMPTY, title="年报", dates=(StatedDate(date(2025, 1, 20), DateSource.META_PUBDATE),))
    report = dataclasses.replace(report, published_on=date(2025, 1, 20))
    save(
        db,
        scans=[scan("s1", control_title="教育局2023年年报")],
        candidates=[row("s1", listed_on=date(2025, 1, 21))],
        captures=[capture("s1")],
        reports=[read(capture("s1", at=AT + timedelta(seconds=5)), report=report)],
    )
    save_attestation(db, attestation)

    evidence = evidence_of_year(db, 2024)

    title = "教育局2024年政府信息公开工作年度报告"
    assert evidence == {
        "edu": Evidence(
            looks=(Look("r1", ("s1",), AT, Outcome.COMPLETE, "", "教育局2023年年报", found=True),),
            sightings=(Sighting(URL, title, AT, AT, date(2025, 1, 21), is_bulk=False),),
            reports=(
                StoredReport(
                    id=1,
                    agency="edu",
                    report_year=2024,
                    url=URL,
                    digest="a" * 64,
                    title="年报",
                    first_seen_at=AT + timedelta(seconds=5),
                    fetched_at=AT + timedelta(seconds=5),
                    published_on=date(2025, 1, 20),
                    dates=report.dates,
                    bulk_dates=frozenset(),
                    reason=None,
                    is_current=True,
                    is_attested=False,
                ),
            ),
            attestations=(attestation,),
        )
    }


def test_a_stated_date_that_could_not_be_read_is_known_of_its_report(db):
    unread = Doubt(DoubtKind.DATE_UNREAD, "published_on", "2025年初", "无法读出")
    save(
        db,
        scans=[scan("s1")],
        captures=[capture("s1")],
        reports=[read(capture("s1"), report=dataclasses.replace(EMPTY, doubts=(unread,)))],
    )

    (report,) = report_versions(db, "edu", 2024)

    assert report.has_unread_date


def test_one_agency_s_evidence_is_its_part_of_the_year_s(db):
    save(
        db,
        scans=[scan("s1", agencies=("edu", "tax", "taxi")), scan("s2", agencies=("tax",), column="other")],
        candidates=[row("s1"), row("s1", agency="tax", url="http://127.0.0.1/2")],
        captures=[capture("s1")],
        reports=[read(capture("s1"))],
    )
    of_all = evidence_of_year(db, 2024)

    alone = {agency: evidence_of_year(db, 2024, agency=agency) for agency in ("edu", "tax", "taxi", "nobody")}

    assert alone == {**{agency: {agency: of_all[agency]} for agency in ("edu", "tax", "taxi")}, "nobody": {}}


def test_rows_of_one_address_and_date_are_one_sighting_by_the_last_of_their_titles(db):
    for number, title in enumerate(("2024年年报", "2024年年报（更正）", "2024年年报")):
        key, run, at = f"s{number}", f"r{number}", AT + number * DAY
        save(db, run=run, scans=[scan(key, run=run, at=at)], candidates=[row(key, title=title)])

    (evidence,) = evidence_of_year(db, 2024).values()

    assert evidence.sightings == (Sighting(URL, "2024年年报（更正）", AT, AT + 2 * DAY, None, is_bulk=False),)
    assert [look.found for look in evidence.looks] == [True, True, True]


def test_some_agencies_evidence_is_their_part_of_the_year_s(db):
    save(
        db,
        scans=[scan("s1", agencies=("edu", "tax")), scan("s2", agencies=("fin",), column="b", bulk_dates=(AT.date(),))],
        candidates=[row("s1"), row("s2", agency="tax", listed_on=AT.date(), url="http://127.0.0.1/2")],
        captures=[capture("s1")],
        reports=[read(capture("s1"))],
    )
    of_all = evidence_of_year(db, 2024)

    some = evidence_of_year(db, 2024, agencies=["tax", "edu", "nobody"])

    assert of_all["tax"].sightings[0].is_bulk
    assert some == {key: of_all[key] for key in ("edu", "tax")}


def test_what_a_process_remembers_of_scans_is_what_is_stored(db, tmp_path):
    """New scans, a doubted time, another database in the place of this one: each time it says the same as reading
    anew."""
    memory = ScanMemory()

    def remembered_and_read(where):
        some = evidence_of_year(where, 2024, agencies=["edu", "tax"], memory=memory)
        return some, evidence_of_year(where, 2024)

    told = []
    for day in range(3):
        run, keys = f"r{day}", (f"r{day}/1", f"r{day}/2")
        save(
            db,
            run=run,
            scans=[
                scan(keys[0], run=run, at=AT + (day - 2) * DAY, agencies=("edu", "tax")),
                scan(keys[1], run=run, at=AT + (day - 2) * DAY, agencies=("tax",), column="b"),
            ],
            candidates=[row(keys[day % 2])] if day else [],
        )
        told += [remembered_and_read(db), remembered_and_read(db)]
    doubt_scans_after(db, AT - DAY)
    told.append(remembered_and_read(db))
    other = open_database(tmp_path / "other.db")
    with contextlib.closing(other):
        save(other, run="r9", scans=[scan(f"r9/{n}", run="r9", agencies=("edu",), column=str(n)) for n in range(6)])
        told.append(remembered_and_read(other))

    assert [remembered == read for remembered, read in told] == [True] * 8
    assert [look.is_time_doubted for look in told[6][0]["edu"].looks] == [False, False, True]
    assert {look.run for look in told[7][0]["edu"].looks} == {"r9"}


@pytest.mark.parametrize(
    ("outcomes", "outcome", "detail"),
    [
        ([Outcome.COMPLETE, Outcome.COMPLETE], Outcome.COMPLETE, "s1"),
        ([Outcome.COMPLETE, Outcome.BLOCKED], Outcome.BLOCKED, "s2"),
        ([Outcome.MOVED, Outcome.BLOCKED], Outcome.MOVED, "s1"),
    ],
)
def test_a_look_is_complete_only_if_every_scan_of_it_was(db, outcomes, outcome, detail):
    first, second = outcomes
    save(
        db,
        scans=[
            scan("s2", outcome=second, at=AT + timedelta(minutes=5), detail="s2", column="b", control_title="控制行"),
            scan("s1", outcome=first, detail="s1", control_title="控制行"),
        ],
    )

    looks = evidence_of_year(db, 2024)["edu"].looks

    assert looks == (Look("r1", ("s1", "s2"), AT, outcome, detail, "控制行", found=False),)


@pytest.mark.parametrize("place", ["list", "address"])
def test_a_look_has_a_control_only_if_every_list_of_it_showed_one(db, place):
    proof = EndProof.OWN_ADDRESS if place == "address" else EndProof.LAST_PAGE
    save(
        db,
        scans=[
            scan("s1", control_title="控制行", end_proof=EndProof.LAST_PAGE),
            scan("s2", at=AT + timedelta(minutes=5), column="b", end_proof=proof),
        ],
    )

    (look,) = evidence_of_year(db, 2024)["edu"].looks

    assert look.control == ("控制行" if place == "address" else None)


def test_looks_count_for_every_year_that_had_ended_when_they_began(db):
    save(db, scans=[scan("s1", at=AT)])
    save(db, run="r2", scans=[scan("s2", run="r2", at=datetime(2024, 12, 31, 23, 59, tzinfo=SHANGHAI))])

    looks = {
        year: [look.run for evidence in evidence_of_year(db, year).values() for look in evidence.looks]
        for year in (2022, 2023, 2024, 2025)
    }

    assert looks == {2022: ["r2", "r1"], 2023: ["r2", "r1"], 2024: ["r1"], 2025: []}


@pytest.mark.parametrize(
    ("from_year", "report_year", "outcome"),
    [
        (2023, 2023, Outcome.COMPLETE),
        (2023, 2022, Outcome.INCOMPLETE),
        (2021, 2022, Outcome.COMPLETE),
        # Scans of older editions looked for the year before and the one before that.
        (None, 2023, Outcome.COMPLETE),
        (None, 2022, Outcome.INCOMPLETE),
    ],
)
def test_a_look_proves_no_absence_of_reports_older_than_it_looked_for(db, from_year, report_year, outcome):
    save(db, scans=[scan("s1", from_year=from_year)])

    (look,) = evidence_of_year(db, report_year)["edu"].looks

    assert look.outcome is outcome
    assert look.looked_from == (None if outcome is Outcome.COMPLETE else 2023)


def test_a_look_that_saw_an_older_report_saw_it(db):
    save(db, scans=[scan("s1", from_year=2023)], candidates=[row("s1", year=2021)])

    (look,) = evidence_of_year(db, 2021)["edu"].looks

    assert (look.outcome, look.found, look.looked_from) == (Outcome.COMPLETE, True, None)


def test_a_look_finds_only_the_year_that_is_asked_about(db):
    save(db, scans=[scan("s1")], candidates=[row("s1", year=2023)])

    found = {year: evidence_of_year(db, year)["edu"].looks[0].found for year in (2023, 2024)}

    assert found == {2023: True, 2024: False}


def test_a_report_that_is_gone_is_not_found_by_the_later_looks(db):
    for number in range(4):
        run = f"r{number}"
        key, at = f"s{number}", AT + number * DAY
        save(db, run=run, scans=[scan(key, run=run, at=at)], candidates=[row(key)] if number < 2 else [])

    evidence = evidence_of_year(db, 2024)["edu"]

    assert [look.found for look in evidence.looks] == [True, True, False, False]
    assert [(seen.first_seen_at, seen.last_seen_at) for seen in evidence.sightings] == [(AT, AT + DAY)]


def test_a_row_that_names_nobody_is_a_sighting_of_whose_report_stands_behind_it(db):
    silent = row("s1", agency=None, year=None, title="政府信息公开年报")
    save(
        db,
        scans=[scan("s1", agencies=("edu", "tax"))],
        candidates=[silent],
        captures=[capture("s1", agency=None, year=None)],
        reports=[read(capture("s1", agency=None, year=None), agency="tax")],
    )
    later = dataclasses.replace(silent, scan="s2")
    save(db, run="r2", scans=[scan("s2", run="r2", at=AT + DAY, agencies=("edu", "tax"))], candidates=[later])

    evidence = evidence_of_year(db, 2024)

    assert {agency: [look.found for look in each.looks] for agency, each in evidence.items()} == {
        "edu": [False, False],
        "tax": [True, True],
    }
    assert [(seen.url, seen.last_seen_at) for seen in evidence["tax"].sightings] == [(URL, AT + DAY)]


def test_an_attached_file_counts_for_the_look_that_fetched_it(db):
    file = capture("s1", url="http://127.0.0.1/nb/1.pdf", agency=None, year=None)
    save(db, scans=[scan("s1")], captures=[file], reports=[read(file)])

    (look,) = evidence_of_year(db, 2024)["edu"].looks

    assert look.found


def test_a_row_that_led_elsewhere_is_no_sighting(db):
    fetched = capture("s1")
    save(
        db,
        scans=[scan("s1")],
        candidates=[row("s1")],
        captures=[fetched],
        dismissals=[Dismissal(fetched, "edu", 2024, "not_a_report")],
    )

    before = evidence_of_year(db, 2024)["edu"]
    save_reports(db, [read(capture("s2", digest="b", at=AT + DAY))], at=AT + DAY)
    after = evidence_of_year(db, 2024)["edu"]

    assert (before.sightings, [look.found for look in before.looks]) == ((), [False])
    assert ([seen.url for seen in after.sightings], [look.found for look in after.looks]) == ([URL], [True])


def test_a_row_whose_date_changed_is_two_sightings(db):
    dates = [date(2025, 1, 20), date(2025, 2, 10)]
    for number, day in enumerate(dates):
        run, key = f"r{number}", f"s{number}"
        save(db, run=run, scans=[scan(key, run=run, at=AT + number * DAY)], candidates=[row(key, listed_on=day)])

    sightings = evidence_of_year(db, 2024)["edu"].sightings

    assert [seen.listed_on for seen in sightings] == dates


def test_a_list_s_bulk_date_proves_nothing_in_that_list_alone(db):
    moved = date(2025, 1, 6)
    save(
        db,
        scans=[scan("s1", bulk_dates=(moved,)), scan("s2", agencies=("tax",), column="http://127.0.0.1/tax/")],
        candidates=[
            row("s1", listed_on=moved),
            row("s1", url="http://127.0.0.1/nb/2", listed_on=date(2025, 1, 7)),
            row("s2", agency="tax", url="http://127.0.0.1/tax/1", listed_on=moved),
        ],
    )

    evidence = evidence_of_year(db, 2024)

    assert {(agency, seen.listed_on): seen.is_bulk for agency, each in evidence.items() for seen in each.sightings} == {
        ("edu", moved): True,
        ("edu", date(2025, 1, 7)): False,
        ("tax", moved): False,
    }


def test_a_row_that_two_lists_show_is_bulk_where_either_of_them_moved(db):
    moved = date(2025, 1, 6)
    save(
        db,
        scans=[scan("s1", bulk_dates=(moved,)), scan("s2", column="http://127.0.0.1/other/")],
        candidates=[row("s1", listed_on=moved), row("s2", listed_on=moved)],
    )

    assert [seen.is_bulk for seen in evidence_of_year(db, 2024)["edu"].sightings] == [True]


def listed_alike(db, years_of, day=date(2025, 2, 5)):
    """Each agency has a list of its own, with a row for each of its years, all of one date."""
    save(
        db,
        scans=[scan(key, agencies=(key,), column=f"http://127.0.0.1/{key}/") for key in years_of],
        candidates=[
            row(key, agency=key, year=year, url=f"http://127.0.0.1/{key}/{year}", listed_on=day)
            for key, years in years_of.items()
            for year in years
        ],
    )


def offices(count, *years, first=0):
    return {f"a{number:02}": years for number in range(first, first + count)}


@pytest.mark.parametrize(
    ("years_of", "is_bulk"),
    [
        (offices(6, 2021, 2022, 2023, 2024), True),
        (offices(5, 2021, 2022, 2023), False),  # fewer than twenty rows
        (offices(2, *range(2014, 2025)), True),
        (offices(12, 2024), False),
        (offices(30, 2024), False),  # a county's offices on one day
        (offices(10, 2023, 2024), True),
        (offices(22, 2024) | offices(2, 2022, 2023, first=22), False),  # two make up for what they had left out
        (offices(22, 2024) | offices(3, 2023, first=22), True),
    ],
)
def test_a_date_that_rows_of_many_years_bear_in_many_lists_of_a_portal_is_a_migration_s(db, years_of, is_bulk):
    listed_alike(db, years_of)
    of_year = evidence_of_year(db, 2024)

    assert {seen.is_bulk for evidence in of_year.values() for seen in evidence.sightings} <= {is_bulk}
    assert evidence_of_year(db, 2024, agencies=of_year) == of_year


def test_a_page_that_states_a_migration_s_date_proves_nothing_by_it(db):
    moved = date(2025, 2, 5)
    listed_alike(db, offices(6, 2021, 2022, 2023, 2024), moved)
    report = dataclasses.replace(EMPTY, dates=(StatedDate(moved, DateSource.META_PUBDATE),))
    fetched = capture("a00", url="http://127.0.0.1/a00/2024", agency="a00")
    save_reports(db, [read(fetched, agency="a00", report=report)], at=AT)

    of_year = evidence_of_year(db, 2024)["a00"].reports[0].bulk_dates

    assert of_year == report_versions(db, "a00", 2024)[0].bulk_dates == frozenset({moved})


@pytest.mark.parametrize(("pages", "is_bulk"), [(19, False), (20, True)])
def test_a_date_that_twenty_pages_of_a_portal_bear_is_bulk(db, pages, is_bulk):
    moved = date(2025, 2, 3)
    report = dataclasses.replace(EMPTY, dates=(StatedDate(moved, DateSource.META_PUBDATE),))
    fetched = [capture("s1", url=f"http://127.0.0.1/{n}", agency=f"a{n:02}", year=2018 + n % 6) for n in range(pages)]
    save(
        db,
        scans=[scan("s1")],
        captures=fetched,
        reports=[read(each, agency=each.agency, year=each.report_year, report=report) for each in fetched],
    )

    of_one = report_versions(db, "a00", 2018)[0].bulk_dates
    of_year = evidence_of_year(db, 2018)["a00"].reports[0].bulk_dates

    assert of_one == of_year == (frozenset({moved}) if is_bulk else frozenset())


def test_a_signature_that_twenty_reports_share_is_not_bulk(db):
    report = dataclasses.replace(EMPTY, dates=(StatedDate(date(2025, 1, 20), DateSource.SIGNATURE),))
    fetched = [capture("s1", url=f"http://127.0.0.1/{n}", agency=f"a{n:02}") for n in range(25)]
    save(
        db,
        scans=[scan("s1")],
        captures=fetched,
        reports=[read(each, agency=each.agency, report=report) for each in fetched],
    )

    assert evidence_of_year(db, 2024)["a00"].reports[0].bulk_dates == frozenset()


def test_an_instant_without_a_zone_is_refused(db):
    with pytest.raises(ValueError, match="no zone"):
        save(db, scans=[scan("s1", at=datetime(2025, 2, 1, 9))])  # noqa: DTZ001 (what must be refused)

    assert ingested_runs(db) == frozenset()


def take_over(db, run, *, at, began):
    """One run with one complete scan that saw nothing, taken over at `at`."""
    found = scan(f"{run}/1", run=run, at=began)
    save_run(db, run_id=run, scans=[found], candidates=[], captures=[], reports=[], at=at)


def doubts(db):
    return [(look.run, look.is_time_doubted) for look in evidence_of_year(db, 2024)["edu"].looks]


def test_the_scans_of_a_clock_that_was_forty_days_ahead_are_in_doubt_for_good(db):
    ahead = timedelta(days=40)
    take_over(db, "before", at=AT, began=AT)
    take_over(db, "ahead", at=AT + ahead, began=AT + ahead)
    take_over(db, "ahead again", at=AT + ahead + DAY, began=AT + ahead + DAY)
    believed = doubts(db)

    take_over(db, "set right", at=AT + 2 * DAY, began=AT + 2 * DAY)

    assert [doubt for _, doubt in believed] == [False, False, False]
    assert doubts(db) == [("before", False), ("set right", False), ("ahead", True), ("ahead again", True)]
    take_over(db, "its day has come", at=AT + ahead + 9 * DAY, began=AT + ahead + 9 * DAY)
    assert doubts(db)[2:] == [("ahead", True), ("ahead again", True), ("its day has come", False)]


def test_after_a_clock_went_back_a_day_two_scans_of_one_hour_do_not_seem_a_day_apart(db):
    take_over(db, "before", at=AT, began=AT)

    take_over(db, "an hour later", at=AT + timedelta(hours=1) - DAY, began=AT + timedelta(hours=1) - DAY)

    assert doubts(db) == [("an hour later", False), ("before", True)]


def test_a_scan_from_the_future_is_in_doubt_and_one_that_came_late_is_not(db):
    take_over(db, "a worker's clock is ahead", at=AT, began=AT + timedelta(hours=2))
    take_over(db, "a worker's folder came late", at=AT + 3 * DAY, began=AT)
    take_over(db, "told the same instant", at=AT + 3 * DAY, began=AT + 3 * DAY + timedelta(hours=1))

    assert doubts(db) == [
        ("a worker's folder came late", False),
        ("a worker's clock is ahead", True),
        ("told the same instant", False),
    ]


def test_a_clock_that_was_set_right_is_noticed_without_a_run(db):
    take_over(db, "ahead", at=AT + 40 * DAY, began=AT + 40 * DAY)

    assert (doubt_scans_after(db, AT), doubt_scans_after(db, AT)) == (1, 0)
    assert doubts(db) == [("ahead", True)]
