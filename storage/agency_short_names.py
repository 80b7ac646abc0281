"""Which official long names a short one in daily use stands for, and whether a name may be short for another.

A short name is no proof: 发改委 and 发改局 are written for whichever of the two a place has. Each row names the
long forms of one and the same body, so a short name that fits exactly one agency of a place means that one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.agency_names import is_like, may_abbreviate, names_agree, plain_name

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORT_NAMES: Mapping[str, tuple[str, ...]] = {
    "卫健委": ("卫生健康委员会", "卫生健康局"),
    "卫健局": ("卫生健康局", "卫生健康委员会"),
    "卫健体局": ("卫生健康和体育局",),
    "人社局": ("人力资源和社会保障局",),
    "人社厅": ("人力资源和社会保障厅",),
    "住建局": ("住房和城乡建设局", "住房和建设局"),
    "住建委": ("住房和城乡建设委员会",),
    "住建厅": ("住房和城乡建设厅",),
    "发改委": ("发展和改革委员会", "发展和改革局"),
    "发改局": ("发展和改革局", "发展和改革委员会"),
    "教体局": ("教育和体育局", "教育体育局"),
    "教科体局": ("教育科技和体育局", "教育科学技术和体育局"),
    "教科局": ("教育和科学技术局", "教育科技局", "教育科学技术局"),
    "文旅局": ("文化和旅游局", "文化旅游局"),
    "文广旅局": ("文化广电和旅游局", "文化广电旅游局"),
    "文旅体局": ("文化旅游体育局", "文化和旅游体育局"),
    "文广旅体局": ("文化广电旅游体育局", "文化广电旅游和体育局"),
    "市监局": ("市场监督管理局",),
    "市场监管局": ("市场监督管理局",),
    "应急局": ("应急管理局",),
    "自规局": ("自然资源和规划局",),
    "自资局": ("自然资源局",),
    "资规局": ("自然资源和规划局",),
    "退役军人局": ("退役军人事务局",),
    "医保局": ("医疗保障局",),
    "金融办": ("金融工作办公室", "地方金融工作办公室", "金融服务办公室"),
    "城管局": ("城市管理局", "城市管理执法局", "城市管理综合执法局", "城市管理和综合执法局", "综合行政执法局"),
    "综合执法局": ("综合行政执法局", "城市管理综合执法局"),
    "执法局": ("综合行政执法局",),
    "审批局": ("行政审批服务局", "行政审批局"),
    "行政审批局": ("行政审批服务局",),
    "政数局": ("政务服务和数据管理局", "政务服务数据管理局"),
    "工信局": ("工业和信息化局",),
    "经信局": ("经济和信息化局",),
    "工商信局": ("工业商务和信息化局",),
    "科工局": ("科学技术和工业信息化局", "科技和工业信息化局"),
    "科技局": ("科学技术局",),
    "民宗局": ("民族宗教事务局", "民族和宗教事务局"),
    "交通局": ("交通运输局",),
    "农业局": ("农业农村局",),
    "国资委": ("国有资产监督管理委员会",),
    "国资局": ("国有资产监督管理局",),
    "机关事务局": ("机关事务管理局",),
    "外事办": ("外事办公室",),
    "政务局": ("政务服务局", "政务服务管理局"),
    "残联": ("残疾人联合会",),
    "妇联": ("妇女联合会",),
    "供销社": ("供销合作社联合社", "供销合作社"),
    "供销合作社": ("供销合作社联合社",),
    "高新区": ("高新技术产业开发区", "高新技术产业园区"),
    "经开区": ("经济技术开发区", "经济开发区"),
}
"""Short name → long names, the usual one first. 水务局 and 水利局 are no short names: a place may have both."""

_FULL_PLACE = re.compile(r"^.{2,}?[省市县区旗州盟]")
_LEVELS = frozenset("省市县区旗州盟")
_NO_PLACE = frozenset({"城市", "社区", "景区", "库区", "牧区"})
_GOVERNMENT = re.compile(r"政府(?:办公[室厅])?$")


def long_names(printed: str) -> tuple[str, ...]:
    """The printed name with its short last part written out, places before it kept; empty where it is not short."""
    plain = plain_name(printed)
    short = max((key for key in SHORT_NAMES if plain.endswith(plain_name(key))), key=len, default=None)
    if short is None:
        return ()
    head = plain.removesuffix(plain_name(short))
    return tuple(head + name for name in SHORT_NAMES[short])


def is_short_for(printed: str, expected: str) -> bool:
    """Is the printed name the usual short way to write the expected one, or the other way round?"""
    return any(names_agree(long, expected) for long in long_names(printed)) or any(
        names_agree(printed, long) for long in long_names(expected)
    )


def may_mean(printed: str, expected: str) -> bool:
    """Could both names be the same agency's, one of them shortened in whatever way?

    True is no proof, only a reason to look. A name that keeps a place and leaves out one below it is
    another's: 平川市民政局 is not short for 平川市东城区民政局, nor 平川市教育局 for its branch.
    """
    if names_agree(printed, expected) or is_short_for(printed, expected) or is_like(printed, expected):
        return True
    one, other = (re.sub(r"办$", "办公室", plain_name(name)) for name in (printed, expected))
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if one == other or long.startswith(short) or _GOVERNMENT.search(short):
        return one == other
    return may_abbreviate(short, long) and not _leaves_out_a_place(short, long)


def _leaves_out_a_place(short: str, long: str) -> bool:
    """Does the short name keep a whole place of the long one and lack another that stands behind it?"""
    place = _FULL_PLACE.match(short)
    if place is None or not long.startswith(place[0]):
        return False
    at = 0
    for number, character in enumerate(long):
        if at < len(short) and character == short[at]:
            at += 1
        elif character in _LEVELS and long[number - 1 : number + 1] not in _NO_PLACE:
            return True
    return False
