"""Whose report of which year a capture is: the row decides where it speaks, the report where it is silent."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from crawler.attribution import Agencies, attribute
from crawler.reading import ReadOutcome
from storage.records import SHANGHAI, Agency, AgencyKind, Capture
from storage.report import DateSource, Report, StatedDate

AT = datetime(2025, 2, 1, 9, tzinfo=SHANGHAI)
REGISTRY = Agencies(
    [
        Agency("edu", "安丘市教育和体育局", AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu", aliases=("教体局",)),
        Agency("tax", "国家税务总局安丘市税务局", AgencyKind.VERTICAL_AGENCY, "370784", "anqiu"),
        Agency("town", "柘山镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT, "370784", "anqiu"),
        Agency("far", "高密市民政局", AgencyKind.LOCAL_DEPARTMENT, "370785", "gaomi"),
    ]
)
SCAN = ("edu", "tax", "town")
TITLED = "安丘市教育和体育局2024年政府信息公开工作年度报告"
SILENT = "2024年政府信息公开工作年度报告"


def report(name=None, year=None, **readings):
    named = {"title": name} if name else {}
    return ReadOutcome(
        Report(form="2021", title=None, agency_name=name, report_year=year, agency_readings=named | readings), None, ""
    )


def failed(reason):
    return ReadOutcome(None, reason, "")


def decided(reading, *, agency=None, year=None, title=SILENT, listed_on=None):
    capture = Capture(
        "a" * 64, "s1", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10,
        title=title, agency=agency, report_year=year, listed_on=listed_on,
    )  # fmt: skip
    attribution = attribute(capture, reading, SCAN, REGISTRY, parser_version="1")
    return _counted(attribution)


def _counted(attribution):
    return (
        [(read.agency, read.report_year, read.reason) for read in attribution.readings],
        [(dismissed.agency, dismissed.report_year, dismissed.reason) for dismissed in attribution.dismissals],
    )


COUNTS_FOR_EDU = ([("edu", 2024, None)], [])
NOBODY = ([], [])


@pytest.mark.parametrize(
    "reading",
    [
        report("安丘市教育和体育局", 2024),
        report("教体局", 2024),
        report(None, None),
        report("安丘市教育和体育局", 2023),
        report("安丘教体局", 2024),
        report("安丘市", 2024),
        report("安丘市税务局", 2024, signature="安丘市教育和体育局"),
        report("安丘市教育和体育局办公室", 2024),
    ],
    ids=["own name", "alias", "silent", "another year", "short name", "what is above", "signature", "office"],
)
def test_a_row_s_word_holds_unless_the_report_clearly_names_another(reading):
    assert decided(reading, agency="edu", year=2024) == COUNTS_FOR_EDU


@pytest.mark.parametrize(
    ("reading", "agency", "year", "expected"),
    [
        (report("安丘市教育和体育局", 2024), None, None, [("edu", 2024, None)]),
        (report("教体局", 2024), None, 2024, [("edu", 2024, None)]),
        (report("安丘市税务局", 2023), None, None, [("tax", 2023, None)]),
        (report("柘山镇", 2024), None, 2024, [("town", 2024, None)]),
        (report("年报", 2024, signature="安丘市柘山镇人民政府"), None, 2024, [("town", 2024, None)]),
        (report("安丘市教育和体育局", None), "edu", None, []),
        (report("安丘市教育和体育局", 2022), "edu", None, [("edu", 2022, None)]),
        (report("安丘市财政局", 2024), None, 2024, []),
        (report("高密市民政局", 2024), None, 2024, []),
        (report(None, 2024), None, 2024, []),
        (report("局", 2024), None, 2024, []),
        (report(None, 2024, trail="市教体局"), None, 2024, [("edu", 2024, None)]),
        (report(None, 2024, trail="教体局"), None, 2024, [("edu", 2024, None)]),
        (report(None, 2024, trail="柘山镇"), None, None, [("town", 2024, None)]),
        (report("安丘市财政局", 2024, trail="教体局"), None, 2024, []),
        (report(None, 2024, signature="高密市民政局", trail="教体局"), None, 2024, []),
        (report(None, 2024, trail="高密市民政局"), None, 2024, []),
        (report(None, 2024, trail="安丘市税务局"), "edu", 2024, [("edu", 2024, None)]),
    ],
)
def test_where_the_row_is_silent_the_report_says_whose_it_is(reading, agency, year, expected):
    assert decided(reading, agency=agency, year=year) == (expected, [])


def test_a_name_that_two_agencies_could_bear_is_nobody_s():
    agencies = Agencies(
        [
            Agency(key, name, AgencyKind.LOCAL_DEPARTMENT, "370784", "anqiu")
            for key, name in (("a", "安丘市教育局"), ("b", "高密市教育局"), ("c", "潍坊市教育局"))
        ]
    )

    assert [agencies.named(name, ("a", "b", "c")) for name in ("教育局", "高密市教育局", "教育局考试院")] == [
        None,
        "b",
        None,
    ]


def test_another_agency_s_report_in_an_agency_s_column_counts_for_that_other():
    assert decided(report("安丘市税务局", 2024), agency="edu", year=2024) == (
        [("tax", 2024, None)],
        [("edu", 2024, "other_agency")],
    )


def test_a_known_agency_that_the_scan_did_not_look_for_takes_the_row_away_and_gets_nothing():
    assert decided(report("高密市民政局", 2024), agency="edu", year=2024) == ([], [("edu", 2024, "other_agency")])


def test_a_name_that_nobody_bears_is_attributed_to_nobody_but_the_row_stays():
    assert decided(report("安丘市文化馆", 2024), agency="edu", year=2024) == NOBODY


def test_a_row_whose_title_names_the_agency_holds_whatever_the_report_says():
    assert decided(report("安丘市税务局", 2024), agency="edu", year=2024, title=TITLED) == COUNTS_FOR_EDU


@pytest.mark.parametrize("reason", ["unsupported", "encrypted", "parser_failed", "truncated"])
def test_what_we_cannot_read_counts_where_the_row_says_whose_it_is(reason):
    assert decided(failed(reason), agency="edu", year=2024) == ([("edu", 2024, reason)], [])
    assert decided(failed(reason), agency="edu") == decided(failed(reason), year=2024) == NOBODY


@pytest.mark.parametrize("title", [TITLED, SILENT])
def test_a_row_that_promises_the_report_and_shows_none_is_ours_to_read(title):
    assert decided(failed("not_a_report"), agency="edu", year=2024, title=title) == (
        [("edu", 2024, "not_a_report")],
        [],
    )


@pytest.mark.parametrize("title", ["2024年工作要点", "2023年政府信息公开工作年度报告", "安丘市财政局" + SILENT, ""])
def test_a_row_that_promises_something_else_and_shows_no_report_is_no_evidence(title):
    assert decided(failed("not_a_report"), agency="edu", year=2024, title=title) == (
        [],
        [("edu", 2024, "not_a_report")],
    )


HEALTH = Agencies(
    [
        Agency("wj", "青岚县卫生健康委员会", AgencyKind.LOCAL_DEPARTMENT, "990123", "qinglan"),
        Agency("zj", "青岚县住房和城乡建设局", AgencyKind.LOCAL_DEPARTMENT, "990123", "qinglan"),
        Agency("zone", "鄂湖市北岸生态示范区管理委员会", AgencyKind.DEVELOPMENT_ZONE, "990123", "qinglan"),
        Agency("other", "红旗县卫生健康委员会", AgencyKind.LOCAL_DEPARTMENT, "990124", "hongqi"),
    ]
)


def doubted(reading, *, title=SILENT, agency=None, year=2024, among=("wj", "zj", "zone")):
    capture = Capture(
        "a" * 64, "s1", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10,
        title=title, agency=agency, report_year=year,
    )  # fmt: skip
    return attribute(capture, reading, among, HEALTH, parser_version="1")


@pytest.mark.parametrize(
    ("reading", "title"),
    [
        (report("县卫健委", 2024), "县卫健委" + SILENT),
        (report("卫健委", 2024, signature="青岚县卫生健康委员会"), "县卫健委" + SILENT),
        (report("青岚县卫健委", 2024), "青岚县卫生健…"),
        (report(None, 2024), "县卫健委" + SILENT),
    ],
)
def test_a_usual_short_name_that_fits_one_agency_is_that_agencys(reading, title):
    assert _counted(doubted(reading, title=title)) == ([("wj", 2024, None)], [])


@pytest.mark.parametrize("behind", ["、青岚县爱国卫生办公室", "青岚县爱国卫生办公室", "机关", "本级", "部门"])
def test_a_report_that_names_an_agency_beside_others_or_with_a_word_for_itself_is_that_agencys(behind):
    name = f"青岚县卫生健康委员会{behind}"

    assert _counted(doubted(report(name, 2024), title=name + SILENT)) == ([("wj", 2024, None)], [])


def test_a_branchs_report_is_not_its_agencys():
    name = "青岚县卫生健康委员会监督所"

    attribution = doubted(report(name, 2024), title=name + SILENT)

    assert (_counted(attribution), attribution.may_be) == (NOBODY, set())


@pytest.mark.parametrize(
    ("reading", "title", "may_be"),
    [
        (failed("unsupported"), "县卫健委" + SILENT, {"wj"}),
        (failed("not_a_report"), "县卫健委" + SILENT, {"wj"}),
        (failed("unsupported"), SILENT, {"wj", "zj", "zone"}),
        (failed("unsupported"), "县卫健委2024年年报", {"wj"}),
        (failed("not_a_report"), "县卫健委2024年年报", set()),
        (failed("not_a_report"), "青岚县卫生健康委员会2024年度政府信息主动公开情况年报", {"wj"}),
        (failed("unsupported"), "青岚县卫生健康委员会2024年部门决算报告", set()),
        (failed("not_a_report"), SILENT, set()),
        (failed("unsupported"), "青岚县卫生健康委员会2024年政府信息公开工作…", {"wj"}),
        (report("青岚卫委", 2024), "卫委" + SILENT, {"wj"}),
        (report("鄂湖市人民政府办公室", 2024), SILENT, set()),
        (report("鄂湖市人民政府", 2024), SILENT, set()),
        (report("红旗县卫生健康委员会", 2024), SILENT, set()),
        (report("青岚县气象局", 2024), SILENT, set()),
    ],
)
def test_what_nobody_owns_may_be_of_those_only_whom_its_names_fit(reading, title, may_be):
    attribution = doubted(reading, title=title)

    assert (_counted(attribution), attribution.may_be) == (NOBODY, may_be)


def test_an_agencys_row_without_a_year_that_cannot_be_read_may_be_of_any_year():
    attribution = doubted(
        failed("unsupported"), title="青岚县卫生健康委员会政府信息公开工作年度报告", agency="wj", year=None
    )

    assert (attribution.may_be, attribution.report_year) == ({"wj"}, None)


MANY = "安丘市各部门2024年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("title", "may_be"), [(MANY, set(SCAN)), ("2024年工作要点", set()), ("2024年政府信息公开工作年度报告", set())]
)
def test_a_page_that_announces_many_reports_and_holds_none_leaves_every_absence_open(title, may_be):
    capture = Capture(
        "a" * 64, "s1", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10,
        title=title, agency=None, report_year=2024,
    )  # fmt: skip

    found = attribute(capture, failed("not_a_report"), SCAN, REGISTRY, parser_version="1")

    assert (set(found.may_be), found.readings) == (may_be, ())


@pytest.mark.parametrize(
    ("period", "counted", "may_be"),
    [
        ((date(2024, 1, 1), date(2024, 12, 31)), ([("wj", 2024, None)], []), set()),
        ((date(2025, 1, 1), date(2025, 12, 31)), NOBODY, {"wj"}),
        (None, NOBODY, {"wj"}),
    ],
)
def test_a_year_that_had_not_ended_when_the_row_came_is_not_the_reports(period, counted, may_be):
    name = "青岚县卫生健康委员会"
    capture = Capture(
        "a" * 64, "s1", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10,
        title=f"{name}2025年政府信息公开工作年度报告", listed_on=date(2025, 1, 14), agency="wj", report_year=None,
    )  # fmt: skip
    read = ReadOutcome(
        Report(
            form="2021", title=None, agency_name=name, report_year=2025, agency_readings={"title": name}, period=period
        ),
        None,
        "",
    )

    found = attribute(capture, read, ("wj", "zj"), HEALTH, parser_version="1")

    assert (_counted(found), found.may_be) == (counted, may_be)


def of_year(titled, covered, published=None):
    period = (date(covered, 1, 1), date(covered, 12, 31))
    dates = (StatedDate(published, DateSource.META_PUBDATE),) if published else ()
    name = "安丘市教育和体育局"
    report = Report(form="2021", title=None, agency_name=name, report_year=titled, period=period, dates=dates)
    return ReadOutcome(replace(report, agency_readings={"title": name}), None, "")


@pytest.mark.parametrize(
    ("reading", "row_year", "listed_on", "expected"),
    [
        (of_year(2024, 2024), None, date(2024, 1, 20), None),
        (of_year(2024, 2023), None, date(2024, 1, 20), 2023),
        (of_year(2023, 2024), None, date(2025, 1, 20), 2024),
        (of_year(2024, 2023, date(2024, 1, 20)), 2024, None, 2023),
        (of_year(2024, 2024, date(2024, 1, 20)), 2024, None, 2024),
        (of_year(2024, 2023, date(2025, 1, 20)), 2024, None, 2024),
    ],
    ids=["both or the date", "title's slip", "last year's title", "its own day", "its own day's slip", "period's slip"],
)
def test_of_title_date_and_period_the_two_that_agree_say_the_year(reading, row_year, listed_on, expected):
    title = f"安丘市教育和体育局{reading.report.report_year}年政府信息公开工作年度报告"
    counted, dismissed = decided(reading, agency="edu", year=row_year, title=title, listed_on=listed_on)

    assert counted == ([("edu", expected, None)] if expected else [])
    assert dismissed == ([("edu", row_year, "other_year")] if row_year not in {None, expected} else [])


@pytest.mark.parametrize(
    ("printed", "may_be"),
    [
        ("安丘市教育和体育局、水利局", {"edu"}),
        ("安丘市教育和体育局水利局", {"edu"}),
        ("国家税务总局安丘市税务局稽查局", set()),
    ],
)
def test_a_report_that_begins_with_an_agencys_name_and_goes_on_with_a_bureaus_may_be_its(printed, may_be):
    capture = Capture(
        "a" * 64, "s1", "http://127.0.0.1/1", "http://127.0.0.1/1", 200, "text/html", AT, 10,
        title=f"{printed}2024年政府信息公开工作年度报告", report_year=2024,
    )  # fmt: skip
    found = attribute(capture, report(printed, 2024), SCAN, REGISTRY, parser_version="1")

    assert found.may_be | {read.agency for read in found.readings} == may_be
