"""The registry's files: read whole, or refused with every fault in them at once."""

from __future__ import annotations

import codecs
from datetime import date

import pytest

from storage.agency_table import COLUMNS, agency_cells, write_agency_table
from storage.errors import RegistryError
from storage.records import Agency, AgencyKind, Portal, Registry, Waiver
from storage.registry import read_registry

HEADER = ",".join(COLUMNS)
PORTALS = """\
[anqiu]
name = "安丘市人民政府"
base_url = "http://www.anqiu.gov.cn/"
hosts = ["zwgk.anqiu.gov.cn", "[::1]:8081"]
family = "trs"
columns = ["http://www.anqiu.gov.cn/zfxxgknb/"]
delay = 5

[wuchang]
name = "五常市人民政府"
base_url = "http://127.0.0.1:8002/"
"""
HUIQU = "huiqu,安丘市辉渠镇人民政府,township_government,370784102,anqiu"
AGENCIES = f"""\
{HEADER}
{HUIQU},http://zwgk.anqiu.gov.cn/hq/#nb,辉渠镇|辉渠镇政府 |辉渠镇,city,,,02-20,"安政办发〔2021〕1号，
第三条"
city,安丘市人民政府,county_government,370784,anqiu,,,,2008-05-01,2030-12-31,,
,,,,,,,,,,,
minyi,五常市民意乡人民政府,township_government,230184200,wuchang,http://127.0.0.1:8002/nb/,,,,,,
"""
WAIVERS = """\
[[waiver]]
agency = "minyi"
year = 2024
rule = "late"
reason = "洪灾"
by = "张三"
until = 2025-06-30

[[waiver]]
agency = "city"
year = 2020
rule = "*"
reason = "改革"
by = "李四"
"""
REGISTRY = Registry(
    agencies=(
        Agency(
            id="huiqu",
            name="安丘市辉渠镇人民政府",
            kind=AgencyKind.TOWNSHIP_GOVERNMENT,
            region="370784102",
            portal="anqiu",
            column_url="http://zwgk.anqiu.gov.cn/hq/#nb",
            aliases=("辉渠镇", "辉渠镇政府"),
            parent="city",
            due=(2, 20),
            due_basis="安政办发〔2021〕1号，\n第三条",
        ),
        Agency(
            id="city",
            name="安丘市人民政府",
            kind=AgencyKind.COUNTY_GOVERNMENT,
            region="370784",
            portal="anqiu",
            active_from=date(2008, 5, 1),
            active_to=date(2030, 12, 31),
        ),
        Agency(
            id="minyi",
            name="五常市民意乡人民政府",
            kind=AgencyKind.TOWNSHIP_GOVERNMENT,
            region="230184200",
            portal="wuchang",
            column_url="http://127.0.0.1:8002/nb/",
        ),
    ),
    portals=(
        Portal(
            id="anqiu",
            name="安丘市人民政府",
            base_url="http://www.anqiu.gov.cn/",
            hosts=(
                "www.anqiu.gov.cn:80",
                "www.anqiu.gov.cn:443",
                "zwgk.anqiu.gov.cn:80",
                "zwgk.anqiu.gov.cn:443",
                "[::1]:8081",
            ),
            family="trs",
            columns=("http://www.anqiu.gov.cn/zfxxgknb/",),
            delay=5.0,
        ),
        Portal(id="wuchang", name="五常市人民政府", base_url="http://127.0.0.1:8002/", hosts=("127.0.0.1:8002",)),
    ),
    waivers=(
        Waiver("minyi", 2024, "late", "洪灾", "张三", date(2025, 6, 30)),
        Waiver("city", 2020, "*", "改革", "李四", None),
    ),
)


def _folder(tmp_path, agencies=AGENCIES, portals=PORTALS, waivers="", dropped=None):
    texts = {"agencies.csv": agencies, "portals.toml": portals, "waivers.toml": waivers, "dropped.csv": dropped}
    for name, text in texts.items():
        if text is not None:
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path


def _faults(folder, language="en"):
    with pytest.raises(RegistryError) as caught:
        read_registry(folder, language)
    return [(fault.path.name, fault.line, fault.column, fault.expected) for fault in caught.value.faults]


def _places(folder):
    return [place[:3] for place in _faults(folder)]


def _rows(*rows):
    """Rows that fill the first columns, as the text of `agencies.csv`."""
    padded = (row + "," * (len(COLUMNS) - 1 - row.count(",")) for row in rows)
    return "\n".join((HEADER, *padded)) + "\n"


def test_a_registry_in_order_is_read_whole(tmp_path):
    assert read_registry(_folder(tmp_path, waivers=WAIVERS)) == REGISTRY


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path):
    agencies = codecs.BOM_UTF8 + AGENCIES.replace("，\n", "，").replace("\n", "\r\n").encode()
    portals = codecs.BOM_UTF8 + PORTALS.replace("\n", "\r\n").encode()

    assert read_registry(_folder(tmp_path, agencies, portals)).portals == REGISTRY.portals


def test_waivers_may_be_absent_but_agencies_and_portals_may_not(tmp_path):
    assert read_registry(_folder(tmp_path, waivers=None)).waivers == ()

    assert _places(tmp_path / "nowhere") == [("agencies.csv", 1, "*"), ("portals.toml", 1, "*")]


def test_the_columns_may_stand_in_any_order_and_the_optional_ones_be_left_out(tmp_path):
    agencies = "portal,region,kind,name,id\nwuchang,230184200,township_government,五常市民意乡人民政府,minyi\n"

    agency = read_registry(_folder(tmp_path, agencies)).agencies[0]

    assert agency_cells(agency) == {**agency_cells(REGISTRY.agencies[2]), "column_url": ""}


def test_what_is_written_is_what_was_read(tmp_path):
    text = write_agency_table(REGISTRY.agencies, COLUMNS)

    assert read_registry(_folder(tmp_path, text)).agencies == REGISTRY.agencies


FAULTY_AGENCIES = f"""\
{HEADER},extra
a1,甲局,local_department,230523,anqiu,http://zwgk.anqiu.gov.cn/x,,a2,,,,,
a2,"乙
局",town,23052,nowhere,ftp://x,,a1,2024-13-01,,,,
a1,甲局,local_department,230523,anqiu,https://other.cn/,,zz,2024-02-01,2023-01-01,02-30,basis,
a4,丙局,local_department,２３０５２３,anqiu,,,a5,2024-2-1,,01-31,,
a5,short,row
,丁局,local_department,230523,anqiu,,,,,,,basis,
"a6"x,戊局
a7 a,己局,local_department,230523,anqiu,,,a7 a,,,2-1,basis,
"""
FAULTY_PORTALS = """\
top = 1
[anqiu]
name = "安丘"
base_url = "http://www.anqiu.gov.cn/"
hosts = ["zwgk.anqiu.gov.cn"]
colums = []
columns = [
  "http://off.cn/",
]
delay = -1
["b c"]
base_url = "http://127.1/"
delay = true
hosts = ["*.x"]
family = ""
columns = "http://b/"
"""
FAULTY_WAIVERS = """\
[[waiver]]
agency = "nobody"
year = "2024"
rule = ""
reason = 1
until = 2024-01-01T00:00:00
[[waivers]]
agency = "a1"
"""


def test_every_fault_of_every_file_is_named_at_once(tmp_path):
    places = _places(_folder(tmp_path, FAULTY_AGENCIES, FAULTY_PORTALS, FAULTY_WAIVERS))

    assert sorted(places) == sorted(
        [
            ("agencies.csv", 1, "extra"),
            ("agencies.csv", 2, "parent"),
            ("agencies.csv", 3, "name"),
            ("agencies.csv", 3, "kind"),
            ("agencies.csv", 3, "region"),
            ("agencies.csv", 3, "portal"),
            ("agencies.csv", 3, "column_url"),
            ("agencies.csv", 3, "active_from"),
            ("agencies.csv", 5, "id"),
            ("agencies.csv", 5, "column_url"),
            ("agencies.csv", 5, "parent"),
            ("agencies.csv", 5, "active_to"),
            ("agencies.csv", 5, "due"),
            ("agencies.csv", 6, "region"),
            ("agencies.csv", 6, "active_from"),
            ("agencies.csv", 6, "due_basis"),
            ("agencies.csv", 7, "*"),
            ("agencies.csv", 8, "id"),
            ("agencies.csv", 8, "due"),
            ("agencies.csv", 9, "*"),
            ("agencies.csv", 10, "id"),
            ("agencies.csv", 10, "parent"),
            ("agencies.csv", 10, "parent"),
            ("agencies.csv", 10, "due"),
            ("portals.toml", 1, "top"),
            ("portals.toml", 6, "anqiu.colums"),
            ("portals.toml", 7, "anqiu.columns"),
            ("portals.toml", 10, "anqiu.delay"),
            ("portals.toml", 11, "b c"),
            ("portals.toml", 11, "b c.name"),
            ("portals.toml", 12, "b c.base_url"),
            ("portals.toml", 13, "b c.delay"),
            ("portals.toml", 14, "b c.hosts"),
            ("portals.toml", 15, "b c.family"),
            ("portals.toml", 16, "b c.columns"),
            ("waivers.toml", 1, "waiver.by"),
            ("waivers.toml", 2, "waiver.agency"),
            ("waivers.toml", 3, "waiver.year"),
            ("waivers.toml", 4, "waiver.rule"),
            ("waivers.toml", 5, "waiver.reason"),
            ("waivers.toml", 6, "waiver.until"),
            ("waivers.toml", 7, "waivers"),
        ]
    )
    lines = [(name, line) for name, line, _ in places]
    assert lines == sorted(lines)


def test_a_fault_says_what_was_expected_in_the_language_asked_for(tmp_path):
    folder = _folder(tmp_path, _rows("a,甲局,local_department,23,anqiu"))

    assert _faults(folder, "zh") == [("agencies.csv", 2, "region", "应为 6 位或 9 位数字的行政区划代码，现为 '23'")]
    assert _faults(folder, "en") == [
        ("agencies.csv", 2, "region", "expected a region code of 6 or 9 digits, found '23'")
    ]


ENCODINGS = {
    AGENCIES.encode("gbk"): (2, "not UTF-8 (but GBK): save it as UTF-8 (Excel: save as “CSV UTF-8”)"),
    AGENCIES.encode("utf-16"): (1, "this is UTF-16: save it as UTF-8 (Excel: save as “CSV UTF-8”)"),
    AGENCIES.encode() + b"x\0": (7, "holds a NUL byte: damaged, or not a text file"),
    AGENCIES.encode() + b"\xff\xff": (7, "not UTF-8: save it as UTF-8 (Excel: save as “CSV UTF-8”)"),
}


@pytest.mark.parametrize(("data", "expected"), ENCODINGS.items())
def test_bytes_that_are_no_utf_8_are_told_where_and_how_to_save_them(tmp_path, data, expected):
    line, text = expected

    assert _faults(_folder(tmp_path, data)) == [("agencies.csv", line, "*", text)]


def test_the_other_faults_of_a_gbk_file_are_named_too(tmp_path):
    data = _rows("a,甲局,local_department,23,anqiu").encode("gbk")

    assert _places(_folder(tmp_path, data)) == [("agencies.csv", 2, "*"), ("agencies.csv", 2, "region")]


@pytest.mark.parametrize("mark", [";", "\t", "，", "|"])
def test_a_wrong_delimiter_is_named_once_and_the_rows_are_read_all_the_same(tmp_path, mark):
    agencies = _rows("a,甲局,local_department,23,anqiu").replace(",", mark)

    assert _places(_folder(tmp_path, agencies)) == [("agencies.csv", 1, "*"), ("agencies.csv", 2, "region")]


@pytest.mark.parametrize("agencies", ["", "\n\n", codecs.BOM_UTF8])
def test_an_empty_file_is_told_its_header(tmp_path, agencies):
    assert _faults(_folder(tmp_path, agencies)) == [
        ("agencies.csv", 1, "*", f"the file is empty; its first row must be the header {HEADER}")
    ]


def test_missing_repeated_and_misspelt_columns_are_named(tmp_path):
    assert _faults(_folder(tmp_path, "Id,name,name,kind,region,\nx,y,z,local_department,230523,w\n")) == [
        ("agencies.csv", 1, "Id", "unknown column; known are id"),
        ("agencies.csv", 1, "name", "this column stands twice"),
        ("agencies.csv", 1, "id", "this column is missing"),
        ("agencies.csv", 1, "portal", "this column is missing"),
        ("agencies.csv", 2, "*", "column 6 has values but no name"),
    ]


def test_an_unclosed_quote_is_found_where_it_was_opened(tmp_path):
    agencies = _rows("a,甲局,local_department,230523,anqiu") + 'b,"乙局,local_department\nc,丙局\n'

    assert _places(_folder(tmp_path, agencies)) == [("agencies.csv", 3, "*")]


def test_a_ragged_row_does_not_make_its_children_wrong(tmp_path):
    agencies = _rows("b,乙局,local_department,230523,anqiu,,,a") + "a,甲局,local_department\n"

    assert _faults(_folder(tmp_path, agencies)) == [("agencies.csv", 3, "*", "3 cells, the header has 12")]


def test_superiors_may_not_form_a_circle(tmp_path):
    rows = (f"{key},{key}局,local_department,230523,anqiu,,,{parent}" for key, parent in ("ab", "bc", "cb", "dd"))

    assert _faults(_folder(tmp_path, _rows(*rows))) == [
        ("agencies.csv", 3, "parent", "the superiors form a circle: b → c → b"),
        ("agencies.csv", 5, "parent", "the superiors form a circle: d → d"),
    ]


def test_two_agencies_of_one_name_on_one_portal_may_only_follow_each_other(tmp_path):
    successive = _rows(
        "a,卫生局,local_department,230523,anqiu,,,,,2019-03-01",
        "b,卫生局,local_department,230523,anqiu,,,,2019-03-02",
        "c,卫生局,local_department,230523,wuchang",
    )
    overlapping = successive.replace("2019-03-02", "2019-03-01")

    assert len(read_registry(_folder(tmp_path, successive)).agencies) == 3
    assert _faults(_folder(tmp_path, overlapping)) == [
        (
            "agencies.csv",
            3,
            "name",
            "portal anqiu has an agency named 卫生局 in line 2 already, active at the same time",
        )
    ]


@pytest.mark.parametrize("due", ["02-29", "13-01", "1-31", "0131", "04-31"])
def test_a_due_date_is_a_day_that_every_year_has(tmp_path, due):
    agencies = _rows(f"a,甲局,local_department,230523,anqiu,,,,,,{due},basis")

    assert _places(_folder(tmp_path, agencies)) == [("agencies.csv", 2, "due")]


def test_a_portal_that_cannot_be_read_does_not_make_its_agencies_wrong(tmp_path):
    faulty = PORTALS.replace('http://www.anqiu.gov.cn/"\nhosts', 'www.anqiu.gov.cn"\nhosts')

    assert _places(_folder(tmp_path, portals=faulty)) == [("portals.toml", 3, "anqiu.base_url")]
    assert _places(_folder(tmp_path, portals="[anqiu")) == [("portals.toml", 1, "*")]


def test_agencies_that_cannot_be_read_do_not_make_waivers_wrong(tmp_path):
    assert _places(_folder(tmp_path, agencies=b"\0", waivers=WAIVERS)) == [("agencies.csv", 1, "*")]


def test_the_id_of_a_dropped_agency_is_never_given_to_another(tmp_path):
    dropped = _rows("minyi,五常市民意乡人民政府,township_government,230184200,wuchang")
    other = AGENCIES.replace("五常市民意乡人民政府", "五常市红旗乡人民政府")

    assert read_registry(_folder(tmp_path, dropped=dropped)).agencies == REGISTRY.agencies
    assert _places(_folder(tmp_path, other, dropped=dropped)) == [("agencies.csv", 6, "id")]
    renamed = other.replace("8002/nb/,", "8002/nb/,五常市民意乡人民政府")
    assert len(read_registry(_folder(tmp_path, renamed, dropped=dropped)).agencies) == 3


def test_a_folder_in_the_place_of_a_file_is_a_fault(tmp_path):
    folder = _folder(tmp_path, agencies=None)
    (folder / "agencies.csv").mkdir()

    assert _places(folder) == [("agencies.csv", 1, "*")]


def test_unknown_families_and_rules_are_named_with_all_other_faults_where_the_known_ones_are_given(tmp_path):
    portals = PORTALS.replace('"trs"', '"trss"').replace("delay = 5", "delay = -5")
    waivers = WAIVERS.replace('"late"', '"lat"')
    folder = _folder(tmp_path, portals=portals, waivers=waivers)

    with pytest.raises(RegistryError) as caught:
        read_registry(folder, "en", families={"trs", "static"}, rules={"*", "late", "missing"})

    assert [(fault.path.name, fault.line, fault.column, fault.expected) for fault in caught.value.faults] == [
        ("portals.toml", 5, "anqiu.family", "expected one of trs; found 'trss'"),
        ("portals.toml", 7, "anqiu.delay", "expected a number from 0 to 3600, found -5"),
        ("waivers.toml", 4, "waiver.rule", "expected one of late; found 'lat'"),
    ]


def test_the_ways_of_a_portal_that_an_operator_overrides_are_read_and_their_faults_named(tmp_path):
    good = PORTALS + 'listing = "jpage"\nmax_pages = 400\n'
    bad = PORTALS + 'listing = "jpages"\nmax_pages = 0\n'

    portal = read_registry(_folder(tmp_path, portals=good), listings={"jpage"}).portals[-1]
    assert (portal.listing, portal.max_pages) == ("jpage", 400)
    with pytest.raises(RegistryError) as caught:
        read_registry(_folder(tmp_path, portals=bad), "en", listings={"jpage", "browser"})
    assert [(fault.column, fault.expected) for fault in caught.value.faults] == [
        ("wuchang.listing", "expected one of jpage; found 'jpages'"),
        ("wuchang.max_pages", "expected a whole number from 1 to 5000, found 0"),
    ]


def test_known_families_and_rules_are_read_and_unchecked_without_a_list(tmp_path):
    strange = PORTALS.replace('"trs"', '"somebody"')

    assert read_registry(_folder(tmp_path, waivers=WAIVERS), families={"trs"}, rules={"*", "late"}) == REGISTRY
    assert read_registry(_folder(tmp_path, portals=strange)).portals[0].family == "somebody"
