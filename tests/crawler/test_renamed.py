"""Names that nobody in the registry bears: an agency's new name, or its own misspelt."""

import pytest

from crawler.links import is_control, read_row
from crawler.renamed import may_be_renamed, with_renamed
from storage.records import Agency, AgencyKind

WATER, FINANCE, WORKS = (
    Agency(key, name, AgencyKind.LOCAL_DEPARTMENT, "990123", "chenghu")
    for key, name in (("sl", "澄湖县水利局"), ("cz", "澄湖县财政局"), ("sw", "澄湖县水务局"))
)


@pytest.mark.parametrize("printed", ["澄湖县水务局", "澄湖县水利和湖泊局", "澄湖县水力局", "水务局", "澄湖市水利局"])
def test_a_name_of_the_same_place_and_kind_that_begins_alike_may_be_the_agencys(printed):
    assert may_be_renamed(printed, WATER.name)


@pytest.mark.parametrize(
    "printed", ["澄湖县气象局", "红旗县水务局", "澄湖县水文站", "澄湖县人民政府办公室", "澄湖县水口镇人民政府"]
)
def test_a_name_of_another_place_or_kind_is_another_agencys(printed):
    assert not may_be_renamed(printed, WATER.name)


@pytest.mark.parametrize(
    ("registry", "owners", "serves"), [((WATER, FINANCE), {"sl"}, False), ((WATER, FINANCE, WORKS), set(), True)]
)
def test_a_row_of_a_name_that_nobody_bears_is_doubted_and_no_control(registry, owners, serves):
    title = "澄湖县水务局2024年政府信息公开工作年度报告"
    row = read_row(title, "http://www.example.gov.cn/1.html", None, scan="s", agencies=(WATER,), is_in_list=True)
    rows, renamed = with_renamed([row], (WATER,), registry)

    assert {owner for reading in renamed for owner in reading.may_be} == owners
    assert [is_control(reading) for reading in rows] == [serves]
