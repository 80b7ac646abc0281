"""Short names in daily use: what they stand for, and what they cannot stand for."""

import pytest

from storage.agency_names import names_agree
from storage.agency_short_names import SHORT_NAMES, is_short_for, may_mean

SHORT = [
    ("县卫健委", "青岚县卫生健康委员会"),
    ("卫健委", "青岚县卫生健康局"),
    ("青岚县人社局", "青岚县人力资源和社会保障局"),
    ("市场监管局", "青岚县市场监督管理局"),
    ("县市监局", "青岚县市场监督管理局"),
    ("住建局", "青岚县住房和城乡建设局"),
    ("青岚县城管局", "青岚县城市管理综合执法局"),
    ("县金融办", "青岚县金融工作办公室"),
    ("青岚县卫生健康委员会", "青岚县卫健委"),
    ("青岚县农业局", "青岚县农业农村局"),
    ("青岚高新区", "青岚高新技术产业开发区管理委员会"),
    ("青岚县残联", "青岚县残疾人联合会"),
]
POSSIBLE = [
    ("青岚卫健委", "青岚县卫生健康委员会"),
    ("县公管办", "青岚县公共资源交易管理办公室"),
    ("青岚县教育局", "青岚县教育和体育局"),
    ("生态环境青岚分局", "平川市生态环境局青岚县分局"),
    ("青岚县水土保护中心", "青岚县水土保持中心"),
    ("住房与城乡建设管理局", "青岚县住房和城乡建设局"),
    ("青岚县石埠", "青岚县石埠镇人民政府"),
    ("石埠", "石埠镇"),
]
OTHERS = [
    ("平川市民政局", "平川市东城区民政局"),
    ("平川市东城区民政局", "平川市民政局"),
    ("平川市卫健委", "平川市东城区卫生健康委员会"),
    ("平川市公安局", "平川市公安局东城分局"),
    ("平川市人民政府办公室", "平川市人民政府金融工作办公室"),
    ("平川市人民政府", "平川市东城区人民政府"),
    ("鄂湖市人民政府办公室", "鄂湖市北岸生态示范区管理委员会"),
    ("鄂湖市人民政府", "鄂湖市北岸生态示范区管理委员会"),
    ("水务局", "青岚县水利局"),
    ("青岚县石埠镇", "青岚县石阜镇人民政府"),
    ("东山县水土保护中心", "青岚县水土保持中心"),
    ("青岚县人民政府外事办公室", "青岚县人民政府办公室"),
    ("青岚县机关事务管理局", "青岚县退役军人事务局"),
    ("县教体局", "青岚县卫生健康委员会"),
    ("大河镇人民政府", "青岚县大清河镇人民政府"),
    ("红旗县卫健委", "青岚县卫生健康委员会"),
    ("", "青岚县民政局"),
]


@pytest.mark.parametrize(("short", "full"), SHORT)
def test_a_usual_short_name_stands_for_its_long_form(short, full):
    assert (is_short_for(short, full), may_mean(short, full)) == (True, True)


@pytest.mark.parametrize(("short", "full"), POSSIBLE)
def test_an_unusual_short_name_may_mean_a_long_one_and_proves_nothing(short, full):
    assert (is_short_for(short, full), may_mean(short, full)) == (False, True)


@pytest.mark.parametrize(("printed", "expected"), OTHERS)
def test_who_names_somebody_else_is_not_short_for_anybody(printed, expected):
    assert (is_short_for(printed, expected), may_mean(printed, expected)) == (False, False)


def test_a_short_name_still_never_agrees_with_a_long_one():
    assert [
        short for short, names in SHORT_NAMES.items() for name in names if name != short and names_agree(short, name)
    ] == []
