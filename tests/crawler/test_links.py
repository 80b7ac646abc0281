"""What a list row is: whose report, of which year, and whether it is to be fetched."""

from datetime import date

import pytest

from crawler.links import is_control, is_wanted, owners_of, read_row
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
