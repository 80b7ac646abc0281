"""What a list row is: whose report, of which year, and whether it is to be fetched."""

from datetime import date

import pytest

from crawler.links import is_control, is_wanted, owners_of, read_row, without_slips_of_year, years_meant
from crawler.pages import read_page
from crawler.rows import list_rows, read_rows
from storage.records import Agency, AgencyKind, Candidate

URL = "http://www.example.gov.cn/nb/t20250120_1.html"
YEARS = frozenset({2023, 2024})


def agency(key, name, *aliases):
    return Agency(key, name, AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu", aliases=aliases)


FINANCE = agency("cz", "澄湖县财政局")
CIVIL = agency("mz", "澄湖县民政局", "澄湖县民政和老龄局")
BOTH = (FINANCE, CIVIL)


def read(title, agencies=BOTH, *, listed_on=None, is_in_list=True):
    return read_row(title, URL, listed_on, scan="s", agencies=agencies, is_in_list=is_in_list)


def test_a_row_becomes_a_candidate_with_agency_and_year():
    reading = read("澄湖县财政局2024年政府信息公开工作年度报告", listed_on=date(2025, 1, 20))

    assert reading.candidate == Candidate(
        scan="s",
        title="澄湖县财政局2024年政府信息公开工作年度报告",
        url=URL,
        listed_on=date(2025, 1, 20),
        agency="cz",
        report_year=2024,
    )


@pytest.mark.parametrize(
    ("title", "owner", "year"),
    [
        ("澄湖县民政和老龄局2023年度政府信息公开工作年度报告", "mz", 2023),
        ("财政局2024年政府信息公开年度报告", "cz", 2024),
        ("澄湖县气象局2024年政府信息公开工作年度报告", None, 2024),
        ("澄湖县人民政府办公室2024年政府信息公开工作年度报告", None, 2024),
        ("2024年政府信息公开工作年度报告", None, 2024),
    ],
)
def test_a_title_decides_whose_report_a_row_of_a_shared_column_is(title, owner, year):
    candidate = read(title).candidate

    assert (candidate.agency, candidate.report_year) == (owner, year)


def test_a_bare_title_in_one_agencys_own_list_is_that_agencys():
    assert read("2024年政府信息公开工作年度报告", (FINANCE,)).candidate.agency == "cz"


def test_a_bare_title_beside_the_list_is_nobodys():
    assert read("2024年政府信息公开工作年度报告", (FINANCE,), is_in_list=False).candidate.agency is None


def test_a_title_that_names_another_agency_is_never_given_to_the_columns_only_one():
    reading = read("鄂湖市人民政府办公室2024年政府信息公开工作年度报告", (FINANCE,))

    assert (reading.candidate.agency, reading.names_other) == (None, True)


@pytest.mark.parametrize(
    "title",
    [
        "全县政务公开培训会召开",
        "澄湖县财政局2024年部门决算",
        "2024年法治政府建设年度报告",
        "澄湖县政府网站工作年度报表（2024年度）",
    ],
)
def test_other_pages_are_no_candidates(title):
    assert read(title) is None


def test_a_name_that_could_be_two_agencies_is_neither():
    twins = (agency("a", "甲县教育局"), agency("b", "乙县教育局"))

    assert owners_of("教育局", twins) == ("a", "b")
    assert owners_of("乙县教育局", twins) == ("b",)
    reading = read("教育局2024年政府信息公开工作年度报告", twins)
    assert (reading.candidate.agency, reading.names_other, is_wanted(reading, YEARS)) == (None, False, True)


@pytest.mark.parametrize(
    ("title", "listed_on", "is_fetched"),
    [
        ("澄湖县财政局2024年政府信息公开工作年度报告", None, True),
        ("澄湖县财政局2023年政府信息公开工作年度报告", None, True),
        ("澄湖县财政局2022年政府信息公开工作年度报告", date(2025, 1, 20), False),
        ("澄湖县气象局2024年政府信息公开工作年度报告", None, False),
        ("2024年政府信息公开工作年度报告", None, True),
        ("澄湖县财政局政府信息公开工作年度报告", None, True),
        ("澄湖县财政局政府信息公开工作年度报告", date(2025, 1, 20), True),
        ("澄湖县财政局政府信息公开工作年度报告", date(2019, 1, 20), False),
    ],
)
def test_reports_of_wanted_years_are_fetched_and_those_that_do_not_say(title, listed_on, is_fetched):
    assert is_wanted(read(title, listed_on=listed_on), YEARS) is is_fetched


@pytest.mark.parametrize(
    ("title", "is_one"),
    [
        ("澄湖县气象局2019年政府信息公开工作年度报告", True),
        ("2024年政府信息公开工作年度报告", False),
        ("澄湖县财政局政府信息公开工作年度报告", False),
    ],
)
def test_a_control_names_an_agency_and_a_year(title, is_one):
    assert is_control(read(title)) is is_one


WIDE = (
    agency("zj", "青岚县住房和城乡建设局"),
    agency("wj", "青岚县卫生健康委员会"),
    agency("mz", "青岚县民政局"),
    agency("lh", "青岚县柳河镇人民政府"),
    agency("zf", "青岚县综合行政执法局"),
)
EVERYBODY = {"zj", "wj", "mz", "lh", "zf"}


@pytest.mark.parametrize(
    ("title", "may_be", "year"),
    [
        ("青岚县住房和城乡建设局2024年政府信息公开工作…", {"zj"}, 2024),
        ("青岚县住房和城乡建设局2024年政府信息公开...", {"zj"}, 2024),
        ("青岚县住房和城乡建设局2024年政府信息公开工…", {"zj"}, 2024),
        ("青岚县住房和城乡建设局政府信息公开工作2024年···", {"zj"}, 2024),
        ("青岚县住房和城乡建设局2024年政府信息公开工作", {"zj"}, 2024),
        ("青岚县住房和城乡建设局2024年政…", {"zj"}, 2024),
        ("青岚县住房和城乡建设局20…", {"zj"}, None),
        ("青岚县住房和城…", {"zj"}, None),
        ("2024年青岚县住房和城…", {"zj"}, 2024),
        ("2024年青岚县民政局政府信…", {"mz"}, 2024),
        ("2024年柳河镇人民政…", {"lh"}, 2024),
        ("柳河镇2024年政府信息公开…", {"lh"}, 2024),
        ("2024年政府信息公开工作…", EVERYBODY, 2024),
        ("2024年…", EVERYBODY, 2024),
        ("青岚县综合行政执法局2024年政…", {"zf"}, 2024),
        ("2024年青岚县综合行政执法…", {"zf"}, 2024),
        ("县卫健委2024年政府信…", {"wj"}, 2024),
        ("县卫健委2024年政府信息公开工作年度报告", {"wj"}, 2024),
        ("住建局2024年政府信息公开工作年度报告", {"zj"}, 2024),
        ("青岚住建局2024年政府信息公开工作年度报告", {"zj"}, 2024),
    ],
)
def test_a_row_that_is_cut_or_short_may_be_some_agencys_and_is_fetched(title, may_be, year):
    reading = read(title, WIDE)

    assert (reading.candidate.agency, reading.candidate.report_year, reading.may_be) == (None, year, may_be)
    assert (is_wanted(reading, YEARS), reading.names_other) == (True, False)


@pytest.mark.parametrize(
    "title",
    [
        "青岚县民政局2024年法治政府建设年度…",
        "青岚县民政局2024年部门决…",
        "图解：青岚县民政局2024年政府信…",
        "青岚县政府网站2024年工作年度报…",
        "青岚县民政局2024年政府信息公开工作要点…",
        "关于做好2024年政府信息公开…",
        "红旗县民政局2024年政府…",
        "2024年青岚县经济…",
        "全县召开政府信息…",
        "青岚县…",
        "2024年政府信息公开",
        "政府信息公开",
        "…",
    ],
)
def test_a_cut_row_that_says_it_is_something_else_or_somebody_elses_is_no_candidate(title):
    assert read(title, WIDE) is None


def test_a_row_cut_within_its_last_words_says_as_much_as_a_whole_one():
    reading = read("青岚县民政局2024年政府信息公开工作年…", WIDE)

    assert (reading.candidate.agency, reading.candidate.report_year, is_control(reading)) == ("mz", 2024, True)


def test_a_cut_row_is_no_control():
    assert not is_control(read("青岚县民政局2024年政府信息公开工作…", WIDE))


@pytest.mark.parametrize(
    "name", ["青岚县气象局", "平川市卫健委", "红旗县住建局", "石梁镇人民政府", "平川市人民政府", "平川市人民政府办公室"]
)
def test_a_report_of_somebody_else_is_not_fetched(name):
    reading = read(f"{name}2024年政府信息公开工作年度报告", WIDE)

    assert (reading.names_other, reading.may_be, is_wanted(reading, YEARS)) == (True, frozenset(), False)


@pytest.mark.parametrize(
    "name",
    [
        "青岚县民政局、青岚县老龄工作办公室",
        "青岚县民政局 青岚县老龄工作办公室",
        "青岚县民政局本级",
        "青岚县民政局机关",
        "青岚县民政局单位",
        "青岚县民政局系统",
        "青岚县民政局救助站",
    ],
)
def test_a_report_whose_title_holds_an_agencys_whole_name_may_be_that_agencys_and_is_no_control(name):
    reading = read(f"{name}2024年政府信息公开工作年度报告", WIDE)

    assert (reading.candidate.agency, reading.may_be, reading.names_other) == (None, {"mz"}, False)
    assert (is_wanted(reading, YEARS), is_control(reading)) == (True, False)


def test_a_longer_name_of_the_registry_is_not_the_shorter_ones():
    both = (*WIDE, agency("jz", "青岚县民政局救助站"))

    assert read("青岚县民政局救助站2024年政府信息公开工作年度报告", both).may_be == {"jz"}
    assert read("青岚县民政局救助站机关2024年政府信息公开工作年度报告", both).may_be == {"jz"}


def test_what_stands_beside_a_governments_name_is_another_body():
    reading = read("青岚县柳河镇人民政府便民服务中心2024年政府信息公开工作年度报告", WIDE)

    assert (reading.may_be, reading.names_other) == (frozenset(), True)


@pytest.mark.parametrize(
    "title",
    [
        "民政局2024年年报",
        "2024年民政局年报",
        "青岚县民政局2024年年度报告",
        "青岚县民政局2024年度政府信息主动公开情况年报",
    ],
)
def test_a_row_with_agency_and_year_that_does_not_say_what_it_reports_on_is_looked_at(title):
    reading = read(title, WIDE)

    assert (reading.candidate.agency, reading.candidate.report_year, reading.may_be) == (None, 2024, {"mz"})
    assert (is_wanted(reading, YEARS), is_control(reading)) == (True, False)
    assert read(title, WIDE, is_in_list=False) is None


@pytest.mark.parametrize(
    "title",
    [
        "青岚县民政局2024年政府信息公开工作年度报告（含图解）",
        "青岚县民政局2024年政府信息公开工作年度报告（勘误版）",
        "青岚县民政局2024年政府信息公开工作年度报告（更正说明附后）",
        "【政府网站】青岚县民政局2024年政府信息公开工作年度报告",
        "青岚县民政局2024年政府信息公开工作年度报告-青岚县政府门户网站",
        "青岚县民政局2024年政府信息公开工作年度报告 浏览：12次 来源：县政府网站",
        "青岚县民政局2024年第四季度暨全年政府信息公开工作年度报告",
        "青岚县民政局2024年政府信息公开和政府网站工作年度报告",
        "青岚县民政局2024年推进法治政府建设和政府信息公开工作年度报告",
        "青岚县民政局2024年政府信息公开工作年度报告及落实情况",
        "青岚县民政局关于报送2024年政府信息公开工作年度报告的函",
        "青岚县民政局关于2024年度政府信息公开工作情况的公告",
        "青岚县民政局2024年政府信息公开工作汇报",
    ],
)
def test_a_row_whose_title_reads_like_another_page_and_may_be_the_report_is_looked_at(title):
    reading = read(title, WIDE)

    assert (reading.candidate.agency, reading.candidate.report_year, reading.may_be) == (None, 2024, {"mz"})
    assert (is_wanted(reading, YEARS), is_control(reading)) == (True, False)


@pytest.mark.parametrize(
    "title",
    [
        "青岚县民政局2024年政府信息公开工作年度报告（解读）",
        "【图解】青岚县民政局2024年政府信息公开工作年度报告",
        "一图读懂青岚县民政局2024年政府信息公开工作年度报告",
        "青岚县民政局2024年政府信息公开工作年度报告勘误",
        "青岚县民政局2024年第一季度政府信息公开工作报告",
        "青岚县民政局关于报送2024年政府信息公开工作年度报告的通知",
        "青岚县民政局关于2024年政府信息公开指南的公告",
        "青岚县民政局2024年政务公开工作要点和实施方案",
        "青岚县民政局2024年部门决算报告",
        "青岚县民政局2024年法治政府建设情况报告",
        "青岚县气象局2024年年报",
        "青岚县民政局年报",
        "青岚县民政局2024年招聘公告",
    ],
)
def test_a_row_that_says_something_else_is_not_looked_at(title):
    assert read(title, WIDE) is None


@pytest.mark.parametrize(
    ("listed_on", "year"),
    [(date(2025, 1, 14), None), (date(2025, 12, 30), 2025), (date(2026, 1, 14), 2025), (None, 2025)],
)
def test_a_year_that_had_not_ended_when_the_row_came_is_none(listed_on, year):
    reading = read("青岚县民政局2025年政府信息公开工作年度报告", WIDE, listed_on=listed_on)

    assert (reading.candidate.agency, reading.candidate.report_year) == ("mz", year)
    assert is_wanted(reading, frozenset({2024})) is (year is None)


def test_a_doubtful_row_is_left_where_those_it_may_be_of_have_rows_of_their_own():
    reading = read("县卫健委2024年政府信息公开工作年度报告", WIDE)

    assert is_wanted(reading, YEARS, frozenset({("wj", 2023), ("mz", 2024)}))
    assert not is_wanted(reading, YEARS, frozenset({("wj", 2024)}))


def test_a_row_without_a_year_can_be_about_those_that_had_ended_when_it_came():
    assert years_meant(None, None, (2023, 2024)) == {2023, 2024}
    assert years_meant(None, date(2024, 5, 1), (2023, 2024)) == {2023}
    assert years_meant(2024, date(2024, 5, 1), (2023, 2024)) == {2024}
    assert years_meant(2022, None, (2023, 2024)) == frozenset()


def test_a_row_with_the_years_title_and_a_date_within_it_may_be_of_that_year():
    title = "青岚县民政局2024年政府信息公开工作年度报告"

    assert years_meant(None, date(2024, 1, 20), (2023, 2024), title=title) == {2023, 2024}
    assert is_wanted(read(title, WIDE, listed_on=date(2024, 1, 20)), frozenset({2024}))


def test_a_second_row_of_a_year_that_came_a_year_late_does_not_say_its_year():
    rows = [
        read("青岚县民政局2023年政府信息公开工作年度报告", WIDE, listed_on=day)
        for day in (date(2025, 1, 15), date(2024, 1, 15))
    ]
    alone = [read("青岚县民政局2023年政府信息公开工作年度报告", WIDE, listed_on=date(2025, 1, 15))]

    assert [row.candidate.report_year for row in without_slips_of_year(rows)] == [None, 2023]
    assert [row.candidate.report_year for row in without_slips_of_year(alone)] == [2023]


def test_a_year_that_had_not_ended_when_a_row_without_a_date_was_seen_is_none():
    title = "澄湖县财政局2025年政府信息公开工作年度报告"
    seen = [
        read_row(title, URL, None, scan="s", agencies=BOTH, is_in_list=True, today=day)
        for day in (date(2025, 2, 3), date(2026, 2, 3))
    ]

    assert [row.candidate.report_year for row in seen if row] == [None, 2025]


def test_a_joint_title_may_be_of_each_agency_that_it_names_in_short_or_whole():
    both = (agency("wl", "辛县文化和旅游局"), agency("gd", "辛县广播电视局"))
    reading = read("辛县文化和旅游局 广播电视局2024年政府信息公开工作年度报告", both)

    assert (reading.may_be, reading.names_other) == ({"wl", "gd"}, False)


AREA = (
    Agency("szf", "青岚市人民政府", AgencyKind.CITY_GOVERNMENT, "990100", "chenghu"),
    Agency("bgs", "青岚市人民政府办公室", AgencyKind.LOCAL_DEPARTMENT, "990100", "chenghu"),
    Agency("zhen", "柳河镇人民政府", AgencyKind.TOWNSHIP_GOVERNMENT, "990100101", "chenghu"),
    Agency("bu", "青岚市民政局", AgencyKind.LOCAL_DEPARTMENT, "990100", "chenghu"),
)


@pytest.mark.parametrize(
    ("title", "owner", "is_others"),
    [
        ("2024年全市政府信息公开工作年度报告", "szf", False),
        ("本市2024年政府信息公开工作年度报告", "szf", False),
        ("青岚市2024年政府信息公开工作年度报告", "szf", False),
        ("青岚市人民政府办公室2024年政府信息公开工作年度报告", "bgs", False),
        ("青岚市人民政府办公室关于印发青岚市2024年政府信息公开工作年度报告的通知", "szf", False),
        ("全镇2024年政府信息公开工作年度报告", "zhen", False),
        ("2024年全省政府信息公开工作年度报告", None, True),
    ],
)
def test_a_summary_is_the_governments_and_never_its_offices(title, owner, is_others):
    reading = read(title, AREA)

    assert (reading.candidate.agency, reading.names_other) == (owner, is_others)


@pytest.mark.parametrize("office", ["政府信息公开办公室", "人民政府政务公开办公室", "政府信息与政务公开办公室"])
def test_an_office_of_disclosure_may_report_for_its_government_or_that_ones_office(office):
    reading = read(f"青岚市{office}2024年政府信息公开工作年度报告", AREA)
    foreign = read(f"平川市{office}2024年政府信息公开工作年度报告", AREA)

    assert (reading.candidate.agency, reading.may_be, reading.names_other) == (None, {"szf", "bgs"}, False)
    assert (foreign.may_be, foreign.names_other) == (frozenset(), True)


def test_a_bundle_in_the_list_may_be_anybodys_and_is_fetched_where_somebody_has_no_row_of_his_own():
    reading = read("青岚市各部门2024年政府信息公开工作年度报告", AREA)
    everybody = frozenset(agency.id for agency in AREA)

    assert (reading.candidate.agency, reading.names_other, reading.may_be) == (None, False, everybody)
    assert is_wanted(reading, YEARS, frozenset({("bu", 2024)}))
    assert not is_wanted(reading, YEARS, frozenset((key, 2024) for key in everybody))


def test_a_bundle_beside_the_list_is_a_menu_item():
    assert read("青岚市各部门2024年政府信息公开工作年度报告", AREA, is_in_list=False) is None


ENGEBEI = (Agency("egb", "鄂尔多斯市恩格贝生态示范区管理委员会", AgencyKind.DEVELOPMENT_ZONE, "150621", "egb"),)


@pytest.mark.shared
def test_of_the_real_column_of_engebei_no_row_is_its_own(shared):
    page = read_page((shared / "portal_samples" / "trs_ordos_engebei_xxgknb_index.html").read_bytes(), URL)
    readings = [read(row.title, ENGEBEI) for row in list_rows(read_rows(page), URL)]
    reports = [reading for reading in readings if reading is not None]

    assert (len(readings), len(reports)) == (10, 4)
    assert all(reading.names_other and not reading.may_be for reading in reports)
    assert {reading.candidate.report_year for reading in reports} == {2018, 2019}
    assert all(is_control(reading) for reading in reports)
