"""Real portals to begin with: those whose column of annual reports is known from public papers, none of them visited.

The addresses are as the papers of this project note them (a column, or a report that lies in it); names, kinds and
regions are public knowledge. Portals move: `nianbao registry probe` says what is there today.
"""

from __future__ import annotations

import csv
import io
import json
from typing import NamedTuple

from storage.agency_table import COLUMNS
from storage.records import AgencyKind

NATION = "100000"
"""Region of the bodies of the State Council; GB/T 2260 has no code for the whole country, 100000 is customary."""

UNVERIFIED = "未经核实 / unverified"


class SampleAgency(NamedTuple):
    """An agency of a sample portal. `region`: GB/T 2260."""

    id: str
    name: str
    kind: AgencyKind
    region: str
    aliases: tuple[str, ...] = ()


class SamplePortal(NamedTuple):
    """A portal as the papers know it. `family` empty: to be recognised. `known_from`: what its column's address was
    taken from; `hosts`: further hosts of its own."""

    id: str
    name: str
    base_url: str
    family: str
    columns: tuple[str, ...]
    known_from: str
    agencies: tuple[SampleAgency, ...]
    hosts: tuple[str, ...] = ()


MINISTRY = AgencyKind.STATE_COUNCIL_DEPARTMENT
OFFICE = AgencyKind.LOCAL_DEPARTMENT
COUNTY = AgencyKind.COUNTY_GOVERNMENT

SAMPLES = (
    SamplePortal(
        "mva",
        "退役军人事务部",
        "https://www.mva.gov.cn/",
        "trs",
        ("https://www.mva.gov.cn/gongkai/zfxxgkpt/zfxxgknb/",),
        "column",
        (SampleAgency("mva", "退役军人事务部", MINISTRY, NATION, ("中华人民共和国退役军人事务部",)),),
    ),
    SamplePortal(
        "mct",
        "文化和旅游部政务公开",
        "https://zwgk.mct.gov.cn/",
        "trs",
        ("https://zwgk.mct.gov.cn/gknb/index.html",),
        "column",
        (SampleAgency("mct", "文化和旅游部", MINISTRY, NATION, ("中华人民共和国文化和旅游部",)),),
    ),
    SamplePortal(
        "nea",
        "国家能源局政府信息公开",
        "https://zfxxgk.nea.gov.cn/",
        "trs",
        ("https://zfxxgk.nea.gov.cn/ndbg/",),
        "report",
        (SampleAgency("nea", "国家能源局", MINISTRY, NATION),),
    ),
    SamplePortal(
        "pbc",
        "中国人民银行",
        "http://www.pbc.gov.cn/",
        "",
        ("http://www.pbc.gov.cn/zhengwugongkai/4081330/4081347/index.html",),
        "column",
        (SampleAgency("pbc", "中国人民银行", MINISTRY, NATION),),
    ),
    SamplePortal(
        "hebei-gxt",
        "河北省工业和信息化厅",
        "https://gxt.hebei.gov.cn/",
        "",
        ("https://gxt.hebei.gov.cn/hbgyhxxht/zfxxgk/zfxxgknb/index.html",),
        "column",
        (SampleAgency("hebei-gxt", "河北省工业和信息化厅", OFFICE, "130000"),),
    ),
    SamplePortal(
        "yunnan-hrss",
        "云南省人力资源和社会保障厅",
        "https://hrss.yn.gov.cn/",
        "",
        ("https://hrss.yn.gov.cn/InfoPublic.aspx?cid=1019&pid=971",),
        "column",
        (SampleAgency("yunnan-hrss", "云南省人力资源和社会保障厅", OFFICE, "530000"),),
    ),
    SamplePortal(
        "haizhu",
        "广州市海珠区人民政府",
        "https://www.haizhu.gov.cn/",
        "",
        ("https://www.haizhu.gov.cn/zwgk/zfxxgknb/jd/",),
        "report",
        (
            SampleAgency("haizhu-chigang", "广州市海珠区人民政府赤岗街道办事处", AgencyKind.STREET_OFFICE, "440105"),
            SampleAgency("haizhu-xingang", "广州市海珠区人民政府新港街道办事处", AgencyKind.STREET_OFFICE, "440105"),
        ),
    ),
    SamplePortal(
        "huoqiu",
        "霍邱县人民政府",
        "https://www.huoqiu.gov.cn/",
        "lonsun",
        ("https://www.huoqiu.gov.cn/public/column/6600401?type=3",),
        "report",
        (SampleAgency("huoqiu", "霍邱县人民政府", COUNTY, "341522", ("霍邱县",)),),
    ),
    SamplePortal(
        "jingjiang",
        "靖江市人民政府",
        "https://www.jingjiang.gov.cn/",
        "jpaas",
        ("https://www.jingjiang.gov.cn/xxgk/zfxxgknb/",),
        "report",
        (SampleAgency("jingjiang", "靖江市人民政府", COUNTY, "321282", ("靖江市",)),),
    ),
)
"""In the order in which they are written."""

_HEAD = """\
# {mark}
# 以下是真实网站的例子，栏目地址来自公开资料，从未核实，可能已经变动。先改 nianbao.toml 里的 crawl.contact，
# 再运行 nianbao registry probe 逐个查看，然后删去不要的。
# Real portals as examples. The addresses of their columns are from public papers, nobody has verified them and
# they may have moved. Set crawl.contact in nianbao.toml, look with `nianbao registry probe`, delete the rest.
"""
_FROM = {
    "column": "栏目地址见于公开资料 / the column's address is known",
    "report": "由年报的地址推得栏目 / the column follows from a report's address",
}


def sample_portals() -> str:
    """The text of `portals.toml`: every sample, marked as unverified."""
    return _HEAD.format(mark=UNVERIFIED) + "".join(_section(portal) for portal in SAMPLES)


def sample_agencies() -> str:
    """The text of `agencies.csv`: the agencies of every sample."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for portal in SAMPLES:
        for agency in portal.agencies:
            own = {"id": agency.id, "name": agency.name, "kind": agency.kind.value, "region": agency.region}
            writer.writerow(own | {"portal": portal.id, "aliases": "|".join(agency.aliases)})
    return text.getvalue()


def _section(portal: SamplePortal) -> str:
    lines = [f"\n# {UNVERIFIED}：{_FROM[portal.known_from]}", f"[{portal.id}]"]
    lines += [f"name = {_value(portal.name)}", f"base_url = {_value(portal.base_url)}"]
    if portal.hosts:
        lines.append(f"hosts = {_value(list(portal.hosts))}")
    if portal.family:
        lines.append(f"family = {_value(portal.family)}")
    lines.append(f"columns = {_value(list(portal.columns))}")
    return "\n".join(lines) + "\n"


def _value(value: str | list[str]) -> str:
    """A text or a list of texts as TOML writes them, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False)
