"""The agencies of the demo as a table: what each did with this year's report, and what must be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from storage.records import AgencyKind, Content, Status

_K = AgencyKind
_S = Status
_C = Content


@dataclass(frozen=True, slots=True)
class Expectation:
    """The verdict after both scans. `rules` must be among the findings; an error that is not is a fault.

    `reason` is the standing's reason, None where the status needs none.
    """

    status: Status
    content: Content | None = None
    rules: frozenset[str] = frozenset()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """One agency of the demo. All places are invented: no division code begins with 99.

    `column` is the path of its own column, None for the portal's. `body` names how its articles are
    written (see `crawler.simulator.articles`). `published` is the month and day of this year's
    report, None where there is none; earlier reports are there and were in time. `mistake` is a key
    of MISTAKES.
    """

    id: str
    name: str
    kind: AgencyKind
    region: str
    portal: str
    expectation: Expectation
    body: str = "typed"
    published: tuple[int, int] | None = None
    column: str | None = None
    mistake: str | None = None
    activity: float | None = None
    has_dates: bool = True
    parent: str | None = None


_GOOD = Expectation(_S.ON_TIME, _C.OK)
_LATE = Expectation(_S.LATE, _C.OK, frozenset({"late"}))
_MISSING = Expectation(_S.MISSING, rules=frozenset({"missing"}))
_MOVED = Expectation(_S.UNKNOWN, reason="moved")


def _broken(rule: str) -> Expectation:
    return Expectation(_S.ON_TIME, _C.MALFORMED, frozenset({rule}))


def _doubtful(*rules: str) -> Expectation:
    return Expectation(_S.ON_TIME, _C.OK, frozenset(rules))


_COUNTY = "chenghu"
_CITY = "qinghuai"
_DISTRICT = "yanchuan"
_WEATHER = "weather"

ROLES = (
    Role(
        "chenghu-government", "澄湖县人民政府", _K.COUNTY_GOVERNMENT, "990123", _COUNTY, Expectation(_S.NOT_DUE)
    ),
    Role(
        "chenghu-finance", "澄湖县财政局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY, _GOOD,
        published=(1, 16), parent="chenghu-government",
    ),
    Role(
        "chenghu-education", "澄湖县教育局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY, _GOOD,
        body="word", published=(1, 22), parent="chenghu-government",
    ),
    Role(
        "chenghu-water", "澄湖县水利局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY, _LATE,
        body="wps", published=(2, 6), parent="chenghu-government",
    ),
    Role(
        "chenghu-civil-affairs", "澄湖县民政局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY, _MISSING,
        parent="chenghu-government",
    ),
    Role(
        "chenghu-housing", "澄湖县住房和城乡建设局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY,
        _broken("applications-outcome-total"),
        body="word", published=(1, 27), mistake="wrong_outcome_total", activity=0.5, parent="chenghu-government",
    ),
    Role(
        "chenghu-market", "澄湖县市场监督管理局", _K.LOCAL_DEPARTMENT, "990123", _COUNTY,
        _doubtful("table-as-picture"),
        published=(1, 24), mistake="tables_as_pictures", parent="chenghu-government",
    ),
    Role(
        "chenghu-survey", "国家统计局澄湖调查队", _K.VERTICAL_AGENCY, "990123", _COUNTY, _GOOD,
        body="caption_rows", published=(1, 26),
    ),
    Role(
        "yuntai-town", "澄湖县云台镇人民政府", _K.TOWNSHIP_GOVERNMENT, "990123101", _COUNTY,
        _broken("form-outdated"),
        body="pre_w", published=(1, 12), mistake="on_the_old_form", parent="chenghu-government",
    ),
    Role(
        "liuxi-town", "澄湖县柳溪镇人民政府", _K.TOWNSHIP_GOVERNMENT, "990123102", _COUNTY,
        _doubtful("row-unexpected", "cell-count"),
        body="file_p_phantom", published=(1, 20), activity=0.0, parent="chenghu-government",
    ),
    Role(
        "bailu-township", "澄湖县白鹭乡人民政府", _K.TOWNSHIP_GOVERNMENT, "990123201", _COUNTY,
        _broken("year-mismatch"),
        body="pre_p", published=(1, 19), mistake="last_year_in_body", parent="chenghu-government",
    ),
    Role(
        "nanqiao-street", "澄湖县南桥街道办事处", _K.STREET_OFFICE, "990123001", _COUNTY, _LATE,
        body="page_broken", published=(2, 3), parent="chenghu-government",
    ),
    Role(
        "chenghu-development-zone", "澄湖经济开发区管理委员会", _K.DEVELOPMENT_ZONE, "990123", _COUNTY, _MISSING,
        column="/kfq/xxgk/xxgknb/",
    ),
    Role(
        "qinghuai-government", "青槐市人民政府", _K.CITY_GOVERNMENT, "990200", _CITY, _GOOD, published=(1, 30)
    ),
    Role(
        "qinghuai-office", "青槐市人民政府办公室", _K.LOCAL_DEPARTMENT, "990200", _CITY, _GOOD,
        body="word", published=(1, 15), parent="qinghuai-government",
    ),
    Role(
        "qinghuai-statistics", "青槐市统计局", _K.LOCAL_DEPARTMENT, "990200", _CITY, _GOOD,
        body="wps", published=(1, 23), column="/bm/tjj/nb/", parent="qinghuai-government",
    ),
    Role(
        "qinghuai-archives", "青槐市档案馆", _K.AUTHORISED_ORGANISATION, "990200", _CITY,
        Expectation(_S.DATE_UNKNOWN, _C.OK, reason="no_date"),
        published=(1, 18), column="/bm/dag/nb/", has_dates=False,
    ),
    Role(
        "yanchuan-transport", "砚川区交通运输局", _K.LOCAL_DEPARTMENT, "990202", _DISTRICT, _MOVED
    ),
    Role(
        "yanchuan-health", "砚川区卫生健康局", _K.LOCAL_DEPARTMENT, "990202", _DISTRICT, _MOVED
    ),
    Role(
        "qinghuai-weather", "青槐市气象局", _K.VERTICAL_AGENCY, "990200", _WEATHER,
        Expectation(_S.UNKNOWN, reason="unreachable"),
    ),
)  # fmt: skip
"""All agencies of the demo; where the portal works, three earlier reports of each stand beside this year's."""
