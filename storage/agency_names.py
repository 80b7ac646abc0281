"""Do two names mean the same agency? One answer for titles, the registry and the checks.

A name is compared as *plain name*: without white space, bracketed notes, the superior system's prefix
(国家税务总局…) and the words that are written or left out at will (人民政府 at the end, 办事处 of a street
office, 管委会 of a development zone, the party's committee before a town's government), 与 as 和. Two plain
names agree when they are equal, or when one is the other without its superior
places: 教育局, 市教育局, 安丘市教育局 and 潍坊市安丘市教育局 agree.

Names never agree by similarity: 大河镇 and 小河镇, 淮安区 and 淮安市, 教育局 and 教育局考试院, 市人民政府 and its
own 办公室 are different agencies.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_SPACE = re.compile(r"[\s\u200b-\u200f\ufeff\u00ad·“”\"'《》]+")
_NOTE = re.compile(r"[(〔\[【]([^()〔〕\[\]【】]*)[)〕\]】]")
_OFFICE = re.compile(r"^.{0,4}办公[室厅]$")

SYSTEM_PREFIXES = (
    "中华人民共和国",
    "国家税务总局",
    "国家统计局",
    "国家金融监督管理总局",
    "国家外汇管理局",
    "国家矿山安全监察局",
)
"""Written before the name of a local body of a vertical system, and often left out."""

_ENDINGS = (
    (re.compile(r"(?<=[镇乡])党委[、和]?[镇乡]?(?=(?:人民)?政府$)"), ""),
    (re.compile(r"(?<=街道)党工委[、和]?(?:街道)?(?=办(?:事处)?$)"), ""),
    (re.compile(r"街道?(?:办事处|办)$"), "街道"),
    (re.compile(r"(?<=.)人民政府(?=办公[室厅]$|办$)"), "政府"),
    (re.compile(r"(?<=政府)办$"), "办公室"),
    (re.compile(r"(?<=.)(?:人民)?政府$"), ""),
    (re.compile(r"管理委员会$"), "管委会"),
    (
        re.compile(
            r"(?:(?<=开发区|高新区|经开区|风景区|度假区|保税区|示范区|功能区|产业区|合作区|试验区|工业区|管理区)"
            r"|(?<=新区|园区|景区))管委会$"
        ),
        "",
    ),
    (re.compile(r"(?<=.)委员会$"), "委"),
)
_PLACES = re.compile(r".[省市县区旗州盟]$")
_LEVEL_ALONE = re.compile(r"^[省市县区旗州].+[^镇乡道]$")
_INNER_OFFICE = re.compile(r"(?<=.)(?:党政综合|党政|综合|政务公开|政府)?办(?:公[室厅])?$")
_SHORT_FOR_LEVEL = "省市县区旗州盟"
_LAST_WORDS = re.compile(
    r"(?:政府|厅|局|委|会|办|办公室|处|部|署|院|行|队|中心|公司|所|站|社|库|台|馆|镇|乡|街道|苏木|省|市|县|区|旗|州|盟|团)$"
)
# 市场, 市政 and 城市 are words, and 自治区 has the rank of a province.
_LOCAL_BUREAU = re.compile(r"(?!中国|中华|国家|全国|中央|国务院).{2,}?(?<!自治)[市县区旗](?![场政民]).+(?<!总)局")

SHORTEST_OWN_NAME = 3
_SHORTEST_LIKE = 4
_LIKE = 0.79
"""Share of two names' characters that is common, in order: four of five and more."""
_RANK = re.compile(r"(?:镇|乡|街道)$")
_SHORTEST_WITHIN = 5
_GOVERNMENT_ALONE = re.compile(r"(?:政府|[省市县区旗州盟镇乡]|街道)$")
_JOINED_BEHIND = re.compile(r"^(?:[、,和与及(]|(?:本级|机关|单位|系统|部门|全系统|本部|本机关)+$)")
_JOINED_BEFORE = re.compile(r"(?:[、,和与及]|局|委|办|办公室|中心|政府|部|院|会)$")
_OTHER_BODY = re.compile(r".{2,}(?<!分)(?<!支)(?<!稽查)(?<!监察)(?<!执法)(?:局|委员会|委|厅)$")
"""What stands behind a name where two sign together: a bureau's own name, not one of its branches."""
_ONE_PLACE = re.compile(r"(?<=.)[省市县区旗州盟]")
_SELF = re.compile(
    r"^(?:我|本|该|全|各)(?:省|市|县|区|旗|州|镇|乡|街道|局|厅|委|办|部|院|处|署|中心|单位|机关|行政机关|级|办公室)$"
)


@lru_cache(maxsize=8192)
def plain_name(text: str) -> str:
    """The name as it is compared; empty for text without a name."""
    flat = _SPACE.sub("", unicodedata.normalize("NFKC", text)).replace("与", "和")
    flat = _NOTE.sub(lambda note: note[1] if _OFFICE.search(note[1]) else "", flat)
    for prefix in SYSTEM_PREFIXES:
        if flat.startswith(prefix) and len(flat) > len(prefix) + 3:
            flat = flat.removeprefix(prefix)
    for ending, plain in _ENDINGS:
        flat = ending.sub(plain, flat)
    return flat


def ends_like_an_agency(text: str) -> bool:
    """Could the text be an agency's name, or is it a piece of a sentence, or 我镇 and the like?"""
    plain = plain_name(text)
    return _LAST_WORDS.search(plain) is not None and _SELF.match(plain) is None


def is_town(name: str) -> bool:
    """Is it the name of a town, township or street office?"""
    return plain_name(name).endswith(("镇", "乡", "街道"))


def is_local_bureau(name: str) -> bool:
    """Does the name say that it is a bureau (局) of a county, a city or a district: 安丘市教育局?

    False for every name that leaves a doubt: 教育局, a bureau of the State Council or of a region.
    """
    return _LOCAL_BUREAU.fullmatch(plain_name(name)) is not None


def own_place(name: str) -> str:
    """The plain name without the places above it: 柳河镇 for 平川市柳河镇人民政府."""
    plain = plain_name(name)
    cuts = [place.end() for place in _ONE_PLACE.finditer(plain) if len(plain) - place.end() >= SHORTEST_OWN_NAME]
    return plain[cuts[-1] :] if cuts else plain


def ends_in_name(text: str, name: str) -> bool:
    """Does the text end in that name, with or without the places above it (现由柳河镇 in 平川市柳河镇)?"""
    plain, flat = plain_name(name), plain_name(text)
    own = [plain, *(plain[place.end() :] for place in _ONE_PLACE.finditer(plain))]
    return any(len(each) >= SHORTEST_OWN_NAME and flat.endswith(each) for each in own)


def names_agree(printed: str, expected: str) -> bool:
    """Do two names mean the same agency, where either may leave out places above it?

    Symmetric. A name without any place of its own (教育局) agrees with every 教育局 of any place.
    """
    one, other = plain_name(printed), plain_name(expected)
    if not one or not other:
        return False
    if one == other:
        return True
    short, long = (one, other) if len(one) < len(other) else (other, one)
    if len(short) < 2 or not long.endswith(short):  # noqa: PLR2004 (one character names nothing)
        return False
    above = long[: -len(short)]
    if _PLACES.search(above):
        return True
    # 市教育局 is 安丘市教育局 with the place's own name left out, but its level kept; a town's name may
    # begin with such a character itself (旗山镇 is not 红旗山镇).
    return bool(_LEVEL_ALONE.match(short) and _PLACES.search(above + short[0]))


def is_like(printed: str, expected: str) -> bool:
    """Could one name be a misspelling of the other (卫生健康委员会, 卫生健康局), or a town's without its rank?

    True is no proof, only a reason to look. Of one place, long names, nearly the same; never two towns'.
    """
    one, other = plain_name(printed), plain_name(expected)
    towns = [_RANK.sub("", name) for name in (one, other) if is_town(name)]
    if towns or "政府" in one + other:
        # 石埠 for 石埠镇; of two towns, and of 政府办公室 and 政府外事办公室, each is another body.
        town, rest = (towns[0], one if is_town(other) else other) if len(towns) == 1 else ("", "")
        return len(rest) > 1 and rest in {town, own_place(town)}
    parts = [own_place(name) for name in (one, other)]
    places = [name.removesuffix(part) for name, part in zip((one, other), parts, strict=True)]
    is_of_one_place = places[0].endswith(places[1]) or places[1].endswith(places[0])
    # What goes on behind the whole name is a branch: 水利局渔政站.
    is_branch = parts[0].startswith(parts[1]) or parts[1].startswith(parts[0])
    if not is_of_one_place or is_branch or min(map(len, parts)) < _SHORTEST_LIKE:
        return False
    return SequenceMatcher(None, parts[0], parts[1], autojunk=False).ratio() >= _LIKE


def begins_name(seen: str, name: str, *, is_whole: bool = False) -> bool:
    """Is the text a beginning of the name, or the whole of it, with or without the places above it?"""
    flat = _SPACE.sub("", unicodedata.normalize("NFKC", seen))
    forms = {_SPACE.sub("", unicodedata.normalize("NFKC", name)), plain_name(name)}
    below = {form[place.end() :] for form in forms for place in _ONE_PLACE.finditer(form)}
    own = forms | {form for form in below if len(form) >= SHORTEST_OWN_NAME}
    return flat in own if is_whole else any(form.startswith(flat) for form in own)


def may_abbreviate(printed: str, expected: str) -> bool:
    """Could the printed name be a shortened way to write the expected one (人社局, 安丘教育局)?

    True is no proof that they are the same agency, only a reason not to call them different. Of a
    place's own name only 省, 市, 县 … may be left out: 大河镇 is no short form of 大清河镇.
    """
    short, full = plain_name(printed), plain_name(expected)
    if not short or len(short) >= len(full) or short[-1] != full[-1]:
        return False
    left_out = _left_out(short, full)
    if left_out is None:
        return False
    if short[-1] in "镇乡道" or short[-1] in _SHORT_FOR_LEVEL:
        return all(character in _SHORT_FOR_LEVEL for character in left_out)
    return True


def stands_within(printed: str, name: str) -> bool:
    """Does a printed name hold the whole of this one, beside others that sign with it or with a word for itself?

    水利局、河长制办公室, two whole names in a row, 财政局本级, 民政局机关; not 水利局渔政站, a branch.
    """
    return any(
        (not before or _JOINED_BEFORE.search(before))
        and (not behind or _JOINED_BEHIND.search(behind) or behind.startswith(_flat(name)[:2]))
        for before, behind in _around(printed, name)
    )


def is_joint(printed: str, name: str) -> bool:
    """Does a printed name begin with the whole of this one and go on with another bureau's: …旅游局、广播电视局?"""
    return any(not before and _OTHER_BODY.search(behind) is not None for before, behind in _around(printed, name))


def holds_name(text: str, name: str) -> bool:
    """Does the text hold the whole of the name, whatever stands beside it? A government's only as `stands_within`."""
    if _GOVERNMENT_ALONE.search(_flat(name)):
        return stands_within(text, name)
    return any(True for _ in _around(text, name))


def _around(text: str, name: str) -> list[tuple[str, str]]:
    """What stands before and behind the name in the text; empty where it is not there or too short to tell."""
    whole, part = _flat(text), _flat(name)
    before, found, behind = whole.partition(part)
    return [(before, behind)] if found and len(part) >= _SHORTEST_WITHIN else []


def _flat(text: str) -> str:
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def without_inner_office(name: str) -> str:
    """The agency whose inner office a name is: 辉渠镇 for 辉渠镇党政办公室; else the plain name itself."""
    return _INNER_OFFICE.sub("", plain_name(name))


def _left_out(short: str, full: str) -> list[str] | None:
    """The characters of `full` that `short` lacks, None where it is not `full` with some left out."""
    left_out = []
    at = 0
    for character in full:
        if at < len(short) and character == short[at]:
            at += 1
        else:
            left_out.append(character)
    return left_out if at == len(short) else None
