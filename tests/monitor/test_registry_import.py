"""Operators' own lists, from Excel or exported from it, become `agencies.csv`, or are refused whole."""

from __future__ import annotations

import codecs
from datetime import date, datetime

import openpyxl
import pytest

from monitor.registry_import import AgencyChange, FieldChange, apply_import, read_import
from storage.agency_table import COLUMNS
from storage.errors import RegistryError
from storage.records import Agency, AgencyKind
from storage.registry import read_registry

PORTALS = '[anqiu]\nname = "安丘市人民政府"\nbase_url = "http://www.anqiu.gov.cn/"\n'
HEADER = ("id", "name", "kind", "region", "portal")
HUIQU = ("huiqu", "辉渠镇人民政府", "township_government", "370784102", "anqiu")
CITY = ("city", "安丘市人民政府", "county_government", "370784", "anqiu")
EDUCATION = ("edu", "安丘市教育局", "local_department", "370784", "anqiu")


def _agency(row, **more):
    key, name, kind, region, portal = row
    return Agency(id=key, name=name, kind=AgencyKind(kind), region=region, portal=portal, **more)


def _csv(*rows):
    return "".join(",".join(row) + "\n" for row in rows)


PRESENT = _csv(HEADER, HUIQU, CITY)


def _registry(tmp_path, agencies=PRESENT):
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "portals.toml").write_text(PORTALS, "utf-8")
    if agencies is not None:
        (folder / "agencies.csv").write_bytes(agencies if isinstance(agencies, bytes) else agencies.encode())
    return folder


def _list(tmp_path, content, name="list.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def _workbook(tmp_path, *sheets, hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate((*sheets, *hidden), start=1):
        sheet = book.create_sheet(f"表{number}")
        sheet.sheet_state = "visible" if number <= len(sheets) else "hidden"
        for row in rows:
            sheet.append(row)
    path = tmp_path / "list.xlsx"
    book.save(path)
    book.close()
    return path


def _faults(path, folder):
    with pytest.raises(RegistryError) as caught:
        read_import(path, folder, "en")
    return [(fault.path.name, fault.line, fault.column, fault.expected) for fault in caught.value.faults]


def test_what_is_added_changed_and_dropped_is_shown_before_anything_is_written(tmp_path):
    folder = _registry(tmp_path)
    moved = (*CITY[:1], "安丘市政府", CITY[2], "370700", CITY[4])

    plan = read_import(_list(tmp_path, _csv(HEADER, moved, EDUCATION)), folder)

    assert plan.added == (_agency(EDUCATION),)
    assert plan.changed == (
        AgencyChange(
            "city",
            "安丘市政府",
            (FieldChange("name", "安丘市人民政府", "安丘市政府"), FieldChange("region", "370784", "370700")),
            is_renamed=True,
        ),
    )
    assert plan.dropped == (_agency(HUIQU),)
    assert plan.agencies == (_agency(moved), _agency(EDUCATION))
    assert not plan.is_empty
    assert (folder / "agencies.csv").read_text("utf-8") == _csv(HEADER, HUIQU, CITY)


def test_a_list_that_says_the_same_changes_nothing(tmp_path):
    folder = _registry(tmp_path)

    assert read_import(_list(tmp_path, _csv(HEADER, CITY, HUIQU)), folder).is_empty


def test_an_agency_that_keeps_its_old_name_as_an_alias_is_not_called_renamed(tmp_path):
    folder = _registry(tmp_path)
    rows = _csv((*HEADER, "aliases"), (*HUIQU, ""), ("city", "安丘市政府", *CITY[2:], "安丘市人民政府"))

    plan = read_import(_list(tmp_path, rows), folder)

    assert [change.is_renamed for change in plan.changed] == [False]


def test_an_import_into_an_empty_registry_writes_every_column(tmp_path):
    folder = _registry(tmp_path, None)

    apply_import(read_import(_list(tmp_path, _csv(HEADER, HUIQU)), folder))

    assert (folder / "agencies.csv").read_text("utf-8") == _csv(COLUMNS, (*HUIQU, *[""] * 7))
    assert read_registry(folder).agencies == (_agency(HUIQU),)


def test_the_file_keeps_its_order_of_columns_and_rows_its_mark_and_its_line_ends(tmp_path):
    present = codecs.BOM_UTF8 + _csv(HEADER[::-1], HUIQU[::-1], CITY[::-1]).replace("\n", "\r\n").encode()
    folder = _registry(tmp_path, present)
    imported = _csv((*HEADER, "due", "due_basis"), (*EDUCATION, "", ""), (*CITY, "", ""), (*HUIQU, "02-20", "通知"))

    apply_import(read_import(_list(tmp_path, imported), folder))

    expected = _csv(
        (*HEADER[::-1], "due", "due_basis"),
        (*HUIQU[::-1], "02-20", "通知"),
        (*CITY[::-1], "", ""),
        (*EDUCATION[::-1], "", ""),
    )
    assert (folder / "agencies.csv").read_bytes() == codecs.BOM_UTF8 + expected.replace("\n", "\r\n").encode()
    assert sorted(path.name for path in folder.iterdir()) == ["agencies.csv", "portals.toml"]


def test_a_column_that_the_list_lacks_stays_as_it_is(tmp_path):
    present = _csv((*HEADER, "column_url", "aliases"), (*HUIQU, "http://www.anqiu.gov.cn/hq/", "辉渠镇"))
    folder = _registry(tmp_path, present)

    plan = read_import(_list(tmp_path, _csv((*HEADER, "aliases"), (*HUIQU, ""))), folder)

    assert plan.changed == (
        AgencyChange("huiqu", "辉渠镇人民政府", (FieldChange("aliases", "辉渠镇", ""),), is_renamed=False),
    )
    assert plan.agencies[0].column_url == "http://www.anqiu.gov.cn/hq/"


def test_the_id_of_a_dropped_agency_is_kept_and_only_given_back_to_itself(tmp_path):
    folder = _registry(tmp_path)
    apply_import(read_import(_list(tmp_path, _csv(HEADER, CITY)), folder))
    other = ("huiqu", "石埠子镇人民政府", *HUIQU[2:])

    assert [fault[1:3] for fault in _faults(_list(tmp_path, _csv(HEADER, CITY, other)), folder)] == [(3, "id")]

    apply_import(read_import(_list(tmp_path, _csv(HEADER, CITY, HUIQU)), folder))
    assert (folder / "dropped.csv").read_text("utf-8") == _csv(COLUMNS)
    assert len(read_registry(folder).agencies) == 2


def test_a_registry_that_was_edited_after_the_plan_is_not_overwritten(tmp_path):
    folder = _registry(tmp_path)
    plan = read_import(_list(tmp_path, _csv(HEADER, CITY)), folder)
    edited = _csv(HEADER, HUIQU, CITY, EDUCATION)
    (folder / "agencies.csv").write_text(edited, "utf-8")

    with pytest.raises(RegistryError, match="请重新导入"):
        apply_import(plan)

    assert (folder / "agencies.csv").read_text("utf-8") == edited
    assert not (folder / "dropped.csv").exists()


def test_an_agency_that_a_waiver_names_is_not_dropped_unseen(tmp_path):
    folder = _registry(tmp_path)
    waiver = '[[waiver]]\nagency = "huiqu"\nyear = 2024\nrule = "late"\nreason = "r"\nby = "b"\n'
    (folder / "waivers.toml").write_text(waiver, "utf-8")

    assert _faults(_list(tmp_path, _csv(HEADER, CITY)), folder) == [
        ("waivers.toml", 2, "waiver.agency", "agencies.csv has no huiqu")
    ]


MERGED = """\
[[succession]]
agency = "huiqu"
successor = "city"
on = 2024-11-01
kind = "merged"
paper = "安编〔2024〕5号"
"""


def test_an_agency_that_went_into_another_may_leave_the_list(tmp_path):
    folder = _registry(tmp_path)
    (folder / "successions.toml").write_text(MERGED, "utf-8")

    apply_import(read_import(_list(tmp_path, _csv(HEADER, CITY)), folder))

    registry = read_registry(folder)
    assert [agency.id for agency in registry.agencies] == ["city"]
    assert [one.agency for one in registry.successions] == ["huiqu"]


def test_a_list_that_contradicts_a_succession_is_refused(tmp_path):
    folder = _registry(tmp_path)
    (folder / "successions.toml").write_text(MERGED, "utf-8")
    header = (*HEADER, "active_to")

    told = _faults(_list(tmp_path, _csv(header, (*CITY, ""), (*HUIQU, "2024-06-30"))), folder)

    assert [fault[:3] for fault in told] == [("successions.toml", 4, "succession.on")]


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_whatever_excel_exports_is_read(tmp_path, encoding, mark):
    text = _csv(("编号", "机构名称", "类型", "行政区划代码", "门户"), EDUCATION).replace(",", mark)

    plan = read_import(_list(tmp_path, text.encode(encoding)), _registry(tmp_path, None))

    assert plan.agencies == (_agency(EDUCATION),)


CHINESE_HEADER = (
    "序号",
    "编号（必填）",
    "单位名称*",
    "机构类别",
    "行政区划代码\n（6 或 9 位）",
    "所属网站",
    "栏目地址",
    "别名",
    "上级机构",
    "设立日期",
    "撤销日期",
    "公布期限",
    "依据文件",
    "联系电话",
)


def test_a_workbook_with_a_title_chinese_words_numbers_and_dates_is_read(tmp_path):
    rows = (
        ["安丘市行政机关名录"],
        [],
        CHINESE_HEADER,
        (
            1,
            1001,
            "辉渠镇人民政府",
            "乡（镇）人民政府",
            370784102,
            "安丘市人民政府",
            "http://www.anqiu.gov.cn/hq/",
            "辉渠镇；辉渠镇政府\n老辉渠",
            "安丘市人民政府",
            date(2001, 3, 1),
            datetime(2030, 12, 31, 0, 0),  # noqa: DTZ001 - a spreadsheet's dates have no zone
            datetime(2025, 2, 20, 0, 0),  # noqa: DTZ001
            "通知",
            "0536-4821001",
        ),
        [],
        (2, "c-1", "安丘市人民政府", "县（市、区）人民政府", "370784", "anqiu", *[None] * 3, "2008年5月1日"),
        (3, 1003.0, "景芝镇人民政府", "镇人民政府", "３７０７８４１０３", "anqiu", *[None] * 5, "1月31日", "办法"),
    )

    plan = read_import(_workbook(tmp_path, rows, [["说明"]], hidden=[rows]), _registry(tmp_path, None))

    assert plan.agencies == (
        _agency(
            ("1001", *HUIQU[1:]),
            column_url="http://www.anqiu.gov.cn/hq/",
            aliases=("辉渠镇", "辉渠镇政府", "老辉渠"),
            parent="c-1",
            active_from=date(2001, 3, 1),
            active_to=date(2030, 12, 31),
            due=(2, 20),
            due_basis="通知",
        ),
        _agency(("c-1", *CITY[1:]), active_from=date(2008, 5, 1)),
        _agency(("1003", "景芝镇人民政府", HUIQU[2], "370784103", "anqiu"), due=(1, 31), due_basis="办法"),
    )
    assert plan.ignored == ("序号", "联系电话")


def test_faults_of_a_workbook_are_named_by_its_own_rows_and_headers(tmp_path):
    rows = (
        ["名录"],
        [],
        ("编号", "名称", "类型", "区划代码", "门户", "成立日期", "颜色"),
        (1234567890123456789, "甲局", "部门", 370784.5, "nowhere", "去年", "红"),
        [],
        ("b", None, "市人民政府", 3707, "anqiu", 45000, None, "stray"),
    )

    faults = _faults(_workbook(tmp_path, rows), _registry(tmp_path))

    assert [fault[1:3] for fault in faults] == [
        (3, "颜色"),
        (4, "编号"),
        (4, "区划代码"),
        (4, "成立日期"),
        (4, "门户"),
        (6, "*"),
        (6, "名称"),
        (6, "类型"),
        (6, "区划代码"),
        (6, "成立日期"),
    ]
    assert faults[1][3].startswith("too long a number, Excel lost its last digits")
    assert faults[2][3] == "expected a region code of 6 or 9 digits, found '370784.5'"
    assert faults[5][3] == "column 8 has values but no name"


def test_a_number_that_excel_wrote_short_is_refused(tmp_path):
    rows = _csv(HEADER, ("1.13417E+17", *EDUCATION[1:]))

    assert [fault[1:3] for fault in _faults(_list(tmp_path, rows), _registry(tmp_path))] == [(2, "id")]


def test_missing_columns_are_named_in_both_words(tmp_path):
    assert _faults(_list(tmp_path, "编号,名称\na,甲局\n"), _registry(tmp_path)) == [
        ("list.csv", 1, "kind（类型）", "this column is missing"),
        ("list.csv", 1, "region（行政区划代码）", "this column is missing"),
        ("list.csv", 1, "portal（门户）", "this column is missing"),
    ]


def test_faults_of_the_list_and_of_the_registry_are_named_together(tmp_path):
    folder = _registry(tmp_path, _csv(HEADER, ("huiqu", "辉渠镇人民政府", "town", "370784102", "anqiu")))
    (folder / "portals.toml").write_text(PORTALS + "delay = -1\n", "utf-8")

    found = _faults(_list(tmp_path, _csv(HEADER, (*EDUCATION[:3], "37", "anqiu"))), folder)

    assert [fault[:3] for fault in found] == [
        ("list.csv", 2, "region"),
        ("agencies.csv", 2, "kind"),
        ("portals.toml", 4, "anqiu.delay"),
    ]


NO_LISTS = {
    "header.csv": ("名称\n甲局\n", "no header in the first 20 rows"),
    "empty.csv": ("", "no header in the first 20 rows"),
    "bytes.csv": (b"\xff\x00\xff", "not UTF-8"),
    "nul.csv": (b"id,name\n\0", "NUL"),
    "zip.xlsx": (b"PK\x03\x04 and no more", "neither CSV nor an Excel workbook"),
    "ole.xls": (b"\xd0\xcf\x11\xe0" + bytes(600), "neither CSV nor an Excel workbook"),
}


@pytest.mark.parametrize(("name", "content"), NO_LISTS.items())
def test_what_is_no_list_is_refused_with_a_reason(tmp_path, name, content):
    data, reason = content

    faults = _faults(_list(tmp_path, data, name), _registry(tmp_path))

    assert len(faults) == 1
    assert reason in faults[0][3]


def test_a_list_that_is_not_there_is_a_fault(tmp_path):
    assert _faults(tmp_path / "none.csv", _registry(tmp_path)) == [("none.csv", 1, "*", "no such file")]


def test_two_sheets_that_look_like_lists_are_one_too_many(tmp_path):
    path = _workbook(tmp_path, [HEADER, CITY], [HEADER, HUIQU])

    assert _faults(path, _registry(tmp_path)) == [
        ("list.xlsx", 1, "*", "several sheets look like lists of agencies (表1, 表2): keep one")
    ]
