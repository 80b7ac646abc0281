"""Names of agencies as printed, and whether they mean the same body."""

import pytest

from storage.agency_names import (
    ends_in_name,
    ends_like_an_agency,
    is_local_bureau,
    may_abbreviate,
    names_agree,
    own_place,
    plain_name,
    without_inner_office,
)

SAME = [
    ("平川市柳河镇人民政府", "柳河镇人民政府"),
    ("柳河镇", "柳河镇人民政府"),
    ("柳河镇政府", "平川市柳河镇人民政府"),
    ("教育局", "平川市教育局"),
    ("市教育局", "平川市教育局"),
    ("江南省平川市教育局", "平川市教育局"),
    ("苏州市姑苏区教育局", "姑苏区教育局"),
    ("徐州市 教育局", "徐州市教育局（本级）"),
    ("北京市通州区教育局", "教育局"),
    ("国家税务总局平川市税务局", "平川市税务局"),
    ("平川市人民政府办公室", "平川市政府办"),
    ("平川市人民政府（办公室）", "平川市政府办公室"),
    ("市人民政府办公室", "平川市人民政府办公室"),
    ("新安街道办事处", "平川市新安街道"),
    ("平川市发展和改革委员会", "市发展和改革委员会"),
    ("平川经济开发区管理委员会", "平川经济开发区管委会"),
    ("平川经济开发区", "平川经济开发区管理委员会"),
    ("青山湖旅游度假区", "平川市青山湖旅游度假区管委会"),
    ("平川高新区管委会", "平川高新区"),
    ("平川市自然资源与规划局", "平川市自然资源和规划局"),
    ("新安街办", "新安街道办事处"),
    ("平川市林业局（平川市林长制办公室）", "平川市林业局"),
    ("平川市新安街道党工委、办事处", "新安街道"),
    ("柳河镇党委政府", "柳河镇人民政府"),
    ("西藏自治区教育厅", "教育厅"),
    ("凉山彝族自治州教育局", "州教育局"),
    ("安宁市县街街道办事处", "县街街道"),
]

DIFFERENT = [
    ("大河镇人民政府", "小河镇人民政府"),
    ("河镇人民政府", "大河镇人民政府"),
    ("旗山镇", "红旗山镇"),
    ("教育局", "教育局考试院"),
    ("考试院", "教育局考试院"),
    ("税务局", "税务局稽查局"),
    ("市政府办公室", "市政府"),
    ("平川市人民政府办公室", "平川市人民政府"),
    ("办公室", "平川市人民政府办公室"),
    ("淮安区人民政府", "淮安市人民政府"),
    ("淮安市人民政府", "淮安市淮安区人民政府"),
    ("淮安区教育局", "淮安市教育局"),
    ("区教育局", "平川市教育局"),
    ("宁县城关镇", "康县城关镇"),
    ("新区管委会", "浦东新区管委会"),
    ("国家统计局", "统计局"),
    ("平川市人民政府", "平川市柳河镇人民政府"),
    ("市", "平川市"),
    ("", "平川市教育局"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_names_that_differ_only_in_what_is_left_out_at_will_agree_both_ways(one, other):
    assert (names_agree(one, other), names_agree(other, one)) == (True, True)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_of_different_agencies_never_agree(one, other):
    assert (names_agree(one, other), names_agree(other, one)) == (False, False)


@pytest.mark.parametrize(
    ("printed", "expected", "could_be"),
    [
        ("人社局", "人力资源和社会保障局", True),
        ("平川柳河镇", "平川市柳河镇", True),
        ("大河镇", "大清河镇", False),
        ("教育局", "公安局", False),
        ("教育局", "教育局", False),
    ],
)
def test_a_short_form_leaves_out_characters_but_none_of_a_towns_own_name(printed, expected, could_be):
    assert may_abbreviate(printed, expected) is could_be


def test_an_inner_office_stands_for_its_agency():
    names = ["平川市柳河镇党政办公室", "平川市人民政府办公室", "平川市教育局办公室", "平川市教育局"]

    assert [without_inner_office(name) for name in names] == ["平川市柳河镇", "平川市", "平川市教育局", "平川市教育局"]


def test_a_plain_name_loses_space_notes_and_width():
    assert plain_name("　平川市\xa0教育局（本级） ") == "平川市教育局"


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("平川市教育局", True),
        ("柳河镇人民政府", True),
        ("本镇", False),
        ("我市人民政府", False),
        ("本溪市人民政府", True),
        ("报送工作", False),
    ],
)
def test_a_piece_of_a_sentence_or_a_word_for_oneself_is_no_name(text, is_name):
    assert ends_like_an_agency(text) is is_name


def test_own_place_is_what_remains_below_the_last_place_above():
    names = ["平川市柳河镇人民政府", "江南省平川市姑苏区新安街道办事处", "柳河镇", "平川市"]

    assert [own_place(name) for name in names] == ["柳河镇", "新安街道", "柳河镇", "平川市"]


def test_words_before_a_name_do_not_hide_it():
    assert [ends_in_name(text, "平川市大河镇") for text in ("完成的大河镇", "小河镇", "河镇")] == [True, False, False]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("平川市教育局", True),
        ("清河县市场监督管理局", True),
        ("江南省盐城市亭湖区城市管理局", True),
        ("国家税务总局平川市税务局", True),
        ("科尔沁左翼后旗农牧局", True),
        ("教育局", False),
        ("市教育局", False),
        ("城市管理局", False),
        ("国家市场监督管理总局", False),
        ("国家税务总局", False),
        ("中国民用航空局", False),
        ("西藏自治区统计局", False),
        ("江南省统计局", False),
        ("平川市人民政府", False),
        ("平川市发展和改革委员会", False),
    ],
)
def test_only_a_name_with_its_county_or_city_is_that_of_a_local_bureau(name, expected):
    assert is_local_bureau(name) is expected
